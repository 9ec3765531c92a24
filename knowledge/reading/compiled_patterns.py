"""Keeps what `re` makes of the phrase lists from one start to the next. Knows no phrases.

Compiling all lists takes two seconds of every start, most of what a person waits for in the terminal. The result is
kept in DATA_DIR under a key of everything it depends on. Whatever is wrong with it, the lists are compiled anew.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Patterns = dict[str, re.Pattern[str]]


def load_compiled(kept: Path, sources: Iterable[Path], make_patterns: Callable[[], dict[str, str]]) -> Patterns:
    """Return the compiled patterns by name, from the file `kept` where it fits these sources, else newly made ones.

    `sources` are all files that the patterns depend on. Raises what `make_patterns` and `re.compile` raise.
    """
    key = _key(sources)
    try:
        return _read(kept, key)
    except Exception:  # missing, of another Python, cut short: all the same to us
        patterns = {name: re.compile(pattern) for name, pattern in make_patterns().items()}
    _keep(kept, key, patterns)
    return patterns


def _key(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for source in sources:
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()


def _read(kept: Path, key: str) -> Patterns:
    import _sre  # type: ignore[import-not-found]  # CPython's own engine; elsewhere this fails, and nothing is kept

    found, rows = marshal.loads(kept.read_bytes())  # noqa: S302 - as trusted as the database beside it
    if found != key:
        raise ValueError("made from other sources")
    compile_code: Any = _sre.compile
    return {
        name: compile_code(text, flags, code, groups, dict(names), tuple(indexes))
        for name, text, flags, code, groups, names, indexes in rows
    }


def _keep(kept: Path, key: str, patterns: Patterns) -> None:
    """Write the file in one step; a read-only folder only costs the time."""
    try:
        rows = [(name, *_taken_apart(pattern)) for name, pattern in patterns.items()]
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=kept.parent, prefix=".patterns-")
        with os.fdopen(handle, "wb") as file:
            file.write(marshal.dumps((key, rows)))
        Path(beside).replace(kept)
    except Exception:  # a convenience that may fail anywhere: the patterns are there already
        return


def _taken_apart(pattern: re.Pattern[str]) -> tuple[str, int, list[int], int, list[tuple[str, int]], list[str | None]]:
    """What the engine needs to build the pattern again (the steps of `re._compiler.compile`)."""
    from re import _compiler, _parser  # type: ignore[attr-defined]

    parsed = _parser.parse(pattern.pattern, pattern.flags)
    code = [int(step) for step in _compiler._code(parsed, pattern.flags)]
    indexes: list[str | None] = [None] * parsed.state.groups
    for name, index in parsed.state.groupdict.items():
        indexes[index] = name
    names = list(parsed.state.groupdict.items())
    return pattern.pattern, pattern.flags, code, parsed.state.groups - 1, names, indexes
