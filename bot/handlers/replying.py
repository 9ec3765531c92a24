"""Answering words: asks the advisor within the person's limits and shows its reply."""

from __future__ import annotations

import asyncio

from telegram import Update

from bot.context import Context, find_language, services_of
from bot.handlers.conversing import make_inquiry, remember
from bot.handlers.talking import say, say_html
from bot.handlers.telling import tell
from bot.people import Allowance
from bot.presenters import fixed_texts
from bot.texts import text
from knowledge.advisor.unread import without_all_words

_WAITS = {
    Allowance.WAIT_A_MINUTE: fixed_texts.WAIT_A_MINUTE,
    Allowance.WAIT_UNTIL_TOMORROW: fixed_texts.WAIT_UNTIL_TOMORROW,
}


async def answer(update: Update, context: Context, words: str, unread_note: str | None = None) -> None:
    """Ask the advisor and show its reply. `unread_note`, a fixed text, says that more came with the words."""
    if not words:
        await say(update, context, fixed_texts.CHECK)
        return
    if not await may_ask(update, context, words):
        return
    inquiry = await make_inquiry(update, context, words)
    reply = await asyncio.to_thread(services_of(context).advisor.reply, inquiry)
    if unread_note is None:
        shown = await tell(update, context, inquiry, reply)
    else:
        note = text(reply.language, unread_note)
        shown = await tell(update, context, inquiry, without_all_words(reply), [note])
    remember(update, context, inquiry, shown)


async def may_ask(update: Update, context: Context, words: str) -> bool:
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
