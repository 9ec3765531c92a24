import datetime as dt

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alert_builders import CAMBODIA, EVERYTHING, HOUR, MINUTE, RUSSIA, SCAMS
from sqlalchemy import select
from store_builders import NOON

import bot.models
from bot.alerts import heard, lifecycle, matching, outbox
from bot.alerts.audience import Audience, BadAudience
from bot.alerts.models import Alert, Delivery
from bot.alerts.states import AlertState, AlertStatus, Basis, DeliveryState, Lane, Pace
from knowledge.database import Base, read_session, write_session
from knowledge.vocabulary import Language, Severity, Topic

ALERT_TABLES = ("subscri", "alert", "approval", "delivery", "heard_verdict", "sender_lease", "audit_entry")
PENDING, SENT, CANCELLED = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.CANCELLED
INDIA_3AM = dt.datetime(2026, 11, 22, 21, 30, tzinfo=dt.UTC)


def deliveries(situation, alert_id):
    with read_session(situation.engine) as session:
        return {row.chat_id: row for row in session.scalars(select(Delivery).where(Delivery.alert_id == alert_id))}


def test_the_tables_are_those_of_the_migrations(either_engine):
    with either_engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    ours = [change for change in differences if any(name in str(change) for name in ALERT_TABLES)]

    assert ours == []


def test_an_alert_reaches_those_whom_it_concerns_and_nobody_else(situation):
    situation.publishes()
    for chat_id, wish in ((1, CAMBODIA), (2, RUSSIA), (3, SCAMS), (4, EVERYTHING), (-100200, CAMBODIA)):
        situation.subscribes(chat_id, wish)

    alert_id = situation.alerts()

    assert situation.states(alert_id) == dict.fromkeys((-100200, 1, 3, 4), PENDING)


def test_several_reasons_make_one_delivery(situation):
    situation.publishes(countries=("KH", "RU"))
    situation.subscribes(1, CAMBODIA, RUSSIA, SCAMS, EVERYTHING)

    assert situation.states(situation.alerts()) == {1: PENDING}


def test_matching_in_small_batches_reaches_the_same_people(situation):
    situation.publishes()
    for chat_id in range(-7, 8):
        situation.subscribes(chat_id, CAMBODIA if chat_id % 2 else RUSSIA)
    alert_id = situation.requests()
    situation.approves(alert_id)

    situation.turns(batch=2)

    assert sorted(situation.states(alert_id)) == [-7, -5, -3, -1, 1, 3, 5, 7]


def test_matching_that_was_cut_off_goes_on_where_it_was(situation):
    situation.publishes()
    for chat_id in range(1, 10):
        situation.subscribes(chat_id)
    alert_id = situation.requests()
    situation.approves(alert_id)
    situation.turns(most=1)
    with write_session(situation.engine) as session:
        matching.match_batch(session, session.get_one(Alert, alert_id), at=NOON, batch=4)
    try:
        with write_session(situation.engine) as session:
            matching.match_batch(session, session.get_one(Alert, alert_id), at=NOON, batch=4)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass

    situation.turns()

    assert sorted(situation.states(alert_id)) == list(range(1, 10))


@pytest.mark.parametrize(
    ("wished", "reached"),
    [
        ({}, True),
        ({"paused_until": NOON + HOUR}, False),
        ({"paused_until": NOON - HOUR}, True),
        ({"urgent_only": True}, False),
    ],
)
def test_a_pause_and_the_wish_for_urgent_ones_only_are_kept(situation, wished, reached):
    situation.publishes()
    situation.subscribes(1, **wished)

    assert (1 in situation.states(situation.alerts())) is reached


def test_who_wants_urgent_ones_only_gets_those(situation):
    situation.publishes(severity=Severity.LEAVE)
    situation.subscribes(1, urgent_only=True)

    assert situation.states(situation.alerts()) == {1: PENDING}


