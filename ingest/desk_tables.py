"""Knows how drafts, the audit log and sources look on a terminal. Every text is printed as plain text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from ingest.tables import plain
from knowledge import desk
from knowledge.desk_models import SourceStanding

SURE = 0.8  # of 1: below it a proposal is shown as unsure
SHOWN_TEXT = 2_000  # characters of what was read; `--json` shows all
SHOWN_CELL = 400
HIDDEN_FIELDS = ("gist", "seen_in", "confidence")
STATE_COLOURS = {"open": "yellow", "published": "green", "rejected": "dim"}
STANDING_COLOURS = {SourceStanding.OK: "green", SourceStanding.STALE: "yellow"}


def print_drafts(console: Console, drafts: Sequence[desk.DraftView]) -> None:
    """Print one line for each draft."""
    if not drafts:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Draft", "State", "Date", "Countries", "Severity", "Becomes", "Title"):
        table.add_column(heading, no_wrap=heading not in ("Becomes", "Title"), overflow="fold")
    for draft in drafts:
        fields = draft.fields
        cells = (
            str(draft.id),
            draft.state,
            str(fields.get("date") or "–"),
            " ".join(fields.get("countries") or ()) or "–",
            str(fields.get("severity") or "–"),
            f"new version of {draft.replaces}" if draft.replaces else draft.advisory_id,
        )
        table.add_row(*map(plain, cells), plain(draft.title), style=STATE_COLOURS.get(draft.state, ""))
    console.print(table)
    console.print(f"{len(drafts)} drafts; `satark-ingest show NUMBER` shows one")


def print_draft(console: Console, draft: desk.DraftView, audit: Sequence[desk.AuditView]) -> None:
    """Print one draft: its fields with how sure the machine was, what staff should look at, the words, its history."""
    console.print(plain(f"Draft {draft.id}, version {draft.version}, {draft.state}", "bold"))
    console.print(_head(draft))
    console.print(_field_table(draft))
    for caution in cautions_of(draft):
        console.print(plain(f"! {caution}", "yellow"))
    console.print(plain("What was read:", "bold"))
    more = f"\n… and {len(draft.text) - SHOWN_TEXT} characters more" if len(draft.text) > SHOWN_TEXT else ""
    console.print(plain(draft.text[:SHOWN_TEXT] + more))
    print_audit(console, audit)


def cautions_of(draft: desk.DraftView) -> tuple[str, ...]:
    """Return what staff should look at before they publish, in words."""
    near = tuple(
        f"Like {one.id} ({one.likeness:.0%}), but similar is not same. It differs: {'; '.join(one.differs) or 'words'}."
        for one in draft.near
    )
    contradictions = tuple(_contradiction_words(one) for one in draft.contradictions)
    problem = (f"It cannot be published yet: {draft.problem}.",) if draft.problem else ()
    return (*problem, *contradictions, *near, *draft.notes)


def print_audit(console: Console, entries: Sequence[desk.AuditView]) -> None:
    """Print lines of the audit log, oldest first."""
    for entry in reversed(entries):
        undone = " (undone later)" if entry.undone_at else ""
        reason = f": {entry.reason}" if entry.reason else ""
        line = f"{minute(entry.at)}  {entry.by} {entry.action} {entry.object}{_what(entry)}{reason}{undone}"
        console.print(plain(line, "dim" if entry.undone_at else ""))


def print_changes(console: Console, words: str, changed: Sequence[desk.FieldChange], problem: str | None) -> None:
    """Print what an edit did, field by field."""
    console.print(plain(words))
    for one in changed:
        console.print(plain(f"  {one.field}", "bold"))
        console.print(plain(f"    - {cell(one.before)}", "red"))
        console.print(plain(f"    + {cell(one.after)}", "green"))
    if problem:
        console.print(plain(f"It cannot be published yet: {problem}.", "yellow"))


def print_sources(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print how every source stands."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Source", "State", "Last read", "Next", "Drafts", "Title and trouble"):
        table.add_column(heading, no_wrap=heading != "Title and trouble", overflow="fold")
    for row in rows:
        trouble = f": {row['message']}" if row["message"] else ""
        cells = (row["id"], row["state"], row["read_at"] or "never", row["next_at"] or "–", str(row["open_drafts"]))
        colour = STANDING_COLOURS.get(row["state"], "" if row["state"] == "not tried" else "red")
        table.add_row(*map(plain, cells), plain(f"{row['title']}{trouble}"), style=colour)
    console.print(table)


def describe_draft(draft: desk.DraftView) -> dict[str, Any]:
    """Return a draft as plain JSON values."""
    return {
        "draft": draft.id,
        "version": draft.version,
        "state": str(draft.state),
        "id": draft.advisory_id,
        "replaces": draft.replaces,
        "fields": dict(draft.fields),
        "proposals": {key: vars(one) | {"words": list(one.words)} for key, one in draft.proposals.items()},
        "text": draft.text,
        "near": [vars(one) | {"differs": list(one.differs)} for one in draft.near],
        "contradictions": [dict(one) for one in draft.contradictions],
        "notes": list(draft.notes),
        "problem": draft.problem,
        "source": draft.source_id,
        "from_first_load": draft.from_first_load,
        "created_at": draft.created_at.isoformat(),
        "created_by": draft.created_by,
        "changed_at": draft.changed_at.isoformat(),
        "changed_by": draft.changed_by,
    }


def describe_draft_briefly(draft: desk.DraftView) -> dict[str, Any]:
    """Return what a list shows of a draft as plain JSON values, in the form of an advisory with `draft` beside it."""
    shown = ("date", "issuer", "title", "countries", "topics", "severity", "valid_until")
    brief = {name: draft.fields.get(name) for name in shown}
    return {"id": draft.advisory_id, "status": "draft", **brief, "superseded_by": None, "draft": draft.id}


def describe_entry(entry: desk.AuditView) -> dict[str, Any]:
    """Return one line of the audit log as plain JSON values."""
    return vars(entry) | {
        "at": entry.at.isoformat(),
        "details": dict(entry.details),
        "undone_at": entry.undone_at.isoformat() if entry.undone_at else None,
    }


def minute(at: dt.datetime) -> str:
    """Return a moment as staff read it."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def cell(value: Any) -> str:
    """Return a value of a field as one short text."""
    if isinstance(value, list):
        words = " · ".join(cell(part) for part in value) or "(empty)"
    elif isinstance(value, Mapping):
        words = ", ".join(f"{key} {cell(part)}" for key, part in value.items()) or "(empty)"
    else:
        words = "(empty)" if value is None else str(value)
    return words if len(words) <= SHOWN_CELL else f"{words[:SHOWN_CELL]}…"


