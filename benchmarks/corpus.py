"""Knows how a made-up library of any size is written: real notices over and over, each a little other.

A made-up notice takes its fields from one real notice and its five facts from any, with another amount in each. Its
vectors are those of the real facts, turned a little (cosine about 0.97), so that everything has many near neighbours,
as in a library that grows: embedding 100,000 texts would take an hour and time nothing that matters here.
No made-up notice is a standing warning, since there are a few of those for a country and never hundreds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert, select

from knowledge import state
from knowledge.database import read_session, write_session
from knowledge.embedding.embedder import Vectors
from knowledge.models import Advisory, Passage
from knowledge.passage_store import pack_vector, unpack_vector

FACTS = 5  # of a made-up notice; the real ones have as many
TURNED = 0.25  # length of what is added to a vector of length 1: the cosine to the real one is 0.97
AT_ONCE = 400  # notices in one transaction
SEED = 6


def grow(engine: Engine, passages: int, tell: Callable[[int, int], None]) -> None:
    """Add made-up notices until so many passages are there. `tell` is told how many are, of how many."""
    columns = {column.key for column in Advisory.__table__.columns}
    with read_session(engine) as session:
        real = [
            {name: getattr(row, name) for name in columns}
            for row in session.scalars(select(Advisory).where(~Advisory.id.startswith("bench-")).order_by(Advisory.id))
            if row.status == "published"
        ]
        parts = [
            (row.text, row.language, unpack_vector(row.vector), row.fingerprint)
            for row in session.scalars(select(Passage).order_by(Passage.id))
            if row.vector is not None and not row.id.startswith("bench-")
        ]
        held = session.query(Passage).count()
        made = session.query(Advisory).where(Advisory.id.startswith("bench-")).count()
    chance = np.random.default_rng([SEED, made])
    notices = -(-max(0, passages - held) // FACTS)
    for start in range(made, made + notices, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, made + notices))
        pairs = [_make(number, real, parts, chance) for number in numbers]
        with write_session(engine) as session:
            session.execute(insert(Advisory), [advisory for advisory, _ in pairs])
            session.execute(insert(Passage), [passage for _, made_up in pairs for passage in made_up])
            state.mark_changed(session)
        tell(min(passages, held + (numbers[-1] + 1 - made) * FACTS), passages)


def _make(
    number: int,
    real: Sequence[dict[str, Any]],
    parts: Sequence[tuple[str, str, Vectors, str]],
    chance: np.random.Generator,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the columns of one notice and of its passages."""
    base, name = real[number % len(real)], f"bench-{number:06d}"
    chosen = [parts[position] for position in chance.integers(0, len(parts), FACTS)]
    facts = [f"{text} Reference {number}, {int(chance.integers(1000, 900_000))} rupees." for text, *_ in chosen]
    advisory = base | {
        "id": name,
        "facts": facts,
        "standing": False,
        "supersedes": [],
        "superseded_by": None,
        "valid_until": None,
        "counts": [],
        "content_hash": f"{number:064d}",
        "date": (base["date"] or dt.date(2024, 1, 1)) - dt.timedelta(days=int(chance.integers(0, 300))),
    }
    passages = [
        {
            "id": f"{name}#{position}",
            "advisory_id": name,
            "rule_id": None,
            "position": position,
            "text": fact,
            "language": language,
            "embedded": fact,
            "vector": pack_vector(_turned(vector, chance)),
            "fingerprint": fingerprint,
        }
        for position, (fact, (_, language, vector, fingerprint)) in enumerate(zip(facts, chosen, strict=True))
    ]
    return advisory, passages


def _turned(vector: Vectors, chance: np.random.Generator) -> Vectors:
    aside = chance.standard_normal(len(vector)).astype(np.float32)
    moved = vector + TURNED * aside / np.linalg.norm(aside)
    return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)