def test_a_test_goes_to_canaries_only_whatever_they_follow(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.subscribes(2, RUSSIA, is_canary=True)

    assert situation.states(situation.alerts(status=AlertStatus.TEST)) == {2: PENDING}


def test_canaries_get_every_alert_and_come_first(situation):
    situation.publishes()
    for chat_id in (1, 2):
        situation.subscribes(chat_id)
    situation.subscribes(9, RUSSIA, is_canary=True, pace=Pace.WEEKLY, quiet_from=0, quiet_until=1439)

    situation.alerts()

    assert [claim.chat_id for claim in situation.claims(1)] == [9]


def test_quiet_hours_put_a_delivery_off_until_they_end(situation):
    situation.now = INDIA_3AM
    situation.publishes()
    situation.subscribes(1, quiet_from=22 * 60, quiet_until=7 * 60)
    situation.subscribes(2)

    alert_id = situation.alerts()

    assert [claim.chat_id for claim in situation.claims()] == [2]
    assert deliveries(situation, alert_id)[1].not_before_at == dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)


def test_danger_to_life_does_not_wait_for_the_morning_unless_so_wished(situation):
    situation.now = INDIA_3AM
    situation.publishes(severity=Severity.DO_NOT_GO)
    situation.subscribes(1, quiet_from=22 * 60, quiet_until=7 * 60)
    situation.subscribes(2, quiet_from=22 * 60, quiet_until=7 * 60, emergencies_at_once=False)
    situation.subscribes(3, pace=Pace.WEEKLY)

    situation.alerts()

    assert sorted(claim.chat_id for claim in situation.claims()) == [1, 3]


def test_digests_wait_for_their_day(situation):
    situation.publishes()
    situation.subscribes(1, pace=Pace.DAILY)
    situation.subscribes(2, pace=Pace.WEEKLY)  # noon UTC of a Sunday in November

    waiting = deliveries(situation, situation.alerts())

    assert {chat_id: row.lane for chat_id, row in waiting.items()} == {1: Lane.DIGEST, 2: Lane.DIGEST}
    assert {row.not_before_at for row in waiting.values()} == {dt.datetime(2026, 11, 23, 3, 30, tzinfo=dt.UTC)}


def test_a_digest_expires_a_day_after_it_is_due_or_with_its_advisory(situation):
    situation.publishes(valid_until=dt.date(2026, 11, 23))
    situation.publishes("test-other", supersedes=())
    situation.subscribes(1, pace=Pace.WEEKLY)

    first, second = situation.alerts(), situation.alerts("test-other")

    assert deliveries(situation, first)[1].expires_at == dt.datetime(2026, 11, 23, 18, 30, tzinfo=dt.UTC)
    assert deliveries(situation, second)[1].expires_at == dt.datetime(2026, 11, 24, 3, 30, tzinfo=dt.UTC)


# --- whom an alert may be for --------------------------------------------------------------------------------------


def test_an_advisory_without_a_country_is_not_sent_to_everyone_or_no_one_by_mistake(lite):
    lite.publishes(countries=())

    with pytest.raises(BadAudience, match="names no country"):
        lite.requests()


@pytest.mark.parametrize(
    "audience", [Audience(), Audience(("KH",), (), True), Audience(("kh",)), Audience((), ("no_topic",))]
)
def test_an_audience_that_cannot_be_meant_is_refused(lite, audience):
    lite.publishes()

    with pytest.raises(BadAudience):
        lite.requests(audience=audience)


def test_everyone_is_reached_where_that_is_said(situation):
    situation.publishes(countries=())
    situation.subscribes(1, RUSSIA)
    situation.subscribes(2, CAMBODIA)

    assert sorted(situation.states(situation.alerts(audience=Audience(everyone=True)))) == [1, 2]


def test_who_follows_a_topic_is_reached_without_a_country(situation):
    situation.publishes(countries=())
    situation.subscribes(1, SCAMS)
    situation.subscribes(2, CAMBODIA)

    assert situation.states(situation.alerts(audience=Audience((), (Topic.CYBER_SCAM_COMPOUND,)))) == {1: PENDING}


