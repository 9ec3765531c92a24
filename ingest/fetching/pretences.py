"""Recognises answers that are no page although their status says 200: error pages, stubs, log-ins, puzzles. Pure.

It looks at addresses, titles and at how little text there is; a full notice is never taken for a stub because of a word
in it. (MEA's notices end in a comment form with a "Verification Code".)
"""

from __future__ import annotations

import html
import re
import string
from enum import StrEnum
from urllib.parse import urlsplit

LOOKED_AT = 400_000  # bytes
LITTLE_TEXT = 700  # characters a stub or puzzle has at most; the shortest notices seen have more, beside their menus
HARDLY_ANY_TEXT = 80  # characters of an application that is built only in the browser

_ERROR_NAME = re.compile(
    r"(?i)(?:error|errors|error-?page|(?:page|file)-?not-?found|not-?found|404|500)(?:-hi)?(?:\.\w+)?"
)
_ERROR_TITLE = re.compile(
    r"(?i)^\W*(?:error\W*)?(?:40[034]|500|page (?:can ?not|could not) be found|(?:page|file) not found|not found|"
    r"server error|runtime error|internal server error|service unavailable|error(?: page)?)\b"
)
_PUZZLE = re.compile(
    r"(?i)\b(?:captcha|are you (?:a )?human|not a robot|verify (?:that )?you are|human verification|"
    r"unusual traffic|checking your browser|just a moment|ddos protection)\b"
)
_STUB = re.compile(
    r"(?i)\b(?:enable (?:java ?script|cookies)|"
    r"(?:java ?script|cookies) (?:is|are|must be|to be) (?:disabled|required|enabled)|"
    r"requires? (?:java ?script|a (?:modern|supported|newer) browser)|"
    r"(?:browser|javascript)[- ](?:is )?(?:required|requirement)|"
    r"unsupported browser|browser (?:is )?not supported|(?:upgrade|update) your browser)\b"
)
_KEPT_OUT = re.compile(
    r"(?i)\b(?:(?<!consular )access (?:is |has been )?denied|request (?:was |has been )?(?:rejected|blocked)|"
    r"you have been blocked|attention required|incident id|support id|the requested url was rejected)\b"
)
_LOGIN = re.compile(r"(?i)\b(?:log ?in|sign ?in)\b")
_PASSWORD = re.compile(r"(?i)<input\b[^<>]{0,500}\btype\s*=\s*[\"']?password\b")
_HAS_SCRIPT = re.compile(r"(?i)<script\b")
_SHOWS_SOMETHING = re.compile(r"(?i)<(?:img|a|iframe|object|embed)\b[^<>]{0,2000}\b(?:href|src|data)\s*=")
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)  # keeps every letter in its place
_SILENT = ("script", "style", "template", "svg", "title")  # their content is no text of the page


class Pretence(StrEnum):
    """What an answer is instead of a page."""

    ERROR_PAGE = "error_page"
    NEEDS_BROWSER = "needs_browser"
    CAPTCHA = "captcha"
    LOGIN = "login"
    KEPT_OUT = "kept_out"


def is_error_address(path: str) -> bool:
    """Whether a path is that of a site's error page, such as MEA's `/error.htm`."""
    return _ERROR_NAME.fullmatch(path.rstrip("/").rpartition("/")[2]) is not None


def find_pretence(page: bytes, asked_for: str, final_address: str) -> Pretence | None:
    """Return what an HTML answer really is, or None where it is a page."""
    if is_error_address(urlsplit(final_address).path):
        return Pretence.ERROR_PAGE
    markup = page[:LOOKED_AT].decode("utf-8", errors="replace")
    title, text = _title(markup), visible_text(markup)
    little = len(text) <= LITTLE_TEXT
    if little and _ERROR_TITLE.search(title or text):
        return Pretence.ERROR_PAGE
    if little:
        return _judge_little(f"{title} {text}", text, markup)
    sent_to_login = asked_for != final_address and _LOGIN.search(title) and _PASSWORD.search(markup)
    return Pretence.LOGIN if sent_to_login else None


def visible_text(markup: str) -> str:
    """The text of a page without markup and scripts, white space made even. Takes time in proportion to the length."""
    pieces: list[str] = []
    at, lowered = 0, markup.translate(_ASCII_LOWER)
    while (opens := markup.find("<", at)) >= 0:
        pieces.append(markup[at:opens])
        at = _end_of_mark(markup, lowered, opens)
    pieces.append(markup[at:])
    return " ".join(html.unescape(" ".join(pieces)).split())


def _end_of_mark(markup: str, lowered: str, opens: int) -> int:
    """Where a comment, a tag, or an element whose content is no text, ends. Unclosed ones reach to the end."""
    if markup.startswith("<!--", opens):
        return _after(markup, "-->", opens)
    for name in _SILENT:
        if (
            lowered.startswith(f"<{name}", opens)
            and not lowered[opens + len(name) + 1 : opens + len(name) + 2].isalnum()
        ):
            return _after(markup, ">", _after(lowered, f"</{name}", opens) - 1)
    return _after(markup, ">", opens)


def _after(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return found + len(mark) if found >= 0 else len(text)


def _title(markup: str) -> str:
    lowered = markup.translate(_ASCII_LOWER)
    start = lowered.find("<title")
    if start < 0:
        return ""
    opened = _after(markup, ">", start)
    return html.unescape(
        markup[opened : lowered.find("</title", opened)] if "</title" in lowered[opened:] else ""
    ).strip()


def _judge_little(words: str, text: str, markup: str) -> Pretence | None:
    if _PASSWORD.search(markup):
        return Pretence.LOGIN
    if _PUZZLE.search(words):
        return Pretence.CAPTCHA
    if _STUB.search(words):
        return Pretence.NEEDS_BROWSER
    if _KEPT_OUT.search(words):
        return Pretence.KEPT_OUT
    empty_shell = len(text) <= HARDLY_ANY_TEXT and _HAS_SCRIPT.search(markup) and not _SHOWS_SOMETHING.search(markup)
    return Pretence.NEEDS_BROWSER if empty_shell else None
