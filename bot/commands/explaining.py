"""Shows every step of a reply in the terminal, for `satark check --explain`."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from knowledge.advisor.advisor import Explanation
from knowledge.reading.money import Sum


def print_explanation(steps: Explanation, console: Console) -> None:
    """Print what was read, found, searched and judged, in the order in which it happened."""
    offer, reply = steps.offer, steps.reply
    _table(
        console,
        "1. Read",
        [
            ("as the rules see it", offer.copy.folded.replace("\n", " / ")),
            ("destinations", ", ".join(offer.destinations) or "none"),
            ("stops", ", ".join(offer.stops) or "none"),
            ("places", ", ".join(f"{mention.words} → {mention.code}" for mention in offer.mentions) or "none"),
            ("sums", "; ".join(_describe(sum_) for sum_ in offer.sums) or "none"),
            ("work", ", ".join(sorted(offer.work)) or "none"),
            ("licence number", offer.licence or "none"),
            ("visas", ", ".join(offer.visas) or "none"),
            ("contacts", ", ".join(offer.contacts) or "none"),
            ("deadline", offer.deadline or "none"),
            ("links", ", ".join(offer.links) or "none"),
        ],
    )
    _table(console, "2. Red flags", [(flag.code, flag.quote) for flag in steps.flags])
    route = steps.route
    _table(
        console,
        "3. Kind of message",
        [
            ("kind", route.kind),
            ("subjects", ", ".join(route.subjects) or "none"),
            ("stage", route.stage),
            ("language", reply.language),
        ],
    )
    _table(console, "4. Search", [(f"{hit.score:.3f} {hit.advisory}", hit.text) for hit in steps.hits])
    warnings = steps.warnings
    _table(
        console,
        "5. Warnings of the destination",
        [
            ("pattern shown", ", ".join(record.id for record in warnings.matching) or "none"),
            ("work covered", ", ".join(record.id for record in warnings.covering) or "none"),
            ("do not go, or leave", ", ".join(record.id for record in warnings.stay_away) or "none"),
        ],
    )
    judgement = steps.judgement
    verdict = f"{judgement.verdict} because {judgement.reason}" if judgement else "no verdict for this kind of message"
    _table(console, "6. Verdict", [("verdict", verdict)])


def _describe(sum_: Sum) -> str:
    period = f" a {sum_.period}" if sum_.period else ""
    return f"{sum_.amount:,.0f} {sum_.currency}{period} as {sum_.purpose} (about ₹{sum_.inr:,.0f})"


def _table(console: Console, title: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table(title=title, title_justify="left", show_header=False, expand=False)
    for name, value in rows:
        table.add_row(escape(_visible(name)), escape(_visible(value)))
    console.print(table)


def _visible(words: str) -> str:
    """The words without what could steer the terminal; the joiners of Indic scripts stay."""
    return "".join(letter for letter in str(words) if letter.isprintable() or letter in "\n\u200c\u200d")
