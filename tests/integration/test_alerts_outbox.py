import datetime as dt
import threading

import pytest
from alert_builders import CAMBODIA, HOUR, MINUTE, RUSSIA, SECOND, SENDER, Situation
from sqlalchemy import select

from bot.alerts import control, lease, lifecycle, outbox, subscriptions
from bot.alerts.models import Delivery
from bot.alerts.rhythm import QuietHours
from bot.alerts.states import AlertState, DeliveryState, EndReason, Lane, Pace
from bot.alerts.turn import take_turn
from knowledge.database import read_session
from knowledge.vocabulary import Language, Severity

PENDING, CLAIMED, SENT, UNCERTAIN = (
    DeliveryState.PENDING,
    DeliveryState.CLAIMED,
    DeliveryState.SENT,
    DeliveryState.UNCERTAIN,
)


@pytest.fixture
def running(situation):
    """An alert under way to chats 1 to 4."""
    situation.publishes()
    for chat_id in range(1, 5):
        situation.subscribes(chat_id)
    situation.alert_id = situation.alerts()
    return situation


def row(situation, chat_id):
    with read_session(situation.engine) as session:
        return session.scalars(select(Delivery).where(Delivery.chat_id == chat_id)).one()


def test_what_is_claimed_is_not_given_to_another_sender(running):
    first = running.claims(2, by="one")
    second = running.claims(9, by="two")

    assert [claim.chat_id for claim in (*first, *second)] == [1, 2, 3, 4]
    assert running.claims(9, by="three") == ()


