"""Whether somebody may decide for a group or channel: its admins may, the anonymous ones too. In private everybody may.

Asked of Telegram each time, since admins come and go; where Telegram does not say, the answer is no.
"""

from __future__ import annotations

import structlog
from telegram import Chat, ChatMember, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.context import Context
from bot.handlers.talking import say
from bot.presenters import fixed_texts

_ADMINS = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)

log = structlog.get_logger(__name__)


async def may_decide(update: Update, context: Context) -> bool:
    """Whether whoever asks may decide for this chat; says so where they may not."""
    allowed = await is_allowed(update, context)
    if not allowed:
        await say(update, context, fixed_texts.ADMINS_ONLY)
    return allowed


async def is_allowed(update: Update, context: Context) -> bool:
    """Whether whoever asks may decide for this chat; says nothing."""
    chat, person = update.effective_chat, update.effective_user
    if chat is None or chat.type == ChatType.PRIVATE:
        return True
    if speaks_as_chat(update, chat):
        return True
    return person is not None and await is_admin(context, chat.id, person.id)


def speaks_as_chat(update: Update, chat: Chat) -> bool:
    """Whether a message was written in the name of the group itself, which only its admins can do.

    In the name of a channel of their own anybody may write: that is another chat. Presses of buttons always name the
    person (core.telegram.org/bots/api, `Message.sender_chat`).
    """
    message = update.message
    return bool(message and message.sender_chat and message.sender_chat.id == chat.id)


async def is_admin(context: Context, chat_id: int, person_id: int) -> bool:
    """Whether somebody is an admin of a chat. No, where the bot may not see who is."""
    try:
        member = await context.bot.get_chat_member(chat_id, person_id)
    except TelegramError as error:
        log.info("An admin could not be looked up.", reason=type(error).__name__)
        return False
    return member.status in _ADMINS
