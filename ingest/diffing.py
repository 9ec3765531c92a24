"""Says in readable words how two versions of a notice differ: which fields, and which words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from rapidfuzz.distance import Levenshtein

from knowledge.records import AdvisoryRecord

CONTEXT = 4  # words shown on either side of a change
JOINED = 2  # unchanged words between two changes that are shown as one
# What our own work changes and the notice does not say.
_NOT_COMPARED = frozenset({"id", "facts", "gist", "status", "superseded_by"})
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class FieldChange:
    """A field with its value before and after, as people read it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class WordChange:
    """Words that went and words that came at one place, with what stands around them."""

    before: str  # the unchanged words in front
    removed: str
    added: str
    after: str


@dataclass(frozen=True)
class Diff:
    """How a new version differs from an old one; empty where only its dress changed."""

    fields: tuple[FieldChange, ...]
    words: tuple[WordChange, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.words)

    def as_lines(self) -> tuple[str, ...]:
        """Return one line a change, for a terminal or a message."""
        changed = (f"{one.name}: {one.before} → {one.after}" for one in self.fields)
        worded = (
            " ".join(
                part
                for part in (
                    f"… {one.before}" if one.before else "",
                    f"[−{one.removed}−]" if one.removed else "",
                    f"{{+{one.added}+}}" if one.added else "",
                    f"{one.after} …" if one.after else "",
                )
                if part
            )
            for one in self.words
        )
        return (*changed, *worded)

    def as_fields(self) -> dict[str, list[dict[str, str]]]:
        """Return the changes as plain JSON values."""
        return {"fields": [vars(one) for one in self.fields], "words": [vars(one) for one in self.words]}


def make_diff(old: AdvisoryRecord | str, new: AdvisoryRecord | str) -> Diff:
    """Return what changed from an old version to a new one: records field by field, texts word by word.

    Whitespace is no change; a changed letter, digit or punctuation mark is.
    """
    changed = tuple(_changed_fields(old, new)) if not isinstance(old, str) and not isinstance(new, str) else ()
    return Diff(changed, tuple(_changed_words(_text(old), _text(new))))


def _text(version: AdvisoryRecord | str) -> str:
    return version if isinstance(version, str) else "\n\n".join(version.facts)


def _changed_fields(old: AdvisoryRecord, new: AdvisoryRecord) -> Iterator[FieldChange]:
    for each in fields(AdvisoryRecord):
        before, after = getattr(old, each.name), getattr(new, each.name)
        if each.name not in _NOT_COMPARED and before != after:
            yield FieldChange(each.name, _show(before), _show(after))


def _show(value: object) -> str:
    if value is None or value == ():
        return "—"
    if isinstance(value, tuple):
        return ", ".join(_show(one) for one in value)
    if hasattr(value, "series"):
        return f"{value.value} {value.words} ({value.as_of})"  # type: ignore[attr-defined]
    return str(value)


def _changed_words(old: str, new: str) -> Iterator[WordChange]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    changes = [part for part in Levenshtein.opcodes(before, after) if part.tag != "equal"]
    for start, end, new_start, new_end in _join(changes):
        yield WordChange(
            before=" ".join(before[max(0, start - CONTEXT) : start]),
            removed=" ".join(before[start:end]),
            added=" ".join(after[new_start:new_end]),
            after=" ".join(before[end : end + CONTEXT]),
        )


def _join(changes: Sequence[object]) -> list[tuple[int, int, int, int]]:
    """Changes that stand nearly side by side are one to a reader."""
    joined: list[tuple[int, int, int, int]] = []
    for change in changes:
        start, end = change.src_start, change.src_end  # type: ignore[attr-defined]
        new_start, new_end = change.dest_start, change.dest_end  # type: ignore[attr-defined]
        if joined and start - joined[-1][1] <= JOINED and new_start - joined[-1][3] <= JOINED:
            first, _, new_first, _ = joined.pop()
            joined.append((first, end, new_first, new_end))
        else:
            joined.append((start, end, new_start, new_end))
    return joined
