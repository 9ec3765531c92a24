"""Killing the bot while an alert goes out: nobody is missed, and a kill doubles no more than what was under way.

Kills are SIGKILL: some time after the first message of a life, at its n-th message, or right before or after its n-th
commit. Times that only cost waiting are shortened: the lease to 0.6 s, the pause before a doubtful copy to 2 s.
"""

from __future__ import annotations

import datetime as dt
import signal
import time
from pathlib import Path

import pytest
from broadcast import Broadcast, KillPlan, Nursery, plan_kills
from history import History, check, count_extra, list_resumes
from hostile_api import FakeTelegram
from reporting import report, steps

SHORTENED = {"fast": True, "rate": 150, "window": 8, "lease_s": 0.6, "resend_after_s": 2.0}


def kill_again_and_again(
    folder: Path, nursery: Nursery, plans: list[KillPlan], people: int, *, tell=lambda: None
) -> History:
    """Broadcast to so many people, with one life for each kill and a last one that finishes."""
    with FakeTelegram() as telegram:
        broadcast = Broadcast(folder, telegram, people, nursery, **SHORTENED)
        broadcast.requests()
        broadcast.approves()
        for plan in plans:
            broadcast.lives_and_dies(plan)
            tell()
        broadcast.starts_life()
        broadcast.until_done()
        assert broadcast.ends_life() == 0
        assert broadcast.is_sound()
        assert set(broadcast.states()) == {"sent"}
        return broadcast.history()


def test_25_kills_while_an_alert_goes_out_miss_nobody(tmp_path, nursery):
    history = kill_again_and_again(tmp_path, nursery, plan_kills(4, 25), 800)

    assert len(history.kills) == 25
    assert check(history) == []


@pytest.mark.soak
def test_200_kills_while_alerts_go_out_miss_nobody(tmp_path, nursery):
    with steps("Kills", 200) as tell:
        histories = [
            kill_again_and_again(tmp_path / str(seed), nursery, plan_kills(seed, 25), 800, tell=tell)
            for seed in range(1, 9)
        ]

    kills = sum(len(history.kills) for history in histories)
    extra = sum(count_extra(history) for history in histories)
    resumes = [took_s for history in histories for took_s in list_resumes(history)]
    report(
        "B1, kills while an alert goes out",
        kills=kills,
        recipients=sum(len(history.due["alert"]) for history in histories),
        violations=sum(len(check(history)) for history in histories),
        extra_copies=extra,
        extra_copies_per_kill=round(extra / kills, 2),
        longest_resume_s=round(max(resumes), 2),
    )
    assert kills == 200
    assert [check(history) for history in histories] == [[]] * 8


@pytest.mark.soak
def test_kills_at_real_times_and_with_a_real_start_resume_within_ten_seconds(tmp_path):
    with FakeTelegram() as telegram, steps("Kills at real times", 10) as tell:
        broadcast = Broadcast(tmp_path, telegram, 600)
        broadcast.requests()
        broadcast.approves()
        for plan in plan_kills(99, 10):
            broadcast.lives_and_dies(plan)
            tell()
        broadcast.starts_life()
        broadcast.until_done()
        broadcast.ends_life()
        history = broadcast.history()

    report(
        "B1, with the real lease, start and rate",
        kills=len(history.kills),
        violations=len(check(history)),
        extra_copies=count_extra(history),
        longest_resume_s=round(max(list_resumes(history)), 2),
    )
    assert check(history) == []


def test_a_frozen_sender_that_thaws_later_doubles_no_more_than_was_under_way(tmp_path, nursery, second_nursery):
    with FakeTelegram() as telegram:
        broadcast = Broadcast(tmp_path, telegram, 400, nursery, **SHORTENED)
        broadcast.requests()
        broadcast.approves()
        frozen = broadcast.starts_life()
        broadcast.until_arrived(60)
        broadcast.freezes(frozen)
        broadcast.nursery = second_nursery
        broadcast.starts_life()
        broadcast.until_arrived(200)
        frozen.send_signal(signal.SIGCONT)
        broadcast.until_done()
        broadcast.ends_life()
        frozen.send_signal(signal.SIGTERM)
        frozen.wait()

    assert check(broadcast.history()) == []


def test_a_cancel_between_two_lives_is_kept(tmp_path, nursery):
    with FakeTelegram() as telegram:
        broadcast = Broadcast(tmp_path, telegram, 300, nursery, **SHORTENED)
        broadcast.requests()
        broadcast.approves()
        broadcast.lives_and_dies(KillPlan(at_arrival=50))
        broadcast.cancels()
        broadcast.starts_life()
        broadcast.until_done()
        broadcast.ends_life()

    assert check(broadcast.history()) == []
    assert len(broadcast.history().shown) < 100


def test_an_alert_whose_time_passed_while_nobody_sent_does_not_go_out_late(tmp_path, nursery):
    valid_s = 8
    with FakeTelegram() as telegram:
        broadcast = Broadcast(tmp_path, telegram, 300, nursery, **SHORTENED)
        broadcast.requests(valid_for=dt.timedelta(seconds=valid_s))
        requested_at = time.monotonic()
        broadcast.approves()
        broadcast.lives_and_dies(KillPlan(at_arrival=20))
        time.sleep(max(0.0, requested_at + valid_s - time.monotonic()))
        before = len(broadcast.alert_arrivals())
        broadcast.starts_life()
        broadcast.until_done()
        broadcast.ends_life()

    assert 20 <= before == len(broadcast.alert_arrivals())
    assert set(broadcast.states()) <= {"sent", "expired", "uncertain"}
