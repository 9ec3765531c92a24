"""What Telegram does with each method of the Bot API that Satark calls. Knows no HTTP; refuses what else there is."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .faults import NO_FAULT, TAKEN, Fault, FaultPlan, Mode
from .flood import UNLIMITED, FloodWatch, Limits
from .journal import Journal
from .markup import Refused, read_text
from .rooms import Rooms

LARGEST_DOWNLOAD = 20 * 1024 * 1024
BOT = {"id": 77, "is_bot": True, "first_name": "Satark", "username": "satark_test_bot"}
TOKEN = "123456:" + "invented-token-of-the-tests-00000"
LONGEST_POLL_S = 50
MOST_UPDATES = 100
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


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


class Answered(Exception):
    """A call that ends otherwise than with 200: the status, Telegram's words, and its parameters."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass(frozen=True)
class Outcome:
    """What became of one call: the JSON result, and the fault that the wire adds to its answer."""

    result: Any
    fault: Fault = NO_FAULT


class Telegram:
    """The state of the server: chats, messages, updates that wait, limits, faults and the arrival log."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        limits: Limits = UNLIMITED,
        journal: Path | None = None,
        idle: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.journal = Journal(journal, clock)
        self._clock = clock
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.menus: dict[str, list[dict[str, str]]] = {}
        self.toasts: list[str] = []
        self.stopping = False
        self._keep_calls = not idle  # a benchmark of a million messages keeps none of them
        self._limits = limits
        self._ids = itertools.count(1000)
        self._lock = threading.Lock()
        self.forgets()

    def forgets(self) -> None:
        """Begin anew, so that one server serves many tests."""
        with self._lock:
            self.faults = FaultPlan()
            self.webhook: dict[str, Any] = {}
            self.flood_errors = 0
            self._flood = FloodWatch(self._limits)
            self._updates: list[dict[str, Any]] = []
            self._sent: dict[int, dict[int, SentMessage]] = {}  # by chat, then by message
            self._blocked: set[int] = set()
            self.rooms = Rooms()
            self._queries: set[str] = set()
            self._files: dict[str, tuple[bytes, float]] = {}  # by file_id: the bytes, and how long fetching takes
            self.fetched: list[str] = []
            self._heard: dict[tuple[int, int], dict[str, Any]] = {}  # what people said in private, by chat and message
            self._newest_poll = 0
            self.journal.forget()
            for kept in (self.calls, self.menus, self.toasts):
                kept.clear()

    # --- what tests ask and do ---

    def enforces(self, limits: Limits) -> None:
        """From now on these limits hold."""
        self._limits = limits
        self._flood = FloodWatch(limits)

    def next_id(self) -> int:
        return next(self._ids)

    def add_update(self, kind: str, content: dict[str, Any]) -> int:
        update_id = self.next_id()
        with self._lock:
            self._updates.append({"update_id": update_id, kind: content})
            if kind == "callback_query":
                self._queries.add(str(content["id"]))
        return update_id

    def add_raw_update(self, update: dict[str, Any]) -> None:
        """Put an update there exactly as given, however odd."""
        with self._lock:
            self._updates.append(update)

    def waiting_updates(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._updates)

    def drop_update(self, update_id: int) -> None:
        """Forget an update that a webhook has taken."""
        with self._lock:
            self._updates = [update for update in self._updates if update["update_id"] != update_id]

    def keep_file(self, data: bytes, slow_s: float = 0.0) -> str:
        """Take in a file that somebody sends, and return its id."""
        file_id = f"file-{self.next_id()}"
        with self._lock:
            self._files[file_id] = (data, slow_s)
        return file_id

    async def fetch_file(self, path: str) -> bytes:
        """Return a file as a bot downloads it. Raises `Answered` for a path that `getFile` did not give."""
        with self._lock:
            found = self._files.get(path.removeprefix("documents/"))
            self.fetched.append(path)
        if found is None:
            raise Answered(404, "Not Found")
        await asyncio.sleep(found[1])
        return found[0]

    def keep_heard(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._heard[message["chat"]["id"], message["message_id"]] = message

    def find_answered(self, sent: SentMessage) -> dict[str, Any] | None:
        """Return the message of a person that one of the bot's answers."""
        with self._lock:
            return self._heard.get((sent.chat_id, sent.reply_to or 0))

    def mark_blocked(self, chat_id: int, *, blocked: bool) -> None:
        (self._blocked.add if blocked else self._blocked.discard)(chat_id)

    def sent(self) -> list[SentMessage]:
        with self._lock:
            return [sent for chat in self._sent.values() for sent in chat.values()]

    def sent_to(self, chat_id: int) -> list[SentMessage]:
        with self._lock:
            return list(self._sent.get(chat_id, {}).values())

    def called(self, method: str) -> list[dict[str, Any]]:
        with self._lock:
            return [parameters for name, parameters in self.calls if name == method]

    # --- the methods ---

    async def call(self, method: str, parameters: dict[str, Any]) -> Outcome:
        """Do what a method does. Raises `Answered` where Telegram answers with an error."""
        if self._keep_calls:
            with self._lock:
                self.calls.append((method, parameters))
        handler = _METHODS.get(method.lower())
        if handler is None:
            raise Answered(404, "Not Found")
        try:
            outcome = handler(self, parameters)
            outcome = await outcome if asyncio.iscoroutine(outcome) else outcome
        except Refused as refused:
            raise Answered(400, f"Bad Request: {refused}") from None
        except (KeyError, ValueError, TypeError) as error:
            raise Answered(400, f"Bad Request: {type(error).__name__} in the parameters") from None
        return outcome if isinstance(outcome, Outcome) else Outcome(outcome)

    def _send_message(self, parameters: dict[str, Any]) -> Outcome:
        chat_id = _read_chat(parameters)
        fault = self._refuse("sendMessage", chat_id, parameters)
        try:
            sent = SentMessage(
                message_id=self.next_id(),
                chat_id=chat_id,
                text=read_text(str(parameters.get("text", "")), parameters.get("parse_mode")),
                raw=str(parameters.get("text", "")),
                parse_mode=parameters.get("parse_mode"),
                buttons=_read_keyboard(parameters),
                reply_to=self._read_reply(parameters, chat_id),
                preview_off=bool((parameters.get("link_preview_options") or {}).get("is_disabled")),
            )
        except Refused as refused:
            self._note("sendMessage", chat_id, parameters, f"400 {refused}")
            raise
        self._keep(sent)
        self._note("sendMessage", chat_id, parameters, fault.mode, sent.message_id, taken=True)
        return Outcome(_as_message(sent), fault)

    def _edit_message_text(self, parameters: dict[str, Any]) -> Outcome:
        sent = self._find(parameters, "edited")
        fault = self._refuse("editMessageText", sent.chat_id, parameters)
        text = read_text(str(parameters.get("text", "")), parameters.get("parse_mode"))
        buttons = _read_keyboard(parameters)
        if (text, buttons) == (sent.text, sent.buttons):
            raise Refused(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        edited = replace(sent, text=text, raw=str(parameters["text"]), buttons=buttons)
        self._keep(edited)
        self._note("editMessageText", sent.chat_id, parameters, fault.mode, sent.message_id, taken=True)
        return Outcome(_as_message(edited), fault)

    def _edit_message_reply_markup(self, parameters: dict[str, Any]) -> Any:
        sent = self._find(parameters, "edited")
        edited = replace(sent, buttons=_read_keyboard(parameters))
        self._keep(edited)
        return _as_message(edited)

    def _delete_message(self, parameters: dict[str, Any]) -> bool:
        sent = self._find(parameters, "deleted")
        with self._lock:
            del self._sent[sent.chat_id][sent.message_id]
        return True

    def _answer_callback_query(self, parameters: dict[str, Any]) -> bool:
        words = str(parameters.get("text", ""))
        if str(parameters["callback_query_id"]) not in self._queries:
            raise Refused("query is too old and response timeout expired or query ID is invalid")
        if len(words) > 200:
            raise Refused("MESSAGE_TOO_LONG")
        if words:
            self.toasts.append(words)
        return True

    def _send_chat_action(self, parameters: dict[str, Any]) -> bool:
        _read_chat(parameters)
        return True

    def _get_file(self, parameters: dict[str, Any]) -> dict[str, Any]:
        file_id = str(parameters["file_id"])
        with self._lock:
            found = self._files.get(file_id)
        if found is None:
            raise Refused("wrong file_id or the file is temporarily unavailable")
        size = len(found[0])
        if size > LARGEST_DOWNLOAD:
            raise Refused("file is too big")
        return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": f"documents/{file_id}"}

    def _set_my_commands(self, parameters: dict[str, Any]) -> bool:
        for command in parameters["commands"]:
            if not _COMMAND.fullmatch(command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused("BOT_COMMAND_INVALID")
        self.menus[parameters.get("language_code", "")] = parameters["commands"]
        return True

    def _get_me(self, _parameters: dict[str, Any]) -> dict[str, Any]:
        return BOT

    def _get_chat(self, parameters: dict[str, Any]) -> dict[str, Any]:
        chat_id = self.rooms.find(str(parameters["chat_id"]))
        return {
            "id": chat_id,
            **self.rooms.kind(chat_id),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(_GIFTS, False),
        }

    def _get_chat_member(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.rooms.member(self.rooms.find(str(parameters["chat_id"])), int(parameters["user_id"]))

    async def _get_updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise Answered(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
            )
        self._newest_poll += 1
        return await self._poll(parameters, self._newest_poll)

    async def _poll(self, parameters: dict[str, Any], number: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + min(int(parameters.get("timeout", 0)), LONGEST_POLL_S)
        most = min(max(int(parameters.get("limit", MOST_UPDATES)), 1), MOST_UPDATES)
        allowed = parameters.get("allowed_updates")
        while True:
            if number != self._newest_poll:  # the newer poll wins, as at Telegram
                raise Answered(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            self._confirm(int(parameters.get("offset", 0)))
            with self._lock:
                ready = [update for update in self._updates if not allowed or set(update) & set(allowed)]
            if ready or time.monotonic() >= deadline or self.stopping:
                return ready[:most]
            await asyncio.sleep(0.01)

    def _confirm(self, offset: int) -> None:
        """An offset confirms everything before it; a negative one keeps only so many of the newest."""
        with self._lock:
            if offset < 0:
                self._updates = self._updates[offset:]
            else:
                self._updates = [u for u in self._updates if u["update_id"] >= offset]

    def _set_webhook(self, parameters: dict[str, Any]) -> bool:
        url, secret = str(parameters.get("url", "")), str(parameters.get("secret_token", ""))
        if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):  # the local server takes http
            raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Refused("secret token contains unallowed characters")
        self.webhook = {"url": url, "secret_token": secret, "allowed_updates": parameters.get("allowed_updates")}
        if str(parameters.get("drop_pending_updates", "")).lower() == "true":
            self._confirm(2**62)
        return True

    def _delete_webhook(self, parameters: dict[str, Any]) -> bool:
        self.webhook = {}
        if str(parameters.get("drop_pending_updates", "")).lower() == "true":
            self._confirm(2**62)
        return True

    def _get_webhook_info(self, _parameters: dict[str, Any]) -> dict[str, Any]:
        waiting = len(self.waiting_updates())
        return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": waiting}

    # --- steps ---

    def _refuse(self, method: str, chat_id: int, parameters: dict[str, Any]) -> Fault:
        """Raise what Telegram or the plan of faults answers to this message; else return what the wire does to it."""
        fault = self.faults.take(chat_id)
        if chat_id in self._blocked and fault.mode is Mode.OK:
            fault = Fault(Mode.BLOCKED)
        answered = _answer_of(fault)
        if answered is None and fault.mode in TAKEN and (wait := self._flood.refuse_for(chat_id, self._clock())):
            self.flood_errors += 1
            answered = Answered(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if answered is not None:
            self._note(method, chat_id, parameters, f"{answered.status} {fault.mode}")
            raise answered
        if fault.mode not in TAKEN:
            self._note(method, chat_id, parameters, fault.mode)
            raise NotTaken(fault)
        return fault

    def _note(
        self,
        method: str,
        chat_id: int,
        parameters: dict[str, Any],
        outcome: str,
        message_id: int | None = None,
        *,
        taken: bool = False,
    ) -> None:
        text = str(parameters.get("text", ""))
        self.journal.note(method, chat_id, taken=taken, outcome=str(outcome), text=text, message_id=message_id)

    def _keep(self, sent: SentMessage) -> None:
        with self._lock:
            self._sent.setdefault(sent.chat_id, {})[sent.message_id] = sent

    def _find(self, parameters: dict[str, Any], purpose: str) -> SentMessage:
        with self._lock:
            sent = self._sent.get(_read_chat(parameters), {}).get(int(parameters["message_id"]))
        if sent is None:
            raise Refused(f"message to be {purpose} not found" if purpose != "edited" else "message to edit not found")
        return sent

    def _read_reply(self, parameters: dict[str, Any], _chat_id: int) -> int | None:
        reply = parameters.get("reply_parameters") or {}
        return reply.get("message_id")


class NotTaken(Exception):
    """The message never arrived; the wire does what the fault says."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.mode)
        self.fault = fault


def _answer_of(fault: Fault) -> Answered | None:
    match fault.mode:
        case Mode.FLOOD:
            wait = fault.retry_after
            words = f"Too Many Requests: retry after {wait}" if wait is not None else "Too Many Requests"
            return Answered(429, words, **({"retry_after": wait} if wait is not None else {}))
        case Mode.BLOCKED:
            return Answered(403, "Forbidden: bot was blocked by the user")
        case Mode.DEACTIVATED:
            return Answered(403, "Forbidden: user is deactivated")
        case Mode.CHAT_NOT_FOUND:
            return Answered(400, "Bad Request: chat not found")
        case Mode.MIGRATED:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            return Answered(400, words, migrate_to_chat_id=fault.new_chat_id)
        case Mode.SERVER_ERROR:
            return Answered(500, fault.description or "Internal Server Error: restart")
        case Mode.REFUSED:
            return Answered(fault.status, fault.description or "Bad Request: refused")
    return None


def _read_chat(parameters: dict[str, Any]) -> int:
    try:
        return int(parameters["chat_id"])
    except (KeyError, ValueError):
        raise Refused("chat_id is empty" if not parameters.get("chat_id") else "chat not found") from None


def _read_keyboard(parameters: dict[str, Any]) -> tuple[tuple[dict[str, Any], ...], ...]:
    rows = (parameters.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = list(itertools.chain.from_iterable(rows))
    if len(buttons) > 100:
        raise Refused("reply markup is too long")
    for button in buttons:
        if not button["text"]:
            raise Refused("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refused("BUTTON_DATA_INVALID")
    return tuple(tuple(row) for row in rows)


def _as_message(sent: SentMessage) -> dict[str, Any]:
    chat = {"id": sent.chat_id, **_kind(sent.chat_id)}
    return {"message_id": sent.message_id, "date": int(time.time()), "chat": chat, "from": BOT, "text": sent.text}


def _kind(chat_id: int) -> dict[str, str]:
    return (
        {"type": "private", "first_name": "Asha"} if chat_id > 0 else {"type": "supergroup", "title": "Village group"}
    )


_METHODS: dict[str, Callable[[Telegram, dict[str, Any]], Any]] = {
    "sendmessage": Telegram._send_message,
    "editmessagetext": Telegram._edit_message_text,
    "editmessagereplymarkup": Telegram._edit_message_reply_markup,
    "deletemessage": Telegram._delete_message,
    "answercallbackquery": Telegram._answer_callback_query,
    "sendchataction": Telegram._send_chat_action,
    "getfile": Telegram._get_file,
    "setmycommands": Telegram._set_my_commands,
    "getme": Telegram._get_me,
    "getchat": Telegram._get_chat,
    "getchatmember": Telegram._get_chat_member,
    "getupdates": Telegram._get_updates,
    "setwebhook": Telegram._set_webhook,
    "deletewebhook": Telegram._delete_webhook,
    "getwebhookinfo": Telegram._get_webhook_info,
}


STRUCTURED = frozenset(
    {"reply_markup", "reply_parameters", "link_preview_options", "commands", "allowed_updates", "entities"}
)


def read_value(name: str, value: str) -> Any:
    """Return a parameter as Telegram reads it: some hold JSON. Raises `Answered`."""
    if name not in STRUCTURED:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Answered(400, f"Bad Request: object expected as {name}") from None
