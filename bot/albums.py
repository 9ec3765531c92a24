"""Which pictures of an album were taken together, and what was read in them: a late one is judged with the others.

Telegram sends every picture of an album as a message of its own. Held in memory for two minutes, never stored.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

KEEP = dt.timedelta(minutes=2)
MOST_ALBUMS = 200


@dataclass
class Album:
    """What is known of one album: the messages that were taken, the words typed with them, and those read in them."""

    until: dt.datetime
    taken: set[int] = field(default_factory=set)
    typed: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


class Albums:
    """The albums of the last two minutes, by chat and Telegram's id of the album."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[int, str], Album] = OrderedDict()

    def is_taken(self, chat_id: int, album_id: str, message_id: int) -> bool:
        """Whether a picture was taken together with an earlier one of its album."""
        album = self._find(chat_id, album_id)
        return album is not None and message_id in album.taken

    def take(self, chat_id: int, album_id: str, message_ids: Iterable[int]) -> Album:
        """Note that these pictures are being read now, and return what is known of their album."""
        album = self._find(chat_id, album_id) or Album(self._clock() + KEEP)
        album.taken.update(message_ids)
        self._known[chat_id, album_id] = album
        while len(self._known) > MOST_ALBUMS:
            self._known.popitem(last=False)
        return album

    def _find(self, chat_id: int, album_id: str) -> Album | None:
        now = self._clock()
        for key in [key for key, album in self._known.items() if album.until <= now]:
            del self._known[key]
        return self._known.get((chat_id, album_id))
