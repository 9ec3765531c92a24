"""The arrival log: what reached the server, person by person, in memory and where asked for in a file of JSON lines."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Arrival:
    """One call that reached the server. `taken`: a person sees it. `at` is the machine's steady clock."""

    at: float
    method: str
    chat_id: int | None
    taken: bool
    outcome: str
    text: str
    message_id: int | None = None


class Journal:
    """Notes arrivals; safe to read from other threads while the server writes."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._arrivals: list[Arrival] = []
        self._path = path
        self._file: IO[str] | None = None

    def note(
        self, method: str, chat_id: int | None, *, taken: bool, outcome: str, text: str, message_id: int | None = None
    ) -> None:
        """Write down one arrival; the file has it before the answer leaves."""
        arrival = Arrival(self._clock(), method, chat_id, taken, outcome, text, message_id)
        with self._lock:
            self._arrivals.append(arrival)
            if self._path is not None:
                self._file = self._file or self._path.open("a", encoding="utf-8")
                self._file.write(json.dumps(asdict(arrival), ensure_ascii=False) + "\n")
                self._file.flush()

    def forget(self) -> None:
        """Begin anew in memory; the file stays."""
        with self._lock:
            self._arrivals.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def arrivals(self, since: int = 0) -> list[Arrival]:
        """Return what arrived, from the given number on."""
        with self._lock:
            return self._arrivals[since:]

    def __len__(self) -> int:
        return len(self._arrivals)


def read_journal(path: Path) -> list[Arrival]:
    """Read a file of arrivals; a line that was cut off by a crash is left out."""
    arrivals = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            arrivals.append(Arrival(**json.loads(line)))
        except ValueError:
            continue
    return arrivals
