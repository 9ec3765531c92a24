"""`satark-ingest helplines`: see them with owner and last check, note a check, propose and decide changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.commands.parts import AsJson, By, name, now, open_existing, present, say
from ingest.tables import plain
from knowledge import helpline_changes as lines
from knowledge.advisories import as_fields
from knowledge.database import explained, read_session
from knowledge.helpline_changes import CannotChangeHelpline, ChangeView, HelplineView, UnknownHelpline
from knowledge.settings import read_settings

USER_ERRORS = (CannotChangeHelpline, UnknownHelpline)
_LISTS = ("phones", "whatsapp", "seen_in")
_Result = TypeVar("_Result")

helplines_app = typer.Typer(
    name="helplines",
    help="The helplines: who owns each, when it was last checked, and changes by two people.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
HelplineId = Annotated[str, typer.Argument(metavar="ID", help="Id of the helpline.")]
ChangeId = Annotated[int, typer.Argument(metavar="CHANGE", help="Number of the proposed change.")]
StaffId = Annotated[int | None, typer.Option("--as", help="Your Telegram id; it must be among STAFF_IDS.")]


@helplines_app.command("list")
def list_(
    due: Annotated[bool, typer.Option("--due", help="Only those not checked for a month.")] = False,
    as_json: AsJson = False,
) -> None:
    """List all helplines with owner, status and last check."""
    with read_session(open_existing()) as session:
        views = lines.list_due(session, now()) if due else lines.list_helplines(session, now())
    present(as_json, [_fields(view) for view in views], lambda out: _print_lines(out, views))


@helplines_app.command()
def show(helpline_id: HelplineId, as_json: AsJson = False) -> None:
    """Show all of one helpline."""
    with read_session(open_existing()) as session:
        view = lines.get_helpline(session, helpline_id, now())
    present(as_json, _fields(view), lambda out: _print_fields(out, _fields(view)))


@helplines_app.command()
def propose(
    helpline_id: HelplineId,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", help="FIELD=VALUE, such as phones=+911112345678; several numbers with commas."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why: where the new value was seen.")] = "",
    staff_id: StaffId = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Propose a change of a helpline, or a new one. Nothing is said differently until a second person approves it."""
    changes = dict(_assignment(one) for one in sets or ())
    if not changes:
        raise typer.BadParameter("say what shall change, for example --set phones=+911112345678", param_hint="--set")
    who = _who(by, staff_id)
    number = _do(
        open_existing(), lambda s: lines.propose_change(s, helpline_id, changes, by=who, at=now(), reason=reason)
    )
    words = (
        f"Change {number} is proposed. Nothing is said differently yet: another of the staff approves it in Telegram "
        f"with /approve_helpline {number}"
    )
    present(as_json, {"change": number, "helpline": helpline_id}, say(words))


@helplines_app.command()
def changes(
    all_: Annotated[bool, typer.Option("--all", help="Also those that were decided.")] = False, as_json: AsJson = False
) -> None:
    """Show the proposed changes that wait for a second person."""
    with read_session(open_existing()) as session:
        views = lines.list_changes(session, open_only=not all_)
    present(as_json, [asdict(view) for view in views], lambda out: _print_changes(out, views))


@helplines_app.command()
def approve(change_id: ChangeId, staff_id: StaffId = None, by: By = None, as_json: AsJson = False) -> None:
    """Approve a change that somebody else proposed, not at the command line: that counts as one person."""
    who = _who(by, staff_id)
    record = _do(open_existing(), lambda session: lines.approve_change(session, change_id, by=who, at=now()))
    present(as_json, {"change": change_id, "helpline": record.id}, say(f"Change {change_id} is made: {record.id}."))


@helplines_app.command()
def reject(
    change_id: ChangeId,
    reason: Annotated[str, typer.Option("--reason", help="Why not.")] = "",
    staff_id: StaffId = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Turn a proposed change down."""
    who = _who(by, staff_id)
    _do(open_existing(), lambda s: lines.reject_change(s, change_id, by=who, at=now(), reason=reason))
    present(as_json, {"change": change_id, "rejected": True}, say(f"Change {change_id} is rejected."))


@helplines_app.command()
def checked(helpline_id: HelplineId, staff_id: StaffId = None, by: By = None, as_json: AsJson = False) -> None:
    """Note that you have just looked this line up or called it and that all of it is right: its date is renewed."""
    who = _who(by, staff_id)
    record = _do(open_existing(), lambda session: lines.note_checked(session, helpline_id, by=who, at=now()))
    present(as_json, {"helpline": record.id, "as_of": record.as_of}, say(f"{record.id} is now as of {record.as_of}."))


@helplines_app.command()
def remind(as_json: AsJson = False) -> None:
    """List the lines that nobody checked for a month, and tell staff in Telegram once a month. Exit code 1 if any."""
    engine = open_existing()
    _do(engine, lambda session: lines.remind(session, now()))
    with read_session(engine) as session:
        due = lines.list_due(session, now())
    present(as_json, [_fields(view) for view in due], lambda out: _print_lines(out, due))
    if due:
        raise typer.Exit(1)


def _do(engine: Engine, deed: Callable[[Session], _Result]) -> _Result:
    """Do something in one transaction."""
    with explained(engine), Session(engine, expire_on_commit=False) as session, session.begin():
        return deed(session)


def _who(by: str | None, staff_id: int | None) -> str:
    """Name who does it. However it is said, it stays a deed of the command line."""
    if staff_id is not None:
        if staff_id not in read_settings().staff_ids:
            raise CannotChangeHelpline(f"{staff_id} is not among STAFF_IDS.")
        return f"cli:staff {staff_id}"
    given = name(by)
    return given if given == "cli" or given.startswith("cli:") else f"cli:{given}"


def _assignment(words: str) -> tuple[str, Any]:
    field, _, value = words.partition("=")
    field, value = field.strip(), value.strip()
    if field in _LISTS:
        return field, [part.strip() for part in value.split(",") if part.strip()]
    if field == "official_reprint":
        return field, value.casefold() in ("true", "yes")
    return field, value or None


def _fields(view: HelplineView) -> dict[str, Any]:
    own = {
        "origin": view.origin,
        "last_checked": view.checked_at.date().isoformat() if view.checked_at else None,
        "checked_by": view.checked_by,
        "is_due": view.is_due,
    }
    return as_fields(view.record) | own


def _print_lines(out: Console, views: Sequence[HelplineView]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Id", "Owner", "Status", "As of", "Last checked", "Due"):
        table.add_column(heading, overflow="fold" if heading == "Id" else "ellipsis", no_wrap=heading != "Id")
    for view in views:
        record = view.record
        last = str(view.checked_at.date()) if view.checked_at else "never"
        cells = (record.id, record.name, record.status, record.as_of, last, "yes" if view.is_due else "")
        table.add_row(*map(plain, cells))
    out.print(table)
    out.print(f"{len(views)} helplines")


def _print_fields(out: Console, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        if value not in (None, [], ""):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            out.print(plain(f"{field:16} {shown}"))


def _print_changes(out: Console, views: Sequence[ChangeView]) -> None:
    for view in views:
        out.print(plain(f"Change {view.id}, {view.state}: {view.helpline_id}, proposed by {view.proposed_by}"))
        for field, before, after in view.differences:
            out.print(plain(f"  {field}: {before} → {after}"))
        out.print(plain(f"  Why: {view.reason}"))
    if not views:
        out.print("No change waits.")
