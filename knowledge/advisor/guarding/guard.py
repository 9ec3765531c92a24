"""The ordered checks of a model's sentences. The first that refuses one decides; in doubt a sentence is refused. Pure.

A sentence that passes is still worded by the presenter as our summary of a record, beside the record's name and link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.advisor.guarding.claims import Claim
from knowledge.advisor.guarding.letters import is_plain_writing
from knowledge.advisor.guarding.names import Vocabulary, names_others
from knowledge.advisor.guarding.numbers import figures_stand_in
from knowledge.advisor.guarding.omission import find_omitted
from knowledge.advisor.guarding.orders import orders_payment
from knowledge.advisor.guarding.polarity import turns_round
from knowledge.advisor.guarding.reassurance import gives_standing, reassures
from knowledge.advisor.guarding.sources import Source
from knowledge.advisor.guarding.support import MeasuresNearness, Support, is_supported, measure_support
from knowledge.vocabulary import Language


class Refusal(StrEnum):
    """Why a sentence is not shown."""

    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a token of a record, no secret
    NOT_PLAIN_WRITING = "not_plain_writing"
    REASSURANCE = "reassurance"
    STANDING = "standing"
    ORDER = "order"
    FIGURE = "figure"
    NAME = "name"
    UNSUPPORTED = "unsupported"
    TURNED_ROUND = "turned_round"
    OMISSION = "omission"


@dataclass(frozen=True)
class Passed:
    """A sentence that may be shown, the records that it rests on, and how far they support it."""

    words: str
    sources: tuple[Source, ...]
    support: Support


class Guard:
    """Checks claims against their records. `nearness` is None where there is no embedding model."""

    def __init__(self, vocabulary: Vocabulary, nearness: MeasuresNearness | None) -> None:
        self._vocabulary = vocabulary
        self._nearness = nearness

    def check(self, claims: Sequence[Claim], sources: Mapping[str, Source], language: Language) -> Checked:
        """Sort the claims into those that may be shown and the reasons for which the others may not."""
        passed: list[Passed] = []
        refused: list[Refusal] = []
        for claim in claims:
            judged = self._judge(claim, sources, language)
            if isinstance(judged, Passed):
                passed.append(judged)
            else:
                refused.append(judged)
        whole = _without_omissions(passed)
        refused += [Refusal.OMISSION] * (len(passed) - len(whole))
        return Checked(tuple(whole), tuple(refused))

    def is_near(self, words: str, source: Source, least: float) -> bool:
        """Whether words of a person speak of what a record is about; never without an embedding model."""
        return self._nearness is not None and max(self._nearness.nearness(words, source.supports)) >= least

    def refuse(self, claim: Claim, sources: Mapping[str, Source], language: Language) -> Refusal | None:
        """The first reason for which one claim may not be shown, or None."""
        judged = self._judge(claim, sources, language)
        return None if isinstance(judged, Passed) else judged

    def _judge(self, claim: Claim, sources: Mapping[str, Source], language: Language) -> Refusal | Passed:
        if not set(claim.tokens) <= set(sources):
            return Refusal.UNKNOWN_TOKEN
        cited = [sources[token] for token in claim.tokens]
        if not is_plain_writing(claim.words, language):
            return Refusal.NOT_PLAIN_WRITING
        if reassures(claim.words):
            return Refusal.REASSURANCE
        record = "\n".join(source.words_of_record for source in cited)
        if gives_standing(claim.words, record):
            return Refusal.STANDING
        if orders_payment(claim.words, cited):
            return Refusal.ORDER
        if not all(figures_stand_in(claim.words, record, source.date) for source in cited):
            return Refusal.FIGURE
        countries = {country for source in cited for country in source.countries}
        if names_others(claim.words, record, countries, self._vocabulary):
            return Refusal.NAME
        support = measure_support(claim.words, cited, self._nearness)
        if not is_supported(support, language):
            return Refusal.UNSUPPORTED
        if turns_round(claim.words, support.sentences):
            return Refusal.TURNED_ROUND
        return Passed(claim.words, tuple(cited), support)


@dataclass(frozen=True)
class Checked:
    """What is left of an answer, and why the rest is not."""

    passed: tuple[Passed, ...]
    refused: tuple[Refusal, ...]


def _without_omissions(passed: Sequence[Passed]) -> list[Passed]:
    """Without the sentences on a notice that leave out, all together, what must be said of it."""
    omitting = set()
    for source in {source.id: source for one in passed for source in one.sources}.values():
        words = " ".join(one.words for one in passed if source in one.sources)
        if find_omitted(words, source):
            omitting.add(source.id)
    return [one for one in passed if not omitting & {source.id for source in one.sources}]
