"""Baghdad: /page/<slug> as in Riyadh, some slugs without meaning, and /news_letter_detail/?id=19."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-baghdad",
    title="Embassy of India, Baghdad",
    issuer="Embassy of India, Baghdad",
    language="en",
    listings=("https://www.eoibaghdad.gov.in/",),
    hosts=(
        "eoibaghdad.gov.in",
        "www.eoibaghdad.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
