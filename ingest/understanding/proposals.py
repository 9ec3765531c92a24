"""Knows what is proposed of a notice: one value a field, how sure it is, and the words it rests on. Decides nothing.

Staff confirm or correct every proposal. Words are cut from the notice as they stand there, so that staff can check
them with one look; where none could be cut, `basis` says what the proposal rests on instead.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from knowledge.records import Count
from knowledge.vocabulary import AdvisoryKind, RedFlag, Severity, Topic, WorkScope

Value = TypeVar("Value", covariant=True)
Empty = TypeVar("Empty")

SURE = 0.9  # the words say it outright
LIKELY = 0.7  # the words say it, but other readings are possible
GUESSED = 0.4  # staff should look
MEANT = 0.3  # no words of the lists, but sentences close in meaning to such notices
WEAK = 0.2  # rests on nothing in the notice itself


class Basis(StrEnum):
    """What a proposal rests on."""

    WORDS = "words"  # of the notice; `words` holds them
    MEANING = "meaning"  # at least in part on what sentences mean; `words` holds the sentence that shows it best
    PAGE = "page"  # a field of the page or file: its date line, its heading, its address
    SOURCE = "source"  # only on what the source usually publishes
    DERIVED = "derived"  # follows from other proposals
    NOTHING = "nothing"  # the notice does not say; the value is empty


@dataclass(frozen=True)
class Proposal(Generic[Value]):
    """A proposed value. `confidence` is 0 to 1; `words` stand in the notice letter by letter."""

    value: Value
    confidence: float
    words: tuple[str, ...] = ()
    basis: Basis = Basis.WORDS

    def as_fields(self) -> dict[str, Any]:
        """Return the proposal as plain JSON values."""
        return {
            "value": _plain(self.value),
            "confidence": round(self.confidence, 2),
            "words": list(self.words),
            "basis": str(self.basis),
        }


class Who(StrEnum):
    """Whom a notice warns."""

    WORKERS = "workers"
    DOMESTIC_WORKERS = "domestic_workers"
    NURSES = "nurses"
    CARERS = "carers"
    STUDENTS = "students"
    PILGRIMS = "pilgrims"
    SEAFARERS = "seafarers"
    IT_PROFESSIONALS = "it_professionals"
    CONSTRUCTION_WORKERS = "construction_workers"
    DRIVERS = "drivers"
    FISHERMEN = "fishermen"
    WOMEN = "women"
    YOUTH = "youth"
    TRAVELLERS = "travellers"
    RESIDENTS = "residents"
    FAMILIES = "families"
    EMPLOYERS = "employers"
    AGENTS = "agents"


class ContactKind(StrEnum):
    """How somebody is reached."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    SITE = "site"


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody. `value` is in its usual form, `words` as the notice has it, `owner` whose it is."""

    kind: ContactKind
    value: str
    words: str
    owner: str | None = None


@dataclass(frozen=True)
class Earlier:
    """A notice that this one says it replaces or goes on from; `date` where it names one."""

    date: dt.date | None
    words: str
    replaces: bool


@dataclass(frozen=True)
class Understanding:
    """What is proposed for each field of a record, and what else staff should know before they publish."""

    issuer: Proposal[str | None]
    kind: Proposal[AdvisoryKind]
    date: Proposal[dt.date | None]
    date_precision: Proposal[str]
    title: Proposal[str | None]
    language: Proposal[str]
    countries: Proposal[tuple[str, ...]]
    topics: Proposal[tuple[Topic, ...]]
    severity: Proposal[Severity]
    scope: Proposal[tuple[WorkScope, ...]]
    pattern: Proposal[tuple[RedFlag, ...]]
    standing: Proposal[bool]
    valid_until: Proposal[dt.date | None]
    who_is_warned: Proposal[tuple[Who, ...]]
    facts: Proposal[tuple[str, ...]]  # sentences that an answer must mention
    contacts: Proposal[tuple[Contact, ...]]
    counts: Proposal[tuple[Count, ...]]
    earlier: Proposal[tuple[Earlier, ...]]
    cautions: tuple[str, ...] = ()  # for staff, in plain words: "dated 2019-02-04, appears as new"

    def as_fields(self) -> dict[str, dict[str, Any]]:
        """Return every proposal as plain JSON values, by the name of its field."""
        return {each.name: getattr(self, each.name).as_fields() for each in fields(self) if each.name != "cautions"}


def nothing(value: Empty) -> Proposal[Empty]:
    """Return the proposal for what a notice does not say: an empty value that rests on nothing."""
    return Proposal(value, 0.0, (), Basis.NOTHING)


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value
