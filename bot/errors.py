"""The bot's last door: what nobody caught is logged, the person gets an apology, staff are told. Nothing is passed on.

Neither the log nor staff see a person's words: only the class of the error and the place in the code.
"""

from __future__ import annotations

import asyncio
import datetime as dt

import structlog
from telegram import Bot, Update

from bot.context import Context, Services, find_language, language_of_app, services_of
from bot.logs import place_of
from bot.presenters import fixed_texts
from bot.sending import Outgoing, send
from bot.texts import text
from knowledge.database import DatabaseUnavailable
from knowledge.vocabulary import Language

TELL_STAFF_AGAIN_AFTER = dt.timedelta(minutes=10)

log = structlog.get_logger(__name__)


async def apologise(update: object, context: Context) -> None:
    """Answer an update whose handler failed. Registered as the application's error handler."""
    error = context.error or RuntimeError("unknown")
    log.error("A message could not be handled.", exc_info=error)
    services = services_of(context)
    if isinstance(update, Update) and update.effective_chat and not update.my_chat_member:
        language = await _language_for(update, context)
        html = _apology(language, services)
        await send(context.bot, Outgoing(update.effective_chat.id, html), sleep=services.sleep)
    await tell_staff(context.bot, services, error)


async def tell_staff(bot: Bot, services: Services, error: BaseException) -> None:
    """Tell staff what failed and where, at most once in ten minutes for the same place."""
    place = place_of(error)
    if _is_told_lately(services, place):
        return
    await _tell_all_staff(bot, services, fixed_texts.STAFF_TROUBLE, error=type(error).__name__, place=place)


async def tell_staff_in_words(bot: Bot, services: Services, message: str, **values: str) -> None:
    """Tell staff a fixed text, at most once in ten minutes with the same values."""
    if _is_told_lately(services, message.format(**values)):
        return
    await _tell_all_staff(bot, services, message, **values)


def _is_told_lately(services: Services, what: str) -> bool:
    """Whether staff heard this in the last ten minutes; if not, it counts as told now."""
    now = services.clock()
    told_at = services.staff_told.get(what)
    if told_at is not None and now - told_at < TELL_STAFF_AGAIN_AFTER:
        return True
    services.staff_told[what] = now
    return False


async def _tell_all_staff(bot: Bot, services: Services, message: str, **values: str) -> None:
    html = text(Language.ENGLISH, message, **values)
    for staff_id in services.staff_ids:
        await send(bot, Outgoing(staff_id, html), sleep=services.sleep)


async def note_blocked(services: Services, chat_id: int) -> None:
    """Remember that a person stopped the bot; a failing database is logged and changes nothing for anybody."""
    try:
        await asyncio.to_thread(services.people.mark_blocked, chat_id)
    except DatabaseUnavailable as error:
        log.warning("A person who stopped the bot could not be noted.", exc_info=error)


async def _language_for(update: Update, context: Context) -> Language:
    try:
        return await find_language(update, context)
    except Exception as error:  # the apology must go out, whatever is broken
        log.warning("The language of an apology could not be found.", exc_info=error)
        return language_of_app(update)


def _apology(language: Language, services: Services) -> str:
    parts = [text(language, fixed_texts.APOLOGY)]
    if services.operator.contact:
        parts.append(text(language, fixed_texts.APOLOGY_CONTACT, contact=services.operator.contact))
    return "\n\n".join(parts)
