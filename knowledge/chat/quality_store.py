"""Keeps for thirty days how each reply did that a language model worded, and what staff think of those they look at.

A row names a day and no time, no person and no chat, and holds nothing of a message (`knowledge/chat/quality.py`).
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from sqlalchemy import JSON, BigInteger, Date, Engine, Index, Integer, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.chat.quality import Listed, Quality, why_listed
from knowledge.chat.usage import NAME_LENGTH
from knowledge.database import Base, write_session
from knowledge.vocabulary import Kind, Language, Verdict

log = structlog.get_logger(__name__)

KEEP_QUALITY = dt.timedelta(days=30)
_MOST_WAITING = 16  # notes; a database that hangs must neither fill the memory nor keep the program from stopping
_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class Mark(StrEnum):
    """What staff think of a reply's sentences."""

    FINE = "fine"
    WRONG = "wrong"


class ToldQuality(Base):
    """How one worded reply did. The fields are those of `Quality`; `listed` says why staff look at it, if they do."""

    __tablename__ = "told_quality"
    __table_args__ = (Index("ix_told_quality_day", "day"),)

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    day: Mapped[dt.date] = mapped_column(Date)
    model: Mapped[str] = mapped_column(String(NAME_LENGTH))
    language: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str | None] = mapped_column(String(16))
    records: Mapped[list[str]] = mapped_column(JSON)
    said: Mapped[int]
    refused: Mapped[dict[str, int]] = mapped_column(JSON)
    shown: Mapped[list[str]] = mapped_column(JSON)
    least_near: Mapped[float | None]
    least_shared: Mapped[float | None]
    left_out: Mapped[bool]
    right_language: Mapped[bool]
    characters: Mapped[int]
    seconds: Mapped[float]
    score: Mapped[float | None]
    listed: Mapped[str | None] = mapped_column(String(16))
    mark: Mapped[str | None] = mapped_column(String(16))
    marked_on: Mapped[dt.date | None] = mapped_column(Date)
    marked_by: Mapped[str | None] = mapped_column(Text)


_WAITING = (ToldQuality.listed.is_not(None), ToldQuality.mark.is_(None))


@dataclass(frozen=True)
class ListedAnswer:
    """One worded reply as staff see it."""

    id: int
    day: dt.date
    why: Listed
    quality: Quality


@dataclass(frozen=True)
class Figures:
    """How one model did on a day: answers that were read, those of which something was shown, and the rest in sums."""

    answers: int = 0
    told: int = 0
    said: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    least_near: float | None = None
    least_shared: float | None = None
    in_other_language: int = 0


