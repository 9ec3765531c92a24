"""Keeps numbers in one piece where the words around them run from right to left. Pure.

Between Arabic letters the parts of a number such as 1800-11-3090 are shown in the opposite order (Unicode bidirectional
algorithm, rules W2 and W4): somebody would call a wrong line. An isolate keeps them together.
"""

from __future__ import annotations

import re

_ISOLATE, _END = "\u2066", "\u2069"  # left-to-right isolate, pop directional isolate
_NUMBER = re.compile(r"(?<!\w)[₹+(]{0,2}\d[\d,.\-–/ ()+₹]*\d\)?|₹\d")
_KEPT = re.compile(r"(<[^>]*>|\u2066[^\u2069]*\u2069)")  # tags, and what is isolated already


def isolate_numbers(html: str) -> str:
    """Put each number of more than one part into a left-to-right isolate; tags and their addresses stay as they are."""
    pieces = _KEPT.split(html)
    return "".join(piece if piece.startswith(("<", _ISOLATE)) else _NUMBER.sub(_wrap, piece) for piece in pieces)


def _wrap(found: re.Match[str]) -> str:
    return f"{_ISOLATE}{found.group()}{_END}"
