"""What the bot remembers of people: their language, the replies whose buttons still work, and how much they ask.

Message texts are never stored. Blocking calls: handlers run them in a worker thread.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, CursorResult, Engine, delete, select, update

from bot.alerts import subscriptions
from bot.alerts.states import EndReason
from bot.models import Feedback, Person, ShownReply
from knowledge.advisor.replies import Reply
from knowledge.database import read_session, write_session
from knowledge.masking import mask
from knowledge.vocabulary import Language

KEEP_REPLIES = dt.timedelta(hours=24)
_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


class People:
    """Languages, shown replies and feedback. Every method raises `DatabaseUnavailable` where the database fails."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock

    @property
    def engine(self) -> Engine:
        """The database that people are remembered in."""
        return self._engine

    def find_language(self, person_id: int) -> Language | None:
        """Return the language that the person chose, or None: then each reply follows its message."""
        with read_session(self._engine) as session:
            person = session.get(Person, person_id)
            return Language(person.language) if person and person.language in set(Language) else None

    def save_language(self, person_id: int, language: Language | None) -> None:
        """Remember a choice; None takes it back. Alerts come in the chosen language too, also those that wait already.

        An alert answers no message, so taking the choice back leaves alerts in the language that they had.
        """
        with write_session(self._engine) as session:
            if language is not None:
                subscriptions.set_language(session, person_id, language)
            session.merge(Person(id=person_id, language=language.value if language else None, blocked_at=None))

    def mark_blocked(self, person_id: int) -> None:
        """Note that the person stopped the bot: alerts end. Of somebody of whom nothing is stored, nothing is noted."""
        now = self._clock()
        with write_session(self._engine) as session:
            subscriptions.end(session, person_id, EndReason.BLOCKED, at=now)
            known = (Person.id == person_id, Person.blocked_at.is_(None))
            session.execute(update(Person).where(*known).values(blocked_at=now))

    def mark_back(self, person_id: int) -> None:
        """Note that the person started the bot again: alerts that ended by the stop come back."""
        with write_session(self._engine) as session:
            subscriptions.come_back(session, person_id)
            session.execute(update(Person).where(Person.id == person_id).values(blocked_at=None))

    def is_blocked(self, person_id: int) -> bool:
        """Whether the person stopped the bot."""
        with read_session(self._engine) as session:
            person = session.get(Person, person_id)
            return person is not None and person.blocked_at is not None

    def save_shown(self, chat_id: int, reply: Reply) -> str:
        """Keep a reply for its buttons and return the random id that the buttons carry. Deletes what is too old.

        The person's words in it are kept with personal numbers masked.
        """
        shown_id = secrets.token_urlsafe(12)
        with write_session(self._engine) as session:
            session.execute(delete(ShownReply).where(ShownReply.shown_at < self._oldest()))
            as_json = _REPLY.dump_json(_mask_words(reply)).decode()
            session.add(ShownReply(id=shown_id, chat_id=chat_id, reply=as_json, shown_at=self._clock()))
        return shown_id

    def find_shown(self, shown_id: str, chat_id: int) -> Reply | None:
        """Return the reply of a button, or None if it is too old, unknown, or was shown in another chat."""
        with read_session(self._engine) as session:
            shown = session.scalar(select(ShownReply).where(*self._still_shown(shown_id, chat_id)))
            return _read_reply(shown.reply) if shown else None

    def save_feedback(self, shown_id: str, chat_id: int, *, helpful: bool) -> bool:
        """Count one press for a shown reply; False if it was counted before. The count names no person."""
        with write_session(self._engine) as session:
            conditions = (*self._still_shown(shown_id, chat_id), ShownReply.rated_at.is_(None))
            marked = session.execute(update(ShownReply).where(*conditions).values(rated_at=self._clock()))
            shown = session.get(ShownReply, shown_id)
            if cast("CursorResult[object]", marked).rowcount != 1 or shown is None:
                return False
            if reply := _read_reply(shown.reply):
                session.add(_make_feedback(reply, self._clock().date(), helpful=helpful))
            return True

    def forget_old(self) -> int:
        """Delete the replies that are older than 24 hours; returns how many."""
        with write_session(self._engine) as session:
            gone = session.execute(delete(ShownReply).where(ShownReply.shown_at < self._oldest()))
            return cast("CursorResult[object]", gone).rowcount

    def _oldest(self) -> dt.datetime:
        return self._clock() - KEEP_REPLIES

    def _still_shown(self, shown_id: str, chat_id: int) -> tuple[ColumnElement[bool], ...]:
        return (ShownReply.id == shown_id, ShownReply.chat_id == chat_id, ShownReply.shown_at >= self._oldest())


