"""People who stop the bot or start it again, groups that throw it out or get another number, as Telegram reports it."""

from __future__ import annotations

import asyncio

import structlog
from telegram import ChatMember, Update
from telegram.constants import ChatType

from bot.alerts import subscriptions
from bot.alerts.states import EndReason
from bot.context import Context, services_of
from bot.errors import note_blocked
from bot.handlers.storing import write

_OUT = (ChatMember.LEFT, ChatMember.BANNED)

log = structlog.get_logger(__name__)


async def note_membership(update: Update, context: Context) -> None:
    """Remember whether a person has stopped the bot, and end the alerts of a group or channel that removed it."""
    change = update.my_chat_member
    if change is None:
        return
    services = services_of(context)
    if change.chat.type != ChatType.PRIVATE:
        if change.new_chat_member.status in _OUT:
            await _end_alerts_of(context, change.chat.id)
    elif change.new_chat_member.status == ChatMember.BANNED:
        await note_blocked(services, change.chat.id)
    else:
        await asyncio.to_thread(services.people.mark_back, change.chat.id)


async def follow_group(update: Update, context: Context) -> None:
    """Follow a group that became a supergroup: Telegram says so in the old chat and in the new one."""
    message, at = update.message, services_of(context).clock()
    if message is None:
        return
    old_id = message.migrate_from_chat_id or message.chat.id
    new_id = message.migrate_to_chat_id or message.chat.id
    if await write(context, lambda session: subscriptions.migrate(session, old_id, new_id, at=at)):
        log.info("A group has a new number; its alerts follow it.")


async def _end_alerts_of(context: Context, chat_id: int) -> None:
    """End them for good: whoever adds the bot again later may be another person, and has agreed to nothing."""
    at = services_of(context).clock()
    await write(context, lambda session: subscriptions.end(session, chat_id, EndReason.BLOCKED, at=at))
