"""Loads the curated knowledge that ships with Satark (`knowledge/data/`) into the store. Loading twice changes nothing.

`python -m knowledge.starter` does it from the command line. What staff have changed since stays as they left it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from knowledge import advisories, state
from knowledge.advisories import Origin, SaveOutcome
from knowledge.bulk_embedding import Progress, embed_waiting
from knowledge.database import (
    DatabaseUnavailable,
    build_engine,
    has_database,
    read_session,
    upgrade,
    write_session,
)
from knowledge.embedding import Embedder, ModelUnavailable
from knowledge.models import Passage
from knowledge.passage_store import embed_missing
from knowledge.records import (
    AdvisoryRecord,
    BadRecord,
    HelplineRecord,
    RuleRecord,
    read_advisories,
    read_gists,
    read_helplines,
    read_rules,
    with_gists,
)
from knowledge.rules import save_helplines, save_rules
from knowledge.settings import BadSettings, Settings, read_settings
from knowledge.vocabulary import Status

STARTER_FOLDER = Path(__file__).resolve().parent / "data"
STARTER = "starter"  # who published it, in the history
KINDS = ("advisories", "rules", "helplines")


@dataclass(frozen=True)
class Curated:
    """All records of a folder of curated files, and the digest that names their content."""

    advisories: tuple[AdvisoryRecord, ...]
    rules: tuple[RuleRecord, ...]
    helplines: tuple[HelplineRecord, ...]
    digest: str


@dataclass(frozen=True)
class StarterReport:
    """What loading did: advisories by outcome, changed rules and helplines, passages that were embedded."""

    new: int
    changed: int
    unchanged: int
    kept: int  # changed by staff, and therefore left alone
    rules: int
    helplines: int
    passages_embedded: int

    @property
    def changed_anything(self) -> bool:
        """Whether the store differs from before."""
        return any((self.new, self.changed, self.rules, self.helplines, self.passages_embedded))


def load_starter(
    engine: Engine,
    folder: Path,
    embedder: Embedder | None,
    at: dt.datetime,
    progress: Progress | None = None,
) -> StarterReport:
    """Bring the store in step with the curated files, then embed what has no vector of this embedder yet.

    All files are read before anything is stored, and stored in one transaction; vectors follow in small batches. Cut
    off at any moment, it leaves a consistent store and goes on next time. Raises BadRecord, which names the file and
    field, and DatabaseUnavailable.
    """
    report = load_records(engine, folder, at, progress)
    if embedder is None:
        return report
    step = None if progress is None else lambda done, total: progress("Embedding passages", done, total)
    return replace(report, passages_embedded=embed_missing(engine, embedder, progress=step))


def load_starter_by_settings(
    engine: Engine, settings: Settings, at: dt.datetime, progress: Progress | None = None
) -> StarterReport:
    """Load the starter knowledge, and build the model of the settings only if a passage waits for a vector.

    Raises as `load_starter`, and ModelUnavailable: the records are then stored, and found by their words alone.
    """
    report = load_records(engine, STARTER_FOLDER, at, progress)
    return replace(report, passages_embedded=embed_waiting(engine, settings, progress=progress))


def load_records(engine: Engine, folder: Path, at: dt.datetime, progress: Progress | None = None) -> StarterReport:
    """Store the curated files of a folder in one transaction, without vectors. Raises as `load_starter`."""
    curated = read_curated(folder)
    upgrade(engine)
    with write_session(engine) as session:
        return store(session, curated, at, progress)


def read_curated(folder: Path) -> Curated:
    """Read all curated files of a folder. Raises BadRecord, also for a folder that holds no advisory."""
    found = read_advisories(folder / "advisories")
    if not found:
        raise BadRecord(str(folder), "advisories", "there is no advisory in this folder; get the files back from git")
    rules, gists = read_rules(folder / "rules"), read_gists(folder / "languages")
    _refuse_unknown(gists, {record.id for record in found} | {rule.id for rule in rules})
    return Curated(
        with_gists(found, gists),
        with_gists(rules, gists),
        read_helplines(folder / "helplines"),
        digest=digest_folder(folder),
    )


def _refuse_unknown(gists: Iterable[str], known: set[str]) -> None:
    for unknown in set(gists) - known:
        raise BadRecord("gists.yaml", unknown, "is neither an advisory nor a rule; correct the id or delete the line")


def store(session: Session, curated: Curated, at: dt.datetime, progress: Progress | None = None) -> StarterReport:
    """Save curated records in an open session: new ones as they are marked, changes to those that staff left alone."""
    outcomes = _save_all(session, curated.advisories, at, progress)
    advisories.resplit(session)
    report = StarterReport(
        new=outcomes.count(SaveOutcome.NEW),
        changed=outcomes.count(SaveOutcome.CHANGED),
        unchanged=outcomes.count(SaveOutcome.UNCHANGED),
        kept=outcomes.count(SaveOutcome.KEPT),
        rules=save_rules(session, curated.rules, at=at),
        helplines=save_helplines(session, curated.helplines, at=at),
        passages_embedded=0,
    )
    state.save_starter_digest(session, curated.digest)
    return report


def is_loaded(engine: Engine, folder: Path = STARTER_FOLDER, *, with_vectors: bool = True) -> bool:
    """Say whether exactly these files were loaded last, and every passage has a vector. Quick; loads nothing.

    Where there is no model to make vectors, `with_vectors` is false and the files alone count.
    """
    if not has_database(engine):
        return False
    upgrade(engine)
    with read_session(engine) as session:
        without_vector = session.scalar(select(func.count()).select_from(Passage).where(Passage.vector.is_(None)))
        complete = without_vector == 0 or not with_vectors
        return complete and state.find_starter_digest(session) == digest_folder(folder)


def digest_folder(folder: Path) -> str:
    """Name the content of the curated files by one SHA-256 over their names and bytes."""
    digest = hashlib.sha256()
    for kind in KINDS:
        for file in sorted((folder / kind).glob("*.*")):
            digest.update(f"{kind}/{file.name}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    for file in sorted((folder / "languages").glob("*/gists.yaml")):
        digest.update(f"{file.parent.name}/{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Load the starter knowledge as the settings say, with progress on standard error."""
    from knowledge.progress import shown_progress

    try:
        settings = read_settings()
        with shown_progress() as progress:
            engine = build_engine(settings.resolved_database_url)
            report = load_starter_by_settings(engine, settings, dt.datetime.now(dt.UTC), progress)
    except (BadSettings, BadRecord, DatabaseUnavailable, ModelUnavailable) as error:
        sys.exit(str(error))
    sys.stderr.write(describe(report) + "\n")


