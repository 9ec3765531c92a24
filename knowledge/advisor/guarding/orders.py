"""Whether a sentence says that a sum must be paid, which no notice does. Pure.

Notices tell what others were made to pay; what may be charged by law stands in a rule. A notice that seems to ask for
money was tampered with or misread, so the record itself is no excuse here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from re import Pattern

from knowledge.advisor.guarding.numbers import find_figures
from knowledge.advisor.guarding.sources import Source
from knowledge.advisor.guarding.word_lists import compile_words, load
from knowledge.reading.folding import fold

_SMALLEST_SUM = 100.0  # a number without a currency beside it, smaller than this, counts people or days


def orders_payment(words: str, cited: Iterable[Source]) -> bool:
    """Whether a sentence that rests on a notice names a sum and says that it has to be paid."""
    if all(source.is_rule for source in cited):
        return False
    folded = fold(words)
    return bool(_orders().search(folded)) and _names_sum(folded)


def _names_sum(folded: str) -> bool:
    return any(figure.unit not in ("", "%") or figure.value >= _SMALLEST_SUM for figure in find_figures(folded))


@cache
def _orders() -> Pattern[str]:
    return compile_words(entry for entries in load("orders").values() for entry in entries)
