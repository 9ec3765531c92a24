"""Telegram's documented limits for sending, enforced as a server would: 30 a second, 1 a second and chat, 20 a minute
and group. Decides only; the server answers 429."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

WITHOUT_LIMIT = math.inf


@dataclass(frozen=True)
class Limits:
    """How many messages are taken. `strict`: who goes on sending during a `retry_after` is refused again."""

    overall_per_s: float = 30
    chat_per_s: float = 1
    group_per_minute: float = 20


UNLIMITED = Limits(WITHOUT_LIMIT, WITHOUT_LIMIT, WITHOUT_LIMIT)


@dataclass
class FloodWatch:
    """Says for each message whether it comes too early. Times are seconds of any steady clock."""

    limits: Limits = field(default_factory=Limits)
    _overall: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def refuse_for(self, chat_id: int, now: float) -> int | None:
        """Return for how many seconds this message is refused, or None where it is taken (and then counted)."""
        waits = [self._wait(self._overall, self.limits.overall_per_s, 1.0, now)]
        if chat_id < 0:
            waits.append(self._wait(self._chats[chat_id], self.limits.group_per_minute, 60.0, now))
        last = self._chats[chat_id][-1] if self._chats[chat_id] else -math.inf
        if self.limits.chat_per_s != WITHOUT_LIMIT:
            waits.append(last + 1 / self.limits.chat_per_s - now)
        if (wait := max(waits)) > 0:
            return max(1, math.ceil(wait))
        self._count(chat_id, now)
        return None

    def _wait(self, taken: deque[float], most: float, window: float, now: float) -> float:
        if most == WITHOUT_LIMIT:
            return 0
        while taken and taken[0] <= now - window:
            taken.popleft()
        return taken[0] + window - now if len(taken) >= most else 0

    def _count(self, chat_id: int, now: float) -> None:
        if self.limits.overall_per_s != WITHOUT_LIMIT:
            self._overall.append(now)
        if self.limits.chat_per_s != WITHOUT_LIMIT or self.limits.group_per_minute != WITHOUT_LIMIT:
            self._chats[chat_id].append(now)
            if chat_id > 0:
                while len(self._chats[chat_id]) > 1:
                    self._chats[chat_id].popleft()
