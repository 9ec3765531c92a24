"""MEA speeches and statements. They share one series of numbers with the press releases."""

from __future__ import annotations

from ingest.sources.identity import MEA_HOSTS
from ingest.sources.source import EVERY_HOUR, TWO_DAYS, Source

SOURCE = Source(
    id="mea-speeches",
    title="MEA speeches and statements",
    issuer="Ministry of External Affairs",
    language="en",
    listings=("https://www.mea.gov.in/Speeches-Statements.htm?50/Speeches__amp;_Statements",),
    hosts=MEA_HOSTS,
    paths=("/speeches-statements",),
    parse_listing="ingest.sources.shapes.mea:parse_listing",
    parse_notice="ingest.sources.shapes.mea:parse_notice",
    poll_every=EVERY_HOUR,
    fresh_within=TWO_DAYS,
)
