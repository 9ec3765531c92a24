"""`satark-ingest agents`: bring in the official lists of agents, look firms up, compare, take back, export."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Shown
from sqlalchemy.orm import Session

from ingest import agent_lists as reading
from ingest.agent_lists import BadList, Field, Header, ListRead, NoColumns
from ingest.commands.parts import AsJson, By, DryRun, Reason, name, now, open_existing, open_for_dry_run, present, say
from ingest.reading import BadInput
from ingest.tables import plain
from knowledge import agent_lists as store
from knowledge.agent_lists import CannotUndoList, ListDiff, NewList, SavedList, ShrinksTooMuch, UnknownSnapshot
from knowledge.agent_queries import read_agent_argument
from knowledge.agents import AgentClass, AgentFinding, AgentList, ListedAgent, load_register
from knowledge.database import build_engine, explained, has_database, read_session, upgrade
from knowledge.documents.document import Unreadable
from knowledge.documents.pdf_tables import read_pdf_tables
from knowledge.documents.reading import read_document
from knowledge.library import day_in_india
from knowledge.progress import shown_progress
from knowledge.settings import read_settings

USER_ERRORS = (BadList, CannotUndoList, NoColumns, ShrinksTooMuch, Unreadable, UnknownSnapshot)
LARGEST_FILE = 20 * 1024 * 1024  # bytes; 10,000 agents are one or two million
SHOWN_OF_DIFF = 20
OLDEST_LIST = dt.date(2000, 1, 1)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

agents_app = typer.Typer(
    name="agents",
    help="The official lists of recruiting agents: bring in, look up, compare, take back.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
ListId = Annotated[int, typer.Argument(metavar="LIST", help="Number of a list, as `agents list` shows it.")]


@agents_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or PDF with the list.")],
    agent_list: Annotated[AgentList, typer.Option("--list", help="Which list it is.")],
    as_of: Annotated[str, typer.Option("--as-of", help="The day for which the list holds, for example 2026-11-20.")],
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help="Which column is what, once: name=B, number=C, status=E, valid_until=F, …"),
    ] = None,
    source_url: Annotated[str | None, typer.Option("--source-url", help="Where the list was taken from.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take the proposed columns without being asked.")] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="The list really shrank by more than a fifth.")] = False,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Bring in a whole list, all of it or nothing. Run again after a stop, it goes on as if nothing had happened."""
    day = _day(as_of)
    data = _read_bytes(file)
    engine = open_for_dry_run(read_settings()) if dry_run else _open_or_create()
    with shown_progress() as progress:
        progress("Opening the file", 0, 1)
        tables = read_pdf_tables(data) if data.startswith(b"%PDF") else read_document(data, name=file.name).tables
        progress("Opening the file", 1, 1)
    with read_session(engine) as session:
        header = reading.find_header(tables, lambda cells: _known(session, agent_list, cells) is not None)
        known = _known(session, agent_list, header.cells)
    columns = reading.choose_columns(header, agent_list, known, _said(maps or (), header))
    if known is None and not maps and not yes:
        _ask_about_columns(header, columns, as_json=as_json)
    with shown_progress() as progress, explained(engine), Session(engine, expire_on_commit=False) as session:
        read = reading.read_list(tables, header, columns, agent_list, progress)
        new = NewList(agent_list, day, read.agents, hashlib.sha256(data).hexdigest(), file.name, source_url)
        who, at = name(by), now()
        saved = store.save_list(session, new, by=who, at=at, confirmed=confirm, report=progress)
        places = {field.value: place for field, place in columns.items()}
        store.save_columns(session, reading.make_signature(agent_list, header.cells), places, by=who, at=at)
        if not dry_run:
            session.commit()
    fields = _describe_saved(saved, read, agent_list, day, dry_run=dry_run)
    present(as_json, fields, lambda out: _print_saved(out, saved, read, agent_list, day, dry_run=dry_run))


@agents_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show all lists that were brought in, and which ones replies rest on."""
    with read_session(open_existing()) as session:
        views = store.list_snapshots(session, _today())
    present(as_json, [asdict(view) for view in views], lambda out: _print_lists(out, views))


@agents_app.command()
def show(
    list_id: ListId,
    most: Annotated[int, typer.Option("--most", help="How many firms to show.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show one list: where it came from, who brought it in, and its firms."""
    with read_session(open_existing()) as session:
        view = store.get_snapshot(session, list_id, _today())
        firms = store.read_agents(session, list_id)
    fields = asdict(view) | {"firms": [asdict(firm) for firm in firms]}
    present(as_json, fields, lambda out: _print_list(out, view, firms, most))


