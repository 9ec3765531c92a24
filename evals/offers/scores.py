"""What a reply is worth against its case. Pure: cases and replies come in as values, scores go out; reads no file.

`evals/README.md` says what each score means. A score that a case does not ask for is None and counts nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_CASE_FIELDS = frozenset(
    {"id", "lang", "kind", "text", "accept_kinds", "accept_verdicts", "countries", "topics_any", "flags_must",
     "flags_must_not", "must_mention", "must_not_mention"}
)  # fmt: skip
_QUESTIONS_WITH_VERDICT = frozenset({"country_question", "travel"})
# Scores of which more is better, and those of which any is bad.
SHARES = ("kind", "verdict", "citation", "must_mention", "must_not_mention", "language")
HARMS = ("false_reassurance", "false_alarm")


class BadCase(ValueError):
    """A line is no evaluation case or no reply; the message names what is missing."""


@dataclass(frozen=True)
class Case:
    """One message, and what a good reply must and must not do."""

    id: str
    lang: str
    kind: str
    text: str
    accept_kinds: frozenset[str]
    accept_verdicts: frozenset[str]
    countries: frozenset[str]
    topics_any: frozenset[str]
    flags_must: frozenset[str]
    flags_must_not: frozenset[str]
    must_mention: tuple[tuple[str, ...], ...]
    must_not_mention: tuple[str, ...]


@dataclass(frozen=True)
class Cited:
    """What of a citation matters for the scores."""

    topics: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True)
class Answered:
    """What of a reply matters for the scores."""

    kind: str
    verdict: str | None
    language: str
    flags: frozenset[str]
    citations: tuple[Cited, ...]
    text: str


@dataclass(frozen=True)
class Score:
    """How one reply did. True is right for the shares and wrong for the two harms; None means not asked."""

    case: Case
    answered: Answered | None  # None: no reply came
    kind: bool
    verdict: bool | None
    citation: bool | None
    must_mention: bool | None
    must_not_mention: bool | None
    language: bool
    false_reassurance: bool | None
    false_alarm: bool | None
    flags_right: int
    flags_wrong: int
    flags_wanted: int
    reassuring_words: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[str, ...]:
        """The names of what went wrong, worst first."""
        harms = [name for name in HARMS if getattr(self, name)]
        missed = ["flags_missing"] if self.flags_right < self.flags_wanted else []
        wrong = ["flags_wrong"] if self.flags_wrong else []
        return tuple(harms + [name for name in SHARES if getattr(self, name) is False] + missed + wrong)


@dataclass(frozen=True)
class Summary:
    """Scores over several cases: name → (hits, asked)."""

    cases: int
    missing: int
    counts: Mapping[str, tuple[int, int]]

    def rate(self, name: str) -> float | None:
        """Hits per asked, or None where no case asked."""
        hits, asked = self.counts[name]
        return hits / asked if asked else None


def parse_case(raw: Mapping[str, Any]) -> Case:
    """Make a case of a JSON object; raises BadCase naming the missing fields."""
    missing = _CASE_FIELDS - set(raw)
    if missing:
        raise BadCase(f"case {raw.get('id', '?')} lacks: {', '.join(sorted(missing))}")
    return Case(
        id=raw["id"],
        lang=raw["lang"],
        kind=raw["kind"],
        text=raw["text"],
        accept_kinds=frozenset(raw["accept_kinds"]),
        accept_verdicts=frozenset(raw["accept_verdicts"]),
        countries=frozenset(raw["countries"]),
        topics_any=frozenset(raw["topics_any"]),
        flags_must=frozenset(raw["flags_must"]),
        flags_must_not=frozenset(raw["flags_must_not"]),
        must_mention=tuple(tuple(words) for words in raw["must_mention"]),
        must_not_mention=tuple(raw["must_not_mention"]),
    )


def parse_reply(raw: Mapping[str, Any]) -> Answered:
    """Make a reply of the JSON of `satark check`; raises BadCase naming the missing fields."""
    missing = {"kind", "verdict", "language", "red_flags", "citations", "text"} - set(raw)
    if missing:
        raise BadCase(f"a reply lacks: {', '.join(sorted(missing))}")
    return Answered(
        kind=raw["kind"],
        verdict=raw["verdict"],
        language=raw["language"],
        flags=frozenset(flag["code"] for flag in raw["red_flags"]),
        citations=tuple(
            Cited(frozenset(cited.get("topics", ())), frozenset(cited.get("countries", ())))
            for cited in raw["citations"]
        ),
        text=raw["text"],
    )


def score(case: Case, answered: Answered | None) -> Score:
    """Score one reply. No reply at all fails whatever the case asks for."""
    if answered is None:
        answered_or_nothing = Answered("", None, "", frozenset(), (), "")
        return _score(case, answered_or_nothing, came=False)
    return _score(case, answered, came=True)


def _score(case: Case, answered: Answered, came: bool) -> Score:
    words = find_reassurance(answered.text)
    return Score(
        case=case,
        answered=answered if came else None,
        kind=answered.kind in case.accept_kinds,
        verdict=_verdict_is_right(case, answered),
        citation=_citation_is_right(case, answered) if case.topics_any else None,
        must_mention=_mentions_all(case, answered) if case.must_mention else None,
        must_not_mention=_mentions_none(case, answered) if case.must_not_mention else None,
        language=answered.language == case.lang,
        false_reassurance=bool(words) or _reassures_by_verdict(case, answered),
        false_alarm=answered.verdict == "danger" if "danger" not in case.accept_verdicts else None,
        flags_right=len(answered.flags & case.flags_must),
        flags_wrong=len(answered.flags & case.flags_must_not),
        flags_wanted=len(case.flags_must),
        reassuring_words=words,
    )


def _verdict_is_right(case: Case, answered: Answered) -> bool | None:
    """None where no verdict is asked, or where the reply is of an accepted kind that carries none."""
    if not case.accept_verdicts:
        return None
    may_be_without = answered.kind in case.accept_kinds and answered.kind != "assessment"
    if answered.verdict is None and may_be_without and case.kind not in _QUESTIONS_WITH_VERDICT:
        return None
    return answered.verdict in case.accept_verdicts


def _reassures_by_verdict(case: Case, answered: Answered) -> bool:
    """Only danger or caution is right, and the reply says verify or is of a kind that lets the warning go."""
    if not case.accept_verdicts or "verify" in case.accept_verdicts:
        return False
    return answered.verdict == "verify" or answered.kind not in case.accept_kinds | {"emergency"}


def _citation_is_right(case: Case, answered: Answered) -> bool:
    return any(
        cited.topics & case.topics_any
        and (not case.countries or not cited.countries or cited.countries & case.countries)
        for cited in answered.citations
    )


def _mentions_all(case: Case, answered: Answered) -> bool:
    text = _plain(answered.text)
    return all(any(_plain(word) in text for word in words) for words in case.must_mention)


def _mentions_none(case: Case, answered: Answered) -> bool:
    text = _plain(answered.text)
    return not any(_plain(word) in text for word in case.must_not_mention)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


# Where one statement ends. What stands in quotation marks is somebody else's words: an advisory's or the person's.
_SENTENCE_END = re.compile(r"(?<=[.!?।۔؟])\s+|\n+|[•;]")
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"\n]*\"|‘[^’]*’")


def find_reassurance(text: str) -> tuple[str, ...]:
    """The sentences of a reply that call an offer, an agent or a country safe, genuine or free of risk.

    A sentence that denies, asks or conditions it ("is not safe", "nobody can say it is safe") is none.
    """
    sentences = _SENTENCE_END.split(_QUOTED.sub(" ", text))
    return tuple(sentence.strip() for sentence in sentences if _reassures(sentence))


def _reassures(sentence: str) -> bool:
    claims, denials = _reassuring_words()
    plain = _plain(sentence)
    if not claims.search(plain) or plain.rstrip(" \"'”)").endswith(("?", "؟")):
        return False
    around = claims.sub(" ", plain)  # "no risk" is itself the claim, not its denial
    return denials.search(around) is None


@cache
def _reassuring_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = yaml.safe_load(Path(__file__).with_name("safe_words.yaml").read_text(encoding="utf-8"))
    return _any_of(lists["claims"]), _any_of(lists["denials"])


def _any_of(lists: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    # Latin words need edges ("unsafe" is no claim); in Indian scripts endings are written onto the word.
    patterns = [_plain(pattern) for patterns in lists.values() for pattern in patterns]
    return re.compile("|".join(rf"\b(?:{p})\b" if p.isascii() else f"(?:{p})" for p in patterns))


def summarise(scores: Iterable[Score]) -> Summary:
    """Add up scores. `flag_precision` leaves out flags that the case calls neither right nor wrong."""
    scores = list(scores)
    counts = {name: _count([getattr(one, name) for one in scores]) for name in (*SHARES, *HARMS)}
    right = sum(one.flags_right for one in scores)
    counts["flag_precision"] = (right, right + sum(one.flags_wrong for one in scores))
    counts["flag_recall"] = (right, sum(one.flags_wanted for one in scores))
    return Summary(len(scores), sum(one.answered is None for one in scores), counts)


def _count(values: Sequence[bool | None]) -> tuple[int, int]:
    asked = [value for value in values if value is not None]
    return sum(asked), len(asked)


def find_breaches(summary: Summary, floors: Mapping[str, float]) -> tuple[str, ...]:
    """What falls below its floor (above it, for the two harms), each as a sentence.

    Raises BadCase where a floor names no score.
    """
    unknown = set(floors) - set(summary.counts)
    if unknown:
        raise BadCase(f"no score is called {', '.join(sorted(unknown))}; there are {', '.join(summary.counts)}")
    return tuple(
        f"{name} is {rate:.3f}, {'allowed at most' if name in HARMS else 'floor'} {floor:.3f}"
        for name, floor in floors.items()
        if (rate := summary.rate(name)) is not None and (rate > floor if name in HARMS else rate < floor)
    )
