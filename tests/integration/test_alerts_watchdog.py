import datetime as dt

import pytest
from alert_builders import CAMBODIA, MINUTE, RUSSIA
from sqlalchemy import delete

from bot.alerts import control, drill, figures, lifecycle, outbox, watchdog
from bot.alerts.models import Delivery
from bot.alerts.states import AlertStatus, EndReason, MessageType
from knowledge.vocabulary import Severity

CANARIES = (90, 91)
DAY = dt.timedelta(days=1)


@pytest.fixture
def watched(lite):
    """Two canaries and three subscribers."""
    lite.publishes()
    for chat_id in (1, 2, 3):
        lite.subscribes(chat_id, CAMBODIA, RUSSIA)
    for chat_id in CANARIES:
        lite.subscribes(chat_id, is_canary=True)
    return lite


def silent(situation):
    return [found.alert_id for found in situation.read(watchdog.find_silent, at=situation.now)]


def test_an_alert_that_its_canaries_got_is_no_concern(watched):
    watched.alerts()
    watched.sends()
    watched.later(20 * MINUTE)

    assert silent(watched) == []


def test_a_canary_without_its_alert_is_told_of_within_fifteen_minutes(watched):
    alert_id = watched.alerts()
    watched.later(13 * MINUTE)
    early = silent(watched)
    watched.later(MINUTE)

    assert (early, silent(watched)) == ([], [alert_id])


def test_deleting_the_deliveries_raises_the_alarm(watched):
    alert_id = watched.alerts()
    watched.sends()
    watched.write(lambda session: session.execute(delete(Delivery)))
    watched.later(16 * MINUTE)

    assert silent(watched) == [alert_id]


def test_an_approved_alert_that_nobody_starts_raises_the_alarm(watched):
    alert_id = watched.requests()
    watched.approves(alert_id)
    watched.later(14 * MINUTE)

    [found] = watched.read(watchdog.find_silent, at=watched.now)

    assert (found.alert_id, "satark run" in found.words) == (alert_id, True)


def test_a_canary_that_blocked_the_bot_raises_the_alarm_for_that_alert_only(watched):
    first = watched.alerts()
    claim = next(claim for claim in watched.claims() if claim.chat_id == 90)
    watched.write(outbox.mark_unreachable, claim, EndReason.BLOCKED, at=watched.now)
    for other in (1, 2, 3, 91):
        watched.write(
            outbox.mark_sent,
            outbox.Claim(
                (first,), other, claim.claimed_by, claim.lane, claim.language, "", None, None, 1, 0, claim.expires_at
            ),
            message_id=1,
            at=watched.now,
        )
    watched.later(16 * MINUTE)

    assert silent(watched) == []  # it is no subscriber any more; `status` counts the canaries that are left
    assert watched.read(figures.count_canaries) == 1


def test_two_busy_hours_are_no_alarm(watched):
    """An emergency to many goes out slowly; an ordinary alert waits behind it, all in order."""
    watched.publishes("test-leave", severity=Severity.LEAVE, countries=("RU",))
    for chat_id in range(100, 360):
        watched.subscribes(chat_id, RUSSIA)
    watched.alerts("test-leave")
    watched.sends(2)
    watched.alerts()
    alarms = []

    for _ in range(120):
        watched.later(MINUTE)
        watched.sends(2)
        alarms += silent(watched)

    assert alarms == []


def test_a_sender_that_hangs_while_another_alert_flowed_long_ago_raises_the_alarm(watched):
    alert_id = watched.alerts()
    watched.claims()
    watched.later(16 * MINUTE)

    assert silent(watched) == [alert_id]


def test_what_staff_hold_or_call_off_is_no_alarm(watched):
    alert_id = watched.alerts()
    watched.later(16 * MINUTE)
    watched.write(control.hold, by="staff", reason="looking into it", at=watched.now)
    held = silent(watched)
    watched.write(control.go_on, by="staff", at=watched.now)
    watched.write(lifecycle.cancel, alert_id, by="staff", reason="false", at=watched.now)

    assert (held, silent(watched)) == ([], [])


def test_a_canary_that_came_later_is_not_expected_to_have_it(watched):
    watched.alerts()
    watched.sends()
    watched.later(MINUTE)
    watched.subscribes(92, is_canary=True)
    watched.later(20 * MINUTE)

    assert silent(watched) == []


def test_a_correction_is_expected_by_the_canaries_that_got_the_original(watched):
    watched.alerts()
    watched.sends()
    watched.later(20 * MINUTE)
    withdrawal = watched.alerts(ask=lifecycle.request_cancel)
    watched.later(16 * MINUTE)

    assert silent(watched) == [withdrawal]


# --- the weekly test -----------------------------------------------------------------------------------------------


def drills(situation):
    alert = situation.write(drill.request_if_due, at=situation.now)
    return None if alert is None else (alert.id, MessageType(alert.message_type), AlertStatus(alert.status))


def test_the_weekly_test_is_an_alert_an_update_and_a_withdrawal_to_canaries_only(watched):
    kinds, reached = [], []
    for _ in range(3):
        alert_id, kind, status = drills(watched)
        assert status is AlertStatus.TEST
        assert drills(watched) is None  # the step before has to be through
        watched.approves(alert_id)
        watched.turns()
        kinds.append(kind)
        reached.append(watched.sends())

    assert kinds == [MessageType.ALERT, MessageType.UPDATE, MessageType.CANCEL]
    assert reached == [[90, 91]] * 3
    assert drills(watched) is None
    watched.later(7 * DAY)
    assert drills(watched)[1] is MessageType.ALERT


def test_a_test_that_nobody_approved_is_asked_for_again_next_week(watched):
    drills(watched)
    watched.later(4 * DAY)
    watched.turns()
    meanwhile = drills(watched)
    watched.later(4 * DAY)

    assert meanwhile is None
    assert drills(watched)[1] is MessageType.ALERT


def test_without_canaries_there_is_no_test(lite):
    lite.publishes()
    lite.subscribes(1)

    assert drills(lite) is None


# --- figures -------------------------------------------------------------------------------------------------------


def test_the_figures_say_who_got_it_who_did_not_and_how_long_it_took(situation):
    situation.publishes()
    for chat_id in range(1, 11):
        situation.subscribes(chat_id)
    alert_id = situation.alerts()
    for _ in range(8):
        situation.later(MINUTE)
        situation.sends(1)
    situation.write(outbox.mark_unreachable, situation.claims(1)[0], EndReason.BLOCKED, at=situation.now)

    found = situation.read(figures.read_figures, alert_id)

    assert (found.eligible, found.sent, found.waiting, found.failed) == (10, 8, 1, 1)
    assert found.by_state == {"blocked": 1, "pending": 1, "sent": 8}
    assert (found.p50_minutes, found.p95_minutes) == (5.0, 8.0)


def test_who_sleeps_does_not_make_the_figures_worse(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.subscribes(2, quiet_from=11 * 60, quiet_until=14 * 60)
    alert_id = situation.alerts()
    situation.later(MINUTE)
    situation.sends()
    situation.later(180 * MINUTE)
    situation.sends()

    assert situation.read(figures.read_figures, alert_id).p95_minutes == 1.0


def test_the_freshness_of_each_source_is_known(lite):
    lite.publishes()
    lite.publishes("test-mea", issuer="Ministry of External Affairs (MEA)", date=dt.date(2026, 3, 1))

    found = {row.source: row.newest_notice for row in lite.read(figures.list_freshness)}

    assert found == {
        "Embassy of Testing": dt.date(2025, 9, 1),
        "Ministry of External Affairs (MEA)": dt.date(2026, 3, 1),
    }
