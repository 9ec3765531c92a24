"""Times what a person waits for: whole replies, many at once, the start of a command, and the serving program.

Nothing is warmed up secretly: the first reply is reported apart; then the program gets ready, as one that serves does
at its start (`bot/getting_ready.py`), and all others count. The serving program is measured from
outside, over its local page, so its times hold the page, the Telegram application and the database as well.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.measuring import CannotMeasure, Table, Tell, Times, in_words, memory_mb, timed
from bot.commands.parts import Parts, build_parts
from bot.getting_ready import get_ready
from bot.presenters.reply import Operator, present
from knowledge.advisor.replies import Inquiry
from knowledge.retriever import SatarkRetriever
from knowledge.settings import read_settings

QUESTION = "Is this overseas job offer safe? Helper in Russia, 2 lakh a month, tourist visa, agent asks 3.5 lakh"
STARTS = 3
CALLERS = (1, 4, 16)
PAGE_MESSAGES = 100
PATIENCE_S = 60.0


def measure_replies(texts: Sequence[str], tell: Tell) -> list[Table]:
    """Time replies in this process, one after the other and many at once, then the programs from outside."""
    parts = build_parts(read_settings())
    first = timed(partial(_answer, parts, texts[0]))
    get_ready(parts.advisor.reply)
    times, shares = _time_each(parts, texts[1:], tell)
    throughput = [(callers, _time_callers(parts, texts, callers, tell)) for callers in CALLERS]
    return [
        _replies_table(first, times, shares),
        Table(
            "Many at once",
            f"All {len(texts)} messages, asked by so many callers at once in one program.",
            ("callers", "replies a second", "p50", "p95"),
            tuple((str(n), f"{rate:.0f}", in_words(each.p50), in_words(each.p95)) for n, (rate, each) in throughput),
        ),
        _programs_table(texts),
    ]


def _answer(parts: Parts, text: str) -> None:
    present(parts.advisor.reply(Inquiry(text)), operator=Operator())


def _time_each(parts: Parts, texts: Sequence[str], tell: Tell) -> tuple[Times, dict[str, float]]:
    """Return the time of each reply, and how the sum of them is made up."""
    times, spent = [], defaultdict[str, float](float)
    with _watched(parts, spent):
        for number, text in enumerate(texts):
            times.append(timed(partial(_answer, parts, text)))
            tell("replies, one after the other", number + 1, len(texts))
    spent["reading, judging, wording"] = sum(times) - sum(spent.values())
    return Times(tuple(times)), spent


@contextmanager
def _watched(parts: Parts, spent: dict[str, float]) -> Iterator[None]:
    """Count the time in the retriever and in the model while the block runs."""
    if parts.retriever is None:
        raise CannotMeasure("there is no retriever")
    model = type(parts.retriever().embedder)
    places = ((SatarkRetriever, "search", "choosing passages"), (model, "embed_queries", "embedding"))
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    for owner, name, words in places:
        setattr(owner, name, _counting(getattr(owner, name), spent, words))
    try:
        yield
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def _counting(function: Callable[..., Any], spent: dict[str, float], words: str) -> Callable[..., Any]:
    """Count the time of a function, without what is counted within it."""

    def counted(*arguments: Any, **named: Any) -> Any:
        counted_before, before = sum(spent.values()), time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            within = sum(spent.values()) - counted_before
            spent[words] += time.perf_counter() - before - within

    return counted


def _time_callers(parts: Parts, texts: Sequence[str], callers: int, tell: Tell) -> tuple[float, Times]:
    """Return replies a second, and the time of each, with so many callers at once."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        times = []
        for number, each in enumerate(pool.map(lambda text: timed(partial(_answer, parts, text)), texts)):
            times.append(each)
            tell(f"replies, {callers} callers at once", number + 1, len(texts))
    return len(texts) / (time.perf_counter() - begun), Times(tuple(times))


def _replies_table(first: float, times: Times, spent: dict[str, float]) -> Table:
    whole = sum(times.all)
    shares = "; ".join(
        f"{words} {100 * seconds / whole:.0f} %" for words, seconds in sorted(spent.items(), key=lambda item: -item[1])
    )
    return Table(
        "One reply",
        f"All messages of `evals/offers/dev.jsonl`, one after the other: {shares}.",
        ("what", "measured", "p50", "p95"),
        (
            ("the first reply after loading", "1", in_words(first), ""),
            (
                "reply: reading, retrieval, judging, wording",
                str(len(times.all)),
                in_words(times.p50),
                in_words(times.p95),
            ),
        ),
    )


def _programs_table(texts: Sequence[str]) -> Table:
    starts = _time_starts()
    with serving_page() as page:
        ready_s = page.ready_after_s
        replies = page.time_replies(texts)
        memory = memory_mb(page.process_id)
    return Table(
        "The programs from outside",
        "With the starter knowledge. Memory is that of the serving program, after these messages.",
        ("what", "measured", "p50", "p95"),
        (
            ("`satark check`, from start to end", str(STARTS), in_words(starts.p50), in_words(starts.p95)),
            ("start of the serving program, until it answers", "1", in_words(ready_s), ""),
            ("reply over the local page", str(len(replies.all)), in_words(replies.p50), in_words(replies.p95)),
            ("memory of the serving program", "1", f"{memory:.0f} MB", ""),
        ),
    )


def _time_starts() -> Times:
    """Time `satark check` from the shell, the loading of everything included."""
    command = [sys.executable, "-m", "bot", "check", QUESTION]

    def check() -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotMeasure(f"`satark check` ended with code {done.returncode}: {done.stderr.strip()[-300:]}")

    return Times(tuple(timed(check) for _ in range(STARTS)))


@dataclass(frozen=True)
class Page:
    """The local page of a serving program that this script started."""

    process_id: int
    port: int
    ready_after_s: float

    def time_replies(self, texts: Sequence[str]) -> Times:
        """Time messages as a browser sends them, each as a person of its own, so that no limit is met."""
        return Times(tuple(timed(partial(self._send, text)) for text in texts[:PAGE_MESSAGES]))

    def _send(self, text: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers = {"Content-Type": "application/json", "Cookie": f"satark_session={os.urandom(16).hex()}"}
        connection.request("POST", "/api/message", json.dumps({"text": text[:4000]}), headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != 200:
            raise CannotMeasure(f"the local page answered with status {response.status}")


@contextmanager
def serving_page() -> Iterator[Page]:
    """Start `satark preview` on a free port, and stop it at the end."""
    port = _free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "preview"],
        env={**os.environ, "WEB_LISTEN": f"127.0.0.1:{port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(process, port)
        yield Page(process.pid, port, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise CannotMeasure("`satark preview` did not answer in time; start it by hand to see why")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
