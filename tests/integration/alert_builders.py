"""Builders for tests of alerts: subscribers, published advisories, alerts that are approved and under way."""

import datetime as dt

from sqlalchemy import event, select
from store_builders import NOON, make_advisory

from bot.alerts import approval, lifecycle, outbox, subscriptions
from bot.alerts.audience import ALL_INDIA, Wish
from bot.alerts.models import Delivery
from bot.alerts.states import AlertState, DeliveryState, Interest, Place
from bot.alerts.subscriptions import Consent
from bot.alerts.turn import take_turn
from knowledge import advisories
from knowledge.advisories import save_draft, update_published
from knowledge.database import build_engine, read_session, write_session
from knowledge.vocabulary import Language

CAMBODIA, RUSSIA = Wish(Interest.COUNTRY, "KH"), Wish(Interest.COUNTRY, "RU")
SCAMS = Wish(Interest.TOPIC, "cyber_scam_compound")
EVERYTHING = ALL_INDIA
ASHA, BALA, CHITRA = 1001, 1002, 1003  # staff
STAFF = (ASHA, BALA, CHITRA)
SENDER = "sender-1"
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


def make_quick_engine(file):
    """Open an SQLite file without waiting for the disk at each commit: no test of alerts pulls the plug."""
    engine = build_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def hurry(connection, _record):
        connection.execute("PRAGMA synchronous = OFF")

    return engine


class Situation:
    """A database with a clock of its own, and verbs for what happens."""

    def __init__(self, engine):
        self.engine = engine
        self.now = NOON

    def later(self, step):
        self.now += step
        return self

    def write(self, do, *arguments, **named):
        with write_session(self.engine) as session:
            return do(session, *arguments, **named)

    def read(self, do, *arguments, **named):
        with read_session(self.engine) as session:
            return do(session, *arguments, **named)

    def publishes(self, advisory_id="test-cambodia-warning", **changes):
        record = make_advisory(advisory_id, **changes)
        with write_session(self.engine) as session:
            save_draft(session, record, at=self.now)
            advisories.publish(session, advisory_id, by="staff", at=self.now)
        return advisory_id

    def changes(self, advisory_id="test-cambodia-warning", **changes):
        record = make_advisory(advisory_id, **({"gist": {"en": "It is known now that nobody may go."}} | changes))
        self.write(update_published, record, by="staff", at=self.now)

    def withdraws(self, advisory_id="test-cambodia-warning"):
        self.write(advisories.withdraw, advisory_id, by="staff", reason="wrong", at=self.now)

    def subscribes(self, chat_id, *wishes, language=Language.ENGLISH, **wished):
        consent = Consent("1", language, self.now)
        with write_session(self.engine) as session:
            row = subscriptions.subscribe(session, chat_id, wishes or (CAMBODIA,), consent=consent)
            for name, value in wished.items():
                setattr(row, name, value)
        return chat_id

    def requests(self, advisory_id="test-cambodia-warning", ask=lifecycle.request_alert, **wished):
        return self.write(ask, advisory_id, by="staff", at=self.now, **wished).id

    def approves(self, alert_id, *staff):
        for staff_id in staff or (ASHA, BALA):
            prompt = self.write(
                approval.open_prompt, alert_id, staff_id=staff_id, place=Place.TELEGRAM, staff_ids=STAFF, at=self.now
            )
            progress = self.write(
                approval.approve,
                prompt.token,
                prompt.must_type,
                staff_id=staff_id,
                chat_id=staff_id,
                staff_ids=STAFF,
                needed=2,
                at=self.now,
            )
        return progress

    def turns(self, most=20, **wished):
        news = []
        for _ in range(most):
            turn = take_turn(self.engine, at=self.now, **wished)
            news += turn.news
            if not turn.busy and not turn.news:
                break
        return news

    def alerts(self, advisory_id="test-cambodia-warning", ask=lifecycle.request_alert, **wished):
        """Ask, approve, start, and write the deliveries."""
        alert_id = self.requests(advisory_id, ask, **wished)
        self.approves(alert_id)
        self.turns()
        return alert_id

    def claims(self, most=1000, by=SENDER):
        return self.write(outbox.claim, by=by, at=self.now, most=most)

    def sends(self, most=1000, by=SENDER):
        """Send what is due, as a sender whom everybody hears; return whom it reached."""
        claims = self.claims(most, by)
        for number, claim in enumerate(claims, start=1):
            self.write(outbox.mark_sent, claim, message_id=claim.chat_id * 100 + number, at=self.now)
        self.turns()
        return [claim.chat_id for claim in claims]

    def states(self, alert_id):
        """Return the state of every delivery by chat."""
        query = select(Delivery.chat_id, Delivery.state).where(Delivery.alert_id == alert_id)
        with read_session(self.engine) as session:
            return {chat_id: DeliveryState(state) for chat_id, state in session.execute(query.order_by("chat_id"))}

    def state(self, alert_id):
        return AlertState(self.read(lifecycle.get_alert, alert_id).state)
