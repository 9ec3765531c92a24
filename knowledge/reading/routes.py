"""What part each named country plays: where the journey ends, where it stops, and what is named only by the way.

Decides from the words around a name (`knowledge/data/journeys.yaml`). When in doubt a country stays a destination: a
warning too many is a smaller harm than one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge.reading.mentions import CountryMention
from knowledge.reading.spelling import WORD_EDGE
from knowledge.yaml_files import read_yaml

_DATA = Path(__file__).parent.parent / "data"

HOME = "IN"
# How far around a name a word can still speak of it, in characters: about six words.
_REACH = 48
_CLAUSE_END = re.compile(r"[.!?।\n|;]")
_CLAUSE_START = re.compile(r"[.!?।\n|;:]")
_PLACE_KINDS = frozenset({"country", "city", "flag"})
_ARROW = re.compile(r"^[\s*_]*(?:[→➡⮕⇒⟶✈🛫🛬️>»]|[-–—=]+>|\.{2,}|[-–—]{1,2}(?=\s*$))[\s\S]{0,40}$")
# A case ending that stands as a word of its own between a name and the words that speak of it.
_ENDING = (
    "(?:(?:me|mein|main|m|se|ko|ka|ke|ki|la|il|lo|ma|में|से|को|का|के|की|ਚ|ਵਿੱਚ|ਤੋਂ|میں|سے|کو|کا|کے|کی|city|side|country) )?"
)


@dataclass(frozen=True)
class Journey:
    """The countries of a message by the part they play, each in the order of the message, none of them India."""

    ends: tuple[str, ...]
    stops: tuple[str, ...]
    passed: tuple[str, ...]  # those of `stops` that are only flown through: "via", "hoke"
    aside: tuple[str, ...]


def destinations(text: str, mentions: Sequence[CountryMention]) -> tuple[str, ...]:
    """The countries that the message is about, the end of the journey first, then stops where the person would stay.

    India, countries only flown through and countries named by the way (an agent from Dubai, a cousin in Canada) are
    left out as long as another country remains.
    """
    journey = read_journey(text, mentions)
    stays = [code for code in journey.stops if code not in journey.passed]
    return _unique([*journey.ends, *stays]) or _unique([*journey.stops, *journey.aside])


def stops(text: str, mentions: Sequence[CountryMention]) -> tuple[str, ...]:
    """The countries where the journey only stops on the way to another one, in order."""
    return read_journey(text, mentions).stops


def read_journey(text: str, mentions: Sequence[CountryMention]) -> Journey:
    """Sort the mentioned countries by the part they play. `mentions` are those of `find_countries(text)`."""
    abroad = [mention for mention in mentions if mention.code != HOME]
    if len({mention.code for mention in abroad}) < 2:
        return Journey(_unique(mention.code for mention in abroad), (), (), ())
    named = [mention for mention in abroad if _names_a_place(text, mention)]
    named = named or abroad
    parts = _parts(text, mentions)
    return _sort(named, parts, [mention.code for mention in abroad if mention not in named])


def _sort(named: Sequence[CountryMention], parts: Mapping[CountryMention, str], by_the_way: Iterable[str]) -> Journey:
    passed = _only(named, parts, {"via"})
    stopped = _only(named, parts, {"via", "stop"})
    aside = _only(named, parts, {"aside"})
    ends = [mention.code for mention in named if mention.code not in {*stopped, *aside}]
    if not ends:  # everything is a stop or named by the way: take the last stop as the end, else all that is aside
        ends = [stopped.pop()] if stopped else list(aside)
        aside = [code for code in aside if code not in ends]
    passed = [code for code in passed if code in stopped]
    return Journey(_unique(ends), _unique(stopped), _unique(passed), _unique([*aside, *by_the_way]))


def _only(named: Sequence[CountryMention], parts: Mapping[CountryMention, str], wanted: set[str]) -> list[str]:
    """Countries of which enough mentions play a wanted part.

    Half of them for a stop, if none is the end of a chain; all of them for what is named by the way.
    """
    codes = _unique(mention.code for mention in named if parts.get(mention) in wanted)
    played = {code: [parts.get(mention) for mention in named if mention.code == code] for code in codes}
    return [code for code in codes if _mostly(played[code], wanted)]


def _mostly(played: Sequence[str | None], wanted: set[str]) -> bool:
    if "aside" in wanted:
        return all(part in wanted for part in played)
    return "end" not in played and 2 * sum(part in wanted for part in played) >= len(played)


def _names_a_place(text: str, mention: CountryMention) -> bool:
    """A country, city or flag does; "Russian army" does; "Chinese company" and "45k baht" do not."""
    if mention.kind in _PLACE_KINDS:
        return True
    return mention.kind == "nationality" and _words().after_official.match(_after(text, mention)) is not None


def _parts(text: str, mentions: Sequence[CountryMention]) -> dict[CountryMention, str]:
    """The part each mention plays: "via", "stop", "aside", "end" (of a chain), or nothing."""
    places = [mention for mention in mentions if mention.kind in _PLACE_KINDS]
    parts: dict[CountryMention, str] = {}
    for place in places:
        part = _part_by_neighbours(text, place)
        if part and place.code != HOME:
            parts[place] = part
    for first, second in pairwise(places):
        if second.start > first.start:
            _join(text, first, second, parts)
    return parts


def _join(text: str, first: CountryMention, second: CountryMention, parts: dict[CountryMention, str]) -> None:
    gap = text[first.end : second.start]
    if HOME in (first.code, second.code) or first.code == second.code or len(gap) > _REACH:
        return
    if first in parts and second not in parts and _words().between_and.fullmatch(_plain(gap)):
        parts[second] = parts[first]
    elif _leads_on(gap):
        if parts.get(first) != "via":
            parts[first] = "stop"
        parts.setdefault(second, "end")


def _leads_on(gap: str) -> bool:
    words = _words()
    if _ARROW.match(gap) or words.between_from.fullmatch(_plain(gap)):
        return True
    return not re.search(r"[.!?।]\s", gap) and words.between_then.search(_spaced(gap)) is not None


def _part_by_neighbours(text: str, mention: CountryMention) -> str | None:
    words, before, after = _words(), _before(text, mention), _after(text, mention)
    if words.before_via.search(before) or words.after_via.match(after):
        return "stop" if words.staying.search(after) else "via"
    if words.before_other.search(before) or words.after_other.match(after):
        return "aside"
    if words.before_later.search(before) or words.after_later.match(after):
        return "aside"
    if words.after_first.match(after) or (words.before_first.search(before) and not words.before_ago.search(before)):
        return "stop"
    return None


def _before(text: str, mention: CountryMention) -> str:
    """What precedes a mention in its clause, spaces made plain."""
    start = max(0, mention.start - _REACH)
    return _spaced(_CLAUSE_START.split(text[start : mention.start])[-1]).strip() + " "


def _after(text: str, mention: CountryMention) -> str:
    return _spaced(_CLAUSE_END.split(text[mention.end : mention.end + _REACH])[0]).strip()


def _plain(gap: str) -> str:
    return _spaced(gap).strip()


def _spaced(text: str) -> str:
    return re.sub(r"[ \t*_\"'’()\[\]:,/-]+", " ", text).lower()


@dataclass(frozen=True)
class _Words:
    before_via: re.Pattern[str]
    after_via: re.Pattern[str]
    before_first: re.Pattern[str]
    after_first: re.Pattern[str]
    before_ago: re.Pattern[str]
    between_then: re.Pattern[str]
    between_from: re.Pattern[str]
    between_and: re.Pattern[str]
    before_other: re.Pattern[str]
    after_other: re.Pattern[str]
    before_later: re.Pattern[str]
    after_later: re.Pattern[str]
    after_official: re.Pattern[str]
    staying: re.Pattern[str]


@cache
def _words() -> _Words:
    return _Words(**{name: _compile(name, phrases) for name, phrases in read_yaml(_DATA / "journeys.yaml").items()})


def _compile(name: str, phrases: Iterable[str]) -> re.Pattern[str]:
    one_of = "|".join(_to_pattern(phrase) for phrase in phrases)
    if name.startswith("before_"):
        return re.compile(rf"{WORD_EDGE}(?:{one_of}) (?:the |to |in |at )?$")
    if name.startswith("after_"):
        return re.compile(rf"{_ENDING}(?:{one_of}){WORD_EDGE}")
    return re.compile(rf"{WORD_EDGE}(?:{one_of}){WORD_EDGE}")


def _to_pattern(phrase: str) -> str:
    return re.sub(r" ?~$", r"(?: \\S+){0,2}", phrase)


def _unique(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
