"""Builds what every conversation needs from the settings: the knowledge, the advisor, what is remembered of people."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
import typer
from sqlalchemy import Engine

from bot.forgetting import Forgetting
from bot.getting_ready import get_ready
from bot.jobs import Job, now_utc
from bot.people import People
from bot.retention import Retention
from bot.texts import catalogue_languages, every_text
from bot.troubles import CannotRun
from knowledge.advisor.advisor import Advisor
from knowledge.advisor.guarding.support import NearnessByEmbedding
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.advisor.signs import SIGNS
from knowledge.advisor.telling import Teller
from knowledge.agents import RegisterKeeper
from knowledge.chat.factory import build_limited_model
from knowledge.chat.quality_store import QualityKeeper
from knowledge.chat.usage import StoredUsage, Used
from knowledge.chat_model import ChatModelUnavailable
from knowledge.database import DatabaseUnavailable, build_engine, upgrade, write_session
from knowledge.embedding.centring import build_centring
from knowledge.embedding.embedder import Embedder, ModelUnavailable
from knowledge.embedding.factory import build_embedder
from knowledge.embedding.remembering import RememberingEmbedder
from knowledge.helpline_changes import remind
from knowledge.library import Library, LibraryKeeper
from knowledge.meaning.reader import build_meaning_reader
from knowledge.reading.phrases import load_phrasebook
from knowledge.records import BadRecord
from knowledge.retriever import RetrieverKeeper, SatarkRetriever
from knowledge.settings import BadSettings, Settings
from knowledge.stale_sources import StaleSourcesKeeper
from knowledge.starter import STARTER_FOLDER, is_loaded, load_records

if TYPE_CHECKING:  # the Telegram library takes a second to load, and checking one offer does not need it
    from bot.context import AnswersInquiries

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Parts:
    """The built parts. `jobs` are done now and every hour while the program runs."""

    advisor: AnswersInquiries
    people: People
    library: Callable[[], Library]
    jobs: tuple[Job, ...] = ()
    retriever: Callable[[], SatarkRetriever] | None = None
    teller: Teller | None = None


def build_parts(settings: Settings, *, use_index: bool = True) -> Parts:
    """Open the database, load the starter advisories where they are missing or changed, and build the advisor.

    `use_index` is for what serves many: a single answer is quicker by exact search. Raises `DatabaseUnavailable` and
    `BadRecord`. Without a model the advisor works on, by countries and words alone.
    """
    engine = build_engine(settings.resolved_database_url)
    upgrade(engine)
    embedder = _try_to_build_embedder(settings)
    _ensure_starter(engine, settings, with_vectors=embedder is not None)
    library = LibraryKeeper(engine, now_utc)
    retriever = RetrieverKeeper(library.current, embedder, settings.data_dir, use_index=use_index)
    people, forgetting = People(engine, now_utc), Forgetting(engine, now_utc)
    advisor = Advisor(
        library.current,
        retriever.current,
        spoken=catalogue_languages(),
        book=load_phrasebook(settings.data_dir),
        meaning=build_meaning_reader(embedder, settings.data_dir, SIGNS),
        current_register=RegisterKeeper(engine, now_utc).current,
        current_stale=StaleSourcesKeeper(engine, now_utc).current,
    )
    jobs = (
        Job("delete what was kept long enough", Retention(engine, now_utc).forget_old),
        Job("clean the files of the database", forgetting.clean_regularly, every_s=30),
        Job("remind staff of helplines", lambda: _remind_of_helplines(engine), every_s=24 * 3600),
        Job("get ready for every language", lambda: get_ready(advisor.reply), every_s=24 * 3600),
        Job("look after the index", lambda: retriever.look_after_index(now_utc)),
    )
    teller = _try_to_build_teller(settings, engine, library.current, embedder, advisor.reply)
    return Parts(advisor, people, library.current, jobs, retriever.current, teller)


def _remind_of_helplines(engine: Engine) -> None:
    with write_session(engine) as session:
        remind(session, now_utc())


@contextmanager
def explained_to_operator() -> Iterator[None]:
    """End the program with exit code 1 and one clear sentence where something known stands in its way."""
    try:
        yield
    except (CannotRun, BadSettings, BadRecord, DatabaseUnavailable) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _try_to_build_teller(
    settings: Settings,
    engine: Engine,
    library: Callable[[], Library],
    embedder: Embedder | None,
    look_again: Callable[[Inquiry], Reply],
) -> Teller | None:
    """The language model behind its guards; None where none is set, or it cannot be used, which is said once."""
    usage = StoredUsage(engine)
    try:
        model = build_limited_model(settings, usage, now_utc)
    except ChatModelUnavailable as problem:
        typer.echo(f"{problem} Satark goes on without it; the words come from its catalogue.", err=True)
        return None
    if model is None:
        return None
    nearness = NearnessByEmbedding(embedder, build_centring(embedder, settings.data_dir)) if embedder else None
    name = model.name

    def note_guarded() -> None:
        usage.add(now_utc().date(), name, Used(guarded=1))

    quality = QualityKeeper(engine, name, now_utc)
    return Teller(
        model,
        library,
        nearness,
        every_text(),
        note_guarded=note_guarded,
        note_quality=quality.note,
        look_again=look_again,
    )


def _ensure_starter(engine: Engine, settings: Settings, *, with_vectors: bool) -> None:
    """Load the starter advisories where they are missing or changed; without a model, their words alone."""
    if is_loaded(engine, with_vectors=with_vectors):
        return
    typer.echo("Loading the starter advisories. This is done once and takes about a minute.", err=True)
    if with_vectors and _load_with_vectors(settings):
        return
    load_records(engine, STARTER_FOLDER, now_utc())
    typer.echo("The advisories are loaded without their vectors; they are found by countries and words.", err=True)


def _load_with_vectors(settings: Settings) -> bool:
    """Whether it worked. In a process of its own: embedding may need torch, which never enters the one that serves."""
    environment = os.environ | {
        "DATABASE_URL": settings.resolved_database_url,
        "DATA_DIR": str(settings.data_dir),
        "EMBEDDING_MODEL": settings.embedding_model,
    }
    return subprocess.run([sys.executable, "-m", "knowledge.starter"], env=environment, check=False).returncode == 0


def _try_to_build_embedder(settings: Settings) -> Embedder | None:
    try:
        return RememberingEmbedder(build_embedder(settings))
    except ModelUnavailable as problem:
        typer.echo(f"{problem} Satark goes on without it and finds advisories by countries and words.", err=True)
        return None
