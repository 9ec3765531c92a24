"""Compares language models side by side and writes `docs/results-models.md`: what each makes of the same messages.

    make evals MODEL=openai:one,ollama:other                                  # the shared development cases
    make evals MODEL=openai:one CASES=evals/offers/own_dev.jsonl

Every model is asked through `satark check --batch`, behind the same limits and guards as in service, with a copy of the
store, so that what is counted here is counted nowhere else; what the guards did is read from that copy. Scoring lives
in `evals/offers/scores.py`; here is only the running, adding up and showing.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine, delete, select

from evals.offers.evaluate import BatchFailed, ask, read_cases, write_failures
from evals.offers.scores import BadCase, Case, Summary, parse_reply, score, summarise
from knowledge.chat.factory import build_limited_model
from knowledge.chat.quality import Quality
from knowledge.chat.quality_store import ToldQuality, list_qualities
from knowledge.chat.usage import NAME_LENGTH, ChatUsage, MemoryUsage, Used, cost_in_dollars
from knowledge.chat_model import ChatMessage, ChatModelFailed, ChatModelUnavailable, Failure
from knowledge.database import DatabaseUnavailable, build_engine, has_database, read_session, upgrade, write_session
from knowledge.settings import BadSettings, Settings, read_settings

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "results-models.md"
RESULTS = HERE.parent / "build" / "results" / "models"
SECTION = "## Language models"
WITHOUT = "none"
# Of a day in service; a comparison is asked for, and its limit is the number of cases.
_MANY_CALLS = 1_000_000
_PROBE = [ChatMessage("user", 'Answer with exactly this JSON object: {"claims": [], "raise": null}')]
_ADVICE = {
    Failure.REFUSED: "It refused the key or does not know this name: check CHAT_MODEL_KEY and MODEL.",
    Failure.UNREACHABLE: "Nothing answers at its address: check CHAT_MODEL_URL, and that its server runs.",
    Failure.TIME_OUT: "It took longer than CHAT_TIMEOUT_S: check that it is loaded, or allow it more seconds.",
    Failure.RATE_LIMITED: "Its provider allows no more calls now: try again later.",
}
console = Console(width=None if sys.stdout.isatty() else 140)


class CannotCompare(Exception):
    """Nothing can be compared; the message says why and what to do."""


@dataclass(frozen=True)
class Measured:
    """What one model made of the cases. `used` and `qualities` are empty without a model."""

    model: str
    summary: Summary
    used: Used
    qualities: tuple[Quality, ...]


def compare(
    models: Annotated[str, typer.Argument(help="Names with commas between, such as openai:one,ollama:other.")],
    cases: Annotated[str, typer.Option(help="Files of cases with commas between.")] = "",
    page: Annotated[Path, typer.Option(help="The page that is written.")] = PAGE,
    results: Annotated[Path, typer.Option(help="Folder for the replies and failures of each model.")] = RESULTS,
) -> None:
    """Measure the replies without a model and with each of the named ones. Exit code 2: nothing could be measured."""
    files = [Path(name) for name in _split(cases)] or [HERE / "offers" / "dev.jsonl"]
    try:
        settings = read_settings()
        wanted = read_cases(files, set())
        names = [name for name in dict.fromkeys(_split(models)) if name != WITHOUT]
        if not names:
            raise CannotCompare("Name a model: make evals MODEL=openai:NAME")
        for name in names:
            probe(settings, name)
        rows = measure_all(settings, names, wanted, results, page, files)
    except (CannotCompare, BadCase, BadSettings, BatchFailed, DatabaseUnavailable, OSError) as problem:
        console.print(f"[red]Cannot compare:[/red] {escape(str(problem))}", soft_wrap=True)
        raise typer.Exit(2) from None
    _show(rows)
    console.print(f"Written: {page}")


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


# --- asking ---


def measure_all(
    settings: Settings, names: Sequence[str], cases: Sequence[Case], results: Path, page: Path, files: Sequence[Path]
) -> list[list[str]]:
    """Measure without a model and with each; the page is written after each, lest a late failure cost the others.

    Returns the rows of the page. Raises `CannotCompare` and `BatchFailed`.
    """
    price = settings.chat_model_price if len(names) == 1 else None  # one price cannot be that of several models
    measured = [measure(settings, WITHOUT, cases, results)]
    for name in names:
        measured.append(measure(settings, name, cases, results))
        write_page(page, measured, files, price)
    return lay_out(measured, price)


def probe(settings: Settings, name: str) -> None:
    """Ask a model one small thing. Raises `CannotCompare`, so that no table of zeros is made of a wrong key."""
    own = settings.model_copy(update={"chat_model": name, "chat_calls_per_day": _MANY_CALLS})
    try:
        model = build_limited_model(own, MemoryUsage(), lambda: dt.datetime.now(dt.UTC))
        if model is not None:
            model.ask(_PROBE)
    except ChatModelUnavailable as problem:
        raise CannotCompare(str(problem)) from None
    except ChatModelFailed as failed:
        advice = _ADVICE.get(failed.reason, "It answered something that its own client cannot read.")
        raise CannotCompare(f"{name} gave no answer ({failed.reason.value}). {advice}") from None


def measure(settings: Settings, model: str, cases: Sequence[Case], results: Path) -> Measured:
    """Ask every case with one model, or with `none`, and read what the guards did. Raises `CannotCompare`."""
    console.print(f"{model}: {len(cases)} cases")
    own = results / re.sub(r"[^A-Za-z0-9.-]+", "-", model)
    with tempfile.TemporaryDirectory() as folder:
        engine = copy_store(settings, Path(folder))
        environment = {
            "CHAT_MODEL": model,
            "CHAT_CALLS_PER_DAY": str(_MANY_CALLS),
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        }
        replies = ask(cases, own, environment)
        used, qualities = _read_store(engine, model)
        engine.dispose()
    scores = [score(case, parse_reply(replies[case.id]) if case.id in replies else None) for case in cases]
    write_failures(scores, own)
    require_answers(model, used)
    return Measured(model, summarise(scores), used, qualities)


def require_answers(model: str, used: Used) -> None:
    """Raise `CannotCompare` where a model was asked nothing or answered nothing: no table of zeros is made of that."""
    if model == WITHOUT:
        return
    if used.calls == 0:
        raise CannotCompare(f"{model} was asked nothing: none of these cases has a reply that a model words.")
    if used.failures >= used.calls:
        raise CannotCompare(f"{model} gave no answer to any of {used.calls} calls, though it answered a first one.")


def copy_store(settings: Settings, folder: Path) -> Engine:
    """Copy the store with its records, without what models were used for; a database that is no SQLite starts anew."""
    engine = build_engine(settings.resolved_database_url)
    target = folder / "satark.sqlite3"
    if engine.dialect.name == "sqlite" and has_database(engine):
        with engine.connect() as connection:  # the driver's own cursor: inside a transaction this is not possible
            connection.connection.cursor().execute("VACUUM INTO ?", (str(target),))
    engine.dispose()
    copy = build_engine(f"sqlite:///{target}")
    upgrade(copy)
    with write_session(copy) as session:
        session.execute(delete(ChatUsage))
        session.execute(delete(ToldQuality))
    return copy


def _read_store(engine: Engine, model: str) -> tuple[Used, tuple[Quality, ...]]:
    with read_session(engine) as session:
        rows = session.scalars(select(ChatUsage).where(ChatUsage.model == model[:NAME_LENGTH])).all()
        used = Used(*(sum(getattr(row, name) for row in rows) for name in vars(Used())))
        return used, list_qualities(session, model)


# --- showing ---


def lay_out(measured: Sequence[Measured], price: tuple[float, float] | None) -> list[list[str]]:
    """Return the table: a row of headings, then a row for each figure with a cell for each model. Pure."""
    lines = [["", *(one.model for one in measured)]]
    for name, figure in _FIGURES.items():
        lines.append([name, *(figure(one) for one in measured)])
    costs = [cost_in_dollars(one.used, price) if one.model != WITHOUT else None for one in measured]
    lines.append(["cost", *(f"${cost:.4f}" if cost is not None else "–" for cost in costs)])
    return lines


def _scored(name: str) -> Callable[[Measured], str]:
    def figure(one: Measured) -> str:
        hits, asked = one.summary.counts[name]
        return f"{hits} of {asked}" if asked else "–"

    return figure


def _told(one: Measured) -> str:
    return _of_model(one, f"{sum(bool(quality.shown) for quality in one.qualities)} of {one.summary.cases}")


def _shown(one: Measured) -> str:
    shown = sum(len(quality.shown) for quality in one.qualities)
    return _of_model(one, f"{shown} of {sum(quality.said for quality in one.qualities)}")


def _refused(one: Measured) -> str:
    refused = sum((Counter(quality.refused) for quality in one.qualities), Counter[str]())
    reasons = ", ".join(f"{reason} {count}" for reason, count in refused.most_common())
    return _of_model(one, reasons or "none")


def _unreadable(one: Measured) -> str:
    """What was kept back whole without a sentence having been checked."""
    checked = sum(bool(quality.said) and sum(quality.refused.values()) == quality.said for quality in one.qualities)
    return _of_model(one, str(max(0, one.used.guarded - checked)))


def _near(one: Measured) -> str:
    return _mean_and_least([quality.least_near for quality in one.qualities if quality.least_near is not None])


def _shared(one: Measured) -> str:
    english = [quality for quality in one.qualities if quality.language.value == "en"]
    return _mean_and_least([quality.least_shared for quality in english if quality.least_shared is not None])


def _mean_and_least(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.2f}, least {min(values):.2f}" if values else "–"


def _other_language(one: Measured) -> str:
    told = [quality for quality in one.qualities if quality.shown]
    return f"{sum(not quality.right_language for quality in told)} of {len(told)}" if told else "–"


def _seconds(one: Measured) -> str:
    times = sorted(quality.seconds for quality in one.qualities)
    return f"{_rank(times, 0.5):.1f} / {_rank(times, 0.95):.1f}" if times else "–"


def _rank(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of sorted values."""
    return values[max(0, math.ceil(share * len(values)) - 1)]


