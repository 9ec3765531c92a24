import datetime as dt

import pytest
from alert_builders import CAMBODIA, EVERYTHING, HOUR, RUSSIA, SCAMS
from sqlalchemy import func, select
from store_builders import NOON

from bot.alerts import explaining, heard, lifecycle, outbox, subscriptions
from bot.alerts.explaining import Silence
from bot.alerts.models import Delivery, HeardVerdict, Subscriber, Subscription
from bot.alerts.rhythm import QuietHours
from bot.alerts.states import Basis, DeliveryState, EndReason, Pace
from bot.alerts.subscriptions import NotSubscribed
from knowledge.database import read_session
from knowledge.vocabulary import Language

DAY = dt.timedelta(days=1)


def wishes(situation, chat_id):
    return set(situation.read(subscriptions.list_wishes, chat_id))


def count_rows(situation, chat_id=None):
    with read_session(situation.engine) as session:
        tables = (Subscriber, Subscription, Delivery, HeardVerdict)
        wheres = {table: () if chat_id is None else (table.chat_id == chat_id,) for table in tables}
        return sum(session.scalar(select(func.count()).select_from(table).where(*wheres[table])) for table in tables)


def test_consent_is_kept_with_version_language_and_time(lite):
    lite.subscribes(1, CAMBODIA, language=Language.TAMIL)

    person = lite.read(subscriptions.find_subscriber, 1)

    assert (person.consent_version, person.consent_language, person.consented_at) == ("1", "ta", NOON)


def test_subscribing_twice_adds_up_and_doubles_nothing(lite):
    lite.subscribes(1, CAMBODIA)
    lite.subscribes(1, CAMBODIA, RUSSIA)

    assert wishes(lite, 1) == {CAMBODIA, RUSSIA}


def test_nobody_gets_an_alert_without_having_subscribed(situation):
    situation.publishes()
    situation.write(
        heard.remember_verdict, 5, [("test-cambodia-warning", "0" * 64)], day=NOON.date(), language=Language.HINDI
    )

    situation.alerts()

    assert situation.claims() == ()


def test_ending_one_subscription_leaves_the_others(lite):
    lite.subscribes(1, CAMBODIA, RUSSIA)

    assert lite.write(subscriptions.unsubscribe, 1, CAMBODIA, at=NOON)
    assert wishes(lite, 1) == {RUSSIA}
    assert not lite.write(subscriptions.unsubscribe, 1, CAMBODIA, at=NOON)


def test_ending_the_last_subscription_ends_the_subscriber(lite):
    lite.subscribes(1, CAMBODIA)

    lite.write(subscriptions.unsubscribe, 1, CAMBODIA, at=NOON)

    assert lite.read(subscriptions.find_subscriber, 1).ended_reason == EndReason.UNSUBSCRIBED


def test_what_comes_for_another_reason_too_still_comes_after_ending_one(situation):
    situation.publishes()
    situation.subscribes(1, CAMBODIA, SCAMS)
    situation.alerts()

    situation.write(subscriptions.unsubscribe, 1, CAMBODIA, at=NOON)

    assert [claim.chat_id for claim in situation.claims()] == [1]


def test_who_unsubscribed_and_comes_back_starts_afresh(lite):
    lite.subscribes(1, CAMBODIA, RUSSIA, quiet_from=60, quiet_until=120)
    lite.write(subscriptions.unsubscribe_all, 1, at=NOON)

    lite.subscribes(1, SCAMS)

    assert wishes(lite, 1) == {SCAMS}
    assert lite.read(subscriptions.find_subscriber, 1).quiet_from == 60


def test_unblocking_the_bot_brings_the_subscriptions_back(lite):
    lite.subscribes(1, CAMBODIA, RUSSIA)
    lite.write(subscriptions.end, 1, EndReason.BLOCKED, at=NOON)

    assert lite.write(subscriptions.come_back, 1)
    assert wishes(lite, 1) == {CAMBODIA, RUSSIA}


