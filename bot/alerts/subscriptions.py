"""Knows who wants to hear of what: subscribes, ends, pauses, and keeps wishes and consent. Sends nothing.

Functions take an open session and commit nothing. Nobody is a subscriber without consent: version, language and time
of the notice that they agreed to are stored with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.alerts.audience import Wish, read_audience
from bot.alerts.models import Alert, Delivery, HeardVerdict, Subscriber, Subscription
from bot.alerts.rhythm import DEFAULT_ZONE, QuietHours, find_zone
from bot.alerts.states import Basis, ChatKind, DeliveryState, EndReason, Interest, Pace
from bot.alerts.writing import count_changed
from knowledge.vocabulary import Language

KEEP_ENDED = dt.timedelta(days=28)  # after the end: long enough to say why nothing came, as GOV.UK does
KEEP_FINISHED = dt.timedelta(days=90)  # deliveries: as long as a correction may still have to reach people
KEEP_HEARD = dt.timedelta(days=90)
_CLOSED_BY_END = {
    EndReason.UNSUBSCRIBED: DeliveryState.UNSUBSCRIBED,
    EndReason.BLOCKED: DeliveryState.BLOCKED,
    EndReason.DEACTIVATED: DeliveryState.DEACTIVATED,
    EndReason.NOT_FOUND: DeliveryState.NOT_FOUND,
}


class NotSubscribed(Exception):
    """The chat has no subscription, so there is nothing to change."""


@dataclass(frozen=True)
class Consent:
    """What somebody agreed to: which version of the notice, in which language, when."""

    version: str
    language: Language
    at: dt.datetime


def subscribe(
    session: Session,
    chat_id: int,
    wishes: Iterable[Wish],
    *,
    consent: Consent,
    kind: ChatKind = ChatKind.PERSON,
) -> Subscriber:
    """Let a chat hear of these from now on, beside what it hears of already. Consent given anew replaces the old one.

    A chat whose subscriptions had ended starts afresh with these alone, and keeps its language and quiet hours.
    """
    row = session.get(Subscriber, chat_id)
    if row is None:
        row = Subscriber(chat_id=chat_id, kind=kind, language=consent.language, pace=Pace.NOW, time_zone=DEFAULT_ZONE)
        row.emergencies_at_once, row.urgent_only, row.is_canary = True, False, False
        session.add(row)
    row.consent_version, row.consent_language, row.consented_at = consent.version, consent.language, consent.at
    row.kind, row.ended_at, row.ended_reason, row.migrated_to, row.paused_until = kind, None, None, None, None
    session.flush()
    for wish in dict.fromkeys(wishes):
        _subscribe_to(session, chat_id, wish, consent.at)
    session.flush()
    return row


def unsubscribe(session: Session, chat_id: int, wish: Wish, *, at: dt.datetime) -> bool:
    """End one subscription; what waits for the chat because of it alone is not sent. False if there was none.

    With its last subscription the subscriber ends too.
    """
    row = session.get(Subscription, (chat_id, wish.interest, wish.value))
    if row is None or row.ended_at is not None:
        return False
    row.ended_at, row.ended_reason = at, EndReason.UNSUBSCRIBED
    session.flush()
    left = list_wishes(session, chat_id)
    if not left:
        return end(session, chat_id, EndReason.UNSUBSCRIBED, at=at)
    _close_unwanted(session, chat_id, left, at)
    return True


def unsubscribe_all(
    session: Session, chat_id: int, *, at: dt.datetime, reason: EndReason = EndReason.UNSUBSCRIBED
) -> bool:
    """End everything of a chat at once. False if nothing was on."""
    return end(session, chat_id, reason, at=at)


def end(session: Session, chat_id: int, reason: EndReason, *, at: dt.datetime) -> bool:
    """End a subscriber for a reason; nothing that waits for it is sent. False if it had ended, or never was one.

    After an unsubscribing, corrections of what the chat got still edit the old message, without a new one.
    """
    row = session.get(Subscriber, chat_id)
    _close(session, chat_id, reason, at)
    if row is None or row.ended_at is not None:
        return False
    row.ended_at, row.ended_reason = at, reason
    active = and_(Subscription.chat_id == chat_id, Subscription.ended_at.is_(None))
    session.execute(update(Subscription).where(active).values(ended_at=at, ended_reason=reason))
    return True


def come_back(session: Session, chat_id: int) -> bool:
    """Revive what ended because Telegram could not reach the chat: it unblocked the bot. False if there is nothing.

    What a person ended by their own word stays ended.
    """
    row = session.get(Subscriber, chat_id)
    lost = (EndReason.BLOCKED, EndReason.DEACTIVATED, EndReason.NOT_FOUND)
    if row is None or row.ended_at is None or row.ended_reason not in lost:
        return False
    together = (Subscription.chat_id == chat_id, Subscription.ended_at == row.ended_at)
    session.execute(update(Subscription).where(*together).values(ended_at=None, ended_reason=None))
    row.ended_at, row.ended_reason = None, None
    return True


def find_subscriber(session: Session, chat_id: int) -> Subscriber | None:
    """Return the subscriber, also an ended one, or None."""
    return session.get(Subscriber, chat_id)


def get_subscriber(session: Session, chat_id: int) -> Subscriber:
    """Return a subscriber that has not ended. Raises NotSubscribed."""
    row = find_subscriber(session, chat_id)
    if row is None or row.ended_at is not None:
        raise NotSubscribed("You have no alerts at present. /subscribe starts them.")
    return row


def list_wishes(session: Session, chat_id: int) -> tuple[Wish, ...]:
    """Return what a chat wants to hear of."""
    return list_wishes_of(session, [chat_id]).get(chat_id, ())


def list_wishes_of(session: Session, chat_ids: Iterable[int]) -> dict[int, tuple[Wish, ...]]:
    """Return the wishes of several chats at once."""
    query = (
        select(Subscription.chat_id, Subscription.interest, Subscription.value)
        .where(Subscription.chat_id.in_(list(chat_ids)), Subscription.ended_at.is_(None))
        .order_by(Subscription.chat_id, Subscription.interest, Subscription.value)
    )
    wishes: dict[int, tuple[Wish, ...]] = {}
    for chat_id, interest, value in session.execute(query):
        wishes[chat_id] = (*wishes.get(chat_id, ()), _make_wish(interest, value))
    return wishes


@lru_cache(maxsize=1000)  # many people wish for the same
def _make_wish(interest: str, value: str) -> Wish:
    return Wish(Interest(interest), value)


def pause(session: Session, chat_id: int, until: dt.datetime | None) -> None:
    """Send nothing until then; None ends the pause. Raises NotSubscribed."""
    get_subscriber(session, chat_id).paused_until = until


def set_quiet_hours(session: Session, chat_id: int, quiet: QuietHours | None) -> None:
    """Do not disturb in these hours; None: at any hour. Raises NotSubscribed."""
    row = get_subscriber(session, chat_id)
    row.quiet_from, row.quiet_until = (quiet.start, quiet.end) if quiet else (None, None)
    row.time_zone = quiet.time_zone if quiet else row.time_zone


def set_time_zone(session: Session, chat_id: int, name: str) -> None:
    """Choose whose clock counts for quiet hours and digests. Raises NotSubscribed, and ValueError for no such zone."""
    find_zone(name)
    get_subscriber(session, chat_id).time_zone = name


def set_pace(session: Session, chat_id: int, pace: Pace) -> None:
    """Choose alerts at once, or a digest. Raises NotSubscribed."""
    get_subscriber(session, chat_id).pace = pace


def set_language(session: Session, chat_id: int, language: Language) -> bool:
    """Choose the language of alerts, also of those that wait. False where the chat is no subscriber."""
    row = find_subscriber(session, chat_id)
    if row is not None:
        row.language = language
    return row is not None


def set_emergencies_at_once(session: Session, chat_id: int, *, at_once: bool) -> None:
    """Choose whether danger to life may disturb in quiet hours and does not wait for a digest. Raises NotSubscribed."""
    get_subscriber(session, chat_id).emergencies_at_once = at_once


def set_urgent_only(session: Session, chat_id: int, *, urgent_only: bool) -> None:
    """Let a chat, such as a public channel, have nothing but danger to life. Raises NotSubscribed."""
    get_subscriber(session, chat_id).urgent_only = urgent_only


def set_canary(session: Session, chat_id: int, *, is_canary: bool) -> None:
    """Let a staff account get every alert and every test, so that its silence shows a fault.

    Raises NotSubscribed: whoever watches has agreed to alerts like everybody else. Ending it needs nothing.
    """
    row = get_subscriber(session, chat_id) if is_canary else find_subscriber(session, chat_id)
    if row is not None:
        row.is_canary = is_canary


def list_canaries(session: Session) -> tuple[int, ...]:
    """Return the accounts that watch over alerts now."""
    canaries = select(Subscriber.chat_id).where(Subscriber.is_canary, Subscriber.ended_at.is_(None))
    return tuple(session.scalars(canaries.order_by(Subscriber.chat_id)))


def migrate(session: Session, old_id: int, new_id: int, *, at: dt.datetime) -> bool:
    """Follow a group that Telegram gave another id: wishes and all deliveries move. False if it was no subscriber."""
    _move_deliveries(session, old_id, new_id)
    old = session.get(Subscriber, old_id, with_for_update=True)  # Telegram says it twice, in the old chat and the new
    if old is None or old.migrated_to == new_id:
        return False
    if session.get(Subscriber, new_id) is None:
        fields = {column.key: getattr(old, column.key) for column in Subscriber.__table__.columns}
        session.add(Subscriber(**(fields | {"chat_id": new_id})))
        session.flush()
    for row in session.scalars(select(Subscription).where(Subscription.chat_id == old_id)).all():
        if session.get(Subscription, (new_id, row.interest, row.value)) is None:
            session.add(_copy_for(row, new_id))
    session.flush()
    session.execute(delete(Subscription).where(Subscription.chat_id == old_id))
    old.ended_at, old.ended_reason, old.migrated_to = old.ended_at or at, EndReason.MIGRATED, new_id
    return True


def forget(session: Session, chat_id: int) -> int:
    """Erase a chat from every table of alerts; returns how many rows went. What it got cannot be corrected after."""
    return sum(
        count_changed(session, delete(table).where(table.chat_id == chat_id))
        for table in (Delivery, HeardVerdict, Subscription, Subscriber)
    )


def forget_old(session: Session, *, at: dt.datetime) -> int:
    """Erase what is kept no longer: ended subscribers, finished deliveries, verdicts heard. Returns how many rows."""
    statements = (
        delete(Subscription).where(Subscription.ended_at < at - KEEP_ENDED),
        delete(Subscriber).where(Subscriber.ended_at < at - KEEP_ENDED),
        delete(Delivery).where(Delivery.finished_at < at - KEEP_FINISHED),
        delete(HeardVerdict).where(HeardVerdict.day < (at - KEEP_HEARD).date()),
    )
    return sum(count_changed(session, statement) for statement in statements)


def _subscribe_to(session: Session, chat_id: int, wish: Wish, at: dt.datetime) -> None:
    row = session.get(Subscription, (chat_id, wish.interest, wish.value))
    if row is None:
        row = Subscription(chat_id=chat_id, interest=wish.interest, value=wish.value, subscribed_at=at)
        session.add(row)
    if row.ended_at is not None:
        row.subscribed_at = at
    row.ended_at, row.ended_reason = None, None


def _close(session: Session, chat_id: int, reason: EndReason, at: dt.datetime) -> None:
    """Close what waits for a chat that ended. Of an unsubscriber, corrections stay: they edit what is there."""
    conditions = [Delivery.chat_id == chat_id, Delivery.state == DeliveryState.PENDING]
    if reason is EndReason.UNSUBSCRIBED:
        conditions.append(Delivery.basis.in_((Basis.SUBSCRIPTION, Basis.CANARY)))
    state = _CLOSED_BY_END.get(reason, DeliveryState.CANCELLED)
    certain = update(Delivery).where(*conditions, Delivery.copies == 0)
    maybe = update(Delivery).where(*conditions, Delivery.copies > 0)
    session.execute(certain.values(state=state, reason=reason.value, finished_at=at))
    session.execute(maybe.values(state=DeliveryState.UNCERTAIN, reason=reason.value, finished_at=at))


def _close_unwanted(session: Session, chat_id: int, left: tuple[Wish, ...], at: dt.datetime) -> None:
    waiting = select(Delivery, Alert.audience).join(Alert, Alert.id == Delivery.alert_id)
    mine = waiting.where(
        Delivery.chat_id == chat_id,
        Delivery.state == DeliveryState.PENDING,
        Delivery.basis == Basis.SUBSCRIPTION,
    )
    for delivery, audience in session.execute(mine).all():
        if not read_audience(audience).concerns(left):
            delivery.state = DeliveryState.UNCERTAIN if delivery.copies else DeliveryState.UNSUBSCRIBED
            delivery.reason, delivery.finished_at = EndReason.UNSUBSCRIBED.value, at


def _move_deliveries(session: Session, old_id: int, new_id: int) -> None:
    """Give the deliveries of a chat to its new id, where that has none of the same alert."""
    other = aliased(Delivery)
    taken = exists().where(other.alert_id == Delivery.alert_id, other.chat_id == new_id)
    session.flush()
    session.execute(
        update(Delivery)
        .where(Delivery.chat_id == old_id, ~taken)
        .values(chat_id=new_id)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _copy_for(row: Subscription, chat_id: int) -> Subscription:
    fields = {column.key: getattr(row, column.key) for column in Subscription.__table__.columns}
    return Subscription(**(fields | {"chat_id": chat_id}))
