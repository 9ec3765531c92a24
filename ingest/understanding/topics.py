"""Proposes what a notice is about: by the phrase lists of `knowledge/data/understanding/topics.yaml`, and by meaning.

Either voice may propose a topic; what only `meaning.py` says is less sure, and is shown with its sentence. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.understanding.meaning import Meant
from ingest.understanding.notice import Notice
from ingest.understanding.phrase_lists import Hit, find_hits, names_of
from ingest.understanding.proposals import GUESSED, LIKELY, MEANT, SURE, WEAK, Basis, Proposal, nothing
from knowledge.vocabulary import Topic

LISTS = "topics"
_OUTRIGHT, _HINT = 1.5, 0.6  # points of a place in the main text
_IN_TITLE = 2.5  # times
_MOST_OF_A_LIST = 6.0
_ENOUGH = 1.5
_SURE = 3.0
_WORDS_SHOWN = 3  # for each topic


def propose_topics(
    notice: Notice, usual: Sequence[Topic] = (), meant: Sequence[Meant] = ()
) -> Proposal[tuple[Topic, ...]]:
    """Return the topics of a notice, the strongest first, with the words they rest on.

    `meant` are those that its meaning shows; what the phrase lists do not say comes last. `usual` are those that its
    source mostly has; they are proposed only where neither voice says anything, and marked so.
    """
    said = _by_phrases(notice)
    added = sorted((one for one in meant if one.topic not in said.value), key=lambda one: -one.likely)
    if said.value and said.confidence >= LIKELY:  # what is said outright is enough; meaning fills where it is not
        added = []
    if added:
        words = (*said.words, *(one.words for one in added))
        topics = (*said.value, *(one.topic for one in added))
        return Proposal(topics, MEANT, tuple(dict.fromkeys(words)), Basis.MEANING)
    if not said.value and usual:
        return Proposal(tuple(usual), WEAK, (), Basis.SOURCE)
    return said


def _by_phrases(notice: Notice) -> Proposal[tuple[Topic, ...]]:
    found = {topic: _hits(notice, topic) for topic in Topic}
    points = {topic: _points(notice, outright, hints) for topic, (outright, hints) in found.items()}
    chosen = tuple(sorted((topic for topic in Topic if points[topic] >= _ENOUGH), key=lambda topic: -points[topic]))
    if not chosen:
        return nothing(())
    words = (hit.words for topic in chosen for hit in [*found[topic][0], *found[topic][1]][:_WORDS_SHOWN])
    return Proposal(chosen, _confidence(points[chosen[-1]]), tuple(dict.fromkeys(words)))


def _hits(notice: Notice, topic: Topic) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    hint = f"{topic}_hint"
    return find_hits(notice, LISTS, topic), find_hits(notice, LISTS, hint) if hint in names_of(LISTS) else ()


def _points(notice: Notice, outright: Sequence[Hit], hints: Sequence[Hit]) -> float:
    """A phrase counts once however often it stands; in the title, said outright, it says more."""
    return _sum(notice, outright, _OUTRIGHT, _IN_TITLE) + min(_sum(notice, hints, _HINT, 1.0), _ENOUGH)


def _sum(notice: Notice, hits: Sequence[Hit], each: float, in_title: float) -> float:
    best: dict[str, float] = {}
    for hit in hits:
        worth = each * (in_title if notice.in_title(hit.start) else 1.0)
        key = hit.words.casefold()
        best[key] = max(best.get(key, 0.0), worth)
    return min(sum(best.values()), _MOST_OF_A_LIST)


def _confidence(points: float) -> float:
    return SURE if points >= 2 * _SURE else LIKELY if points >= _SURE else GUESSED
