"""Any RSS or Atom feed that staff hand in. Its notices are read as any page is."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="any-feed",
    title="Any feed",
    issuer=None,
    language=None,
    listings=(),
    hosts=(),  # staff links are judged by the list of official hosts
    parse_listing="ingest.sources.shapes.feed:parse_listing",
    parse_notice="ingest.sources.shapes.mission_page:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
