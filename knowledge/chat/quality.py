"""How good a language model's words were: what is measured of one reply, its score, and whether staff look at it. Pure.

Nothing of a person's message is in here: figures, the ids of records, and the sentences that the guards let through.
What they kept back is counted and not held, since it may repeat what a person wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.advisor.guarding.guard import Checked, Passed, Refusal
from knowledge.advisor.guarding.support import Support
from knowledge.advisor.replies import Reply
from knowledge.reading.languages import detect_language
from knowledge.vocabulary import Kind, Language, Verdict

LOWEST_SHARE = 1 / 20  # of a model's replies: the worst of them are looked at by staff …
RANDOM_SHARE = 1 / 20  # … and as many of the others, or nobody would learn what the score does not see
_WRONG_LANGUAGE = 0.5  # what the score is multiplied by
_LEFT_OUT = 0.5


class Listed(StrEnum):
    """Why staff are asked to look at a reply."""

    LOW = "low"
    RANDOM = "random"


@dataclass(frozen=True)
class Quality:
    """How one reply that a model worded did.

    `said` counts the model's sentences, `refused` those kept back by reason; `shown` are the others. `least_near` and
    `least_shared` are the weakest support among the shown (None: not measured). `left_out`: sentences were kept back
    because all together they left out what must be said of a notice. `score` is None where nothing was shown.
    """

    language: Language
    kind: Kind
    verdict: Verdict | None
    records: tuple[str, ...]
    said: int
    refused: Mapping[str, int]
    shown: tuple[str, ...]
    least_near: float | None
    least_shared: float | None
    left_out: bool
    right_language: bool
    seconds: float
    score: float | None

    @property
    def characters(self) -> int:
        """How long the shown sentences are."""
        return sum(map(len, self.shown))


def measure(reply: Reply, checked: Checked, *, most_shown: int, seconds: float) -> Quality:
    """Measure what a model said for a reply. `seconds`: how long it took; `most_shown`: how many sentences are shown.

    Takes the outcome of the guards and not the message, so that nothing of it can get in here.
    """
    shown = checked.passed[:most_shown]
    words = tuple(one.words for one in shown)
    left_out = Refusal.OMISSION in checked.refused
    right_language = is_in(words, reply.language)
    return Quality(
        language=reply.language,
        kind=reply.kind,
        verdict=reply.verdict,
        records=tuple(dict.fromkeys(source.id for one in shown for source in one.sources)),
        said=len(checked.passed) + len(checked.refused),
        refused=dict(Counter(refusal.value for refusal in checked.refused)),
        shown=words,
        least_near=min((one.support.near for one in shown if one.support.near is not None), default=None),
        least_shared=min((one.support.shared for one in shown), default=None),
        left_out=left_out,
        right_language=right_language,
        seconds=seconds,
        score=_score(shown, checked, reply.language, left_out=left_out, right_language=right_language),
    )


def is_in(words: Sequence[str], language: Language) -> bool:
    """Whether sentences are written in a language, as far as that can be told: a few names alone are in any."""
    found = detect_language("\n".join(words))
    return found.supported and found.language in (None, language)


def why_listed(quality: Quality, *, others: int, as_low: int, chance: float) -> Listed | None:
    """Whether staff look at a reply: among the lowest, or by chance.

    `others` counts the model's other scored replies that are kept, `as_low` those of them with a score no higher;
    `chance` is drawn evenly from 0 to 1. A reply of which nothing was shown has nothing to look at.
    """
    if quality.score is None:
        return None
    if as_low < max(1.0, others * LOWEST_SHARE):
        return Listed.LOW
    return Listed.RANDOM if chance < RANDOM_SHARE else None


def _score(
    shown: Sequence[Passed], checked: Checked, language: Language, *, left_out: bool, right_language: bool
) -> float | None:
    """From 0 to 1: the support of the weakest sentence, less where guards had much to keep back or a rule was broken.

    Half of an answer kept back takes a quarter away: what passed was said by a model that also said the rest.
    """
    if not shown:
        return None
    weakest = min(_strength(one.support, language) for one in shown)
    kept_back = len(checked.refused) / (len(checked.passed) + len(checked.refused))
    factors = (_LEFT_OUT if left_out else 1.0) * (1.0 if right_language else _WRONG_LANGUAGE)
    return max(0.0, min(1.0, weakest * (1 - kept_back / 2) * factors))


def _strength(support: Support, language: Language) -> float:
    """What counts as support: words are shared within English alone; across languages nearness speaks by itself."""
    if support.near is None:
        return support.shared
    return min(support.near, support.shared) if language is Language.ENGLISH else support.near
