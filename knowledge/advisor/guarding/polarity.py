"""Whether a sentence tells people to do what its record warns of, or denies what its record says. Pure.

Records mostly forbid. Words that overlap with a ban are not support for the deed, so both are looked at for denial.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from knowledge.advisor.guarding.word_lists import LETTER, compile_words, load
from knowledge.reading.folding import fold


def turns_round(words: str, supporting: Iterable[str]) -> bool:
    """Whether the sentence says the contrary of every one of the sentences that support it.

    An action that the words name without denial must stand somewhere without denial; a denial must stand somewhere too.
    """
    folded, others = fold(words), [fold(sentence) for sentence in supporting]
    if _denies_plainly(folded):
        return not any(_denies_plainly(other) for other in others)
    if denies(folded):
        return not any(denies(other) for other in others)
    for action in find_actions(folded):
        plain = [clause for other in others for clause in _clauses(other) if action in find_actions(clause)]
        if not any(not denies(clause) for clause in plain):
            return True
    return False


def denies(folded: str) -> bool:
    """Whether a word of denial or warning stands in a folded text."""
    return bool(_denial().search(folded) or _denial_inside().search(folded))


def _denies_plainly(folded: str) -> bool:
    """Whether something is denied or forbidden; words that only tell of harm do not count."""
    return bool(_plain_denial().search(folded) or _denial_inside().search(folded))


def find_actions(folded: str) -> frozenset[str]:
    """The actions that a folded text speaks of, such as paying or going."""
    return frozenset(action for action, pattern in _actions().items() if pattern.search(folded))


def _clauses(folded: str) -> list[str]:
    return [part for part in re.split(r"[.;:!?]|, (?:but|and)\b", folded) if part.strip()]


@cache
def _denial() -> re.Pattern[str]:
    return compile_words(entry for entries in load("denial")["words"].values() for entry in entries)


@cache
def _plain_denial() -> re.Pattern[str]:
    return compile_words(entry for entries in load("denial")["plain"].values() for entry in entries)


@cache
def _denial_inside() -> re.Pattern[str]:
    """What Dravidian languages put at the end of a verb to deny it."""
    endings = {fold(entry) for entries in load("denial")["inside"].values() for entry in entries}
    return re.compile(rf"(?:{'|'.join(map(re.escape, sorted(endings)))})(?!{LETTER})")


@cache
def _actions() -> dict[str, re.Pattern[str]]:
    return {action: compile_words(entries) for action, entries in load("actions").items()}
