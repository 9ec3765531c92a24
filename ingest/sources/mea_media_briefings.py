"""MEA media briefings: long transcripts, in which one answer may concern jobs abroad."""

from __future__ import annotations

from ingest.sources.identity import MEA_HOSTS
from ingest.sources.source import EVERY_HOUR, TWO_DAYS, Source

SOURCE = Source(
    id="mea-media-briefings",
    title="MEA media briefings",
    issuer="Ministry of External Affairs",
    language="en",
    listings=("https://www.mea.gov.in/media-briefings.htm?49/Media_Briefings",),
    hosts=MEA_HOSTS,
    paths=("/media-briefings",),
    parse_listing="ingest.sources.shapes.mea:parse_listing",
    parse_notice="ingest.sources.shapes.mea:parse_notice",
    poll_every=EVERY_HOUR,
    fresh_within=TWO_DAYS,
)
