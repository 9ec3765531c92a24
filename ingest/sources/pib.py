"""Releases of the Press Information Bureau: the feed of all ministries; few of them concern work abroad."""

from __future__ import annotations

from ingest.sources.identity import PIB_HOSTS
from ingest.sources.source import EVERY_HOUR, TWO_DAYS, Source

SOURCE = Source(
    id="pib",
    title="Press Information Bureau releases",
    issuer="Press Information Bureau",
    language=None,  # the feed has answered in Hindi when English was asked for
    listings=("https://www.pib.gov.in/RssMain.aspx?ModId=6&Lang=1&Regid=3",),
    hosts=PIB_HOSTS,
    parse_listing="ingest.sources.shapes.pib:parse_listing",
    parse_notice="ingest.sources.shapes.pib:parse_notice",
    poll_every=EVERY_HOUR,
    fresh_within=TWO_DAYS,
)
