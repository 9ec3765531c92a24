"""When a model says that the records do not answer: where that is taken, and what the reply becomes."""

from __future__ import annotations

import dataclasses

import pytest
from fake_advisor import make_citation, make_helpline, make_reply

from bot.handlers.asking_staff import was_unanswered
from bot.handlers.telling import _not_lower
from bot.presenters.reply import Operator, present
from knowledge.advisor.guarding.claims import Answer, Claim, Plea, parse_answer
from knowledge.advisor.guarding.silence import is_not_said, not_said
from knowledge.advisor.replies import Reply
from knowledge.agents import AgentClass, AgentFinding, Because
from knowledge.vocabulary import Kind, Language, Verdict

NO = Answer((), answered=False)
QUESTION = Reply(
    kind=Kind.ANSWER,
    verdict=None,
    language=Language.ENGLISH,
    citations=(make_citation(),),
    helplines=(make_helpline(),),
)


def test_a_question_that_no_record_answers_is_said_to_be_unanswered():
    assert is_not_said(NO, QUESTION)


@pytest.mark.parametrize(
    "what",
    [
        {"kind": Kind.ASSESSMENT, "verdict": Verdict.VERIFY},
        {"verdict": Verdict.VERIFY},
        {"verdict": Verdict.DANGER},
        {"red_flags": make_reply().red_flags},
        {"points": ("fee",)},  # the fixed explanation answers
        {"kind": Kind.AGENT},
        {"kind": Kind.EMERGENCY},
    ],
)
def test_a_reply_that_warns_or_explains_keeps_its_records(what):
    assert not is_not_said(NO, dataclasses.replace(QUESTION, **what))


def test_what_the_lists_say_of_an_agent_keeps_its_records():
    finding = AgentFinding(AgentClass.NOT_FOUND, next(iter(Because)), "Example Overseas", None, (), None, None, False)

    assert not is_not_said(NO, dataclasses.replace(QUESTION, agent=finding))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(()),  # said nothing, and not that there is nothing
        Answer((Claim("Do not go.", ("S1",)),), answered=False),
        Answer((), Plea(Verdict.CAUTION, "Do not go.", "S1", "the message"), answered=False),
    ],
)
def test_an_answer_that_contradicts_itself_is_not_taken(answer):
    assert not is_not_said(answer, QUESTION)


def test_the_reply_says_so_lists_no_source_and_says_where_to_ask():
    shown = present(not_said(QUESTION), operator=Operator())

    assert "say nothing about this" in shown.screen
    assert "no approval" in shown.screen
    assert "Ask the Indian Embassy" in shown.screen
    assert "Example line" in shown.screen
    assert "evidence" not in shown.sections
    assert "Ministry of Examples" not in shown.text
    assert "example.org" not in shown.text


def test_staff_may_be_shown_the_question_and_the_reply_is_not_held_back_as_lower():
    better = not_said(QUESTION)

    assert was_unanswered(better)
    assert _not_lower(better, QUESTION) is better


@pytest.mark.parametrize(
    ("given", "answered"), [("", True), (', "answered": true', True), (', "answered": false', False)]
)
def test_whether_the_records_answer_is_an_optional_field(given, answered):
    assert parse_answer(f'{{"claims": []{given}}}').answered is answered
