"""Lists the official sources. A new one is a file beside this one and its line here."""

from __future__ import annotations

from ingest.sources import (
    all_india_radio_hindi,
    all_india_radio_urdu,
    any_feed,
    any_page,
    cgi_vladivostok,
    embassy_abu_dhabi,
    embassy_baghdad,
    embassy_beirut,
    embassy_doha,
    embassy_kuwait,
    embassy_muscat,
    embassy_rabat,
    embassy_riyadh,
    embassy_warsaw,
    high_commission_kuala_lumpur,
    mea_media_briefings,
    mea_press_releases,
    mea_speeches,
    mea_travel_advisories,
    pib,
)
from ingest.sources.source import Source

_ALL: tuple[Source, ...] = (
    mea_press_releases.SOURCE,
    mea_media_briefings.SOURCE,
    mea_travel_advisories.SOURCE,
    mea_speeches.SOURCE,
    pib.SOURCE,
    all_india_radio_hindi.SOURCE,
    all_india_radio_urdu.SOURCE,
    cgi_vladivostok.SOURCE,
    embassy_riyadh.SOURCE,
    embassy_baghdad.SOURCE,
    embassy_beirut.SOURCE,
    embassy_rabat.SOURCE,
    embassy_doha.SOURCE,
    high_commission_kuala_lumpur.SOURCE,
    embassy_abu_dhabi.SOURCE,
    embassy_muscat.SOURCE,
    embassy_kuwait.SOURCE,
    embassy_warsaw.SOURCE,
)
ANY_FEED, ANY_PAGE = any_feed.SOURCE, any_page.SOURCE


def list_sources() -> tuple[Source, ...]:
    """Return the sources with pages of their own, in the order in which staff see them."""
    return _ALL


def find_source(source_id: str) -> Source | None:
    """Return the source of this id, `any-feed` and `any-page` included, or None."""
    return next((source for source in (*_ALL, ANY_FEED, ANY_PAGE) if source.id == source_id), None)


def source_for(address: str) -> Source:
    """Return the source whose page an address is; `any-page` where it is nobody's. It says nothing about trust."""
    return next((source for source in _ALL if source.owns(address)), ANY_PAGE)
