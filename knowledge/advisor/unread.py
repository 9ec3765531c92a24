"""What it does to a reply that an offer was read from a picture or file, or could not be read in full. Pure.

Words that a machine read from a picture may be misread, so quotes of them are marked. And what could not be read may
say anything: finding nothing in the rest proves nothing, and no verdict is lowered by it.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.advisor.replies import FlagFound, ReadFrom, Reply
from knowledge.vocabulary import Kind, Verdict

SURELY_READ = 0.75  # what the reader says of its own certainty, from 0 to 1; below it single words are often wrong
NOT_ALL_READ = "not_all_read"  # the reason of a verdict; presenters word it


def mark_quotes(reply: Reply, typed: str, source: ReadFrom) -> Reply:
    """Return the reply with every quote that the person did not type themselves marked as read from `source`."""
    own = _fold(typed)
    return replace(reply, red_flags=tuple(_mark(flag, own, source) for flag in reply.red_flags))


def without_all_words(reply: Reply) -> Reply:
    """Return what may be said where a part could not be read: "nothing matches" becomes caution, the rest stays."""
    if reply.verdict is not Verdict.VERIFY:
        return reply
    return replace(reply, verdict=Verdict.CAUTION, reason=NOT_ALL_READ)


def says_nothing(reply: Reply) -> bool:
    """Whether a reply holds no answer but small talk, which must not stand in for a picture that was not read."""
    return reply.kind in (Kind.HELP, Kind.OFF_TOPIC)


def _mark(flag: FlagFound, own: str, source: ReadFrom) -> FlagFound:
    return flag if own and _fold(flag.quote) in own else replace(flag, read_from=source)


def _fold(words: str) -> str:
    return " ".join(words.split()).casefold()
