"""Counts what the language model was used for, a row a day and model, in the store. Names no person and no words.

The day's limit is kept here too, so that several processes share it and a restart does not begin it anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import structlog
from sqlalchemy import CursorResult, Date, Engine, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.database import Base, DatabaseUnavailable, read_session, write_session

log = structlog.get_logger(__name__)
NAME_LENGTH = 200


class ChatUsage(Base):
    """What one model was used for on one day (UTC)."""

    __tablename__ = "chat_usage"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    model: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    guarded: Mapped[int] = mapped_column(default=0)
    input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Used:
    """What is added to a day: calls, calls without an answer, answers that a guard kept back whole, and tokens."""

    calls: int = 0
    failures: int = 0
    guarded: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class CountsUsage(Protocol):
    """Where usage is counted."""

    def reserve(self, day: dt.date, model: str, most: int) -> bool:
        """Count one call, unless the day has had `most`; False then."""

    def add(self, day: dt.date, model: str, used: Used) -> None:
        """Add to the day's count."""


class MemoryUsage:
    """Counts in memory: for one question on the command line, and for tests."""

    def __init__(self) -> None:
        self.days: dict[tuple[dt.date, str], Used] = {}

    def reserve(self, day: dt.date, model: str, most: int) -> bool:
        """Count one call, unless the day has had `most`."""
        if self.days.get((day, model), Used()).calls >= most:
            return False
        self.add(day, model, Used(calls=1))
        return True

    def add(self, day: dt.date, model: str, used: Used) -> None:
        """Add to the day's count."""
        self.days[day, model] = _sum(self.days.get((day, model), Used()), used)


class StoredUsage:
    """Counts in the database. Where that cannot be reached nothing may be spent, and the rules answer alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def reserve(self, day: dt.date, model: str, most: int) -> bool:
        """Count one call, unless the day has had `most`, by one statement: other processes count too."""

        def count(session: Session) -> bool:
            self._ensure(session, day, model)
            mine = (ChatUsage.day == day, ChatUsage.model == model[:NAME_LENGTH], ChatUsage.calls < most)
            done = session.execute(update(ChatUsage).where(*mine).values(calls=ChatUsage.calls + 1))
            return cast("CursorResult[object]", done).rowcount == 1

        return self._try(count) or False

    def add(self, day: dt.date, model: str, used: Used) -> None:
        """Add to the day's count. A count that cannot be kept is logged and harms nobody."""

        def count(session: Session) -> bool:
            self._ensure(session, day, model)
            mine = (ChatUsage.day == day, ChatUsage.model == model[:NAME_LENGTH])
            values = {name: getattr(ChatUsage, name) + value for name, value in vars(used).items() if value}
            session.execute(update(ChatUsage).where(*mine).values(values))
            return True

        if any(vars(used).values()):
            self._try(count)

    def _ensure(self, session: Session, day: dt.date, model: str) -> None:
        if session.get(ChatUsage, (day, model[:NAME_LENGTH])) is None:
            session.add(ChatUsage(day=day, model=model[:NAME_LENGTH], **vars(Used())))
            session.flush()

    def _try(self, count: Callable[[Session], bool]) -> bool | None:
        try:
            with write_session(self._engine) as session:
                return count(session)
        except DatabaseUnavailable as error:
            log.error("The use of the language model could not be counted.", exc_info=error)
            return None


def read_usage(engine: Engine, day: dt.date) -> dict[str, Used]:
    """Return what each model was used for on a day. Raises `DatabaseUnavailable`."""
    with read_session(engine) as session:
        rows = session.scalars(select(ChatUsage).where(ChatUsage.day == day))
        return {row.model: Used(*(getattr(row, name) for name in vars(Used()))) for row in rows}


def cost_in_dollars(used: Used, price: tuple[float, float] | None) -> float | None:
    """Return what the tokens cost at a price of dollars per million in and out; None where no price is set."""
    if price is None:
        return None
    return (used.input_tokens * price[0] + used.output_tokens * price[1]) / 1_000_000


def _sum(first: Used, second: Used) -> Used:
    return Used(*(a + b for a, b in zip(vars(first).values(), vars(second).values(), strict=True)))
