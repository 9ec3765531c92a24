"""Knows how the records that staff hand in are read: Markdown files, folders, JSON lines. All of them, or none.

Stores nothing. What is wrong is gathered, so that one run names every bad file and line.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from knowledge.records import AdvisoryRecord, BadRecord, build_advisory, parse_advisory
from knowledge.vocabulary import Status

STANDARD_INPUT = "-"
LARGEST_FILE_BYTES = 50 * 1024 * 1024
MOST_PROBLEMS = 20  # named in one message; the rest are counted
ALLOWED_CONTROLS = "\n\r\t"


class BadInput(Exception):
    """What was handed in cannot be read. `problems` names each file, line and field; nothing was stored."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = [f"… and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        super().__init__("\n".join([*problems[:MOST_PROBLEMS], *more, "Nothing was stored."]))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Given:
    """One record as handed in: where it stood, which of its fields were named, staff's own summary of its text.

    A record that does not name its status counts as `published`: it is, once staff say so.
    """

    place: str
    record: AdvisoryRecord
    named: frozenset[str]
    summary: tuple[str, ...] = ()


@dataclass
class _Gathered:
    given: dict[str, Given] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, one: Given) -> None:
        earlier = self.given.setdefault(one.record.id, one)
        if earlier.record != one.record:
            self.problems.append(f"{one.place}: '{one.record.id}' stands in {earlier.place} too, with other content")


def read_given(places: Iterable[str], standard_input: TextIO) -> tuple[Given, ...]:
    """Read files, folders and `-` (standard input); each record once, in the order given. Raises BadInput."""
    gathered = _Gathered()
    for place in places:
        try:
            for one in _read_place(place, standard_input, gathered.problems):
                gathered.add(one)
        except OSError as error:
            gathered.problems.append(f"{place}: cannot be read ({error.strerror or error}); check the path and rights")
    if not (gathered.given or gathered.problems):
        gathered.problems.append("There was no record in what was given.")
    if gathered.problems:
        raise BadInput(gathered.problems)
    return tuple(gathered.given.values())


def read_one(data: bytes, place: str, *, lines: bool) -> Given:
    """Read the one record that a file holds: a line of JSON, or Markdown with front matter. Raises BadInput."""
    problems: list[str] = []
    try:
        text = data.decode("utf-8-sig")
        found = list(parse_lines(text, place, problems)) if lines else [_parse_markdown(text, place)]
    except UnicodeDecodeError:
        raise BadInput([f"{place}: is not UTF-8 text; save it as UTF-8"]) from None
    except BadRecord as error:
        raise BadInput([str(error)]) from error
    if len(found) != 1 and not problems:
        problems.append(f"{place}: holds {len(found)} records; several at once come in with `satark-ingest add`")
    if problems:
        raise BadInput(problems)
    return found[0]


def parse_lines(text: str, name: str, problems: list[str]) -> Iterator[Given]:
    """Read JSON lines, one record each; blank lines do not count. What is wrong with a line is added to `problems`."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield _parse_line(line, f"{name} line {number}")
            except BadRecord as error:
                problems.append(str(error))


def _read_place(place: str, standard_input: TextIO, problems: list[str]) -> Iterator[Given]:
    if place == STANDARD_INPUT:
        yield from parse_lines(standard_input.read(), "standard input", problems)
        return
    path = Path(place)
    for file in _files_in(path, problems) if path.is_dir() else [path]:
        yield from _read_file(file, problems)


def _files_in(folder: Path, problems: list[str]) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.suffix in (".md", ".jsonl"))
    if not files:
        problems.append(f"{folder}: there is no .md or .jsonl file in this folder")
    return files


def _read_file(file: Path, problems: list[str]) -> Iterator[Given]:
    if not file.exists():
        problems.append(f"{file}: there is no such file; check the name and the folder")
        return
    if file.suffix not in (".md", ".jsonl"):
        problems.append(f"{file}: give a .md file with front matter, a .jsonl file, a folder, or - for standard input")
        return
    if file.stat().st_size > LARGEST_FILE_BYTES:
        problems.append(f"{file}: is larger than {LARGEST_FILE_BYTES // 1024**2} MB; split it")
        return
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(f"{file}: is not UTF-8 text; save it as UTF-8")
        return
    if file.suffix == ".jsonl":
        yield from parse_lines(text, str(file), problems)
        return
    try:
        yield _parse_markdown(text, str(file))
    except BadRecord as error:
        problems.append(str(error))


def _parse_markdown(text: str, place: str) -> Given:
    _refuse_hidden(text, place)
    record = parse_advisory(text, place)
    named = set(re.findall(r"^(\w+):", text.split("\n---", 1)[0], re.MULTILINE))
    if "status" not in named:
        record = replace(record, status=Status.PUBLISHED)
    return Given(place, record, frozenset(named | {"facts"}))


def _parse_line(line: str, place: str) -> Given:
    try:
        values = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadRecord(place, "(line)", f"is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise BadRecord(place, "(line)", "must be one JSON object with the fields of an advisory")
    for name, value in values.items():
        _refuse_hidden("".join((name, *_texts_in(value))), place, name)
    summary = _take_summary(values, place)
    record = build_advisory({"status": Status.PUBLISHED} | values, place)
    return Given(place, record, frozenset(values), summary)


def _take_summary(values: dict[str, object], place: str) -> tuple[str, ...]:
    """Where the notice itself is at hand, people are answered from it; our own facts about it stay as a summary."""
    if values.get("text") is None or not values.get("facts"):
        return ()
    facts = values.pop("facts")
    if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
        raise BadRecord(place, "facts", "must be a list of texts")
    return tuple(facts)


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts_in(part)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield str(key)
            yield from _texts_in(part)


def _refuse_hidden(text: str, place: str, name: str = "(text)") -> None:
    """Refuse control and broken characters: they would reach terminals, and no notice holds them."""
    for letter in text:
        if unicodedata.category(letter) in ("Cc", "Cs") and letter not in ALLOWED_CONTROLS:
            raise BadRecord(place, name, f"holds the control character U+{ord(letter):04X}; remove it")
