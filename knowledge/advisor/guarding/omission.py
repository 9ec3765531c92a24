"""Whether what is said on a notice leaves out what must be said of it. Pure."""

from __future__ import annotations

import re
from functools import cache

from knowledge.advisor.guarding.sources import Source
from knowledge.advisor.guarding.word_lists import compile_words, load
from knowledge.reading.folding import fold
from knowledge.vocabulary import Severity, Topic

_GRAVE = (Topic.ARMY_RECRUITMENT, Topic.CYBER_SCAM_COMPOUND)
_STAY_AWAY = (Severity.DO_NOT_GO, Severity.LEAVE)


def find_omitted(words: str, source: Source) -> tuple[str, ...]:
    """The names of the facts that all the words on this source together leave out."""
    folded = fold(words)
    return tuple(fact for fact in must_mention(source) if not _pattern(fact).search(folded))


def must_mention(source: Source) -> tuple[str, ...]:
    """What words on this source must say: that it is about war or captivity, that it says to stay away."""
    facts = [topic.value for topic in _GRAVE if topic in source.topics and not source.is_rule]
    return (*facts, "stay_away") if source.severity in _STAY_AWAY else tuple(facts)


@cache
def _pattern(fact: str) -> re.Pattern[str]:
    return compile_words(load("omission")[fact])
