"""Gets the bytes of one official page, politely and behind the guard. Reads nothing, stores nothing.

The steps: canonical address, pause, ask, follow redirects (each checked like the first address), take in, judge.
"""

from __future__ import annotations

import datetime as dt
import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from ingest.fetching.addresses import Address, AllowedHosts, canonical_address, redirect_address
from ingest.fetching.allowance import Allowance, Limits, OutOfBytes, OutOfTime
from ingest.fetching.connecting import Connector, GuardedBackend, connect
from ingest.fetching.errors import (
    Blocked,
    BlockedReason,
    ErrorPage,
    Gone,
    Refused,
    RefusedReason,
    TooLarge,
    TooSlow,
    Unreachable,
    WrongType,
)
from ingest.fetching.fetched import Fetched
from ingest.fetching.pauses import Pauses, parse_retry_after
from ingest.fetching.pretences import Pretence, find_pretence
from ingest.fetching.resolving import ForbiddenNetwork, NameUnknown, Resolver, resolve
from ingest.fetching.transport import Visit, make_tls_context
from ingest.fetching.typing_content import bare_type, judge_type, sniff
from ingest.fetching.unpacking import ACCEPTED, CannotUnpack, TooMuchUnpacked, unpack
from ingest.fetching.user_agent import make_user_agent
from knowledge.documents.document import MediaType

