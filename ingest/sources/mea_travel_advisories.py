"""MEA travel advisories. The plural address is the right one; the singular leads to the error page."""

from __future__ import annotations

from ingest.sources.identity import MEA_HOSTS
from ingest.sources.source import EVERY_HOUR, TWO_DAYS, Source
from knowledge.vocabulary import Topic

SOURCE = Source(
    id="mea-travel-advisories",
    title="MEA travel advisories",
    issuer="Ministry of External Affairs",
    language="en",
    listings=("https://www.mea.gov.in/travel-advisories.htm",),
    hosts=MEA_HOSTS,
    paths=(
        "/advisories-details",
        "/travel-advisories",
    ),
    parse_listing="ingest.sources.shapes.mea:parse_listing",
    parse_notice="ingest.sources.shapes.mea:parse_notice",
    topics=(
        Topic.TRAVEL_SAFETY,
        Topic.WAR_RISK,
    ),
    poll_every=EVERY_HOUR,
    fresh_within=TWO_DAYS,
)
