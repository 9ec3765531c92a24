"""A person lets staff see a question that was not answered or did not help: asked first, masked, kept for 90 days."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.context import Context, Services, find_language, services_of
from bot.handlers.storing import write
from bot.handlers.talking import say, say_html
from bot.presenters import fixed_texts
from bot.presenters.worklist import consent_keyboard, parse_asking_press
from bot.texts import text
from knowledge import worklist
from knowledge.advisor.replies import Reply
from knowledge.database import DatabaseUnavailable
from knowledge.vocabulary import Kind
from knowledge.worklist import Sort, Why

log = structlog.get_logger(__name__)


def was_unanswered(reply: Reply) -> bool:
    """Whether a reply rests on nothing official although it should."""
    return reply.missing_from_advisories and reply.kind in (Kind.ANSWER, Kind.ASSESSMENT)


def sort_of(reply: Reply, why: Why) -> Sort:
    """Return what is counted of a question."""
    return Sort(why, reply.kind.value, reply.language.value, reply.countries)


async def answer_press(update: Update, context: Context) -> None:
    """Ask for consent, or do what was answered. An old, unknown or forged button gets a kind answer."""
    query, chat = update.callback_query, update.effective_chat
    if query is None or chat is None:
        return
    try:
        await query.answer()
    except TelegramError as error:
        log.info("A press could not be acknowledged.", reason=type(error).__name__)
    press = parse_asking_press(query.data)
    if press is None or chat.type != ChatType.PRIVATE:
        await say(update, context, fixed_texts.BUTTON_TOO_OLD)
    elif press.what == "ask":
        await ask(update, context, press.shown_id)
    elif press.what == "no":
        services_of(context).questions.drop(press.shown_id)
        await say(update, context, fixed_texts.SUBSCRIBED_NOT)
    else:
        await _show_staff(update, context, press.shown_id, chat.id)


async def ask(update: Update, context: Context, shown_id: str) -> None:
    """Ask a person in their private chat whether staff may see the question behind a reply, if it is still there."""
    chat = update.effective_chat
    if chat is None or services_of(context).questions.find(shown_id, chat.id) is None:
        await say(update, context, fixed_texts.SHOW_STAFF_TOO_LATE)
        return
    language = await find_language(update, context)
    await say_html(update, context, text(language, fixed_texts.SHOW_STAFF), consent_keyboard(shown_id, language))


def may_be_shown(services: Services, shown_id: str, chat_id: int) -> bool:
    """Whether the question behind a reply is still there."""
    return services.questions.find(shown_id, chat_id) is not None


async def try_to_count(context: Context, reply: Reply, why: Why) -> None:
    """Count a question that was asked in vain. Nothing of the person or the words is kept."""
    day = services_of(context).clock().date()
    try:
        await write(context, lambda session: worklist.count_question(session, sort_of(reply, why), day=day))
    except DatabaseUnavailable as error:
        log.error("A question could not be counted for the work list.", exc_info=error)


async def _show_staff(update: Update, context: Context, shown_id: str, chat_id: int) -> None:
    services = services_of(context)
    words = services.questions.find(shown_id, chat_id)
    reply = await asyncio.to_thread(services.people.find_shown, shown_id, chat_id)
    if words is None or reply is None:
        await say(update, context, fixed_texts.SHOW_STAFF_TOO_LATE)
        return
    services.questions.drop(shown_id)  # a second press must not list it twice
    sort = sort_of(reply, Why.UNANSWERED if was_unanswered(reply) else Why.NOT_HELPFUL)
    at = services.clock()
    try:
        await write(context, lambda session: worklist.save_question(session, chat_id, words, sort, at=at))
    except DatabaseUnavailable:
        services.questions.keep(shown_id, chat_id, words)
        raise
    await say(update, context, fixed_texts.SHOWN_TO_STAFF)
