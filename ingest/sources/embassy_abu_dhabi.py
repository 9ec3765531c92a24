"""Abu Dhabi: plain PHP pages, /employer-registration.php."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-abu-dhabi",
    title="Embassy of India, Abu Dhabi",
    issuer="Embassy of India, Abu Dhabi",
    language="en",
    listings=("https://www.indembassyuae.gov.in/",),
    hosts=(
        "indembassyuae.gov.in",
        "www.indembassyuae.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
