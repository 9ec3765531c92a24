"""Measures what ingest takes beside the bare model: the same texts, the same engine, the same run."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import select, update

from benchmarks.measuring import Table, Tell, timed
from knowledge.database import build_engine, read_session, write_session
from knowledge.embedding import Embedder, build_embedder
from knowledge.models import Passage
from knowledge.passage_store import BATCH, embed_missing
from knowledge.settings import Settings

ROUNDS = 2  # the better of so many, each way, since other programs disturb one or the other


def measure_ingest(source: Path, folder: Path, passages: int, tell: Tell) -> Table:
    """Embed so many passages of the starter knowledge without the store, and with it."""
    shutil.copy(source, folder / "ingest.sqlite3")
    engine = build_engine(f"sqlite:///{folder / 'ingest.sqlite3'}")
    with read_session(engine) as session:
        rows = session.execute(select(Passage.id, Passage.embedded, Passage.advisory_id, Passage.rule_id)).all()[
            :passages
        ]
    owners = sorted({row.advisory_id or row.rule_id for row in rows})
    embedder = build_embedder(Settings(_env_file=None, data_dir=folder), role="ingest")
    embedder.embed_passages([row.embedded for row in rows[:BATCH]])  # the first batch loads the last of torch
    bare, ours = [], []
    for number in range(ROUNDS):
        with write_session(engine) as session:
            session.execute(update(Passage).values(vector=None, fingerprint=None))
            waiting = session.execute(
                select(Passage.embedded)
                .where(Passage.advisory_id.in_(owners) | Passage.rule_id.in_(owners))
                .order_by(Passage.id)
            )
            texts = [row.embedded for row in waiting]
        bare.append(timed(partial(_embed_bare, embedder, texts)))
        ours.append(timed(partial(embed_missing, engine, embedder, only=owners)))
        tell("ingest", number + 1, ROUNDS)
    bare_rate, our_rate = len(texts) / min(bare), len(texts) / min(ours)
    return Table(
        "Ingest beside the bare model",
        f"{len(texts)} passages of the starter knowledge, sentence-transformers, batches of {BATCH}; the better of "
        f"{ROUNDS} rounds each way. Ours reads them from the database and stores each batch in a transaction.",
        ("bare", "ours", "share"),
        ((f"{bare_rate:.1f} a second", f"{our_rate:.1f} a second", f"{our_rate / bare_rate:.2f}"),),
    )


def _embed_bare(embedder: Embedder, texts: Sequence[str]) -> None:
    for start in range(0, len(texts), BATCH):
        embedder.embed_passages(texts[start : start + BATCH])