def test_an_alert_that_was_stopped_half_way_and_asked_for_again_skips_who_has_it(situation):
    situation.publishes()
    for chat_id in range(1, 5):
        situation.subscribes(chat_id)
    first = situation.alerts()
    assert situation.sends(2) == [1, 2]
    situation.write(lifecycle.stop, first, reason="a spike of refusals", at=situation.now)
    situation.turns()

    again = situation.alerts()

    assert sorted(situation.states(again)) == [3, 4]


# --- corrections ---------------------------------------------------------------------------------------------------


def told(situation, *, sent=3, of=5):
    """An alert that reached some, failed for one, and was called off for the rest."""
    situation.publishes()
    for chat_id in range(1, of + 1):
        situation.subscribes(chat_id)
    alert_id = situation.alerts()
    claims = situation.claims(sent)
    for claim in claims[:-1]:
        situation.write(outbox.mark_sent, claim, message_id=claim.chat_id * 10, at=situation.now)
    situation.write(outbox.mark_rejected, claims[-1], reason="refused", at=situation.now)
    return alert_id


def test_a_withdrawal_goes_to_exactly_those_who_got_it(situation):
    alert_id = told(situation)
    situation.write(lifecycle.cancel, alert_id, by="staff", reason="false", at=situation.now)
    situation.turns()
    situation.subscribes(99)

    withdrawal = situation.alerts(ask=lifecycle.request_cancel)

    assert situation.states(alert_id) == {
        1: SENT,
        2: SENT,
        3: DeliveryState.FAILED_REJECTED,
        4: CANCELLED,
        5: CANCELLED,
    }
    assert situation.sends() == [1, 2]
    assert situation.states(withdrawal) == {1: SENT, 2: SENT}


def test_a_withdrawal_names_the_old_message_to_edit_and_to_answer(situation):
    told(situation)

    situation.alerts(ask=lifecycle.request_cancel)
    claim = situation.claims(1)[0]

    assert (claim.edit.message_id, claim.reply_to) == (10, 10)
    assert "Withdrawn" in claim.edit.html
    assert "<s>" in claim.edit.html


def test_who_gets_the_message_while_its_withdrawal_starts_gets_the_withdrawal_too(situation):
    situation.publishes()
    for chat_id in range(1, 4):
        situation.subscribes(chat_id)
    situation.alerts()
    on_its_way = situation.claims(2)

    withdrawal = situation.alerts(ask=lifecycle.request_cancel)
    before = situation.states(withdrawal)
    situation.later(MINUTE / 2)
    situation.write(outbox.mark_sent, on_its_way[0], message_id=7, at=situation.now)
    situation.write(outbox.mark_rejected, on_its_way[1], reason="refused", at=situation.now)
    situation.turns()

    assert (before, situation.states(withdrawal)) == ({}, {1: PENDING})


