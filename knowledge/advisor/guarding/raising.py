"""Whether a model's plea for a higher verdict holds. One step at most, on a warning, for words that were written. Pure.

A false alarm harms too: whoever can make a model cry danger at honest offers teaches people to overhear it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from knowledge.advisor.citing import showable
from knowledge.advisor.guarding.claims import Claim, Plea
from knowledge.advisor.guarding.guard import Guard
from knowledge.advisor.guarding.sources import Source
from knowledge.advisor.replies import Inquiry, Reply, Told
from knowledge.masking import mask
from knowledge.reading.folding import fold
from knowledge.verdicts import Reason
from knowledge.vocabulary import Severity, Verdict

FEWEST_QUOTED = 8  # characters of the message that a plea must point at
LEAST_NEAR_TO_MESSAGE = 0.3


def raise_by_plea(plea: Plea, inquiry: Inquiry, reply: Reply, sources: Mapping[str, Source], guard: Guard) -> Reply:
    """The reply with the higher verdict and its reason, or the reply as it was."""
    source = sources.get(plea.token)
    if source is None or reply.verdict is None or not _is_next(plea.verdict, reply.verdict):
        return reply
    if not (_is_warning_for(source, reply) and _is_written(plea.quote, inquiry.text)):
        return reply
    if not guard.is_near(plea.quote, source, LEAST_NEAR_TO_MESSAGE):
        return reply
    if guard.refuse(Claim(plea.because, (plea.token,)), sources, reply.language) is not None:
        return reply
    reason = Reason.DESTINATION_WARNED if reply.countries else Reason.SOME_FLAG
    because = Told(plea.because, reply.language, (source.id,))
    told = (because, *(one for one in reply.told if one != because))
    return replace(reply, verdict=plea.verdict, reason=str(reason), told=told)


def _is_next(asked: Verdict, given: Verdict) -> bool:
    """Only from verify to caution: danger rests on a sign that the rules themselves have seen."""
    return (given, asked) == (Verdict.VERIFY, Verdict.CAUTION)


def _is_warning_for(source: Source, reply: Reply) -> bool:
    if source.is_rule or source.severity in (None, Severity.NOTICE):
        return False
    return bool(set(source.countries) & set(reply.countries))


def _is_written(quote: str, message: str) -> bool:
    """Whether the words stand in the message as the model was shown it."""
    words = " ".join(fold(showable(quote)).split())
    return len(words) >= FEWEST_QUOTED and words in " ".join(fold(showable(mask(message))).split())
