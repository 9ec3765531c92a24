"""Knows where the words of a loose notice begin: below the lines that only repeat its title and its day. Pure.

A page's parser leaves both out, a PDF or pasted text has them. Without them the same notice reads the same in every
format. Nothing else is cut: a line that says anything more may be what tells two notices apart.
"""

from __future__ import annotations

from ingest.notice_lines import date_line, same_words

LONGEST_TITLE_LINES = 4  # a title that is broken over lines, as in a PDF


def body_of(text: str, title: str | None) -> str:
    """Return the text without the title and day that stand alone at its head; the whole text if nothing is left."""
    lines = text.strip().split("\n")
    lines = _without_date(_without_title(_without_date(lines), title))
    return "\n".join(lines).strip() or text


def _without_title(lines: list[str], title: str | None) -> list[str]:
    if not title:
        return lines
    for count in range(1, min(LONGEST_TITLE_LINES, len(lines)) + 1):
        if same_words(" ".join(line.strip() for line in lines[:count]), title):
            return _without_blank(lines[count:])
    return lines


def _without_date(lines: list[str]) -> list[str]:
    lines = _without_blank(lines)
    return _without_blank(lines[1:]) if lines and date_line(lines[0].strip()) else lines


def _without_blank(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if line.strip():
            return lines[number:]
    return []
