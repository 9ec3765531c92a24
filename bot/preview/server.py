"""The local page: a chat in the browser with the real application. Knows HTTP and its dangers; answers nothing itself.

Endpoints: the page at `/`, `POST /api/message {text}`, `POST /api/press {data, message_id}`,
`POST /api/file?name=…` with the bytes of a picture or file, `GET /api/news` (alerts),
`GET /api/commands`, `GET /healthz`. A browser session is a chat of its own, named by a cookie, so it survives a restart
of the server.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import mimetypes
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.preview.conversation import Conversations, Turn
from bot.preview.recording import Shown

STATIC = Path(__file__).parent / "static"
LARGEST_BODY_BYTES = 64 * 1024
LARGEST_FILE_BYTES = 20 * 1024 * 1024  # as from Telegram
_FILES_AT_ONCE = 2
_TYPES = {"/api/file": "application/octet-stream"}  # a type that no other site can send without our leave
LONGEST_TEXT = 4096  # Telegram's own limit for one message
ANSWERS_AT_ONCE = 16
COOKIE = "satark_session"
COOKIE_LIFE_S = 30 * 24 * 3600
_ANY_ADDRESS = {"0.0.0.0", "::", "[::]", ""}  # noqa: S104  (compared with, not bound)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class BadRequestFromPage(Exception):
    """A request of the page that cannot be served; the words are shown to the person."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


