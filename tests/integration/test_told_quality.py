"""How a language model did, in a real database: what is kept, what never is, who looks at it, how long it stays."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading

import pytest
import structlog
from quality_builders import QUALITY_MODEL, SHOWN_WORDS, make_quality
from sqlalchemy import inspect
from sqlalchemy.orm import Session
from starter_store import LOADED_AT, Starter
from store_builders import make_engine

from bot.texts import every_text
from knowledge.advisor.replies import Inquiry
from knowledge.advisor.telling import Teller
from knowledge.chat.limited import LimitedChatModel, Limits
from knowledge.chat.quality import Quality
from knowledge.chat.quality_store import (
    Mark,
    QualityKeeper,
    count_answers,
    count_wrong,
    list_answers,
    list_qualities,
    mark_answer,
    read_figures,
    save_quality,
)
from knowledge.chat.scripted import ScriptedChatModel
from knowledge.chat.usage import MemoryUsage
from knowledge.database import DatabaseUnavailable, read_session
from knowledge.vocabulary import Language

DAY = dt.date(2026, 11, 22)
OFFER = "Helper in Russia, 2 lakh a month, tourist visa"


def save(session: Session, quality: Quality, *, chance: float = 1.0, day: dt.date = DAY) -> int:
    return save_quality(session, quality, model=QUALITY_MODEL, day=day, chance=chance)


@pytest.fixture
def session(either_engine):
    with Session(either_engine) as session:
        yield session


# --- what is kept ---


def test_what_was_measured_comes_back_as_it_was(session):
    told, silent = make_quality(), make_quality(None)
    save(session, told)
    save(session, silent)

    assert list_qualities(session, QUALITY_MODEL) == (told, silent)
    assert list_qualities(session, "another:model") == ()


def test_nobody_and_no_time_of_day_is_named_in_a_row(either_engine):
    columns = {column["name"]: str(column["type"]) for column in inspect(either_engine).get_columns("told_quality")}

    assert not {"chat_id", "person_id", "asker", "text", "question", "message"} & set(columns)
    assert not [name for name, kind in columns.items() if "TIME" in kind.upper()]


def test_the_figures_of_a_day_are_its_own(session):
    save(session, make_quality(0.8))
    save(session, make_quality(0.5, right_language=False))
    save(session, make_quality(None))
    save(session, make_quality(0.1), day=DAY - dt.timedelta(days=1))

    figures = read_figures(session, QUALITY_MODEL, DAY)

    assert (figures.answers, figures.told, figures.said, dict(figures.refused)) == (3, 2, 9, {"name": 7})
    assert (figures.least_near, figures.in_other_language) == (0.5, 1)
    assert read_figures(session, "another:model", DAY).answers == 0


# --- what staff look at ---


def test_the_lowest_of_many_and_one_in_twenty_of_the_others_come_before_staff(session):
    chance, scores = random.Random(7), random.Random(8)
    for _ in range(400):
        save(session, make_quality(scores.uniform(0.3, 0.9)), chance=chance.random())

    listed = list_answers(session, most=400)
    low = [one for one in listed if one.why == "low"]

    assert [one.quality.score for one in listed] == sorted(one.quality.score for one in listed)
    assert 10 <= len(low) <= 60
    assert 5 <= len(listed) - len(low) <= 40
    assert listed[0].quality.score == min(quality.score for quality in list_qualities(session, QUALITY_MODEL))


def test_a_model_that_always_does_the_same_does_not_flood_staff(session):
    for _ in range(100):
        save(session, make_quality(0.7))

    assert count_answers(session) == 1


def test_what_was_kept_back_whole_is_not_put_before_staff(session):
    save(session, make_quality(None), chance=0.0)

    assert list_answers(session) == ()


def test_an_answer_is_marked_once_and_wrong_ones_are_counted_on_the_day_they_are_found(session):
    first, second = save(session, make_quality(0.8)), save(session, make_quality(0.2))

    assert mark_answer(session, first, Mark.FINE, by="staff 900", day=DAY)
    assert mark_answer(session, second, Mark.WRONG, by="staff 900", day=DAY + dt.timedelta(days=2))
    assert not mark_answer(session, second, Mark.FINE, by="staff 901", day=DAY)

    assert count_answers(session) == 0
    assert count_wrong(session, DAY) == 1
    assert count_wrong(session, DAY + dt.timedelta(days=3)) == 0


def test_what_staff_are_not_asked_about_cannot_be_marked(session):
    save(session, make_quality(0.8))
    unlisted = save(session, make_quality(0.9))

    assert not mark_answer(session, unlisted, Mark.WRONG, by="staff 900", day=DAY)
    assert not mark_answer(session, 12345, Mark.WRONG, by="staff 900", day=DAY)


# --- how it gets there ---


class Situation:
    """The real advisor and guards, a scripted model, and a keeper on a database of its own."""

    def __init__(self, starter: Starter, engine) -> None:
        self.starter, self.engine, self.model = starter, engine, ScriptedChatModel()
        self.keeper = QualityKeeper(engine, QUALITY_MODEL, lambda: LOADED_AT, chance=lambda: 1.0)
        limited = LimitedChatModel(self.model, Limits(), MemoryUsage(), lambda: LOADED_AT)
        self.teller = Teller(limited, lambda: starter.library, None, every_text(), note_quality=self.keeper.note)

    def tells(self, text: str):
        inquiry = Inquiry(text)
        return self.teller.tell(inquiry, self.starter.advisor.reply(inquiry))

    def says(self, text: str, *echoed: str) -> None:
        """Make the model say a true sentence of a record, and these others as if the same record said them."""
        reply = self.starter.advisor.reply(Inquiry(text))
        position = next(n for n, cited in enumerate(reply.citations, 1) if cited.type == "advisory")
        true = self.starter.library.advisories[reply.citations[position - 1].id].gist["en"]
        claims = [{"text": words, "sources": [f"S{position}"]} for words in (true, *echoed)]
        self.model.replies_with(json.dumps({"claims": claims, "raise": None}))

    def stored(self) -> tuple[Quality, ...]:
        self.keeper.finish()
        with read_session(self.engine) as session:
            return list_qualities(session, QUALITY_MODEL)


@pytest.fixture
def situation(starter, tmp_path):
    engine = make_engine(tmp_path)
    made = Situation(starter, engine)
    yield made
    made.keeper.finish()
    engine.dispose()


def test_each_worded_reply_leaves_one_row_with_what_was_shown(situation):
    situation.says(OFFER, "The agent Zanzibar Placement is approved.")

    told = situation.tells(OFFER)
    [quality] = situation.stored()

    assert quality.shown == tuple(one.words for one in told.told)
    assert quality.shown
    assert quality.records == told.told[0].citations
    assert (quality.said, sum(quality.refused.values())) == (2, 1)
    assert (quality.verdict, quality.language) == (told.verdict, Language.ENGLISH)


def test_a_reply_that_no_model_words_leaves_none(situation):
    situation.says(OFFER)

    situation.tells("hello")
    situation.tells("I am locked in a compound in Myanmar, they beat me, help")

    assert situation.stored() == ()


def test_nothing_that_a_person_wrote_is_stored_or_logged_though_the_model_repeats_it(situation, tmp_path):
    secrets = ("Quixolent", "Brembakul", "Vazurinda")
    text = f"{OFFER}. I am {secrets[0]} of {secrets[1]}, my agent is {secrets[2]}, call 99999 01234"
    echoes = [f"{secret} is offered a helper job in Russia and should turn it down." for secret in secrets]
    situation.says(text, *echoes, f"Call 99999 01234 for {secrets[0]}.")

    with structlog.testing.capture_logs() as logs:
        told = situation.tells(text)
        [quality] = situation.stored()

    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert len(told.told) == len(quality.shown) == 1
    assert sum(quality.refused.values()) == 4
    for word in (*secrets, "01234", "2 lakh"):
        assert word.encode() not in on_disk
        assert word not in str(logs)


def test_a_store_that_hangs_or_fails_costs_the_reply_nothing(situation, monkeypatch):
    hangs = threading.Event()

    def never_stores(*_arguments, **_more):
        hangs.wait(10)
        raise DatabaseUnavailable(f"the database hangs, and its words hold {SHOWN_WORDS}")

    monkeypatch.setattr("knowledge.chat.quality_store.save_quality", never_stores)
    situation.says(OFFER)

    with structlog.testing.capture_logs() as logs:
        replies = [situation.tells(OFFER) for _ in range(20)]
        hangs.set()
        assert situation.stored() == ()

    assert all(reply.told for reply in replies)
    assert {"DatabaseUnavailable"} == {entry["kind"] for entry in logs if "could not be stored" in entry["event"]}
    assert [entry for entry in logs if "too slow" in entry["event"]]  # more wait than are kept waiting
    assert SHOWN_WORDS not in str(logs)


def test_a_measure_that_fails_costs_the_reply_nothing(situation, monkeypatch):
    def fails(*_arguments, **_more):
        raise ValueError(OFFER)

    monkeypatch.setattr("knowledge.advisor.telling.measure", fails)
    situation.says(OFFER)

    with structlog.testing.capture_logs() as logs:
        assert situation.tells(OFFER).told

    assert OFFER not in str(logs)
