"""Doha: encrypted tokens in the address, new at each visit, so host, day and title identify a notice."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-doha",
    title="Embassy of India, Doha",
    issuer="Embassy of India, Doha",
    language="en",
    listings=("https://www.indianembassyqatar.gov.in/",),
    hosts=(
        "indianembassyqatar.gov.in",
        "www.indianembassyqatar.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
