"""What is stored about a person, and how all of it is deleted. Knows every table that holds something of people.

Deleting is one transaction, which leaves a note that names nobody: the files of the database are still to be cleaned.
A restart in between finds the note and cleans. Calls block and raise `DatabaseUnavailable`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from bot.alerts import subscriptions
from bot.alerts.audience import Wish
from bot.alerts.models import Approval, Delivery, HeardVerdict
from bot.alerts.states import ARRIVED
from bot.cleaning import clean_storage
from bot.inbox_models import Erasure, InboxState, InboxUpdate
from bot.models import Person, ShownReply
from bot.people import KEEP_REPLIES
from knowledge import worklist
from knowledge.database import read_session, write_session
from knowledge.vocabulary import Language


@dataclass(frozen=True)
class StoredAlerts:
    """What is stored of somebody's alerts. `ended_at` None: they are on."""

    consented_at: dt.datetime
    language: str
    wishes: tuple[Wish, ...]
    paused_until: dt.datetime | None
    ended_at: dt.datetime | None


@dataclass(frozen=True)
class StoredData:
    """All that is stored about one person; counts where the single rows say nothing to them."""

    chat_id: int
    language: Language | None
    stopped_at: dt.datetime | None
    refuses_corrections: bool
    replies: int
    replies_until: dt.datetime | None  # when the last of them is deleted
    alerts: StoredAlerts | None
    deliveries: int
    verdicts: int
    approvals: int
    questions: int = 0  # that the person let staff see

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not any(
            (
                self.language,
                self.stopped_at,
                self.refuses_corrections,
                self.replies,
                self.alerts,
                self.deliveries,
                self.verdicts,
                self.approvals,
                self.questions,
            )
        )


class Forgetting:
    """Reads and deletes what is stored about people."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def describe(self, person_id: int) -> StoredData:
        """Return what is stored about a person, who is also a private chat: both have the same number."""
        with read_session(self._engine) as session:
            person = session.get(Person, person_id)
            newest = session.scalar(select(func.max(ShownReply.shown_at)).where(ShownReply.chat_id == person_id))
            return StoredData(
                chat_id=person_id,
                language=Language(person.language) if person and person.language in set(Language) else None,
                stopped_at=person.blocked_at if person else None,
                refuses_corrections=bool(person and person.corrections_refused_at),
                replies=_count(session, ShownReply, ShownReply.chat_id == person_id),
                replies_until=newest + KEEP_REPLIES if newest else None,
                alerts=_describe_alerts(session, person_id),
                deliveries=_count(session, Delivery, Delivery.chat_id == person_id, Delivery.state.in_(ARRIVED)),
                verdicts=_count(session, HeardVerdict, HeardVerdict.chat_id == person_id),
                approvals=_count(session, Approval, Approval.staff_id == person_id),
                questions=worklist.count_of(session, person_id),
            )

    def erase(self, person_id: int) -> None:
        """Delete everything of a person in one transaction, the message that asks for it included.

        What staff approved stays: it is the record of who let an alert go out.
        """
        with write_session(self._engine) as session:
            session.execute(delete(Person).where(Person.id == person_id))
            session.execute(delete(ShownReply).where(ShownReply.chat_id == person_id))
            subscriptions.forget(session, person_id)
            worklist.forget(session, person_id)
            self._empty_inbox(session, person_id)
            session.add(Erasure(erased_at=self._clock()))

    def clean(self) -> bool:
        """Take what was deleted out of the files. False where that has to be tried again."""
        begun_at = self._clock()
        if not clean_storage(self._engine):
            return False
        if self._is_cleaning_due():
            with write_session(self._engine) as session:
                done = (Erasure.cleaned_at.is_(None), Erasure.erased_at <= begun_at)
                session.execute(update(Erasure).where(*done).values(cleaned_at=self._clock()))
        return True

    def clean_regularly(self) -> bool:
        """Clean when it is due: returns whether all is clean. For a job that runs every half minute.

        On SQLite always: messages that were answered linger in the write-ahead log, and emptying it costs little.
        On PostgreSQL only after an erasure: vacuuming is dear, and its own autovacuum comes by.
        """
        return self.clean() if self._engine.dialect.name == "sqlite" or self._is_cleaning_due() else True

    def _is_cleaning_due(self) -> bool:
        with read_session(self._engine) as session:
            return session.scalar(select(Erasure.id).where(Erasure.cleaned_at.is_(None)).limit(1)) is not None

    def _empty_inbox(self, session: Session, person_id: int) -> None:
        """Take a person's waiting updates out; the one at work keeps its row, so that its end can be noted."""
        of_person = InboxUpdate.chat_id == person_id
        emptied = {"raw": None, "chat_id": None}
        waiting = (of_person, InboxUpdate.state == InboxState.WAITING)
        ended = {"state": InboxState.DONE, "ended_at": self._clock(), **emptied}
        session.execute(update(InboxUpdate).where(*waiting).values(**ended))
        session.execute(update(InboxUpdate).where(of_person).values(**emptied))


def _describe_alerts(session: Session, chat_id: int) -> StoredAlerts | None:
    row = subscriptions.find_subscriber(session, chat_id)
    if row is None:
        return None
    wishes = subscriptions.list_wishes(session, chat_id)
    return StoredAlerts(row.consented_at, row.language, wishes, row.paused_until, row.ended_at)


def _count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]
