"""A small Bot API server on a loopback port, as strict as Telegram's where a bot can err. Ships verbs, not mocks.

It runs in a thread of its own, so the real application talks to it over real HTTP. What it does not know it refuses.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BOT = {"id": 77, "is_bot": True, "first_name": "Satark", "username": "satark_test_bot"}
PATIENCE_S = 8.0
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "blockquote", "tg-spoiler"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


class Refused(Exception):
    """A call that Telegram would refuse with 400; the words are its description."""


@dataclass(frozen=True)
class SentMessage:
    """One message that the bot sent: `text` as a person sees it, `raw` as it was sent."""

    message_id: int
    chat_id: int
    text: str
    raw: str
    parse_mode: str | None
    buttons: tuple[tuple[dict[str, Any], ...], ...]
    reply_to: int | None
    preview_off: bool

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]


@dataclass(frozen=True)
class Failure:
    """How the next send fails. `status` 0 means: accepted, but the answer is spoilt on the way."""

    status: int
    description: str
    retry_after: int | None = None


@dataclass
class Person:
    """Somebody with a private chat. Verbs put updates where the bot fetches them."""

    telegram: FakeTelegram
    id: int
    language_code: str = "en"

    def says(self, text: str) -> None:
        self._sends({"text": text, **_entities(text, "entities")})

    def sends_picture(self, caption: str | None = None, album: str | None = None) -> None:
        picture = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]}
        self._sends(
            {**picture, **({"caption": caption} if caption else {}), **({"media_group_id": album} if album else {})}
        )

    def sends_voice(self) -> None:
        self._sends({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}})

    def sends_document(self, caption: str | None = None) -> None:
        document = {"document": {"file_id": "d", "file_unique_id": "d", "mime_type": "application/pdf"}}
        self._sends({**document, **({"caption": caption} if caption else {})})

    def sends_sticker(self) -> None:
        sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9}
        self._sends({"sticker": {**sticker, "is_animated": False, "is_video": False}})

    def says_in(self, group_id: int, text: str, answers: dict[str, Any] | None = None) -> None:
        group = {"id": group_id, "type": "supergroup", "title": "Village group"}
        content = {"text": text, **_entities(text, "entities")}
        self.telegram.add_update("message", self._message(content, group, answers))

    def presses(self, label: str) -> None:
        """Press the newest button whose label contains these words."""
        for sent in reversed(self.telegram.sent_to(self.id)):
            for row in sent.buttons:
                for button in row:
                    if label in button["text"]:
                        self.presses_data(button["callback_data"], sent.message_id)
                        return
        raise AssertionError(f"there is no button {label!r}")

    def presses_data(self, data: str, message_id: int = 1) -> None:
        message = {"message_id": message_id, "date": int(time.time()), "chat": self._chat, "from": BOT, "text": "-"}
        query = {"id": self.telegram.next_id(), "from": self._user, "chat_instance": "1", "data": data}
        self.telegram.add_update("callback_query", {**query, "id": str(query["id"]), "message": message})

    def blocks_bot(self) -> None:
        self._changes_membership("member", "kicked")

    def starts_bot_again(self) -> None:
        self._changes_membership("kicked", "member")

    async def hears(self, count: int = 1) -> list[SentMessage]:
        """Wait until the bot has sent this many messages here in all, and return them."""
        return await self.telegram.wait_for(self.id, count)

    @property
    def _user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "Asha", "language_code": self.language_code}

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": "Asha"}

    def _sends(self, content: dict[str, Any]) -> None:
        self.telegram.add_update("message", self._message(content, self._chat, None))

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


@dataclass
class FakeTelegram:
    """The server. Use it as a context manager; `url` is the root that TELEGRAM_API_BASE_URL takes."""

    token: str = "123456:" + "invented-token-of-the-tests-00000"
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # the arrival log
    menus: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    toasts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids = itertools.count(1000)
        self._lock = threading.Lock()
        self.forgets()

    def forgets(self) -> None:
        """Begin anew, so that one server serves many tests."""
        with self._lock:
            self._updates: list[dict[str, Any]] = []
            self._sent: list[SentMessage] = []
            self._failures: deque[Failure] = deque()
            for kept in (self.calls, self.menus, self.toasts):
                kept.clear()

    def __enter__(self) -> FakeTelegram:
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = Starlette(routes=[Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"])])
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        self._listening = listening
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._listening.close()

    # --- verbs ---

    def person(self, person_id: int, language_code: str = "en") -> Person:
        return Person(self, person_id, language_code)

    def next_send_fails(
        self, status: int, description: str = "", *, retry_after: int | None = None, times: int = 1
    ) -> None:
        words = description or {403: "Forbidden: bot was blocked by the user", 429: "Too Many Requests"}.get(
            status, "No"
        )
        self._failures.extend([Failure(status, words, retry_after)] * times)

    def sent_to(self, chat_id: int) -> list[SentMessage]:
        with self._lock:
            return [sent for sent in self._sent if sent.chat_id == chat_id]

    def called(self, method: str) -> list[dict[str, Any]]:
        with self._lock:
            return [parameters for name, parameters in self.calls if name == method]

    async def wait_for(self, chat_id: int, count: int) -> list[SentMessage]:
        await self.wait_until(lambda: len(self.sent_to(chat_id)) >= count, f"{count} messages to {chat_id}")
        return self.sent_to(chat_id)

    async def wait_until(self, condition: Any, what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            await asyncio.sleep(0.01)

    async def hears_nothing_more(self, for_s: float = 0.3) -> None:
        """Wait until the bot has fetched every update and stays silent for a while."""
        await self.wait_until(lambda: not self._updates, "the bot to fetch its updates")
        await asyncio.sleep(for_s)

    def next_id(self) -> int:
        return next(self._ids)

    def add_update(self, kind: str, content: dict[str, Any]) -> None:
        with self._lock:
            self._updates.append({"update_id": self.next_id(), kind: content})

    # --- the server ---

    async def _answer(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return _refusal(401, "Unauthorized")
        method, parameters = request.path_params["method"], await _read_parameters(request)
        with self._lock:
            self.calls.append((method, parameters))
        handler = getattr(self, f"_{_snake(method)}", None)
        if handler is None:
            return _refusal(404, "Not Found")
        try:
            result = handler(parameters)
            return JSONResponse({"ok": True, "result": await result if asyncio.iscoroutine(result) else result})
        except Refused as refused:
            return _refusal(400, f"Bad Request: {refused}")
        except _Fails as failure:
            return _fail(failure.args[0])

    def _get_me(self, _parameters: dict[str, Any]) -> dict[str, Any]:
        return BOT

    def _delete_webhook(self, _parameters: dict[str, Any]) -> bool:
        return True

    def _send_chat_action(self, _parameters: dict[str, Any]) -> bool:
        return True

    def _set_my_commands(self, parameters: dict[str, Any]) -> bool:
        for command in parameters["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused("BOT_COMMAND_INVALID")
        self.menus[parameters.get("language_code", "")] = parameters["commands"]
        return True

    async def _get_updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        deadline = time.monotonic() + min(int(parameters.get("timeout", 0)), 50)
        allowed = parameters.get("allowed_updates")
        while True:
            with self._lock:
                self._updates = [u for u in self._updates if u["update_id"] >= int(parameters.get("offset", 0))]
                ready = [u for u in self._updates if allowed is None or set(u) & set(allowed)]
            if ready or time.monotonic() > deadline or self._server.should_exit:
                return ready[:100]
            await asyncio.sleep(0.01)

    def _send_message(self, parameters: dict[str, Any]) -> dict[str, Any]:
        if self._failures:
            failure = self._failures.popleft()
            if failure.status == 0:
                self._accept(parameters)
            raise _Fails(failure)
        sent = self._accept(parameters)
        chat = {"id": sent.chat_id, "type": "private" if sent.chat_id > 0 else "supergroup"}
        return {"message_id": sent.message_id, "date": int(time.time()), "chat": chat, "from": BOT, "text": sent.text}

    def _edit_message_reply_markup(self, parameters: dict[str, Any]) -> bool:
        _read_keyboard(parameters)
        return True

    def _edit_message_text(self, parameters: dict[str, Any]) -> bool:
        _parse(parameters)
        _read_keyboard(parameters)
        return True

    def _answer_callback_query(self, parameters: dict[str, Any]) -> bool:
        words = str(parameters.get("text", ""))
        if len(words) > 200:
            raise Refused("MESSAGE_TOO_LONG")
        if words:
            self.toasts.append(words)
        return True

    def _accept(self, parameters: dict[str, Any]) -> SentMessage:
        sent = SentMessage(
            message_id=self.next_id(),
            chat_id=int(parameters["chat_id"]),
            text=_parse(parameters),
            raw=parameters["text"],
            parse_mode=parameters.get("parse_mode"),
            buttons=_read_keyboard(parameters),
            reply_to=(parameters.get("reply_parameters") or {}).get("message_id"),
            preview_off=bool((parameters.get("link_preview_options") or {}).get("is_disabled")),
        )
        with self._lock:
            self._sent.append(sent)
        return sent


class _Fails(Exception):
    pass


def parse_html(html: str) -> str:
    """The words that Telegram shows of a message; raises `Refused` in its words for markup that it does not take."""
    shown: list[str] = []
    open_tags: list[str] = []
    place = 0
    while place < len(html):
        character = html[place]
        if character == "<":
            place = _read_tag(html, place, open_tags)
        elif character == "&" and (found := _ENTITY.match(html, place)):
            shown.append(unescape(found.group()))
            place = found.end()
        else:
            shown.append(character)
            place += 1
    if open_tags:
        raise Refused(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1]}\"")
    return "".join(shown)


def _read_tag(html: str, place: int, open_tags: list[str]) -> int:
    found = _TAG.match(html, place)
    offset = len(html[:place].encode())
    if not found or found.group(2).lower() not in _TAGS:
        name = re.match(r"</?([^\s<>]*)", html[place:])
        raise Refused(f'can\'t parse entities: Unsupported start tag "{name and name[1]}" at byte offset {offset}')
    name = found.group(2).lower()
    if not found.group(1):
        open_tags.append(name)
    elif not open_tags or open_tags.pop() != name:
        raise Refused(f'can\'t parse entities: Unmatched end tag at byte offset {offset}, found "</{name}>"')
    return found.end()


def _parse(parameters: dict[str, Any]) -> str:
    raw = str(parameters.get("text", ""))
    text = (parse_html(raw) if parameters.get("parse_mode") == "HTML" else raw).strip()
    if not text:
        raise Refused("message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise Refused("message is too long")
    return text


def _read_keyboard(parameters: dict[str, Any]) -> tuple[tuple[dict[str, Any], ...], ...]:
    rows = (parameters.get("reply_markup") or {}).get("inline_keyboard", [])
    for button in itertools.chain.from_iterable(rows):
        if not button["text"] or not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
            raise Refused("BUTTON_DATA_INVALID")
    return tuple(tuple(row) for row in rows)


async def _read_parameters(request: Request) -> dict[str, Any]:
    values = {
        name: found[0] for name, found in parse_qs((await request.body()).decode(), keep_blank_values=True).items()
    }
    structured = {"reply_markup", "reply_parameters", "link_preview_options", "commands", "allowed_updates"}
    return {name: json.loads(value) if name in structured else value for name, value in values.items()}


def _entities(text: str, field_name: str) -> dict[str, Any]:
    found = [("bot_command", match) for match in re.finditer(r"(?<!\S)/[A-Za-z0-9_]+(?:@\w+)?", text)]
    found += [("mention", match) for match in re.finditer(r"(?<!\S)@\w+", text)]

    def units(part: str) -> int:
        return len(part.encode("utf-16-le")) // 2

    entities = [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())} for kind, match in found
    ]
    return {field_name: entities} if entities else {}


def _fail(failure: Failure) -> Response:
    if failure.status == 0:
        return Response(b"{")  # the message was taken, but the answer is rubbish: nobody can know
    parameters = {"parameters": {"retry_after": failure.retry_after}} if failure.retry_after is not None else {}
    return _refusal(failure.status, failure.description, **parameters)


def _refusal(status: int, description: str, **more: Any) -> Response:
    return JSONResponse({"ok": False, "error_code": status, "description": description, **more}, status_code=status)


def _snake(method: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
