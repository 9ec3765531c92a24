"""Decides which countries a notice is about, from the part that each named country plays in it. Pure.

A mission's seat, the Government of India, a country only flown through, the seat of an agent and a comparison are
named, and not warned of. The words that tell stand in `knowledge/data/understanding/countries.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from ingest.understanding.notice import Notice
from ingest.understanding.phrase_lists import fold_pattern
from ingest.understanding.proposals import GUESSED, LIKELY, SURE, WEAK, Basis, Proposal, nothing
from ingest.understanding.times import DATA
from knowledge.reading.countries import CountryMention, find_countries
from knowledge.reading.folding import fold
from knowledge.reading.places import load_places
from knowledge.reading.spelling import script_of, split_words
from knowledge.yaml_files import read_yaml_strings

HOME = "IN"
_REACH = 70  # characters before a name that can still speak of it
_AFTER = 45  # characters after it
_TOUCHING = re.compile(
    r"[\s,،/&()–-]*"
    r"(?:(?:and|or|as well as|aur|और|तथा|एवं|या|و|اور|ഉം|மற்றும்|మరియు|এবং|અને|आणि|ਅਤੇ|ಮತ್ತು|ଏବଂ)(?!\w))?"
    r"[\s,/&(]*(?:(?:to|in|into|at)\s)?(?:the\s)?",
    re.IGNORECASE,
)
# What is no running text: addresses of pages and of people.
_ADDRESSES = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|\S+\[at\]\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:gov|nic|com|org|net|in)(?:\.\w+)?(?:/\S*)?"
)
_HOST_MISSION = re.compile(
    r"(?:^|\.)(?:eoi|hci|cgi|embassyofindia|indianembassy|indembassy|indemb|indiainn?|indianconsulate|ahci)[-.]?([a-z]+)"
)


class Part(StrEnum):
    """What part a named country plays at one place of the text."""

    WAR = "war"
    WARNED = "warned"
    NAMED = "named"
    OFFICIAL = "official"
    PASSING = "passing"
    SEAT = "seat"
    COMPARED = "compared"
    NEIGHBOUR = "neighbour"
    RETURNED = "returned"
    BILATERAL = "bilateral"
    LETTERHEAD = "letterhead"
    PEOPLE = "people"


# Points of one mention. Found by trying them on the starter records; only their order matters much.
_POINTS: Mapping[Part, float] = {
    Part.WAR: 2.4,
    Part.WARNED: 1.6,
    Part.NAMED: 0.8,
    Part.OFFICIAL: 0.4,
    Part.BILATERAL: 0.3,
    Part.NEIGHBOUR: 0.3,
    Part.RETURNED: 0.3,
    Part.PASSING: 0.1,
    Part.SEAT: 0.1,
    Part.LETTERHEAD: 0.1,
    Part.PEOPLE: 0.1,
    Part.COMPARED: 0.0,
}
_IN_TITLE = 3.0  # times
_MOST = 8.0  # points; repeating a name does not make it more
_ENOUGH = 1.5
_ENOUGH_BESIDE_A_TITLE = 2.4
_SHARE = 0.2  # of the points of the strongest country
_FOR_ITS_MISSION = 0.8
_ALONE = 0.5  # enough where no country has more


@dataclass(frozen=True)
class Played:
    """One mention of a country with the part it plays."""

    mention: CountryMention
    part: Part
    in_title: bool

    @property
    def points(self) -> float:
        """How much this mention says that the notice is about the country."""
        return _POINTS[self.part] * (_IN_TITLE if self.in_title else 1.0)


def propose_countries(notice: Notice, issuer: str | None, address: str | None) -> Proposal[tuple[str, ...]]:
    """Return the countries that the notice is about, the strongest first, with the words that name them.

    Where the text names none, the seat of the mission that speaks is proposed, and the proposal says so. A notice that
    speaks of no country at all is a general one.
    """
    played = tuple(find_parts(notice))
    seat = mission_country(issuer, address) or _letterhead_country(played)
    points = _add_up(played, seat)
    chosen = _choose(points, {one.mention.code for one in played if one.in_title and one.points >= _ENOUGH})
    if not chosen:
        return _propose_seat(seat, played, issuer)
    words = tuple(dict.fromkeys(_best_words(played, code) for code in chosen))
    weakest = min(points[code] for code in chosen)
    confidence = SURE if weakest >= 2 * _ENOUGH else LIKELY if weakest >= _ENOUGH else GUESSED
    return Proposal(chosen, confidence, words)


def find_parts(notice: Notice) -> Iterator[Played]:
    """Tell for every country named in a notice, India left out, what part it plays there."""
    readable = _ADDRESSES.sub(lambda found: " " * len(found.group()), notice.text)
    mentions = [one for one in _mentions(readable) if one.code != HOME]
    before: Played | None = None
    for mention in mentions:
        chained = before is not None and _TOUCHING.fullmatch(readable, before.mention.end, mention.start)
        same_place = before is not None and before.mention.start == mention.start
        part = _part(readable, mention)
        if before is not None and (same_place or (chained and part is Part.NAMED)):
            part = before.part
        before = Played(mention, part, notice.in_title(mention.start))
        yield before
    yield from _groups(notice)


def mission_country(issuer: str | None, address: str | None) -> str | None:
    """The country where the mission that issues a notice sits, by its name, else by its site; None for a ministry."""
    for one in find_countries(issuer or ""):
        if one.code != HOME:
            return one.code
    match = _HOST_MISSION.search((urlsplit(address).hostname or "") if address else "")
    if match is None:
        return None
    return next((one.code for one in find_countries(match[1].capitalize()) if one.code != HOME), None)


def _mentions(text: str) -> Iterator[CountryMention]:
    """Names as they are written: official words are spelt right, so a misspelling is another word."""
    for one in find_countries(text):
        if one.kind not in ("flag", "domain", "currency") and (one.kind == "nationality" or _is_exact(one)):
            yield one


def _is_exact(mention: CountryMention) -> bool:
    words = [word.text for word in split_words(mention.words)]
    if not words or script_of(words[0]) != "latin":
        return True
    key = fold(words[0])
    return key in load_places().latin and (mention.words[:1].isupper() or mention.words[:1].isdigit())


def _part(text: str, mention: CountryMention) -> Part:
    sentence_start = max(text.rfind(sign, 0, mention.start) for sign in (". ", "\n\n", "। ", "۔ ", "? ", "! ")) + 1
    before = fold(text[max(sentence_start, mention.start - _REACH) : mention.start]).replace("\n", " ")
    after = fold(re.split(r"[.!?।۔](?:\s|$)|\n\n", text[mention.end : mention.end + _AFTER])[0]).replace("\n", " ")
    for part in (Part.LETTERHEAD, Part.COMPARED, Part.PASSING, Part.SEAT, Part.NEIGHBOUR):
        if _precedes(part, before) or _follows(part, after):
            return part
    if mention.kind == "nationality":
        return _part_of_people(after)
    if _follows(Part.OFFICIAL, after):
        return Part.OFFICIAL
    for part in (Part.BILATERAL, Part.WAR, Part.RETURNED, Part.WARNED):
        if _precedes(part, before):
            return part
    return Part.WARNED if _follows(Part.WARNED, after) else Part.NAMED


def _part_of_people(after: str) -> Part:
    first = after.split()[:1]
    if first and first[0].strip(",.") in _raw()["foreign_people"]:
        return Part.PEOPLE
    return Part.WARNED if _follows(Part.WARNED, after) and not _follows(Part.OFFICIAL, after) else Part.OFFICIAL


def _precedes(part: Part, words: str) -> bool:
    pattern = _lists()["before"].get(part)
    return pattern is not None and pattern.search(words) is not None


def _follows(part: Part, words: str) -> bool:
    pattern = _lists()["after"].get(part)
    return pattern is not None and pattern.match(words) is not None


def _groups(notice: Notice) -> Iterator[Played]:
    for group in _raw()["groups"].values():
        for words in group["words"]:
            for found in re.finditer(rf"(?<!\w){re.escape(fold(words))}(?!\w)", notice.plain.folded):
                start = notice.plain.origins[found.start()]
                end = notice.plain.ends[found.end() - 1] + 1
                for code in group["codes"]:
                    mention = CountryMention(code, start, end, notice.text[start:end], "country")
                    yield Played(mention, Part.NAMED, notice.in_title(start))


def _letterhead_country(played: Sequence[Played]) -> str | None:
    return next((one.mention.code for one in played if one.part is Part.LETTERHEAD), None)


def _add_up(played: Iterable[Played], seat: str | None) -> dict[str, float]:
    points: dict[str, float] = {}
    for one in played:
        points[one.mention.code] = min(_MOST, points.get(one.mention.code, 0.0) + one.points)
    speaking = {Part.WARNED, Part.NAMED, Part.OFFICIAL, Part.RETURNED, Part.NEIGHBOUR}
    if seat is not None and any(one.part in speaking for one in played if one.mention.code == seat):
        points[seat] += _FOR_ITS_MISSION
    return points


def _choose(points: Mapping[str, float], in_title: set[str]) -> tuple[str, ...]:
    most = max(points.values(), default=0.0)
    enough = _ENOUGH_BESIDE_A_TITLE if in_title else _ENOUGH
    chosen = [code for code, sum_ in points.items() if sum_ >= max(enough, _SHARE * most) or code in in_title]
    if not chosen and most >= _ALONE:
        chosen = [code for code, sum_ in points.items() if sum_ >= max(_ALONE, most - 0.01)]
    return tuple(sorted(chosen, key=lambda code: -points[code]))


def _propose_seat(seat: str | None, played: Sequence[Played], issuer: str | None) -> Proposal[tuple[str, ...]]:
    if seat is None:
        return nothing(())
    words = tuple(one.mention.words for one in played if one.mention.code == seat)[:1]
    if words:
        return Proposal((seat,), GUESSED, words)
    return Proposal((seat,), WEAK if issuer is None else GUESSED, (), Basis.PAGE)


def _best_words(played: Sequence[Played], code: str) -> str:
    own = [one for one in played if one.mention.code == code]
    return max(own, key=lambda one: one.points).mention.words


@cache
def _raw() -> Any:
    return read_yaml_strings(DATA / "countries.yaml")


@cache
def _lists() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Patterns by the side of the name and the part. One before a name must reach up to it."""
    sides: dict[str, dict[str, re.Pattern[str]]] = {"before": {}, "after": {}}
    for side, parts in sides.items():
        for part, patterns in _raw()[side].items():
            joined = "|".join(fold_pattern(pattern) for pattern in patterns)
            parts[part] = re.compile(rf"(?<!\w)(?:{joined})$" if side == "before" else rf"(?:{joined})")
    return sides
