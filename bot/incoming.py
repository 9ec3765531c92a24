"""Reads from an update's raw JSON only what storing it needs: its number and its chat. Pure; trusts nothing.

Everything else is parsed later by the library, so that an update which the library cannot read is stored, acknowledged
and set aside, instead of blocking every update behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

LARGEST_UPDATE_ID = 2**63 - 1  # what the database holds
LARGEST_CHAT_ID = 2**52  # Telegram promises that ids have at most 52 significant bits
DEEPEST_SHAPE = 6
LARGEST_SHAPE = 4000  # characters
NOT_WRITABLE = "nested too deeply"  # no JSON, so it is set aside when its turn comes
_KEY = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class Incoming:
    """One update as it will be stored. `raw` is ASCII JSON, so that half characters and zero bytes can be stored."""

    update_id: int
    chat_id: int | None
    raw: str


def read_incoming(update: object) -> Incoming | None:
    """Return the update to store, or None for something that is no update: it lacks a usable number."""
    if not isinstance(update, dict):
        return None
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id <= LARGEST_UPDATE_ID:
        return None
    return Incoming(update_id, find_chat_id(update), _as_ascii(update))


def find_chat_id(update: dict[str, object]) -> int | None:
    """Return the chat whose order the update has to keep; for a press of a button, the chat of its message."""
    for content in _dictionaries(update.values()):
        for place in (content, content.get("message")):
            chat = place.get("chat") if isinstance(place, dict) else None
            if isinstance(chat, dict) and (chat_id := _as_chat_id(chat.get("id"))) is not None:
                return chat_id
        sender = content.get("from")
        if isinstance(sender, dict) and (sender_id := _as_chat_id(sender.get("id"))) is not None:
            return sender_id
    return None


def find_private_chat(raw: str) -> int | None:
    """Return the chat of somebody who waits for an answer to this update: a message or a press in a private chat."""
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict) or not {"message", "callback_query"} & set(update):
        return None
    chat_id = find_chat_id(update)
    return chat_id if chat_id is not None and chat_id > 0 else None  # groups and channels have negative ids


def describe_shape(raw: str) -> str:
    """Return the build of an update without its contents: names of fields and kinds of values, nothing of a person."""
    try:
        return json.dumps(_shape(json.loads(raw), DEEPEST_SHAPE))[:LARGEST_SHAPE]
    except (ValueError, RecursionError):
        return "no JSON"


def _as_ascii(update: dict[str, object]) -> str:
    try:
        return json.dumps(update, ensure_ascii=True)
    except RecursionError:
        return NOT_WRITABLE


def _shape(value: object, depth: int) -> object:
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {key if _KEY.fullmatch(str(key)) else "?": _shape(part, depth - 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_shape(part, depth - 1) for part in value[:3]]
    return type(value).__name__


def _dictionaries(values: Iterable[object]) -> Iterable[dict[str, object]]:
    return (value for value in values if isinstance(value, dict))


def _as_chat_id(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_CHAT_ID else None
