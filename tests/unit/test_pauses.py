"""When a host may be asked again."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.fetching.allowance import Limits
from ingest.fetching.pauses import FIRST_BACK_OFF, LONGEST_BACK_OFF, PAUSE, Pauses, parse_retry_after

NOW = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)
HOST = "mea.gov.in"


def make_pauses(chance: float = 1.0) -> Pauses:
    return Pauses(lambda: chance)


def test_a_host_never_asked_need_not_wait() -> None:
    assert make_pauses().take_turn(HOST, NOW) == dt.timedelta(0)
    assert make_pauses().held_until(HOST, NOW) is None


def test_a_host_gets_its_pause_and_others_do_not_wait() -> None:
    pauses = make_pauses()
    pauses.take_turn(HOST, NOW)

    assert pauses.take_turn(HOST, NOW + dt.timedelta(seconds=1)) == PAUSE - dt.timedelta(seconds=1)
    assert pauses.take_turn("pib.gov.in", NOW) == dt.timedelta(0)
    assert pauses.take_turn(HOST, NOW + PAUSE * 2) == dt.timedelta(0)


def test_those_who_come_together_are_let_in_one_after_the_other() -> None:
    pauses = make_pauses()

    assert [pauses.take_turn(HOST, NOW) for _ in range(3)] == [dt.timedelta(0), PAUSE, PAUSE * 2]


def test_a_redirect_followed_out_of_turn_counts_too() -> None:
    pauses = make_pauses()
    pauses.note_asked(HOST, NOW)

    assert pauses.take_turn(HOST, NOW) == PAUSE


def test_each_failure_doubles_the_wait_up_to_a_ceiling() -> None:
    pauses = make_pauses()

    waits = [pauses.note_failure(HOST, NOW) - NOW for _ in range(40)]

    assert waits[:4] == [FIRST_BACK_OFF, FIRST_BACK_OFF * 2, FIRST_BACK_OFF * 4, FIRST_BACK_OFF * 8]
    assert waits[-1] == LONGEST_BACK_OFF
    assert waits == sorted(waits)


def test_chance_takes_away_half_of_the_wait_at_most() -> None:
    assert make_pauses(0.0).note_failure(HOST, NOW) == NOW + FIRST_BACK_OFF / 2
    assert make_pauses(0.5).note_failure(HOST, NOW) == NOW + FIRST_BACK_OFF * 0.75


def test_a_good_answer_forgets_the_failures() -> None:
    pauses = make_pauses()
    pauses.note_failure(HOST, NOW)
    pauses.note_failure(HOST, NOW)

    pauses.note_success(HOST)

    assert pauses.held_until(HOST, NOW) is None
    assert pauses.note_failure(HOST, NOW) == NOW + FIRST_BACK_OFF


def test_what_the_site_says_goes_before_our_own_wait() -> None:
    pauses = make_pauses()

    assert pauses.note_failure(HOST, NOW, dt.timedelta(hours=10)) == NOW + dt.timedelta(hours=10)
    assert pauses.held_until(HOST, NOW + dt.timedelta(hours=9)) == NOW + dt.timedelta(hours=10)
    assert pauses.held_until(HOST, NOW + dt.timedelta(hours=10)) is None


def test_a_wait_of_an_earlier_run_is_kept() -> None:
    pauses = make_pauses()
    pauses.hold(HOST, NOW + dt.timedelta(hours=1))

    assert pauses.held_until(HOST, NOW) == NOW + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", dt.timedelta(minutes=2)),
        (" 120 ", dt.timedelta(minutes=2)),
        ("Fri, 20 Nov 2026 06:10:00 GMT", dt.timedelta(minutes=10)),
        ("Fri, 20 Nov 2026 11:40:00 +0530", dt.timedelta(minutes=10)),
        ("999999999999999999999", dt.timedelta(days=1)),  # a ceiling
        ("Fri, 20 Nov 2036 06:10:00 GMT", dt.timedelta(days=1)),
        ("Fri, 20 Nov 2020 06:10:00 GMT", None),  # past
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("१२०", None),
        ("Fri, 99 Nov 99999999999 06:10:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_read_or_left(header: str | None, wait: dt.timedelta | None) -> None:
    assert parse_retry_after(header, NOW) == wait


def test_the_limits_of_a_fetch_are_those_of_the_reliability_goals() -> None:
    limits = Limits()

    assert (limits.seconds, limits.redirects) == (30.0, 5)
    assert (limits.wire_bytes, limits.unpacked_bytes) == (10_000_000, 25_000_000)
