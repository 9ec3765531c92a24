"""Files that try to break whoever reads them: each ends in a clear refusal or is read; the program stays as it was."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hostile_files import ALL, Hostile

from knowledge.documents.apart import PARSING, READING_PICTURES
from knowledge.documents.document import Unreadable
from knowledge.documents.reading import read_document

MOST_GROWTH_KB = 200 * 1024
SLACK_S = 3.0  # for starting and ending the child on a busy machine


SLOW = ("a page of a million attributes",)  # these use up all the time that there is


@pytest.mark.parametrize("what", [pytest.param(what, marks=pytest.mark.soak) if what in SLOW else what for what in ALL])
def test_a_hostile_file_ends_in_a_clear_refusal_or_is_read(what: str) -> None:
    hostile = ALL[what]
    data = hostile.make()
    before_kb = _memory_kb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # from here on, the peak is that of reading
    started = time.monotonic()

    ended, message = _read(hostile, data)

    assert ended in hostile.ends, message
    assert time.monotonic() - started < PARSING.wall_s + READING_PICTURES.wall_s + SLACK_S
    assert _memory_kb("VmHWM") - before_kb < MOST_GROWTH_KB
    assert ended == "read" or (message.endswith(".") and "Traceback" not in message and 20 < len(message) < 300)


def _read(hostile: Hostile, data: bytes) -> tuple[str, str]:
    try:
        read_document(data, name=hostile.name)
    except Unreadable as refusal:
        return refusal.reason.value, refusal.message
    return "read", "it was read"


def _memory_kb(what: str) -> int:
    found = re.search(rf"{what}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1])
