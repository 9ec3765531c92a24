"""What staff look at: list, show, audit, sources, worklist. Changes nothing."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy.orm import Session

from ingest.commands.parts import AsJson, IdOrDraft, draft_number, now, open_existing, present, why_silent
from ingest.desk_tables import (
    describe_draft,
    describe_draft_briefly,
    describe_entry,
    minute,
    print_audit,
    print_draft,
    print_drafts,
    print_sources,
)
from ingest.tables import describe, describe_briefly, describe_event, print_advisory, print_list
from knowledge import advisories, desk
from knowledge.database import read_session
from knowledge.vocabulary import Status

NOT_TRIED = "not tried"


def list_(
    status: Annotated[Status | None, typer.Option(help="Only those of this status.")] = None,
    country: Annotated[str | None, typer.Option(help="Only those about this country, for example RU.")] = None,
    as_json: AsJson = False,
) -> None:
    """List advisories, newest first, and the open drafts."""
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise typer.BadParameter("write the country as two letters, for example RU", param_hint="--country")
    code = country.upper() if country else None
    with read_session(open_existing()) as session:
        rows = advisories.list_advisories(session, status=status, country=code)
        drafts = _open_drafts(session, code) if status in (None, Status.DRAFT) else ()
        fields = [*map(describe_briefly, rows), *map(describe_draft_briefly, drafts)]

        def to_console(out: Console) -> None:
            print_list(out, rows)
            print_drafts(out, drafts)

        present(as_json, fields, to_console)


def show(target: IdOrDraft, as_json: AsJson = False) -> None:
    """Show all of one advisory or draft: whether it is said now, and its history."""
    draft_id = draft_number(target)
    with read_session(open_existing()) as session:
        if draft_id is None:
            _show_advisory(session, target, as_json=as_json)
        else:
            _show_draft(session, draft_id, as_json=as_json)


def audit(
    target: Annotated[
        str | None, typer.Argument(metavar="[ID|DRAFT]", help="Only what was done to this advisory or draft.")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many lines, the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show who did what, when and why."""
    draft_id = draft_number(target) if target else None
    name = desk.name_draft(draft_id) if draft_id is not None else desk.name_advisory(target) if target else None
    with read_session(open_existing()) as session:
        entries = desk.list_audit(session, name, most=most)
    present(as_json, [describe_entry(entry) for entry in entries], lambda out: print_audit(out, entries))


def sources(as_json: AsJson = False) -> None:
    """Show every source: when it was last read, and what stands in the way."""
    from ingest.sources.registry import list_sources  # here: parsers load what other commands do not need

    with read_session(open_existing()) as session:
        stored = {view.id: view for view in desk.list_sources(session, now())}
        waiting = Counter(draft.source_id for draft in desk.list_drafts(session))
    rows = [
        _describe_source(source.id, source.title, stored.get(source.id), waiting[source.id])
        for source in list_sources()
    ]
    present(as_json, rows, lambda out: print_sources(out, rows))


def _open_drafts(session: Session, country: str | None) -> tuple[desk.DraftView, ...]:
    return tuple(
        draft
        for draft in desk.list_drafts(session)
        if country is None or country in (draft.fields.get("countries") or ())
    )


def _show_advisory(session: Session, advisory_id: str, *, as_json: bool) -> None:
    row = advisories.get_advisory(session, advisory_id)
    events = advisories.list_events(session, advisory_id)
    reason = why_silent(session, row)
    drafts = [draft.id for draft in desk.find_drafts_of(session, advisory_id)]
    fields = describe(row) | {
        "said_now": reason is None,
        "silent_because": reason,
        "history": [describe_event(event) for event in events],
        "drafts": drafts,
    }
    said = "said in public" if reason is None else f"not said: {reason}"
    present(as_json, fields, lambda out: print_advisory(out, row, events, said))


def _show_draft(session: Session, draft_id: int, *, as_json: bool) -> None:
    draft = desk.get_draft(session, draft_id)
    entries = desk.list_audit(session, desk.name_draft(draft_id))
    fields = describe_draft(draft) | {"history": [describe_entry(entry) for entry in reversed(entries)]}
    present(as_json, fields, lambda out: print_draft(out, draft, entries))


def _describe_source(source_id: str, title: str, view: desk.SourceView | None, waiting: int) -> dict[str, Any]:
    return {
        "id": source_id,
        "title": title,
        "state": str(view.standing) if view and view.tried_at else NOT_TRIED,
        "message": view.message if view else None,
        "tried_at": minute(view.tried_at) if view and view.tried_at else None,
        "read_at": minute(view.read_at) if view and view.read_at else None,
        "next_at": minute(view.next_at) if view and view.next_at else None,
        "open_drafts": waiting,
    }
