"""People who stop the bot or start it again, as Telegram reports it."""

from __future__ import annotations

import asyncio

from telegram import ChatMember, Update
from telegram.constants import ChatType

from bot.context import Context, services_of
from bot.errors import note_blocked


async def note_membership(update: Update, context: Context) -> None:
    """Remember whether a person has stopped the bot. Groups need no memory."""
    change = update.my_chat_member
    if change is None or change.chat.type != ChatType.PRIVATE:
        return
    services = services_of(context)
    if change.new_chat_member.status == ChatMember.BANNED:
        await note_blocked(services, change.chat.id)
    else:
        await asyncio.to_thread(services.people.mark_back, change.chat.id)
