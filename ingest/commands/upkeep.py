"""`satark-ingest reindex` and `verify`: bring the index in step with the store, and check that both hold together."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.console import Console

from ingest.commands.parts import AsJson, now, open_existing, present, say
from ingest.tables import plain
from ingest.verifier import verify as find_problems
from knowledge import advisories
from knowledge.bulk_embedding import embed_waiting
from knowledge.database import write_session
from knowledge.embedding.bundled import bundled_fingerprint
from knowledge.passage_store import count_vectors
from knowledge.progress import shown_progress
from knowledge.settings import BUNDLED_MODEL, read_settings

_INDEX_WORDS = {
    "built": "The index is built.",
    "in step": "The index is in step.",
    "not built": "The index could not be built, so search is exact. `satark doctor` says what to do.",
}


def reindex(as_json: AsJson = False) -> None:
    """Split all advisories as today's program does, embed every passage that lacks its vector, renew the index."""
    from ingest.indexing import renew_index  # here: the index loads what other commands do not need

    settings, engine = read_settings(), open_existing()
    with write_session(engine) as session:
        split_anew = advisories.resplit(session)
    with shown_progress() as progress:
        embedded = embed_waiting(engine, settings, progress=progress)
        index = renew_index(engine, settings, now(), progress)
    total = count_vectors(engine).passages
    outcome = {"passages": total, "embedded": embedded, "advisories_split_anew": split_anew, "index": index}
    present(as_json, outcome, say(f"{embedded} of {total} passages embedded. {_INDEX_WORDS[index]}"))


def verify(as_json: AsJson = False) -> None:
    """Check that the store holds together, and the index with it. Exit code 1 if anything is wrong."""
    from ingest.indexing import find_index_problems

    settings, engine = read_settings(), open_existing()
    expected = bundled_fingerprint() if settings.embedding_model == BUNDLED_MODEL else None
    problems = find_problems(engine, expected)
    if not problems:  # an index of a store that is not sound says nothing
        with shown_progress() as progress:
            problems = find_index_problems(engine, settings, now(), progress)
    present(as_json, {"ok": not problems, "problems": list(problems)}, lambda out: _print_problems(out, problems))
    if problems:
        raise typer.Exit(1)


def _print_problems(out: Console, problems: Sequence[str]) -> None:
    for problem in problems:
        out.print(plain(problem))
    out.print("The store is sound." if not problems else f"{len(problems)} problems")
