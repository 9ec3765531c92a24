"""Rabat: /pages?id=vbmOe&subid=Pdy7a&nextid=7ax9b; the hashed ids stay the same, in any order."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-rabat",
    title="Embassy of India, Rabat",
    issuer="Embassy of India, Rabat",
    language="en",
    listings=("https://www.indianembassyrabat.gov.in/",),
    hosts=(
        "indianembassyrabat.gov.in",
        "www.indianembassyrabat.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
