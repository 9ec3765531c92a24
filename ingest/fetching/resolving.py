"""Looks up which addresses a name has, and refuses the name if a single one of them is forbidden."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Sequence

from ingest.fetching.networks import IPAddress, is_forbidden, parse_ip

Resolver = Callable[[str, float], Sequence[IPAddress]]
"""Takes a host name and a time limit in seconds; returns addresses, best first. Raises NameUnknown, TimeoutError."""


class NameUnknown(Exception):
    """There is no site of this name, or names cannot be looked up now."""


class ForbiddenNetwork(Exception):
    """A name leads, at least in part, to an address that must not be connected to."""


def resolve_checked(resolver: Resolver, host: str, timeout_s: float) -> tuple[IPAddress, ...]:
    """Look the name up once and return its addresses, each of which may be connected to.

    One forbidden address among good ones condemns the name: whoever mixes them waits for us to try the next one.
    Raises ForbiddenNetwork, NameUnknown and TimeoutError.
    """
    addresses = tuple(dict.fromkeys(resolver(host, timeout_s)))
    if not addresses:
        raise NameUnknown(host)
    if any(is_forbidden(address) for address in addresses):
        raise ForbiddenNetwork(host)
    return addresses


def resolve(host: str, timeout_s: float) -> Sequence[IPAddress]:
    """Ask the machine's resolver for all addresses (A and AAAA) of a name. Raises NameUnknown and TimeoutError.

    `getaddrinfo` knows no time limit, so it runs in a thread of its own that is left behind if it takes too long.
    """
    answers: queue.SimpleQueue[Sequence[IPAddress] | NameUnknown] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_look_up(host)), daemon=True, name="resolving").start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(answer, NameUnknown):
        raise answer
    return answer


def _look_up(host: str) -> Sequence[IPAddress] | NameUnknown:
    """The dot at the end keeps the machine's search domains out: `mea.gov.in` is never `mea.gov.in.example.com`."""
    try:
        found = socket.getaddrinfo(f"{host}.", None, type=socket.SOCK_STREAM)
        return [parse_ip(str(row[4][0])) for row in found]
    except (OSError, ValueError):
        return NameUnknown(host)
