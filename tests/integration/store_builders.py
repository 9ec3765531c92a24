"""Builders and a fake embedder for tests of the store."""

import dataclasses
import datetime as dt
import hashlib

import numpy as np

from knowledge.database import build_engine, upgrade
from knowledge.records import AdvisoryRecord, HelplineRecord, RuleRecord
from knowledge.vocabulary import (
    AdvisoryKind,
    HelplineStatus,
    RedFlag,
    Severity,
    SourceTier,
    Status,
    TextKind,
    Topic,
    WorkScope,
)

NOON = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)

CAMBODIA = AdvisoryRecord(
    id="test-cambodia-warning",
    issuer="Embassy of Testing",
    kind=AdvisoryKind.ADVISORY,
    date=dt.date(2025, 9, 1),
    date_precision="day",
    title="Warning about office jobs",
    countries=("KH",),
    topics=(Topic.CYBER_SCAM_COMPOUND,),
    facts=("Typing jobs were a trap in walled compounds.", "Take work there through registered agents only."),
    language="en",
    source_url="https://embassy.example/notice",
    seen_in="https://paper.example/story",
    also_seen=("https://other.example/story",),
    source_tier=SourceTier.PRESS_OR_SECONDARY,
    confidence="seen",
    reported_by="The Daily Example",
    text_kind=TextKind.SUMMARY,
    status=Status.PUBLISHED,
    severity=Severity.WARNING,
    scope=(WorkScope.DIGITAL,),
    pattern=(RedFlag.SCAM_COMPOUND_ROLE,),
    standing=True,
    supersedes=(),
    superseded_by=None,
    valid_until=None,
    counts=(),
    gist={"en": "Do not take typing jobs there.", "hi": "वहाँ टाइपिंग की नौकरी न लें।"},
)

RULE = RuleRecord(
    id="rule-T1",
    title="A cap on fees",
    text="An agent may take so much and no more.",
    source_url=None,
    confidence="seen-law",
    issuer="Test Rules",
    date=dt.date(2017, 12, 14),
    as_of=None,
    countries=(),
    topics=(Topic.FEE_OVERCHARGING,),
    flags=(RedFlag.FEE_ABOVE_CAP,),
    reported_by=None,
    text_kind=TextKind.SUMMARY,
    gist={"en": "Pay so much and no more."},
)

HELPLINE = HelplineRecord(
    id="test-line",
    name="Test line",
    who_for="anyone",
    country="IN",
    phones=("+91 99999 00001",),
    whatsapp=(),
    email=None,
    url="https://line.example",
    hours="always",
    seen_in=("https://line.example",),
    as_of="October 2026",
    as_of_month=dt.date(2026, 10, 1),
    official_reprint=False,
    status=HelplineStatus.CURRENT,
    note=None,
)


def make_advisory(advisory_id="test-cambodia-warning", **changes):
    return dataclasses.replace(CAMBODIA, id=advisory_id, **changes)


def make_engine(folder):
    engine = build_engine(f"sqlite:///{folder / 'store.sqlite3'}")
    upgrade(engine)
    return engine


class FakeEmbedder:
    """Makes a vector of a text's hash; remembers what it embedded, and can be told to break."""

    dimension = 8

    def __init__(self, fingerprint="model-a"):
        self.fingerprint = fingerprint
        self.embedded = []
        self.left = None

    def breaks_after(self, batches):
        self.left = batches

    def embed_passages(self, texts):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left = None if self.left is None else self.left - 1
        self.embedded.extend(texts)
        rows = [np.frombuffer(hashlib.sha256(text.encode()).digest()[:8], np.uint8) for text in texts]
        vectors = np.array(rows, dtype=np.float32) + 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_queries(self, texts):
        return self.embed_passages(texts)