def _calls(one: Measured) -> str:
    return _of_model(one, f"{one.used.calls}, {one.used.failures} without answer")


def _tokens(one: Measured) -> str:
    return _of_model(one, f"{one.used.input_tokens} / {one.used.output_tokens}")


def _of_model(one: Measured, figure: str) -> str:
    return "–" if one.model == WITHOUT else figure


_FIGURES: dict[str, Callable[[Measured], str]] = {
    "false reassurance": _scored("false_reassurance"),
    "false alarm": _scored("false_alarm"),
    "verdict right": _scored("verdict"),
    "must mention": _scored("must_mention"),
    "in the language of the message": _scored("language"),
    "replies with sentences of the model": _told,
    "sentences shown, of those said": _shown,
    "sentences kept back, by reason": _refused,
    "answers that could not be used at all": _unreadable,
    "weakest sentence of a reply: nearness to its record, mean": _near,
    "weakest sentence of an English reply: share of its words, mean": _shared,
    "replies with sentences in another language": _other_language,
    "seconds an answer took, p50 / p95": _seconds,
    "calls": _calls,
    "tokens in / out": _tokens,
}


def _show(rows: Sequence[Sequence[str]]) -> None:
    table = Table(*rows[0], box=box.SIMPLE_HEAD)
    for row in rows[1:]:
        table.add_row(*row)
    console.print(table)