_ACCEPTED_TYPES = "text/html, application/xhtml+xml, application/pdf, application/rss+xml, */*;q=0.5"
_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT_OUT = (401, 403, 407, 429, 451, 503)
_GONE = (404, 410)
_NOT_MODIFIED = 304
_TAKEN = (200, 203)
_BLOCKED_BY = {
    Pretence.NEEDS_BROWSER: BlockedReason.NEEDS_BROWSER,
    Pretence.CAPTCHA: BlockedReason.CAPTCHA,
    Pretence.LOGIN: BlockedReason.LOGIN,
    Pretence.KEPT_OUT: BlockedReason.STATUS,
}
_HTML_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class _Conditions:
    """What we have already, so that the site need not send it again."""

    etag: str | None
    last_modified: str | None

    def headers(self) -> dict[str, str]:
        """The headers to send; what could not stand in a header is left out."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


class Fetcher:
    """Fetches official pages, one after the other. Not for several threads."""

    def __init__(
        self,
        allowed_hosts: AllowedHosts,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], None],
        *,
        user_agent: str | None = None,
        resolver: Resolver = resolve,
        connector: Connector = connect,
        tls: ssl.SSLContext | None = None,
        pauses: Pauses | None = None,
        chance: Callable[[], float] = random.random,
        steady: Callable[[], float] = time.monotonic,
        limits: Limits | None = None,
    ) -> None:
        """Take the names that may be asked, a clock (aware, UTC) and a way to sleep (seconds).

        `resolver` and `connector` are how a name becomes a connection; whatever they are, only allowed names are looked
        up and every address is checked before the connector sees it. `tls` decides which certificates are trusted.
        Fetchers that run side by side keep the pauses of hosts together if they are given the same `pauses`.
        """
        self._allowed_hosts = allowed_hosts
        self._clock = clock
        self._sleep = sleep
        self._user_agent = user_agent or make_user_agent()
        self._resolver = resolver
        self._connector = connector
        self._tls = tls or make_tls_context()
        self._pauses = pauses or Pauses(chance)
        self._steady = steady
        self._limits = limits or Limits()

    def fetch(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """Fetch one page; with `etag` or `last_modified` of an earlier answer it may come back as not modified.

        Raises Refused, Blocked, Unreachable (and Gone), ErrorPage, WrongType, TooLarge or TooSlow. Nothing is tried
        again here: Blocked and Unreachable say from when on that makes sense.
        """
        wanted = canonical_address(address, self._allowed_hosts)
        self._wait_for(wanted)
        allowance = Allowance(self._limits, self._steady)
        conditions = _Conditions(etag, last_modified)
        with self._explained(wanted, allowance), self._open_visit(conditions, allowance) as visit:
            fetched = self._follow(visit, wanted, conditions, allowance)
        self._pauses.note_success(wanted.host)
        return fetched

    def _wait_for(self, wanted: Address) -> None:
        """Keep the pause between two fetches; a host that asked us to stay away is not asked at all."""
        self._refuse_if_held(wanted)
        pause = self._pauses.take_turn(wanted.host, self._clock()).total_seconds()
        if pause > 0:
            self._sleep(pause)

    def _refuse_if_held(self, address: Address) -> None:
        until = self._pauses.held_until(address.host, self._clock())
        if until is not None:
            raise Blocked(address.text, BlockedReason.WAITING, retry_at=until)

    def _open_visit(self, conditions: _Conditions, allowance: Allowance) -> Visit:
        backend = GuardedBackend(
            self._allowed_hosts, self._resolver, self._connector, allowance, self._limits.connect_seconds
        )
        headers = {"User-Agent": self._user_agent, "Accept": _ACCEPTED_TYPES, "Accept-Encoding": ACCEPTED}
        return Visit(backend, self._tls, headers | conditions.headers(), self._limits.connect_seconds)

    def _follow(self, visit: Visit, wanted: Address, conditions: _Conditions, allowance: Allowance) -> Fetched:
        """Ask, and go where the site sends us, five times at most."""
        current = wanted
        seen: set[tuple[str, str]] = set()
        for _ in range(self._limits.redirects + 1):
            state = (current.text, visit.cookies())
            if state in seen:  # a second visit makes sense only with a new cookie, as PIB does it
                raise Refused(wanted.text, RefusedReason.REDIRECT_LOOP)
            seen.add(state)
            self._refuse_if_held(current)
            self._pauses.note_asked(current.host, self._clock())
            with visit.ask(current) as response:
                location = response.headers.get("Location")
                if response.status_code not in _REDIRECTS or location is None:
                    fetched = self._take(response, wanted, current, conditions, allowance)
                    self._pauses.note_success(current.host)
                    return fetched
            current = redirect_address(current, location, self._allowed_hosts)
        raise Refused(wanted.text, RefusedReason.TOO_MANY_REDIRECTS)

    def _take(
        self, response: httpx.Response, wanted: Address, final: Address, conditions: _Conditions, allowance: Allowance
    ) -> Fetched:
        """Take in the last answer. Raises what speaks against it."""
        self._judge_status(response, final, conditions)
        if response.status_code == _NOT_MODIFIED:
            return self._make_fetched(response, wanted, final, None, b"")
        data = self._read(response, final, allowance)
        declared = response.headers.get("Content-Type")
        if bare_type(declared) in _HTML_TYPES or sniff(data) is MediaType.HTML:
            self._judge_page(data, wanted, final)
        media_type = judge_type(data, declared, final.text.partition("?")[0].rpartition("/")[2])
        if media_type is None:
            raise WrongType(final.text, _wrong_type_words(data, declared))
        return self._make_fetched(response, wanted, final, media_type, data)

    def _judge_status(self, response: httpx.Response, final: Address, conditions: _Conditions) -> None:
        status = response.status_code
        if status in _KEPT_OUT:
            retry_after = parse_retry_after(response.headers.get("Retry-After"), self._clock())
            retry_at = self._pauses.note_failure(final.host, self._clock(), retry_after)
            raise Blocked(final.text, BlockedReason.STATUS, retry_at=retry_at, status=status)
        if status in _GONE:
            raise Gone(final.text, status)
        if status == _NOT_MODIFIED and conditions.headers():
            return
        if status not in _TAKEN:
            raise self._unreachable(final, f"The site has a fault at present (it answered {status}).", status)

    def _judge_page(self, data: bytes, wanted: Address, final: Address) -> None:
        pretence = find_pretence(data, wanted.text, final.text)
        if pretence is None:
            return
        if pretence is Pretence.ERROR_PAGE:
            raise ErrorPage(wanted.text, final.text)
        retry_at = self._pauses.note_failure(final.host, self._clock())
        raise Blocked(final.text, _BLOCKED_BY[pretence], retry_at=retry_at, status=200)

    def _read(self, response: httpx.Response, final: Address, allowance: Allowance) -> bytes:
        announced = response.headers.get("Content-Length", "")
        if announced.isascii() and announced.isdigit():
            allowance.require_room_for(int(announced[:18]))
        encoding = response.headers.get("Content-Encoding", "")
        try:
            return unpack(response.iter_raw(), encoding, self._limits.unpacked_bytes)
        except TooMuchUnpacked:
            raise TooLarge(final.text, self._limits.unpacked_bytes, unpacked=True) from None
        except CannotUnpack:
            raise WrongType(final.text, "The page came packed in a way that cannot be unpacked.") from None

    @contextmanager
    def _explained(self, wanted: Address, allowance: Allowance) -> Iterator[None]:
        """Turn what went wrong below into words for staff. The library may have wrapped an error of ours."""
        try:
            yield
        except ForbiddenNetwork:
            raise Refused(wanted.text, RefusedReason.FORBIDDEN_NETWORK) from None
        except OutOfBytes:
            raise TooLarge(wanted.text, self._limits.wire_bytes, unpacked=False) from None
        except OutOfTime:
            raise self._too_slow(wanted) from None
        except NameUnknown:
            words = "There is no site of this name, or names cannot be looked up at present."
            raise self._unreachable(wanted, words) from None
        except (TimeoutError, httpcore.TimeoutException):
            if allowance.is_over():
                raise self._too_slow(wanted) from None
            raise self._unreachable(wanted, "The site does not answer.") from None
        except httpcore.ConnectError as error:
            raise self._unreachable(wanted, _why_no_connection(error)) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL):
            raise self._unreachable(wanted, "The site broke off, or answered in a way that cannot be read.") from None

    def _too_slow(self, address: Address) -> TooSlow:
        self._pauses.note_failure(address.host, self._clock())
        return TooSlow(address.text, self._limits.seconds)

    def _unreachable(self, address: Address, words: str, status: int | None = None) -> Unreachable:
        retry_at = self._pauses.note_failure(address.host, self._clock())
        return Unreachable(address.text, words, retry_at=retry_at, status=status)

    def _make_fetched(
        self, response: httpx.Response, wanted: Address, final: Address, media_type: MediaType | None, data: bytes
    ) -> Fetched:
        return Fetched(
            address=wanted.text,
            final_address=final.text,
            status=response.status_code,
            media_type=media_type,
            data=data,
            fetched_at=self._clock(),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            not_modified=response.status_code == _NOT_MODIFIED,
            declared_type=response.headers.get("Content-Type"),
        )


def _why_no_connection(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "The site's certificate does not prove that it is the site it says."
        cause = cause.__cause__ or cause.__context__
    return "The site cannot be reached."


def _wrong_type_words(data: bytes, declared: str | None) -> str:
    if not data.strip():
        return "The site sent an empty page."
    kind = bare_type(declared)
    named = f' (the site calls it "{kind}")' if kind.isprintable() and 0 < len(kind) < 80 else ""
    return (
        "This is not what it should be, or of a kind that cannot be read: pages, feeds, PDF, Word, Excel, CSV, text, "
        f"JPEG and PNG can{named}."
    )
