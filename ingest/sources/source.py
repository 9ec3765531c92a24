"""Knows what is said of a source: who publishes, where, in which shape, how often to look. Fetches nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ingest.sources.addresses import host_of
from knowledge.vocabulary import Topic

EVERY_HOUR, EVERY_SIX_HOURS, EVERY_DAY = dt.timedelta(hours=1), dt.timedelta(hours=6), dt.timedelta(days=1)
TWO_DAYS, TWO_WEEKS = dt.timedelta(days=2), dt.timedelta(weeks=2)


@dataclass(frozen=True)
class Source:
    """One official source. Everything that the fetcher, the parsers and the desk need to know of it.

    `parse_listing` and `parse_notice` name pure functions `(data: bytes, address: str)` as "package.module:function",
    since they run in a child process. A source without listings is read only when staff hand in a link.
    """

    id: str
    title: str  # for staff: "MEA press releases"
    issuer: str | None  # None: the page must say it, or staff do
    language: str | None  # None: mixed; the text itself tells
    listings: tuple[str, ...]
    hosts: tuple[str, ...]  # exact names; only addresses on these are followed
    parse_listing: str
    parse_notice: str
    topics: tuple[Topic, ...] = ()  # what its notices are usually about, for staff; no rule rests on it
    poll_every: dt.timedelta = EVERY_HOUR
    fresh_within: dt.timedelta = TWO_DAYS  # not read successfully for longer: the source counts as stale
    may_index_without_person: bool = False
    paths: tuple[str, ...] = ()  # beginnings of paths that are this source's, where several sources share a host

    def owns(self, address: str) -> bool:
        """Tell whether an address is a page of this source: one of its hosts, and one of its paths if it names any."""
        host, path = host_of(address)
        return host in self.hosts and (not self.paths or path.casefold().startswith(self.paths))

    def may_follow(self, address: str) -> bool:
        """Tell whether a link of its listing may be followed: one of its hosts. Others are kept and shown only."""
        return host_of(address)[0] in self.hosts
