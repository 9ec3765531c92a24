"""The command line of staff: `satark-ingest`. Each command reads as take, call one thing, present."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NoReturn, TypeVar

import structlog
import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.adding import AddReport, NotAdded, add_all
from ingest.indexing import find_index_problems, renew_index
from ingest.reading import BadInput, Given, read_given
from ingest.tables import describe, describe_briefly, describe_event, plain, print_advisory, print_list
from ingest.verifier import verify as find_problems
from knowledge import advisories, alert_requests, starter
from knowledge.advisories import CannotSupersede, UnknownAdvisory
from knowledge.bulk_embedding import embed_waiting
from knowledge.database import (
    DatabaseUnavailable,
    build_engine,
    explained,
    has_database,
    read_session,
    upgrade,
    write_session,
)
from knowledge.embedding import ModelUnavailable
from knowledge.embedding.bundled import bundled_fingerprint
from knowledge.library import day_in_india, select_valid
from knowledge.models import Advisory
from knowledge.passage_store import count_vectors
from knowledge.progress import shown_progress
from knowledge.records import BadRecord
from knowledge.settings import BUNDLED_MODEL, BadSettings, Settings, read_settings
from knowledge.vocabulary import Status

USER_ERRORS = (
    BadInput,
    BadRecord,
    BadSettings,
    CannotSupersede,
    DatabaseUnavailable,
    ModelUnavailable,
    NotAdded,
    UnknownAdvisory,
)
PIPED_WIDTH = 200  # columns of a table that goes into a file or a pager, where no terminal sets them
_INDEX_WORDS = {
    "built": "The index is built.",
    "in step": "The index is in step.",
    "not built": "The index could not be built, so search is exact. `satark doctor` says what to do.",
}
NO_DATABASE = "There is no database yet. Load the starter knowledge first: `satark-ingest add --starter`."

app = typer.Typer(
    name="satark-ingest",
    help="Bring official advisories in, check them, publish and withdraw them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Report = TypeVar("Report")
By = Annotated[str | None, typer.Option("--by", help="Who does it, for the history (default: your login name).")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the advisory.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Ends with exit code 0 (done), 1 (something has to be corrected) or 2 (wrong usage)."""
    _log_to_standard_error()
    try:
        app(args=list(arguments) if arguments is not None else None)
    except USER_ERRORS as error:
        _fail(str(error))


