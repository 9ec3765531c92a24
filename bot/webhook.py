"""Receives updates by webhook: Telegram posts each to our address. Stores first, answers "taken" then; parses nothing.

Whatever does not come from Telegram gets a refusal before its body is read. Nothing of a request is logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from socket import socket
from typing import NoReturn
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from telegram.error import BadRequest

from bot.application import ALLOWED_UPDATES, SatarkApplication
from bot.handling import InboxWorker
from bot.incoming import Incoming, read_incoming
from bot.preview.serving import serve
from bot.troubles import CannotRun
from knowledge.database import DatabaseUnavailable

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name, as Telegram documents it
LARGEST_BODY_BYTES = 1024 * 1024  # an update holds one message of at most 4096 characters, and what it answers
BODY_WITHIN_S = 10.0
TRY_AGAIN_AFTER_S = 5
MOST_CONNECTIONS = 40  # Telegram's own default
BEHIND_AFTER_S = 120.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WebhookAddress:
    """Where Telegram posts updates, and the secret by which we know that it was Telegram."""

    url: str
    secret: str

    @property
    def path(self) -> str:
        """The path that we serve; a proxy in front keeps it."""
        return urlsplit(self.url).path or "/"


async def receive_by_webhook(
    application: SatarkApplication,
    worker: InboxWorker,
    stop: asyncio.Event,
    *,
    address: WebhookAddress,
    listening: socket,
) -> None:
    """Serve the address until `stop` is set. Telegram is told of it once we listen.

    Raises `CannotRun` where Telegram refuses the address, and the library's errors where it cannot be reached. At the
    end Telegram keeps the address: it holds back what comes until we are there again.
    """
    serving = asyncio.create_task(serve(build_web_app(worker, address), listening, stop))
    try:
        await set_webhook(application, address)
    except BaseException:
        stop.set()
        raise
    finally:
        await serving


async def set_webhook(application: SatarkApplication, address: WebhookAddress) -> None:
    """Tell Telegram where to post. Saying the same again changes nothing, so every replica may. Raises `CannotRun`."""
    try:
        await application.bot.set_webhook(
            address.url,
            secret_token=address.secret,
            allowed_updates=list(ALLOWED_UPDATES),
            max_connections=MOST_CONNECTIONS,
            drop_pending_updates=False,
        )
    except BadRequest as error:
        raise CannotRun(
            f"Telegram does not accept TELEGRAM_WEBHOOK_URL ({error.message}). It must be a public https address with "
            "a certificate on port 443, 80, 88 or 8443. Leave it empty to ask Telegram for messages instead."
        ) from None


def build_web_app(worker: InboxWorker, address: WebhookAddress, *, body_within_s: float = BODY_WITHIN_S) -> Starlette:
    """Build the web application: the address itself, and `/healthz`."""
    door = _Door(worker, address.secret, body_within_s)
    return Starlette(
        routes=[
            Route("/healthz", door.tell_health, methods=["GET"]),
            Route(address.path, door.receive, methods=["POST"]),
        ]
    )


class _Door:
    """The two endpoints."""

    def __init__(self, worker: InboxWorker, secret: str, body_within_s: float) -> None:
        self._worker = worker
        self._secret = _digest(secret.encode())
        self._body_within_s = body_within_s

    async def receive(self, request: Request) -> Response:
        """Take one update: check who speaks, read it, store it, and only then say that it was taken."""
        self._check_secret(request)
        _check_headers(request)
        incoming = _read_update(await self._read_body(request))
        if self._worker.is_full:
            return _not_now()
        try:
            await self._worker.take([incoming])
        except DatabaseUnavailable as error:
            log.error("An update could not be stored; Telegram is asked to send it again.", exc_info=error)
            return _not_now()
        return Response(status_code=200)

    async def tell_health(self, _request: Request) -> Response:
        """Say whether updates can be stored, and whether they are handled in time."""
        try:
            waiting_s = await self._worker.oldest_waiting_s()
        except DatabaseUnavailable:
            return JSONResponse({"status": "no database"}, status_code=503)
        status = "ok" if waiting_s < BEHIND_AFTER_S else "behind"
        return JSONResponse({"status": status, "oldest_waiting_s": round(waiting_s)})

    def _check_secret(self, request: Request) -> None:
        """Compare without telling by time how much of the secret was right; digests hide even its length."""
        given = request.headers.getlist(SECRET_HEADER)
        matches = hmac.compare_digest(_digest("".join(given).encode("latin-1", "replace")), self._secret)
        if not (matches and len(given) == 1):
            _refuse(403, "This address is for Telegram.")

    async def _read_body(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self._body_within_s):
                return await _read_capped(request)
        except TimeoutError:
            _refuse(408, "Too slow.")
        except ClientDisconnect:
            _refuse(400, "The request ended early.")


def _check_headers(request: Request) -> None:
    kind, _, parameter = request.headers.get("content-type", "").lower().partition(";")
    if kind.strip() != "application/json" or parameter.strip() not in ("", "charset=utf-8"):
        _refuse(415, "Send application/json.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        _refuse(415, "Send it uncompressed.")
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        _refuse(400, "The length is not understood.")
    if int(length) > LARGEST_BODY_BYTES:
        _refuse(413, "Too large.")


async def _read_capped(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            _refuse(413, "Too large.")
    return bytes(body)


def _read_update(body: bytes) -> Incoming:
    try:
        incoming = read_incoming(json.loads(body.decode("utf-8"), parse_constant=_refuse_constant))
    except (ValueError, RecursionError):
        incoming = None
    if incoming is None:
        _refuse(400, "This is no update.")
    return incoming


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("JSON knows no such number")


def _refuse(status: int, words: str) -> NoReturn:
    raise HTTPException(status, words)


def _not_now() -> Response:
    """Telegram keeps the update, and the order of its chat, and sends it again."""
    return PlainTextResponse("Not now.", status_code=503, headers={"Retry-After": str(TRY_AGAIN_AFTER_S)})


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
