"""All India Radio's news in Hindi: short pages that repeat MEA's advisories. No list of theirs is confirmed."""

from __future__ import annotations

from ingest.sources.identity import AIR_HOSTS
from ingest.sources.source import EVERY_SIX_HOURS, TWO_WEEKS, Source

SOURCE = Source(
    id="all-india-radio-hindi",
    title="All India Radio news (Hindi)",
    issuer="All India Radio",
    language="hi",
    listings=("https://www.newsonair.gov.in/hi/",),
    hosts=AIR_HOSTS,
    paths=("/hi/",),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_SIX_HOURS,
    fresh_within=TWO_WEEKS,
)
