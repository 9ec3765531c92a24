"""Alerts on the local page: they appear in the chat of whoever subscribed there, without a word from the person."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

import httpx
import pytest
from alert_builders import ASHA, BALA, Situation
from fake_advisor import FakeAdvisor, make_library
from starlette.requests import Request
from store_builders import make_engine

from bot.alerts.jobs import alerting
from bot.application import build_application, running
from bot.jobs import now_utc
from bot.people import People
from bot.preview.conversation import Conversations
from bot.preview.recording import RecordingRequest
from bot.preview.server import COOKIE, _chat_of, build_server
from knowledge.settings import Settings


@pytest.fixture
async def page(tmp_path):
    situation = Situation(make_engine(tmp_path))
    situation.now = dt.datetime.now(dt.UTC)
    recording = RecordingRequest()
    application = build_application(
        Settings(_env_file=None), FakeAdvisor(), People(situation.engine, now_utc), make_library, request=recording
    )
    async with running(application), alerting(application, situation.engine):
        server = build_server(Conversations(application, recording), host="127.0.0.1", port=8080)
        transport = httpx.ASGITransport(server)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            await client.get("/")
            yield client, situation
    situation.engine.dispose()


async def test_an_alert_appears_in_the_chat_of_the_page(page):
    client, situation = page
    cookie = f"{COOKIE}={client.cookies[COOKIE]}".encode()
    chat_id = _chat_of(Request({"type": "http", "headers": [(b"cookie", cookie)]}))
    situation.subscribes(chat_id)
    situation.publishes()
    situation.approves(situation.requests(), ASHA, BALA)

    messages, deadline = [], time.monotonic() + 15
    while not messages and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        messages = (await client.get("/api/news")).json()["messages"]

    assert len(messages) == 1
    assert "typing jobs" in messages[0]["html"]
    assert (await client.get("/api/news")).json()["messages"] == []


async def test_without_a_session_there_is_no_news(page):
    client, _ = page

    client.cookies.clear()

    assert (await client.get("/api/news")).status_code == 401