def write_page(
    page: Path, measured: Sequence[Measured], files: Sequence[Path], price: tuple[float, float] | None
) -> None:
    """Write the comparison, and into `results.md` beside it where it is to be found."""
    rows = lay_out(measured, price)
    models = ",".join(one.model for one in measured if one.model != WITHOUT)
    day = dt.datetime.now(dt.UTC).date()
    head, *lines = (f"| {' | '.join(row)} |" for row in rows)
    table = "\n".join((head, "|" + "---|" * len(rows[0]), *lines))
    page.write_text(
        f"""# Language models compared

Written by `make evals MODEL={models}` on {day}, {os.cpu_count()} cores, {platform.machine()}.
Do not edit.

Cases: {", ".join(f"`{_from_root(file)}`" for file in files)}. `{WITHOUT}`: the rules alone.
Models are asked through the same limits and guards as in service, one message after the other; a call that takes longer
than CHAT_TIMEOUT_S counts as one without answer. What each line means: `docs/models.md`.

{table}
""",
        encoding="utf-8",
    )
    results = page.with_name("results.md")
    if results.exists():
        results.write_text(with_section(results.read_text(encoding="utf-8"), find_section(page)), encoding="utf-8")


def _from_root(file: Path) -> str:
    resolved = file.resolve()
    return str(resolved.relative_to(HERE.parent)) if resolved.is_relative_to(HERE.parent) else file.name


def find_section(page: Path = PAGE) -> str:
    """Return the section of `results.md` on language models: where their comparison is, or that there is none."""
    written = re.search(r"MODEL=([^`]+)` on ([-\d]+)", page.read_text(encoding="utf-8")) if page.exists() else None
    if written is None:
        said = (
            "No language model was measured: none was at hand. `make evals MODEL=provider:name` measures one, or"
            " several with commas between, and writes the comparison beside this page."
        )
    else:
        said = f"Measured on {written[2]} with `{written[1]}`: [side by side]({page.name})."
    return f"{SECTION}\n\nEverything above is measured without a language model. {said}\n"


def with_section(results: str, section: str) -> str:
    """Return `results.md` with this as its last section, in place of an earlier one. Pure."""
    before = results.partition(f"\n{SECTION}\n")[0].rstrip("\n")
    return f"{before}\n\n{section}"


if __name__ == "__main__":
    typer.run(compare)
