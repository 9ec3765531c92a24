"""What came back from an official site, before anybody has read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from knowledge.documents.document import MediaType


@dataclass(frozen=True)
class Fetched:
    """An answer that may be read: the bytes as unpacked, their kind, and what to send along next time.

    `address` is what was asked for in canonical form, `final_address` what answered after redirects. `not_modified`
    means that nothing changed since `etag` or `last_modified`: `data` is empty and `media_type` None then.
    """

    address: str
    final_address: str
    status: int
    media_type: MediaType | None
    data: bytes
    fetched_at: dt.datetime
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    declared_type: str | None = None

    @property
    def name(self) -> str:
        """The file name at the end of the final address; may be empty."""
        return unquote(urlsplit(self.final_address).path.rpartition("/")[2])