def build_server(conversations: Conversations, *, host: str, port: int) -> Starlette:
    """Build the web application for an address it will be served at (host and port of WEB_LISTEN)."""
    page = _Page(conversations)
    return Starlette(
        routes=[
            Route("/", page.open, methods=["GET"]),
            Route("/api/message", page.message, methods=["POST"]),
            Route("/api/press", page.press, methods=["POST"]),
            Route("/api/file", page.file, methods=["POST"]),
            Route("/api/news", page.news, methods=["GET"]),
            Route("/api/commands", page.commands, methods=["GET"]),
            Route("/healthz", _tell_health, methods=["GET"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(GuardedDoor, allowed_hosts=_allowed_hosts(host, port))],
        exception_handlers={BadRequestFromPage: _explain, Exception: _apologise},
    )


class GuardedDoor:
    """Lets in only requests for our own address and, where they change something, only from our own page.

    Without this any site open in the same browser could talk to the local page, directly or by a DNS name that it
    points at this machine.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: frozenset[str] | None) -> None:
        """Take the names under which the page may be reached; None where it listens on every address."""
        self._app = app
        self._allowed_hosts = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or pass on one request, and add the security headers to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        refusal = self._refuse(Request(scope))
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refuse(self, request: Request) -> Response | None:
        host = request.headers.get("host", "").lower()
        if self._allowed_hosts is not None and host not in self._allowed_hosts:
            return _error("This page can be opened only at its own address. See WEB_LISTEN.", 421)
        if request.method in ("GET", "HEAD"):
            return None
        if not _comes_from_own_page(request, host):
            return _error("This was not sent by the page itself.", 403)
        wanted = _TYPES.get(request.url.path, "application/json")
        if request.headers.get("content-type", "").partition(";")[0].strip() != wanted:
            return _error(f"Send {wanted}.", 415)
        return None


class _Page:
    """The endpoints. Each takes a request, calls the conversation, and returns what was shown as JSON."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._room = asyncio.Semaphore(ANSWERS_AT_ONCE)
        self._room_for_files = asyncio.Semaphore(_FILES_AT_ONCE)

    async def open(self, request: Request) -> Response:
        response = FileResponse(STATIC / "index.html", media_type="text/html; charset=utf-8")
        _ensure_session(request, response)
        return response

    async def message(self, request: Request) -> Response:
        chat_id, body = _chat_of(request), await _read_json(request)
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise BadRequestFromPage("There is nothing to check yet. Please write or paste the offer.")
        text = _without_half_characters(text)
        if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise BadRequestFromPage("This is too long for one message. Please send it in two parts.", 413)
        async with self._room:
            turn = await self._conversations.say(chat_id, text, _language_code(request))
        return _answer(turn)

    async def press(self, request: Request) -> Response:
        chat_id, body = _chat_of(request), await _read_json(request)
        data, message_id = body.get("data"), body.get("message_id")
        if not isinstance(data, str) or not 1 <= len(data.encode(errors="replace")) <= 64:
            raise BadRequestFromPage("This button cannot be used.")
        if not isinstance(message_id, int) or isinstance(message_id, bool) or not 0 < message_id < 2**31:
            raise BadRequestFromPage("This button cannot be used.")
        async with self._room:
            turn = await self._conversations.press(
                chat_id, _without_half_characters(data), message_id, _language_code(request)
            )
        return _answer(turn)

    async def file(self, request: Request) -> Response:
        chat_id, name = _chat_of(request), request.query_params.get("name", "")[:200]
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        async with self._room_for_files:
            data = await _read_body(request, LARGEST_FILE_BYTES, "This file is larger than 20 MB.")
            if not data:
                raise BadRequestFromPage("This file is empty.")
            turn = await self._conversations.send_file(chat_id, data, name, media_type, _language_code(request))
        return _answer(turn)

    async def news(self, request: Request) -> Response:
        return _answer(await self._conversations.listen(_chat_of(request)))

    async def commands(self, request: Request) -> Response:
        return JSONResponse({"commands": self._conversations.recording.commands(_language_code(request))})


async def _tell_health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _chat_of(request: Request) -> int:
    """Return the chat of the browser session: the same after a restart, and not to be guessed by others."""
    session = request.cookies.get(COOKIE, "")
    if len(session) < 20:
        raise BadRequestFromPage("Your session is not known here. Please reload the page.", 401)
    digest = hashlib.sha256(session.encode()).digest()
    return int.from_bytes(digest[:8], "big") % (2**52 - 1) + 1  # Telegram's ids stay below 2**52


def _ensure_session(request: Request, response: Response) -> None:
    if len(request.cookies.get(COOKIE, "")) < 20:
        response.set_cookie(COOKIE, secrets.token_urlsafe(24), max_age=COOKIE_LIFE_S, httponly=True, samesite="strict")


async def _read_json(request: Request) -> dict[str, Any]:
    raw = await _read_body(
        request, LARGEST_BODY_BYTES, "This is too long for one message. Please send it in two parts."
    )
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadRequestFromPage("This could not be read. Please reload the page and try again.") from None
    if not isinstance(body, dict):
        raise BadRequestFromPage("This could not be read. Please reload the page and try again.")
    return body


async def _read_body(request: Request, most_bytes: int, too_long: str) -> bytes:
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > most_bytes:
                raise BadRequestFromPage(too_long, 413)
    except ClientDisconnect:
        raise BadRequestFromPage("This could not be read. Please reload the page and try again.") from None
    return bytes(raw)


def _without_half_characters(text: str) -> str:
    """JSON may smuggle in half characters that no other program takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _language_code(request: Request) -> str:
    """Return the browser's first language, as Telegram would report that of the app."""
    first = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
    return first if first.replace("-", "").isalnum() and len(first) <= 12 else "en"


def _comes_from_own_page(request: Request, host: str) -> bool:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host:
        return False
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def _allowed_hosts(host: str, port: int) -> frozenset[str] | None:
    if host in _ANY_ADDRESS:
        return None
    names = {host.lower(), "localhost", "127.0.0.1", "[::1]"}
    return frozenset(names | {f"{name}:{port}" for name in names})


def _answer(turn: Turn) -> Response:
    return JSONResponse({"messages": [_as_json(shown) for shown in turn.shown], "notices": turn.toasts})


def _as_json(shown: Shown) -> dict[str, Any]:
    return {
        "id": shown.message_id,
        "html" if shown.is_html else "text": shown.html,
        "buttons": [
            [{"text": button.label, "data": button.data, "url": button.url} for button in row] for row in shown.buttons
        ],
        "edits": shown.edits,
    }


async def _explain(_request: Request, error: Exception) -> Response:
    words = error.words if isinstance(error, BadRequestFromPage) else ""
    return _error(words, error.status if isinstance(error, BadRequestFromPage) else 400)


async def _apologise(_request: Request, _problem: Exception) -> Response:
    return _error("Something went wrong here. That says nothing about the offer. Please try again.", 500)


def _error(words: str, status: int) -> Response:
    return JSONResponse({"error": words}, status_code=status)
