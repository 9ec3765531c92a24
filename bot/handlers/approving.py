"""Staff in Telegram: look at waiting alerts, approve, call off, see how they went. In private chats, STAFF_IDS only.

To everybody else these commands do not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from html import escape
from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram import InlineKeyboardMarkup, Update
from telegram.constants import ChatType

from bot.alerts import approval, audit, control, figures, lifecycle, subscriptions, watchdog
from bot.alerts.approval import NotApproved, Progress
from bot.alerts.lifecycle import CannotAlert, UnknownAlert
from bot.alerts.states import AlertState, Place
from bot.alerts.subscriptions import NotSubscribed
from bot.context import Context, services_of
from bot.handlers.information import unknown_command
from bot.handlers.storing import write
from bot.handlers.talking import acknowledge, say_html
from bot.presenters import staff
from knowledge.desk import list_unwell
from knowledge.vocabulary import Language

log = structlog.get_logger(__name__)
_Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def for_staff(handler: _Handler) -> _Handler:
    """Let only staff in their private chat through; for others the command does not exist."""

    async def guarded(update: Update, context: Context) -> None:
        person, chat = update.effective_user, update.effective_chat
        is_private = chat is not None and person is not None and chat.type == ChatType.PRIVATE and chat.id == person.id
        if person is None or not is_private or person.id not in services_of(context).staff_ids:
            await unknown_command(update, context)
            return
        try:
            await handler(update, context)
        except (CannotAlert, NotApproved, UnknownAlert) as refusal:
            await say_html(update, context, escape(str(refusal)))

    return guarded


@for_staff
async def show_pending(update: Update, context: Context) -> None:
    """Answer /pending: each alert that waits, in full, with its buttons."""
    at = services_of(context).clock()

    def look(session: Session) -> list[tuple[list[str], str, InlineKeyboardMarkup]]:
        alerts = lifecycle.list_alerts(session, open_only=True)
        waiting = [alert.id for alert in alerts if alert.state == AlertState.REQUESTED and alert.expires_at > at]
        previews = [lifecycle.preview(session, number, at=at) for number in waiting]
        return [(staff.present_texts(seen), staff.present_card(seen), staff.card_keyboard(seen)) for seen in previews]

    cards = await write(context, look)
    for texts, card, keyboard in cards:
        for words in texts:
            await say_html(update, context, words)
        await say_html(update, context, card, keyboard)
    if not cards:
        await say_html(update, context, staff.NOTHING_PENDING)


@for_staff
async def answer_staff_press(update: Update, context: Context) -> None:
    """Show the other languages of a waiting alert, or the question before its approval."""
    query = update.callback_query
    press = staff.parse_staff_press(query.data if query else None)
    if query is None or press is None:
        return
    await acknowledge(query)
    what, number = press
    if what == "all":
        await _show_all_languages(update, context, number)
    else:
        await _ask(update, context, number)


@for_staff
async def approve(update: Update, context: Context) -> None:
    """Answer /approve NUMBER WORDS: take the approval that the question asked for."""
    number, typed = _number_and_words(context)
    if number is None:
        await say_html(update, context, staff.NOT_A_NUMBER.format(command="approve"))
        return
    services = services_of(context)
    staff_id = update.effective_user.id if update.effective_user else 0
    chat_id = update.effective_chat.id if update.effective_chat else 0

    def give(session: Session) -> Progress | None:
        token = approval.find_prompt(session, number, staff_id=staff_id)
        if token is None:
            return None
        return approval.approve(
            session,
            token,
            typed,
            staff_id=staff_id,
            chat_id=chat_id,
            staff_ids=services.staff_ids,
            needed=services.alert_approvals,
            at=services.clock(),
        )

    progress = await write(context, give)
    await say_html(update, context, staff.present_progress(progress) if progress else staff.NO_PROMPT)


@for_staff
async def call_off(update: Update, context: Context) -> None:
    """Answer /cancel NUMBER REASON: nothing new of this alert goes out from this moment on."""
    number, reason = _number_and_words(context)
    if number is None:
        await say_html(update, context, staff.NOT_A_NUMBER.format(command="cancel"))
        return
    by, at = f"staff {update.effective_user.id if update.effective_user else 0}", services_of(context).clock()
    await write(context, lambda session: lifecycle.cancel(session, number, by=by, reason=reason or "-", at=at))
    await say_html(update, context, staff.CALLED_OFF.format(number=number))


@for_staff
async def show_status(update: Update, context: Context) -> None:
    """Answer /status: how the newest alerts went, whether any did not arrive, and how new the sources are."""
    at = services_of(context).clock()

    def read(session: Session) -> str:
        alerts = [(alert, figures.read_figures(session, alert.id)) for alert in lifecycle.list_alerts(session, most=8)]
        hold = control.find_hold(session)
        watch = staff.Watch(
            held=hold.reason if hold else None,
            canaries=figures.count_canaries(session),
            last_test_at=figures.find_last_test(session),
            not_arrived=tuple((one.alert_id, one.words) for one in watchdog.find_silent(session, at=at)),
        )
        subscribers, freshness = figures.count_subscribers(session), figures.list_freshness(session)
        unwell = [source.in_words() for source in list_unwell(session, at)]
        return staff.present_status(alerts, freshness, subscribers, watch, unwell)

    await say_html(update, context, await write(context, read))


@for_staff
async def choose_canary(update: Update, context: Context) -> None:
    """Answer /canary on, /canary off, or say which of them holds: whether this account watches over alerts."""
    staff_id, at = update.effective_user.id if update.effective_user else 0, services_of(context).clock()
    wish = (context.args or [""])[0].lower()

    def choose(session: Session) -> str:
        if wish in ("on", "off"):
            subscriptions.set_canary(session, staff_id, is_canary=wish == "on")
            audit.note(session, f"canary_{wish}", by=f"staff {staff_id}", at=at)
            session.flush()
        canaries = subscriptions.list_canaries(session)
        return staff.present_canary(wish, is_canary=staff_id in canaries, count=len(canaries))

    try:
        await say_html(update, context, await write(context, choose))
    except NotSubscribed:
        await say_html(update, context, staff.CANARY_CONSENT)


async def _show_all_languages(update: Update, context: Context, number: int) -> None:
    at = services_of(context).clock()

    def look(session: Session) -> list[str]:
        seen = lifecycle.preview(session, number, at=at)
        return [words for language in Language for words in staff.present_texts(seen, (language,))]

    for words in await write(context, look):
        await say_html(update, context, words)


async def _ask(update: Update, context: Context, number: int) -> None:
    services = services_of(context)
    staff_id = update.effective_user.id if update.effective_user else None
    prompt = await write(
        context,
        lambda session: approval.open_prompt(
            session,
            number,
            staff_id=staff_id,
            place=Place.TELEGRAM,
            staff_ids=services.staff_ids,
            at=services.clock(),
        ),
    )
    await say_html(update, context, staff.present_prompt(prompt))


def _number_and_words(context: Context) -> tuple[int | None, str]:
    first, *rest = context.args or [""]
    return (int(first) if first.isascii() and first.isdigit() and len(first) <= 12 else None), " ".join(rest)
