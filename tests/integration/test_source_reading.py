"""A source's parser in the child process it runs in: the same result, and trouble that keeps its name."""

from __future__ import annotations

import pytest

from evals.extraction.golden import get_bytes, list_golden, parse
from ingest.sources.reading import read_listing, read_notice
from ingest.sources.registry import find_source
from ingest.sources.source import Source
from ingest.sources.trouble import EmptyListing, ErrorPage, UnknownShape
from knowledge.documents.document import Unreadable

GOLDEN = next(golden for golden in list_golden() if golden.source_id == "all-india-radio-urdu")


def a_source(source_id: str) -> Source:
    source = find_source(source_id)
    assert source is not None
    return source


def test_a_notice_read_apart_is_the_notice() -> None:
    assert GOLDEN.address is not None
    data, _ = get_bytes(GOLDEN)

    assert read_notice(a_source(GOLDEN.source_id), data, GOLDEN.address) == parse(GOLDEN)


def test_trouble_in_the_child_keeps_its_name_and_address() -> None:
    press = a_source("mea-press-releases")

    with pytest.raises(EmptyListing):
        read_listing(press, b"<html></html>", press.listings[0])
    with pytest.raises(UnknownShape):
        read_notice(press, b"<html></html>", press.listings[0])
    with pytest.raises(ErrorPage) as told:
        read_notice(press, b"<html></html>", "https://www.mea.gov.in/error.htm")
    assert told.value.final_address == "https://www.mea.gov.in/error.htm"


def test_a_refused_feed_is_refused_through_the_child() -> None:
    attack = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><channel/></rss>'

    with pytest.raises(Unreadable, match="entities"):
        read_listing(a_source("any-feed"), attack, "https://a.gov.in/feed")


def test_a_page_nested_without_end_fails_in_the_child_only() -> None:
    with pytest.raises((Unreadable, UnknownShape)):
        read_notice(a_source("any-page"), b"<div>" * 3_000, "https://a.gov.in/x")
