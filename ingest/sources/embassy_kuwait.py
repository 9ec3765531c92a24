"""Kuwait: numbered news, DispNews.aspx?ID=942, in its time on a name without .gov.in."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-kuwait",
    title="Embassy of India, Kuwait",
    issuer="Embassy of India, Kuwait",
    language="en",
    listings=("https://www.indembkwt.gov.in/",),
    hosts=(
        "indembkwt.gov.in",
        "www.indembkwt.gov.in",
        "indembkwt.org",
        "www.indembkwt.org",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
