import datetime as dt
import random

import pytest
from alert_builders import HOUR, MINUTE
from store_builders import NOON, make_advisory

from bot.alerts import lifecycle, outbox
from bot.alerts.lifecycle import CannotAlert, UnknownAlert
from bot.alerts.states import OVER, AlertState, Lane, MessageType
from bot.alerts.wording import BadWording
from knowledge import advisories, alert_requests
from knowledge.advisories import UnknownAdvisory, save_draft
from knowledge.alert_requests import NothingToTell
from knowledge.library import load_library
from knowledge.vocabulary import Severity

ADVISORY = "test-cambodia-warning"


@pytest.fixture
def told(lite):
    """An alert that reached everyone."""
    lite.publishes()
    lite.subscribes(1)
    lite.alert_id = lite.alerts()
    lite.sends()
    return lite


# --- asking --------------------------------------------------------------------------------------------------------


def test_an_alert_waits_for_approval(lite):
    lite.publishes()

    assert lite.state(lite.requests()) is AlertState.REQUESTED
    assert lite.turns() == []


def test_a_draft_cannot_be_told(lite):
    lite.write(save_draft, make_advisory(), at=NOON)

    with pytest.raises(CannotAlert, match="Publish it first"):
        lite.requests()


def test_an_advisory_that_nobody_knows_is_named(lite):
    with pytest.raises(UnknownAdvisory):
        lite.requests("no-such-advisory")


def test_a_superseded_or_expired_advisory_is_not_told(lite):
    lite.publishes("test-old")
    lite.publishes("test-new", supersedes=("test-old",))
    lite.publishes("test-expired", valid_until=dt.date(2026, 11, 1))

    for advisory_id in ("test-old", "test-expired"):
        with pytest.raises(CannotAlert, match="superseded or has expired"):
            lite.requests(advisory_id)


def test_the_same_advisory_asked_for_fifty_times_is_one_alert(lite):
    lite.publishes()
    lite.requests()

    for _ in range(49):
        with pytest.raises(CannotAlert, match="already"):
            lite.requests()

    assert len(lite.read(lifecycle.list_alerts)) == 1


def test_notices_that_are_alike_but_not_the_same_are_all_told(lite):
    for number in range(20):
        lite.publishes(f"test-{number}", facts=(f"{number} people were held in one compound.",))
        lite.requests(f"test-{number}")

    assert len(lite.read(lifecycle.list_alerts)) == 20


def test_what_danger_to_life_means_follows_the_notice_and_can_be_said_otherwise(lite):
    lite.publishes("test-leave", severity=Severity.LEAVE)
    lite.publishes("test-warning", severity=Severity.WARNING)
    found = [lite.requests("test-leave"), lite.requests("test-warning", emergency=True)]

    for alert_id in found:
        alert = lite.read(lifecycle.get_alert, alert_id)
        assert (alert.emergency, alert.lane, alert.expires_at) == (True, Lane.EMERGENCY, NOON + 24 * HOUR)


def test_an_alert_expires_with_its_advisory(lite):
    lite.publishes(valid_until=dt.date(2026, 11, 22))

    alert = lite.read(lifecycle.get_alert, lite.requests())

    assert alert.expires_at == dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC)


def test_a_notice_that_reads_like_a_test_is_refused_and_nothing_is_stored(lite):
    lite.publishes(title="DRILL: nobody needs to leave")

    with pytest.raises(BadWording, match="DRILL"):
        lite.requests()
    assert lite.read(lifecycle.list_alerts) == ()


def test_nobody_approving_in_time_ends_it(lite):
    lite.publishes()
    alert_id = lite.requests()
    lite.later(dt.timedelta(hours=72))

    [news] = lite.turns()

    assert (news.kind, lite.state(alert_id)) == ("expired", AlertState.EXPIRED)


# --- correcting ----------------------------------------------------------------------------------------------------


def test_an_update_names_what_it_replaces(told):
    told.changes()

    update = told.read(lifecycle.get_alert, told.requests(ask=lifecycle.request_update))

    assert (update.message_type, update.references_id) == (MessageType.UPDATE, told.alert_id)


@pytest.mark.parametrize("ask", [lifecycle.request_update, lifecycle.request_cancel])
def test_a_correction_of_what_nobody_was_told_is_refused(lite, ask):
    lite.publishes()

    with pytest.raises(CannotAlert, match="there is nothing to correct"):
        lite.requests(ask=ask)


@pytest.mark.parametrize("ask", [lifecycle.request_update, lifecycle.request_cancel])
def test_a_correction_of_an_alert_that_does_not_exist_is_refused(told, ask):
    told.changes()

    with pytest.raises(UnknownAlert):
        told.requests(ask=ask, references_id=999)


