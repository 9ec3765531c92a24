"""Reads a source's pages with its own parser, in a child process without network. Fetches and stores nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ingest.parsed import ListedItem, ParsedAdvisory
from ingest.sources.registry import find_source
from ingest.sources.source import Source
from ingest.sources.trouble import EmptyListing, ErrorPage, SourceTrouble, UnknownShape
from knowledge.documents.apart import run_apart

_TROUBLE: dict[str, type[EmptyListing | ErrorPage | UnknownShape]] = {
    kind.__name__: kind for kind in (EmptyListing, ErrorPage, UnknownShape)
}


def read_listing(source: Source, data: bytes, address: str) -> tuple[ListedItem, ...]:
    """Return the entries of a listing, as the page orders them.

    `address` is the final one, after redirects. Raises EmptyListing, ErrorPage, and Unreadable where the child fails.
    """
    return tuple(ListedItem.from_json(item) for item in _apart("listing_in_child", source, data, address))


def read_notice(source: Source, data: bytes, address: str) -> ParsedAdvisory:
    """Return the notice on a page. Raises UnknownShape, ErrorPage, and Unreadable where the child fails."""
    return ParsedAdvisory.from_json(_apart("notice_in_child", source, data, address))


def parse_listing(source: Source, data: bytes, address: str) -> tuple[ListedItem, ...]:
    """Do the same in this process: for tests, and for the child itself."""
    items = _function(source.parse_listing)(data, address)
    if not items:
        raise EmptyListing(address)
    return tuple(items)


def parse_notice(source: Source, data: bytes, address: str) -> ParsedAdvisory:
    """Do the same in this process: for tests, and for the child itself."""
    parsed: ParsedAdvisory = _function(source.parse_notice)(data, address)
    return replace(parsed, issuer=parsed.issuer or source.issuer)


def listing_in_child(data: bytes, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Entry of the child process: the entries of a listing, or the trouble, as JSON."""
    source, address = _get_source(arguments["source_id"]), arguments["address"]
    return _as_json(lambda: [item.as_json() for item in parse_listing(source, data, address)])


def notice_in_child(data: bytes, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Entry of the child process: a notice, or the trouble, as JSON."""
    source, address = _get_source(arguments["source_id"]), arguments["address"]
    return _as_json(lambda: parse_notice(source, data, address).as_json())


def _apart(entry: str, source: Source, data: bytes, address: str) -> Any:
    found: Any = run_apart(f"{__name__}:{entry}", data, {"source_id": source.id, "address": address})
    if "trouble" in found:
        raise _TROUBLE[found["trouble"]](found["address"])
    return found["found"]


def _as_json(read: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"found": read()}
    except SourceTrouble as trouble:
        return {"trouble": type(trouble).__name__, "address": trouble.address}


def _get_source(source_id: str) -> Source:
    source = find_source(source_id)
    if source is None:
        raise LookupError(f"There is no source {source_id!r}.")
    return source


def _function(name: str) -> Callable[[bytes, str], Any]:
    module, _, function = name.partition(":")
    found: Callable[[bytes, str], Any] = getattr(importlib.import_module(module), function)
    return found
