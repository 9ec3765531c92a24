"""`satark status`, `doctor` and `models`: what is loaded, what is missing, and what to do about it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from bot.commands.parts import explained_to_operator
from bot.jobs import now_utc
from knowledge.agents import OLD_AFTER, find_newest_snapshot
from knowledge.chat.factory import build_limited_model
from knowledge.chat.quality_store import KEEP_QUALITY, Figures, count_answers, count_wrong, read_figures
from knowledge.chat.usage import MemoryUsage, Used, cost_in_dollars, read_usage
from knowledge.chat_model import ChatModelUnavailable
from knowledge.database import DatabaseUnavailable, build_engine, has_database, read_session
from knowledge.desk.sources import list_sources
from knowledge.embedding.bundled import bundled_fingerprint
from knowledge.embedding.centring import centring_fingerprint
from knowledge.embedding.embedder import ModelUnavailable
from knowledge.embedding.factory import build_embedder
from knowledge.helpline_changes import list_due
from knowledge.index_inspection import inspect_index
from knowledge.library import Library, day_in_india, load_library
from knowledge.settings import BUNDLED_MODEL, Settings, read_settings
from knowledge.stale_sources import find_stale
from knowledge.vocabulary import Severity


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at. `advice` says what to do where it is not well."""

    name: str
    well: bool
    words: str
    advice: str = ""


def status_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what is loaded, and how new it is."""
    with explained_to_operator():
        settings = read_settings()
        engine = build_engine(settings.resolved_database_url)
        facts = _facts(_open_library(engine), settings) | _source_facts(engine) | _chat_facts(engine, settings)
        facts |= _quality_facts(engine, settings)
        if as_json:
            typer.echo(json.dumps(facts, ensure_ascii=False))
            return
        table = Table(show_header=False, title="Satark", title_justify="left")
        for name, value in facts.items():
            table.add_row(name.replace("_", " "), str(value))
        Console().print(table)


def doctor_command() -> None:
    """Check what Satark needs; exit code 1 where something must be done."""
    with explained_to_operator():
        settings = read_settings()
        findings = [look(settings) for look in _LOOKS]
        table = Table(show_header=False, title="Doctor", title_justify="left")
        for finding in findings:
            table.add_row("✓" if finding.well else "✗", finding.name, finding.words, finding.advice)
        Console().print(table)
        raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


def models_command() -> None:
    """Show the embedding model, and build it where it is missing."""
    with explained_to_operator():
        settings = read_settings()
        try:
            embedder = build_embedder(settings)
        except ModelUnavailable as problem:
            typer.echo(str(problem), err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{settings.embedding_model}: {embedder.dimension} dimensions, fingerprint {embedder.fingerprint}")


def _open_library(engine: Engine) -> Library:
    if not has_database(engine):
        raise DatabaseUnavailable("There is no database yet. Run `make run`, or `satark-ingest add --starter`.")
    return load_library(engine, day_in_india(now_utc()))


def _facts(library: Library, settings: Settings) -> dict[str, object]:
    dates = [record.date for record in library.advisories.values() if record.date]
    embedded = sum(passage.vector is not None for passage in library.passages)
    return {
        "advisories_in_use": len(library.advisories),
        "warnings_in_use": sum(r.severity is not Severity.NOTICE for r in library.advisories.values()),
        "newest_advisory": max(dates).isoformat() if dates else None,
        "rules_of_law": len(library.rules),
        "helplines": len(library.helplines),
        "passages": len(library.passages),
        "passages_with_vector": embedded,
        "embedding_model": settings.embedding_model,
        "telegram": "configured" if settings.telegram_bot_token else "not configured (local page)",
    }


def _source_facts(engine: Engine) -> dict[str, object]:
    """How many sources are watched, and which of them cannot be read, with the time they last could."""
    try:
        with read_session(engine) as session:
            views = list_sources(session, now_utc())
    except DatabaseUnavailable:  # of a database that today's program has not brought up to date yet
        views = ()
    return {
        "sources_watched": len(views),
        "sources_not_readable": "; ".join(view.in_words() for view in views if not view.is_well) or None,
    }


def _chat_facts(engine: Engine, settings: Settings) -> dict[str, object]:
    """The language model, and what it was used for today (UTC); one line where there is none."""
    if not settings.chat_model:
        return {"chat_model": "none (all words come from the catalogue)"}
    used = read_usage(engine, now_utc().date()).get(settings.chat_model, Used())
    cost = cost_in_dollars(used, settings.chat_model_price)
    return {
        "chat_model": settings.chat_model,
        "chat_calls_today": f"{used.calls} of {settings.chat_calls_per_day}",
        "chat_without_answer_today": used.failures,
        "chat_kept_back_by_guards_today": used.guarded,
        "chat_tokens_today": f"{used.input_tokens} in, {used.output_tokens} out",
        "chat_cost_today": f"${cost:.4f}" if cost is not None else "unknown (set CHAT_MODEL_PRICE)",
    }


def _quality_facts(engine: Engine, settings: Settings) -> dict[str, object]:
    """How good the model's words were today (UTC), as far as that is measured, and what staff think of them."""
    if not settings.chat_model:
        return {}
    today = now_utc().date()
    try:
        with read_session(engine) as session:
            figures = read_figures(session, settings.chat_model, today)
            wrong_today, wrong = count_wrong(session, today), count_wrong(session, today - KEEP_QUALITY)
            waiting = count_answers(session)
    except DatabaseUnavailable:  # of a database that today's program has not brought up to date yet
        return {}
    return {
        "chat_told_replies_today": f"{figures.told} of {figures.answers} answers that were read",
        "chat_sentences_kept_back_today": _kept_back(figures.refused, figures.said),
        "chat_least_support_today": _least_support(figures),
        "chat_in_another_language_today": figures.in_other_language,
        "chat_marked_wrong": f"{wrong_today} today, {wrong} in {KEEP_QUALITY.days} days",
        "chat_answers_to_look_at": f"{waiting} (/worklist)",
    }


