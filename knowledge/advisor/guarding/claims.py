"""Reads what a model answered into typed claims. Strict: what is not exactly the agreed form is no answer. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from knowledge.vocabulary import Verdict

MOST_CHARACTERS = 20_000  # of a whole answer; the longest honest one in any script has about 6,000
MOST_CLAIMS = 6
_FENCED = re.compile(r"\A```(?:json)?\s*\n(.*)\n```\Z", re.DOTALL)
_TOKEN = re.compile(r"S\d{1,2}")


class UnreadableAnswer(ValueError):
    """The model's answer is not the JSON that was asked for."""


@dataclass(frozen=True)
class Claim:
    """One sentence of the model and the tokens of the records that it says it rests on."""

    words: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Plea:
    """The model asks for a higher verdict: why, resting on which record, and for which words of the message."""

    verdict: Verdict
    because: str
    token: str
    quote: str


@dataclass(frozen=True)
class Answer:
    """What a model answered. A plea is only a plea: `raising` decides.

    `answered` is whether the sources answer the question, as the model sees it; `silence` decides what that is worth.
    """

    claims: tuple[Claim, ...]
    plea: Plea | None = None
    answered: bool = True


def parse_answer(text: str) -> Answer:
    """Read an answer. Raises `UnreadableAnswer`."""
    return _read(read_json(text))


def read_json(text: str) -> Any:
    """Read the JSON of an answer, which may stand in a code block. Raises `UnreadableAnswer`."""
    if len(text) > MOST_CHARACTERS:
        raise UnreadableAnswer("too long")
    stripped = text.strip()
    fenced = _FENCED.match(stripped)
    try:
        return json.loads(fenced[1] if fenced else stripped, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswer(type(error).__name__) from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A field that is given twice says two things."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise UnreadableAnswer("a field twice")
    return dict(pairs)


def _read(content: Any) -> Answer:
    fields = _fields(content, {"claims"}, {"raise", "answered"})
    claims, plea, answered = fields["claims"], fields.get("raise"), fields.get("answered", True)
    if not isinstance(claims, list) or len(claims) > MOST_CLAIMS:
        raise UnreadableAnswer("claims")
    if not isinstance(answered, bool):
        raise UnreadableAnswer("answered")
    return Answer(
        tuple(_read_claim(claim) for claim in claims),
        _read_plea(plea) if plea is not None else None,
        answered,
    )


def _read_claim(content: Any) -> Claim:
    fields = _fields(content, {"text", "sources"}, set())
    tokens = fields["sources"]
    if not isinstance(tokens, list) or not 0 < len(tokens) <= 3:
        raise UnreadableAnswer("sources")
    return Claim(_text(fields["text"]), tuple(_token(token) for token in tokens))


def _read_plea(content: Any) -> Plea:
    fields = _fields(content, {"to", "because", "source", "quote"}, set())
    try:
        verdict = Verdict(_text(fields["to"]))
    except ValueError:
        raise UnreadableAnswer("verdict") from None
    return Plea(verdict, _text(fields["because"]), _token(fields["source"]), _text(fields["quote"]))


def _fields(content: Any, needed: set[str], allowed: set[str]) -> dict[str, Any]:
    if not isinstance(content, dict) or not needed <= set(content) <= needed | allowed:
        raise UnreadableAnswer("fields")
    return content


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UnreadableAnswer("text")
    return value.strip()


def _token(value: Any) -> str:
    token = _text(value)
    if not _TOKEN.fullmatch(token):
        raise UnreadableAnswer("token")
    return token
