"""Showing one reply: its words, its buttons, and a plain way out wherever one of them fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html import escape

import structlog
from telegram import InlineKeyboardMarkup, Update
from telegram.constants import ChatType

from bot.alerts import heard
from bot.context import Context, services_of
from bot.errors import tell_staff
from bot.handlers.asking_staff import try_to_count, was_unanswered
from bot.handlers.talking import say_html_to_edit
from bot.presenters import fixed_texts
from bot.presenters.fallback import present_plainly
from bot.presenters.keyboards import reply_keyboard, start_keyboard
from bot.presenters.reply import Presented
from bot.presenters.subscriptions import tell_me_button
from bot.presenters.worklist import ask_button
from bot.sending import Outgoing, Sent, edit
from bot.texts import text
from knowledge.advisor.replies import Reply
from knowledge.database import DatabaseUnavailable, write_session
from knowledge.vocabulary import Kind
from knowledge.worklist import Why

log = structlog.get_logger(__name__)


async def show(
    update: Update, context: Context, reply: Reply, notes: Sequence[str] = (), *, question: str | None = None
) -> Sent:
    """Send a reply with its buttons, and below it the notes (HTML). Whatever fails, what the rules found is sent.

    `question`: the words that were asked, which the person may let staff see.
    """
    html, keyboard = await _make_message(update, context, reply, notes, question)
    sent = await say_html_to_edit(update, context, html, keyboard)
    await _try_to_remember_cited(update, context, reply)
    if question and was_unanswered(reply):
        await try_to_count(context, reply, Why.UNANSWERED)
    return sent


async def show_better(
    update: Update,
    context: Context,
    sent: Sent,
    reply: Reply,
    notes: Sequence[str] = (),
    *,
    question: str | None = None,
) -> None:
    """Put a better reply in the place of one that was sent. Where that cannot be, the first one stands."""
    if update.effective_chat is None:
        return
    html, keyboard = await _make_message(update, context, reply, notes, question)
    await edit(context.bot, sent, Outgoing(update.effective_chat.id, html, keyboard))
    await _try_to_remember_cited(update, context, reply)  # it may rest on more notices than the first one


async def _make_message(
    update: Update, context: Context, reply: Reply, notes: Sequence[str], question: str | None
) -> tuple[str, InlineKeyboardMarkup | None]:
    presented = await _try_to_present(context, reply)
    screen = presented.screen if presented else present_plainly(reply)
    html = "\n\n".join([screen, *_additions(context, reply, screen, notes)])
    return html, await _try_to_add_buttons(update, context, reply, presented, question)


async def _try_to_present(context: Context, reply: Reply) -> Presented | None:
    services = services_of(context)
    try:
        return services.present(reply, operator=services.operator)
    except Exception as error:  # a wording that fails must not cost the person the verdict
        log.error("A reply could not be worded; its plain form was sent.", exc_info=error)
        await tell_staff(context.bot, services, error)
        return None


def _additions(context: Context, reply: Reply, screen: str, notes: Sequence[str]) -> list[str]:
    """Return what the bot adds to a reply: the operator's contact in an emergency, and what it could not read."""
    additions = []
    contact = services_of(context).operator.contact
    if reply.kind is Kind.EMERGENCY and contact and escape(contact) not in screen:
        additions.append(text(reply.language, fixed_texts.EMERGENCY_CONTACT, contact=contact))
    return [*additions, *(f"<i>{note}</i>" for note in notes)]


async def _try_to_add_buttons(
    update: Update, context: Context, reply: Reply, presented: Presented | None, question: str | None
) -> InlineKeyboardMarkup | None:
    """Return the buttons of a reply, or None where their reply cannot be kept: then it goes out without them."""
    chat = update.effective_chat
    if chat is None or presented is None:
        return None
    if reply.kind is Kind.HELP:
        return start_keyboard(reply.language)
    try:
        shown_id = await asyncio.to_thread(services_of(context).people.save_shown, chat.id, reply)
    except DatabaseUnavailable as error:
        log.error("A reply was sent without buttons: it could not be kept.", exc_info=error)
        return None
    sections = [name for name, html in presented.sections.items() if html.strip()]
    news = tell_me_button(reply.countries[0], reply.language) if reply.verdict and reply.countries else None
    staff = None
    if question and chat.type == ChatType.PRIVATE:
        services_of(context).questions.keep(shown_id, chat.id, question)
        staff = ask_button(shown_id, reply.language) if was_unanswered(reply) else None
    return reply_keyboard(shown_id, sections, reply.language, news, staff)


async def _try_to_remember_cited(update: Update, context: Context, reply: Reply) -> None:
    """Keep which notices a verdict rested on, so that a correction can reach this chat. Nothing of the message."""
    chat, services = update.effective_chat, services_of(context)
    cited = [citation.id for citation in reply.citations if citation.type == "advisory"]
    if chat is None or reply.verdict is None or not cited:
        return

    def remember() -> None:
        day = services.clock().date()
        with write_session(services.people.engine) as session:
            heard.remember_cited(session, chat.id, cited, day=day, language=reply.language)

    try:
        await asyncio.to_thread(remember)
    except DatabaseUnavailable as error:
        log.error("A verdict's notices could not be kept for corrections.", exc_info=error)
