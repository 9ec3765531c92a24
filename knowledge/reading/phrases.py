"""The curated phrase lists of `knowledge/data/phrases/` as compiled patterns, by the name of the concept.

A phrase is a small pattern: a space matches blanks or hyphens, ` ... ` a short gap inside one sentence, ` ~ ` the same
with its two sides in either order, a final `*` any ending of the word, `{name}` a shared building block. Everything
else is ordinary regular expression syntax.
`knowledge/data/phrases/README.md` shows how to add one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path

from knowledge.reading import beginnings, compiled_patterns, shorthand
from knowledge.reading.beginnings import BEGIN, INDIC
from knowledge.reading.compiled_patterns import CompiledPhrases, Concepts, load_compiled
from knowledge.reading.disguises import PHRASES_FOLDER
from knowledge.reading.lexicons import LANGUAGES_FOLDER
from knowledge.reading.matching import MatchingCopy
from knowledge.reading.shorthand import REWRITABLE, usual_spelling
from knowledge.yaml_files import read_yaml_strings

END = rf"(?![\w{INDIC}])"
_SPACE = r"[\s\-]+"
_MAYBE_SPACE = r"[\s\-]*"
# Up to about eight words of one sentence, and never from inside a word ("man ..." is not in "manager").
_GAP = f"(?:{BEGIN}|{END})" + r"(?:[^\n.!?।॥]{0,45}?[^\w\n.!?।॥])??[\s\-,]*"
_PLAIN_WORD = re.compile(rf"(?<!\\)(?:{REWRITABLE.pattern})(?![*?+{{}}])")  # no beginning of a word, no escape
_LETTER = rf"[\w{INDIC}]"
_ANY_ENDING = f"{_LETTER}*"


class BadPhrase(ValueError):
    """A phrase list holds a pattern that cannot be read; the message names the concept and the phrase."""


@dataclass(frozen=True)
class Span:
    """Where a phrase was found in the matching copy."""

    start: int
    end: int


class Phrasebook:
    """All concepts with their compiled phrases."""

    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts

    def find(self, concept: str, copy: MatchingCopy, within: tuple[int, int] | None = None) -> list[Span]:
        """Every place where the concept stands, in order; `within` limits the search to a span of the copy."""
        return list(self._search(concept, copy, within))

    def first(self, concept: str, copy: MatchingCopy, within: tuple[int, int] | None = None) -> Span | None:
        """The first place where the concept stands, or None."""
        return next(self._search(concept, copy, within), None)

    def has(self, concept: str, copy: MatchingCopy, within: tuple[int, int] | None = None) -> bool:
        """Whether the concept stands anywhere."""
        return self.first(concept, copy, within) is not None

    def concepts(self) -> tuple[str, ...]:
        """The names of all concepts."""
        return tuple(self._concepts)

    def _search(self, concept: str, copy: MatchingCopy, within: tuple[int, int] | None) -> Iterator[Span]:
        start, end = within or (0, len(copy.folded))
        found = self._concepts[concept].find(copy.folded, copy.places, max(0, start), end)
        return (Span(*span) for span in found)


@cache
def load_phrasebook(data_dir: Path | None = None) -> Phrasebook:
    """Read and compile the phrase lists, once a process; with a DATA_DIR the result is kept for the next start."""
    if data_dir is None:
        return Phrasebook(_compile_all())
    code = [Path(module.__file__ or "") for module in (beginnings, compiled_patterns, shorthand)]
    sources = [*_phrase_files(), shorthand.SHORTHAND_FILE, Path(__file__), *code]
    return Phrasebook(load_compiled(data_dir / "phrases.cache", sources, _compile_all))


def _phrase_files() -> list[Path]:
    """The shared lists, then what only one language says; a block that stands in several files is one block."""
    return [*sorted(PHRASES_FOLDER.glob("*.yaml")), *sorted(LANGUAGES_FOLDER.glob("*/phrases.yaml"))]


def _compile_all() -> Concepts:
    blocks: dict[str, str] = {}
    concepts: dict[str, list[str]] = {}
    for file in _phrase_files():
        content = read_yaml_strings(file) or {}
        for name, ways in (content.pop("blocks", None) or {}).items():
            blocks[name] = f"{blocks[name]}|{ways}" if name in blocks else ways
        for concept, phrases in content.items():
            concepts.setdefault(concept, []).extend(phrases)
    # What several languages come to is looked for once.
    return {name: compile_phrases(name, list(dict.fromkeys(phrases)), blocks) for name, phrases in concepts.items()}


def compile_phrases(concept: str, phrases: list[str], blocks: dict[str, str]) -> CompiledPhrases:
    """The phrases of one concept, each between borders of words. Raises BadPhrase."""
    try:
        return compiled_patterns.compile_phrases(_to_pattern(phrase, blocks) for phrase in phrases)
    except (re.error, KeyError, ValueError) as error:
        raise BadPhrase(f"phrase list {concept!r}: {error}") from error


def _to_pattern(phrase: str, blocks: dict[str, str]) -> str:
    sides = phrase.split(" ~ ")
    orders = (" ... ".join(order) for order in permutations(sides))
    return f"{BEGIN}(?:{'|'.join(_to_ordered_pattern(order, blocks) for order in orders)}){END}"


def _to_ordered_pattern(phrase: str, blocks: dict[str, str]) -> str:
    pattern = phrase
    while re.search(r"\{[a-z_]+\}", pattern):
        pattern = re.sub(r"\{([a-z_]+)\}", lambda found: f"(?:{blocks[found.group(1)]})", pattern)
    pattern = pattern.replace("\u093c", "").replace("\u0901", "\u0902")
    pattern = _PLAIN_WORD.sub(lambda found: usual_spelling(found.group()), pattern)
    pattern = re.sub(r"(?<!\[)\\w", lambda _: _LETTER, pattern)
    pattern = re.sub(rf"(?<=[\w{INDIC}])\*", lambda _: _ANY_ENDING, pattern)
    return pattern.replace(" ... ", "\0").replace(" ?", _MAYBE_SPACE).replace(" ", _SPACE).replace("\0", _GAP)
