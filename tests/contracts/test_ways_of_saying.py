"""A red flag is seen however it is said, in English, Hinglish and Hindi, and not where only its words stand.

The messages stand in `tests/data/ways_of_saying.yaml`; `test_red_flags.py` holds the pairs that explain the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.reading.offer import read_offer
from knowledge.reading.phrases import load_phrasebook
from knowledge.reading.red_flags import find_red_flags
from knowledge.vocabulary import RedFlag

WAYS = yaml.safe_load((Path(__file__).parent.parent / "data" / "ways_of_saying.yaml").read_text(encoding="utf-8"))
HONEST = WAYS.pop("none")


def codes_of(message: str) -> set[RedFlag]:
    return {flag.code for flag in find_red_flags(read_offer(message, load_phrasebook()))}


def messages_of(side: str) -> list[tuple[RedFlag, str]]:
    return [(RedFlag(flag), message) for flag, sides in WAYS.items() for message in sides[side]]


@pytest.mark.parametrize(("flag", "message"), messages_of("shows"))
def test_a_flag_is_seen_however_it_is_said(flag: RedFlag, message: str) -> None:
    assert flag in codes_of(message)


@pytest.mark.parametrize(("flag", "message"), messages_of("innocent"))
def test_the_words_of_a_flag_alone_do_not_show_it(flag: RedFlag, message: str) -> None:
    assert flag not in codes_of(message)


@pytest.mark.parametrize("message", HONEST)
def test_an_honest_offer_or_question_shows_nothing(message: str) -> None:
    assert codes_of(message) == set()
