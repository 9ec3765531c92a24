"""What a model's sentence may rest on: one cited record with its token and all that it says. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from knowledge.records import AdvisoryRecord, RuleRecord
from knowledge.vocabulary import Language, Severity, Topic


@dataclass(frozen=True)
class Source:
    """One record as the model sees it. `token` stands for it and for its link; no address is ever handed out.

    `sentences` are what the record says in its own language, `gists` our short sentences in the person's language and
    in English; `words_of_record` is all of it together with issuer, title and day.
    """

    token: str
    id: str
    is_rule: bool
    issuer: str
    title: str | None
    date: dt.date | None
    date_precision: str
    countries: tuple[str, ...]
    topics: tuple[Topic, ...]
    severity: Severity | None
    sentences: tuple[str, ...]
    gists: tuple[str, ...]

    @cached_property
    def words_of_record(self) -> str:
        """Everything the record says, for looking up words, numbers and names."""
        return "\n".join([*self.sentences, *self.gists, self.issuer, self.title or ""])

    @cached_property
    def supports(self) -> tuple[str, ...]:
        """The sentences that can support a claim."""
        return (*self.sentences, *self.gists)


def source_of_advisory(record: AdvisoryRecord, token: str, language: Language) -> Source:
    """A notice as a source."""
    return Source(
        token=token,
        id=record.id,
        is_rule=False,
        issuer=record.issuer,
        title=record.title,
        date=record.date,
        date_precision=record.date_precision,
        countries=record.countries,
        topics=record.topics,
        severity=record.severity,
        sentences=record.facts,
        gists=_gists(record.gist.get(language.value), record.gist.get("en")),
    )


def source_of_rule(rule: RuleRecord, token: str, language: Language) -> Source:
    """A rule of law as a source."""
    return Source(
        token=token,
        id=rule.id,
        is_rule=True,
        issuer=rule.issuer,
        title=rule.title,
        date=rule.date,
        date_precision="day" if rule.date else "unknown",
        countries=rule.countries,
        topics=rule.topics,
        severity=None,
        sentences=(rule.text.strip(),),
        gists=_gists(rule.gist.get(language.value), rule.gist.get("en")),
    )


def _gists(*gists: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(gist for gist in gists if gist))
