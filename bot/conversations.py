"""What went before in each chat, for twenty minutes and in memory only, so that a person can ask on. Stores nothing.

Personal numbers are masked before anything is kept. A restart forgets; then a message simply stands alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.advisor.following import remember
from knowledge.advisor.replies import Earlier, Inquiry, Reply
from knowledge.masking import mask

KEEP = dt.timedelta(minutes=20)  # longer than a call to the agent, shorter than another day's question
MOST_CHATS = 5000


@dataclass(frozen=True)
class _Kept:
    earlier: Earlier
    until: dt.datetime


class RecentConversations:
    """The last matter of each chat, the longest untouched first."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def find(self, chat_id: int) -> Earlier | None:
        """Return what went before in a chat; None where that is too long ago, or nothing."""
        self._drop_old()
        kept = self._kept.get(chat_id)
        return kept.earlier if kept else None

    def note(self, chat_id: int, inquiry: Inquiry, reply: Reply) -> None:
        """Remember an inquiry and the reply that was shown. What is no matter to go on with changes nothing."""
        self._drop_old()
        earlier = remember(inquiry, reply)
        if earlier is None or earlier is inquiry.earlier:
            return
        masked = dataclasses.replace(earlier, text=mask(earlier.text))
        self._kept[chat_id] = _Kept(masked, self._clock() + KEEP)
        self._kept.move_to_end(chat_id)
        while len(self._kept) > MOST_CHATS:
            self._kept.popitem(last=False)

    def forget(self, chat_id: int) -> None:
        """Let what went before in a chat go."""
        self._kept.pop(chat_id, None)

    def _drop_old(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values())).until <= now:
            self._kept.popitem(last=False)
