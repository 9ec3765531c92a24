"""What staff decide at the command line: edit, update, publish, withdraw, supersede, reject, reopen, undo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ingest.commands.parts import (
    AsJson,
    By,
    DryRun,
    Id,
    IdOrDraft,
    Reason,
    do,
    draft_number,
    embed,
    name,
    now,
    open_existing,
    present,
    required,
    say,
    why_silent,
)
from ingest.desk_tables import print_changes
from ingest.tables import plain
from knowledge import advisories, desk
from knowledge.settings import read_settings

Assignments = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field and its new value; may be repeated.")
]
Version = Annotated[
    int | None, typer.Option("--version", help="The version of the draft that you looked at (default: the newest).")
]
File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A text file with the new words of the notice.")]
Alert = Annotated[bool, typer.Option("--alert", help="Also ask that subscribers are told; staff approve that.")]
Draft = Annotated[int, typer.Argument(metavar="DRAFT", help="Number of the draft.")]


def edit(
    target: IdOrDraft,
    file: File = None,
    assignments: Assignments = None,
    version: Version = None,
    alert: Alert = False,
    reason: Reason = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Change fields of a draft; of a published advisory this makes a new version, said in public at once."""
    changes = _read_changes(assignments, file)
    engine, draft_id = open_existing(), draft_number(target)
    if draft_id is not None:
        _edit_draft(engine, draft_id, version, changes, name(by), reason, dry_run=dry_run, as_json=as_json)
        return
    _correct(engine, target, changes, name(by), required(reason), alert=alert, dry_run=dry_run, as_json=as_json)