def test_senders_at_once_never_claim_the_same_delivery(either_engine):
    situation = Situation(either_engine)
    situation.publishes()
    for chat_id in range(1, 121):
        situation.subscribes(chat_id)
    situation.alerts()
    taken, start = [], threading.Barrier(4)

    def work(name):
        start.wait()
        while claims := situation.claims(5, by=name):
            taken.extend(claim.chat_id for claim in claims)

    workers = [threading.Thread(target=work, args=(f"sender-{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(taken) == list(range(1, 121))


def test_sent_means_that_telegram_accepted_it(running):
    claim = running.claims(1)[0]

    assert running.write(outbox.mark_sent, claim, message_id=55, at=running.now)

    sent = row(running, 1)
    assert (sent.state, sent.message_id, sent.sent_at) == (SENT, 55, running.now)


def test_many_can_be_marked_at_once_but_not_what_another_has_claimed(running):
    claims = running.claims(4)
    running.write(outbox.recover, at=running.now, holder="another")
    running.later(MINUTE)
    [other] = running.claims(1, by="another")

    marked = running.write(outbox.mark_all_sent, [(claim, claim.chat_id) for claim in claims], at=running.now)

    assert marked == 3
    assert running.states(running.alert_id) == dict.fromkeys((1, 2, 3, 4), SENT) | {other.chat_id: CLAIMED}


def test_an_answer_that_never_came_sends_it_once_more_and_no_third_time(running):
    claim = running.claims(1)[0]
    first = running.write(outbox.mark_uncertain, claim, reason="time-out", at=running.now)
    at_once = [claim.chat_id for claim in running.claims()]
    running.later(MINUTE / 2)
    [again] = running.claims()
    second = running.write(outbox.mark_uncertain, again, reason="time-out", at=running.now)

    assert (first, at_once, again.chat_id, again.copies) == (PENDING, [2, 3, 4], 1, 1)
    assert (second, running.later(HOUR).claims()) == (UNCERTAIN, ())


def test_a_lost_sender_costs_each_person_at_most_one_extra_copy(running):
    running.claims(4)
    running.later(2 * MINUTE)
    running.turns()
    running.later(MINUTE)
    again = running.claims(4)
    running.later(2 * MINUTE)
    running.turns()

    assert len(again) == 4
    assert set(running.states(running.alert_id).values()) == {UNCERTAIN}


def test_the_next_holder_of_the_lease_frees_the_claims_of_the_last_at_once(running):
    running.claims(2, by="dead")

    freed = running.write(outbox.recover, at=running.now, holder="alive")

    assert freed == 2
    assert [claim.chat_id for claim in running.claims(9, by="alive")] == [3, 4]
    assert running.write(outbox.recover, at=running.now, holder="alive") == 0


def test_a_late_yes_of_a_sender_that_was_given_up_still_counts(running):
    claim = running.claims(1)[0]
    running.write(outbox.recover, at=running.now, holder="another")

    assert running.write(outbox.mark_sent, claim, message_id=5, at=running.now)
    running.later(HOUR)

    assert 1 not in [claim.chat_id for claim in running.claims()]


def test_a_late_answer_does_not_touch_what_another_sender_has_claimed(running):
    claim = running.claims(1, by="slow")[0]
    running.write(outbox.recover, at=running.now, holder="quick")
    running.later(MINUTE)
    running.claims(9, by="quick")

    running.write(outbox.mark_rejected, claim, reason="refused", at=running.now)

    assert not running.write(outbox.mark_sent, claim, message_id=5, at=running.now)
    assert running.states(running.alert_id)[1] is CLAIMED


def test_being_told_to_wait_costs_no_try(running):
    for _ in range(30):
        claim = running.claims(1)[0]
        later = running.now + SECOND
        state = running.write(outbox.put_back, claim, not_before_at=later, reason="429", at=running.now, counts=False)
        for other in running.claims():
            running.write(outbox.mark_sent, other, message_id=1, at=running.now)
        running.later(SECOND)

    assert state is PENDING


def test_what_can_never_be_handed_over_is_given_up_with_its_reason(running):
    tries = 0
    state = PENDING
    while state is PENDING:
        claim = next(claim for claim in running.claims() if claim.chat_id == 1)
        running.write(outbox.recover, at=running.now, holder=SENDER)
        state = running.write(
            outbox.put_back, claim, not_before_at=running.now + HOUR / 20, reason="refused connection", at=running.now
        )
        tries += 1
        running.later(HOUR / 20)

    assert (state, tries, row(running, 1).reason) == (DeliveryState.FAILED_TOO_OFTEN, 10, "refused connection")


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (EndReason.BLOCKED, DeliveryState.BLOCKED),
        (EndReason.DEACTIVATED, DeliveryState.DEACTIVATED),
        (EndReason.NOT_FOUND, DeliveryState.NOT_FOUND),
    ],
)
def test_a_definite_answer_ends_the_subscription_and_what_else_waits(situation, reason, state):
    situation.publishes()
    situation.publishes("test-russia", countries=("RU",))
    situation.subscribes(1, CAMBODIA, RUSSIA)
    first, second = situation.alerts(), situation.alerts("test-russia")

    situation.write(outbox.mark_unreachable, situation.claims(1)[0], reason, at=situation.now)

    assert (situation.states(first), situation.states(second)) == ({1: state}, {1: state})
    assert situation.read(subscriptions.find_subscriber, 1).ended_reason == reason
    assert situation.read(subscriptions.list_wishes, 1) == ()


def test_a_refused_message_ends_no_subscription(running):
    running.write(outbox.mark_rejected, running.claims(1)[0], reason="bad markup", at=running.now)

    assert running.states(running.alert_id)[1] is DeliveryState.FAILED_REJECTED
    assert running.read(subscriptions.find_subscriber, 1).ended_at is None


def test_a_group_with_a_new_id_gets_it_there(situation):
    situation.publishes()
    situation.subscribes(-5)
    alert_id = situation.alerts()

    situation.write(outbox.mark_migrated, situation.claims()[0], -1005, at=situation.now)

    assert [claim.chat_id for claim in situation.claims()] == [-1005]
    assert situation.states(alert_id) == {-1005: CLAIMED}
    assert situation.read(subscriptions.find_subscriber, -5).migrated_to == -1005
    assert situation.read(subscriptions.list_wishes, -1005) == (CAMBODIA,)


# --- what stops a message on its way -------------------------------------------------------------------------------


def test_a_cancel_stops_new_claims_at_once_and_closes_the_rest(running):
    running.claims(1)
    running.write(lifecycle.cancel, running.alert_id, by="staff", reason="false", at=running.now)

    assert running.claims() == ()
    running.turns()
    assert running.states(running.alert_id) == {1: CLAIMED} | dict.fromkeys((2, 3, 4), DeliveryState.CANCELLED)


def test_a_claimed_message_is_not_wanted_any_more_after_a_cancel(running):
    claim = running.claims(1)[0]
    wanted = running.write(outbox.still_wanted, claim, at=running.now)
    running.write(lifecycle.cancel, running.alert_id, by="staff", reason="false", at=running.now)

    assert (wanted, running.write(outbox.still_wanted, claim, at=running.now)) == (True, False)


def test_letting_go_of_a_claim_of_a_cancelled_alert_closes_it(running):
    claim = running.claims(1)[0]
    running.write(lifecycle.cancel, running.alert_id, by="staff", reason="false", at=running.now)
    running.write(outbox.let_go, claim, at=running.now)

    running.turns()

    assert set(running.states(running.alert_id).values()) == {DeliveryState.CANCELLED}


def stops_all(session, chat_id, at):
    subscriptions.unsubscribe_all(session, chat_id, at=at)


def stops_the_country(session, chat_id, at):
    subscriptions.unsubscribe(session, chat_id, CAMBODIA, at=at)


def pauses(session, chat_id, at):
    subscriptions.pause(session, chat_id, at + HOUR)


def wants_urgent_only(session, chat_id, at):
    subscriptions.set_urgent_only(session, chat_id, urgent_only=True)


def erases_everything(session, chat_id, at):
    subscriptions.forget(session, chat_id)


@pytest.mark.parametrize(
    ("does", "state"),
    [
        (stops_all, DeliveryState.UNSUBSCRIBED),
        (stops_the_country, DeliveryState.UNSUBSCRIBED),
        (pauses, DeliveryState.PAUSED),
        (wants_urgent_only, DeliveryState.UNSUBSCRIBED),
        (erases_everything, None),
    ],
)
def test_what_a_person_says_in_the_middle_of_a_run_counts_from_the_next_claim(situation, does, state):
    situation.publishes()
    situation.subscribes(1, CAMBODIA, RUSSIA)
    alert_id = situation.alerts()
    situation.write(does, 1, at=situation.now)

    assert situation.claims() == ()
    assert situation.states(alert_id).get(1) is state


def test_who_unsubscribed_after_the_claim_is_left_alone(running):
    claim = running.claims(1)[0]
    running.write(subscriptions.unsubscribe_all, 1, at=running.now)

    assert not running.write(outbox.still_wanted, claim, at=running.now)


def test_a_language_chosen_in_the_middle_of_a_run_counts(running):
    running.write(subscriptions.set_language, 1, Language.HINDI)

    claim = running.claims(1)[0]

    assert claim.language is Language.HINDI
    assert "कंबोडिया" in claim.html


def test_quiet_hours_chosen_in_the_middle_of_a_run_count(running):
    running.write(subscriptions.set_quiet_hours, 1, QuietHours(11 * 60, 14 * 60))  # it is noon in India

    assert [claim.chat_id for claim in running.claims()] == [2, 3, 4]
    running.later(2 * HOUR)
    assert [claim.chat_id for claim in running.claims()] == [1]


def test_nothing_stale_goes_out_late(running):
    running.later(dt.timedelta(hours=72))
    assert running.claims() == ()
    running.turns()

    assert set(running.states(running.alert_id).values()) == {DeliveryState.EXPIRED}
    assert running.state(running.alert_id) is AlertState.DONE


def test_a_withdrawn_advisory_stops_its_alert(running):
    running.sends(1)
    running.withdraws()

    [news] = [news for news in running.turns() if news.kind == "stopped"]

    assert news.alert_id == running.alert_id
    assert running.claims() == ()
    assert running.states(running.alert_id)[1] is SENT


def test_while_everything_is_held_nothing_is_claimed(running):
    claim = running.claims(1)[0]
    running.write(control.hold, by="staff", reason="looking into it", at=running.now)

    assert running.claims() == ()
    assert not running.write(outbox.still_wanted, claim, at=running.now)
    running.write(control.go_on, by="staff", at=running.now)
    assert len(running.claims()) == 3


def test_a_restored_backup_sends_nothing_by_itself(running):
    running.write(control.note_heartbeat, at=running.now)
    running.later(dt.timedelta(hours=24))

    assert running.write(control.hold_after_restore, at=running.now)
    assert running.claims() == ()


def test_an_ordinary_restart_is_no_restored_backup(running):
    running.write(control.note_heartbeat, at=running.now)
    running.later(MINUTE)

    assert not running.write(control.hold_after_restore, at=running.now)


# --- order ---------------------------------------------------------------------------------------------------------


def test_a_fresh_emergency_overtakes_what_is_running(situation):
    situation.publishes()
    situation.publishes("test-leave", severity=Severity.LEAVE, countries=("RU",))
    for chat_id in (1, 2, 3):
        situation.subscribes(chat_id, CAMBODIA, RUSSIA)
    ordinary = situation.alerts()
    situation.claims(1)
    urgent = situation.alerts("test-leave")

    order = [claim.alert_ids[0] for claim in situation.claims()]

    assert order == [urgent] * 3 + [ordinary] * 2


def test_corrections_go_before_ordinary_alerts_and_digests_last(situation):
    situation.publishes()
    situation.publishes("test-other", countries=("RU",))
    situation.subscribes(1)
    first = situation.alerts()
    situation.sends()
    situation.subscribes(2, RUSSIA)
    situation.subscribes(3, RUSSIA, pace=Pace.DAILY)
    situation.alerts("test-other")
    situation.later(dt.timedelta(hours=21))
    situation.alerts(ask=lifecycle.request_cancel)

    assert [(claim.chat_id, claim.lane) for claim in situation.claims()] == [
        (1, Lane.CORRECTION),
        (2, Lane.NORMAL),
        (3, Lane.DIGEST),
    ]
    assert situation.state(first) is AlertState.DONE


def test_a_digest_joins_what_came_together_for_a_person(situation):
    for number, country in enumerate(("KH", "RU"), start=1):
        situation.publishes(f"test-{number}", countries=(country,), gist={"en": f"Notice number {number} in short."})
    situation.subscribes(1, CAMBODIA, RUSSIA, pace=Pace.DAILY)
    ids = [situation.alerts(f"test-{number}") for number in (1, 2)]
    nothing_yet = situation.claims()
    situation.later(dt.timedelta(hours=21))

    [digest] = situation.claims()
    situation.write(outbox.mark_sent, digest, message_id=9, at=situation.now)

    assert nothing_yet == ()
    assert digest.alert_ids == tuple(ids)
    assert "Notice number 1" in digest.html
    assert "Notice number 2" in digest.html
    assert [situation.states(alert_id) for alert_id in ids] == [{1: SENT}, {1: SENT}]


def test_a_digest_of_one_is_the_alert_itself(situation):
    situation.publishes()
    situation.subscribes(1, pace=Pace.DAILY)
    situation.alerts()
    situation.later(dt.timedelta(hours=21))

    assert "New official warning" in situation.claims()[0].html


def test_a_withdrawn_alert_is_not_in_a_digest_any_more(situation):
    situation.publishes()
    situation.subscribes(1, pace=Pace.DAILY)
    alert_id = situation.alerts()
    situation.withdraws()
    situation.turns()
    situation.later(dt.timedelta(hours=21))

    assert situation.claims() == ()
    assert situation.states(alert_id) == {1: DeliveryState.CANCELLED}


def test_a_digest_is_answered_not_edited_when_one_of_its_alerts_is_withdrawn(situation):
    situation.publishes()
    situation.subscribes(1, pace=Pace.DAILY)
    situation.alerts()
    situation.later(dt.timedelta(hours=21))
    situation.sends()

    situation.alerts(ask=lifecycle.request_cancel)
    [claim] = situation.claims()

    assert (claim.edit, claim.reply_to) == (None, 101)


# --- one sender ----------------------------------------------------------------------------------------------------


def test_one_sender_holds_the_lease_and_another_waits_until_it_runs_out(situation):
    now = situation.now

    assert situation.write(lease.take, "one", at=now)
    assert not situation.write(lease.take, "two", at=now)
    assert situation.write(lease.take, "one", at=now + 5 * SECOND)
    assert not situation.write(lease.take, "two", at=now + 12 * SECOND)
    assert situation.write(lease.take, "two", at=now + 15 * SECOND)
    assert situation.read(lease.find_holder, at=now + 15 * SECOND) == "two"


def test_a_lease_given_back_is_free_at_once(situation):
    situation.write(lease.take, "one", at=situation.now)
    situation.write(lease.release, "one")

    assert situation.write(lease.take, "two", at=situation.now)


def test_a_lease_from_a_clock_that_was_a_day_ahead_keeps_nobody_waiting(situation):
    situation.write(lease.take, "one", at=situation.now + 24 * HOUR)

    assert situation.write(lease.take, "two", at=situation.now)


# --- turns ---------------------------------------------------------------------------------------------------------


def test_a_turn_with_nothing_to_do_writes_nothing(running):
    running.sends()
    running.turns()

    turn = take_turn(running.engine, at=running.now)

    assert (turn.news, turn.busy) == ((), False)


def test_an_alert_is_done_when_nothing_of_it_is_open(running):
    running.sends(3)
    halfway = running.state(running.alert_id)
    running.sends(1)

    assert (halfway, running.state(running.alert_id)) == (AlertState.RUNNING, AlertState.DONE)


def test_an_alert_that_concerns_nobody_is_done_at_once(situation):
    situation.publishes()

    assert situation.state(situation.alerts()) is AlertState.DONE


def test_a_spike_of_refusals_can_be_stopped_and_brings_the_subscribers_back(running):
    began = running.now
    for claim in running.claims(3):
        running.write(outbox.mark_unreachable, claim, EndReason.BLOCKED, at=running.now)
    lately = running.read(outbox.finished_lately, running.alert_id, since=began)

    running.write(
        lifecycle.stop, running.alert_id, reason="three of three refused", at=running.now, restore_ended_since=began
    )

    assert lately == [DeliveryState.BLOCKED] * 3
    assert running.state(running.alert_id) is AlertState.STOPPED
    assert running.read(subscriptions.list_wishes, 1) == (CAMBODIA,)