def _head(draft: desk.DraftView) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("becomes", plain(f"a new version of {draft.replaces}" if draft.replaces else draft.advisory_id))
    table.add_row("made", plain(f"{minute(draft.created_at)} by {draft.created_by}"))
    if draft.source_id:
        first = " (from the first load of the source)" if draft.from_first_load else ""
        table.add_row("source", plain(draft.source_id + first))
    return table


def _field_table(draft: desk.DraftView) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Field", no_wrap=True)
    table.add_column("Value", overflow="fold", ratio=3)
    table.add_column("Sure", no_wrap=True)
    table.add_column("Because of the words", overflow="fold", ratio=2)
    for name, value in draft.fields.items():
        proposal = draft.proposals.get(name)
        if name in HIDDEN_FIELDS or (value in (None, [], {}, "", False) and proposal is None):
            continue
        sure = f"{proposal.confidence:.0%}" if proposal else ""
        style = "yellow" if proposal and proposal.confidence < SURE else ""
        words = " … ".join(proposal.words) if proposal else ""
        table.add_row(plain(name), plain(cell(value), style), plain(sure, style), plain(words, "dim"))
    return table


def _contradiction_words(one: Mapping[str, Any]) -> str:
    """Say which published fact a newer notice says otherwise: `knowledge.desk` keeps the fields of a Contradiction."""
    known_at, read_at = (f" ({one[day]})" if one.get(day) else "" for day in ("known_at", "read_at"))
    return f"{one['about']}: {one['id']} says {one['known']}{known_at}, this notice says {one['read']}{read_at}."


def _what(entry: desk.AuditView) -> str:
    after = entry.details.get("after")
    if isinstance(after, Mapping):
        return f" ({', '.join(map(str, after))})"
    action = entry.details.get("action")
    return f" ({action} by {entry.details.get('was_by')})" if action else ""
