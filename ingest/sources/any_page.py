"""Any page that staff hand in and that belongs to no other source."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="any-page",
    title="Any page",
    issuer=None,
    language=None,
    listings=(),
    hosts=(),  # staff links are judged by the list of official hosts
    parse_listing="ingest.sources.shapes.mission_page:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
