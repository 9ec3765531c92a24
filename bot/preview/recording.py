"""Stands in for Telegram's server: takes every call of the bot, keeps what a person would see, answers plausibly."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

BOT = {"id": 1, "is_bot": True, "first_name": "Satark", "username": "satark_preview_bot"}


@dataclass(frozen=True)
class Button:
    """One inline button: `data` is what it carries, or `url` where it opens a page."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Shown:
    """Something the bot sent into a chat. `edits` tells that it replaces the message of the same id."""

    message_id: int
    html: str
    is_html: bool
    buttons: tuple[tuple[Button, ...], ...] = ()
    edits: bool = False


@dataclass
class _Chat:
    shown: list[Shown] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)


class RecordingRequest(BaseRequest):
    """A request class for the bot that reaches nobody. `take` hands out what was sent to a chat since the last time."""

    def __init__(self, first_message_id: int | None = None) -> None:
        """Count messages from the present second, so that ids from before a restart do not come again."""
        # 2**31 is Telegram's limit for a message id; seconds since the epoch stay below it until 2038.
        self._ids = itertools.count(first_message_id or int(time.time()))
        self._chats: defaultdict[int, _Chat] = defaultdict(_Chat)
        self._commands: dict[str, list[dict[str, str]]] = {}
        self._presses: dict[str, int] = {}
        self._files: dict[str, bytes] = {}

    @property
    def read_timeout(self) -> float | None:
        """Nobody is waited for."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    def next_id(self) -> int:
        """Return a fresh message id."""
        return next(self._ids)

    def expect_press(self, query_id: str, chat_id: int) -> None:
        """Remember in which chat a button was pressed: its answer names only the press."""
        self._presses[query_id] = chat_id

    @contextmanager
    def holding(self, data: bytes) -> Iterator[str]:
        """While the block runs, the bot can download these bytes; returns the id of the file."""
        file_id = f"file-{self.next_id()}"
        self._files[file_id] = data
        try:
            yield file_id
        finally:
            del self._files[file_id]

    def take(self, chat_id: int) -> tuple[list[Shown], list[str]]:
        """Return what was sent to a chat since the last time, in order, and the short notices that would flash up."""
        chat = self._chats.pop(chat_id, _Chat())
        return chat.shown, chat.toasts

    def commands(self, language_code: str) -> list[dict[str, str]]:
        """Return the command menu that the bot set for a language, else its default one."""
        return self._commands.get(language_code) or self._commands.get("", [])

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = None,  # noqa: ARG002
        write_timeout: ODVInput[float] = None,  # noqa: ARG002
        connect_timeout: ODVInput[float] = None,  # noqa: ARG002
        pool_timeout: ODVInput[float] = None,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Take one call of the bot and answer as Telegram would."""
        called = url.rpartition("/")[2]
        if "/file/bot" in url:
            return (200, self._files[called]) if called in self._files else (404, _encode({"ok": False}))
        parameters: dict[str, Any] = dict(request_data.parameters) if request_data else {}
        answer = _ANSWERS.get(called)
        if answer is None:
            return 404, _encode({"ok": False, "error_code": 404, "description": f"Not Found: {called}"})
        return 200, _encode({"ok": True, "result": answer(self, parameters)})

    def _send_message(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._keep(parameters, self.next_id(), edits=False)

    def _edit_message(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._keep(parameters, int(parameters["message_id"]), edits=True)

    def _keep(self, parameters: dict[str, Any], message_id: int, *, edits: bool) -> dict[str, Any]:
        chat_id = int(parameters["chat_id"])
        shown = Shown(
            message_id,
            str(parameters.get("text", "")),
            is_html=parameters.get("parse_mode") == "HTML",
            buttons=_read_buttons(parameters.get("reply_markup")),
            edits=edits,
        )
        self._chats[chat_id].shown.append(shown)
        return make_message(message_id, chat_id, _without_tags(shown.html), sender=BOT)

    def _get_file(self, parameters: dict[str, Any]) -> dict[str, Any]:
        file_id = str(parameters["file_id"])
        size = len(self._files.get(file_id, b""))
        return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": file_id}

    def _answer_press(self, parameters: dict[str, Any]) -> bool:
        chat_id = self._presses.pop(str(parameters["callback_query_id"]), None)
        if chat_id is not None and (words := parameters.get("text")):
            self._chats[chat_id].toasts.append(str(words))
        return True

    def _set_commands(self, parameters: dict[str, Any]) -> bool:
        commands = [dict(command) for command in parameters["commands"]]
        self._commands[str(parameters.get("language_code") or "")] = commands
        return True


_Answer = Callable[[RecordingRequest, dict[str, Any]], Any]
_ANSWERS: dict[str, _Answer] = {
    "getMe": lambda _request, _parameters: BOT,
    "sendMessage": RecordingRequest._send_message,
    "editMessageText": RecordingRequest._edit_message,
    "answerCallbackQuery": RecordingRequest._answer_press,
    "getFile": RecordingRequest._get_file,
    "setMyCommands": RecordingRequest._set_commands,
    "sendChatAction": lambda _request, _parameters: True,
}


def make_message(message_id: int, chat_id: int, text: str, *, sender: dict[str, Any]) -> dict[str, Any]:
    """One message of a private chat, as Telegram's JSON."""
    message: dict[str, Any] = {
        "message_id": message_id,
        "date": int(time.time()),
        "chat": {"id": chat_id, "type": "private", "first_name": "You"},
        "from": sender,
        "text": text,
    }
    if command := re.match(r"/[A-Za-z0-9_]+", text):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
    return message


def _read_buttons(markup: Any) -> tuple[tuple[Button, ...], ...]:
    keyboard = json.loads(markup) if isinstance(markup, str) else markup or {}  # an alert carries it as JSON
    rows = keyboard.get("inline_keyboard", [])
    return tuple(
        tuple(Button(button["text"], button.get("callback_data"), button.get("url")) for button in row) for row in rows
    )


def _without_tags(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def _encode(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode()
