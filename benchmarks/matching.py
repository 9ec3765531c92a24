"""Times matching: a million subscriptions become deliveries, on SQLite and on PostgreSQL. Nothing is sent.

Also what that means for others meanwhile: the longest single batch is the longest that a cancel has to wait on SQLite.
Run it with `make bench-alerts`, or with fewer: `PYTHONPATH=tests .venv/bin/python benchmarks/matching.py 100000`.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from postgres_server import find_programs, running_server
from rich.progress import Progress
from sqlalchemy import Engine, func, select, text

from bot.alerts import lifecycle, matching
from bot.alerts.models import Alert, Delivery
from bot.alerts.states import AlertState
from knowledge import advisories
from knowledge.database import build_engine, read_session, upgrade, write_session
from knowledge.starter import STARTER_FOLDER, load_records
from knowledge.vocabulary import Status

SUBSCRIPTIONS = 1_000_000
AT_MOST_S = 60.0
NOW = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)
ADVISORY = "mea-2025-09-11-russia-fresh-advisory"
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT {} FROM n",
    "postgresql": "SELECT {} FROM generate_series(1, :count) AS n(i)",
}
# One in ten has quiet hours, one in twenty a digest: what makes the query harder.
SUBSCRIBER = (
    "INSERT INTO subscriber (chat_id, kind, language, consent_version, consent_language, consented_at, pace, "
    "quiet_from, quiet_until, time_zone, emergencies_at_once, urgent_only, is_canary) "
)
SUBSCRIBER_VALUES = (
    "i, 'person', CASE i % 3 WHEN 0 THEN 'hi' WHEN 1 THEN 'en' ELSE 'ml' END, '1', 'hi', '2026-01-01 00:00:00+00', "
    "CASE WHEN i % 20 = 1 THEN 'daily' ELSE 'now' END, CASE WHEN i % 10 = 0 THEN 1320 END, "
    "CASE WHEN i % 10 = 0 THEN 360 + (i % 7) * 30 END, 'Asia/Kolkata', {true}, {false}, {false}"
)
SUBSCRIPTION = "INSERT INTO subscription (chat_id, interest, value, subscribed_at) "
SUBSCRIPTION_VALUES = "i, 'country', 'RU', '2026-01-01 00:00:00+00'"


def main() -> None:
    """Measure both databases and fail where one is slower than it may be."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SUBSCRIPTIONS
    slow = [name for name, engine in _engines() if _measure(name, engine, count) > AT_MOST_S]
    if slow:
        sys.exit(f"slower than {AT_MOST_S:.0f} s: {', '.join(slow)}")


def _engines() -> Iterator[tuple[str, Engine]]:
    with tempfile.TemporaryDirectory(prefix="satark-matching-") as folder:
        engine = build_engine(f"sqlite:///{folder}/store.sqlite3")
        upgrade(engine)
        yield "sqlite", engine
        engine.dispose()
    if find_programs() is None:
        print("postgresql: not installed here, so not measured")
        return
    with running_server() as server, server.database() as url:
        engine = build_engine(url)
        yield "postgresql", engine
        engine.dispose()


def _measure(name: str, engine: Engine, count: int) -> float:
    load_records(engine, STARTER_FOLDER, NOW)
    _fill(engine, count)
    alert_id = _start(engine)
    took: list[float] = []
    with Progress(transient=True) as progress:
        bar = progress.add_task(f"matching on {name}", total=count)
        while not _is_through(engine, alert_id):
            with _timed(took), write_session(engine) as session:
                matching.match_batch(session, session.get_one(Alert, alert_id), at=NOW)
            progress.advance(bar, matching.BATCH_ON_POSTGRESQL if name == "postgresql" else matching.BATCH)
    with read_session(engine) as session:
        written = session.scalar(select(func.count()).select_from(Delivery))
    total = sum(took)
    print(f"{name}: {count:,} subscriptions, {written:,} deliveries in {total:.1f} s; longest batch {max(took):.2f} s")
    return total if written == count else float("inf")


def _fill(engine: Engine, count: int) -> None:
    kind = engine.dialect.name
    true, false = ("true", "false") if kind == "postgresql" else ("1", "0")
    times = "::timestamptz" if kind == "postgresql" else ""
    with engine.begin() as connection:
        for table, values in ((SUBSCRIBER, SUBSCRIBER_VALUES), (SUBSCRIPTION, SUBSCRIPTION_VALUES)):
            filled = values.format(true=true, false=false).replace("00+00'", f"00+00'{times}")
            connection.execute(text(table + NUMBERS[kind].format(filled)), {"count": count})
    if kind == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _start(engine: Engine) -> int:
    with write_session(engine) as session:
        if advisories.get_advisory(session, ADVISORY).status != Status.PUBLISHED:
            advisories.publish(session, ADVISORY, by="benchmark", at=NOW)
        alert = lifecycle.request_alert(session, ADVISORY, by="benchmark", at=NOW)
        alert.state, alert.started_at = AlertState.RUNNING, NOW  # approval is not what is measured
        return alert.id


def _is_through(engine: Engine, alert_id: int) -> bool:
    with read_session(engine) as session:
        return session.get_one(Alert, alert_id).matched_at is not None


@contextmanager
def _timed(took: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took.append(time.perf_counter() - began)


if __name__ == "__main__":
    main()
