"""Stores records that staff hand in as drafts, or publishes them at once: all of them, or none. Reads no file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy.orm import Session

from ingest.reading import Given
from ingest.suggesting import suggest
from knowledge import advisories
from knowledge.advisories import AlreadyPublished, SaveOutcome
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import Status


class NotAdded(Exception):
    """Some records may not be stored as they are; the message names each. Nothing was stored."""


@dataclass
class AddReport:
    """The ids by what became of them. `suggested` holds the fields that were filled by our rules."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    left_as_draft: list[str] = field(default_factory=list)
    left_withdrawn: list[str] = field(default_factory=list)
    suggested: dict[str, dict[str, object]] = field(default_factory=dict)
    passages_embedded: int = 0

    def as_fields(self, *, dry_run: bool) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {**vars(self), "dry_run": dry_run}


def add_all(session: Session, given: Sequence[Given], *, publish: bool, by: str, at: dt.datetime) -> AddReport:
    """Save every record, and publish those that do not call themselves drafts if `publish` is asked for.

    Raises NotAdded and CannotSupersede; the caller's transaction then stores nothing.
    """
    report, problems = AddReport(), []
    for one in given:
        try:
            _add(session, one, report, publish=publish, by=by, at=at)
        except AlreadyPublished as error:
            problems.append(f"{one.place}: {error}")
    if problems:
        raise NotAdded("\n".join([*problems, "Nothing was stored."]))
    if publish:
        _publish_all(session, given, report, by=by, at=at)
    return report


def complete_from_stored(one: Given, stored: AdvisoryRecord) -> AdvisoryRecord:
    """Fill what a handed-in record leaves out from what is stored: a field that is not named stays as it is."""
    named = set(one.named)
    if "date" in named:
        named.add("date_precision")
    if "text" in named:
        named |= {"facts", "text_kind"}
    if "facts" in named:
        named.add("gist")  # an old gist must not outlive the words it sums up
    kept = {each.name: getattr(stored, each.name) for each in fields(stored) if each.name not in named}
    return replace(one.record, **kept)


def _add(session: Session, one: Given, report: AddReport, *, publish: bool, by: str, at: dt.datetime) -> None:
    row = advisories.find_advisory(session, one.record.id)
    if row is None:
        suggestion = suggest(one.record, one.named)
        report.suggested |= {one.record.id: suggestion.as_fields()} if suggestion.as_fields() else {}
        advisories.save_draft(session, suggestion.apply_to(one.record), at=at, summary=one.summary)
        report.new.append(one.record.id)
        return
    record, summary = complete_from_stored(one, advisories.record_of(row)), one.summary or row.summary
    if publish:
        outcome = advisories.update_published(session, record, by=by, at=at, summary=summary)
    else:
        outcome = advisories.save_draft(session, record, at=at, summary=summary)
    (report.changed if outcome is SaveOutcome.CHANGED else report.unchanged).append(record.id)


def _publish_all(session: Session, given: Sequence[Given], report: AddReport, *, by: str, at: dt.datetime) -> None:
    for one in given:
        stored = advisories.get_advisory(session, one.record.id)
        if stored.status == Status.WITHDRAWN:
            report.left_withdrawn.append(stored.id)  # taken back by a person: only `publish ID` brings it back
        elif one.record.status is not Status.PUBLISHED and stored.status == Status.DRAFT:
            report.left_as_draft.append(stored.id)  # it says of itself that it is not for the public
        elif advisories.publish(session, stored.id, by=by, at=at):
            report.published.append(stored.id)
