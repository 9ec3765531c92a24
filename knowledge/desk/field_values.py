"""Knows how what staff type for a field becomes the value of that field. Pure.

A list may be typed with commas (`RU, KH`), facts with a blank line between them, yes or no for a switch; `none` or
nothing at all empties a field. A value that is a list, number or switch already is taken as it is.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from knowledge.records import AdvisoryRecord, BadRecord, build_advisory
from knowledge.vocabulary import TextKind

LISTS = ("countries", "topics", "scope", "pattern", "supersedes", "also_seen")
STRUCTURES = ("counts", "gist")
SWITCHES = {"yes": True, "true": True, "no": False, "false": False}
EMPTY = ("", "none", "-")
FIXED = ("status", "superseded_by")  # decided by publishing, withdrawing and superseding
EDITABLE = (*(field.name for field in fields(AdvisoryRecord) if field.name not in (*FIXED, "id")), "text")


def apply_changes(current: Mapping[str, Any], changes: Mapping[str, object], name: str) -> dict[str, Any]:
    """Return the fields with the changes in place, as plain JSON values. `name` names the record in errors.

    `text` puts new official words in the place of the facts. A new date of a draft without precision counts as a day.
    Raises BadRecord naming the first field that is wrong; other fields that are missing still are no hindrance.
    """
    changed = dict(current)
    for field, given in changes.items():
        if field not in EDITABLE:
            raise BadRecord(name, field, _why_not(field))
        value = _value_of(field, given, name)
        changed |= {"facts": value, "text_kind": TextKind.OFFICIAL_WORDS.value} if field == "text" else {field: value}
    if "facts" in changed and changed["facts"] != current.get("facts") and "gist" not in changes:
        changed["gist"] = {}  # an old gist must not outlive the words it sums up
    if "date" in changes and "date_precision" not in changes:
        changed["date_precision"] = "day" if changed["date"] else "unknown"
    _check(changed, changes, name)
    return changed


def _why_not(field: str) -> str:
    if field in FIXED:
        return "is not edited: publish, withdraw or supersede the advisory instead"
    return f"is no field that can be edited; those are {', '.join(sorted(EDITABLE))}"


def _value_of(field: str, given: object, name: str) -> Any:
    if isinstance(given, (dt.date, dt.datetime)):
        return given.isoformat()
    if isinstance(given, tuple):
        return [str(part) for part in given]
    if not isinstance(given, str):
        return given
    typed = given.strip()
    if field in ("facts", "text"):
        return _facts_of(field, typed)
    if field in LISTS:
        return [] if typed.lower() in EMPTY else _parts_of(field, typed)
    if field in STRUCTURES:
        return _structure_of(field, typed, name)
    if field == "standing":
        return _switch_of(typed, name)
    return None if typed.lower() in EMPTY else typed


def _facts_of(field: str, typed: str) -> list[str]:
    if not typed:
        return []
    return [typed] if field == "text" else [" ".join(part.split()) for part in re.split(r"\n\s*\n", typed)]


def _parts_of(field: str, typed: str) -> list[str]:
    parts = [part for part in re.split(r"[,\s]+", typed) if part]
    return [part.upper() for part in parts] if field == "countries" else parts


def _structure_of(field: str, typed: str, name: str) -> Any:
    if typed.lower() in EMPTY:
        return [] if field == "counts" else {}
    try:
        return json.loads(typed)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadRecord(name, field, "write it as JSON, or `none` to empty it") from error


def _switch_of(typed: str, name: str) -> bool:
    switch = SWITCHES.get(typed.lower())
    if switch is None:
        raise BadRecord(name, "standing", "write yes or no")
    return switch


def _check(changed: Mapping[str, Any], changes: Mapping[str, object], name: str) -> None:
    """Refuse wrong values of what was changed; what is still missing elsewhere in a draft is not this edit's fault."""
    fillers = {"id": "x", "issuer": "x", "kind": "advisory", "source_tier": "official_page", "facts": ["x"]}
    touched = {"facts" if field == "text" else field for field in changes} | {"date_precision"}
    missing = {key: value for key, value in fillers.items() if not changed.get(key) and key not in touched}
    filled = {**changed, **missing}
    try:
        build_advisory({**filled, "id": "x"}, name)
    except BadRecord as error:
        if error.field.partition(".")[0] in touched:
            raise
