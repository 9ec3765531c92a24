"""What tests hold in their hand: the server with verbs, and people who write, press, block and listen."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .faults import Fault, FaultPlan, Mode
from .flood import UNLIMITED, Limits
from .journal import Arrival
from .markup import utf16_units
from .rooms import ANONYMOUS, BEHIND_CHANNELS, as_member
from .server import Server
from .telegram import BOT, TOKEN, SentMessage, Telegram

PATIENCE_S = 8.0


@dataclass(frozen=True)
class Room:
    """A group as a test speaks for it: what comes from no person, but from the group or from Telegram."""

    telegram: FakeTelegram
    id: int

    def says_anonymously(self, text: str) -> None:
        """An admin who wishes to stay anonymous writes: Telegram shows the group itself as the sender."""
        self._sends(text, ANONYMOUS, _group(self.id))

    def hears_channel(self, text: str, channel_id: int) -> None:
        """Somebody writes in the name of a channel of theirs, which proves nothing about this group."""
        self._sends(text, BEHIND_CHANNELS, {"id": channel_id, "type": "channel", "title": "Another channel"})

    def removes_bot(self) -> None:
        """An admin throws the bot out."""
        self.telegram.state.mark_blocked(self.id, blocked=True)
        self._changes_membership("member", "kicked")

    def takes_bot(self) -> None:
        """Somebody adds the bot."""
        self.telegram.state.mark_blocked(self.id, blocked=False)
        self._changes_membership("left", "member")

    def moves_to(self, new_id: int) -> None:
        """The group becomes a supergroup: Telegram says so in the old chat."""
        self._serves({"migrate_to_chat_id": new_id}, self.id)

    def comes_from(self, old_id: int) -> None:
        """The same, as it is said in the new chat."""
        self._serves({"migrate_from_chat_id": old_id}, self.id)

    def _sends(self, text: str, user: dict[str, Any], sender: dict[str, Any]) -> None:
        content = {"text": text, **_entities(text, "entities"), "sender_chat": sender}
        self._add(content, user, self.id)

    def _serves(self, content: dict[str, Any], chat_id: int) -> None:
        self._add(content, {"id": 5, "is_bot": False, "first_name": "Asha"}, chat_id)

    def _add(self, content: dict[str, Any], user: dict[str, Any], chat_id: int) -> None:
        message = {"message_id": self.telegram.next_id(), "date": int(time.time()), "from": user}
        self.telegram.add_update("message", {**message, "chat": _group(chat_id), **content})

    def _changes_membership(self, old: str, new: str) -> None:
        change = {
            "chat": _group(self.id),
            "from": {"id": 5, "is_bot": False, "first_name": "Asha"},
            "date": int(time.time()),
            "old_chat_member": as_member(BOT, old),
            "new_chat_member": as_member(BOT, new),
        }
        self.telegram.add_update("my_chat_member", change)


@dataclass
class Person:
    """Somebody with a private chat. Verbs put updates where the bot fetches them."""

    telegram: FakeTelegram
    id: int
    language_code: str = "en"
    name: str = "Asha"

    def says(self, text: str) -> None:
        self._sends({"text": text, **_entities(text, "entities")})

    def forwards(self, text: str) -> None:
        """Pass on what somebody else wrote, who hides their account."""
        origin = {"type": "hidden_user", "date": int(time.time()), "sender_user_name": "Somebody"}
        self._sends({"text": text, **_entities(text, "entities"), "forward_origin": origin})

    def sends_picture(
        self, data: bytes | None = None, *, caption: str | None = None, album: str | None = None, slow_s: float = 0.0
    ) -> None:
        """Send a photo; without data, one that Telegram cannot deliver."""
        file_id = "gone" if data is None else self.telegram.state.keep_file(data, slow_s)
        sizes = [{"file_id": name, "file_unique_id": name, "width": w, "height": w} for name, w in self._sizes(file_id)]
        album_id = {"media_group_id": album} if album else {}
        self._sends({"photo": sizes, **({"caption": caption} if caption else {}), **album_id})

    def sends_file(
        self,
        data: bytes | None = None,
        *,
        name: str = "offer.pdf",
        media_type: str = "application/pdf",
        caption: str | None = None,
        size: int | None = None,
        slow_s: float = 0.0,
    ) -> None:
        """Send a document; without data, one that Telegram cannot deliver. `size` is what the update claims."""
        file_id = "gone" if data is None else self.telegram.state.keep_file(data, slow_s)
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "mime_type": media_type}
        document["file_size"] = size if size is not None else len(data or b"")
        self._sends({"document": document, **({"caption": caption} if caption else {})})

    def sends_voice(self) -> None:
        self._sends({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}})

    def sends_sticker(self) -> None:
        sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9}
        self._sends({"sticker": {**sticker, "is_animated": False, "is_video": False}})

    def says_in(self, group_id: int, text: str, answers: dict[str, Any] | None = None) -> None:
        content = {"text": text, **_entities(text, "entities")}
        self.telegram.add_update("message", self._message(content, _group(group_id), answers))

    def is_in(self, chat_id: int, status: str = "member") -> None:
        """From now on this is what the person is in a group or channel."""
        self.telegram.state.rooms.members[chat_id, self.id] = status

    def answers(self, message_id: int, text: str) -> None:
        """Write an answer to a message of the bot."""
        answered = {"message_id": message_id, "date": int(time.time()), "from": BOT, "text": "-"}
        content = {"text": text, **_entities(text, "entities")}
        self.telegram.add_update("message", self._message(content, self._chat, answered))

    def presses(self, label: str, in_chat: int | None = None) -> None:
        """Press the newest button whose label contains these words."""
        for sent in reversed(self.telegram.sent_to(in_chat or self.id)):
            for row in sent.buttons:
                for button in row:
                    if label in button["text"]:
                        answered = self.telegram.state.find_answered(sent)
                        self.presses_data(button["callback_data"], sent.message_id, answered, in_chat)
                        return
        raise AssertionError(f"there is no button {label!r}")

    def presses_data(
        self,
        data: str,
        message_id: int = 1,
        answered: dict[str, Any] | None = None,
        in_chat: int | None = None,
    ) -> None:
        chat = _group(in_chat) if in_chat else self._chat
        message = {"message_id": message_id, "date": int(time.time()), "chat": chat, "from": BOT, "text": "-"}
        if answered:
            message["reply_to_message"] = answered
        query = {"id": str(self.telegram.next_id()), "from": self._user, "chat_instance": "1", "data": data}
        self.telegram.add_update("callback_query", {**query, "message": message})

    def blocks_bot(self) -> None:
        self.telegram.state.mark_blocked(self.id, blocked=True)
        self._changes_membership("member", "kicked")

    def starts_bot_again(self) -> None:
        self.telegram.state.mark_blocked(self.id, blocked=False)
        self._changes_membership("kicked", "member")

    async def hears(self, count: int = 1) -> list[SentMessage]:
        """Wait until the bot has sent this many messages here in all, and return them."""
        return await self.telegram.wait_for(self.id, count)

    async def sees_edited(self, message: SentMessage) -> SentMessage:
        """Wait until the bot has changed a message, and return it as it stands then."""

        def latest() -> SentMessage:
            return next(one for one in self.telegram.sent_to(self.id) if one.message_id == message.message_id)

        await self.telegram.wait_until(lambda: latest().text != message.text, "the bot to edit a message")
        return latest()

    @staticmethod
    def _sizes(file_id: str) -> list[tuple[str, int]]:
        """Telegram lists a photo in several sizes, the whole one last."""
        return [("thumbnail", 90), (file_id, 1280)]

    @property
    def _user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language_code}

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": self.name}

    def _sends(self, content: dict[str, Any]) -> None:
        message = self._message(content, self._chat, None)
        self.telegram.state.keep_heard(message)
        self.telegram.add_update("message", message)

    def _message(self, content: dict[str, Any], chat: dict[str, Any], answers: dict[str, Any] | None) -> dict[str, Any]:
        message = {"message_id": self.telegram.next_id(), "date": int(time.time()), "chat": chat, "from": self._user}
        return {**message, **content, **({"reply_to_message": {**answers, "chat": chat}} if answers else {})}

    def _changes_membership(self, old: str, new: str) -> None:
        def member(status: str) -> dict[str, Any]:
            return {"user": BOT, "status": status, **({"until_date": 0} if status == "kicked" else {})}

        change = {"chat": self._chat, "from": self._user, "date": int(time.time())}
        self.telegram.add_update(
            "my_chat_member", {**change, "old_chat_member": member(old), "new_chat_member": member(new)}
        )


class FakeTelegram:
    """The server with verbs, as a context manager. Without limits unless told: a conversation has no flood.

    `Limits()` are Telegram's documented ones. `journal` is a file for the arrival log.
    """

    def __init__(
        self, token: str = TOKEN, *, limits: Limits = UNLIMITED, journal: Path | None = None, port: int = 0
    ) -> None:
        self.state = Telegram(token, limits=limits, journal=journal)
        self._port = port

    def __enter__(self) -> FakeTelegram:
        self._server = Server(self.state, self._port)
        self.url = self._server.url
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def token(self) -> str:
        return self.state.token

    @token.setter
    def token(self, token: str) -> None:
        self.state.token = token

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return self.state.calls

    @property
    def menus(self) -> dict[str, list[dict[str, str]]]:
        return self.state.menus

    @property
    def toasts(self) -> list[str]:
        return self.state.toasts

    @property
    def faults(self) -> FaultPlan:
        return self.state.faults

    # --- verbs ---

    def forgets(self) -> None:
        """Begin anew, so that one server serves many tests."""
        self.state.forgets()

    def person(self, person_id: int, language_code: str = "en", name: str = "Asha") -> Person:
        return Person(self, person_id, language_code, name)

    def group(self, group_id: int) -> Room:
        return Room(self, group_id)

    def channel(self, name: str, channel_id: int) -> int:
        """Let there be a public channel; returns its number."""
        self.state.rooms.channels[name] = channel_id
        return channel_id

    def next_send_fails(
        self, status: int, description: str = "", *, retry_after: int | None = None, times: int = 1
    ) -> None:
        """Let the next sends fail with a status; 0 means: taken, but the answer is spoilt on the way."""
        if status == 0:
            fault = Fault(Mode.WRONG_JSON)
        elif status == 429:
            fault = Fault(Mode.FLOOD, retry_after=retry_after)
        elif status == 403 and not description:
            fault = Fault(Mode.BLOCKED)
        else:
            fault = Fault(Mode.REFUSED, status=status, description=description or "No")
        self.faults.fail_next(fault, times)

    def sent_to(self, chat_id: int) -> list[SentMessage]:
        return self.state.sent_to(chat_id)

    def arrivals(self) -> list[Arrival]:
        """Return the arrival log: every message that reached the server, taken or not."""
        return self.state.journal.arrivals()

    def called(self, method: str) -> list[dict[str, Any]]:
        return self.state.called(method)

    async def wait_for(self, chat_id: int, count: int) -> list[SentMessage]:
        await self.wait_until(lambda: len(self.sent_to(chat_id)) >= count, f"{count} messages to {chat_id}")
        return self.sent_to(chat_id)

    async def wait_until(self, condition: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            await asyncio.sleep(0.01)

    async def hears_nothing_more(self, for_s: float = 0.3) -> None:
        """Wait until the bot has fetched every update and stays silent for a while."""
        await self.wait_until(lambda: not self.state.waiting_updates(), "the bot to fetch its updates")
        await asyncio.sleep(for_s)

    def next_id(self) -> int:
        return self.state.next_id()

    def add_update(self, kind: str, content: dict[str, Any]) -> int:
        return self.state.add_update(kind, content)


def _group(group_id: int) -> dict[str, Any]:
    return {"id": group_id, "type": "supergroup", "title": "Village group"}


def _entities(text: str, field_name: str) -> dict[str, Any]:
    found = [("bot_command", match) for match in re.finditer(r"(?<!\S)/[A-Za-z0-9_]+(?:@\w+)?", text)]
    found += [("mention", match) for match in re.finditer(r"(?<!\S)@\w+", text)]
    entities = [
        {"type": kind, "offset": utf16_units(text[: match.start()]), "length": utf16_units(match.group())}
        for kind, match in found
    ]
    return {field_name: entities} if entities else {}
