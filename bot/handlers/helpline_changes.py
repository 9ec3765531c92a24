"""Staff in Telegram: the changes of helplines that wait for a second person. In private chats, STAFF_IDS only."""

from __future__ import annotations

from html import escape

from telegram import Update

from bot.context import Context, services_of
from bot.handlers.approving import for_staff
from bot.handlers.storing import read, write
from bot.handlers.talking import say_html
from bot.presenters.helpline_changes import NOTHING_WAITS, WHICH_CHANGE, present_change
from knowledge import helpline_changes
from knowledge.helpline_changes import CannotChangeHelpline


@for_staff
async def show_changes(update: Update, context: Context) -> None:
    """Answer /helpline_changes: each proposed change, with what to type."""
    waiting = await read(context, helpline_changes.list_changes)
    for view in waiting:
        await say_html(update, context, present_change(view))
    if not waiting:
        await say_html(update, context, NOTHING_WAITS)


@for_staff
async def approve_helpline(update: Update, context: Context) -> None:
    """Answer /approve_helpline NUMBER: make the change, unless the same person proposed it."""
    number, by = _number(context), _who(update)
    if number is None:
        await say_html(update, context, WHICH_CHANGE)
        return
    at = services_of(context).clock()
    try:
        record = await write(context, lambda s: helpline_changes.approve_change(s, number, by=by, at=at))
    except CannotChangeHelpline as refusal:
        await say_html(update, context, escape(str(refusal)))
        return
    await say_html(update, context, f"✅ Change {number} is made. The next reply shows it: {escape(record.name)}")


@for_staff
async def reject_helpline(update: Update, context: Context) -> None:
    """Answer /reject_helpline NUMBER REASON: turn the change down."""
    number, by = _number(context), _who(update)
    if number is None:
        await say_html(update, context, WHICH_CHANGE)
        return
    at, reason = services_of(context).clock(), " ".join((context.args or [])[1:])
    try:
        await write(context, lambda s: helpline_changes.reject_change(s, number, by=by, at=at, reason=reason))
    except CannotChangeHelpline as refusal:
        await say_html(update, context, escape(str(refusal)))
        return
    await say_html(update, context, f"Change {number} is rejected.")


def _number(context: Context) -> int | None:
    first = (context.args or [""])[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) < 10 else None


def _who(update: Update) -> str:
    return f"staff {update.effective_user.id}" if update.effective_user else "staff"