class QualityKeeper:
    """Stores how a model did, in a thread of its own: no reply waits for it, and none fails by it."""

    def __init__(
        self,
        engine: Engine,
        model: str,
        clock: Callable[[], dt.datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._engine = engine
        self._model = model
        self._clock = clock
        self._chance = chance
        # One writer, started by the first note; the program waits for it when it ends.
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chat-quality")
        self._places = threading.BoundedSemaphore(_MOST_WAITING)

    def note(self, quality: Quality) -> None:
        """Store it a moment later. Where too many wait, this one is left out, which the log says."""
        if self._places.acquire(blocking=False):
            self._writer.submit(self._save, quality)
        else:
            log.warning("How the language model did is not stored: the database is too slow.")

    def finish(self) -> None:
        """Wait until everything is stored; nothing can be noted afterwards."""
        self._writer.shutdown(wait=True)

    def _save(self, quality: Quality) -> None:
        try:
            with write_session(self._engine) as session:
                save_quality(session, quality, model=self._model, day=self._clock().date(), chance=self._chance())
        except Exception as error:  # nobody hears what this thread raises; the words of an error may hold a sentence
            log.error("How the language model did could not be stored.", kind=type(error).__name__)
        finally:
            self._places.release()


def save_quality(session: Session, quality: Quality, *, model: str, day: dt.date, chance: float) -> int:
    """Store how a reply of a day did, and put it before staff where it is sampled. Returns its number."""
    model = model[:NAME_LENGTH]
    others, as_low = _count_others(session, model, quality.score)
    listed = why_listed(quality, others=others, as_low=as_low, chance=chance)
    row = ToldQuality(
        day=day,
        model=model,
        language=quality.language.value,
        kind=quality.kind.value,
        verdict=quality.verdict.value if quality.verdict else None,
        records=list(quality.records),
        said=quality.said,
        refused=dict(quality.refused),
        shown=list(quality.shown),
        least_near=quality.least_near,
        least_shared=quality.least_shared,
        left_out=quality.left_out,
        right_language=quality.right_language,
        characters=quality.characters,
        seconds=quality.seconds,
        score=quality.score,
        listed=listed.value if listed else None,
    )
    session.add(row)
    session.flush()
    return row.id


def list_qualities(session: Session, model: str) -> tuple[Quality, ...]:
    """Return how every kept reply of a model did, oldest first."""
    rows = select(ToldQuality).where(ToldQuality.model == model[:NAME_LENGTH]).order_by(ToldQuality.id)
    return tuple(_quality(row) for row in session.scalars(rows))


def list_answers(session: Session, *, most: int = 5) -> tuple[ListedAnswer, ...]:
    """Return the replies that wait for staff, the lowest score first."""
    rows = select(ToldQuality).where(*_WAITING).order_by(ToldQuality.score, ToldQuality.id).limit(most)
    return tuple(
        ListedAnswer(row.id, row.day, Listed(row.listed), _quality(row))
        for row in session.scalars(rows)
        if row.listed is not None
    )


def count_answers(session: Session) -> int:
    """Return how many replies wait for staff."""
    return session.scalar(select(func.count()).select_from(ToldQuality).where(*_WAITING)) or 0


def mark_answer(session: Session, number: int, mark: Mark, *, by: str, day: dt.date) -> bool:
    """Note what staff think of a reply; False where somebody did so before, or it is gone."""
    values = {"mark": mark.value, "marked_on": day, "marked_by": by}
    done = session.execute(update(ToldQuality).where(ToldQuality.id == number, *_WAITING).values(values))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def count_wrong(session: Session, since: dt.date) -> int:
    """Return how many replies staff have marked wrong since a day."""
    wrong = (ToldQuality.mark == Mark.WRONG.value, ToldQuality.marked_on >= since)
    return session.scalar(select(func.count()).select_from(ToldQuality).where(*wrong)) or 0


def read_figures(session: Session, model: str, day: dt.date) -> Figures:
    """Return how a model did on a day."""
    of_day = select(ToldQuality).where(ToldQuality.day == day, ToldQuality.model == model[:NAME_LENGTH])
    rows = session.scalars(of_day).all()
    told = [row for row in rows if row.shown]
    return Figures(
        answers=len(rows),
        told=len(told),
        said=sum(row.said for row in rows),
        refused=sum((Counter(row.refused) for row in rows), Counter[str]()),
        least_near=min((row.least_near for row in told if row.least_near is not None), default=None),
        least_shared=min((row.least_shared for row in told if row.least_shared is not None), default=None),
        in_other_language=sum(not row.right_language for row in told),
    )


def _count_others(session: Session, model: str, score: float | None) -> tuple[int, int]:
    """How many replies of a model have a score, and how many of these one that is no higher."""
    scored = (ToldQuality.model == model, ToldQuality.score.is_not(None))
    others = session.scalar(select(func.count()).select_from(ToldQuality).where(*scored)) or 0
    if score is None:
        return others, 0
    as_low = select(func.count()).select_from(ToldQuality).where(*scored, ToldQuality.score <= score)
    return others, session.scalar(as_low) or 0


def _quality(row: ToldQuality) -> Quality:
    return Quality(
        language=Language(row.language),
        kind=Kind(row.kind),
        verdict=Verdict(row.verdict) if row.verdict else None,
        records=tuple(row.records),
        said=row.said,
        refused=dict(row.refused),
        shown=tuple(row.shown),
        least_near=row.least_near,
        least_shared=row.least_shared,
        left_out=row.left_out,
        right_language=row.right_language,
        seconds=row.seconds,
        score=row.score,
    )
