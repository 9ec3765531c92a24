"""The list of official sites: what it holds, and what it must never say of a name that is not listed."""

from __future__ import annotations

import pytest

from knowledge.official_hosts import FormerHost, OfficialHost, OfficialHosts, read_official_hosts

NEAR_MISSES = [
    "mea.gov.in.evil.example",
    "evilmea.gov.in",
    "evil.mea.gov.in",
    "mea-gov.in",
    "gov.in",
    "scam.gov.in",
    "mea.gov.in.",
    ".mea.gov.in",
    "www.www.mea.gov.in",
    "mea.gov.in/",
    "mea.gov.in:443",
    "mea.nic.in",
    "mеa.gov.in",  # Cyrillic e
    "",
]


@pytest.mark.parametrize(
    "name", ["mea.gov.in", "www.mea.gov.in", "MEACMS.mea.gov.in", "www.pib.gov.in", "emigrate.gov.in"]
)
def test_a_listed_name_is_official(name: str) -> None:
    assert name in read_official_hosts()


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_name_that_is_not_listed_is_not_official_however_it_ends(name: str) -> None:
    hosts = read_official_hosts()

    assert name not in hosts
    assert hosts.find(name) is None


def test_what_is_no_text_is_not_official() -> None:
    assert None not in read_official_hosts()


def test_a_site_says_who_publishes_there() -> None:
    site = read_official_hosts().find("meacms.mea.gov.in")

    assert site is not None
    assert (site.host, site.owner) == ("mea.gov.in", "Ministry of External Affairs")


def test_every_site_has_an_owner_and_says_where_its_name_was_seen() -> None:
    hosts = read_official_hosts()

    assert len(hosts) >= 100
    for name in hosts:
        site = hosts.find(name)
        assert site is not None
        assert site.owner
        assert site.seen in ("official page", "contact list", "quoted in the press")


def test_an_abandoned_name_is_not_official_and_tells_its_successor() -> None:
    hosts = read_official_hosts()
    former = hosts.find_former("indembkwt.org")

    assert "indembkwt.org" not in hosts
    assert former == FormerHost("indembkwt.org", "Embassy of India, Kuwait", "indembkwt.gov.in")
    assert former.now in hosts


def test_a_name_listed_twice_stops_the_start() -> None:
    with pytest.raises(ValueError, match="twice"):
        OfficialHosts([OfficialHost("mea.gov.in", "A"), OfficialHost("x.gov.in", "B", also=("mea.gov.in",))])


def test_a_name_cannot_be_official_and_abandoned() -> None:
    with pytest.raises(ValueError, match="both"):
        OfficialHosts([OfficialHost("mea.gov.in", "A")], [FormerHost("mea.gov.in", "A", "mea.gov.in")])


@pytest.mark.parametrize(
    "name", ["MEA.gov.in", "*.gov.in", "https://mea.gov.in", "gov", "10.0.0.1", "mea..in", "mеa.gov.in", "-a.in"]
)
def test_a_pattern_an_address_or_a_number_in_the_list_stops_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="plain host name"):
        OfficialHosts([OfficialHost(name, "A")])
