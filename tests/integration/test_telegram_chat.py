"""The conversation in the terminal, over the same application."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from fake_advisor import FakeAdvisor, make_helpline, make_library
from rich.console import Console

from bot.application import build_application, running
from bot.commands.chat import converse, read_messages, to_rich
from bot.people import People
from bot.preview.conversation import Conversations
from bot.preview.recording import RecordingRequest
from knowledge.database import Base, build_engine
from knowledge.settings import Settings


async def test_an_offer_is_answered_and_a_number_presses_its_button(tmp_path: Path):
    advisor = FakeAdvisor()

    printed = await _talk(tmp_path, advisor, ["Helper job in Russia", "1"])

    assert [inquiry.text for inquiry in advisor.asked] == ["Helper job in Russia"]
    assert "[1] Evidence" in printed
    assert "Do not accept helper jobs near a front." in printed


async def test_a_message_goes_on_with_the_one_before(tmp_path: Path):
    advisor = FakeAdvisor()

    await _talk(tmp_path, advisor, ["Helper job in Russia", "and the fee?"])

    first, second = advisor.asked
    assert first.earlier is None
    assert first.can_be_asked
    assert second.earlier is not None
    assert second.earlier.text == "Helper job in Russia"


async def test_a_number_without_a_button_is_a_message(tmp_path: Path):
    advisor = FakeAdvisor()

    await _talk(tmp_path, advisor, ["1930"])

    assert [inquiry.text for inquiry in advisor.asked] == ["1930"]


def test_lines_from_a_pipe_are_messages_and_a_backslash_joins_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("first\n\nsecond\\\nline\nlast\\"))

    assert list(read_messages()) == ["first", "second\nline", "last"]


def test_markup_becomes_style_and_control_characters_are_dropped():
    text = to_rich('<b>Danger</b> &lt;1&gt; <a href="https://example.org">notice</a>\x1b[2J')

    assert text.plain == "Danger <1> notice (https://example.org)[2J"


async def _talk(folder: Path, advisor: FakeAdvisor, messages: list[str]) -> str:
    engine = build_engine(f"sqlite:///{folder / 'people.sqlite3'}")
    Base.metadata.create_all(engine)
    people = People(engine, lambda: dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    recording = RecordingRequest()
    application = build_application(
        Settings(_env_file=None), advisor, people, lambda: make_library(make_helpline()), request=recording
    )
    console = Console(file=io.StringIO(), width=100)
    async with running(application):
        await converse(Conversations(application, recording), console, iter(messages))
    engine.dispose()
    return console.file.getvalue()
