"""Which IP addresses may be connected to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetching.networks import is_forbidden, parse_ip

PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "164.100.0.1",
    "14.139.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2405:200::1",
]
FORBIDDEN_NETWORKS = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "168.63.129.16/32",
    "::/128",
    "::1/128",
    "::/96",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2001:10::/28",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_may_be_connected_to(address: str) -> None:
    assert not is_forbidden(parse_ip(address))


@pytest.mark.parametrize("network", FORBIDDEN_NETWORKS)
def test_both_ends_of_a_special_network_are_forbidden(network: str) -> None:
    whole = ipaddress.ip_network(network)

    assert is_forbidden(whole[0])
    assert is_forbidden(whole[-1])


@given(st.sampled_from(FORBIDDEN_NETWORKS), st.integers(min_value=0))
def test_every_address_of_a_special_network_is_forbidden(network: str, nth: int) -> None:
    whole = ipaddress.ip_network(network)

    assert is_forbidden(whole[nth % whole.num_addresses])


@given(st.ip_addresses())
def test_what_python_calls_not_global_is_never_allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not address.is_global or address.is_multicast:
        assert is_forbidden(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_disguise_is_forbidden_whatever_it_is(address: ipaddress.IPv4Address) -> None:
    number = int(address)

    for disguised in (number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert is_forbidden(ipaddress.IPv6Address(disguised))