@agents_app.command("look-up")
def look_up(
    words: Annotated[list[str], typer.Argument(help="A registration number or a name, in any script.")],
    as_json: AsJson = False,
) -> None:
    """Look a firm up as the bot does. Exit code 1 where it is not found as an active registered agent."""
    with read_session(open_existing()) as session:
        register = load_register(session, _today())
    if register is None:
        raise BadInput(["There is no list of agents yet. Bring one in: `satark-ingest agents import FILE --list …`."])
    finding = register.look_up(read_agent_argument(" ".join(words)), _today())
    present(as_json, asdict(finding), lambda out: _print_finding(out, finding))
    if finding.agent_class is not AgentClass.EXACT:
        raise typer.Exit(1)


@agents_app.command()
def undo(list_id: ListId, reason: Reason = None, by: By = None, as_json: AsJson = False) -> None:
    """Take a list back: from now on nothing is said from it, and the one before it counts again."""
    engine = open_existing()
    with explained(engine), Session(engine, expire_on_commit=False) as session:
        view = store.undo_list(session, list_id, by=name(by), at=now(), reason=reason)
        session.commit()
    with read_session(engine) as session:
        used = [one for one in store.list_snapshots(session, _today()) if one.is_used]
    left = next((one for one in used if one.agent_list is view.agent_list), None)
    words = f"List {list_id} is taken back. "
    words += (
        f"Replies now rest on list {left.id} of {left.as_of}." if left else f"There is no {view.agent_list} list now."
    )
    present(as_json, {"undone": list_id, "now_used": left.id if left else None}, say(words))


