"""The local page's server: who is let in, what is refused, and that conversations stay apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fake_advisor import FakeAdvisor, make_helpline, make_library

from bot.application import build_application, running
from bot.people import People
from bot.presenters import fixed_texts
from bot.preview.conversation import Conversations
from bot.preview.recording import RecordingRequest
from bot.preview.server import COOKIE, LARGEST_BODY_BYTES, build_server
from bot.preview.serving import AddressInUse, open_socket
from knowledge.database import Base, build_engine
from knowledge.settings import Settings

HOST = "127.0.0.1:8080"
SESSION = "invented-session-of-a-test-0001"


@pytest.fixture
def advisor() -> FakeAdvisor:
    return FakeAdvisor()


@pytest.fixture
async def client(tmp_path: Path, advisor: FakeAdvisor) -> AsyncIterator[httpx.AsyncClient]:
    engine = build_engine(f"sqlite:///{tmp_path / 'people.sqlite3'}")
    Base.metadata.create_all(engine)
    people = People(engine, lambda: dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    recording = RecordingRequest()
    application = build_application(
        Settings(_env_file=None), advisor, people, lambda: make_library(make_helpline()), request=recording
    )
    async with running(application):
        server = build_server(Conversations(application, recording), host="127.0.0.1", port=8080)
        transport = httpx.ASGITransport(server, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://{HOST}", cookies={COOKIE: SESSION}
        ) as opened:
            yield opened
    engine.dispose()


async def test_a_message_gets_what_the_bot_sends_in_order(client):
    answer = (await client.post("/api/message", json={"text": "/start"})).json()
    again = (await client.post("/api/press", json={"data": "v1:t", "message_id": answer["messages"][0]["id"]})).json()

    assert "not a government service" in answer["messages"][0]["html"]
    assert fixed_texts.SAMPLE_INTRODUCTION in again["messages"][0]["html"]
    assert again["messages"][1]["buttons"]
    assert [message["id"] for message in again["messages"]] == sorted(message["id"] for message in again["messages"])


async def test_feedback_is_thanked_for_by_a_short_notice(client):
    reply = (await client.post("/api/message", json={"text": "offer"})).json()["messages"][0]
    helpful = reply["buttons"][-1][0]["data"]

    answer = (await client.post("/api/press", json={"data": helpful, "message_id": reply["id"]})).json()

    assert answer == {"messages": [], "notices": [fixed_texts.FEEDBACK_THANKS]}


async def test_two_browsers_are_two_chats(client):
    reply = (await client.post("/api/message", json={"text": "offer"})).json()["messages"][0]
    evidence = {"data": reply["buttons"][0][0]["data"], "message_id": reply["id"]}

    client.cookies.set(COOKIE, "another-session-of-a-test-0002")
    answer = (await client.post("/api/press", json=evidence)).json()

    assert answer["messages"][0]["html"] == fixed_texts.BUTTON_TOO_OLD


async def test_a_failing_advisor_is_apologised_for(client, advisor):
    advisor.fails_with(ValueError("x"))

    answer = await client.post("/api/message", json={"text": "offer"})

    assert answer.status_code == 200
    assert fixed_texts.APOLOGY in answer.json()["messages"][0]["html"]


async def test_the_page_sets_a_session_and_a_strict_policy(client):
    client.cookies.clear()

    answer = await client.get("/")

    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_the_page_uses_nothing_from_elsewhere(client):
    names = ["/", "/static/page.css", "/static/page.js", "/static/markup.js", "/static/icon.svg"]

    for name in names:
        text = (await client.get(name)).text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
        assert "onclick=" not in text


async def test_health_is_told(client):
    assert (await client.get("/healthz")).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_requests_from_elsewhere_are_refused(client, advisor, headers, status):
    answer = await client.post(
        "/api/message", content='{"text": "offer"}', headers={"content-type": "application/json", **headers}
    )

    assert answer.status_code == status
    assert answer.json()["error"]
    assert advisor.asked == []


async def test_the_page_itself_is_let_in(client):
    answer = await client.post(
        "/api/message", json={"text": "offer"}, headers={"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[]", 400),
        (b"[" * 50_000, 400),
        (b'{"text": 5}', 400),
        (b'{"text": "  "}', 400),
        (b'{"text": "' + b"a" * 4097 + b'"}', 413),
        (b'{"text": "' + b"a" * LARGEST_BODY_BYTES + b'"}', 413),
    ],
)
async def test_unusable_messages_are_refused_with_words(client, advisor, body, status):
    answer = await client.post("/api/message", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == status
    assert answer.json()["error"]
    assert advisor.asked == []


@pytest.mark.parametrize(
    "body",
    [
        {"data": "", "message_id": 1},
        {"data": "x" * 65, "message_id": 1},
        {"data": "v1:t", "message_id": True},
        {"data": "v1:t", "message_id": -1},
        {"data": "v1:t", "message_id": "1"},
        {"data": None, "message_id": 1},
    ],
)
async def test_unusable_presses_are_refused(client, body):
    assert (await client.post("/api/press", json=body)).status_code == 400


async def test_half_characters_do_no_harm(client):
    answer = await client.post(
        "/api/message", content=b'{"text": "offer \\ud83d"}', headers={"content-type": "application/json"}
    )

    assert answer.status_code == 200


async def test_without_a_session_the_person_is_asked_to_reload(client):
    client.cookies.clear()

    answer = await client.post("/api/message", json={"text": "offer"})

    assert answer.status_code == 401
    assert "reload" in answer.json()["error"]


async def test_a_hindi_browser_is_greeted_as_a_hindi_telegram_would_be(client):
    answer = await client.get("/api/commands", headers={"accept-language": "hi-IN,en;q=0.5"})

    assert {"check", "helplines"} <= {command["command"] for command in answer.json()["commands"]}


def test_an_address_in_use_is_named_with_what_to_do():
    with open_socket("127.0.0.1", 0) as taken, pytest.raises(AddressInUse, match="WEB_LISTEN"):
        open_socket("127.0.0.1", taken.getsockname()[1])


# Pictures and files

BYTES = {"content-type": "application/octet-stream"}


async def test_a_file_is_read_and_answered(client: httpx.AsyncClient, advisor: FakeAdvisor):
    answer = await client.post("/api/file?name=offer.txt", content=b"Helper job in Russia, tourist visa", headers=BYTES)

    assert answer.status_code == 200
    assert [inquiry.text for inquiry in advisor.asked] == ["Helper job in Russia, tourist visa"]
    assert "I read this in it" in str(answer.json())


async def test_a_broken_picture_is_answered_kindly(client: httpx.AsyncClient, advisor: FakeAdvisor):
    answer = await client.post("/api/file?name=a.png", content=b"\x89PNG\r\n\x1a\n broken", headers=BYTES)

    assert "says nothing about the offer" in str(answer.json())
    assert advisor.asked == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", BYTES, 400),
        (b"x" * (20 * 1024 * 1024 + 1), BYTES, 413),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"x", {"content-type": "text/plain"}, 415),
        (b"x", {**BYTES, "origin": "https://evil.example"}, 403),
        (b"x", {**BYTES, "sec-fetch-site": "cross-site"}, 403),
    ],
    ids=["empty", "too large", "json", "form of another site", "other origin", "cross-site"],
)
async def test_what_is_no_file_of_the_page_is_refused(client: httpx.AsyncClient, content, headers, status):
    answer = await client.post("/api/file?name=a.png", content=content, headers=headers)

    assert answer.status_code == status
    assert answer.json()["error"]


async def test_a_message_cannot_come_as_bytes(client: httpx.AsyncClient):
    assert (await client.post("/api/message", content=b"x", headers=BYTES)).status_code == 415