def test_unblocking_the_bot_does_not_bring_back_what_the_person_ended(lite):
    lite.subscribes(1, CAMBODIA, RUSSIA)
    lite.write(subscriptions.unsubscribe, 1, CAMBODIA, at=NOON)
    lite.write(subscriptions.end, 1, EndReason.BLOCKED, at=NOON + HOUR)
    lite.write(subscriptions.come_back, 1)
    after_blocking = wishes(lite, 1)
    lite.write(subscriptions.unsubscribe_all, 1, at=NOON + 2 * HOUR)

    assert after_blocking == {RUSSIA}
    assert not lite.write(subscriptions.come_back, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda session: subscriptions.pause(session, 1, NOON),
        lambda session: subscriptions.set_pace(session, 1, Pace.DAILY),
        lambda session: subscriptions.set_quiet_hours(session, 1, None),
        lambda session: subscriptions.set_urgent_only(session, 1, urgent_only=True),
        lambda session: subscriptions.set_emergencies_at_once(session, 1, at_once=False),
        lambda session: subscriptions.set_time_zone(session, 1, "Asia/Dubai"),
        lambda session: subscriptions.set_canary(session, 1, is_canary=True),
    ],
)
def test_there_is_nothing_to_change_without_a_subscription(lite, change):
    with pytest.raises(NotSubscribed, match="/subscribe"):
        lite.write(change)


def test_a_time_zone_that_does_not_exist_is_refused(lite):
    lite.subscribes(1)

    with pytest.raises(ValueError, match="time zone"):
        lite.write(subscriptions.set_time_zone, 1, "Asia/Nowhere")


def test_a_group_that_moves_keeps_its_wishes_and_what_waits(situation):
    situation.publishes()
    situation.subscribes(-5, CAMBODIA, RUSSIA, language=Language.HINDI)
    situation.subscribes(-1005, SCAMS)
    situation.alerts()

    situation.write(subscriptions.migrate, -5, -1005, at=NOON)

    assert wishes(situation, -5) == set()
    assert wishes(situation, -1005) == {CAMBODIA, RUSSIA, SCAMS}
    assert [claim.chat_id for claim in situation.claims()] == [-1005]


