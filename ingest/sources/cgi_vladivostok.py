"""Vladivostok: /section/news/<slug>, English and Hindi on one page, no date in the text."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="cgi-vladivostok",
    title="Consulate General of India, Vladivostok",
    issuer="Consulate General of India, Vladivostok",
    language="en",
    listings=("https://cgivladi.gov.in/section/news/",),
    hosts=(
        "cgivladi.gov.in",
        "www.cgivladi.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
