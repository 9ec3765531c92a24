"""What the advisor hands on: typed values without wording. Presenters turn them into words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.agents import AgentFinding
from knowledge.records import HelplineRecord
from knowledge.stale_sources import StaleSource
from knowledge.vocabulary import Kind, Language, RedFlag, Stage, TextKind, Topic, Verdict


@dataclass(frozen=True)
class Earlier:
    """What went before in the same chat: the person's masked words, and what was answered.

    `question` is the key of the question that was put back to the person then; empty where none was.
    """

    text: str
    countries: tuple[str, ...]
    verdict: Verdict | None
    kind: Kind
    question: str = ""


@dataclass(frozen=True)
class Inquiry:
    """One message of one person. `language` is the person's explicit choice, if any."""

    text: str
    language: Language | None = None
    today: dt.date | None = None  # None: today in India
    about_agent: bool = False  # the person asked with /agent: the text is the name or number of a firm
    earlier: Earlier | None = None
    search_line: str | None = None  # an English line to search by beside the text; it judges nothing and is not shown
    can_be_asked: bool = False  # a question may be put back: only where the person can answer it in the same chat


class ReadFrom(StrEnum):
    """Where words stood that the person did not type: a picture, which may be misread, or a file."""

    PICTURE = "picture"
    FILE = "file"


@dataclass(frozen=True)
class FlagFound:
    """A red flag with the person's own words and the id of the citation it rests on."""

    code: RedFlag
    quote: str
    rests_on: str | None
    read_from: ReadFrom | None = None  # None: the person's message itself


@dataclass(frozen=True)
class Citation:
    """One record that the reply rests on: `type` is "advisory" or "rule"."""

    id: str
    type: str
    issuer: str
    title: str | None
    date: dt.date | None
    date_precision: str
    as_of: dt.date | None
    url: str | None
    reported_by: str | None
    countries: tuple[str, ...]
    topics: tuple[Topic, ...]
    quote: str
    quote_kind: TextKind
    gist: Mapping[str, str] = field(default_factory=dict)  # language code -> one short sentence


@dataclass(frozen=True)
class Told:
    """A sentence of a language model that the guards have let through, and the ids of the citations it rests on.

    It is shown only as our summary of those records, and only in a reply of its own language.
    """

    words: str
    language: Language
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """A whole reply before it is worded.

    `reason` is a key that says why the verdict is what it is; `steps` are keys of next steps, most urgent first;
    `points` are keys of fixed explanations (procedure answers). Presenters own the words of all three.
    """

    kind: Kind
    verdict: Verdict | None
    language: Language
    countries: tuple[str, ...] = ()
    red_flags: tuple[FlagFound, ...] = ()
    citations: tuple[Citation, ...] = ()
    stage: Stage = Stage.BEFORE_PAYING
    reason: str = ""
    points: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    helplines: tuple[HelplineRecord, ...] = ()
    missing_from_advisories: bool = False
    fallback_language: bool = False  # the message was in a language that we cannot answer in yet
    trouble: str | None = None  # e.g. "no_model": said aloud, never lowers the verdict
    told: tuple[Told, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)  # sums, licence number …: values that the words may use
    stale_sources: tuple[StaleSource, ...] = ()  # whose notices it rests on, though they were not read for too long
    question: str = ""  # the key of a question put back to the person, where that would change what can be said
    agent: AgentFinding | None = None  # what the official lists say of the recruiter; None: not asked, or no list
