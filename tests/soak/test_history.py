"""The checker itself: it must see each kind of violation, and nothing where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from history import History, Shown, check, count_extra, list_resumes

GOOD = History(
    shown=[Shown(10.0 + chat_id / 10, chat_id, "a") for chat_id in range(1, 21)],
    due={"a": frozenset(range(1, 21))},
    approved={"a": 9.0},
    starts=[8.5],
)


def seen(*more: Shown) -> History:
    return replace(GOOD, shown=[*GOOD.shown, *more])


def test_a_broadcast_that_went_well_has_no_violation():
    assert check(GOOD) == []
    assert count_extra(GOOD) == 0


@pytest.mark.parametrize(
    ("history", "words"),
    [
        (replace(GOOD, shown=GOOD.shown[1:]), "1 people missed alert a, such as 1"),
        (seen(Shown(13, 1, "a"), Shown(14, 1, "a")), "1 got alert a 3 times"),
        (seen(Shown(13, 1, "a")), "1 extra copies"),
        (seen(Shown(13, 99, "a")), "99 got alert a without being due"),
        (seen(Shown(13, 1, "unknown")), "without being due"),
        (replace(GOOD, approved={"a": 10.5}), "before it was approved"),
        (replace(GOOD, approved={}), "before it was approved"),
        (replace(GOOD, cancelled={"a": 10.5}), "more than a second after it was cancelled"),
        (replace(GOOD, unsubscribed={20: 10.5}), "more than a second after unsubscribing"),
        (replace(GOOD, starts=[-1.0], approved={"a": -2.0}), "after a restart it took 11.1 s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_violation_is_seen(history, words):
    assert any(words in violation for violation in check(history))


def test_each_kill_and_each_lost_answer_excuses_so_many_copies_and_no_more():
    twice = [Shown(13 + number / 100, number, "a") for number in range(1, 10)]

    assert any("9 extra" in violation for violation in check(replace(seen(*twice), kills=[12.0])))
    assert check(replace(seen(*twice), kills=[12.0], lost_answers=1)) == []


def test_who_is_excused_is_not_missed():
    fewer = replace(GOOD, shown=GOOD.shown[2:])

    assert check(replace(fewer, explained={"a": frozenset({1})}, unsubscribed={2: 9.5})) == []


def test_after_a_cancel_nobody_is_missed():
    assert check(replace(GOOD, shown=GOOD.shown[:5], cancelled={"a": 10.6})) == []


def test_a_resume_is_counted_from_each_start_to_the_next_message():
    history = replace(GOOD, starts=[8.5, 10.95, 30.0])

    assert list_resumes(history) == [pytest.approx(1.1), pytest.approx(0.05)]  # approved at 9.0