def _mask_words(reply: Reply) -> Reply:
    """Hide personal numbers in what the person wrote; the words of notices and helplines stay as they are."""
    flags = tuple(dataclasses.replace(flag, quote=mask(flag.quote)) for flag in reply.red_flags)
    facts = {name: mask(value) for name, value in reply.facts.items()}
    agent = reply.agent
    if agent and agent.asked_name:
        agent = dataclasses.replace(agent, asked_name=mask(agent.asked_name))
    return dataclasses.replace(reply, red_flags=flags, facts=facts, agent=agent)


def _read_reply(as_json: str) -> Reply | None:
    """Return a stored reply; None if an earlier version of Satark wrote it in another shape."""
    try:
        return _REPLY.validate_json(as_json)
    except ValidationError:
        return None


def _make_feedback(reply: Reply, day: dt.date, *, helpful: bool) -> Feedback:
    verdict = reply.verdict.value if reply.verdict else None
    return Feedback(day=day, kind=reply.kind.value, verdict=verdict, language=reply.language.value, helpful=helpful)


class Allowance(StrEnum):
    """Whether a person may ask now, and if not, how long to wait."""

    GRANTED = "granted"
    WAIT_A_MINUTE = "wait_a_minute"
    WAIT_UNTIL_TOMORROW = "wait_until_tomorrow"


@dataclass
class _Asked:
    times: deque[dt.datetime] = field(default_factory=deque)
    told: bool = False


class Limits:
    """How much each person asked lately. Held in memory: a restart forgives, and nothing about it is stored."""

    def __init__(
        self,
        clock: Callable[[], dt.datetime],
        per_minute: int = 8,
        per_day: int = 100,
        *,
        minute: dt.timedelta = dt.timedelta(minutes=1),
    ) -> None:
        """Take how much may be asked; `minute` is the short period, which may be another one than a minute."""
        self._clock = clock
        self._per_minute = per_minute
        self._minute = minute
        self._per_day = per_day
        self._asked: dict[int, _Asked] = {}

    def count(self, person_id: int) -> Allowance:
        """Count one message and say whether it may be answered. Refused messages are not counted."""
        now = self._clock()
        self._forget_idle(now)
        asked = self._asked.setdefault(person_id, _Asked())
        while asked.times and asked.times[0] <= now - dt.timedelta(days=1):
            asked.times.popleft()
        refusal = self._refuse(asked, now)
        if refusal is None:
            asked.times.append(now)
            asked.told = False
        return refusal or Allowance.GRANTED

    def tell_once(self, person_id: int) -> bool:
        """Whether the person is to be told of a refusal: True the first time, until something is granted again."""
        asked = self._asked.setdefault(person_id, _Asked())
        first, asked.told = not asked.told, True
        return first

    def forget(self, person_id: int) -> None:
        """Forget how much somebody asked."""
        self._asked.pop(person_id, None)

    def _refuse(self, asked: _Asked, now: dt.datetime) -> Allowance | None:
        if len(asked.times) >= self._per_day:
            return Allowance.WAIT_UNTIL_TOMORROW
        lately = sum(1 for moment in asked.times if moment > now - self._minute)
        return Allowance.WAIT_A_MINUTE if lately >= self._per_minute else None

    def _forget_idle(self, now: dt.datetime) -> None:
        if len(self._asked) < 10_000:  # a day of a small bot; below it nothing is gained by looking
            return
        yesterday = now - dt.timedelta(days=1)
        self._asked = {who: asked for who, asked in self._asked.items() if asked.times and asked.times[-1] > yesterday}