@app.command()
def add(
    files: Annotated[
        list[str] | None, typer.Argument(help="Markdown files, .jsonl files, folders, or - for JSON lines.")
    ] = None,
    load_starter: Annotated[bool, typer.Option("--starter", help="Load the knowledge that ships with Satark.")] = False,
    publish_too: Annotated[bool, typer.Option("--publish", help="Publish at once, without an alert.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; store nothing.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Store advisories as drafts; with --publish they are said in public at once. All of them, or none."""
    if bool(files) == load_starter:
        raise typer.BadParameter("give files (or - for standard input), or --starter")
    settings = read_settings()
    if load_starter:
        report = _dry_starter(settings) if dry_run else _load_starter(settings)
        _present(as_json, vars(report) | {"dry_run": dry_run}, lambda out: out.print(starter.describe(report)))
        return
    given = read_given(files or (), sys.stdin)
    added = _add(settings, given, publish=publish_too, dry_run=dry_run, by=_name(by))
    _present(as_json, added.as_fields(dry_run=dry_run), lambda out: _print_added(out, added, dry_run=dry_run))


@app.command("list")
def list_(
    status: Annotated[Status | None, typer.Option(help="Only those of this status.")] = None,
    country: Annotated[str | None, typer.Option(help="Only those about this country, for example RU.")] = None,
    as_json: AsJson = False,
) -> None:
    """List advisories, newest first."""
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise typer.BadParameter("write the country as two letters, for example RU", param_hint="--country")
    with read_session(_open_existing()) as session:
        code = country.upper() if country else None
        rows = advisories.list_advisories(session, status=status, country=code)
        _present(as_json, [describe_briefly(row) for row in rows], lambda out: print_list(out, rows))


@app.command()
def show(advisory_id: Id, as_json: AsJson = False) -> None:
    """Show all of one advisory, whether it is said now, and its history."""
    with read_session(_open_existing()) as session:
        row = advisories.get_advisory(session, advisory_id)
        events = advisories.list_events(session, advisory_id)
        reason = _why_silent(session, row)
        fields = describe(row) | {
            "said_now": reason is None,
            "silent_because": reason,
            "history": [describe_event(event) for event in events],
        }
        said = "said in public" if reason is None else f"not said: {reason}"
        _present(as_json, fields, lambda out: print_advisory(out, row, events, said))


@app.command()
def publish(
    advisory_id: Id,
    alert: Annotated[bool, typer.Option("--alert", help="Also ask that subscribers are told; staff approve that.")] = (
        False
    ),
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Publish a draft. It answers questions at once; subscribers are told only with --alert, once that is approved."""
    settings, engine = read_settings(), _open_existing()
    with write_session(engine) as session:
        newly = advisories.publish(session, advisory_id, by=_name(by), at=_now())
        requested = alert and alert_requests.request(session, advisory_id, by=_name(by), at=_now())
        silent = _why_silent(session, advisories.get_advisory(session, advisory_id))
    embedded = _embed(engine, settings, [advisory_id])
    outcome = {"id": advisory_id, "published": newly, "silent_because": silent, "passages_embedded": embedded}
    outcome |= {"alert_requested": requested}
    words = f"Published {advisory_id}." if newly else f"{advisory_id} was published already; nothing changed."
    note = f" It is not said in public: {silent}." if silent else ""
    note += " An alert is requested; staff approve it in Telegram or with `satark alerts`." if requested else ""
    _present(as_json, outcome, lambda out: out.print(plain(words + note)))


@app.command()
def withdraw(
    advisory_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the history.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take an advisory back: from now on nothing is said from it."""
    if not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    with write_session(_open_existing()) as session:
        restored = advisories.withdraw(session, advisory_id, by=_name(by), reason=reason.strip(), at=_now())
        if restored is not None:  # who was told of it is to hear that, once staff have approved the words
            alert_requests.request(session, advisory_id, by=_name(by), at=_now())
    outcome = {"id": advisory_id, "withdrawn": restored is not None, "restored": list(restored or ())}
    _present(as_json, outcome, lambda out: _print_withdrawn(out, advisory_id, restored))


@app.command()
def reindex(as_json: AsJson = False) -> None:
    """Split all advisories as today's program does, embed every passage that lacks its vector, renew the index."""
    settings, engine = read_settings(), _open_existing()
    with write_session(engine) as session:
        split_anew = advisories.resplit(session)
    with shown_progress() as progress:
        embedded = embed_waiting(engine, settings, progress=progress)
        index = renew_index(engine, settings, _now(), progress)
    total = count_vectors(engine).passages
    outcome = {"passages": total, "embedded": embedded, "advisories_split_anew": split_anew, "index": index}
    words = f"{embedded} of {total} passages embedded. {_INDEX_WORDS[index]}"
    _present(as_json, outcome, lambda out: out.print(plain(words)))


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check that the store holds together, and the index with it. Exit code 1 if anything is wrong."""
    settings, engine = read_settings(), _open_existing()
    expected = bundled_fingerprint() if settings.embedding_model == BUNDLED_MODEL else None
    problems = find_problems(engine, expected)
    if not problems:  # an index of a store that is not sound says nothing
        with shown_progress() as progress:
            problems = find_index_problems(engine, settings, _now(), progress)
    _present(as_json, {"ok": not problems, "problems": list(problems)}, lambda out: _print_problems(out, problems))
    if problems:
        raise typer.Exit(1)


def _load_starter(settings: Settings) -> starter.StarterReport:
    engine = build_engine(settings.resolved_database_url)
    with shown_progress() as progress:
        return starter.load_starter_by_settings(engine, settings, _now(), progress)


def _dry_starter(settings: Settings) -> starter.StarterReport:
    curated = starter.read_curated(starter.STARTER_FOLDER)
    return _undone(_open_for_dry_run(settings), lambda session: starter.store(session, curated, _now()))


def _add(settings: Settings, given: Sequence[Given], *, publish: bool, dry_run: bool, by: str) -> AddReport:
    if dry_run:
        return _undone(
            _open_for_dry_run(settings), lambda session: add_all(session, given, publish=publish, by=by, at=_now())
        )
    engine = build_engine(settings.resolved_database_url)
    upgrade(engine)
    with write_session(engine) as session:
        report = add_all(session, given, publish=publish, by=by, at=_now())
    report.passages_embedded = _embed(engine, settings, [*report.published, *report.changed]) if publish else 0
    return report


def _embed(engine: Engine, settings: Settings, only: Sequence[str]) -> int:
    """Embed what was published; without a model it is still found by its words, so this only warns."""
    try:
        with shown_progress() as progress:
            return embed_waiting(engine, settings, only=only, progress=progress)
    except ModelUnavailable as error:
        typer.echo(f"Published, but not embedded yet: {error} Then run `satark-ingest reindex`.", err=True)
        return 0


def _undone(engine: Engine, change: Callable[[Session], Report]) -> Report:
    """Return what a change reports, and store nothing of it."""
    with explained(engine), Session(engine) as session:  # closed without a commit
        return change(session)


def _open_existing() -> Engine:
    engine = build_engine(read_settings().resolved_database_url)
    if not has_database(engine):
        raise DatabaseUnavailable(NO_DATABASE)
    upgrade(engine)
    return engine


def _open_for_dry_run(settings: Settings) -> Engine:
    """Open the database, or an empty one in memory where there is none: a dry run creates nothing."""
    engine = build_engine(settings.resolved_database_url)
    if not has_database(engine):
        engine = build_engine("sqlite://")
    upgrade(engine)
    return engine


def _why_silent(session: Session, row: Advisory) -> str | None:
    """Say why nothing is said from an advisory today, or None if it is said."""
    if row.status != Status.PUBLISHED:
        return f"it is {'a draft' if row.status == Status.DRAFT else 'withdrawn'}"
    today = day_in_india(_now())
    if row.valid_until is not None and row.valid_until < today:
        return f"it expired on {row.valid_until}"
    records = map(advisories.record_of, advisories.list_advisories(session))
    if row.id in {record.id for record in select_valid(records, today)}:
        return None
    return f"it is superseded by {row.superseded_by or 'a newer one'}"


def _present(as_json: bool, fields: Any, to_console: Callable[[Console], None]) -> None:
    if as_json:
        typer.echo(json.dumps(fields, ensure_ascii=False))
    else:
        to_console(Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPED_WIDTH))


def _print_added(out: Console, report: AddReport, *, dry_run: bool) -> None:
    verb = "Would be" if dry_run else "Now"
    out.print(
        f"{verb}: {len(report.new)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged, "
        f"{len(report.published)} published."
    )
    for advisory_id, fields in report.suggested.items():
        words = ", ".join(f"{name} {_in_words(value)}" for name, value in fields.items())
        out.print(plain(f"{advisory_id}: not given, so suggested: {words}"))
    for advisory_id in report.left_as_draft:
        out.print(plain(f"{advisory_id} calls itself a draft and stays one; `satark-ingest publish {advisory_id}`."))
    for advisory_id in report.left_withdrawn:
        out.print(plain(f"{advisory_id} is withdrawn and stays so; `satark-ingest publish {advisory_id}` revives it."))


def _print_withdrawn(out: Console, advisory_id: str, restored: tuple[str, ...] | None) -> None:
    if restored is None:
        out.print(plain(f"{advisory_id} was withdrawn already; nothing changed."))
        return
    out.print(plain(f"Withdrew {advisory_id}."))
    for old in restored:
        out.print(plain(f"{old}, which it had replaced, is said again. Withdraw it too if it no longer holds."))


def _print_problems(out: Console, problems: Sequence[str]) -> None:
    for problem in problems:
        out.print(plain(problem))
    out.print("The store is sound." if not problems else f"{len(problems)} problems")


def _in_words(value: object) -> str:
    return (" ".join(map(str, value)) or "none") if isinstance(value, tuple) else str(value)


def _name(by: str | None) -> str:
    if by and by.strip():
        return by.strip()
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container may run under a number without a name
        return "cli"


def _log_to_standard_error() -> None:
    """Keep standard output for results; staff at the command line hear of trouble only."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _fail(message: str) -> NoReturn:
    Console(stderr=True, highlight=False, soft_wrap=True).print(plain(message))
    sys.exit(1)


if __name__ == "__main__":
    main()
