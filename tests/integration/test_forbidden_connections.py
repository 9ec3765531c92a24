"""No address, redirect or name server can make the desk connect anywhere but to an official site (goal D1).

Every connection that this process opens is recorded by an audit hook. The server of the test stands for the official
sites; a trap listens beside it for all that must never be reached.
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import httpcore
import pytest
import trustme

from ingest.fetching.allowance import Allowance, Limits
from ingest.fetching.connecting import GuardedBackend, connect
from ingest.fetching.errors import FetchFailed, Refused, RefusedReason, Unreachable
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.networks import IPAddress, is_forbidden, parse_ip
from ingest.fetching.pauses import Pauses
from ingest.fetching.resolving import ForbiddenNetwork, resolve
from knowledge.official_hosts import read_official_hosts
from tests.hostile_addresses import HOSTILE_ADDRESSES
from tests.official_site import PUBLIC, Names, OfficialSite, make_authority, official_site

NOW = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)
PAGE = "https://mea.gov.in/page"
NOTICE = "<html><body>" + "Do not go. " * 100 + "</body></html>"
AT_MOST_S = 1.0


class Connections:
    """What this process connected to since it was last cleared; audit hooks cannot be taken away, so there is one."""

    def __init__(self) -> None:
        self.made: list[tuple[object, ...]] = []
        self.looked_up: list[str] = []
        self.watching = False
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.watching:
            return
        if event in ("socket.connect", "socket.sendto"):
            address = arguments[1]
            self.made.append(address if isinstance(address, tuple) else (address,))
        if event == "socket.getaddrinfo":
            self.looked_up.append(str(arguments[0]))


@pytest.fixture(scope="module")
def hook() -> Connections:
    return Connections()


@pytest.fixture
def connections(hook: Connections) -> Iterator[Connections]:
    hook.made.clear()
    hook.looked_up.clear()
    hook.watching = True
    yield hook
    hook.watching = False


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return make_authority()


@pytest.fixture
def site(authority: trustme.CA) -> Iterator[OfficialSite]:
    with official_site(
        authority, names=["*.gov.in", "mea.gov.in", "*.mea.gov.in", "evil.example", "localhost"]
    ) as serving:
        yield serving


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A listener where nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def make_fetcher(site: OfficialSite, names: Names) -> Fetcher:
    return Fetcher(
        read_official_hosts(),
        lambda: NOW,
        lambda _seconds: None,
        resolver=names,
        connector=site.connect,
        tls=site.tls,
        pauses=Pauses(lambda: 0.5, pause=dt.timedelta(0)),
    )


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def make_production_fetcher(names: Names, tls: ssl.SSLContext) -> Fetcher:
    """Everything real but the name server."""
    return Fetcher(read_official_hosts(), lambda: NOW, lambda _seconds: None, resolver=names, tls=tls)


def forbidden(connections: Connections, site: OfficialSite) -> list[tuple[object, ...]]:
    return [made for made in connections.made if made[:2] != ("127.0.0.1", site.port)]


def was_knocked_at(trap: socket.socket) -> bool:
    with suppress(BlockingIOError):
        trap.accept()[0].close()
        return True
    return False


# --- The hook itself --------------------------------------------------------------------------------------------------


def test_the_hook_sees_connections_and_the_trap_hears_knocks(connections: Connections, trap: socket.socket) -> None:
    with socket.create_connection(trap.getsockname()):
        pass

    assert connections.made == [trap.getsockname()]
    assert was_knocked_at(trap)


def test_the_good_page_is_fetched_with_one_connection(
    connections: Connections, site: OfficialSite, names: Names
) -> None:
    site.says("/page", NOTICE)

    assert make_fetcher(site, names).fetch(PAGE).status == 200
    assert connections.made == [("127.0.0.1", site.port)]
    assert site.connected == [(PUBLIC, 443)]


# --- Addresses --------------------------------------------------------------------------------------------------------


def test_there_are_enough_hostile_addresses() -> None:
    assert len(set(HOSTILE_ADDRESSES)) >= 150


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES, ids=lambda address: ascii(address)[:60])
def test_a_hostile_address_is_refused_before_anything_is_looked_up(
    address: str, connections: Connections, names: Names, tls: ssl.SSLContext
) -> None:
    began = time.monotonic()

    with pytest.raises(Refused, match="upload the file") as refused:
        make_production_fetcher(names, tls).fetch(address)

    assert time.monotonic() - began < AT_MOST_S
    assert (connections.made, connections.looked_up, names.looked_up) == ([], [], [])
    assert len(refused.value.address) <= 200
    assert refused.value.address.isprintable() or not refused.value.address


# --- Redirects --------------------------------------------------------------------------------------------------------

REDIRECTS: dict[str, tuple[list[str], RefusedReason]] = {
    "straight_to_a_scam": (["https://evil.example/"], RefusedReason.NOT_OFFICIAL),
    "open_redirect_of_a_real_site": (["/out?to=https://evil.example/", "//evil.example/"], RefusedReason.NOT_OFFICIAL),
    "to_this_machine": (["https://127.0.0.1/"], RefusedReason.BARE_NUMBERS),
    "to_this_machine_in_one_number": (["https://2130706433/"], RefusedReason.BARE_NUMBERS),
    "to_the_cloud": (["https://[::ffff:169.254.169.254]/latest/meta-data/"], RefusedReason.BARE_NUMBERS),
    "to_localhost": (["https://localhost/"], RefusedReason.NOT_OFFICIAL),
    "down_to_http": (["http://mea.gov.in/next"], RefusedReason.NOT_SECURE),
    "down_to_http_elsewhere": (["/a", "http://evil.example/"], RefusedReason.NOT_SECURE),
    "to_a_file": (["file:///etc/passwd"], RefusedReason.NOT_A_WEB_ADDRESS),
    "to_gopher": (["gopher://127.0.0.1:6379/_FLUSHALL"], RefusedReason.NOT_A_WEB_ADDRESS),
    "to_data": (["data:text/html,<h1>MEA</h1>"], RefusedReason.NOT_A_WEB_ADDRESS),
    "to_script": (["javascript:alert(1)"], RefusedReason.NOT_A_WEB_ADDRESS),
    "to_another_port": (["https://mea.gov.in:6379/"], RefusedReason.WRONG_PORT),
    "with_a_user_name": (["https://mea.gov.in@evil.example/"], RefusedReason.CREDENTIALS),
    "with_a_backslash": (["https://evil.example\\@mea.gov.in/"], RefusedReason.ODD_LETTERS),
    "with_backslashes_for_slashes": (["\\\\evil.example/"], RefusedReason.ODD_LETTERS),
    "with_a_tab": (["https://mea.gov.in\t.evil.example/"], RefusedReason.ODD_LETTERS),
    "to_a_look_alike": (["https://mea.gov.in.evil.example/"], RefusedReason.NOT_OFFICIAL),
    "to_another_gov_in": (["https://scam.gov.in/"], RefusedReason.NOT_OFFICIAL),
    "to_an_abandoned_name": (["https://indembkwt.org/"], RefusedReason.FORMER),
    "scheme_without_slashes": (["https:evil.example"], RefusedReason.NOT_A_WEB_ADDRESS),
    "six_hops": ([f"/{step}" for step in range(1, 8)], RefusedReason.TOO_MANY_REDIRECTS),
    "a_circle": (["/a", "/b", "/page"], RefusedReason.REDIRECT_LOOP),
    "to_itself": (["/page"], RefusedReason.REDIRECT_LOOP),
    "five_good_hops_then_a_scam": (["/1", "/2", "/3", "/4", "https://evil.example/"], RefusedReason.NOT_OFFICIAL),
    "sixty_kilobytes": (["/" + "a" * 60_000], RefusedReason.TOO_LONG),
}


@pytest.mark.parametrize("name", REDIRECTS)
def test_a_redirect_is_checked_like_the_first_address(
    name: str, connections: Connections, site: OfficialSite, names: Names, trap: socket.socket
) -> None:
    hops, reason = REDIRECTS[name]
    names.leads_to("evil.example", [PUBLIC])
    names.leads_to("localhost", ["127.0.0.1"])
    at = "/page"
    for hop in hops:
        site.leads(at, hop)
        at = hop
    began = time.monotonic()

    with pytest.raises(Refused) as refused:
        make_fetcher(site, names).fetch(PAGE)

    assert refused.value.reason is reason
    assert time.monotonic() - began < AT_MOST_S
    assert forbidden(connections, site) == []
    assert {asked.headers["host"] for asked in site.asked} == {"mea.gov.in"}
    assert set(names.looked_up) == {"mea.gov.in"}
    assert not was_knocked_at(trap)


# --- Names that lead elsewhere ----------------------------------------------------------------------------------------

BAD_NETWORKS = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a9fe:a9fe",
    "100::1",
    "2001::7f00:1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2a00:1450:4001::5efe:7f00:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "4000::1",
]


@pytest.mark.parametrize("network", BAD_NETWORKS)
def test_an_official_name_that_leads_into_a_private_network_is_not_opened(
    network: str, connections: Connections, names: Names, tls: ssl.SSLContext
) -> None:
    names.leads_to("mea.gov.in", [network])
    began = time.monotonic()

    with pytest.raises(Refused) as refused:
        make_production_fetcher(names, tls).fetch(PAGE)

    assert refused.value.reason is RefusedReason.FORBIDDEN_NETWORK
    assert time.monotonic() - began < AT_MOST_S
    assert connections.made == []


@pytest.mark.parametrize("network", BAD_NETWORKS)
def test_the_connector_itself_opens_nothing_forbidden(network: str, connections: Connections) -> None:
    with pytest.raises(ForbiddenNetwork):
        connect(parse_ip(network), 443, 1.0)

    assert connections.made == []


@pytest.mark.parametrize(
    ("host", "port"), [("evil.example", 443), ("localhost", 443), (PUBLIC, 443), ("mea.gov.in", 80), ("mea.gov.in", 22)]
)
def test_the_door_opens_for_listed_names_on_one_port_whatever_the_library_asks(
    host: str, port: int, connections: Connections, names: Names
) -> None:
    names.leads_to(host, [PUBLIC])
    door = GuardedBackend(read_official_hosts(), names, connect, Allowance(Limits(), time.monotonic), 1.0)

    with pytest.raises(ForbiddenNetwork):
        door.connect_tcp(host, port)
    with pytest.raises(ForbiddenNetwork):
        door.connect_unix_socket("/run/docker.sock")

    assert (connections.made, names.looked_up) == ([], [])


REBINDING: dict[str, list[list[str]]] = {
    "mixed_records": [[PUBLIC, "127.0.0.1"]],
    "mixed_records_bad_one_last_of_many": [["93.184.216.34", "93.184.216.35", "2606:2800:220:1::1", "10.0.0.1"]],
    "name_that_points_to_localhost": [["127.0.0.1", "::1"]],
    "ipv6_only_and_private": [["::1"]],
    "ipv6_private_beside_public_ipv4": [[PUBLIC, "fd00::1"]],
    "ipv4_dressed_as_ipv6": [["::ffff:127.0.0.1"]],
    "public_ipv6_beside_a_cloud_address": [["2606:2800:220:1::1", "169.254.169.254"]],
}


@pytest.mark.parametrize("name", REBINDING)
def test_one_forbidden_address_condemns_the_name(
    name: str, connections: Connections, names: Names, tls: ssl.SSLContext
) -> None:
    names.leads_to("mea.gov.in", *REBINDING[name])
    began = time.monotonic()

    with pytest.raises(Refused) as refused:
        make_production_fetcher(names, tls).fetch(PAGE)

    assert refused.value.reason is RefusedReason.FORBIDDEN_NETWORK
    assert time.monotonic() - began < AT_MOST_S
    assert connections.made == []


def test_a_name_that_changes_between_check_and_connect_changes_nothing(
    connections: Connections, site: OfficialSite, names: Names
) -> None:
    """Public when checked, loopback a moment later: the name is looked up once, and the checked address is used."""
    names.leads_to("mea.gov.in", [PUBLIC], ["127.0.0.1"])
    site.says("/page", NOTICE)

    make_fetcher(site, names).fetch(PAGE)

    assert names.looked_up == ["mea.gov.in"]
    assert site.connected == [(PUBLIC, 443)]
    assert connections.looked_up == ["127.0.0.1"]  # the test's own connector, by number


def test_a_name_that_changes_before_the_next_redirect_is_refused_there(
    connections: Connections, site: OfficialSite, names: Names
) -> None:
    """With no time to live at all, each new connection asks anew and is checked anew."""
    names.leads_to("mea.gov.in", [PUBLIC], ["127.0.0.1"])
    site.leads("/page", "/next")
    site.says("/next", NOTICE)

    with pytest.raises(Refused) as refused:
        make_fetcher(site, names).fetch(PAGE)

    assert refused.value.reason is RefusedReason.FORBIDDEN_NETWORK
    assert site.connected == [(PUBLIC, 443)]
    assert forbidden(connections, site) == []


def test_a_name_that_changes_between_two_fetches_is_refused_the_second_time(
    connections: Connections, site: OfficialSite, names: Names
) -> None:
    names.leads_to("mea.gov.in", [PUBLIC], ["169.254.169.254"], [PUBLIC])
    site.says("/page", NOTICE)
    fetcher = make_fetcher(site, names)

    fetcher.fetch(PAGE)
    with pytest.raises(Refused):
        fetcher.fetch(PAGE)
    fetcher.fetch(PAGE)

    assert site.connected == [(PUBLIC, 443), (PUBLIC, 443)]
    assert forbidden(connections, site) == []


def test_another_official_name_that_leads_to_this_machine_is_refused_after_a_redirect(
    connections: Connections, site: OfficialSite, names: Names
) -> None:
    names.leads_to("www.mea.gov.in", ["127.0.0.1"])
    site.leads("/page", "https://www.mea.gov.in/page")

    with pytest.raises(Refused) as refused:
        make_fetcher(site, names).fetch(PAGE)

    assert refused.value.reason is RefusedReason.FORBIDDEN_NETWORK
    assert site.connected == [(PUBLIC, 443)]
    assert forbidden(connections, site) == []


def test_the_second_address_is_not_a_way_round_the_check(
    connections: Connections, site: OfficialSite, names: Names
) -> None:
    """The first address does not answer; what is tried next was checked together with it."""
    names.leads_to("mea.gov.in", [PUBLIC, "93.184.216.35"], ["127.0.0.1"])
    tried: list[str] = []

    def dead(address: IPAddress, port: int, timeout_s: float) -> httpcore.NetworkStream:
        tried.append(str(address))
        raise httpcore.ConnectError

    fetcher = Fetcher(
        read_official_hosts(), lambda: NOW, lambda _seconds: None, resolver=names, connector=dead, tls=site.tls
    )
    with pytest.raises(Unreachable):
        fetcher.fetch(PAGE)

    assert tried == [PUBLIC, "93.184.216.35"]
    assert connections.made == []


# --- The machine's own resolver ---------------------------------------------------------------------------------------


def _machine_answers(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let the machine's look-up answer with these addresses, and note what it was asked."""
    asked: list[str] = []

    def look_up(host: str, *_rest: object, **_more: object) -> Sequence[tuple[object, ...]]:
        asked.append(host)
        family = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [(kind, 1, 6, "", (address, 0)) for kind, address in zip(family, addresses, strict=True)]

    monkeypatch.setattr("ingest.fetching.resolving.socket.getaddrinfo", look_up)
    return asked


def test_every_address_that_the_machine_finds_is_returned_and_no_search_domain_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = _machine_answers(monkeypatch, PUBLIC, "::1")

    assert [str(address) for address in resolve("mea.gov.in", 1.0)] == [PUBLIC, "::1"]
    assert asked == ["mea.gov.in."]


def test_production_parts_refuse_a_name_that_the_machine_leads_to_itself(
    monkeypatch: pytest.MonkeyPatch, connections: Connections
) -> None:
    """Nothing injected: the resolver and connector that the product uses."""
    _machine_answers(monkeypatch, "127.0.0.1")
    fetcher = Fetcher(read_official_hosts(), lambda: NOW, lambda _seconds: None)

    with pytest.raises(Refused) as refused:
        fetcher.fetch(PAGE)

    assert refused.value.reason is RefusedReason.FORBIDDEN_NETWORK
    assert connections.made == []


def test_a_name_with_a_zone_is_forbidden() -> None:
    assert is_forbidden(parse_ip("fe80::1%eth0"))
    assert is_forbidden(parse_ip("2606:4700::1%eth0"))


def test_every_refusal_can_be_caught_as_one() -> None:
    assert issubclass(Refused, FetchFailed)
