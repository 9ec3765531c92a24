"""Splits a message so that Telegram accepts every part. Pure: knows Telegram's HTML and its length limit, nothing else.

Telegram counts at most 4096 characters *after* the HTML is parsed. Whether it counts code points or UTF-16 units is
not documented, so the larger count, UTF-16 units, is kept within the limit.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

MESSAGE_LIMIT = 4096  # Bot API, sendMessage: 1-4096 characters after entities parsing

_PIECE = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*)[^<>]*>|&(?:[a-z]+|#\d+|#x[0-9a-f]+);|.", re.I | re.S)
_SENTENCE_ENDS = ".!?।॥۔؟"
_JOINERS = "\u200c\u200d"


class Border(IntEnum):
    """How well a cut behind a character suits the reader; higher is better."""

    NONE = 0  # inside a letter with its vowel signs
    LETTER = 1
    WORD = 2
    SENTENCE = 3
    LINE = 4
    PARAGRAPH = 5


@dataclass(frozen=True)
class _Piece:
    """The smallest thing that is never cut: one tag, one entity or one character."""

    source: str
    shown: str  # what the reader sees of it; empty for a tag
    tag: str = ""
    closes: bool = False

    @property
    def width(self) -> int:
        return len(self.shown.encode("utf-16-le")) // 2


def split_html(message: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Split Telegram HTML into parts of at most `limit` shown UTF-16 units, each valid by itself.

    Cuts at the end of a paragraph where it can, else of a line, a sentence, a word. Tags that are open at a cut are
    closed there and opened again in the next part. A message without anything to show gives no part.
    """
    rest = list(_read_pieces(message))
    open_tags: list[_Piece] = []
    parts = []
    while rest:
        size = _best_cut(rest, limit)
        part, open_tags = _close(open_tags, rest[:size])
        rest = rest[size:]
        if to_plain(part).strip():
            parts.append(part.strip())
    return parts


def to_plain(message: str) -> str:
    """Return the words of a Telegram HTML message without its tags; a link keeps its address in brackets."""
    words: list[str] = []
    addresses: list[str] = []
    for piece in _read_pieces(message):
        if piece.tag != "a":
            words.append(piece.shown)
        elif not piece.closes:
            addresses.append(_address(piece.source))
        elif addresses and (address := addresses.pop()):
            words.append(f" ({address})")
    return "".join(words)


def shown_width(message: str) -> int:
    """How many UTF-16 units Telegram shows of a message."""
    return sum(piece.width for piece in _read_pieces(message))


def _read_pieces(message: str) -> Iterator[_Piece]:
    for found in _PIECE.finditer(message):
        source = found.group()
        if found.group("name"):
            yield _Piece(source, "", tag=found.group("name").lower(), closes=bool(found.group("close")))
        else:
            yield _Piece(source, html.unescape(source))


def _best_cut(pieces: list[_Piece], limit: int) -> int:
    """How many pieces the next part takes: all, or up to the last of the best borders in its second half."""
    fitting = _count_fitting(pieces, limit)
    if fitting == len(pieces):
        return fitting
    shown = "".join(piece.shown for piece in pieces[: fitting + 1])
    best, best_at, seen = Border.NONE, fitting, 0
    for position, piece in enumerate(pieces[:fitting], start=1):
        seen += len(piece.shown)
        if not piece.shown or position < fitting // 2:
            continue
        border = _border_at(shown, seen)
        if border and border >= best:
            best, best_at = border, position
    return best_at


def _count_fitting(pieces: list[_Piece], limit: int) -> int:
    width = 0
    for count, piece in enumerate(pieces):
        width += piece.width
        if width > limit:
            return max(count, 1)
    return len(pieces)


def _border_at(shown: str, place: int) -> Border:
    before, after = shown[max(0, place - 2) : place], shown[place : place + 1]
    if before == "\n\n":
        return Border.PARAGRAPH
    if before.endswith("\n"):
        return Border.LINE if after != "\n" else Border.WORD
    if before[-1:].isspace():
        return Border.SENTENCE if before[:1] in _SENTENCE_ENDS else Border.WORD
    return Border.NONE if _belongs_to_letter(before[-1:], after) else Border.LETTER


def _belongs_to_letter(before: str, after: str) -> bool:
    """Whether a cut here would tear a vowel sign, virama or joiner off its letter."""
    if not after:
        return False
    joined = unicodedata.category(after).startswith("M") or after in _JOINERS
    return joined or before in _JOINERS


def _close(open_tags: list[_Piece], pieces: list[_Piece]) -> tuple[str, list[_Piece]]:
    """One part as text, with the tags open from before, and the tags it leaves open."""
    written = [tag.source for tag in open_tags]
    still_open = list(open_tags)
    for piece in pieces:
        written.append(piece.source)
        if not piece.tag:
            continue
        if not piece.closes:
            still_open.append(piece)
        elif still_open and still_open[-1].tag == piece.tag:
            still_open.pop()
    written += [f"</{tag.tag}>" for tag in reversed(still_open)]
    return "".join(written), still_open


def _address(tag: str) -> str:
    found = re.search(r'href="([^"]*)"', tag, re.I)
    return html.unescape(found.group(1)) if found else ""
