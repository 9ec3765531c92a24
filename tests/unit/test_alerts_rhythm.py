import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.rhythm import QuietHours, Rhythm, next_digest, quiet_end
from bot.alerts.states import Pace

NIGHT = QuietHours(22 * 60, 7 * 60)  # in India
NOON_IN_INDIA = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)  # a Sunday


def india(day, hour, minute=0):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))


@pytest.mark.parametrize(
    ("quiet", "at", "ends"),
    [
        (NIGHT, india(22, 12), None),
        (NIGHT, india(22, 21, 59), None),
        (NIGHT, india(22, 22), india(23, 7)),
        (NIGHT, india(22, 23, 59), india(23, 7)),
        (NIGHT, india(23, 0), india(23, 7)),
        (NIGHT, india(23, 6, 59), india(23, 7)),
        (NIGHT, india(23, 7), None),
        (QuietHours(13 * 60, 15 * 60), india(22, 14), india(22, 15)),
        (QuietHours(13 * 60, 15 * 60), india(22, 12), None),
    ],
)
def test_quiet_hours_begin_and_end_on_the_persons_own_clock(quiet, at, ends):
    assert quiet_end(at, quiet) == ends


def test_quiet_hours_follow_daylight_saving():
    berlin = QuietHours(22 * 60, 7 * 60, "Europe/Berlin")
    before_the_change = dt.datetime(2026, 3, 28, 22, 30, tzinfo=dt.UTC)

    assert quiet_end(before_the_change, berlin) == dt.datetime(2026, 3, 29, 5, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("wrong", [(-1, 60), (60, 1440), (60, 60), (60, 120, "Asia/Nowhere"), (60, 120, "../etc")])
def test_quiet_hours_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"quiet hours|time zone"):
        QuietHours(*wrong)


@pytest.mark.parametrize(
    ("at", "pace", "comes"),
    [
        (india(22, 12), Pace.DAILY, india(23, 9)),
        (india(22, 8, 59), Pace.DAILY, india(22, 9)),
        (india(22, 9), Pace.DAILY, india(23, 9)),
        (india(22, 12), Pace.WEEKLY, india(23, 9)),
        (india(23, 8), Pace.WEEKLY, india(23, 9)),
        (india(23, 9), Pace.WEEKLY, india(30, 9)),
    ],
)
def test_digests_come_at_nine_in_the_morning_the_weekly_ones_on_monday(at, pace, comes):
    assert next_digest(at, pace, "Asia/Kolkata") == comes


def test_a_digest_in_quiet_hours_waits_for_their_end():
    late_riser = Rhythm(Pace.DAILY, QuietHours(23 * 60, 11 * 60))

    assert late_riser.next_moment(NOON_IN_INDIA) == india(23, 11)


@given(
    st.integers(0, 700 * 24 * 60).map(lambda minutes: NOON_IN_INDIA + dt.timedelta(minutes=minutes)),
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sampled_from(["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Asia/Dubai", "Australia/Sydney"]),
    st.sampled_from(list(Pace)),
)
def test_nothing_goes_out_in_quiet_hours_nor_more_than_eight_days_late(at, start, end, zone, pace):
    if start == end:
        return
    quiet = QuietHours(start, end, zone)

    moment = Rhythm(pace, quiet, zone).next_moment(at)

    assert at <= moment <= at + dt.timedelta(days=8, hours=1)
    assert moment == at or quiet_end(moment, quiet) is None
