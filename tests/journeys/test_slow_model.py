"""A language model that words replies: quick, it is in the first message; slow, the rules' reply comes first."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from fake_advisor import make_reply

from bot.handlers import telling
from knowledge.advisor.guarding.silence import not_said
from knowledge.advisor.replies import Told
from knowledge.vocabulary import Kind, Language, Verdict

OFFER = "Helper job in Russia, tourist visa"
WORDS = "The ministry asks everybody to turn such offers down."


class FakeTeller:
    """Tells as scripted, when it is let."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.askers: list[str | None] = []
        self.better = dataclasses.replace(make_reply(), told=(Told(WORDS, Language.ENGLISH, ("made-up-notice",)),))

    def may_tell(self, reply):
        return reply.kind is Kind.ASSESSMENT

    def tell(self, inquiry, reply, asker=None):
        self.askers.append(asker)
        self.ready.wait(10)
        return self.better


@pytest.fixture
async def teller(bot, monkeypatch):
    monkeypatch.setattr(telling, "PATIENCE_S", 0.2)
    made = FakeTeller()
    await bot.stops()
    await bot.starts(teller=made)
    yield made
    made.ready.set()


async def test_a_quick_model_is_in_the_first_message(telegram, bot, teller):
    teller.ready.set()
    asha = telegram.person(11)

    asha.says(OFFER)
    [answer] = await asha.hears(1)

    assert WORDS in answer.text
    assert teller.askers == ["11"]


async def test_with_a_slow_model_the_rules_reply_comes_first_and_is_edited_in_place(telegram, bot, teller):
    asha = telegram.person(11)

    asha.says(OFFER)
    [first] = await asha.hears(1)
    assert WORDS not in first.text
    assert "Danger" in first.text
    teller.ready.set()
    edited = await asha.sees_edited(first)

    assert WORDS in edited.text
    assert "Danger" in edited.text
    assert edited.labels == first.labels


@pytest.mark.parametrize(
    "lower",
    [
        {"verdict": Verdict.VERIFY},
        {"verdict": Verdict.CAUTION},
        {"verdict": None},
        {"kind": Kind.HELP, "verdict": None},
    ],
)
async def test_a_reply_is_never_edited_into_a_lower_one(telegram, bot, teller, lower):
    teller.better = dataclasses.replace(teller.better, **lower)
    asha = telegram.person(11)

    asha.says(OFFER)
    [first] = await asha.hears(1)
    teller.ready.set()
    asha.says("/about")
    await asha.hears(2)

    assert "Danger" in telegram.sent_to(11)[0].text
    assert telegram.sent_to(11)[0].text == first.text


async def test_an_emergency_is_answered_without_asking_the_model(telegram, bot, teller):
    asha = telegram.person(11)
    bot.advisor.replies_with(make_reply(kind=Kind.EMERGENCY, verdict=None))

    asha.says("they have locked me in")
    await asha.hears(1)

    assert teller.askers == []


async def test_where_the_model_finds_no_record_that_answers_it_is_said_and_staff_may_be_shown_the_question(
    telegram, bot, teller
):
    question = dataclasses.replace(make_reply(kind=Kind.ANSWER, verdict=None), red_flags=(), steps=())
    bot.advisor.replies_with(question)
    teller.may_tell = lambda _reply: True
    teller.better = not_said(question)
    asha = telegram.person(11)

    asha.says("which vaccines do they want there")
    [first] = await asha.hears(1)
    assert "say nothing about this" not in first.text
    teller.ready.set()
    edited = await asha.sees_edited(first)

    assert "say nothing about this" in edited.text
    assert "Ask the Indian Embassy" in edited.text
    assert "Ministry of Examples" not in edited.text
    assert set(edited.labels) - set(first.labels)  # the offer to let staff see the question
