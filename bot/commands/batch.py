"""Reads a file of questions or offers, one JSON object a line. A bad line is named and costs the others nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.troubles import CannotRun

_SHAPE = 'Write {"id": "…", "text": "…"}.'


@dataclass(frozen=True)
class Question:
    """One line of a batch, with the id that its answer carries."""

    id: str | int
    text: str


@dataclass(frozen=True)
class BadLine:
    """A line of a batch that cannot be answered: its number, and what is wrong with it."""

    number: int
    problem: str


def read_batch(file: Path, *, allow_empty: bool = False) -> list[Question | BadLine]:
    """Read a whole batch before the first line is answered. Raises CannotRun where the file itself cannot be read."""
    try:
        return list(parse_batch(file.read_text(encoding="utf-8-sig"), allow_empty=allow_empty))
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise CannotRun(f"{file} is not text in UTF-8. Save it as UTF-8 and try again.") from None


def parse_batch(content: str, *, allow_empty: bool = False) -> Iterator[Question | BadLine]:
    """Read each line of a batch as a question, or say what is wrong with it. Empty lines are passed over.

    `allow_empty` takes a text without words too: it is a message that a person may send, but no question to search for.
    """
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield _parse_line(number, line, allow_empty)


def _parse_line(number: int, line: str, allow_empty: bool) -> Question | BadLine:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        return BadLine(number, f"this is not JSON. {_SHAPE}")
    if not isinstance(value, dict) or not isinstance(value.get("id"), str | int):
        return BadLine(number, f"the question has no id. {_SHAPE}")
    if not isinstance(value.get("text"), str) or not (allow_empty or value["text"].strip()):
        return BadLine(number, f"the question has no text. {_SHAPE}")
    if not is_text(value["text"]) or not is_text(str(value["id"])):
        return BadLine(number, "half of a character is missing (a lone surrogate). Write the text as UTF-8.")
    return Question(value["id"], value["text"])


def is_text(words: str) -> bool:
    """Whether the words can be written as UTF-8; what came from broken bytes cannot."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True
