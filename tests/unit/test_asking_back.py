"""Which question is put back: the country of a job, once, and only where the answer would change what is said."""

from __future__ import annotations

import pytest

from knowledge.advisor.asking_back import COUNTRY, choose_question
from knowledge.advisor.replies import Earlier, Inquiry
from knowledge.advisor.routing import route
from knowledge.reading.offer import read_offer
from knowledge.reading.phrases import load_phrasebook
from knowledge.reading.red_flags import find_red_flags
from knowledge.verdicts import Judgement, Reason
from knowledge.vocabulary import Kind, Verdict

CAUTION = Judgement(Verdict.CAUTION, Reason.SOME_FLAG, ())


def question_for(text: str, judgement: Judgement | None = CAUTION, **more: object) -> str:
    offer = read_offer(text, load_phrasebook())
    flags = find_red_flags(offer)
    inquiry = Inquiry(text, **{"can_be_asked": True, **more})  # type: ignore[arg-type]
    return choose_question(inquiry, offer, flags, route(offer, flags), judgement)


ASKED = (
    ("no country", "Driver job abroad, agent wants 60k before visa, is it ok?"),
    ("a job that says nothing of abroad", "data entry job, 1 lakh salary, is it safe?"),
    ("only a region", "helper job in gulf, 40,000 salary, agent called me"),
    ("Hindi", "विदेश में ड्राइवर की नौकरी, एजेंट 60 हजार मांग रहा है"),
    ("Hinglish", "videsh me helper ki job mil rahi hai 60k salary, sahi hai?"),
    ("Tamil", "வெளிநாட்டில் டிரைவர் வேலை, ஏஜென்ட் 60 ஆயிரம் கேட்கிறார்"),
    ("Bengali", "বিদেশে ড্রাইভারের চাকরি, এজেন্ট ৬০ হাজার চাইছে"),
    ("Urdu", "بیرون ملک ڈرائیور کی نوکری، ایجنٹ 60 ہزار مانگ رہا ہے"),
)
NOT_ASKED = (
    ("the country is named", "Driver job in Kuwait, agent wants 60k before visa"),
    ("a rule", "what may an agent charge?"),
    ("a procedure", "how do I check an agent?"),
    ("somebody in need", "my brother is locked in, they beat him, the company has his passport and pays nothing"),
    ("despair", "I want to end my life"),
    ("an agent by name", "Is Sunrise Overseas Manpower registered?"),
    ("a greeting", "hello"),
    ("about the bot", "who are you?"),
    ("off topic", "who won the cricket match?"),
    ("praise", "good work"),
    ("a job at home", "driver job in Mumbai, 30,000 salary"),
    ("warns others", "beware of this fake agent, driver job abroad, share with all"),
)


@pytest.mark.parametrize(("remark", "text"), ASKED, ids=lambda value: value[:40])
def test_a_job_without_a_country_is_asked_for_it(remark, text):
    assert question_for(text) == COUNTRY


@pytest.mark.parametrize(("remark", "text"), NOT_ASKED, ids=lambda value: value[:40])
def test_nothing_is_asked_where_the_country_would_change_nothing(remark, text):
    assert question_for(text) == ""


@pytest.mark.parametrize(("remark", "text"), ASKED, ids=lambda value: value[:40])
def test_nothing_is_asked_where_nobody_can_answer(remark, text):
    assert question_for(text, can_be_asked=False) == ""


def test_nothing_is_asked_beside_the_strongest_warning():
    assert question_for(ASKED[0][1], Judgement(Verdict.DANGER, Reason.DANGEROUS_FLAG, ())) == ""


def test_nothing_is_asked_twice_in_a_row():
    offer = ASKED[0][1]
    asked = Earlier("driver job abroad", (), Verdict.CAUTION, Kind.ASSESSMENT, COUNTRY)
    not_asked = Earlier("Is Russia safe?", ("RU",), Verdict.DANGER, Kind.ANSWER)

    assert question_for(offer, earlier=asked) == ""
    assert question_for(offer, earlier=not_asked) == COUNTRY
