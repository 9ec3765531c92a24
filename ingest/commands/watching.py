"""`satark-ingest fetch` and `watch`: read one page or source now, or go on with all of them and what staff hand in."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Engine

from ingest.commands.parts import AsJson, By, DryRun, embed, name, now, open_or_create, present
from ingest.tables import plain
from knowledge.database import read_session
from knowledge.settings import Settings, read_settings
from knowledge.state import get_version

if TYPE_CHECKING:
    from ingest.fetching.fetcher import Fetcher
    from ingest.fetching.pauses import Pauses
    from ingest.sources.source import Source
    from ingest.watch_loop import Loop
    from ingest.watching import PollReport


def fetch(
    target: Annotated[str, typer.Argument(metavar="LINK|SOURCE", help="An official address, or the id of a source.")],
    publish_too: Annotated[bool, typer.Option("--publish", help="Publish a link at once, without an alert.")] = False,
    dry_run: DryRun = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Read one official page, or one source, now; what is new becomes a draft."""
    from ingest.commands.adding import add
    from ingest.sources.registry import find_source

    source = find_source(target)
    if source is not None:
        if dry_run:
            raise typer.BadParameter("a source is read for real or not at all", param_hint="--dry-run")
        _watch_once(read_settings(), [source], as_json=as_json)
        return
    if "." not in target:
        raise typer.BadParameter(
            f"{target!r} is no source (`satark-ingest sources` lists them) and no address", param_hint="LINK|SOURCE"
        )
    link = target if "://" in target else f"https://{target}"
    add([link], publish_too=publish_too, dry_run=dry_run, by=name(by), as_json=as_json)


def watch(
    once: Annotated[bool, typer.Option("--once", help="Read what is due, and end.")] = False,
    source_id: Annotated[str | None, typer.Option("--source", help="Only this source, even if it is not due.")] = None,
    as_json: AsJson = False,
) -> None:
    """Watch the sources and read what staff hand in, until it is stopped. Nothing is pushed without a person."""
    from ingest.sources.registry import find_source, list_sources

    source = find_source(source_id) if source_id else None
    if source_id and source is None:
        raise typer.BadParameter("`satark-ingest sources` lists them", param_hint="--source")
    sources: Sequence[Source] = [source] if source else list_sources()
    settings = read_settings()
    if once:
        _watch_once(settings, sources, as_json=as_json, force=source is not None)
        return
    _watch_on(settings, sources)


def build_fetcher(settings: Settings, pauses: Pauses | None = None) -> Fetcher:
    """Build the fetcher that asks official sites and nothing else. Those that run side by side share their `pauses`."""
    from ingest.fetching.fetcher import Fetcher
    from ingest.fetching.user_agent import make_user_agent
    from knowledge.official_hosts import read_official_hosts

    return Fetcher(
        read_official_hosts(), now, time.sleep, user_agent=make_user_agent(settings.operator_contact), pauses=pauses
    )


def _watch_once(settings: Settings, sources: Sequence[Source], *, as_json: bool, force: bool = True) -> None:
    engine = open_or_create(settings)
    loop = _build_loop(engine, settings)
    reports = loop.run_once(sources, force=force)
    embed(engine, settings, [advisory_id for report in reports for advisory_id in report.published])
    present(as_json, [_describe(report) for report in reports], lambda out: _print_reports(out, reports))
    if any(report.message for report in reports):
        raise typer.Exit(1)


def _watch_on(settings: Settings, sources: Sequence[Source]) -> None:
    engine = open_or_create(settings)
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    typer.echo(f"Watching {sum(bool(source.listings) for source in sources)} sources. Stop with Ctrl-C.", err=True)
    loop = _build_loop(engine, settings)
    loop.run(sources, stop, embed=embed_what_is_new(engine, settings))
    typer.echo("The watcher has stopped.", err=True)


def _build_loop(engine: Engine, settings: Settings) -> Loop:
    from ingest.fetching.pauses import Pauses
    from ingest.understanding.meaning import build_topics_by_meaning
    from ingest.watch_loop import Loop

    meaning = build_topics_by_meaning(settings)
    pauses = Pauses(random.random)
    return Loop(engine, lambda: build_fetcher(settings, pauses), now, worker=_worker_name(), topics_by_meaning=meaning)


def embed_what_is_new(engine: Engine, settings: Settings) -> Callable[[], int]:
    """Return what embeds whatever was published elsewhere, as in Telegram, whenever something was; cheap otherwise.

    It raises ModelUnavailable and DatabaseUnavailable; then it tries again at the next change.
    """
    from knowledge.bulk_embedding import embed_waiting

    seen: list[int] = []

    def embed_new() -> int:
        with read_session(engine) as session:
            version = get_version(session)
        if seen == [version]:
            return 0
        seen[:] = [version]
        return embed_waiting(engine, settings)

    return embed_new


def _worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _describe(report: PollReport) -> dict[str, Any]:
    return vars(report) | {"standing": str(report.standing)}


def _print_reports(out: Console, reports: Sequence[PollReport]) -> None:
    for report in reports:
        if report.message:
            out.print(plain(f"{report.source_id}: {report.standing}: {report.message}", "red"))
            continue
        first = " (first load, so nobody is told)" if report.first_load else ""
        out.print(
            plain(
                f"{report.source_id}: {report.listed} listed, {len(report.drafted)} drafted{first}, "
                f"{report.unchanged} unchanged, {len(report.gone)} gone, {report.left} left for the next time."
            )
        )
        for trouble in report.troubles:
            out.print(plain(f"  {trouble}", "yellow"))
    if not reports:
        out.print("No source is due. `satark-ingest sources` shows when each is.")
