"""What a chat's conversation adds to an inquiry, and what is remembered of one. In private chats only.

In a group others speak in between, so that "and the fee?" may be about anything: there every message stands alone.
"""

from __future__ import annotations

from telegram import Update
from telegram.constants import ChatType

from bot.context import Context, find_chosen_language, services_of
from knowledge.advisor.replies import Inquiry, Reply


async def make_inquiry(update: Update, context: Context, words: str) -> Inquiry:
    """Return what a person asks, with what went before in the chat. A forwarded message is somebody else's words."""
    language, chat_id = await find_chosen_language(update, context), _find_private(update)
    if chat_id is None:
        return Inquiry(words, language)
    is_own = update.message is not None and update.message.forward_origin is None
    earlier = services_of(context).conversations.find(chat_id) if is_own else None
    return Inquiry(words, language, earlier=earlier, can_be_asked=True)


def remember(update: Update, context: Context, inquiry: Inquiry, reply: Reply) -> None:
    """Remember what was asked and answered, so that the next message can go on with it."""
    chat_id = _find_private(update)
    if chat_id is not None:
        services_of(context).conversations.note(chat_id, inquiry, reply)


def begin_anew(update: Update, context: Context) -> None:
    """Let what went before go: the next message stands alone."""
    chat_id = _find_private(update)
    if chat_id is not None:
        services_of(context).conversations.forget(chat_id)


def _find_private(update: Update) -> int | None:
    chat = update.effective_chat
    return chat.id if chat and chat.type == ChatType.PRIVATE else None