@agents_app.command()
def diff(
    list_id: ListId,
    earlier: Annotated[
        int | None, typer.Option("--with", help="Compare with this list (default: the one before).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed against the earlier list: new firms, gone ones, suspended ones."""
    with read_session(open_existing()) as session:
        other = earlier if earlier is not None else store.find_snapshot_before(session, list_id)
        old = store.read_agents(session, other) if other is not None else ()
        found = store.compare_lists(old, store.read_agents(session, list_id))
    present(as_json, {"list": list_id, "with": other, **asdict(found)}, lambda out: _print_diff(out, found))


@agents_app.command()
def export(
    list_id: ListId,
    file: Annotated[Path | None, typer.Argument(help="CSV file to write (default: standard output).")] = None,
) -> None:
    """Write one list as CSV. Cells that a spreadsheet would run as a formula are made harmless."""
    with read_session(open_existing()) as session:
        firms = store.read_agents(session, list_id)
    rows = [["number", "name", "status", "valid_until", "address", "state"], *map(_export_row, firms)]
    if file is None:
        csv.writer(sys.stdout).writerows(rows)
        return
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as target:
            csv.writer(target).writerows(rows)
    except OSError as error:
        raise BadInput([f"{file} cannot be written: {error.strerror}."]) from None
    typer.echo(f"{len(firms)} firms written to {file}.")


def neutralise(cell: str) -> str:
    """Make a cell harmless for spreadsheets, which run what begins with = + - @ TAB or CR. Pure."""
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


def _export_row(firm: ListedAgent) -> list[str]:
    until = firm.valid_until.isoformat() if firm.valid_until else ""
    cells = (firm.number, firm.name, firm.status.value, until, firm.address or "", firm.state or "")
    return [neutralise(cell) for cell in cells]


def _open_or_create() -> Any:
    engine = build_engine(read_settings().resolved_database_url)
    if not has_database(engine):
        typer.echo("There was no database yet; it is made now.", err=True)
    upgrade(engine)
    return engine


def _read_bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise BadInput([f"{file} is larger than {LARGEST_FILE // 1024**2} MB, which no list of agents is."])
        return file.read_bytes()
    except OSError as error:
        raise BadInput([f"{file} cannot be read: {error.strerror}."]) from None


def _day(words: str) -> dt.date:
    day = reading.parse_day(words)
    if day is None or day < OLDEST_LIST:
        raise typer.BadParameter("write the day as 2026-11-20", param_hint="--as-of")
    if day > _today():
        raise typer.BadParameter(
            "the day lies in the future; a list holds for the day it was taken", param_hint="--as-of"
        )
    return day


def _today() -> dt.date:
    return day_in_india(now())


def _known(session: Session, agent_list: AgentList, cells: tuple[str, ...]) -> dict[str, int] | None:
    return store.find_columns(session, reading.make_signature(agent_list, cells))


def _said(maps: Sequence[str], header: Header) -> dict[Field, int]:
    """Read `--map name=B`; a column may also be named by the words of its header."""
    said: dict[Field, int] = {}
    for one in maps:
        field, _, column = one.partition("=")
        if field not in set(Field) or not column:
            raise typer.BadParameter(f"write it as name=B; fields are {', '.join(Field)}", param_hint="--map")
        names = [place for place, cell in enumerate(header.cells) if cell.casefold() == column.strip().casefold()]
        place = names[0] if names else reading.place_of(column.strip())
        if place is None:
            raise typer.BadParameter(f"“{column}” is neither a column such as B nor a header word", param_hint="--map")
        said[Field(field)] = place
    return said


def _ask_about_columns(header: Header, columns: Mapping[Field, int], *, as_json: bool) -> None:
    """Show what each column seems to be and ask whether that is right; without a terminal it is said beforehand."""
    if as_json or not sys.stdin.isatty():
        said = " ".join(f"--map {field}={reading.letter_of(place)}" for field, place in columns.items())
        raise BadInput(
            [
                "Files with this header are new. See whether these columns are right, then run it again with them, or "
                f"with --yes: {said}"
            ]
        )
    out = Console(stderr=True, highlight=False)
    out.print(plain(f"Files with this header are new. Row {header.row} names the columns:"))
    for field, place in columns.items():
        out.print(plain(f"  {field:12} = column {reading.letter_of(place)} “{header.cells[place]}”"))
    if not typer.confirm("Is that right? It is remembered.", err=True):
        raise BadInput(["Say which column is what with --map, for example --map name=B."])


def _describe_saved(
    saved: SavedList, read: ListRead, agent_list: AgentList, day: dt.date, *, dry_run: bool
) -> dict[str, Any]:
    return {
        "list": saved.id,
        "kind": agent_list.value,
        "as_of": day.isoformat(),
        "agents": saved.agents,
        "is_new": saved.is_new,
        "dry_run": dry_run,
        "new": len(saved.diff.new),
        "gone": len(saved.diff.gone),
        "stopped": len(saved.diff.stopped),
        "changed": len(saved.diff.changed),
        "duplicates": [str(problem) for problem in read.duplicates],
    }


def _print_saved(
    out: Console, saved: SavedList, read: ListRead, agent_list: AgentList, day: dt.date, *, dry_run: bool
) -> None:
    if not saved.is_new:
        out.print(plain(f"This very list is there already, as list {saved.id}; nothing changed."))
        return
    verb = "Would be stored" if dry_run else "Stored"
    out.print(plain(f"{verb}: list {saved.id}, {agent_list} agents as of {day}, {saved.agents} firms."))
    for problem in read.duplicates[:SHOWN_OF_DIFF]:
        out.print(plain(str(problem)))
    _print_diff(out, saved.diff)


def _print_diff(out: Console, found: ListDiff) -> None:
    counts = f"{len(found.new)} new, {len(found.gone)} gone, {len(found.stopped)} suspended or ended"
    out.print(plain(f"Against the list before: {counts}, {len(found.changed)} changed otherwise."))
    lines = [f"+ {firm.name} {firm.number}" for firm in found.new[:SHOWN_OF_DIFF]]
    lines += [f"- {firm.name} {firm.number}" for firm in found.gone[:SHOWN_OF_DIFF]]
    for change in (*found.stopped[:SHOWN_OF_DIFF], *found.changed[:SHOWN_OF_DIFF]):
        before = {field: getattr(change.before, field) for field in change.fields}
        after = {field: getattr(change.after, field) for field in change.fields}
        told = "; ".join(f"{field}: {before[field]} → {after[field]}" for field in change.fields)
        lines.append(f"~ {change.after.name} {change.after.number}: {told}")
    for line in lines:
        out.print(plain(line))


def _print_lists(out: Console, views: Sequence[store.SnapshotView]) -> None:
    table = Shown(box=None, pad_edge=False, header_style="bold")
    for heading in ("List", "Kind", "As of", "Firms", "Used", "File", "By"):
        table.add_column(heading)
    for view in views:
        used = "yes" if view.is_used else ("taken back" if view.undone_at else "")
        cells = (
            str(view.id),
            view.agent_list,
            str(view.as_of),
            str(view.agents),
            used,
            view.file_name or "–",
            view.added_by,
        )
        table.add_row(*map(plain, cells))
    out.print(table)
    if not views:
        out.print("No list of agents was brought in yet.")


def _print_list(out: Console, view: store.SnapshotView, firms: Sequence[ListedAgent], most: int) -> None:
    _print_lists(out, [view])
    out.print(plain(f"From: {view.source_url or 'not said'}"))
    for firm in firms[:most]:
        out.print(plain(_firm_line(firm)))
    if len(firms) > most:
        out.print(plain(f"… and {len(firms) - most} more; --most shows more."))


def _print_finding(out: Console, finding: AgentFinding) -> None:
    out.print(plain(f"{finding.agent_class} ({finding.because})"))
    for firm in finding.listings:
        out.print(plain(f"{firm.agent_list}: {_firm_line(firm)}"))
    out.print(plain(f"Registered list as of {finding.registered_as_of or 'none'}{', old' if finding.is_old else ''};"))
    out.print(plain(f"unregistered list as of {finding.unregistered_as_of or 'none'}."))
    out.print("Registered is not safe: this job, employer and visa still need checking.")


def _firm_line(firm: ListedAgent) -> str:
    until = f", valid until {firm.valid_until}" if firm.valid_until else ""
    status = f", {firm.status}" if firm.agent_list is AgentList.REGISTERED else ""
    return f"{firm.name} {firm.number}{status}{until}".strip()
