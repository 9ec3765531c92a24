"""The labelled claims: those written by hand (`own.jsonl`), and those made from our short sentences of each notice.

A claim is a sentence with the record it says it rests on, and whether that record supports it. Made are: the short
sentence of a record in each language (supported), that of another record (not), and the same with a figure changed or
a sum added (not). Those are measured against the record without its short sentences; those by hand, as in service.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from knowledge.advisor.guarding.sources import Source, source_of_advisory, source_of_rule
from knowledge.starter import STARTER_FOLDER, read_curated
from knowledge.vocabulary import Language

OWN = Path(__file__).parent / "own.jsonl"
SEED = 20261122


@dataclass(frozen=True)
class LabelledClaim:
    """One case. `kind` says how it was made; `half` is "choose" (thresholds) or "test" (figures)."""

    id: str
    language: Language
    source: Source
    words: str
    supported: bool
    kind: str
    half: str


def read_claims() -> list[LabelledClaim]:
    """All labelled claims, always the same ones."""
    sources = _sources()
    return [*_own(sources), *_made(sources)]


def _sources() -> dict[str, Callable[[Language], Source]]:
    """For each record what makes its source in a language."""
    curated = read_curated(STARTER_FOLDER)
    records = {record.id: partial(source_of_advisory, record, "S1") for record in curated.advisories}
    rules = {rule.id: partial(source_of_rule, rule, "S1") for rule in curated.rules}
    return {**records, **rules}


def _own(sources: Mapping[str, Callable[[Language], Source]]) -> Iterator[LabelledClaim]:
    for number, line in enumerate(OWN.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        half = ("choose", "test")[number % 2]
        record, language = sources[row["source"]], Language(row["lang"])
        source = record(language)
        yield LabelledClaim(row["id"], language, source, row["text"], row["supported"], row["kind"], half)


def _made(found: Mapping[str, Callable[[Language], Source]]) -> Iterator[LabelledClaim]:
    sources = {name: make(Language.ENGLISH) for name, make in found.items()}
    chance = random.Random(SEED)  # noqa: S311 - chooses cases
    curated = read_curated(STARTER_FOLDER)
    gists = {record.id: record.gist for record in (*curated.advisories, *curated.rules) if record.gist}
    names = sorted(gists)
    for number, name in enumerate(names):
        half = ("choose", "test")[number % 2]
        source = _without_gists(sources[name])
        for code, gist in sorted(gists[name].items()):
            language = Language(code)
            yield LabelledClaim(f"{name}/{code}", language, source, gist, True, "gist", half)
            other = chance.choice([n for n in names if code in gists[n] and _is_about_something_else(sources, name, n)])
            yield LabelledClaim(f"{name}/{code}/other", language, source, gists[other][code], False, "other", half)
            changed = _with_other_figure(gist, chance)
            if changed != gist:
                yield LabelledClaim(f"{name}/{code}/figure", language, source, changed, False, "figure", half)
            yield LabelledClaim(
                f"{name}/{code}/sum", language, source, _with_sum(gist, chance), False, "added sum", half
            )


def _is_about_something_else(sources: dict[str, Source], name: str, other: str) -> bool:
    here, there = sources[name], sources[other]
    if here.is_rule or there.is_rule:
        return here.is_rule != there.is_rule or not set(here.topics) & set(there.topics)
    return not set(here.countries) & set(there.countries) or not set(here.topics) & set(there.topics)


def _with_other_figure(gist: str, chance: random.Random) -> str:
    return re.sub(
        r"\d[\d,]*", lambda found: str(int(found.group().replace(",", "")) + chance.randint(1, 9)), gist, count=1
    )


def _with_sum(gist: str, chance: random.Random) -> str:
    return f"{gist.rstrip('.।۔ ')}, ₹{chance.randint(11, 99) * 1000 + 250:,}."


def _without_gists(source: Source) -> Source:
    return replace(source, gists=())
