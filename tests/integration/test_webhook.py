"""The webhook's door: what it refuses, what it stores, and what it says when it cannot store."""

from __future__ import annotations

import asyncio
import gzip
import hmac
import json
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from bot import webhook
from bot.incoming import Incoming
from bot.webhook import LARGEST_BODY_BYTES, WebhookAddress, build_web_app
from knowledge.database import DatabaseUnavailable
from knowledge.settings import Settings

SECRET = "invented_secret-of-the-tests-0001"
ADDRESS = WebhookAddress("https://bot.example.org/telegram", SECRET)
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 5, "message": {"chat": {"id": 11}, "text": "Helper job"}}
BODY = json.dumps(UPDATE).encode()
FROM_TELEGRAM = [(HEADER, SECRET), ("Content-Type", "application/json")]


class FakeWorker:
    """Takes updates, or fails as told."""

    def __init__(self) -> None:
        self.taken: list[Incoming] = []
        self.broken = False
        self.is_full = False
        self.waits_s = 0.0

    async def take(self, arrived: Sequence[Incoming]) -> None:
        if self.broken:
            raise DatabaseUnavailable("away")
        self.taken += arrived

    async def oldest_waiting_s(self) -> float:
        if self.broken:
            raise DatabaseUnavailable("away")
        return self.waits_s


@pytest.fixture
def worker() -> FakeWorker:
    return FakeWorker()


@pytest.fixture
async def door(worker) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_web_app(worker, ADDRESS, body_within_s=0.2))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        yield client


async def _never_ending():
    yield b"{"
    await asyncio.sleep(5)
    yield b"}"


