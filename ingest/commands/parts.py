"""What all commands share: opening the store, who asks, how results are presented, which errors are the user's."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import logging
import sys
from collections.abc import Callable, Collection
from typing import Annotated, Any, NoReturn, TypeVar

import structlog
import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.adding import NotAdded
from ingest.reading import BadInput
from ingest.tables import plain
from knowledge import advisories, desk
from knowledge.advisories import CannotSupersede, UnknownAdvisory
from knowledge.alert_requests import NothingToTell
from knowledge.bulk_embedding import embed_waiting
from knowledge.database import DatabaseUnavailable, build_engine, explained, has_database, upgrade
from knowledge.embedding import ModelUnavailable
from knowledge.library import day_in_india, select_valid
from knowledge.models import Advisory
from knowledge.progress import shown_progress
from knowledge.records import BadRecord
from knowledge.settings import BadSettings, Settings, read_settings
from knowledge.vocabulary import Status

USER_ERRORS = (
    BadInput,
    BadRecord,
    BadSettings,
    CannotSupersede,
    DatabaseUnavailable,
    ModelUnavailable,
    NotAdded,
    NothingToTell,
    UnknownAdvisory,
    desk.AdvisoryChangedMeanwhile,
    desk.CannotUndo,
    desk.ChangedMeanwhile,
    desk.DraftClosed,
    desk.NotPublic,
    desk.NothingToUndo,
    desk.TooMuch,
    desk.UnknownDraft,
)
PIPED_WIDTH = 200  # columns of a table that goes into a file or a pager, where no terminal sets them
NO_DATABASE = "There is no database yet. Load the starter knowledge first: `satark-ingest add --starter`."

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it, for the history (default: your login name).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; store nothing.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the history.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the advisory.")]
IdOrDraft = Annotated[str, typer.Argument(metavar="ID|DRAFT", help="Id of an advisory, or number of a draft.")]
Result = TypeVar("Result")


def present(as_json: bool, fields: Any, to_console: Callable[[Console], None]) -> None:
    """Print a result: as one line of JSON, or for people."""
    if as_json:
        typer.echo(json.dumps(fields, ensure_ascii=False, default=str))
    else:
        to_console(Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPED_WIDTH))


def say(words: str, style: str = "") -> Callable[[Console], None]:
    """Return what prints these words as plain text."""
    return lambda out: out.print(plain(words, style))


def open_existing() -> Engine:
    """Open the database with today's tables. Raises DatabaseUnavailable where there is none."""
    engine = build_engine(read_settings().resolved_database_url)
    if not has_database(engine):
        raise DatabaseUnavailable(NO_DATABASE)
    upgrade(engine)
    return engine


def open_or_create(settings: Settings) -> Engine:
    """Open the database with today's tables; make it where there is none."""
    engine = build_engine(settings.resolved_database_url)
    upgrade(engine)
    return engine


def open_for_dry_run(settings: Settings) -> Engine:
    """Open the database, or an empty one in memory where there is none: a dry run creates nothing."""
    engine = build_engine(settings.resolved_database_url)
    if not has_database(engine):
        engine = build_engine("sqlite://")
    upgrade(engine)
    return engine


def do(engine: Engine, deed: Callable[[Session], Result], *, dry_run: bool = False) -> Result:
    """Do something in one transaction and return what it says; a dry run stores nothing of it."""
    with explained(engine), Session(engine, expire_on_commit=False) as session:
        result = deed(session)
        if not dry_run:
            session.commit()
        return result


def embed(engine: Engine, settings: Settings, only: Collection[str]) -> int:
    """Embed what was published; without a model it is still found by its words, so this only warns."""
    try:
        with shown_progress() as progress:
            return embed_waiting(engine, settings, only=only, progress=progress)
    except ModelUnavailable as error:
        typer.echo(f"Published, but not embedded yet: {error} Then run `satark-ingest reindex`.", err=True)
        return 0


def why_silent(session: Session, row: Advisory) -> str | None:
    """Say why nothing is said from an advisory today, or None if it is said."""
    if row.status != Status.PUBLISHED:
        return f"it is {'a draft' if row.status == Status.DRAFT else 'withdrawn'}"
    today = day_in_india(now())
    if row.valid_until is not None and row.valid_until < today:
        return f"it expired on {row.valid_until}"
    records = map(advisories.record_of, advisories.list_advisories(session))
    if row.id in {record.id for record in select_valid(records, today)}:
        return None
    return f"it is superseded by {row.superseded_by or 'a newer one'}"


def draft_number(given: str) -> int | None:
    """Return the number of a draft, where that was given ("12" or "draft-12"), else None: it is an advisory's id."""
    digits = given.strip().lower().removeprefix("draft").lstrip(" -#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def required(reason: str | None) -> str:
    """Return the reason without spaces around it; raises a usage error where there is none."""
    if reason is None or not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    return reason.strip()


def name(by: str | None) -> str:
    """Return who does it, for the history."""
    if by and by.strip():
        return by.strip()
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container may run under a number without a name
        return "cli"


def now() -> dt.datetime:
    """Return the present moment."""
    return dt.datetime.now(dt.UTC)


def log_to_standard_error() -> None:
    """Keep standard output for results; staff at the command line hear of trouble only."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )


def fail(message: str) -> NoReturn:
    """End with exit code 1 and a message on standard error, without colours or commands for the terminal."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(plain(message))
    sys.exit(1)
