"""One conversation with the real application without Telegram: says and presses, and hands back what the bot showed."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update

from bot.application import SatarkApplication
from bot.preview.recording import BOT, RecordingRequest, Shown, make_message


@dataclass(frozen=True)
class Turn:
    """What the bot showed after one message or press: messages in order, and short notices."""

    shown: list[Shown]
    toasts: list[str]


@dataclass
class Conversations:
    """Conversations by chat id. The application must be running, over the given recording request."""

    application: SatarkApplication
    recording: RecordingRequest
    _update_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(int(time.time())))
    _locks: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def say(self, chat_id: int, text: str, language_code: str = "en") -> Turn:
        """Send a text as a person would and wait for all that the bot shows."""
        person = _make_person(chat_id, language_code)
        message = make_message(self.recording.next_id(), chat_id, text, sender=person)
        return await self._process(chat_id, {"message": message})

    async def send_file(self, chat_id: int, data: bytes, name: str, media_type: str, language_code: str = "en") -> Turn:
        """Send a picture or file as a person would and wait for all that the bot shows."""
        message = make_message(self.recording.next_id(), chat_id, "", sender=_make_person(chat_id, language_code))
        with self.recording.holding(data) as file_id:
            described = {"file_name": name, "mime_type": media_type, "file_size": len(data)}
            message |= {"document": {"file_id": file_id, "file_unique_id": file_id, **described}}
            return await self._process(chat_id, {"message": {k: v for k, v in message.items() if k != "text"}})

    async def press(self, chat_id: int, data: str, message_id: int, language_code: str = "en") -> Turn:
        """Press a button under a message and wait for all that the bot shows."""
        update_id = next(self._update_ids)
        query_id = str(update_id)
        self.recording.expect_press(query_id, chat_id)
        query = {
            "id": query_id,
            "from": _make_person(chat_id, language_code),
            "chat_instance": str(chat_id),
            "data": data,
            "message": make_message(message_id, chat_id, "", sender=BOT),
        }
        return await self._process(chat_id, {"callback_query": query})

    async def listen(self, chat_id: int) -> Turn:
        """Return what the bot has sent of its own accord since the last time: alerts."""
        lock = self._locks.setdefault(chat_id, asyncio.Lock())
        async with lock:
            return Turn(*self.recording.take(chat_id))

    async def _process(self, chat_id: int, content: dict[str, Any]) -> Turn:
        update = Update.de_json({"update_id": next(self._update_ids), **content}, self.application.bot)
        lock = self._locks.setdefault(chat_id, asyncio.Lock())
        async with lock:
            await self.application.process_update(update)
            return Turn(*self.recording.take(chat_id))


def _make_person(chat_id: int, language_code: str) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "You", "language_code": language_code}
