"""Knows the golden documents: saved pages and described files with what should be read from them, under tests/data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from evals.extraction.making import make_file
from ingest.parsed import ParsedAdvisory, from_document
from ingest.sources.reading import parse_notice
from ingest.sources.registry import find_source
from knowledge.documents.reading import read_document
from knowledge.yaml_files import read_yaml

FOLDER = Path(__file__).parent.parent.parent / "tests" / "data" / "sources"
FILES = "files"  # the folder of loose files; every other is named by its source
READ_AS_PICTURE = ("scanned_pdf", "photo")


@dataclass(frozen=True)
class Golden:
    """One document, and what should come out of it. None of a list or severity: not judged."""

    name: str
    source_id: str
    path: Path
    address: str | None
    title: str | None
    date: dt.date | None
    date_precision: str
    language: str
    first: str | None  # how the main text begins and ends; for pictures: words that stand in it
    last: str | None
    paragraphs: int | None
    must_not: tuple[str, ...]
    countries: frozenset[str]
    topics: frozenset[str]
    severity: str | None
    valid_until: dt.date | None
    key: str | None
    siblings: tuple[str, ...]
    notice_file: str | None
    held_out: bool
    remark: str | None

    @property
    def from_picture(self) -> bool:
        """Whether text recognition reads it, so that tesseract has to be there."""
        return self.path.suffix == ".yaml" and read_yaml(self.path)["make"] in READ_AS_PICTURE

    @property
    def from_file(self) -> bool:
        """Whether it is a loose file, not a page of a source."""
        return self.source_id == FILES


def list_golden() -> tuple[Golden, ...]:
    """Return all golden documents, in the order of their names."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*/*/expected.yaml")))


def get_bytes(golden: Golden) -> tuple[bytes, str]:
    """Return the bytes and the name of a golden document; what is only described is made."""
    if golden.from_file and golden.path.suffix == ".yaml":
        return make_file(read_yaml(golden.path))
    return golden.path.read_bytes(), golden.path.name


def parse(golden: Golden) -> ParsedAdvisory:
    """Read a golden document as the desk does: a source's page by its parser, a loose file by its kind."""
    data, name = get_bytes(golden)
    if golden.from_file:
        return from_document(read_document(data, name=name), address=golden.address)
    source = find_source(golden.source_id)
    if source is None:
        raise LookupError(f"{golden.name}: there is no source {golden.source_id!r}")
    return parse_notice(source, data, golden.address or "")


def _read(path: Path) -> Golden:
    values = read_yaml(path)
    return Golden(
        name=f"{path.parent.parent.name}/{path.parent.name}",
        source_id=path.parent.parent.name,
        path=path.parent / values["input"],
        address=values.get("address"),
        title=values.get("title"),
        date=values.get("date") and _date(values["date"]),
        date_precision=values["date_precision"],
        language=values["language"],
        first=values.get("first"),
        last=values.get("last"),
        paragraphs=values.get("paragraphs"),
        must_not=tuple(values.get("must_not", ())),
        countries=frozenset(values["countries"]),
        topics=frozenset(values["topics"]),
        severity=values.get("severity"),
        valid_until=values.get("valid_until") and _date(values["valid_until"]),
        key=values.get("key"),
        siblings=tuple(values.get("siblings", ())),
        notice_file=values.get("notice_file"),
        held_out=bool(values.get("held_out", False)),
        remark=values.get("remark"),
    )


def _date(value: object) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
