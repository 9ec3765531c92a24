"""The compiled phrases of a concept, and how they are kept from one start to the next. Knows no phrases.

Compiling all lists takes three seconds of every start, most of what a person waits for in the terminal. The result is
kept in DATA_DIR under a key of everything it depends on. Whatever is wrong with it, the lists are compiled anew.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge.reading.beginnings import Places, beginnings


@dataclass(frozen=True)
class CompiledPhrases:
    """The patterns of one concept in their order, and under each of their beginnings the numbers of these patterns."""

    patterns: tuple[re.Pattern[str], ...]
    by_beginning: Mapping[str, tuple[int, ...]]

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(self.by_beginning)

    def find(self, text: str, places: Places, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Every match in `text[start:end]`, in order, of several at a place that of the first phrase.

        `places` are those of the whole text.
        """
        here = self._beginnings & places.beginnings
        trials = {
            (place, number)
            for letters in here
            for place in places.by_beginning[letters]
            for number in self.by_beginning[letters]
        }
        for place, number in sorted(trials):
            if start <= place < end and (found := self.patterns[number].match(text, place, end)):
                start = found.end()
                yield found.span()


def compile_phrases(patterns: Iterable[str]) -> CompiledPhrases:
    """Compile the patterns of one concept. Raises re.error, and ValueError where a bracket is not closed."""
    compiled: list[re.Pattern[str]] = []
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, pattern in enumerate(patterns):
        compiled.append(re.compile(pattern))
        for letters in beginnings(pattern):
            numbers[letters].append(number)
    return CompiledPhrases(tuple(compiled), {letters: tuple(found) for letters, found in numbers.items()})


Concepts = dict[str, CompiledPhrases]


def load_compiled(kept: Path, sources: Iterable[Path], compile_all: Callable[[], Concepts]) -> Concepts:
    """Return the compiled phrases by concept, from the file `kept` where it fits these sources, else newly made ones.

    `sources` are all files that the phrases depend on. Raises what `compile_all` raises.
    """
    key = _key(sources)
    try:
        return _read(kept, key)
    except Exception:  # missing, of another Python, cut short: all the same to us
        concepts = compile_all()
    _keep(kept, key, concepts)
    return concepts


def _key(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for source in sources:
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()


def _read(kept: Path, key: str) -> Concepts:
    import _sre  # type: ignore[import-not-found]  # CPython's own engine; elsewhere this fails, and nothing is kept

    found, rows = marshal.loads(kept.read_bytes())  # noqa: S302 - as trusted as the database beside it
    if found != key:
        raise ValueError("made from other sources")
    compile_code: Any = _sre.compile
    return {
        name: CompiledPhrases(
            tuple(
                compile_code(text, flags, code, groups, dict(names), tuple(indexes))
                for text, flags, code, groups, names, indexes in patterns
            ),
            by_beginning,
        )
        for name, by_beginning, patterns in rows
    }


def _keep(kept: Path, key: str, concepts: Concepts) -> None:
    """Write the file in one step; a read-only folder only costs the time."""
    try:
        rows = [
            (name, dict(phrases.by_beginning), [_taken_apart(pattern) for pattern in phrases.patterns])
            for name, phrases in concepts.items()
        ]
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
