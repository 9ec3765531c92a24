"""`satark-ingest diff`: how a draft, an advisory and a file differ, by field and by word. Changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy.orm import Session

from ingest.commands.parts import AsJson, IdOrDraft, draft_number, open_existing, present, say
from ingest.tables import plain
from knowledge import advisories, desk
from knowledge.database import read_session
from knowledge.records import AdvisoryRecord, BadRecord, build_advisory

if TYPE_CHECKING:
    from ingest.diffing import Diff, WordChange

ISSUER_UNKNOWN = "(not known yet)"


def diff(
    target: IdOrDraft,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Compare with the words of this file (page, PDF, photo).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how a draft differs from what it replaces or is like, or how a file differs from a draft or an advisory."""
    from ingest.diffing import make_diff  # here: comparing loads what other commands do not need

    with read_session(open_existing()) as session:
        newer, newer_name, older_id = _newer(session, target)
        if file is not None:
            older, older_name = newer, newer_name
            newer, newer_name = _with_words_of(file, older), str(file)
        elif older_id is None:
            words = f"{newer_name} replaces nothing and is like nothing that is stored: all of it is new."
            present(as_json, {"new": newer_name, "old": None, "diff": None}, say(words))
            return
        else:
            older, older_name = _find_older(session, older_id)
    found = make_diff(older, newer)
    fields = {"old": older_name, "new": newer_name, "same": not found, "diff": found.as_fields()}
    present(as_json, fields, lambda out: print_diff(out, found, older_name, newer_name))


def print_diff(out: Console, found: Diff, older: str, newer: str) -> None:
    """Print a difference: what went in red, what came in green, each with a sign for those who see no colours."""
    out.print(plain(f"{older} → {newer}", "bold"))
    if not found:
        out.print("Nothing differs.")
    for one in found.fields:
        out.print(plain(one.name, "bold"))
        out.print(plain(f"  - {one.before}", "red"))
        out.print(plain(f"  + {one.after}", "green"))
    if found.words:
        out.print(plain("words", "bold"))
    for change in found.words:
        out.print(_word_line(change))


def _newer(session: Session, target: str) -> tuple[AdvisoryRecord, str, str | None]:
    """The record that was named, its name, and the id of what it is compared with where nothing else is said."""
    draft_id = draft_number(target)
    if draft_id is None:
        row = advisories.get_advisory(session, target)
        return advisories.record_of(row), target, next(iter(row.supersedes), None)
    draft = desk.get_draft(session, draft_id)
    older = draft.replaces or next((near.id for near in draft.near), None)
    return _record_of(draft), f"draft {draft_id}", older


def _find_older(session: Session, older_id: str) -> tuple[AdvisoryRecord, str]:
    draft_id = draft_number(older_id)
    if draft_id is not None:
        return _record_of(desk.get_draft(session, draft_id)), older_id
    return advisories.record_of(advisories.get_advisory(session, older_id)), older_id


def _record_of(draft: desk.DraftView) -> AdvisoryRecord:
    """The draft as a record; an issuer that is not known yet does not stand in the way of comparing."""
    fields = dict(draft.fields) | {"issuer": draft.fields.get("issuer") or ISSUER_UNKNOWN}
    try:
        return build_advisory({**fields, "id": draft.advisory_id}, f"draft {draft.id}")
    except BadRecord as error:
        raise BadRecord(error.name, error.field, f"{error.problem}. Correct it first, then compare") from error


def _with_words_of(file: Path, record: AdvisoryRecord) -> AdvisoryRecord:
    """The record as it would read with the words, title and date of a file; what the file does not say stays."""
    from ingest.pipeline import read_loose_file

    parsed = read_loose_file(file)
    return replace(record, title=parsed.title or record.title, date=parsed.date or record.date, facts=(parsed.text,))


def _word_line(change: WordChange) -> Text:
    line = Text("  ")
    if change.before:
        line.append_text(plain(f"… {change.before} ", "dim"))
    if change.removed:
        line.append_text(plain(f"[-{change.removed}-]", "red strike"))
    if change.added:
        line.append_text(plain(f"{{+{change.added}+}}", "green"))
    if change.after:
        line.append_text(plain(f" {change.after} …", "dim"))
    return line