def _kept_back(refused: Mapping[str, int], said: int) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(refused.items(), key=lambda one: -one[1]))
    return f"{sum(refused.values())} of {said}{f' ({reasons})' if reasons else ''}"


def _least_support(figures: Figures) -> str | None:
    """The weakest support of a shown sentence: its nearness, or its words where there is no embedding model."""
    if figures.least_near is not None:
        return f"nearness {figures.least_near:.2f}"
    return f"{figures.least_shared:.0%} of the words" if figures.least_shared is not None else None


def _look_at_database(settings: Settings) -> Finding:
    try:
        library = _open_library(build_engine(settings.resolved_database_url))
    except DatabaseUnavailable as problem:
        return Finding("database", False, str(problem), "Run `make run`.")
    count = len(library.advisories)
    return Finding("database", count > 0, f"{count} advisories in use", "" if count else "Run `make run`.")


def _look_at_model(settings: Settings) -> Finding:
    try:
        embedder = build_embedder(settings)
    except ModelUnavailable as problem:
        return Finding("embedding model", False, str(problem), "Replies still work, by countries and words.")
    return Finding("embedding model", True, f"fingerprint {embedder.fingerprint}")


def _look_at_index(settings: Settings) -> Finding:
    try:
        fingerprint = centring_fingerprint(_model_fingerprint(settings))
    except ModelUnavailable:
        return Finding("index", True, "not used without a model")
    state = inspect_index(settings.data_dir, fingerprint)
    return Finding("index", state.well, state.words, state.advice)


def _model_fingerprint(settings: Settings) -> str:
    if settings.embedding_model == BUNDLED_MODEL:
        return bundled_fingerprint()
    return build_embedder(settings).fingerprint


def _look_at_chat_model(settings: Settings) -> Finding:
    if not settings.chat_model:
        return Finding("language model", True, "none; all words come from the catalogue")
    try:
        build_limited_model(settings, MemoryUsage(), now_utc)
    except ChatModelUnavailable as problem:
        return Finding("language model", False, str(problem), "Replies still work, by the rules alone.")
    return Finding("language model", True, f"{settings.chat_model} (not asked: doctor spends nothing)")


def _look_at_settings(settings: Settings) -> Finding:
    if settings.telegram_bot_token and not settings.operator_name:
        return Finding("operator", False, "OPERATOR_NAME is empty", "Say in .env who runs this bot.")
    return Finding("operator", True, settings.operator_name or "local page only")


def _look_at_approvals(settings: Settings) -> Finding:
    enough = settings.alert_approvals >= 2  # two people approve what goes to everyone
    return Finding("alert approvals", enough, str(settings.alert_approvals), "" if enough else "Use 2 or more.")


def _look_at_photos(_settings: Settings) -> Finding:
    found = shutil.which("tesseract") is not None
    return Finding("photos", True, "Tesseract is present" if found else "photos cannot be read; people are told so")


def _look_at_helplines(settings: Settings) -> Finding:
    try:
        engine = build_engine(settings.resolved_database_url)
        _open_library(engine)
        with read_session(engine) as session:
            due = len(list_due(session, now_utc()))
    except DatabaseUnavailable:
        return Finding("helplines", False, "not known without a database", "Run `make run`.")
    if due == 0:
        return Finding("helplines", True, "all looked after within a month")
    return Finding("helplines", False, f"{due} not checked for a month", "See `satark-ingest helplines remind`.")


def _look_at_agent_lists(settings: Settings) -> Finding:
    try:
        engine = build_engine(settings.resolved_database_url)
        _open_library(engine)
        with read_session(engine) as session:
            newest = find_newest_snapshot(session, day_in_india(now_utc()))
    except DatabaseUnavailable:
        return Finding("list of agents", False, "not known without a database", "Run `make run`.")
    if newest is None:
        return Finding("list of agents", True, "none; people are told that no agent can be confirmed")
    is_old = day_in_india(now_utc()) - newest.taken_on > OLD_AFTER
    advice = "Bring in a newer one: `satark-ingest agents import`." if is_old else ""
    return Finding("list of agents", not is_old, f"as of {newest.taken_on}", advice)


def _look_at_sources(settings: Settings) -> Finding:
    """A source that was never readable from here is normal for many computers; one that no longer is, is not."""
    try:
        with read_session(build_engine(settings.resolved_database_url)) as session:
            views = list_sources(session, now_utc())
    except DatabaseUnavailable:
        return Finding("sources", True, "not watched yet")
    if not views:
        return Finding("sources", True, "not watched yet")
    unwell = [view for view in views if not view.is_well]
    names = f": {', '.join(f'{view.id} ({view.standing})' for view in unwell)}" if unwell else ""
    advice = "See `satark-ingest sources`; hand notices in as files meanwhile." if unwell else ""
    stale = find_stale(unwell)
    return Finding("sources", not stale, f"{len(views) - len(unwell)} of {len(views)} can be read{names}", advice)


_LOOKS: tuple[Callable[[Settings], Finding], ...] = (
    _look_at_database,
    _look_at_model,
    _look_at_chat_model,
    _look_at_index,
    _look_at_settings,
    _look_at_approvals,
    _look_at_photos,
    _look_at_helplines,
    _look_at_agent_lists,
    _look_at_sources,
)
