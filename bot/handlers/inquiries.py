"""Messages that ask: an offer or a question as text, as a caption, or after /check."""

from __future__ import annotations

import asyncio

from telegram import Update

from bot.context import Context, find_chosen_language, find_language, services_of
from bot.handlers.addressing import is_addressed, words_after_command, words_of
from bot.handlers.talking import say, say_html
from bot.handlers.telling import tell
from bot.people import Allowance
from bot.presenters import fixed_texts
from bot.texts import text
from knowledge.advisor.replies import Inquiry

_WAITS = {
    Allowance.WAIT_A_MINUTE: fixed_texts.WAIT_A_MINUTE,
    Allowance.WAIT_UNTIL_TOMORROW: fixed_texts.WAIT_UNTIL_TOMORROW,
}


async def answer_message(update: Update, context: Context) -> None:
    """Answer a text, or the caption of a picture or file."""
    message = update.message
    if message is None or not is_addressed(message, context.bot.bot):
        return
    note = None
    if message.caption and services_of(context).albums.is_first(message.media_group_id):
        note = _caption_note(bool(message.photo))
    await answer(update, context, words_of(message, context.bot.bot), note)


async def answer_check(update: Update, context: Context) -> None:
    """Answer /check: with words they are the inquiry, without it is explained."""
    if update.message:
        await answer(update, context, words_after_command(update.message))


async def answer(update: Update, context: Context, words: str, note: str | None = None) -> None:
    """Ask the advisor and show its reply, within the person's limits. `note` is a fixed text to add."""
    if not words:
        await say(update, context, fixed_texts.CHECK)
        return
    if not await _may_ask(update, context, words):
        return
    inquiry = Inquiry(words, await find_chosen_language(update, context))
    reply = await asyncio.to_thread(services_of(context).advisor.reply, inquiry)
    await tell(update, context, inquiry, reply, note)


async def _may_ask(update: Update, context: Context, words: str) -> bool:
    """Whether the message may be answered; tells the person once if not. An emergency always may."""
    services = services_of(context)
    person = update.effective_user
    allowance = services.limits.count(person.id) if person else Allowance.GRANTED
    if allowance is Allowance.GRANTED or await asyncio.to_thread(services.advisor.is_emergency, words):
        return True
    if person and services.limits.tell_once(person.id):
        language = await find_language(update, context)
        await say_html(update, context, text(language, fixed_texts.TOO_MANY, wait=text(language, _WAITS[allowance])))
    return False


def _caption_note(is_picture: bool) -> str:
    return fixed_texts.PICTURE_WITH_CAPTION if is_picture else fixed_texts.FILE_WITH_CAPTION
