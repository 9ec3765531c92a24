"""Kuala Lumpur: long readable paths below /index.php/home/."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="high-commission-kuala-lumpur",
    title="High Commission of India, Kuala Lumpur",
    issuer="High Commission of India, Kuala Lumpur",
    language="en",
    listings=("https://hcikl.gov.in/index.php/home",),
    hosts=(
        "hcikl.gov.in",
        "www.hcikl.gov.in",
    ),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
