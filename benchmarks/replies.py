"""Times what a person waits for: whole replies, the start of a command, and the serving program with its memory.

    make bench        # over the development cases of evals/offers, with the starter knowledge

Nothing is warmed up secretly: the first reply is reported apart, all others count. The serving program is measured from
outside, over its local page, so its times hold the page, the Telegram application and the database as well.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.parts import build_parts
from bot.logs import set_up_logging
from bot.presenters.reply import Operator, present
from knowledge.advisor.replies import Inquiry
from knowledge.settings import read_settings

CASES = Path(__file__).resolve().parent.parent / "evals" / "offers" / "dev.jsonl"
QUESTION = "Is this overseas job offer safe? Helper in Russia, 2 lakh a month, tourist visa, agent asks 3.5 lakh"
STARTS = 3
PAGE_MESSAGES = 100
PATIENCE_S = 60.0


class CannotMeasure(Exception):
    """Something that is to be measured does not run; the message says what."""


@dataclass(frozen=True)
class Row:
    """One line of the report: what was measured, how often, and the two figures that matter, in seconds."""

    what: str
    times: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """Return the time that this share of the measurements did not exceed."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main(
    cases: Path = typer.Option(CASES, help="JSON lines with a text each."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON for machines."),
) -> None:
    """Measure and print. Exit code 1 where something does not run."""
    set_up_logging(level="ERROR")
    try:
        texts = [json.loads(line)["text"] for line in cases.read_text(encoding="utf-8").splitlines() if line.strip()]
        rows = [*time_replies(texts), time_starts()]
        with serving_page() as page:
            rows += [
                Row("start of the serving program, until it answers", (page.ready_after_s,)),
                page.time_replies(texts),
            ]
            memory_mb = page.memory_mb()
    except (CannotMeasure, OSError, ValueError, KeyError) as problem:
        typer.echo(f"Cannot measure: {problem}", err=True)
        raise typer.Exit(1) from None
    _report(rows, memory_mb, as_json=as_json)


def time_replies(texts: Sequence[str]) -> list[Row]:
    """Time the advisor and the wording in this process, message by message."""
    parts = build_parts(read_settings())
    operator = Operator()

    def answer(text: str) -> None:
        present(parts.advisor.reply(Inquiry(text)), operator=operator)

    times = [_timed(partial(answer, text)) for text in texts]
    return [Row("first reply after loading", tuple(times[:1])), Row("reply, advisor and wording", tuple(times[1:]))]


def time_starts() -> Row:
    """Time `satark check` from the shell, the loading of everything included."""
    command = [sys.executable, "-m", "bot", "check", QUESTION]

    def check() -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
        if done.returncode != 0:
            raise CannotMeasure(f"`satark check` ended with code {done.returncode}: {done.stderr.strip()[-300:]}")

    return Row("satark check, from start to end", tuple(_timed(check) for _ in range(STARTS)))


@dataclass(frozen=True)
class Page:
    """The local page of a serving program that this script started."""

    process_id: int
    port: int
    ready_after_s: float

    def time_replies(self, texts: Sequence[str]) -> Row:
        """Time messages as a browser sends them, each as a person of its own, so that no limit is met."""
        times = [_timed(partial(self._send, text)) for text in texts[:PAGE_MESSAGES]]
        return Row("reply over the local page", tuple(times))

    def memory_mb(self) -> float:
        """Return the memory that the serving program holds now, in megabytes (resident set, Linux)."""
        for line in Path(f"/proc/{self.process_id}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise CannotMeasure("this system does not tell how much memory a program holds")

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


def _timed(do: Callable[[], object]) -> float:
    before = time.perf_counter()
    do()
    return time.perf_counter() - before


def _report(rows: Sequence[Row], memory_mb: float, *, as_json: bool) -> None:
    day = dt.datetime.now(dt.UTC).date().isoformat()
    machine = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    if as_json:
        figures = [
            {"what": row.what, "n": len(row.times), "p50_s": row.percentile(0.5), "p95_s": row.percentile(0.95)}
            for row in rows
        ]
        typer.echo(json.dumps({"day": day, "machine": machine, "memory_mb": round(memory_mb), "figures": figures}))
        return
    table = Table(title=f"{day}, {machine}", title_justify="left")
    for heading in ("what", "measured", "p50", "p95"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for row in rows:
        table.add_row(row.what, str(len(row.times)), _in_words(row.percentile(0.5)), _in_words(row.percentile(0.95)))
    table.add_row("memory of the serving program", "1", f"{memory_mb:.0f} MB", "")
    Console().print(table)


def _in_words(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _processor() -> str:
    """The name of the processor where the system tells it (Linux), else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.machine()


if __name__ == "__main__":
    typer.run(main)
