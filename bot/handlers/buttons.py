"""Presses of buttons: sections of a reply, another language, feedback, choosing a language, the sample offer."""

from __future__ import annotations

import asyncio
import dataclasses
from html import escape

import structlog
from telegram import CallbackQuery, Update
from telegram.constants import ChatType

from bot.alerts import subscriptions
from bot.context import Context, find_language, services_of
from bot.handlers import asking_staff
from bot.handlers.admins import is_allowed
from bot.handlers.conversing import begin_anew
from bot.handlers.replying import answer
from bot.handlers.showing import show
from bot.handlers.storing import write
from bot.handlers.talking import acknowledge, say, say_html
from bot.presenters import fixed_texts
from bot.presenters.keyboards import SECTIONS, Action, Press, parse_press, reply_language_keyboard
from bot.texts import text
from knowledge.advisor.replies import Reply
from knowledge.vocabulary import Language
from knowledge.worklist import Why

log = structlog.get_logger(__name__)


async def answer_press(update: Update, context: Context) -> None:
    """Do what a pressed button says. An old, unknown or forged button gets a kind answer."""
    query = update.callback_query
    if query is None or update.effective_chat is None:
        return
    press = parse_press(query.data)
    if press is None:
        await acknowledge(query)
        await say(update, context, fixed_texts.BUTTON_TOO_OLD)
    elif press.shown_id is None:
        await acknowledge(query)
        await _do_alone(update, context, press)
    else:
        await _do_for_reply(update, context, query, press, press.shown_id)


async def _do_alone(update: Update, context: Context, press: Press) -> None:
    if press.action is Action.CHOOSE_LANGUAGE:
        await _choose_language(update, context, press)
        return
    language = await find_language(update, context)
    introduction = text(language, fixed_texts.SAMPLE_INTRODUCTION)
    sample = text(language, fixed_texts.SAMPLE)
    await say_html(update, context, f"{introduction}\n\n<blockquote>{escape(sample)}</blockquote>")
    await answer(update, context, sample)
    begin_anew(update, context)  # the sample is nobody's offer, so no question is about it


async def _choose_language(update: Update, context: Context, press: Press) -> None:
    if update.effective_user:
        people = services_of(context).people
        await asyncio.to_thread(people.save_language, update.effective_user.id, press.language)
    await _choose_language_of_group(update, context, press.language)
    automatic = press.language is None
    await say(update, context, fixed_texts.LANGUAGE_AUTOMATIC_CHOSEN if automatic else fixed_texts.LANGUAGE_CHOSEN)


async def _choose_language_of_group(update: Update, context: Context, language: Language | None) -> None:
    """Where an admin chooses a language in a group, the group's alerts come in it from now on."""
    chat = update.effective_chat
    if language is None or chat is None or chat.type == ChatType.PRIVATE or not await is_allowed(update, context):
        return
    await write(context, lambda session: subscriptions.set_language(session, chat.id, language))


async def _do_for_reply(update: Update, context: Context, query: CallbackQuery, press: Press, shown_id: str) -> None:
    chat_id = update.effective_chat.id if update.effective_chat else 0
    reply = await asyncio.to_thread(services_of(context).people.find_shown, shown_id, chat_id)
    if reply is None:
        await acknowledge(query)
        await say(update, context, fixed_texts.BUTTON_TOO_OLD)
    elif press.action in (Action.HELPFUL, Action.NOT_HELPFUL):
        await _count_feedback(context, query, press, shown_id, chat_id, reply)
        if press.action is Action.NOT_HELPFUL and asking_staff.may_be_shown(services_of(context), shown_id, chat_id):
            await asking_staff.ask(update, context, shown_id)
    else:
        await acknowledge(query)
        await _show_more(update, context, press, shown_id, reply)


async def _count_feedback(
    context: Context, query: CallbackQuery, press: Press, shown_id: str, chat_id: int, reply: Reply
) -> None:
    people = services_of(context).people
    helpful = press.action is Action.HELPFUL
    counted = await asyncio.to_thread(people.save_feedback, shown_id, chat_id, helpful=helpful)
    if counted and not helpful:
        await asking_staff.try_to_count(context, reply, Why.NOT_HELPFUL)
    thanks = fixed_texts.FEEDBACK_THANKS if counted else fixed_texts.FEEDBACK_ALREADY
    await acknowledge(query, text(reply.language, thanks))


async def _show_more(update: Update, context: Context, press: Press, shown_id: str, reply: Reply) -> None:
    if press.action is Action.OTHER_LANGUAGE:
        heading = text(reply.language, fixed_texts.LANGUAGE)
        await say_html(update, context, heading, reply_language_keyboard(shown_id))
    elif press.action is Action.SHOW_IN_LANGUAGE and press.language:
        if update.effective_user:
            people = services_of(context).people
            await asyncio.to_thread(people.save_language, update.effective_user.id, press.language)
        await show(update, context, dataclasses.replace(reply, language=press.language, fallback_language=False))
    else:
        services = services_of(context)
        presented = services.present(reply, operator=services.operator)
        html = presented.sections.get(SECTIONS[press.action], "")
        if html and press.action is Action.EVIDENCE and reply.verdict:
            html += f"\n\n<i>{text(reply.language, fixed_texts.CORRECTIONS_NOTE)}</i>"
        await say_html(update, context, html or text(reply.language, fixed_texts.BUTTON_TOO_OLD))
