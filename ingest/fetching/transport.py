"""Carries the requests of one fetch through the guarded door. Nothing but what `GuardedBackend` opens carries one.

httpx's own client is left out on purpose: it reads proxies from the environment and parses redirects by its own rules.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType

import httpcore
import httpx

from ingest.fetching.addresses import HTTPS_PORT, Address
from ingest.fetching.connecting import GuardedBackend


def make_tls_context() -> ssl.SSLContext:
    """Trust the usual certificate authorities, and nothing that the environment adds."""
    return httpx.create_ssl_context(trust_env=False)


class Visit:
    """One fetch: its connections and its cookies, which live as long as its redirects and no longer."""

    def __init__(
        self, backend: GuardedBackend, tls: ssl.SSLContext, headers: Mapping[str, str], step_seconds: float
    ) -> None:
        """Take the door, which certificates to trust, what every request says, and how long one step may take."""
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=backend, max_connections=1, retries=0)
        self._headers = dict(headers)
        self._timeout = dict.fromkeys(("connect", "read", "write", "pool"), step_seconds)
        self._cookies = httpx.Cookies()

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.close()

    @contextmanager
    def ask(self, address: Address) -> Iterator[httpx.Response]:
        """Send one request, over https on port 443; what goes over the line is the target that was checked.

        Raises what httpcore and the guard raise.
        """
        request = httpx.Request("GET", address.text, headers=self._headers)
        self._cookies.set_cookie_header(request)
        answer = self._pool.handle_request(
            httpcore.Request(
                "GET",
                httpcore.URL(scheme="https", host=address.host, port=HTTPS_PORT, target=address.target),
                headers=request.headers.raw,
                extensions={"timeout": self._timeout},
            )
        )
        try:
            response = httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), request=request)
            self._cookies.extract_cookies(response)
            yield response
        finally:
            answer.close()

    def cookies(self) -> str:
        """All cookies as one text, to tell whether anything changed."""
        return "\n".join(sorted(f"{one.domain} {one.path} {one.name}={one.value}" for one in self._cookies.jar))


class _Body(httpx.SyncByteStream):
    """The body of an answer, as it arrives."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        if not isinstance(self._answer.stream, Iterable):
            raise httpcore.RemoteProtocolError
        yield from self._answer.stream