def publish(
    target: IdOrDraft,
    alert: Alert = False,
    version: Version = None,
    over_newer: Annotated[
        bool, typer.Option("--over-newer", help="Also where the advisory was corrected after this draft was made.")
    ] = False,
    reason: Reason = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Publish a draft. It answers questions at once; subscribers are told only with --alert, once that is approved."""
    settings, engine, draft_id = read_settings(), open_existing(), draft_number(target)

    def deed(session: Session) -> tuple[desk.PublishedDraft, str | None]:
        who = {"by": name(by), "at": now(), "alert": alert, "reason": reason}
        if draft_id is None:
            published = desk.publish_advisory(session, target, **who)  # type: ignore[arg-type]
        else:
            seen = version or desk.get_draft(session, draft_id).version
            published = desk.publish_draft(session, draft_id, seen, over_newer=over_newer, **who)  # type: ignore[arg-type]
        return published, why_silent(session, advisories.get_advisory(session, published.advisory_id))

    published, silent = do(engine, deed, dry_run=dry_run)
    embedded = 0 if dry_run else embed(engine, settings, [published.advisory_id])
    outcome = {"id": published.advisory_id, "published": published.newly, "silent_because": silent}
    outcome |= {"passages_embedded": embedded, "alert_requested": published.alert_requested, "dry_run": dry_run}
    outcome |= {"draft": draft_id, "updated": draft_id is not None and not published.newly}
    present(as_json, outcome, say(_publish_words(published, draft_id, silent, dry_run=dry_run)))


def withdraw(
    advisory_id: Id,
    reason: Reason = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take an advisory back: from now on nothing is said from it. --reason is required."""
    why = required(reason)
    done = do(
        open_existing(),
        lambda session: desk.withdraw_advisory(session, advisory_id, by=name(by), reason=why, at=now()),
        dry_run=dry_run,
    )
    restored = list(done.restored) if done else []
    outcome = {"id": advisory_id, "withdrawn": done is not None, "restored": restored, "dry_run": dry_run}
    present(as_json, outcome, lambda out: _print_withdrawn(out, advisory_id, done, dry_run=dry_run))


def supersede(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Id of the advisory that no longer holds.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Id of the one that takes its place.")],
    reason: Reason = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Let a newer advisory take the place of an older one."""
    done = do(
        open_existing(),
        lambda session: desk.supersede_advisory(session, old, new, by=name(by), at=now(), reason=reason),
        dry_run=dry_run,
    )
    words = f"{new} takes the place of {old}." if done else f"{new} had taken the place of {old} already."
    present(as_json, {"id": old, "superseded_by": new, "changed": done, "dry_run": dry_run}, say(words))


def reject(
    draft: Draft,
    version: Version = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Set a draft aside. `undo` opens it again."""

    def deed(session: Session) -> desk.DraftView:
        seen = version or desk.get_draft(session, draft).version
        return desk.reject_draft(session, draft, seen, by=name(by), at=now(), reason=reason)

    rejected = do(open_existing(), deed, dry_run=dry_run)
    outcome = {"draft": draft, "state": rejected.state, "version": rejected.version, "dry_run": dry_run}
    present(as_json, outcome, say(f"Draft {draft} is rejected. `satark-ingest undo {draft}` opens it again."))


def undo(
    target: Annotated[
        str | None, typer.Argument(metavar="[ID|DRAFT]", help="What to undo on (default: the last thing you did).")
    ] = None,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Reverse the last deed: an edit, a publication, a correction, a withdrawal, a rejection."""
    settings, engine = read_settings(), open_existing()

    def deed(session: Session) -> desk.Undone:
        if target is None:
            return desk.undo_last(session, by=name(by), at=now())
        draft_id = draft_number(target)
        if draft_id is None:
            return desk.undo_advisory(session, target, by=name(by), at=now())
        return desk.undo(session, draft_id, by=name(by), at=now())

    undone = do(engine, deed, dry_run=dry_run)
    if undone.advisory_id and not dry_run:
        embed(engine, settings, [undone.advisory_id])
    words = f"Undone: {undone.object} had been {undone.action} by {undone.was_by}. Now {undone.now}."
    present(as_json, vars(undone) | {"dry_run": dry_run}, say(words))


def _edit_draft(
    engine: Engine,
    draft_id: int,
    version: int | None,
    changes: dict[str, object],
    by: str,
    reason: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    def deed(session: Session) -> tuple[desk.DraftView, desk.DraftView]:
        before = desk.get_draft(session, draft_id)
        seen = version or before.version
        after = desk.edit_draft(session, draft_id, seen, changes, by=by, at=now(), reason=reason)
        return before, after

    before, after = do(engine, deed, dry_run=dry_run)
    changed = _differences(dict(before.fields), dict(after.fields))
    if before.advisory_id != after.advisory_id:
        changed.append(desk.FieldChange("id", before.advisory_id, after.advisory_id))
    outcome = {
        "draft": draft_id,
        "version": after.version,
        "changed": {one.field: one.after for one in changed},
        "problem": after.problem,
        "dry_run": dry_run,
    }
    words = f"Draft {draft_id} is version {after.version} now." if changed else f"Nothing differs in draft {draft_id}."
    present(as_json, outcome, lambda out: print_changes(out, words, changed, after.problem))


def _correct(
    engine: Engine,
    advisory_id: str,
    changes: dict[str, object],
    by: str,
    reason: str,
    *,
    alert: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    def deed(session: Session) -> tuple[dict[str, Any], dict[str, Any], bool]:
        row = advisories.get_advisory(session, advisory_id)
        before = advisories.as_fields(advisories.record_of(row))
        done = desk.update_advisory(session, advisory_id, changes, by=by, at=now(), reason=reason, alert=alert)
        return before, advisories.as_fields(advisories.record_of(row)), done

    before, after, done = do(engine, deed, dry_run=dry_run)
    embedded = 0 if dry_run or not done else embed(engine, read_settings(), [advisory_id])
    changed = _differences(before, after)
    outcome = {"id": advisory_id, "updated": done, "changed": {one.field: one.after for one in changed}}
    outcome |= {"passages_embedded": embedded, "alert_requested": alert and done, "dry_run": dry_run}
    words = f"{advisory_id} has a new version." if done else f"Nothing differs in {advisory_id}."
    present(as_json, outcome, lambda out: print_changes(out, words, changed, None))


def _read_changes(assignments: Sequence[str] | None, file: Path | None) -> dict[str, object]:
    changes: dict[str, object] = {}
    for assignment in assignments or ():
        field, equals, value = assignment.partition("=")
        if not equals or not field.strip():
            raise typer.BadParameter(f"write it as FIELD=VALUE, not {assignment!r}", param_hint="--set")
        changes[field.strip()] = value
    if file is not None:
        changes["text"] = _read_words(file)
    if not changes:
        raise typer.BadParameter("say what to change: --set FIELD=VALUE, or a FILE with the new words")
    return changes


def _read_words(file: Path) -> str:
    from ingest.pipeline import read_loose_file  # here: reading documents loads what other commands do not need

    return read_loose_file(file).text


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[desk.FieldChange]:
    return [
        desk.FieldChange(field, before.get(field), after.get(field))
        for field in sorted({*before, *after})
        if before.get(field) != after.get(field)
    ]


def _publish_words(published: desk.PublishedDraft, draft_id: int | None, silent: str | None, *, dry_run: bool) -> str:
    advisory_id = published.advisory_id
    if published.newly:
        words = f"Published {advisory_id}."
    elif draft_id is not None:
        words = f"{advisory_id} has a new version in public."
    else:
        words = f"{advisory_id} was published already; nothing changed."
    words += f" It is not said in public: {silent}." if silent else ""
    if published.alert_requested:
        words += " An alert is requested; staff approve it in Telegram or with `satark alerts`."
    return f"{words} (Dry run: nothing was stored.)" if dry_run else words


def _print_withdrawn(out: Console, advisory_id: str, done: desk.Withdrawn | None, *, dry_run: bool) -> None:
    if done is None:
        out.print(plain(f"{advisory_id} was withdrawn already; nothing changed."))
        return
    out.print(plain(f"{'Would withdraw' if dry_run else 'Withdrew'} {advisory_id}."))
    for old in done.restored:
        out.print(plain(f"{old}, which it had replaced, is said again. Withdraw it too if it no longer holds."))
