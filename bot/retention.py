"""How long things about people are kept, and the job that deletes what is older. Every period of the bot stands here.

Periods that other modules own are named here and imported from them, so that this is the one list to read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, Engine, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from bot.alerts import subscriptions
from bot.inbox import KEEP_NUMBERS, KEEP_PARKED
from bot.inbox_models import Erasure, InboxState, InboxUpdate
from bot.models import Awaited, Person, ShownReply
from bot.people import KEEP_REPLIES
from knowledge.chat.quality_store import KEEP_QUALITY, ToldQuality
from knowledge.database import read_session, write_session
from knowledge.worklist import KEEP_QUESTIONS, ListedQuestion

KEEP_STOPPED = dt.timedelta(days=28)  # somebody who stopped the bot, as an ended subscriber
KEEP_UNFINISHED = KEEP_NUMBERS  # updates of a bot that no process serves any more
KEEP_ERASURES = dt.timedelta(days=30)


class Retention:
    """Deletes what has been kept long enough. Doing it twice changes nothing more."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def forget_old(self) -> int:
        """Delete what is overdue; returns how many rows. Raises `DatabaseUnavailable`."""
        now = self._clock()
        with write_session(self._engine) as session:
            own = sum(_count(session, table, overdue) for table, overdue in _overdue(now))
            return own + subscriptions.forget_old(session, at=now)

    def count_overdue(self) -> int:
        """Return how many rows should have been deleted by now. Raises `DatabaseUnavailable`."""
        with read_session(self._engine) as session:
            counts = (
                session.scalar(select(func.count()).select_from(table).where(overdue))
                for table, overdue in _overdue(self._clock())
            )
            return sum(count or 0 for count in counts)


def _overdue(now: dt.datetime) -> tuple[tuple[type, ColumnElement[bool]], ...]:
    """Return, for each table, which of its rows are overdue."""
    update = InboxUpdate
    return (
        (ShownReply, ShownReply.shown_at < now - KEEP_REPLIES),
        (ListedQuestion, ListedQuestion.asked_at < now - KEEP_QUESTIONS),
        (ToldQuality, ToldQuality.day < (now - KEEP_QUALITY).date()),
        (Awaited, Awaited.until < now),
        (Person, Person.blocked_at < now - KEEP_STOPPED),
        (
            InboxUpdate,
            or_(
                and_(update.state == InboxState.DONE, update.ended_at < now - KEEP_NUMBERS),
                and_(update.state == InboxState.PARKED, update.ended_at < now - KEEP_PARKED),
                and_(update.ended_at.is_(None), update.received_at < now - KEEP_UNFINISHED),
            ),
        ),
        (Erasure, Erasure.cleaned_at < now - KEEP_ERASURES),
    )


def _count(session: Session, table: type, overdue: ColumnElement[bool]) -> int:
    return cast("CursorResult[object]", session.execute(delete(table).where(overdue))).rowcount
