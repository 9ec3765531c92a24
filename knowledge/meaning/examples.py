"""Reads the example sentences from which the classifiers learn: `knowledge/data/languages/<code>/examples.yaml`.

They were written for this purpose. No evaluation case is among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.vocabulary import RedFlag
from knowledge.yaml_files import read_yaml_strings

LANGUAGES_FOLDER = Path(__file__).parent.parent / "data" / "languages"
KINDS = ("offer", "emergency", "country_question", "procedure", "agent", "off_topic", "help")
_EVERY = 4
STAGES = ("before_paying", "paid", "visa_issued", "at_airport", "abroad_trapped")


class BadExamples(ValueError):
    """A file of examples cannot be read; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class Example:
    """One or two sentences and the one thing they were written to show, such as `flag:urgency` or `kind:offer`.

    `near` means: written to look like the label without showing it. What else a sentence shows is not said. `position`
    counts from 0 in its list; sentences of one position are often translations of each other. The last sentence of each
    list is held out for measuring.
    """

    text: str
    language: str
    label: str
    near: bool = False
    position: int = 0
    held_out: bool = False


def read_examples(folder: Path = LANGUAGES_FOLDER) -> tuple[Example, ...]:
    """All examples in the order of the files. Raises BadExamples."""
    return tuple(example for path in sorted(folder.glob("*/examples.yaml")) for example in _read_file(path))


def labels() -> tuple[str, ...]:
    """Every label that examples may carry: the red flags, then kinds, then stages."""
    flags = (f"flag:{flag.value}" for flag in RedFlag)
    return (*flags, *(f"kind:{kind}" for kind in KINDS), *(f"stage:{stage}" for stage in STAGES))


def _read_file(path: Path) -> Iterator[Example]:
    content: dict[str, Any] = read_yaml_strings(path) or {}
    language = path.parent.name
    known = set(labels())
    for group, prefix in (("flags", "flag"), ("kinds", "kind"), ("stages", "stage")):
        for name, sentences in (content.get(group) or {}).items():
            label = f"{prefix}:{name}"
            if label not in known:
                raise BadExamples(
                    f"{language}/{path.name}: {group} has no {name!r}; known are {', '.join(sorted(known))}"
                )
            lists = sentences if isinstance(sentences, dict) else {"shows": sentences}
            for which, texts in lists.items():
                for position, text in enumerate(texts):
                    held_out = position % _EVERY == _EVERY - 1 if len(texts) >= _EVERY else position == len(texts) - 1
                    yield Example(" ".join(text.split()), language, label, which == "near", position, held_out)
