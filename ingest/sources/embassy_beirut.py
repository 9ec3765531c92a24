"""Beirut: numbered notices, /notice/display/169/17."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-beirut",
    title="Embassy of India, Beirut",
    issuer="Embassy of India, Beirut",
    language="en",
    listings=("https://www.indianembassybeirut.gov.in/",),
    hosts=(
        "indianembassybeirut.gov.in",
        "www.indianembassybeirut.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
