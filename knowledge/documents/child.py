"""Knows what happens inside the child process: give up everything, read the order, run the one function, answer.

Started by `apart` as `python -m knowledge.documents.child`. Imports as little as it can: each file starts one.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from knowledge.documents.confinement import NotConfined, confine
from knowledge.documents.document import Unreadable, UnreadableReason

STANDARD_INPUT, STANDARD_OUTPUT = 0, 1


def main() -> None:
    """Do what the order on standard input says, and write what came of it as JSON to standard output."""
    answer_to = os.dup(STANDARD_OUTPUT)
    _silence()
    with os.fdopen(STANDARD_INPUT, "rb", closefd=False) as given:
        order = json.loads(given.readline())
        try:
            confine(**order["limits"])
        except NotConfined:
            answer = _refusal(UnreadableReason.NO_ISOLATION)
        else:
            answer = _answer(order["function"], given.read(), order["arguments"])
    with os.fdopen(answer_to, "wb") as out:
        out.write(answer)
    os._exit(0)  # what the parser left behind is not worth tidying up


def _answer(function: str, data: bytes, arguments: dict[str, Any]) -> bytes:
    """Run the function. A parser may fail in any way on a hostile file: this is a door that catches everything."""
    try:
        module, name = function.split(":")
        result = getattr(importlib.import_module(module), name)(data, arguments)
        return json.dumps({"result": result}, ensure_ascii=False).encode(errors="replace")
    except Unreadable as error:
        return _refusal(error.reason, error.message)
    except MemoryError:
        return _refusal(UnreadableReason.TOO_MUCH_MEMORY)
    except Exception as error:
        return _refusal(UnreadableReason.DAMAGED, fault=_describe(error))


def _refusal(reason: UnreadableReason, message: str = "", fault: str | None = None) -> bytes:
    return json.dumps({"reason": reason, "message": message, "fault": fault}).encode()


def _describe(error: Exception) -> str:
    """Where it failed and how, for our log; without the error's own words, which may quote the file."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "?"
    return f"{type(error).__name__} at {where}"


def _silence() -> None:
    """What libraries print must not get between the answer's lines."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STANDARD_OUTPUT)
    os.close(nowhere)


if __name__ == "__main__":
    main()
    sys.exit(0)
