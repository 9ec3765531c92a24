"""Groups and channels: who belongs to them as what, and what Telegram tells a bot about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .markup import Refused

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
BEHIND_CHANNELS = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


@dataclass
class Rooms:
    """Whoever is not named here is unknown to a group, and asking for them is an error, as at Telegram."""

    members: dict[tuple[int, int], str] = field(default_factory=dict)  # by chat and person: the status
    channels: dict[str, int] = field(default_factory=dict)  # by @name
    closed: set[int] = field(default_factory=set)  # whose members the bot may not see

    def find(self, chat: str) -> int:
        """Return the number of a chat that is named by number or by @name. Raises `Refused`."""
        if chat.startswith("@"):
            if chat not in self.channels:
                raise Refused("chat not found")
            return self.channels[chat]
        return int(chat)

    def kind(self, chat_id: int) -> dict[str, str]:
        """Return what Telegram says a chat is."""
        names = [name for name, number in self.channels.items() if number == chat_id]
        if names:
            return {"type": "channel", "title": "Village channel", "username": names[0][1:]}
        if chat_id > 0:
            return {"type": "private", "first_name": "Asha"}
        return {"type": "supergroup", "title": "Village group"}

    def member(self, chat_id: int, user_id: int) -> dict[str, Any]:
        """Return what somebody is in a chat. Raises `Refused`."""
        if chat_id in self.closed:
            raise Refused("member list is inaccessible")
        status = self.members.get((chat_id, user_id))
        if status is None:
            raise Refused("user not found")
        return as_member({"id": user_id, "is_bot": False, "first_name": "Asha"}, status)


def as_member(user: dict[str, Any], status: str) -> dict[str, Any]:
    """Return a member in Telegram's JSON."""
    more: dict[str, Any] = {
        "administrator": dict.fromkeys(_RIGHTS, False),
        "creator": {"is_anonymous": False},
        "kicked": {"until_date": 0},
    }.get(status, {})
    return {"user": user, "status": status, **more}
