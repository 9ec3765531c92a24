"""The small pattern language of the phrase lists."""

from __future__ import annotations

import re

import pytest

from knowledge.reading.first_letters import first_letters
from knowledge.reading.matching import make_matching_copy
from knowledge.reading.phrases import BadPhrase, join_phrases

BLOCKS = {"visa": "visa|वीजा", "holder": "agent|company"}


def finds(phrase: str, message: str) -> bool:
    return re.search(join_phrases("made_up", [phrase], BLOCKS), make_matching_copy(message).folded) is not None


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        pytest.param("visit {visa}", "on a visit-visa", id="a space meets a hyphen"),
        pytest.param("visit {visa}", "visit वीज़ा", id="a block"),
        pytest.param("e ?visa", "evisa", id="blank or none"),
        pytest.param("pay ... now", "pay the whole sum now", id="a gap"),
        pytest.param("convert* it", "converted it", id="any ending"),
        pytest.param("passport ~ {holder}", "passport rahega company", id="either order, as written"),
        pytest.param("passport ~ {holder}", "company rakhegi passport", id="either order, turned"),
        pytest.param(r"(\w+ )?काम", "किसी काम", id="a word of another script"),
        pytest.param("nhi karna", "nahi krna", id="shorthand on both sides"),
    ],
)
def test_a_phrase_finds(phrase: str, message: str) -> None:
    assert finds(phrase, message)


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        pytest.param("visa", "visage", id="part of a word"),
        pytest.param("काम", "कामयाब", id="part of a Hindi word"),
        pytest.param("pay ... now", "Pay later. Now read", id="over a full stop"),
        pytest.param("passport ~ {holder}", "Passport is mine. Company is known.", id="two sentences"),
    ],
)
def test_a_phrase_does_not_find(phrase: str, message: str) -> None:
    assert not finds(phrase, message)


@pytest.mark.parametrize("phrase", ["(open", "{nowhere} visa"])
def test_a_broken_phrase_is_named(phrase: str) -> None:
    with pytest.raises(BadPhrase, match="made_up"):
        join_phrases("made_up", [phrase], BLOCKS)


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        pytest.param("abc", "a", id="a word"),
        pytest.param("(?:abc|bcd)x", "ab", id="alternatives"),
        pytest.param("(?:abc )?def", "ad", id="a part that may be missing"),
        pytest.param("(?:abc ){0,3}def", "ad", id="a part that may be missing, counted"),
        pytest.param("(?:a(?:b|c)|d)?[ef]g", "adef", id="nested"),
        pytest.param(r"\d+ days", "0123456789", id="digits"),
        pytest.param(r"(?<!my )visa", "v", id="a look behind"),
        pytest.param("x|y", "xy", id="bars at the top"),
    ],
)
def test_the_letters_that_a_pattern_can_begin_with_are_known(pattern: str, letters: str) -> None:
    assert first_letters(pattern) == frozenset(letters)


@pytest.mark.parametrize("pattern", [r"\w+ visa", "(?:abc)?", "(?:a|)", "[^a]b", ".x", ""])
def test_where_the_first_letter_is_unsure_nothing_is_claimed(pattern: str) -> None:
    assert first_letters(pattern) is None
