"""The durable inbox: stores each update before Telegram is told that it arrived, and hands it out once. Knows SQL only.

Every change of state is one short transaction that names who holds the update, so several processes may share the
inbox, and one that lost its lease can do nothing more. All calls block and raise `DatabaseUnavailable`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Engine, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from bot.inbox_models import InboxState, InboxUpdate
from bot.incoming import Incoming, describe_shape
from knowledge.database import read_session, write_session

LEASE = dt.timedelta(seconds=10)  # how long a dead process keeps its updates; a living one renews three times as often
KEEP_NUMBERS = dt.timedelta(hours=48)  # Telegram repeats for 24 hours, and starts its numbers anew after a quiet week
KEEP_PARKED = dt.timedelta(days=30)
OLDEST_ANSWERED = dt.timedelta(hours=24)  # Telegram itself forgets an update after that time
SUSPECT_AFTER = 2  # deaths of the process while it held the update; from then on the update is handled alone
MOST_ATTEMPTS = 8  # so six times alone: what only happened to be at work when the program was killed is not blamed
FULL_AT = 10_000
_UNFINISHED = (InboxState.WAITING, InboxState.CLAIMED)


class ParkReason(StrEnum):
    """Why an update was set aside."""

    UNREADABLE = "error_unreadable"
    ENDS_THE_PROGRAM = "error_ends_the_program"
    TIMEOUT = "error_timeout"
    FAILED = "error_failed"
    TOO_OLD = "expired_too_old"


@dataclass(frozen=True)
class Claimed:
    """An update that this process holds. `begun`: its answer had begun to leave when an earlier process died."""

    id: int
    update_id: int
    raw: str
    begun: bool
    attempts: int

    @property
    def is_suspect(self) -> bool:
        """Whether earlier processes died with it, so that nothing else is handled beside it."""
        return self.attempts > SUSPECT_AFTER


class _Kind(StrEnum):
    BEGINS = "begins"
    ENDS = "ends"
    IS_SET_ASIDE = "is_set_aside"


@dataclass(frozen=True)
class Change:
    """What becomes of an update; made by the three functions below."""

    claimed: Claimed
    kind: _Kind
    reason: ParkReason | None = None


def begins(claimed: Claimed) -> Change:
    """Return that the first message of the answer is about to leave. Where this cannot be noted, nothing may leave."""
    return Change(claimed, _Kind.BEGINS)


def ends(claimed: Claimed) -> Change:
    """Return that the update is handled: what it held is deleted."""
    return Change(claimed, _Kind.ENDS)


def is_set_aside(claimed: Claimed, reason: ParkReason) -> Change:
    """Return that the update cannot be handled: only its build stays, none of its contents."""
    return Change(claimed, _Kind.IS_SET_ASIDE, reason)


@dataclass(frozen=True)
class Parked:
    """An update that was set aside without being answered. `raw` is handed over once and is not stored any more."""

    reason: ParkReason
    raw: str


class Inbox:
    """The stored updates of one bot, as one process sees them."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], dt.datetime],
        *,
        bot_id: int,
        lease: dt.timedelta = LEASE,
        holder: str | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._bot_id = bot_id
        self.lease = lease
        self._holder = holder or uuid.uuid4().hex

    def store(self, arrived: Sequence[Incoming]) -> int:
        """Store what is not yet known, by its number; afterwards Telegram may be told. Returns how many were new."""
        if not arrived:
            return 0
        # By number, as Telegram gives them; and two processes that store the same ones wait for each other in one order
        in_order = sorted(arrived, key=lambda incoming: incoming.update_id)
        now = self._clock()
        with write_session(self._engine) as session:
            self._forget_numbers_from_before_a_restart(session, arrived, now)
            return self._insert(session, in_order, now)

    def is_full(self) -> bool:
        """Whether so many updates wait that no more should be taken."""
        with read_session(self._engine) as session:
            waiting = select(InboxUpdate.id).where(self._mine(), InboxUpdate.state == InboxState.WAITING)
            return session.scalar(waiting.offset(FULL_AT - 1).limit(1)) is not None

    def oldest_waiting_at(self) -> dt.datetime | None:
        """Return when the oldest unfinished update arrived; None where all are handled."""
        with read_session(self._engine) as session:
            unfinished = (self._mine(), InboxUpdate.state.in_(_UNFINISHED))
            return session.scalar(select(func.min(InboxUpdate.received_at)).where(*unfinished))

    def claim(self, room: int, *, idle: bool) -> list[Claimed]:
        """Take up to `room` updates, each the first unfinished one of its chat.

        `idle` says that this process holds nothing else. An update that saw the process die is given out only then and
        alone, so that it takes no other with it and is known as the culprit.
        """
        if room < 1 or not self._has_waiting():
            return []
        with write_session(self._engine) as session:
            rows = _choose(list(session.scalars(self._next_rows(room))), idle=idle)
            for row in rows:
                row.state = InboxState.CLAIMED
                row.attempts += 1
                row.claimed_by = self._holder
                row.lease_until = self._clock() + self.lease
            return [_as_claimed(row) for row in rows]

    def list_behind(self, claimed: Claimed, most: int = 20) -> list[str]:
        """Return the raw updates of the same chat that wait behind a claimed one, in their order."""
        chat_id = select(InboxUpdate.chat_id).where(InboxUpdate.id == claimed.id).scalar_subquery()
        waiting = (self._mine(), InboxUpdate.state == InboxState.WAITING, InboxUpdate.id > claimed.id)
        with read_session(self._engine) as session:
            behind = select(InboxUpdate.raw).where(*waiting, InboxUpdate.chat_id == chat_id).order_by(InboxUpdate.id)
            return [raw for raw in session.scalars(behind.limit(most)) if raw]

    def note(self, changes: Sequence[Change]) -> list[bool]:
        """Note what became of updates, all in one transaction: a commit takes as long for many as for one.

        Each answer says whether this process still held the update; if not, nothing of it was changed.
        """
        with write_session(self._engine) as session:
            return [self._note(session, change) for change in changes]

    def renew(self) -> None:
        """Renew the leases of everything that this process holds."""
        with write_session(self._engine) as session:
            held = and_(self._mine(), InboxUpdate.state == InboxState.CLAIMED, InboxUpdate.claimed_by == self._holder)
            session.execute(update(InboxUpdate).where(held).values(lease_until=self._clock() + self.lease))

    def recover(self) -> list[Parked]:
        """Free what dead processes held, and set aside what kept ending them or is too old to answer.

        Returns the updates set aside, so that the people and staff concerned can be told.
        """
        if not self._has_recoverable():
            return []
        with write_session(self._engine) as session:
            rows = session.scalars(select(InboxUpdate).where(self._recoverable()).with_for_update(skip_locked=True))
            return [parked for row in rows if (parked := self._recover_row(row))]

    # --- steps ---

    def _mine(self) -> ColumnElement[bool]:
        return InboxUpdate.bot_id == self._bot_id

    def _insert(self, session: Session, arrived: Sequence[Incoming], now: dt.datetime) -> int:
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        rows = [
            {
                "bot_id": self._bot_id,
                "update_id": incoming.update_id,
                "chat_id": incoming.chat_id,
                "raw": incoming.raw,
                "state": InboxState.WAITING,
                "attempts": 0,
                "received_at": now,
            }
            for incoming in arrived
        ]
        statement = insert(InboxUpdate).values(rows).on_conflict_do_nothing().returning(InboxUpdate.id)
        return len(session.execute(statement).all())

    def _forget_numbers_from_before_a_restart(
        self, session: Session, arrived: Sequence[Incoming], now: dt.datetime
    ) -> None:
        """A number that ended long ago belongs to another update: Telegram has started its numbers anew."""
        numbers = [incoming.update_id for incoming in arrived]
        ended = and_(self._mine(), InboxUpdate.update_id.in_(numbers), InboxUpdate.ended_at < now - KEEP_NUMBERS)
        session.execute(delete(InboxUpdate).where(ended))

    def _has_waiting(self) -> bool:
        with read_session(self._engine) as session:
            waiting = (self._mine(), InboxUpdate.state == InboxState.WAITING)
            return session.scalar(select(InboxUpdate.id).where(*waiting).limit(1)) is not None

    def _next_rows(self, room: int) -> Any:
        earlier = aliased(InboxUpdate)
        is_behind_another = exists().where(
            earlier.chat_id == InboxUpdate.chat_id,
            earlier.bot_id == InboxUpdate.bot_id,
            earlier.id < InboxUpdate.id,
            earlier.state.in_(_UNFINISHED),
        )
        chosen = select(InboxUpdate).where(self._mine(), InboxUpdate.state == InboxState.WAITING, ~is_behind_another)
        return chosen.order_by(InboxUpdate.id).limit(room).with_for_update(skip_locked=True, of=InboxUpdate)

    def _note(self, session: Session, change: Change) -> bool:
        held = and_(
            InboxUpdate.id == change.claimed.id,
            InboxUpdate.state == InboxState.CLAIMED,
            InboxUpdate.claimed_by == self._holder,
            InboxUpdate.attempts == change.claimed.attempts,
        )
        return _count(session.execute(update(InboxUpdate).where(held).values(**self._values(change)))) == 1

    def _values(self, change: Change) -> dict[str, object]:
        match change.kind:
            case _Kind.BEGINS:
                return {"begun_at": self._clock()}
            case _Kind.ENDS:
                return self._ended(InboxState.DONE)
            case _Kind.IS_SET_ASIDE:
                shape = describe_shape(change.claimed.raw)
                return self._ended(InboxState.PARKED, reason=change.reason, raw=shape)

    def _ended(self, state: InboxState, *, reason: str | None = None, raw: str | None = None) -> dict[str, object]:
        """Return the values of a finished row: nothing of the person is left in it."""
        return {
            "state": state,
            "reason": reason,
            "raw": raw,
            "chat_id": None,
            "claimed_by": None,
            "lease_until": None,
            "ended_at": self._clock(),
        }

    def _recoverable(self) -> ColumnElement[bool]:
        now = self._clock()
        # A lease further away than any that we give comes from before the clock was set back.
        lost = or_(InboxUpdate.lease_until < now, InboxUpdate.lease_until > now + 2 * self.lease)
        held_by_the_dead = and_(InboxUpdate.state == InboxState.CLAIMED, lost)
        too_old = and_(InboxUpdate.state == InboxState.WAITING, InboxUpdate.received_at < now - OLDEST_ANSWERED)
        return and_(self._mine(), or_(held_by_the_dead, too_old))

    def _has_recoverable(self) -> bool:
        with read_session(self._engine) as session:
            return session.scalar(select(InboxUpdate.id).where(self._recoverable()).limit(1)) is not None

    def _recover_row(self, row: InboxUpdate) -> Parked | None:
        if row.raw is None:  # the person had it erased while it was handled
            self._end_row(row, InboxState.DONE)
            return None
        if row.received_at < self._clock() - OLDEST_ANSWERED:
            return self._park_row(row, ParkReason.TOO_OLD)
        if row.attempts >= MOST_ATTEMPTS:
            return self._park_row(row, ParkReason.ENDS_THE_PROGRAM)
        row.state, row.claimed_by, row.lease_until = InboxState.WAITING, None, None
        return None

    def _park_row(self, row: InboxUpdate, reason: ParkReason) -> Parked:
        raw = row.raw or ""
        self._end_row(row, InboxState.PARKED, reason=reason, raw=describe_shape(raw))
        return Parked(reason, raw)

    def _end_row(self, row: InboxUpdate, state: InboxState, **values: str) -> None:
        for name, value in self._ended(state, **values).items():
            setattr(row, name, value)


def _choose(rows: list[InboxUpdate], *, idle: bool) -> list[InboxUpdate]:
    """Return the rows to take now: a suspect goes alone, and those behind it wait until it is through."""
    for place, row in enumerate(rows):
        if row.attempts >= SUSPECT_AFTER:
            return [row] if place == 0 and idle else rows[:place]
    return rows


def _as_claimed(row: InboxUpdate) -> Claimed:
    return Claimed(row.id, row.update_id, row.raw or "", row.begun_at is not None, row.attempts)


def _count(result: object) -> int:
    return cast("CursorResult[object]", result).rowcount
