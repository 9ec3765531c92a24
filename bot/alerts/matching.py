"""Writes one delivery per person for an alert, in batches that can be taken up again after a crash. Sends nothing.

A batch is a range of chat ids and a single INSERT … SELECT; the end of the range is stored with it, in the same
transaction. New alerts go to those whom they concern; an update or cancellation goes to exactly those who may hold the
earlier message, and to those whose verdict cited the earlier version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from bot.alerts import heard, outbox
from bot.alerts.audience import Audience, read_audience
from bot.alerts.models import Alert, Delivery, HeardVerdict, Subscriber, Subscription
from bot.alerts.rhythm import QuietHours, Rhythm
from bot.alerts.states import (
    ARRIVED,
    OVER,
    AlertStatus,
    Basis,
    DeliveryState,
    Interest,
    Lane,
    MessageType,
    Pace,
)
from bot.alerts.writing import insert_selected
from knowledge.database import UtcDateTime
from knowledge.library import INDIA
from knowledge.models import Advisory

BATCH = 10_000  # chats; a fraction of a second on a small machine, so that on SQLite a cancel never waits long
BATCH_ON_POSTGRESQL = 50_000  # nobody waits for it there
CANARIES_FIRST = dt.timedelta(minutes=1)  # their turn comes before everybody's, so that the watchdog knows early
DIGEST_VALID_FOR = dt.timedelta(hours=24)
LAST_MOMENT = dt.datetime.max.replace(tzinfo=dt.UTC)
LAST_CHAT = 2**62  # beyond every chat id: all ranges are through
_NOTHING = cast(null(), Integer)
_Moment = tuple[SQLColumnExpression[bool], ColumnElement[dt.datetime]]
_COLUMNS = (
    "alert_id",
    "chat_id",
    "basis",
    "language",
    "lane",
    "state",
    "earlier_alert_id",
    "not_before_at",
    "expires_at",
    "attempts",
    "copies",
)


def match_batch(session: Session, alert: Alert, *, at: dt.datetime, batch: int | None = None) -> bool:
    """Write the deliveries of the next batch of chats; True when all are written.

    A correction is through only when nothing of the earlier alerts is being sent any more: until then it is not known
    who got them.
    """
    if alert.matched_at is not None:
        return True
    batch = batch or (BATCH_ON_POSTGRESQL if session.get_bind().dialect.name == "postgresql" else BATCH)
    if alert.message_type == MessageType.ALERT:
        through = _match_subscribers(session, alert, at, batch)
    else:
        through = _match_earlier(session, alert, at, batch)
    if through:
        alert.matched_at = at
    session.flush()
    return through


def count_recipients(session: Session, alert: Alert, *, at: dt.datetime) -> dict[str, int]:
    """Return how many people would get an alert now, by language. They are counted, nothing is written."""
    if alert.message_type == MessageType.ALERT:
        return _count_by(session, select(Subscriber.language).where(_eligible(session, alert, at)))
    earlier = _earlier_recipients(session, alert).subquery()
    asked = _askers(session, alert).where(HeardVerdict.chat_id.not_in(select(earlier.c.chat_id))).subquery()
    return _count_by(session, union_all(select(earlier.c.language), select(asked.c.language)))


def _count_by(session: Session, languages: Select[str] | CompoundSelect[str]) -> dict[str, int]:
    found = languages.subquery()
    rows = session.execute(select(found.c.language, func.count()).group_by(found.c.language))
    return {language: count for language, count in rows}  # noqa: C416 - rows are tuples by use, not by type


def list_chain(session: Session, alert: Alert) -> tuple[Alert, ...]:
    """Return the alerts whose messages a correction corrects, newest first.

    That is the alert it refers to and what that one replaced, and every other that told of the same advisory since it
    was last taken back: one that was stopped half way may have been asked for again, and people hold messages of both.
    """
    referred = _list_referred(session, alert)
    if alert.message_type == MessageType.ALERT:
        return ()
    told = (
        Alert.advisory_id.in_({alert.advisory_id, *(earlier.advisory_id for earlier in referred)}),
        Alert.status == alert.status,
        Alert.started_at.is_not(None),
        Alert.id < alert.id,
    )
    since = session.scalar(select(func.max(Alert.id)).where(*told, has_taken_back())) or 0
    return tuple(session.scalars(select(Alert).where(*told, Alert.id > since).order_by(Alert.id.desc())))


def has_taken_back() -> ColumnElement[bool]:
    """The condition on an alert that it took an advisory back from everyone; one that was halted did not."""
    return and_(Alert.message_type == MessageType.CANCEL, Alert.started_at.is_not(None), Alert.state.not_in(OVER))


def replaced_by(alert_id: int) -> str:
    """Return the reason of deliveries that were not sent because a correction took their place."""
    return f"replaced by alert {alert_id}"


def usable_until(session: Session, alert: Alert) -> dt.datetime | None:
    """Return when the advisory itself expires: the end of its last day in India; None if it names none."""
    advisory = session.get_one(Advisory, alert.advisory_id)
    if advisory.valid_until is None:
        return None
    return dt.datetime.combine(advisory.valid_until + dt.timedelta(days=1), dt.time(), tzinfo=INDIA)


def _list_referred(session: Session, alert: Alert) -> list[Alert]:
    found: list[Alert] = []
    following = alert.references_id
    while following is not None:
        earlier = session.get_one(Alert, following)
        found.append(earlier)
        following = earlier.references_id
    return found


def _chain(session: Session, alert: Alert) -> list[int]:
    return [earlier.id for earlier in list_chain(session, alert)]


# --- new alerts --------------------------------------------------------------------------------------------------


def _match_subscribers(session: Session, alert: Alert, at: dt.datetime, batch: int) -> bool:
    after = alert.matched_up_to
    last = _end_of_batch(session, select(Subscriber.chat_id), Subscriber.chat_id, after, batch)
    within = _within(Subscriber.chat_id, after, last)
    not_before_at, expires_at = _moments(session, alert, within, at)
    query = select(
        literal(alert.id),
        Subscriber.chat_id,
        case((Subscriber.is_canary, literal(Basis.CANARY.value)), else_=literal(Basis.SUBSCRIPTION.value)),
        Subscriber.language,
        case((_in_digest(alert), literal(Lane.DIGEST.value)), else_=literal(alert.lane)),
        literal(DeliveryState.PENDING.value),
        _NOTHING,
        not_before_at,
        expires_at,
        literal(0),
        literal(0),
    ).where(*within, _eligible(session, alert, at))
    insert_selected(session, Delivery, _COLUMNS, query)
    alert.matched_up_to = last
    return last is None


def _eligible(session: Session, alert: Alert, at: dt.datetime) -> ColumnElement[bool]:
    """The condition that a subscriber is to get this alert: concerned, not paused, and not told of it before."""
    active = and_(Subscriber.ended_at.is_(None), or_(Subscriber.paused_until.is_(None), Subscriber.paused_until <= at))
    if alert.status == AlertStatus.TEST:
        return and_(active, Subscriber.is_canary)
    wanted = or_(Subscriber.is_canary, _is_concerned(read_audience(alert.audience)))
    if not alert.emergency:
        wanted = and_(wanted, or_(~Subscriber.urgent_only, Subscriber.is_canary))
    return and_(active, wanted, _not_told_before(session, alert))


def _is_concerned(audience: Audience) -> ColumnElement[bool]:
    interested = [Subscription.interest == Interest.ALL_INDIA]
    if audience.countries:
        interested.append(and_(Subscription.interest == Interest.COUNTRY, Subscription.value.in_(audience.countries)))
    if audience.topics:
        interested.append(and_(Subscription.interest == Interest.TOPIC, Subscription.value.in_(audience.topics)))
    follows = [Subscription.chat_id == Subscriber.chat_id, Subscription.ended_at.is_(None)]
    if not audience.everyone:
        follows.append(or_(*interested))
    return exists().where(*follows)


def _not_told_before(session: Session, alert: Alert) -> ColumnElement[bool]:
    """One delivery per person and version, also where an earlier alert of this version was stopped half way."""
    started = (
        Alert.advisory_id == alert.advisory_id,
        Alert.status == alert.status,
        Alert.started_at.is_not(None),
        Alert.id != alert.id,
    )
    taken_back = select(func.max(Alert.id)).where(*started, has_taken_back())
    since = session.scalar(taken_back) or 0  # who was told before that has been told that it no longer counts
    same = select(Alert.id).where(*started, Alert.id > since, Alert.advisory_version == alert.advisory_version)
    ids = session.scalars(same).all()
    if not ids:
        return true()
    told = exists().where(
        Delivery.alert_id.in_(ids),
        Delivery.chat_id == Subscriber.chat_id,
        Delivery.state.in_((*ARRIVED, DeliveryState.CLAIMED)),
    )
    return ~told


def _in_digest(alert: Alert) -> ColumnElement[bool]:
    waits = and_(Subscriber.pace != Pace.NOW, ~Subscriber.is_canary)
    return and_(waits, ~Subscriber.emergencies_at_once) if alert.emergency else waits


def _moments(
    session: Session, alert: Alert, within: Sequence[ColumnElement[bool]], at: dt.datetime
) -> tuple[ColumnElement[dt.datetime], ColumnElement[dt.datetime]]:
    """When each delivery may go out and when it is stale, by the quiet hours and digests that occur in this batch."""
    earliest: list[_Moment] = [(Subscriber.is_canary, _time(at - CANARIES_FIRST))]
    latest: list[_Moment] = []
    never_later = usable_until(session, alert) or LAST_MOMENT
    if alert.emergency:
        earliest.append((Subscriber.emergencies_at_once, _time(at)))
        latest.append((Subscriber.emergencies_at_once, _time(alert.expires_at)))
    columns = (Subscriber.pace, Subscriber.quiet_from, Subscriber.quiet_until, Subscriber.time_zone)
    special = or_(Subscriber.pace != Pace.NOW, Subscriber.quiet_from.is_not(None))
    for wanted in session.execute(select(*columns).distinct().where(*within, special)).all():
        moment = _next_moment(*wanted, at)
        if wanted.pace == Pace.NOW and moment >= alert.expires_at:
            continue  # rather at the wrong hour than never
        same = and_(*(column.is_not_distinct_from(value) for column, value in zip(columns, wanted, strict=True)))
        earliest.append((same, _time(moment)))
        if wanted.pace != Pace.NOW:
            stale_at = min(moment + DIGEST_VALID_FOR, never_later)
            latest.append((and_(same, ~Subscriber.is_canary), _time(stale_at)))
    not_before_at = case(*earliest, else_=_time(at))
    expires_at = case(*latest, else_=_time(alert.expires_at)) if latest else _time(alert.expires_at)
    return not_before_at, expires_at


def _next_moment(
    pace: str, quiet_from: int | None, quiet_until: int | None, time_zone: str, at: dt.datetime
) -> dt.datetime:
    quiet = None
    if quiet_from is not None and quiet_until is not None:
        quiet = QuietHours(quiet_from, quiet_until, time_zone)
    return Rhythm(Pace(pace), quiet, time_zone).next_moment(at)


# --- updates and cancellations -----------------------------------------------------------------------------------


def _match_earlier(session: Session, alert: Alert, at: dt.datetime, batch: int) -> bool:
    if alert.message_type == MessageType.UPDATE and outbox.has_pending(session, _chain(session, alert)):
        return False  # who still waited for the earlier alert gets this one instead, so that must be settled first
    if alert.matched_up_to != LAST_CHAT:
        last = _write_corrections(session, alert, at, batch)
        alert.matched_up_to = LAST_CHAT if last is None else last
        if last is not None:
            return False
    if outbox.has_open(session, _chain(session, alert)):
        return False
    _write_stragglers(session, alert, at)
    return True


def _write_corrections(session: Session, alert: Alert, at: dt.datetime, batch: int) -> int | None:
    ends = [
        _end_of_batch(session, source, column, alert.matched_up_to, batch)
        for source, column in (
            (select(Delivery.chat_id).where(Delivery.alert_id.in_(_chain(session, alert))), Delivery.chat_id),
            (_askers(session, alert).with_only_columns(HeardVerdict.chat_id), HeardVerdict.chat_id),
        )
    ]
    found = [end for end in ends if end is not None]
    last = min(found) if found else None
    earlier = _earlier_recipients(session, alert).subquery()
    received = select(earlier).where(*_within(earlier.c.chat_id, alert.matched_up_to, last))
    _insert_corrections(session, alert, received, at)
    asked = _askers(session, alert).where(*_within(HeardVerdict.chat_id, alert.matched_up_to, last))
    _insert_corrections(session, alert, asked, at)
    return last


def _write_stragglers(session: Session, alert: Alert, at: dt.datetime) -> None:
    """Write those who got the earlier message while this alert was being matched."""
    since = alert.started_at or at
    earlier = _earlier_recipients(session, alert, since=since).subquery()
    _insert_corrections(session, alert, select(earlier), at)


def _insert_corrections(session: Session, alert: Alert, people: Select[int, str, str, int], at: dt.datetime) -> None:
    people_ = people.subquery()
    query = select(
        literal(alert.id),
        people_.c.chat_id,
        people_.c.basis,
        people_.c.language,
        literal(alert.lane),
        literal(DeliveryState.PENDING.value),
        people_.c.earlier,
        _time(at),
        _time(alert.expires_at),
        literal(0),
        literal(0),
    ).where(people_.c.chat_id.is_not(None))  # SQLite wants a WHERE between SELECT and ON CONFLICT
    insert_selected(session, Delivery, _COLUMNS, query)


def _earlier_recipients(session: Session, alert: Alert, since: dt.datetime | None = None) -> Select[int, str, str, int]:
    """Everyone who may hold an earlier message, with the newest one they hold.

    Of an update also those whom the earlier alert had not reached when it was replaced: they get the new text instead.
    """
    earlier = list_chain(session, alert)
    chain = [one.id for one in earlier]
    settled = [one.id for one in earlier if _needs_no_more(one, alert)]
    arrived = Delivery.state.in_(ARRIVED)
    held = select(Delivery.chat_id.label("chat_id"), func.max(Delivery.alert_id).label("earlier"))
    held = held.where(Delivery.alert_id.in_(chain), arrived)
    if since is not None:
        held = held.where(Delivery.finished_at >= since)
    newest = held.group_by(Delivery.chat_id).subquery()
    holders = select(
        newest.c.chat_id.label("chat_id"),
        literal(Basis.EARLIER_ALERT.value).label("basis"),
        Delivery.language.label("language"),
        newest.c.earlier.label("earlier"),
    ).join(Delivery, and_(Delivery.alert_id == newest.c.earlier, Delivery.chat_id == newest.c.chat_id))
    holders = holders.where(newest.c.earlier.not_in(settled))
    if alert.message_type != MessageType.UPDATE:
        return holders
    other = aliased(Delivery)
    holds = exists().where(other.alert_id.in_(chain), other.chat_id == Delivery.chat_id, other.state.in_(ARRIVED))
    waited = select(
        Delivery.chat_id,
        Delivery.basis,
        Delivery.language,
        _NOTHING.label("earlier"),
    ).where(
        Delivery.alert_id.in_(chain),
        Delivery.state == DeliveryState.CANCELLED,
        Delivery.reason == replaced_by(alert.id),
        Delivery.basis.in_((Basis.SUBSCRIPTION, Basis.CANARY)),
        ~holds,
    )
    both = holders.union_all(waited).subquery()
    return select(both.c.chat_id, both.c.basis, both.c.language, both.c.earlier)


def _needs_no_more(earlier: Alert, alert: Alert) -> bool:
    """Whether who holds this message last is told already: by a correction of the same kind that was halted."""
    if earlier.message_type == MessageType.CANCEL:
        return alert.message_type == MessageType.CANCEL
    is_same = alert.message_type == MessageType.UPDATE and earlier.advisory_version == alert.advisory_version
    return is_same and alert.status == AlertStatus.ACTUAL  # the update of a test changes nothing


def _askers(session: Session, alert: Alert) -> Select[int, str, str, int]:
    """Everyone whose verdict cited an earlier version of the advisory, and who wants to hear of it."""
    advisory_ids = {alert.advisory_id, *(earlier.advisory_id for earlier in list_chain(session, alert))}
    heard_of_it = [HeardVerdict.advisory_id.in_(advisory_ids), heard.may_be_told()]
    if alert.message_type == MessageType.UPDATE:
        heard_of_it.append(HeardVerdict.advisory_version != alert.advisory_version)
    if alert.status == AlertStatus.TEST:
        heard_of_it.append(false())
    return (
        select(
            HeardVerdict.chat_id.label("chat_id"),
            literal(Basis.VERDICT.value).label("basis"),
            func.min(HeardVerdict.language).label("language"),
            _NOTHING.label("earlier"),
        )
        .where(*heard_of_it)
        .group_by(HeardVerdict.chat_id)
    )


# --- shared ------------------------------------------------------------------------------------------------------


def _end_of_batch(
    session: Session, source: Select[int], column: SQLColumnExpression[int], after: int | None, batch: int
) -> int | None:
    """The chat id at which a batch ends, or None for the last batch."""
    query = source.where(*_within(column, after, None)).distinct().order_by(column).offset(batch - 1).limit(1)
    return session.scalar(query)


def _within(column: SQLColumnExpression[int], after: int | None, last: int | None) -> list[ColumnElement[bool]]:
    bounds = []
    if after is not None:
        bounds.append(column > after)
    if last is not None:
        bounds.append(column <= last)
    return bounds


def _time(at: dt.datetime) -> ColumnElement[dt.datetime]:
    return literal(at, UtcDateTime())