@pytest.mark.parametrize("ask", [lifecycle.request_update, lifecycle.request_cancel])
def test_a_correction_of_another_advisorys_alert_is_refused(told, ask):
    told.publishes("test-other")

    with pytest.raises(CannotAlert, match="not about test-other"):
        told.requests("test-other", ask=ask, references_id=told.alert_id)


def test_an_update_without_a_change_is_refused(told):
    with pytest.raises(CannotAlert, match="has not changed"):
        told.requests(ask=lifecycle.request_update)


@pytest.mark.parametrize("ask", [lifecycle.request_update, lifecycle.request_cancel])
def test_a_correction_of_what_has_not_gone_out_is_refused(lite, ask):
    lite.publishes()
    lite.requests()
    lite.changes()

    with pytest.raises(CannotAlert, match="Call it off instead"):
        lite.requests(ask=ask)


def test_a_withdrawal_cannot_be_withdrawn(told):
    withdrawal = told.alerts(ask=lifecycle.request_cancel)

    with pytest.raises(CannotAlert, match="itself a withdrawal"):
        told.requests(ask=lifecycle.request_cancel, references_id=withdrawal)


def test_what_is_replaced_already_cannot_be_replaced_again(told):
    told.changes()
    told.alerts(ask=lifecycle.request_update)

    with pytest.raises(CannotAlert, match="Name that one"):
        told.requests(ask=lifecycle.request_cancel, references_id=told.alert_id)


def test_an_update_may_come_from_the_notice_that_supersedes_the_old_one(told):
    told.publishes("test-new", supersedes=(ADVISORY,), gist={"en": "It is worse than was known."})

    update = told.alerts("test-new", ask=lifecycle.request_update, references_id=told.alert_id)

    assert told.sends() == [1]
    assert told.state(update) is AlertState.DONE


def test_after_a_withdrawal_the_advisory_can_be_told_anew_to_everyone(told):
    told.alerts(ask=lifecycle.request_cancel)
    told.sends()

    told.alerts()

    assert told.sends() == [1]


# --- calling off ---------------------------------------------------------------------------------------------------


def test_a_requested_alert_can_be_called_off(lite):
    lite.publishes()
    alert_id = lite.requests()

    lite.write(lifecycle.cancel, alert_id, by="staff", reason="not needed", at=lite.now)

    alert = lite.read(lifecycle.get_alert, alert_id)
    assert (alert.state, alert.state_reason) == (AlertState.CANCELLED, "not needed")


def test_what_is_over_cannot_be_called_off_again(lite):
    lite.publishes()
    alert_id = lite.requests()
    lite.write(lifecycle.cancel, alert_id, by="staff", reason="not needed", at=lite.now)

    with pytest.raises(CannotAlert, match="cancelled already"):
        lite.write(lifecycle.cancel, alert_id, by="staff", reason="again", at=lite.now)


def test_what_has_gone_out_is_withdrawn_not_called_off(told):
    with pytest.raises(CannotAlert, match="--withdraw"):
        told.write(lifecycle.cancel, told.alert_id, by="staff", reason="false", at=told.now)


def test_an_unknown_number_is_named(lite):
    with pytest.raises(UnknownAlert, match="no alert 7"):
        lite.write(lifecycle.cancel, 7, by="staff", reason="false", at=lite.now)


# --- requests of the ingest command line ---------------------------------------------------------------------------


def test_publishing_with_an_alert_becomes_a_request_that_staff_hear_of(lite):
    lite.publishes()
    lite.write(alert_requests.request, ADVISORY, by="editor", at=lite.now)

    [news] = lite.turns()
    alert = lite.read(lifecycle.get_alert, news.alert_id)

    assert (news.kind, alert.state, alert.requested_by) == ("requested", AlertState.REQUESTED, "editor")
    assert lite.turns() == []


def test_withdrawing_becomes_a_withdrawal_of_the_alert(told):
    told.withdraws()
    told.write(alert_requests.request, ADVISORY, by="editor", at=told.now)

    news = [news for news in told.turns() if news.kind == "requested"]

    assert told.read(lifecycle.get_alert, news[0].alert_id).message_type == MessageType.CANCEL


def test_changing_becomes_an_update(told):
    told.changes()
    told.write(alert_requests.request, ADVISORY, by="editor", at=told.now)

    [news] = told.turns()

    assert told.read(lifecycle.get_alert, news.alert_id).message_type == MessageType.UPDATE


def test_a_request_that_cannot_be_met_is_told_to_staff_once(lite):
    lite.publishes(countries=())
    lite.write(alert_requests.request, ADVISORY, by="editor", at=lite.now)

    [news] = lite.turns()

    assert news.kind == "not_requested"
    assert "names no country" in news.words
    assert lite.turns() == []