def test_a_message_that_may_have_arrived_is_withdrawn_too(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.alerts()
    situation.write(outbox.mark_uncertain, situation.claims()[0], reason="no answer", at=situation.now)

    withdrawal = situation.alerts(ask=lifecycle.request_cancel)

    assert situation.states(withdrawal) == {1: PENDING}


def test_an_update_reaches_those_who_have_the_old_text_and_those_who_still_waited_for_it(situation):
    situation.publishes()
    for chat_id in range(1, 4):
        situation.subscribes(chat_id)
    first = situation.alerts()
    situation.sends(1)
    situation.changes()

    situation.alerts(ask=lifecycle.request_update)
    words = {claim.chat_id: claim.html for claim in situation.claims()}

    assert situation.states(first) == {1: SENT, 2: CANCELLED, 3: CANCELLED}
    assert "Correction" in words[1]
    assert "New official warning" in words[2]
    assert "Correction" not in words[3]


def test_the_withdrawal_of_an_update_also_reaches_who_has_only_the_first_message(situation):
    situation.publishes()
    for chat_id in (1, 2):
        situation.subscribes(chat_id)
    situation.alerts()
    situation.sends()
    situation.changes()
    situation.alerts(ask=lifecycle.request_update)
    claims = situation.claims()
    situation.write(outbox.mark_sent, claims[0], message_id=77, at=situation.now)
    situation.write(outbox.mark_rejected, claims[1], reason="refused", at=situation.now)
    situation.turns()

    situation.alerts(ask=lifecycle.request_cancel)

    assert [(claim.chat_id, claim.edit.message_id) for claim in situation.claims()] == [(1, 77), (2, 202)]


def test_a_correction_of_what_an_unsubscriber_has_edits_it_without_a_new_message(situation):
    from bot.alerts import subscriptions

    situation.publishes()
    for chat_id in (1, 2):
        situation.subscribes(chat_id)
    situation.alerts()
    situation.sends()
    situation.write(subscriptions.unsubscribe_all, 2, at=situation.now)

    situation.alerts(ask=lifecycle.request_cancel)
    claims = {claim.chat_id: claim for claim in situation.claims()}

    assert claims[1].html is not None
    assert (claims[2].html, claims[2].edit.message_id) == (None, 202)


def test_people_whose_verdict_cited_it_are_told_once(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.alerts()
    situation.sends()
    version = situation.read(lifecycle.get_alert, 1).advisory_version
    for chat_id in (1, 50, 51, 52):
        cited = [("test-cambodia-warning", version)]
        situation.write(heard.remember_verdict, chat_id, cited, day=NOON.date(), language=Language.HINDI)
    situation.write(heard.refuse_corrections, 51, at=situation.now)
    situation.write(bot_people_blocks, 52)

    withdrawal = situation.alerts(ask=lifecycle.request_cancel)
    claims = {claim.chat_id: claim for claim in situation.claims()}

    assert {chat_id: row.basis for chat_id, row in deliveries(situation, withdrawal).items()} == {
        1: Basis.EARLIER_ALERT,
        50: Basis.VERDICT,
    }
    assert claims[50].language is Language.HINDI


def bot_people_blocks(session, person_id):
    session.add(bot.models.Person(id=person_id, blocked_at=NOON))


def test_a_verdict_that_cited_the_present_version_needs_no_update(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.alerts()
    situation.sends()
    situation.changes()
    with read_session(situation.engine) as session:
        from knowledge.advisories import get_advisory

        present = get_advisory(session, "test-cambodia-warning").content_hash
    for chat_id, version in ((50, "0" * 64), (51, present)):
        cited = [("test-cambodia-warning", version)]
        situation.write(heard.remember_verdict, chat_id, cited, day=NOON.date(), language=Language.ENGLISH)

    assert sorted(situation.states(situation.alerts(ask=lifecycle.request_update))) == [1, 50]


def test_a_withdrawal_reaches_those_who_only_heard_of_it_in_a_verdict(situation):
    situation.publishes()
    cited = [("test-cambodia-warning", "0" * 64)]
    situation.write(heard.remember_verdict, 50, cited, day=NOON.date(), language=Language.ENGLISH)
    situation.withdraws()

    withdrawal = situation.alerts(ask=lifecycle.request_cancel)

    assert situation.sends() == [50]
    assert situation.state(withdrawal) is AlertState.DONE


def test_the_preview_counts_those_whom_it_will_reach(situation):
    situation.publishes()
    situation.subscribes(1)
    situation.subscribes(2, language=Language.HINDI)
    situation.subscribes(3, RUSSIA)
    alert_id = situation.requests()

    seen = situation.read(lifecycle.preview, alert_id, at=situation.now)
    situation.approves(alert_id)
    situation.turns()
    situation.sends()
    cited = [("test-cambodia-warning", "0" * 64)]
    for chat_id in (1, 50):
        situation.write(heard.remember_verdict, chat_id, cited, day=NOON.date(), language=Language.TAMIL)
    withdrawal = situation.requests(ask=lifecycle.request_cancel)
    after = situation.read(lifecycle.preview, withdrawal, at=situation.now)

    assert (seen.recipients, seen.recipients_by_language) == (2, {"en": 1, "hi": 1})
    assert after.recipients_by_language == {"en": 1, "hi": 1, "ta": 1}
