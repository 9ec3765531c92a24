"""The questions of the last hour, in memory only, so that a person can still let staff see one. Nothing is stored.

Personal numbers are masked before they get here.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.masking import mask

KEEP = dt.timedelta(hours=1)
MOST_QUESTIONS = 1000
LONGEST = 6000  # characters


@dataclass(frozen=True)
class _Kept:
    chat_id: int
    words: str
    until: dt.datetime


class RecentQuestions:
    """Questions by the random id of the reply that was shown to them."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def keep(self, shown_id: str, chat_id: int, words: str) -> None:
        """Keep a question for an hour, masked."""
        self._drop_old()
        self._kept[shown_id] = _Kept(chat_id, mask(words[:LONGEST]), self._clock() + KEEP)
        while len(self._kept) > MOST_QUESTIONS:
            self._kept.popitem(last=False)

    def find(self, shown_id: str, chat_id: int) -> str | None:
        """Return the words behind a reply of this chat; None where they are gone."""
        self._drop_old()
        kept = self._kept.get(shown_id)
        return kept.words if kept and kept.chat_id == chat_id else None

    def drop(self, shown_id: str) -> None:
        """Let one question go."""
        self._kept.pop(shown_id, None)

    def forget(self, chat_id: int) -> None:
        """Let all questions of a person go."""
        for shown_id in [shown_id for shown_id, kept in self._kept.items() if kept.chat_id == chat_id]:
            del self._kept[shown_id]

    def _drop_old(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values())).until <= now:
            self._kept.popitem(last=False)
