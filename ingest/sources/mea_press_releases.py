"""MEA press releases. The site refuses data-centre addresses, so expect `blocked` on a rented server."""

from __future__ import annotations

from ingest.sources.identity import MEA_HOSTS
from ingest.sources.source import EVERY_HOUR, TWO_DAYS, Source

SOURCE = Source(
    id="mea-press-releases",
    title="MEA press releases",
    issuer="Ministry of External Affairs",
    language="en",
    listings=("https://www.mea.gov.in/press-releases.htm?51/Press_Releases",),
    hosts=MEA_HOSTS,
    paths=("/press-releases",),
    parse_listing="ingest.sources.shapes.mea:parse_listing",
    parse_notice="ingest.sources.shapes.mea:parse_notice",
    poll_every=EVERY_HOUR,
    fresh_within=TWO_DAYS,
)