def describe(report: StarterReport) -> str:
    """Word a report in one line."""
    if not report.changed_anything:
        return f"Nothing to do: all {report.unchanged + report.kept} starter advisories are loaded."
    kept = f" ({report.kept} kept as staff changed them)" if report.kept else ""
    return (
        f"Starter knowledge loaded: advisories {report.new} new, {report.changed} changed, "
        f"{report.unchanged} unchanged{kept}; rules changed {report.rules}; helplines changed {report.helplines}; "
        f"passages embedded {report.passages_embedded}."
    )


def _save_all(
    session: Session, records: Sequence[AdvisoryRecord], at: dt.datetime, progress: Progress | None
) -> list[SaveOutcome]:
    outcomes = []
    for number, record in enumerate(records, start=1):
        outcomes.append(_save_one(session, record, at))
        if progress:
            progress("Loading advisories", number, len(records))
    _publish(
        [record for record, outcome in zip(records, outcomes, strict=True) if outcome is SaveOutcome.NEW], session, at
    )
    return outcomes


def _save_one(session: Session, record: AdvisoryRecord, at: dt.datetime) -> SaveOutcome:
    if advisories.find_advisory(session, record.id) is None:
        return advisories.save_draft(session, record, at=at, origin=Origin.STARTER)
    return advisories.update_published(session, record, by=STARTER, at=at, origin=Origin.STARTER)


def _publish(new: Sequence[AdvisoryRecord], session: Session, at: dt.datetime) -> None:
    # Only new ones: what staff withdrew, or hold back as a draft, is not published again by loading
    for record in new:
        if record.status is Status.PUBLISHED:
            advisories.publish(session, record.id, by=STARTER, at=at)
        elif record.status is Status.WITHDRAWN:
            advisories.withdraw(session, record.id, by=STARTER, reason="withdrawn in the starter knowledge", at=at)


if __name__ == "__main__":
    main()
