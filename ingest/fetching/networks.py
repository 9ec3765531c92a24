"""Knows which IP addresses must never be connected to. Takes an address, answers yes or no; connects to nothing.

Allowed is only what the public internet routes to single machines. Everything that could reach this machine, its
neighbours, a cloud's own services, or an IPv4 address in disguise is forbidden, whatever name led there.
Source: IANA's special-purpose address registries for IPv4 and IPv6.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address

FORBIDDEN_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by providers (CGNAT); a cloud's services live at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host service, at a public address
        "169.254.0.0/16",  # link-local; clouds give away credentials at 169.254.169.254
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; a cloud's services at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
ROUTED_V6 = IPv6Network("2000::/3")  # outside lie loopback, mapped, NAT64, private, link-local, multicast
FORBIDDEN_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, among them Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # third quarter of an address that ends in an IPv4 address (RFC 5214)


def parse_ip(text: str) -> IPAddress:
    """Read an address as a resolver writes it. Raises ValueError."""
    return ipaddress.ip_address(text)


def is_forbidden(address: IPAddress) -> bool:
    """Whether nothing may ever connect to this address."""
    if isinstance(address, IPv4Address):
        return _is_forbidden_v4(address)
    if address.scope_id is not None or address not in ROUTED_V6:
        return True
    return any(address in network for network in FORBIDDEN_V6) or _hides_forbidden_v4(address)


def _is_forbidden_v4(address: IPv4Address) -> bool:
    return not address.is_global or any(address in network for network in FORBIDDEN_V4)


def _hides_forbidden_v4(address: IPv6Address) -> bool:
    """An ISATAP address carries an IPv4 address in its last quarter; a forbidden one stays forbidden."""
    third, last = (int(address) >> 32) & 0xFFFF_FFFF, int(address) & 0xFFFF_FFFF
    return third in _ISATAP and _is_forbidden_v4(IPv4Address(last))
