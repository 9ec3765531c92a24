"""Builders and a fake embedder for tests of searching."""

import datetime as dt
import hashlib
import re
from types import MappingProxyType

import numpy as np

from knowledge.embedding.centring import Centring
from knowledge.library import Library, LibraryPassage
from knowledge.passages import split_advisory, split_rule
from knowledge.records import AdvisoryRecord, RuleRecord
from knowledge.vocabulary import AdvisoryKind, Severity, SourceTier, Status, TextKind

TODAY = dt.date(2026, 11, 22)
NOON = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)


class WordEmbedder:
    """A fake model: texts that share words are near. Remembers how many texts it has embedded."""

    dimension = 64

    def __init__(self, fingerprint="fake-model"):
        self.fingerprint = fingerprint
        self.embedded = 0

    def embed_passages(self, texts):
        self.embedded += len(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, 1 + hashlib.sha256(word.encode()).digest()[0] % (self.dimension - 1)] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    embed_queries = embed_passages


def make_centring(dimension=WordEmbedder.dimension, fingerprint="fake-centring"):
    """Centring that takes nothing away."""
    zero = np.full(dimension, 1e-9, dtype=np.float32)
    return Centring({"en": zero, "hi": zero, "hi-Latn": zero}, {"en": zero}, fingerprint)


def make_record(record_id, *facts, countries=(), **changes):
    fields = {
        "id": record_id,
        "issuer": "Embassy of Testing",
        "kind": AdvisoryKind.ADVISORY,
        "date": dt.date(2025, 9, 1),
        "date_precision": "day",
        "title": None,
        "countries": tuple(countries),
        "topics": (),
        "facts": facts,
        "language": "en",
        "source_url": "https://embassy.example/notice",
        "seen_in": None,
        "also_seen": (),
        "source_tier": SourceTier.PRESS_OR_SECONDARY,
        "confidence": "seen",
        "reported_by": "The Test Paper",
        "text_kind": TextKind.SUMMARY,
        "status": Status.PUBLISHED,
        "severity": Severity.WARNING,
        "scope": (),
        "pattern": (),
        "standing": False,
        "supersedes": (),
        "superseded_by": None,
        "valid_until": None,
        "counts": (),
    }
    return AdvisoryRecord(**(fields | changes))


def make_rule(rule_id, text, title="A rule", countries=()):
    return RuleRecord(
        id=rule_id,
        title=title,
        text=text,
        source_url=None,
        confidence="seen-law",
        issuer="Test Rules",
        date=None,
        as_of=None,
        countries=tuple(countries),
        topics=(),
        flags=(),
        reported_by=None,
        text_kind=TextKind.SUMMARY,
    )


def make_library(*records, embedder=None, today=TODAY):
    """A library of these advisories and rules; with an embedder their passages carry its vectors."""
    advisories = {record.id: record for record in records if isinstance(record, AdvisoryRecord)}
    rules = {record.id: record for record in records if isinstance(record, RuleRecord)}
    countries = {}
    for record in advisories.values():
        for code in record.countries:
            countries[code] = (*countries.get(code, ()), record)
    return Library(
        version=(1, today),
        advisories=MappingProxyType(advisories),
        rules=MappingProxyType(rules),
        helplines=(),
        passages=tuple(_passages(records, embedder)),
        countries=MappingProxyType(countries),
    )


def _passages(records, embedder):
    for record in records:
        for passage in split_advisory(record) if isinstance(record, AdvisoryRecord) else split_rule(record):
            vector = embedder.embed_passages([passage.embedded])[0] if embedder else None
            fingerprint = embedder.fingerprint if embedder else None
            yield LibraryPassage(passage.id, passage.advisory_id, passage.text, passage.language, vector, fingerprint)
