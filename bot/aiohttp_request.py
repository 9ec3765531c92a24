"""How requests to Telegram travel: over aiohttp, once, and with a clear word on whether they may have arrived.

The library's own HTTP client slows down as soon as many requests are under way; this one does not. It never repeats a
request. The address of every request holds the bot's token, so no error of this module carries an address or the error
it came from.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.gate import PATIENCE_WITHOUT_NUMBER_S, NotNow

CONNECTIONS = 256
KEEP_OPEN_S = 30.0
_JSON = {"Content-Type": "application/json"}
_BEFORE_CONNECTING = (
    aiohttp.ClientConnectorError,  # refused, no such host, TLS; also certificates
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.ClientProxyConnectionError,
)


class NotSent(NetworkError):
    """No connection to Telegram: the request never left, so it may be made again."""


class MaybeSent(NetworkError):
    """Telegram may or may not have got the request: no answer, half an answer, or one that cannot be read."""


SURELY_NOT_SENT = (NotSent, NotNow)


class AiohttpRequest(BaseRequest):
    """The library's requests over one aiohttp session. Belongs to one event loop."""

    def __init__(
        self, *, connections: int = CONNECTIONS, connect_timeout_s: float = 10.0, read_timeout_s: float = 30.0
    ) -> None:
        """Take how many connections may be open and how long to wait: for a connection, and for an answer."""
        self._connections = connections
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, dict[str, Any]] = {}

    @property
    def read_timeout(self) -> float | None:
        """How long an answer may take, in seconds."""
        return self._read_timeout_s

    async def initialize(self) -> None:
        """Open the session, if it is not open."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_OPEN_S)
            self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": self.USER_AGENT})

    async def shutdown(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - aiohttp knows none
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of connecting
    ) -> tuple[int, bytes]:
        """Make one request. Raises `NotSent`, `MaybeSent`, or `RetryAfter` where Telegram wants silence."""
        if self._session is None:
            raise NotSent("The bot's connections are closed.")
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(connect_timeout, self._connect_timeout_s),
            sock_connect=_seconds(connect_timeout, self._connect_timeout_s),
            sock_read=_seconds(read_timeout, self._read_timeout_s),
        )
        try:
            way = {**self._proxy_for(url), **_body_of(request_data)}
            async with self._session.request(method, url, timeout=timeout, **way) as answer:
                status, body, headers = answer.status, await answer.read(), answer.headers
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = _failure_of(error)
        else:
            if status == 429:
                raise RetryAfter(_read_wait(body, headers.get("Retry-After")))
            return status, body
        raise failure  # here, outside of `except`: the failure must not carry the error, which knows the address

    def _proxy_for(self, url: str) -> dict[str, Any]:
        """Return the proxy of the environment for a host, looked up once: aiohttp would do so for every request."""
        address = urlsplit(url)
        host = address.hostname or ""
        if host not in self._proxies:
            proxy = None if proxy_bypass(host) else getproxies().get(address.scheme)
            self._proxies[host] = _split_proxy(proxy) if proxy else {}
        return self._proxies[host]

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read Telegram's JSON. Raises `MaybeSent`, without showing what was there: it may be people's words."""
        answer = _read_object(payload)
        if answer is None or ("result" not in answer and answer.get("ok") is not False):
            raise MaybeSent("The answer cannot be read.")
        return answer


def _split_proxy(proxy: str) -> dict[str, Any]:
    """Return address and password of a proxy, apart."""
    address = URL(proxy)
    if not address.user:
        return {"proxy": address}
    password = aiohttp.encode_basic_auth(address.user, address.password or "")
    return {"proxy": address.with_user(None), "proxy_headers": {"Authorization": password}}


def _failure_of(error: Exception) -> NetworkError:
    name = type(error).__name__
    if isinstance(error, _BEFORE_CONNECTING):
        return NotSent(f"No connection to Telegram ({name}).")
    return MaybeSent(f"No answer from Telegram ({name}).")


def _body_of(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"data": request_data.json_payload, "headers": _JSON}  # a form costs ten times as much to write
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return {"data": form}


def _seconds(given: ODVInput[float], usual: float) -> float | None:
    return usual if isinstance(given, DefaultValue) else given


def _read_wait(body: bytes, header: str | None) -> int:
    """Return for how many seconds Telegram wants silence: as the answer says, else as its header says, else a guess."""
    answer = _read_object(body) or {}
    parameters = answer.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    for found in (wait, header):
        if isinstance(found, int | str) and str(found).isdigit() and int(found) > 0:
            return int(found)
    return int(PATIENCE_WITHOUT_NUMBER_S)


def _read_object(payload: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