def test_forgetting_a_person_leaves_no_row_of_theirs(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.subscribes(2)
    situation.write(heard.remember_verdict, 1, [("a", "b")], day=NOON.date(), language=Language.HINDI)
    situation.alerts()

    assert situation.write(subscriptions.forget, 1) == 4
    assert (count_rows(situation, 1), count_rows(situation, 2)) == (0, 3)


def test_forgetting_in_the_middle_of_a_run_stops_what_is_on_its_way(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.alerts()
    claim = situation.claims()[0]
    situation.write(subscriptions.forget, 1)

    assert not situation.write(outbox.still_wanted, claim, at=NOON)
    assert not situation.write(outbox.mark_sent, claim, message_id=1, at=NOON)
    assert count_rows(situation, 1) == 0


def test_what_is_kept_no_longer_is_erased_and_the_rest_stays(situation):
    situation.publishes()
    for chat_id in (1, 2, 3):
        situation.subscribes(chat_id, CAMBODIA, RUSSIA)
    situation.alerts()
    situation.sends(2)
    situation.write(subscriptions.unsubscribe, 1, RUSSIA, at=NOON)
    situation.write(subscriptions.unsubscribe_all, 2, at=NOON)
    situation.write(heard.remember_verdict, 9, [("a", "b")], day=NOON.date(), language=Language.HINDI)
    before = count_rows(situation)

    young = situation.write(subscriptions.forget_old, at=NOON + 27 * DAY)
    month = situation.write(subscriptions.forget_old, at=NOON + 29 * DAY)
    quarter = situation.write(subscriptions.forget_old, at=NOON + 91 * DAY)
    again = situation.write(subscriptions.forget_old, at=NOON + 91 * DAY)

    assert (young, month, quarter, again) == (0, 4, 3, 0)
    assert count_rows(situation) == before - 7
    assert wishes(situation, 3) == {CAMBODIA, RUSSIA}


# --- verdicts heard ------------------------------------------------------------------------------------------------


def test_who_refuses_corrections_is_remembered_no_more(lite):
    lite.write(heard.remember_verdict, 1, [("a", "b")], day=NOON.date(), language=Language.HINDI)
    lite.write(heard.refuse_corrections, 1, at=NOON)
    lite.write(heard.remember_verdict, 1, [("a", "c")], day=NOON.date(), language=Language.HINDI)
    refused = count_rows(lite, 1)
    lite.write(heard.accept_corrections, 1)
    lite.write(heard.remember_verdict, 1, [("a", "c")], day=NOON.date(), language=Language.HINDI)

    assert (refused, count_rows(lite, 1)) == (0, 1)


def test_what_a_reply_cited_is_kept_as_it_stood_then(lite):
    lite.publishes()
    cited = ["test-cambodia-warning", "rule-T1"]
    lite.write(heard.remember_cited, 1, cited, day=NOON.date(), language=Language.HINDI)
    lite.changes()

    assert lite.read(lifecycle.preview, lite.requests(ask=lifecycle.request_update), at=NOON).recipients == 1


def test_hearing_the_same_twice_is_kept_once_with_the_newer_day(lite):
    for day in (0, 5):
        lite.write(heard.remember_verdict, 1, [("a", "b")], day=NOON.date() + day * DAY, language=Language.HINDI)

    assert count_rows(lite, 1) == 1
    assert lite.write(subscriptions.forget_old, at=NOON + 92 * DAY) == 0


# --- why? ----------------------------------------------------------------------------------------------------------


def test_why_did_i_get_this_names_the_wishes_that_met_it(lite):
    lite.publishes()
    lite.subscribes(1, CAMBODIA, RUSSIA, SCAMS)
    alert_id = lite.alerts()
    lite.sends()

    why = lite.read(explaining.why_did_i_get, 1, alert_id)

    assert (why.basis, why.state, set(why.wishes)) == (Basis.SUBSCRIPTION, DeliveryState.SENT, {CAMBODIA, SCAMS})
    assert lite.read(explaining.why_did_i_get, 2, alert_id) is None


def kinds(situation, chat_id):
    return [quiet.kind for quiet in situation.read(explaining.why_nothing, chat_id, at=situation.now)]


def test_why_nothing_names_every_reason(lite):
    lite.publishes()
    lite.subscribes(2)
    lite.write(subscriptions.unsubscribe_all, 2, at=NOON)
    lite.subscribes(3, RUSSIA)
    lite.subscribes(4, paused_until=NOON + HOUR)
    lite.subscribes(5, EVERYTHING, pace=Pace.DAILY)
    lite.subscribes(6, urgent_only=True)
    lite.subscribes(7)
    lite.write(subscriptions.set_quiet_hours, 7, QuietHours(11 * 60, 14 * 60))
    lite.subscribes(8)
    lite.alerts()
    lite.write(outbox.mark_rejected, lite.claims()[0], reason="refused", at=NOON)

    assert kinds(lite, 1) == [Silence.NEVER_SUBSCRIBED]
    assert kinds(lite, 2) == [Silence.ENDED]
    assert kinds(lite, 3) == [Silence.NOTHING_NEW]
    assert kinds(lite, 4) == [Silence.PAUSED, Silence.NOTHING_NEW]
    assert kinds(lite, 5) == [Silence.DIGEST, Silence.ON_ITS_WAY]
    assert kinds(lite, 6) == [Silence.URGENT_ONLY, Silence.NOTHING_NEW]
    assert kinds(lite, 7) == [Silence.QUIET_HOURS, Silence.ON_ITS_WAY]
    assert kinds(lite, 8) == [Silence.NOT_DELIVERED]


def test_an_alert_that_was_called_off_is_a_reason_for_silence(lite):
    lite.publishes()
    lite.subscribes(1)
    alert_id = lite.alerts()
    lite.write(lifecycle.cancel, alert_id, by="staff", reason="false", at=NOON)
    lite.turns()

    [quiet] = lite.read(explaining.why_nothing, 1, at=NOON)

    assert (quiet.kind, quiet.detail) == (Silence.NOT_DELIVERED, DeliveryState.CANCELLED)
