"""Riyadh: /page/<slug>/, opening with "Posted on: February 19, 2020 | Back | Print"."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-riyadh",
    title="Embassy of India, Riyadh",
    issuer="Embassy of India, Riyadh",
    language="en",
    listings=("https://www.eoiriyadh.gov.in/",),
    hosts=(
        "eoiriyadh.gov.in",
        "www.eoiriyadh.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
