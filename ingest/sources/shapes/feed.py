"""Reads RSS and Atom feeds with feedparser. Feeds that name outside entities or multiply their own are refused."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

import feedparser

from ingest.indian_day import day_in_india
from ingest.parsed import ListedItem
from ingest.sources.addresses import join
from ingest.sources.identity import canonical_address, make_key
from ingest.sources.trouble import EmptyListing
from knowledge.documents.dates import find_dates
from knowledge.documents.document import Unreadable, UnreadableReason

_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_FEED_STANDS_IN_FIRST = 2048  # bytes; what follows is content
_OWN_ENTITIES = re.compile(rb"<!ENTITY|<!DOCTYPE[^>]*\[", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")  # UTF-16 would hide an entity from a search in bytes


def is_feed(data: bytes) -> bool:
    """Tell whether bytes are an RSS or Atom feed."""
    return bool(_FEED.search(data[:_FEED_STANDS_IN_FIRST]))


def parse_listing(data: bytes, address: str) -> tuple[ListedItem, ...]:
    """Return the entries of a feed; an empty description is no matter, a missing date is None.

    Raises EmptyListing where there is none, and Unreadable where the feed declares entities of its own: no real feed
    needs them, and they are how a small file grows to gigabytes or reads files of this machine.
    """
    if data.startswith(_WIDE) or _OWN_ENTITIES.search(data):
        raise Unreadable(
            UnreadableReason.NOT_SUPPORTED,
            "This feed declares entities of its own, which is how files harm the machine that reads them; it was not "
            "read. Add the notice from its own page instead.",
        )
    if not is_feed(data):
        raise EmptyListing(address)
    entries = feedparser.parse(data, response_headers={"content-location": address}).entries
    items = [item for entry in entries if (item := _item(entry, address))]
    if not items:
        raise EmptyListing(address)
    return tuple({item.address: item for item in items}.values())


def _item(entry: Any, address: str) -> ListedItem | None:
    target = join(address, str(entry.get("link") or ""))
    if not entry.get("link") or target is None:
        return None
    title = " ".join(re.sub(r"<[^>]*>", " ", str(entry.get("title") or "")).split())
    return ListedItem(make_key(target), canonical_address(target), title or None, _date(entry))


def _date(entry: Any) -> dt.date | None:
    """A feed's times are in UTC once read; late in the evening there, the next day has begun in India."""
    for name in ("published", "updated"):
        moment = entry.get(f"{name}_parsed")
        if moment:
            return day_in_india(dt.datetime.fromtimestamp(calendar.timegm(moment), dt.UTC))
        found = find_dates(str(entry.get(name) or ""))
        if found:
            return found[0].date
    return None
