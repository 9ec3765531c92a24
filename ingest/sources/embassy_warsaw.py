"""Warsaw: /page/<slug>/, and notices that are nothing but a picture below /docs/."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-warsaw",
    title="Embassy of India, Warsaw",
    issuer="Embassy of India, Warsaw",
    language="en",
    listings=("https://www.indianembassywarsaw.gov.in/",),
    hosts=(
        "indianembassywarsaw.gov.in",
        "www.indianembassywarsaw.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
