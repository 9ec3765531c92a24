"""The ways in which Telegram and the wire fail, and which send is hit by which of them."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """What happens to one call. The remark says whether the message was taken."""

    OK = "ok"  # taken
    DELIVER_THEN_DROP = "deliver_then_drop"  # taken; the connection ends before the answer
    DROP_BEFORE = "drop_before"  # not taken; the connection ends
    FLOOD = "flood"  # not taken; 429 with retry_after
    BLOCKED = "blocked"  # not taken; 403
    DEACTIVATED = "deactivated"  # not taken; 403
    CHAT_NOT_FOUND = "chat_not_found"  # not taken; 400
    MIGRATED = "migrated"  # not taken; 400 with the id of the new chat
    SERVER_ERROR = "server_error"  # not taken; 500
    STALL = "stall"  # taken; the answer does not come for a minute
    HALF_BODY = "half_body"  # taken; the answer breaks off
    RESET = "reset"  # not taken; the connection is reset
    SLOW = "slow"  # taken; the answer takes two seconds
    WRONG_JSON = "wrong_json"  # taken; the answer cannot be read
    REFUSED = "refused"  # not taken; any status and description, as given


TAKEN = frozenset({Mode.OK, Mode.DELIVER_THEN_DROP, Mode.STALL, Mode.HALF_BODY, Mode.SLOW, Mode.WRONG_JSON})


@dataclass(frozen=True)
class Fault:
    """One failure, with what it needs: seconds, the new chat, or a status with its description."""

    mode: Mode
    retry_after: int | None = None
    new_chat_id: int | None = None
    seconds: float | None = None
    status: int = 400
    description: str = ""


NO_FAULT = Fault(Mode.OK)


@dataclass
class FaultPlan:
    """Which send fails how: what is due next, else what this chat is set to, else a share of all."""

    _next: deque[Fault] = field(default_factory=deque)
    _of_chat: dict[int, deque[Fault]] = field(default_factory=dict)
    _always: dict[int, Fault] = field(default_factory=dict)
    _share: tuple[Fault, float, random.Random] | None = None

    def fail_next(self, fault: Fault, times: int = 1) -> None:
        """Let the next sends fail, whoever they are for."""
        self._next.extend([fault] * times)

    def fail_chat(self, chat_id: int, fault: Fault, times: int | None = None) -> None:
        """Let the sends to one chat fail: so many times, or always."""
        if times is None:
            self._always[chat_id] = fault
        else:
            self._of_chat.setdefault(chat_id, deque()).extend([fault] * times)

    def fail_share(self, fault: Fault, share: float, seed: int) -> None:
        """Let a random share of all sends fail; the seed makes it the same each time."""
        self._share = (fault, share, random.Random(seed))

    def heal_chat(self, chat_id: int) -> None:
        """Let sends to this chat work again."""
        self._always.pop(chat_id, None)
        self._of_chat.pop(chat_id, None)

    def take(self, chat_id: int) -> Fault:
        """Return what happens to a send to this chat, and count it."""
        if self._next:
            return self._next.popleft()
        if waiting := self._of_chat.get(chat_id):
            return waiting.popleft()
        if always := self._always.get(chat_id):
            return always
        if self._share and self._share[2].random() < self._share[1]:
            return self._share[0]
        return NO_FAULT
