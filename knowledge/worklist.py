"""The work list of staff: questions that Satark could not answer or that did not help. Knows no Telegram.

A person's words are here only where they agreed to it, with personal numbers masked; they go after 90 days, or when the
person deletes what is stored of them. Without consent there are counts that lead back to nobody. Functions take an open
session; nothing is committed here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Date, Index, Integer, String, Text, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.database import Base, UtcDateTime
from knowledge.masking import mask

KEEP_QUESTIONS = dt.timedelta(days=90)
LONGEST_QUESTION = 6000  # characters; as much as the advisor reads
MOST_COUNTRIES_COUNTED = 5
_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class Why(StrEnum):
    """Why a question is on the list."""

    UNANSWERED = "unanswered"  # nothing official was found
    NOT_HELPFUL = "not_helpful"  # the person said so


class ListedQuestion(Base):
    """One question that a person let staff see. `words` are masked; `chat_id` is there so that it can be erased."""

    __tablename__ = "listed_question"
    __table_args__ = (Index("ix_listed_question_chat_id", "chat_id"), Index("ix_listed_question_asked_at", "asked_at"))

    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    countries: Mapped[list[str]] = mapped_column(JSON)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str | None] = mapped_column(Text)


class QuestionCount(Base):
    """How many questions of one kind there were on a day. Nothing in it leads back to a person or a message."""

    __tablename__ = "question_count"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    why: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    countries: Mapped[str] = mapped_column(String(40), primary_key=True)  # codes with spaces between; may be empty
    count: Mapped[int]


@dataclass(frozen=True)
class Sort:
    """What is counted of a question: never its words."""

    why: Why
    kind: str
    language: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionView:
    """One question as staff see it."""

    id: int
    words: str
    sort: Sort
    asked_at: dt.datetime


@dataclass(frozen=True)
class CountView:
    """How often a sort of question came in a period."""

    sort: Sort
    count: int


def count_question(session: Session, sort: Sort, *, day: dt.date) -> None:
    """Count one question of a day."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(QuestionCount).values(
        day=day,
        why=sort.why.value,
        kind=sort.kind,
        language=sort.language,
        countries=" ".join(sorted(sort.countries)[:MOST_COUNTRIES_COUNTED]),
        count=1,
    )
    key = ("day", "why", "kind", "language", "countries")
    session.execute(first.on_conflict_do_update(index_elements=key, set_={"count": QuestionCount.count + 1}))


def save_question(session: Session, chat_id: int, words: str, sort: Sort, *, at: dt.datetime) -> int:
    """Put a question on the list, which the person has just agreed to; its personal numbers are masked here."""
    row = ListedQuestion(
        chat_id=chat_id,
        words=mask(words[:LONGEST_QUESTION]),
        why=sort.why.value,
        kind=sort.kind,
        language=sort.language,
        countries=list(sort.countries),
        asked_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def list_questions(session: Session, *, most: int = 10) -> tuple[QuestionView, ...]:
    """Return the questions that nobody has dealt with, oldest first."""
    rows = select(ListedQuestion).where(ListedQuestion.done_at.is_(None)).order_by(ListedQuestion.id).limit(most)
    return tuple(_view(row) for row in session.scalars(rows))


def count_open(session: Session) -> int:
    """Return how many questions nobody has dealt with."""
    open_ones = select(func.count()).select_from(ListedQuestion).where(ListedQuestion.done_at.is_(None))
    return session.scalar(open_ones) or 0


def list_counts(session: Session, since: dt.date, *, most: int = 15) -> tuple[CountView, ...]:
    """Return which sorts of question came how often since a day, the most frequent first."""
    key = (QuestionCount.why, QuestionCount.kind, QuestionCount.language, QuestionCount.countries)
    total = func.sum(QuestionCount.count)
    rows = select(*key, total).where(QuestionCount.day >= since).group_by(*key).order_by(total.desc(), *key).limit(most)
    return tuple(
        CountView(Sort(Why(why), kind, language, tuple(countries.split())), int(count))
        for why, kind, language, countries, count in session.execute(rows)
    )


def mark_done(session: Session, question_id: int, *, by: str, at: dt.datetime) -> bool:
    """Take a question off the list; False where somebody did so before, or it is gone."""
    still_open = (ListedQuestion.id == question_id, ListedQuestion.done_at.is_(None))
    done = session.execute(update(ListedQuestion).where(*still_open).values(done_at=at, done_by=by))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def count_of(session: Session, chat_id: int) -> int:
    """Return how many questions of a person are stored."""
    own = select(func.count()).select_from(ListedQuestion).where(ListedQuestion.chat_id == chat_id)
    return session.scalar(own) or 0


def forget(session: Session, chat_id: int) -> None:
    """Delete the questions of a person."""
    session.execute(delete(ListedQuestion).where(ListedQuestion.chat_id == chat_id))


def _view(row: ListedQuestion) -> QuestionView:
    sort = Sort(Why(row.why), row.kind, row.language, tuple(row.countries))
    return QuestionView(row.id, row.words, sort, row.asked_at)
