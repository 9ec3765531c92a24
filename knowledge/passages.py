"""Knows how an advisory or a rule of law becomes passages: the parts that are indexed and cited. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.records import AdvisoryRecord, RuleRecord

LONGEST_PASSAGE = 900  # characters; about 250 tokens of the embedding model, which reads 512 at most
OVERLAP = 120  # characters shared by neighbours, so that a sentence cut in two is whole in one of them
SEPARATORS = ["\n\n", "\n", "। ", "۔ ", ". ", "? ", "! ", "; ", ", ", " ", ""]


@dataclass(frozen=True)
class Passage:
    """One part of a record: `text` is shown, `embedded` (heading and text) is what the embedding model reads.

    `id` is `<record id>#<position>`, or for a rule of one part the rule's own id; `advisory_id` is the record's id.
    """

    id: str
    advisory_id: str
    position: int
    text: str
    language: str
    embedded: str


def split_advisory(record: AdvisoryRecord) -> tuple[Passage, ...]:
    """Make one passage per fact; a fact longer than `LONGEST_PASSAGE` is split at its sentences."""
    parts = [part for fact in record.facts for part in _split_long(fact)]
    heading = record.title or record.issuer
    return tuple(
        Passage(f"{record.id}#{position}", record.id, position, part, record.language, f"{heading}. {part}")
        for position, part in enumerate(parts)
    )


def split_rule(record: RuleRecord) -> tuple[Passage, ...]:
    """Make the passages of a rule of law. A short rule, as nearly all are, is one passage with the rule's own id."""
    parts = _split_long(record.text)
    if len(parts) == 1:
        return (Passage(record.id, record.id, 0, parts[0], "en", f"{record.title}. {parts[0]}"),)
    return tuple(
        Passage(f"{record.id}#{position}", record.id, position, part, "en", f"{record.title}. {part}")
        for position, part in enumerate(parts)
    )


def _split_long(text: str) -> list[str]:
    stripped = text.strip()
    if len(stripped) <= LONGEST_PASSAGE:
        return [stripped] if stripped else []
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # here: few texts are long, and it loads slowly

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=LONGEST_PASSAGE, chunk_overlap=OVERLAP, separators=SEPARATORS, keep_separator="end"
    )
    return [part.strip() for part in splitter.split_text(stripped) if part.strip()]
