"""Reads the example sentences from which the classifiers learn: `knowledge/data/languages/<code>/examples.yaml`.

They were written for this purpose. No evaluation case is among them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.vocabulary import RedFlag
from knowledge.yaml_files import read_yaml_strings

LANGUAGES_FOLDER = Path(__file__).parent.parent / "data" / "languages"
KINDS = ("offer", "emergency", "country_question", "procedure", "agent", "off_topic", "help")
MESSAGES = ("emergency", "despair")
JOINED = "joined"  # the label of messages that are put together
_EVERY = 4
_JOINED = 100  # messages put together for each language
_SEED = 20261123
# What they are put together of: labels that begin so, in how many of the messages, and how many examples of it.
_MAKING = (
    ("kind:offer", 0.5, 1, 1),
    ("flag:", 1.0, 1, 4),
    ("kind:country_question", 0.2, 1, 1),
    ("kind:procedure", 0.2, 1, 1),
    ("kind:agent", 0.1, 1, 1),
)
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
    """Every label that is said of a sentence: the red flags, then kinds, then stages."""
    flags = (f"flag:{flag.value}" for flag in RedFlag)
    return (*flags, *(f"kind:{kind}" for kind in KINDS), *(f"stage:{stage}" for stage in STAGES))


def message_labels() -> tuple[str, ...]:
    """The labels that are said of a message as a whole, from its one vector."""
    return tuple(f"message:{name}" for name in MESSAGES)


def join_examples(examples: Sequence[Example]) -> tuple[Example, ...]:
    """Whole messages of people who are not in need, put together of examples of one language: an offer and its signs.

    Those who ask about an offer tell much of it in one message, and what teaches must look like what comes. Held-out
    examples are joined to held-out ones only. The same examples give the same messages.
    """
    chance = random.Random(_SEED)  # noqa: S311 - no secret, and the same every time
    joined = []
    for language in sorted({example.language for example in examples}):
        for held_out, count in ((False, _JOINED), (True, _JOINED // _EVERY)):
            pool = [example for example in examples if example.language == language and example.held_out == held_out]
            joined += [
                Example(_join(pool, chance), language, JOINED, position=number, held_out=held_out)
                for number in range(count)
            ]
    return tuple(joined)


def _join(pool: Sequence[Example], chance: random.Random) -> str:
    parts: list[str] = []
    for start, share, fewest, most in _MAKING:
        texts = [example.text for example in pool if example.label.startswith(start)]
        if texts and chance.random() < share:
            parts += chance.sample(texts, min(len(texts), chance.randint(fewest, most)))
    return " ".join(parts)


def _read_file(path: Path) -> Iterator[Example]:
    content: dict[str, Any] = read_yaml_strings(path) or {}
    language = path.parent.name
    known = {*labels(), *message_labels()}
    for group, prefix in (("flags", "flag"), ("kinds", "kind"), ("stages", "stage"), ("messages", "message")):
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
