"""What the meaning of a message may add to what the rules found. Pure; it can raise, and can never lower.

Meaning alone names a red flag with the sentence it rests on, and makes `caution` of a `verify`. It makes no `danger`:
that needs words a rule can point at, or a warning. Who is in need by the meaning of the whole message gets help first,
whatever else the message is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from knowledge.advisor.routing import Route
from knowledge.meaning.reader import Meaning
from knowledge.reading.red_flags import ShownFlag, shown_words
from knowledge.verdicts import Judgement, Reason
from knowledge.vocabulary import Kind, Stage, Verdict


def flags_by_meaning(meaning: Meaning, by_rules: Iterable[ShownFlag]) -> tuple[ShownFlag, ...]:
    """The flags that only the meaning shows, each with its sentence, contacts masked."""
    known = {flag.code for flag in by_rules}
    return tuple(ShownFlag(code, shown_words(words)) for code, words in meaning.flags.items() if code not in known)


def raise_by_meaning(judgement: Judgement | None, felt: tuple[ShownFlag, ...]) -> Judgement | None:
    """A verdict with the flags of the meaning: `verify` becomes `caution`, all else stays."""
    if judgement is None or not felt or judgement.verdict is not Verdict.VERIFY:
        return judgement
    return Judgement(Verdict.CAUTION, Reason.SOME_FLAG, judgement.warnings)


def route_by_meaning(route: Route, meaning: Meaning, *, names_place: bool = False) -> Route:
    """A route with what the meaning adds: need is seen, what seemed off topic is answered, a later stage is seen.

    `names_place` says that the message names a country abroad: there is where somebody in need is.
    """
    if meaning.emergency:
        stage = Stage.ABROAD if names_place else route.stage
        return replace(route, kind=Kind.EMERGENCY, stage=stage, despair=route.despair or meaning.despair)
    kind, stage = route.kind, route.stage
    if kind is Kind.OFF_TOPIC and "offer" in meaning.kinds:
        kind = Kind.ASSESSMENT
    elif kind is Kind.OFF_TOPIC and "procedure" in meaning.kinds:
        kind = Kind.ANSWER
    if stage is Stage.BEFORE_PAYING:  # what the rules take where nothing tells the stage
        stage = next((later for name, later in _LATER_STAGES.items() if name in meaning.stages), stage)
    return replace(route, kind=kind, stage=stage)


# The furthest first.
_LATER_STAGES = {
    "abroad_trapped": Stage.ABROAD,
    "at_airport": Stage.AT_AIRPORT,
    "visa_issued": Stage.VISA_ISSUED,
    "paid": Stage.PAID,
}
