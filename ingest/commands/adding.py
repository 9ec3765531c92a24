"""`satark-ingest add`: records are stored as they are; pages, files, links and words become drafts of the desk."""

from __future__ import annotations

import datetime as dt
import io
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.adding import AddReport, add_all
from ingest.commands.parts import (
    AsJson,
    By,
    DryRun,
    Result,
    embed,
    name,
    now,
    open_for_dry_run,
    open_or_create,
    present,
)
from ingest.reading import LARGEST_FILE_BYTES, STANDARD_INPUT, BadInput, Given, read_given
from ingest.tables import plain
from knowledge import starter
from knowledge.database import build_engine, explained, upgrade, write_session
from knowledge.progress import shown_progress
from knowledge.settings import Settings, read_settings

STRUCTURED = (".md", ".jsonl")
DOCUMENTS = (  # what is taken from a folder; a file that is named itself may be called anything
    *(".html", ".htm", ".xhtml", ".pdf", ".docx", ".txt", ".text"),
    *(".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".gif"),
)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_RECORDS = re.compile(r"\s*(?:\{|\[\s*[\[{\"\d\]-])")  # how JSON begins, and hardly ever a notice: "[1", "[{", "[["


@dataclass
class Sorted:
    """What was handed in: places of records, and documents for the desk."""

    records: list[str] = field(default_factory=list)
    documents: list[tuple[str, Path | None, str | None, bytes | None]] = field(default_factory=list)  # place … content
    typed: str = ""


def add(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Records (.md, .jsonl), pages, PDFs, photos, folders, links, or - for standard input."),
    ] = None,
    load_starter: Annotated[bool, typer.Option("--starter", help="Load the knowledge that ships with Satark.")] = False,
    publish_too: Annotated[bool, typer.Option("--publish", help="Publish at once, without an alert.")] = False,
    issuer: Annotated[str | None, typer.Option(help="Who issued the notice, where it does not say so.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title.")] = None,
    date: Annotated[str | None, typer.Option(help="Its day, for example 2026-11-20.")] = None,
    address: Annotated[str | None, typer.Option(help="The official address it was taken from.")] = None,
    countries: Annotated[str | None, typer.Option(help="Countries it is about, for example KH,LA.")] = None,
    topics: Annotated[str | None, typer.Option(help="Topics it is about, for example fake_job.")] = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Store advisories as drafts; with --publish they are said in public at once. Records: all of them, or none."""
    if bool(files) == load_starter:
        raise typer.BadParameter("give files (or - for standard input), or --starter")
    settings = read_settings()
    if load_starter:
        loaded = _dry_starter(settings) if dry_run else _load_starter(settings)
        present(as_json, vars(loaded) | {"dry_run": dry_run}, lambda out: out.print(starter.describe(loaded)))
        return
    hints = _hints(issuer=issuer, title=title, date=date, address=address, countries=countries, topics=topics)
    handed = sort_places(files or (), _read_typed)
    report = AddReport()
    if handed.records:
        given = read_given(handed.records, io.StringIO(handed.typed))
        report = _add_records(settings, given, publish=publish_too, dry_run=dry_run, by=name(by))
    if not handed.documents:
        present(as_json, report.as_fields(dry_run=dry_run), lambda out: _print_added(out, report, dry_run=dry_run))
        return
    _add_documents(settings, handed, hints, report, publish=publish_too, dry_run=dry_run, by=name(by), as_json=as_json)


def sort_places(places: Sequence[str], read_typed: Callable[[], bytes]) -> Sorted:
    """Tell records, which staff wrote field by field, from documents and links. Raises BadInput for an empty folder."""
    found = Sorted()
    for place in places:
        if place == STANDARD_INPUT:
            _sort_typed(read_typed(), found)
        elif _LINK.match(place):
            found.documents.append((place, None, place, None))
        elif Path(place).is_dir():
            _sort_folder(Path(place), found)
        elif Path(place).suffix.lower() in STRUCTURED or not Path(place).exists():
            found.records.append(place)
        else:
            found.documents.append((place, Path(place), None, None))
    return found


def _sort_typed(typed: bytes, found: Sorted) -> None:
    """Lines of JSON are records; any other words, or a file that was piped in, are a document."""
    try:
        found.typed = typed.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.documents.append(("standard input", None, None, typed))
        return
    if _RECORDS.match(found.typed) or not found.typed.strip():
        found.records.append(STANDARD_INPUT)
    else:
        found.documents.append(("standard input", None, None, typed))


def _read_typed() -> bytes:
    """All of standard input, up to a little more than is taken, so that too much is noticed."""
    if not hasattr(sys.stdin, "buffer"):
        return sys.stdin.read().encode("utf-8", "surrogatepass")
    return sys.stdin.buffer.read(LARGEST_FILE_BYTES + 1)


def _sort_folder(folder: Path, found: Sorted) -> None:
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    records = [str(file) for file in files if file.suffix in STRUCTURED]
    documents = [file for file in files if file.suffix.lower() in DOCUMENTS]
    if not (records or documents):
        raise BadInput(
            [f"{folder}: there is nothing in this folder that can be read: {', '.join(DOCUMENTS)}, .md, .jsonl"]
        )
    found.records.extend(records)
    found.documents.extend((str(file), file, None, None) for file in documents)


def _hints(**given: str | None) -> dict[str, Any]:
    hints = {key: value.strip() for key, value in given.items() if value and value.strip()}
    if "date" in hints:
        try:
            dt.date.fromisoformat(hints["date"])
        except ValueError:
            raise typer.BadParameter("write the day as 2026-11-20", param_hint="--date") from None
    return hints


def _add_records(settings: Settings, given: Sequence[Given], *, publish: bool, dry_run: bool, by: str) -> AddReport:
    if dry_run:
        return _undone(
            open_for_dry_run(settings), lambda session: add_all(session, given, publish=publish, by=by, at=now())
        )
    engine = build_engine(settings.resolved_database_url)
    upgrade(engine)
    with write_session(engine) as session:
        report = add_all(session, given, publish=publish, by=by, at=now())
    report.passages_embedded = embed(engine, settings, [*report.published, *report.changed]) if publish else 0
    return report


def _add_documents(
    settings: Settings,
    handed: Sorted,
    hints: dict[str, Any],
    report: AddReport,
    *,
    publish: bool,
    dry_run: bool,
    by: str,
    as_json: bool,
) -> None:
    from ingest.bulk import Added, Bulk, Handed, add_documents  # here: reading documents loads much else
    from ingest.commands.watching import build_fetcher
    from ingest.pipeline import Outcome
    from ingest.understanding.meaning import build_topics_by_meaning

    engine = open_for_dry_run(settings) if dry_run else open_or_create(settings)
    documents = [Handed(place, path, link, data, hints) for place, path, link, data in handed.documents]
    bulk = Bulk(
        engine,
        by,
        now,
        build_fetcher(settings).fetch,
        publish=publish,
        dry_run=dry_run,
        topics_by_meaning=build_topics_by_meaning(settings),
    )
    done: list[Added] = []
    reading = closing(add_documents(documents, bulk))
    with shown_progress() as progress, stoppable() as stopping, reading as adding:
        for one in adding:
            done.append(one)
            progress("Reading documents", len(done), len(documents))
            if stopping.is_set():
                break
    stopped = len(done) < len(documents)
    published = [one.advisory_id for one in done if one.published and one.advisory_id]
    embedded = embed(engine, settings, published) if published and not dry_run else 0
    report.passages_embedded += embedded
    outcome = report.as_fields(dry_run=dry_run) | {"documents": [one.as_fields() for one in done], "stopped": stopped}

    def to_console(out: Console) -> None:
        if handed.records:
            _print_added(out, report, dry_run=dry_run)
        print_documents(out, done, len(documents), dry_run=dry_run, stopped=stopped)

    present(as_json, outcome, to_console)
    if stopped or any(one.outcome is Outcome.REFUSED for one in done):
        raise typer.Exit(1)


@contextmanager
def stoppable() -> Iterator[Event]:
    """Let Ctrl-C stop the work between two documents instead of in the midst of one; a second one stops it at once."""
    stopping = Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        if stopping.is_set():
            signal.default_int_handler(number, frame)
        stopping.set()
        typer.echo("Stopping after what is being read …", err=True)

    if current_thread() is not main_thread():  # only the main thread hears signals
        yield stopping
        return
    before = signal.signal(signal.SIGINT, ask_to_stop)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGINT, before)


def print_documents(out: Console, done: Sequence[Any], total: int, *, dry_run: bool, stopped: bool) -> None:
    """Print what became of each document, and what to do next."""
    for one in done:
        words = one.words if total == 1 else f"{one.place}: {one.words}"
        words += f" Published as {one.advisory_id}." if one.published else ""
        words += f" Left as a draft, because {one.left}." if one.left else ""
        out.print(plain(words, {"refused": "red", "unchanged": "dim"}.get(one.outcome, "")))
    counts = {kind: sum(one.outcome == kind for one in done) for kind in ("drafted", "unchanged", "refused")}
    out.print(plain(", ".join(f"{count} {kind}" for kind, count in counts.items()) + f" of {total}."))
    if dry_run:
        out.print("Dry run: nothing was stored.")
    if stopped:
        out.print("Stopped. What is listed above is stored; the same command goes on where this one stopped.")


def _load_starter(settings: Settings) -> starter.StarterReport:
    engine = build_engine(settings.resolved_database_url)
    with shown_progress() as progress:
        return starter.load_starter_by_settings(engine, settings, now(), progress)


def _dry_starter(settings: Settings) -> starter.StarterReport:
    curated = starter.read_curated(starter.STARTER_FOLDER)
    return _undone(open_for_dry_run(settings), lambda session: starter.store(session, curated, now()))


def _undone(engine: Engine, change: Callable[[Session], Result]) -> Result:
    """Return what a change reports, and store nothing of it."""
    with explained(engine), Session(engine) as session:  # closed without a commit
        return change(session)


def _print_added(out: Console, report: AddReport, *, dry_run: bool) -> None:
    verb = "Would be" if dry_run else "Now"
    out.print(
        f"{verb}: {len(report.new)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged, "
        f"{len(report.published)} published."
    )
    for advisory_id, fields in report.suggested.items():
        words = ", ".join(f"{key} {_in_words(value)}" for key, value in fields.items())
        out.print(plain(f"{advisory_id}: not given, so suggested: {words}"))
    for advisory_id in report.left_as_draft:
        out.print(plain(f"{advisory_id} calls itself a draft and stays one; `satark-ingest publish {advisory_id}`."))
    for advisory_id in report.left_withdrawn:
        out.print(plain(f"{advisory_id} is withdrawn and stays so; `satark-ingest publish {advisory_id}` revives it."))


def _in_words(value: object) -> str:
    return (" ".join(map(str, value)) or "none") if isinstance(value, tuple) else str(value)
