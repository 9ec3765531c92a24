"""Proposes how strongly a notice speaks: the English that `ingest/suggesting.py` reads, and the lists of all languages.

The strongest words win, except that "non-essential" and "the ban was lifted" soften what stands in the same sentence;
words of the title count before those of the main text.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ingest import suggesting
from ingest.understanding.notice import Notice, Sentence
from ingest.understanding.phrase_lists import Hit, find_hits
from ingest.understanding.proposals import GUESSED, LIKELY, SURE, Basis, Proposal
from ingest.understanding.validity import says_eased
from knowledge.vocabulary import AdvisoryKind, Severity, Topic

LISTS = "strength"
_READ_BY_SUGGESTING = {
    Severity.DO_NOT_GO: suggesting.DO_NOT_GO,
    Severity.LEAVE: suggesting.LEAVE,
    Severity.AVOID_NON_ESSENTIAL: suggesting.NON_ESSENTIAL,
}
# A notice of these that says nothing outright still warns: a warning too many costs less than one too few.
_DANGERS = frozenset(set(Topic) - {Topic.STUDENT, Topic.LABOUR_RIGHTS, Topic.DOMESTIC_WORK})
_STRONGEST_FIRST = (Severity.DO_NOT_GO, Severity.LEAVE, Severity.AVOID_NON_ESSENTIAL)


def propose_severity(notice: Notice, kind: AdvisoryKind, topics: Collection[Topic]) -> Proposal[Severity]:
    """Return how strongly a notice speaks. What merely informs, or eases, is a notice, and staff are asked to look."""
    if kind in suggesting.NO_WARNINGS:
        return Proposal(Severity.NOTICE, LIKELY, (), Basis.DERIVED)
    eased = says_eased(notice)
    found = {severity: _hits(notice, severity) for severity in _STRONGEST_FIRST}
    softer = [*eased, *found[Severity.AVOID_NON_ESSENTIAL]]
    found[Severity.DO_NOT_GO] = _outside(notice, found[Severity.DO_NOT_GO], softer)
    found[Severity.LEAVE] = _outside(notice, found[Severity.LEAVE], eased)
    for in_title in (True, False):
        for severity in _STRONGEST_FIRST:
            hits = [hit for hit in found[severity] if not in_title or notice.in_title(hit.start)]
            if hits:
                return Proposal(severity, GUESSED if eased else SURE if in_title else LIKELY, _words(hits))
    if eased:
        return Proposal(Severity.NOTICE, GUESSED, _words(eased))
    warned = find_hits(notice, LISTS, Severity.WARNING)
    if warned:
        return Proposal(Severity.WARNING, LIKELY, _words(warned))
    severity = Severity.WARNING if _DANGERS & {*topics} else Severity.NOTICE
    return Proposal(severity, GUESSED, (), Basis.DERIVED)


def _hits(notice: Notice, severity: Severity) -> list[Hit]:
    found = {hit.start: hit for hit in find_hits(notice, LISTS, severity)}
    for match in _READ_BY_SUGGESTING[severity].finditer(notice.text):
        found.setdefault(match.start(), Hit(match.start(), match.end(), match.group()))
    return [found[start] for start in sorted(found)]


def _outside(notice: Notice, hits: Sequence[Hit], softer: Sequence[Hit]) -> list[Hit]:
    """The hits whose sentence holds none of the softer words."""
    softened: set[Sentence] = {notice.sentence_at(hit.start) for hit in softer}
    return [hit for hit in hits if notice.sentence_at(hit.start) not in softened]


def _words(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.words for hit in hits))[:3]
