"""How many alerts a second one process sends with the limits lifted, beside a bare HTTP client against the same server.

    .venv/bin/python benchmarks/sending.py [--people 10000]

The server is the hostile Bot API of the tests, in a process of its own, with no limit enforced. The bare client posts
the same message with nothing around it: no library, no outbox, no database. What Telegram really allows is 30 a second,
and up to 1,000 for paid broadcasts.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "integration"), str(ROOT / "tests" / "soak")]

from broadcast import Broadcast  # noqa: E402
from hostile_api import TOKEN  # noqa: E402
from sqlalchemy import select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from bot.aiohttp_request import AiohttpRequest  # noqa: E402
from bot.alerts.exchange import SqlExchange  # noqa: E402
from bot.alerts.models import AlertText  # noqa: E402
from bot.alerts.sender import AlertSender  # noqa: E402
from bot.alerts.turn import take_turn  # noqa: E402
from bot.application import SatarkBot  # noqa: E402
from bot.clocks import SteadyClock  # noqa: E402
from bot.gate import UNLIMITED, Gate  # noqa: E402
from bot.jobs import now_utc  # noqa: E402

AT_ONCE = 256
WANTED_PER_S = 1000


def main() -> None:
    """Measure and print; exits with 1 where the sender stays below 1,000 a second."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=10_000)
    people = parser.parse_args().people
    os.environ |= {"NO_PROXY": "127.0.0.1", "PTB_TIMEDELTA": "true"}
    with tempfile.TemporaryDirectory() as folder, _server() as url:
        print(f"Preparing an alert for {people:,} people ...", flush=True)
        broadcast = _prepare(Path(folder), people)
        html = broadcast.situation.read(_read_text)
        print(f"Sending {people:,} messages of {len(html)} characters, {AT_ONCE} under way at once ...", flush=True)
        bare = asyncio.run(_send_bare(url, html, people))
        print(f"  bare aiohttp client:    {bare:7,.0f} a second", flush=True)
        ours = asyncio.run(_send_alert(url, broadcast))
        print(f"  sender, with its outbox: {ours:6,.0f} a second ({ours / bare:.0%}); wanted: {WANTED_PER_S:,}")
    sys.exit(0 if ours >= WANTED_PER_S else 1)


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.hostile_api", "--unlimited", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    words = process.stdout.readline().split()
    try:
        yield next(word for word in words if word.startswith("TELEGRAM_API_BASE_URL=")).partition("=")[2]
    finally:
        process.terminate()
        process.wait()


def _prepare(folder: Path, people: int) -> Broadcast:
    broadcast = Broadcast(folder, None, people)  # type: ignore[arg-type]
    broadcast.requests()
    broadcast.approves()
    while not broadcast.is_matched():
        take_turn(broadcast.engine, at=dt.datetime.now(dt.UTC))
    return broadcast


def _read_text(session: Session) -> str:
    return str(session.scalar(select(AlertText.html).where(AlertText.language == "en").limit(1)))


async def _send_bare(url: str, html: str, count: int) -> float:
    """Return messages a second of a client that does nothing else."""
    numbers = iter(range(1, count + 1))

    async def send_some(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            body = {"chat_id": number, "text": html, "parse_mode": "HTML"}
            async with session.post(f"{url}/bot{TOKEN}/sendMessage", json=body) as answer:
                await answer.json()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        began = time.perf_counter()
        await asyncio.gather(*(send_some(session) for _ in range(AT_ONCE)))
        return count / (time.perf_counter() - began)


async def _send_alert(url: str, broadcast: Broadcast) -> float:
    """Return messages a second of the real sender, until the last one is written down as sent."""
    gate, stop = Gate(UNLIMITED), asyncio.Event()
    bot = SatarkBot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest(), rate_limiter=gate)
    async with bot:
        exchange = SqlExchange(broadcast.engine, "benchmark")
        sender = AlertSender(bot, gate, exchange, clock=SteadyClock(now_utc), window=AT_ONCE)
        began = time.perf_counter()
        working = asyncio.create_task(sender.work(stop))
        while sender.settled < len(broadcast.due):
            await asyncio.sleep(0.02)
        took_s = time.perf_counter() - began
        stop.set()
        await working
    return sender.settled / took_s


if __name__ == "__main__":
    main()
