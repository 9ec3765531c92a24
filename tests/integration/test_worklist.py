"""The work list in a real database: words only by consent and masked, counts that lead back to nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from knowledge import worklist
from knowledge.worklist import Sort, Why

NOON = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)
VAIN = Sort(Why.UNANSWERED, "answer", "hi", ("QA", "AE"))


@pytest.fixture
def session(either_engine):
    with Session(either_engine) as session:
        yield session


def test_the_same_sort_of_question_on_a_day_is_one_row(session):
    for _ in range(3):
        worklist.count_question(session, VAIN, day=NOON.date())
    worklist.count_question(session, Sort(Why.NOT_HELPFUL, "answer", "hi"), day=NOON.date())

    counts = worklist.list_counts(session, NOON.date())

    assert [(one.sort.why, one.sort.countries, one.count) for one in counts] == [
        (Why.UNANSWERED, ("AE", "QA"), 3),
        (Why.NOT_HELPFUL, (), 1),
    ]


def test_the_order_of_countries_makes_no_other_sort_and_many_are_cut(session):
    many = tuple(f"{letter}A" for letter in "ABCDEFGHIJ")
    worklist.count_question(session, Sort(Why.UNANSWERED, "answer", "en", many), day=NOON.date())
    worklist.count_question(session, Sort(Why.UNANSWERED, "answer", "en", many[::-1]), day=NOON.date())

    [one] = worklist.list_counts(session, NOON.date())

    assert one.count == 2
    assert len(one.sort.countries) == 5


def test_counts_of_earlier_days_are_left_out(session):
    worklist.count_question(session, VAIN, day=NOON.date() - dt.timedelta(days=31))

    assert worklist.list_counts(session, NOON.date() - dt.timedelta(days=30)) == ()


def test_personal_numbers_are_masked_whoever_stores_a_question(session):
    words = "Call 99999 01234, passport Z1234567, fee ₹50,000"
    worklist.save_question(session, 11, words, VAIN, at=NOON)

    [listed] = worklist.list_questions(session)

    assert "99999" not in listed.words
    assert "Z1234567" not in listed.words
    assert "₹50,000" in listed.words


def test_a_question_that_is_done_is_off_the_list_and_cannot_be_done_twice(session):
    number = worklist.save_question(session, 11, "Qatar?", VAIN, at=NOON)

    assert worklist.mark_done(session, number, by="staff 1", at=NOON)
    assert not worklist.mark_done(session, number, by="staff 2", at=NOON)
    assert worklist.list_questions(session) == ()
    assert worklist.count_open(session) == 0
    assert worklist.count_of(session, 11) == 1  # it is still stored, so /my_data says so


def test_forgetting_somebody_takes_their_questions_and_nobody_elses(session):
    worklist.save_question(session, 11, "Qatar?", VAIN, at=NOON)
    worklist.save_question(session, 12, "Kuwait?", VAIN, at=NOON)

    worklist.forget(session, 11)

    assert [one.words for one in worklist.list_questions(session)] == ["Kuwait?"]
