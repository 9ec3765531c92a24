"""The one door through which the desk reaches a network: connects only to the very address that was checked.

`GuardedBackend` is what the HTTP library calls to open a connection, so no request can go round it. It looks the name
up once, checks every address, and connects to one of those; nothing looks the name up again in between. The library
goes on to use the name for the Host header and for the certificate.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from ingest.fetching.addresses import HTTPS_PORT, AllowedHosts
from ingest.fetching.allowance import Allowance
from ingest.fetching.networks import IPAddress, is_forbidden
from ingest.fetching.resolving import ForbiddenNetwork, Resolver, resolve_checked

MOST_TRIED = 4  # addresses of one name

Connector = Callable[[IPAddress, int, float], httpcore.NetworkStream]
"""Takes an address, a port and the seconds it may take; returns the open stream. Raises httpcore.ConnectError."""


def connect(address: IPAddress, port: int, timeout_s: float) -> httpcore.NetworkStream:
    """Open a TCP connection to an address. Raises ForbiddenNetwork, httpcore.ConnectError and ConnectTimeout."""
    if is_forbidden(address):  # checked before as well; no caller can forget it here
        raise ForbiddenNetwork(str(address))
    return httpcore.SyncBackend().connect_tcp(str(address), port, timeout=timeout_s)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to allowed names on port 443, within the allowance of one fetch."""

    def __init__(
        self,
        allowed_hosts: AllowedHosts,
        resolver: Resolver,
        connector: Connector,
        allowance: Allowance,
        connect_seconds: float,
    ) -> None:
        """Take which names are allowed, how to look them up and connect, and what may be used up."""
        self._allowed_hosts = allowed_hosts
        self._resolver = resolver
        self._connector = connector
        self._allowance = allowance
        self._connect_seconds = connect_seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the allowance is the time limit
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address that answers. Raises ForbiddenNetwork and what resolving raises."""
        if host not in self._allowed_hosts or port != HTTPS_PORT:
            raise ForbiddenNetwork(host)
        addresses = resolve_checked(self._resolver, host, self._allowance.seconds_left(self._connect_seconds))
        failure: Exception = httpcore.ConnectError()
        for address in addresses[:MOST_TRIED]:
            try:
                stream = self._connector(address, port, self._allowance.seconds_left(self._connect_seconds))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return CountedStream(stream, self._allowance)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Nothing of this machine is ever connected to. Raises ForbiddenNetwork."""
        raise ForbiddenNetwork(path)

    def sleep(self, seconds: float) -> None:
        """The library sleeps only between retries, and there are none."""


class CountedStream(httpcore.NetworkStream):
    """A connection whose every step is paid from the allowance: a byte a second does not keep it open for ever."""

    def __init__(self, stream: httpcore.NetworkStream, allowance: Allowance) -> None:
        """Take the open connection and what may be used up."""
        self._stream = stream
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is. Raises OutOfTime and OutOfBytes beside the library's own errors."""
        data = self._stream.read(max_bytes, timeout=self._allowance.seconds_left(timeout))
        self._allowance.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send. Raises OutOfTime beside the library's own errors."""
        self._stream.write(buffer, timeout=self._allowance.seconds_left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt the connection; the certificate must be for the name. Raises OutOfTime and httpcore.ConnectError."""
        seconds = self._allowance.seconds_left(timeout)
        return CountedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._allowance)

    def get_extra_info(self, info: str) -> Any:
        """What the library asks of a connection."""
        return self._stream.get_extra_info(info)