async def _too_much_without_a_length():
    for _ in range(5):
        yield b" " * (LARGEST_BODY_BYTES // 4)


def _headers(*, secret: str | None = SECRET, kind: str | None = "application/json", **more: str):
    given = [(HEADER, secret)] if secret is not None else []
    given += [("Content-Type", kind)] if kind is not None else []
    return [*given, *((name.replace("_", "-"), value) for name, value in more.items())]


# remark, method, headers, body, status
REFUSED = [
    ("no secret", "POST", _headers(secret=None), BODY, 403),
    ("an empty secret", "POST", _headers(secret=""), BODY, 403),
    ("a wrong secret", "POST", _headers(secret="another_secret-of-the-tests-0001"), BODY, 403),
    ("a secret with one letter changed", "POST", _headers(secret=SECRET[:-1] + "2"), BODY, 403),
    ("the beginning of the secret", "POST", _headers(secret=SECRET[:-1]), BODY, 403),
    ("the secret and more", "POST", _headers(secret=SECRET + "1"), BODY, 403),
    ("the secret in capitals", "POST", _headers(secret=SECRET.upper()), BODY, 403),
    ("a secret of 257 letters", "POST", _headers(secret="a" * 257), BODY, 403),
    ("a secret beyond ASCII", "POST", [(HEADER.encode(), "schlüssel".encode()), *FROM_TELEGRAM[1:]], BODY, 403),
    ("the secret twice", "POST", [(HEADER, SECRET), *FROM_TELEGRAM], BODY, 403),
    ("a right and a wrong secret", "POST", [(HEADER, "wrong"), *FROM_TELEGRAM], BODY, 403),
    ("the secret cut in two headers", "POST", [(HEADER, SECRET[:9]), (HEADER, SECRET[9:])], BODY, 403),
    ("no content type", "POST", _headers(kind=None), BODY, 415),
    ("a form", "POST", _headers(kind="application/x-www-form-urlencoded"), BODY, 415),
    ("plain text", "POST", _headers(kind="text/plain"), BODY, 415),
    ("nearly JSON", "POST", _headers(kind="application/json5"), BODY, 415),
    ("another character set", "POST", _headers(kind="application/json; charset=utf-16"), BODY, 415),
    ("a compressed body", "POST", _headers(Content_Encoding="gzip"), gzip.compress(BODY), 415),
    ("an unknown compression", "POST", _headers(Content_Encoding="br"), BODY, 415),
    ("5 MB", "POST", _headers(), b" " * 5 * 1024 * 1024, 413),
    ("more than 1 MB without a length", "POST", _headers(), _too_much_without_a_length, 413),
    ("a length that is no number", "POST", _headers(Content_Length="ten"), BODY, 400),
    ("a negative length", "POST", _headers(Content_Length="-1"), BODY, 400),
    ("a body that does not end", "POST", _headers(), _never_ending, 408),
    ("nothing", "POST", _headers(), b"", 400),
    ("no JSON", "POST", _headers(), b"update_id=5", 400),
    ("half JSON", "POST", _headers(), BODY[:-5], 400),
    ("JSON in UTF-16", "POST", _headers(), json.dumps(UPDATE).encode("utf-16"), 400),
    ("bytes that are no text", "POST", _headers(), b'{"update_id": 5, "a": "\xff"}', 400),
    ("an array", "POST", _headers(), json.dumps([UPDATE]).encode(), 400),
    ("a number", "POST", _headers(), b"5", 400),
    ("null", "POST", _headers(), b"null", 400),
    ("NaN", "POST", _headers(), b'{"update_id": 5, "a": NaN}', 400),
    ("the wrong shape", "POST", _headers(), b'{"ok": true, "result": []}', 400),
    ("a number that is a word", "POST", _headers(), b'{"update_id": "5"}', 400),
    ("a number that is true", "POST", _headers(), b'{"update_id": true}', 400),
    ("a negative number", "POST", _headers(), b'{"update_id": -5}', 400),
    ("a number beyond 64 bits", "POST", _headers(), b'{"update_id": 9223372036854775808}', 400),
    ("a number of 10,000 digits", "POST", _headers(), b'{"update_id": ' + b"9" * 10_000 + b"}", 400),
    ("brackets 100,000 deep", "POST", _headers(), b"[" * 100_000, 400),
    ("GET", "GET", FROM_TELEGRAM, b"", 405),
    ("PUT", "PUT", FROM_TELEGRAM, BODY, 405),
    ("DELETE", "DELETE", FROM_TELEGRAM, b"", 405),
]


@pytest.mark.parametrize(("_", "method", "headers", "body", "status"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_what_telegram_does_not_send_is_refused_and_nothing_is_stored(
    door, worker, _, method, headers, body, status
):
    answer = await door.request(method, "/telegram", headers=headers, content=body() if callable(body) else body)

    assert answer.status_code == status
    assert worker.taken == []
    assert SECRET not in answer.text


async def test_an_update_is_stored_and_then_taken(door, worker):
    answer = await door.post("/telegram", headers=FROM_TELEGRAM, content=BODY)

    assert (answer.status_code, answer.content) == (200, b"")
    assert [(one.update_id, one.chat_id) for one in worker.taken] == [(5, 11)]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
async def test_a_character_set_that_a_proxy_adds_does_no_harm(door, worker, kind):
    assert (await door.post("/telegram", headers=_headers(kind=kind), content=BODY)).status_code == 200


@pytest.mark.parametrize("trouble", ["broken", "is_full"])
async def test_what_cannot_be_stored_is_left_with_telegram(door, worker, trouble):
    setattr(worker, trouble, True)

    answer = await door.post("/telegram", headers=FROM_TELEGRAM, content=BODY)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert worker.taken == []


async def test_every_secret_is_compared_in_constant_time(door, monkeypatch):
    compared, really_compare = [], hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return really_compare(one, other)

    monkeypatch.setattr(webhook.hmac, "compare_digest", compare)
    for secret in ("", "a", SECRET, SECRET + "1", "a" * 257):
        await door.post("/telegram", headers=_headers(secret=secret), content=BODY)

    assert compared == [(32, 32)] * 5  # digests, so that not even the length is told


async def test_only_the_address_and_the_health_are_there(door):
    assert (await door.post("/", headers=FROM_TELEGRAM, content=BODY)).status_code == 404
    assert (await door.post("/telegram/", headers=FROM_TELEGRAM, content=BODY)).status_code in (307, 404)


@pytest.mark.parametrize(
    ("broken", "waits_s", "status", "words"),
    [(False, 0.0, 200, "ok"), (False, 600.0, 200, "behind"), (True, 0.0, 503, "no database")],
)
async def test_the_health_tells_whether_updates_are_stored_and_handled(door, worker, broken, waits_s, status, words):
    worker.broken, worker.waits_s = broken, waits_s

    answer = await door.get("/healthz")

    assert (answer.status_code, answer.json()["status"]) == (status, words)


# --- settings ---


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://bot.example.org/telegram", "https"),
        ("https://bot.example.org:8080/telegram", "8443"),
        ("ftp://bot.example.org/telegram", "https"),
        ("bot.example.org/telegram", "https://host/path"),
        ("https://user:word@bot.example.org/telegram", "without user name"),
        ("https://bot.example.org/telegram?a=b", "question mark"),
        ("https://[bot/telegram", "no address"),
        ("https://bot.example.org/healthz", "healthz"),
    ],
)
def test_an_address_that_telegram_would_refuse_stops_the_start(url, problem):
    with pytest.raises(ValueError, match=problem):
        Settings(_env_file=None, telegram_webhook_url=url, telegram_webhook_secret=SECRET)


@pytest.mark.parametrize("secret", [None, "short", "with spaces in it, twice", "ß" * 20, "a" * 257])
def test_an_address_needs_a_secret_that_telegram_takes(secret):
    with pytest.raises(ValueError, match="telegram_webhook_secret"):
        Settings(_env_file=None, telegram_webhook_url=ADDRESS.url, telegram_webhook_secret=secret)


@pytest.mark.parametrize("url", ["https://bot.example.org", "https://bot.example.org:8443/a/b", "http://127.0.0.1:9/t"])
def test_an_address_that_telegram_can_post_to_is_taken(url):
    settings = Settings(_env_file=None, telegram_webhook_url=url, telegram_webhook_secret=SECRET)

    assert settings.telegram_webhook_url == url
    assert SECRET not in repr(settings)


def test_the_path_of_the_address_is_served():
    assert WebhookAddress("https://bot.example.org", SECRET).path == "/"
    assert WebhookAddress("https://bot.example.org/a/b", SECRET).path == "/a/b"
