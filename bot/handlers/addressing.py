"""Whether a message in a group speaks to the bot, and which words of it are the inquiry. Pure: reads, sends nothing."""

from __future__ import annotations

import re

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType


def is_addressed(message: Message, bot: User) -> bool:
    """Say whether the bot is spoken to: in a group only by a mention or an answer to its message."""
    if message.chat.type == ChatType.PRIVATE:
        return True
    if message.from_user and message.from_user.is_bot:
        return False
    return _answers_bot(message, bot) or bool(_find_mentions(message, bot))


def words_of(message: Message, bot: User) -> str:
    """Return the inquiry in a message: its text or caption without the mention, and the message that it points at.

    A person who answers somebody's offer with "@bot is this true?" asks about that offer.
    """
    own = _without_mentions(message, bot)
    pointed_at = find_pointed_at(message, bot)
    return _join(pointed_at.text or pointed_at.caption or "", own) if pointed_at else own


def find_pointed_at(message: Message, bot: User) -> Message | None:
    """Return somebody's message that a message in a group asks about; None where it points at none, or at the bot's."""
    if message.chat.type == ChatType.PRIVATE or _answers_bot(message, bot):
        return None
    return message.reply_to_message


def words_after_command(message: Message) -> str:
    """Return the inquiry that comes with /check: the words after it, and the message that it answers."""
    own = re.sub(r"^\s*/\S+\s*", "", message.text or "", count=1)
    pointed_at = message.reply_to_message
    return _join((pointed_at.text or pointed_at.caption or "") if pointed_at else "", own)


def _answers_bot(message: Message, bot: User) -> bool:
    pointed_at = message.reply_to_message
    return bool(pointed_at and pointed_at.from_user and pointed_at.from_user.id == bot.id)


def _find_mentions(message: Message, bot: User) -> list[str]:
    kinds: list[str | None] = [MessageEntity.MENTION]
    found = {**message.parse_entities(kinds), **message.parse_caption_entities(kinds)}
    return [mention for mention in found.values() if mention.lower() == f"@{bot.username}".lower()]


def _without_mentions(message: Message, bot: User) -> str:
    words = message.text or message.caption or ""
    for mention in _find_mentions(message, bot):
        words = words.replace(mention, " ")
    return words.strip()


def _join(pointed_at: str, own: str) -> str:
    return "\n\n".join(part.strip() for part in (pointed_at, own) if part.strip())
