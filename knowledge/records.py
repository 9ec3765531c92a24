"""The curated records as typed values, and how one readable file becomes one. Pure, apart from the `read_*` functions.

An advisory is a Markdown file: YAML front matter between two `---` lines, then one list item per fact. A rule and a
helpline are YAML files. `knowledge/data/README.md` explains every field.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from knowledge.vocabulary import (
    AdvisoryKind,
    HelplineStatus,
    Language,
    RedFlag,
    Severity,
    SourceTier,
    Status,
    TextKind,
    Topic,
    WorkScope,
)
from knowledge.yaml_files import parse_yaml


@dataclass(frozen=True)
class Count:
    """A number an official source gave, with the day it held (`as_of`), e.g. Indians known in the Russian army."""

    series: str
    value: int
    as_of: dt.date
    words: str


@dataclass(frozen=True)
class AdvisoryRecord:
    """One official notice with its provenance, as curated. Dates are calendar days in India."""

    id: str
    issuer: str
    kind: AdvisoryKind
    date: dt.date | None
    date_precision: str  # day | report_day (only the day of the report is known) | month | year | unknown
    title: str | None
    countries: tuple[str, ...]  # ISO 3166 alpha-2; empty means general
    topics: tuple[Topic, ...]
    facts: tuple[str, ...]
    language: str
    source_url: str | None
    seen_in: str | None
    also_seen: tuple[str, ...]
    source_tier: SourceTier
    confidence: str
    reported_by: str | None  # the outlet, where it was seen through the press
    text_kind: TextKind
    status: Status
    severity: Severity
    scope: tuple[WorkScope, ...]  # kinds of work the warning covers
    pattern: tuple[RedFlag, ...]  # any of these in an offer to one of `countries` means "the pattern matches"
    standing: bool  # one of the country's standing warnings, always considered
    supersedes: tuple[str, ...]
    superseded_by: str | None
    valid_until: dt.date | None
    counts: tuple[Count, ...]
    # What it warns of, in one sentence of ours for each language code. Mapping, so that nobody writes into it; a plain
    # dict, so that it becomes JSON as it is; and no dict can be hashed.
    gist: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class RuleRecord:
    """One rule of law, e.g. `rule-B1`, with its source. `flags` names the red flags that rest on it."""

    id: str
    title: str
    text: str
    source_url: str | None
    confidence: str  # seen-official | seen-law | seen-state | seen
    issuer: str
    date: dt.date | None
    as_of: dt.date | None
    countries: tuple[str, ...]
    topics: tuple[Topic, ...]
    flags: tuple[RedFlag, ...]
    reported_by: str | None
    text_kind: TextKind
    gist: Mapping[str, str] = field(default_factory=dict, hash=False)  # as for an advisory


@dataclass(frozen=True)
class HelplineRecord:
    """A contact with its owner and the date it was last known to be right."""

    id: str
    name: str
    who_for: str
    country: str | None  # ISO 3166 alpha-2 of where it serves; IN for India; None for anywhere
    phones: tuple[str, ...]
    whatsapp: tuple[str, ...]
    email: str | None
    url: str | None
    hours: str | None
    seen_in: tuple[str, ...]
    as_of: str
    as_of_month: dt.date | None  # first day of the month, where as_of is known to a month or better
    official_reprint: bool  # the row reprints an official notice for a standing line (rule 5, old_verify)
    status: HelplineStatus
    note: str | None


class BadRecord(ValueError):
    """A curated record cannot be read: `name` is the file, `field` the field, `problem` what is wrong with it."""

    def __init__(self, name: str, field: str, problem: str) -> None:
        super().__init__(f"{name}: field '{field}': {problem}")
        self.name = name
        self.field = field
        self.problem = problem


def parse_advisory(text: str, name: str) -> AdvisoryRecord:
    """One advisory from the text of its Markdown file; `name` names the file in errors. Raises BadRecord."""
    front, body = _split_front_matter(text, name)
    values = _load_mapping(front, name)
    if "facts" in values:
        raise BadRecord(name, "facts", "facts belong below the front matter, one '- ' line each; remove the field")
    return build_advisory({**values, "facts": _split_facts(body, name)}, name)


def build_advisory(values: Mapping[str, object], name: str) -> AdvisoryRecord:
    """One advisory from named values, as in a line of JSON. Raises BadRecord.

    `text` may stand for `facts` where the notice itself is at hand; it counts as official words. What nobody has
    judged yet stays weak: a draft of severity `notice` without scope or pattern raises no verdict.
    """
    row = _Row(values, name)
    row.allow_only(_names_of(AdvisoryRecord) | {"text"})
    facts, text_kind = _facts_of(row)
    day, precision = _date_of(row)
    return AdvisoryRecord(
        id=row.slug("id"),
        issuer=row.text("issuer"),
        kind=row.choice("kind", AdvisoryKind),
        date=day,
        date_precision=precision,
        title=row.optional_text("title"),
        countries=row.countries("countries"),
        topics=row.choices("topics", Topic),
        facts=facts,
        language=row.optional_text("language") or "en",
        source_url=row.optional_text("source_url"),
        seen_in=row.optional_text("seen_in"),
        also_seen=row.texts("also_seen"),
        source_tier=row.choice("source_tier", SourceTier),
        confidence=row.optional_text("confidence") or "seen",
        reported_by=row.optional_text("reported_by"),
        text_kind=text_kind,
        status=row.choice("status", Status, Status.DRAFT),
        severity=row.choice("severity", Severity, Severity.NOTICE),
        scope=row.choices("scope", WorkScope),
        pattern=row.choices("pattern", RedFlag),
        standing=row.truth("standing"),
        supersedes=row.texts("supersedes"),
        superseded_by=row.optional_text("superseded_by"),
        valid_until=row.optional_date("valid_until"),
        counts=_counts_of(row),
        gist=row.words_by_language("gist"),
    )


def parse_rule(text: str, name: str) -> RuleRecord:
    """One rule of law from the text of its YAML file. Raises BadRecord."""
    row = _Row(_load_mapping(text, name), name)
    row.allow_only(_names_of(RuleRecord))
    return RuleRecord(
        id=row.slug("id"),
        title=row.text("title"),
        text=row.text("text"),
        source_url=row.optional_text("source_url"),
        confidence=row.one_of("confidence", RULE_CONFIDENCES),
        issuer=row.text("issuer"),
        date=row.optional_date("date"),
        as_of=row.optional_date("as_of"),
        countries=row.countries("countries"),
        topics=row.choices("topics", Topic),
        flags=row.choices("flags", RedFlag),
        reported_by=row.optional_text("reported_by"),
        text_kind=row.choice("text_kind", TextKind, TextKind.SUMMARY),
        gist=row.words_by_language("gist"),
    )


def parse_helpline(text: str, name: str) -> HelplineRecord:
    """One helpline from the text of its YAML file. Raises BadRecord."""
    row = _Row(_load_mapping(text, name), name)
    row.allow_only(_names_of(HelplineRecord))
    return HelplineRecord(
        id=row.slug("id"),
        name=row.text("name"),
        who_for=row.text("who_for"),
        country=row.optional_country("country"),
        phones=row.phones("phones"),
        whatsapp=row.phones("whatsapp"),
        email=row.optional_text("email"),
        url=row.optional_text("url"),
        hours=row.optional_text("hours"),
        seen_in=row.texts("seen_in"),
        as_of=row.text("as_of"),
        as_of_month=_month_of(row),
        official_reprint=row.truth("official_reprint"),
        status=row.choice("status", HelplineStatus),
        note=row.optional_text("note"),
    )


def read_advisories(folder: Path) -> tuple[AdvisoryRecord, ...]:
    """Every advisory file (`*.md`) of a folder, by id. Raises BadRecord, also where two files carry one id."""
    return _read_folder(folder, "*.md", parse_advisory)


def read_rules(folder: Path) -> tuple[RuleRecord, ...]:
    """Every rule file (`*.yaml`) of a folder, by id. Raises BadRecord."""
    return _read_folder(folder, "*.yaml", parse_rule)


def read_helplines(folder: Path) -> tuple[HelplineRecord, ...]:
    """Every helpline file (`*.yaml`) of a folder, by id. Raises BadRecord."""
    return _read_folder(folder, "*.yaml", parse_helpline)


def read_gists(folder: Path) -> dict[str, dict[str, str]]:
    """The sentences of `<language>/gists.yaml`: id of an advisory or rule → language → sentence. Raises BadRecord."""
    gists: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*/gists.yaml")):
        name = f"{path.parent.name}/{path.name}"
        row = _Row(_load_mapping(_read_text(path), name), name)
        for record in row.values:
            gists.setdefault(record, {})[path.parent.name] = " ".join(row.text(record).split())
    return gists


def with_gists(records: Iterable[_WithGist], gists: Mapping[str, Mapping[str, str]]) -> tuple[_WithGist, ...]:
    """The records with these sentences added to their own; a sentence of the record itself stays."""
    return tuple(
        replace(record, gist={**gists[record.id], **record.gist}) if record.id in gists else record
        for record in records
    )


DATE_PRECISIONS = ("day", "report_day", "month", "year", "unknown")
RULE_CONFIDENCES = ("seen-official", "seen-law", "seen-state", "seen")  # `memory` is kept out on purpose

_Record = TypeVar("_Record", AdvisoryRecord, RuleRecord, HelplineRecord)
_WithGist = TypeVar("_WithGist", AdvisoryRecord, RuleRecord)
_Choice = TypeVar("_Choice", bound=StrEnum)


def _read_folder(folder: Path, pattern: str, parse: Callable[[str, str], _Record]) -> tuple[_Record, ...]:
    found: dict[str, _Record] = {}
    for path in sorted(folder.glob(pattern)):
        record = parse(_read_text(path), path.name)
        if record.id in found:
            raise BadRecord(path.name, "id", f"'{record.id}' stands in another file too; every record needs its own id")
        found[record.id] = record
    return tuple(found[key] for key in sorted(found))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadRecord(path.name, "(file)", "is not UTF-8 text; save it as UTF-8") from error


def _split_front_matter(text: str, name: str) -> tuple[str, str]:
    match = re.fullmatch(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n(.*))?", text, flags=re.DOTALL)
    if match is None:
        raise BadRecord(name, "(front matter)", "put the fields between two lines of '---' at the top of the file")
    return match[1], match[2] or ""


def _load_mapping(text: str, name: str) -> dict[str, object]:
    try:
        loaded = parse_yaml(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2025-02-30
        raise BadRecord(name, "(YAML)", f"cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(loaded, dict):
        raise BadRecord(name, "(YAML)", "must be a list of 'field: value' lines")
    return {str(key): value for key, value in loaded.items()}


def _split_facts(body: str, name: str) -> list[str]:
    """One fact for each `- ` line; indented lines go on with the fact above."""
    facts: list[str] = []
    for line in body.splitlines():
        if line.startswith("- "):
            facts.append(line[2:].strip())
        elif line.strip() and line[0] in " \t" and facts:
            facts[-1] += " " + line.strip()
        elif line.strip():
            raise BadRecord(name, "facts", f"begin each fact with '- ': {line.strip()[:40]!r}")
    return facts


def _facts_of(row: _Row) -> tuple[tuple[str, ...], TextKind]:
    facts = row.texts("facts")
    whole = row.optional_text("text")
    if facts and whole:
        raise BadRecord(row.name, "text", "give either 'facts' or 'text', not both")
    if not (facts or whole):
        raise BadRecord(row.name, "facts", "at least one fact is needed")
    default = TextKind.OFFICIAL_WORDS if whole else TextKind.SUMMARY
    return facts or (whole or "",), row.choice("text_kind", TextKind, default)


def _date_of(row: _Row) -> tuple[dt.date | None, str]:
    day = row.optional_date("date")
    precision = row.one_of("date_precision", DATE_PRECISIONS, "day" if day else "unknown")
    if (day is None) != (precision == "unknown"):
        raise BadRecord(row.name, "date_precision", "is 'unknown' exactly where no date is given")
    return day, precision


def _month_of(row: _Row) -> dt.date | None:
    month = row.optional_date("as_of_month")
    if month is not None and month.day != 1:
        raise BadRecord(row.name, "as_of_month", "give the first day of the month, for example 2024-10-01")
    return month


def _counts_of(row: _Row) -> tuple[Count, ...]:
    given = row.get("counts")
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise BadRecord(row.name, "counts", "must be a list of series, value, as_of and words")
    return tuple(_count_of(_Row(item, row.name)) for item in given)


def _count_of(row: _Row) -> Count:
    row.allow_only(_names_of(Count))
    value, as_of = row.get("value"), row.optional_date("as_of")
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRecord(row.name, "counts.value", "must be a whole number")
    if as_of is None:
        raise BadRecord(row.name, "counts.as_of", "a number needs the day it held, for example 2025-11-07")
    return Count(series=row.slug("series"), value=value, as_of=as_of, words=row.text("words"))


def _names_of(record: type[AdvisoryRecord | RuleRecord | HelplineRecord | Count]) -> set[str]:
    return {field.name for field in fields(record)}


class _Row:
    """The raw values of one record. Each method takes one field out as a typed value or raises BadRecord."""

    def __init__(self, values: Mapping[str, object], name: str) -> None:
        self.values = values
        self.name = name

    def allow_only(self, known: set[str]) -> None:
        for given in self.values:
            if given not in known:
                raise BadRecord(
                    self.name, given, f"is not a field of this record; known are {', '.join(sorted(known))}"
                )

    def get(self, field: str) -> object:
        return self.values.get(field)

    def text(self, field: str) -> str:
        value = self.optional_text(field)
        if value is None:
            raise BadRecord(self.name, field, "is missing")
        return value

    def optional_text(self, field: str) -> str | None:
        value = self.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise BadRecord(self.name, field, f"must be text, not {value!r}; put it in quotes or leave the field out")
        return value.strip()

    def texts(self, field: str) -> tuple[str, ...]:
        value = self.get(field)
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) and item.strip() for item in value):
            raise BadRecord(self.name, field, "must be a list of texts")
        return tuple(item.strip() for item in value)

    def words_by_language(self, field: str) -> dict[str, str]:
        given = self.get(field)
        if given is None:
            return {}
        if not isinstance(given, dict) or not set(given) <= set(Language):
            raise BadRecord(self.name, field, f"must hold one sentence for each language of {', '.join(Language)}")
        if not all(isinstance(words, str) and words.strip() for words in given.values()):
            raise BadRecord(self.name, field, "every language needs its sentence in quotes, or leave it out")
        return {str(code): " ".join(words.split()) for code, words in given.items()}

    def slug(self, field: str) -> str:
        value = self.text(field)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", value):
            raise BadRecord(self.name, field, f"'{value}' may hold letters, digits, '-' and '_' only")
        return value

    def one_of(self, field: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(field) if self.get(field) is not None or default is None else default
        if value not in allowed:
            raise BadRecord(self.name, field, f"'{value}' is not one of {', '.join(allowed)}")
        return value

    def choice(self, field: str, kind: type[_Choice], default: _Choice | None = None) -> _Choice:
        return kind(self.one_of(field, tuple(kind), default))

    def choices(self, field: str, kind: type[_Choice]) -> tuple[_Choice, ...]:
        values = self.texts(field)
        for value in values:
            if value not in tuple(kind):
                raise BadRecord(self.name, field, f"'{value}' is not one of {', '.join(kind)}")
        return tuple(kind(value) for value in values)

    def countries(self, field: str) -> tuple[str, ...]:
        codes = self.texts(field)
        for code in codes:
            self._check_country(field, code)
        return codes

    def optional_country(self, field: str) -> str | None:
        code = self.optional_text(field)
        if code is not None:
            self._check_country(field, code)
        return code

    def _check_country(self, field: str, code: str) -> None:
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise BadRecord(self.name, field, f"'{code}' is no country code; write two capitals such as RU")

    def phones(self, field: str) -> tuple[str, ...]:
        numbers = self.texts(field)
        for number in numbers:
            if not re.fullmatch(r"\+?[0-9][0-9 -]+", number):
                raise BadRecord(self.name, field, f"'{number}' is no bare number; put remarks into 'note'")
        return numbers

    def truth(self, field: str) -> bool:
        value = self.get(field)
        if value is not None and not isinstance(value, bool):
            raise BadRecord(self.name, field, "must be true or false")
        return value is True

    def optional_date(self, field: str) -> dt.date | None:
        value = self.get(field)
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError as error:
                raise BadRecord(self.name, field, f"'{value}' is no date; write it as 2025-11-07") from error
        if isinstance(value, dt.datetime) or not (value is None or isinstance(value, dt.date)):
            raise BadRecord(self.name, field, f"{value!r} is no date; write it as 2025-11-07")
        return value
