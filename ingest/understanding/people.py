"""Proposes whom a notice warns, by the phrase lists of `knowledge/data/understanding/people.yaml`. Pure."""

from __future__ import annotations

from ingest.understanding.notice import Notice
from ingest.understanding.phrase_lists import find_hits
from ingest.understanding.proposals import GUESSED, LIKELY, Proposal, Who, nothing

LISTS = "people"


def propose_who(notice: Notice) -> Proposal[tuple[Who, ...]]:
    """Return the people whom a notice warns, those of the title first, with the words that name them."""
    found = {who: hits for who in Who if (hits := find_hits(notice, LISTS, who))}
    if not found:
        return nothing(())
    in_title = {who for who, hits in found.items() if any(notice.in_title(hit.start) for hit in hits)}
    ordered = tuple(sorted(found, key=lambda who: (who not in in_title, found[who][0].start)))
    words = tuple(dict.fromkeys(found[who][0].words for who in ordered))
    return Proposal(ordered, LIKELY if in_title or len(found) == 1 else GUESSED, words)