def test_withdrawing_what_nobody_was_told_bothers_nobody(lite):
    lite.publishes()
    lite.withdraws()
    lite.write(alert_requests.request, ADVISORY, by="editor", at=lite.now)

    assert lite.turns() == []


def test_the_same_change_is_asked_for_once(lite):
    lite.publishes()

    first = lite.write(alert_requests.request, ADVISORY, by="editor", at=lite.now)
    second = lite.write(alert_requests.request, ADVISORY, by="editor", at=lite.now)

    assert (first, second) == (True, False)


def test_a_draft_has_nothing_to_tell(lite):
    lite.write(save_draft, make_advisory(), at=NOON)

    with pytest.raises(NothingToTell):
        lite.write(alert_requests.request, ADVISORY, by="editor", at=lite.now)


# --- chains of alerts, updates and withdrawals ---------------------------------------------------------------------


STEPS = 25
ASKS = (lifecycle.request_alert, lifecycle.request_update, lifecycle.request_cancel)


class Chain:
    """Publishing, changing, alerting, correcting and calling off in any order, while people come.

    Beside the program runs what each person would say: the last message that I hold, and whether it still counts.
    """

    def __init__(self, situation, seed):
        self.situation = situation
        self.chance = random.Random(seed)
        self.held = {}  # chat → the alert whose message it holds; None once that was taken back
        self.people = 0
        self.corrections = 0
        self.situation.publishes()
        self.people_come()

    def step(self):
        steps = (self.people_come, self.advisory_changes, self.advisory_goes_and_comes, self.newest_is_called_off)
        self.situation.later(MINUTE)
        self.chance.choices((*steps, self.alert_goes_out), weights=(2, 3, 1, 1, 8))[0]()
        self.check()

    def people_come(self):
        for _ in range(3):
            self.people += 1
            self.situation.subscribes(self.people)

    def advisory_changes(self):
        self.situation.changes(gist={"en": f"What is known after {self.chance.random()} is this."})

    def advisory_goes_and_comes(self):
        self.situation.withdraws()
        self.situation.turns()
        self.situation.write(advisories.publish, ADVISORY, by="staff", at=self.situation.now)

    def newest_is_called_off(self):
        for alert in self.situation.read(lifecycle.list_alerts, open_only=True)[:1]:
            self.situation.write(lifecycle.cancel, alert.id, by="staff", reason="no", at=self.situation.now)
            self.situation.turns()

    def alert_goes_out(self):
        ask = self.chance.choice(ASKS)
        try:
            alert_id = self.situation.requests(ask=ask)
        except CannotAlert:
            return
        self.corrections += ask is not lifecycle.request_alert
        holders = {chat_id for chat_id, alert in self.held.items() if alert is not None}
        self.situation.approves(alert_id)
        self.situation.turns()
        meant = set(self.situation.states(alert_id))
        if ask is lifecycle.request_cancel:
            assert meant == holders, "a withdrawal goes to exactly those who hold something"
        if ask is lifecycle.request_update:
            now = self.version(alert_id)
            outdated = {chat_id for chat_id in holders if self.version(self.held[chat_id]) != now}
            assert meant & holders == outdated, (
                "an update goes to everyone who holds an old text and to no other holder"
            )
        for chat_id in self.situation.sends(self.chance.randrange(self.people + 2)):
            self.held[chat_id] = None if ask is lifecycle.request_cancel else alert_id

    def version(self, alert_id):
        return self.situation.read(lifecycle.get_alert, alert_id).advisory_version

    def check(self):
        alerts = {alert.id: alert for alert in self.situation.read(lifecycle.list_alerts)}
        replaced = {alert.references_id for alert in alerts.values() if alert.started_at and alert.references_id}
        for alert in alerts.values():
            if alert.message_type != MessageType.ALERT:
                earlier = alerts[alert.references_id]
                assert earlier.id < alert.id
                assert earlier.started_at is not None
                assert earlier.message_type != MessageType.CANCEL
        for claim in self.situation.claims():
            assert claim.alert_ids[0] not in replaced
            assert alerts[claim.alert_ids[0]].state not in OVER
            self.situation.write(outbox.let_go, claim, at=self.situation.now)


@pytest.mark.parametrize("seed", range(8))
def test_in_any_chain_each_correction_refers_to_what_went_out_and_reaches_who_has_it(lite, seed):
    chain = Chain(lite, seed)

    for _ in range(STEPS):
        chain.step()

    assert chain.corrections >= 1


def test_answers_never_rest_on_what_is_withdrawn_or_expired(lite):
    lite.publishes("test-old")
    lite.publishes("test-new", supersedes=("test-old",))
    lite.publishes("test-expired", valid_until=dt.date(2026, 11, 1))
    lite.publishes("test-withdrawn")
    lite.withdraws("test-withdrawn")

    assert set(load_library(lite.engine, NOON.date()).advisories) == {"test-new"}
