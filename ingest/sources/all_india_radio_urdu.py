"""All India Radio's news in Urdu: short pages that repeat MEA's advisories. No list of theirs is confirmed."""

from __future__ import annotations

from ingest.sources.identity import AIR_HOSTS
from ingest.sources.source import EVERY_SIX_HOURS, TWO_WEEKS, Source

SOURCE = Source(
    id="all-india-radio-urdu",
    title="All India Radio news (Urdu)",
    issuer="All India Radio",
    language="ur",
    listings=("https://www.newsonair.gov.in/ur/",),
    hosts=AIR_HOSTS,
    paths=("/ur/",),
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_SIX_HOURS,
    fresh_within=TWO_WEEKS,
)
