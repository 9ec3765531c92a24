"""What is stored about a person: /my_data shows it, /delete_me asks once and deletes it. In private chats only."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Update
from telegram.constants import ChatType

from bot.context import Context, find_language, language_of_app, services_of
from bot.handlers.talking import acknowledge, say, say_html
from bot.presenters import fixed_texts
from bot.presenters.own_data import erasure_keyboard, parse_erasure_press, present_own_data
from bot.texts import text
from knowledge.database import DatabaseUnavailable

log = structlog.get_logger(__name__)


async def show_own_data(update: Update, context: Context) -> None:
    """Show a person what is stored about them."""
    if not (person := update.effective_user) or not await _is_private(update, context):
        return
    stored = await asyncio.to_thread(services_of(context).forgetting.describe, person.id)
    await say_html(update, context, present_own_data(await find_language(update, context), stored))


async def offer_erasure(update: Update, context: Context) -> None:
    """Say what would be deleted, and ask."""
    if not await _is_private(update, context):
        return
    language = await find_language(update, context)
    keyboard = erasure_keyboard(language, services_of(context).clock())
    await say_html(update, context, text(language, fixed_texts.DELETE_ME), keyboard)


async def answer_erasure_press(update: Update, context: Context) -> None:
    """Delete, or leave it, as the pressed button says."""
    query = update.callback_query
    if query is None or not await _is_private(update, context):
        return
    await acknowledge(query)
    press = parse_erasure_press(query.data)
    if press is None or press.is_too_late(services_of(context).clock()):
        await say(update, context, fixed_texts.DELETE_TOO_LATE)
    elif press.is_yes:
        await _erase(update, context)
    else:
        await say(update, context, fixed_texts.DELETED_NOT)


async def _erase(update: Update, context: Context) -> None:
    """Delete everything; the answer is in the language that the person had chosen until then."""
    services, person = services_of(context), update.effective_user
    if person is None:
        return
    try:
        language = await find_language(update, context)
        await asyncio.to_thread(services.forgetting.erase, person.id)
    except DatabaseUnavailable as error:
        log.error("What is stored about a person could not be deleted.", exc_info=error)
        await say_html(update, context, text(language_of_app(update), fixed_texts.DELETE_FAILED))
        return
    services.limits.forget(person.id)
    services.file_limits.forget(person.id)
    services.questions.forget(person.id)
    services.conversations.forget(person.id)
    await _try_to_clean(context)
    log.info("What was stored about a person is deleted.")
    await say_html(update, context, text(language, fixed_texts.DELETED))


async def _try_to_clean(context: Context) -> None:
    """Take the bytes out of the files now; where that does not work, the job does it within half a minute."""
    try:
        await asyncio.to_thread(services_of(context).forgetting.clean)
    except DatabaseUnavailable as error:
        log.warning("The files could not be cleaned yet.", exc_info=error)


async def _is_private(update: Update, context: Context) -> bool:
    """Whether nobody reads along; says so where somebody does."""
    if update.effective_chat and update.effective_chat.type == ChatType.PRIVATE:
        return True
    await say(update, context, fixed_texts.ONLY_IN_PRIVATE)
    return False
