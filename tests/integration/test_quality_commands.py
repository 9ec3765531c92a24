"""`satark status` and `satark-ingest worklist` with answers of a language model: figures, and items to look at."""

from __future__ import annotations

import json

import pytest
from command_line import CommandLine
from quality_builders import QUALITY_MODEL, SHOWN_WORDS, make_quality
from starter_store import copy_database
from typer.testing import CliRunner

from bot.jobs import now_utc
from ingest.__main__ import app as ingest_app
from knowledge.chat.quality_store import Mark, mark_answer, save_quality
from knowledge.database import build_engine, write_session


@pytest.fixture
def satark(starter_folder, tmp_path, monkeypatch):
    return CommandLine(monkeypatch, copy_database(starter_folder, tmp_path / "data"), tmp_path)


@pytest.fixture
def engine(satark):
    made = build_engine(f"sqlite:///{satark.data_dir / 'satark.sqlite3'}")
    yield made
    made.dispose()


def store(engine, *scores: float | None) -> list[int]:
    today = now_utc().date()
    with write_session(engine) as session:
        return [save_quality(session, make_quality(one), model=QUALITY_MODEL, day=today, chance=0.0) for one in scores]


def test_status_says_how_good_todays_words_were(satark, engine, monkeypatch):
    monkeypatch.setenv("CHAT_MODEL", QUALITY_MODEL)
    first, *_ = store(engine, 0.41, 0.8, None)
    with write_session(engine) as session:
        mark_answer(session, first, Mark.WRONG, by="staff 900", day=now_utc().date())

    facts = json.loads(satark.run("status", "--json").stdout)

    assert facts["chat_told_replies_today"] == "2 of 3 answers that were read"
    assert facts["chat_sentences_kept_back_today"] == "7 of 9 (name 7)"
    assert facts["chat_least_support_today"] == "nearness 0.41"
    assert facts["chat_marked_wrong"] == "1 today, 1 in 30 days"
    assert facts["chat_answers_to_look_at"] == "1 (/worklist)"
    assert "7 of 9 (name 7)" in satark.run("status").stdout


def test_status_on_a_day_without_answers_says_none_rather_than_zero_support(satark, monkeypatch):
    monkeypatch.setenv("CHAT_MODEL", QUALITY_MODEL)

    facts = json.loads(satark.run("status", "--json").stdout)

    assert facts["chat_told_replies_today"] == "0 of 0 answers that were read"
    assert facts["chat_least_support_today"] is None


@pytest.mark.parametrize("name", ["", "none", "None"])
def test_without_a_model_status_says_so_in_one_line(satark, monkeypatch, name):
    monkeypatch.setenv("CHAT_MODEL", name)

    facts = json.loads(satark.run("status", "--json").stdout)

    assert [fact for fact in facts if fact.startswith("chat_")] == ["chat_model"]


def test_none_in_the_environment_holds_against_a_model_in_the_settings_file(satark, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text(f"CHAT_MODEL={QUALITY_MODEL}\n")
    assert json.loads(satark.run("status", "--json").stdout)["chat_model"] == QUALITY_MODEL

    monkeypatch.setenv("CHAT_MODEL", "none")

    assert json.loads(satark.run("status", "--json").stdout)["chat_model"].startswith("none")


def test_the_work_list_of_the_command_line_shows_answers_to_look_at(satark, engine):
    store(engine, 0.9, 0.3)

    listed = json.loads(CliRunner().invoke(ingest_app, ["worklist", "--json"]).stdout)
    printed = CliRunner().invoke(ingest_app, ["worklist"]).stdout

    assert listed["open_model_answers"] == 2
    assert [one["score"] for one in listed["model_answers"]] == [0.3, 0.9]
    assert listed["model_answers"][0]["shown"] == [SHOWN_WORDS]
    assert listed["model_answers"][0]["records"] == ["notice-1"]
    assert SHOWN_WORDS in printed
    assert "notice-1" in printed
