"""Shortened words are matched as if they were spelled out, and quoted as they were typed."""

from __future__ import annotations

import pytest

from knowledge.reading.folding import fold
from knowledge.reading.matching import make_matching_copy


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        pytest.param("nhi krna", "nahi karna", id="vowels left out"),
        pytest.param("smjh nhi aata", "samajh nahi aata", id="a stem in a table"),
        pytest.param("bhjo jldi", "bhejo jaldi", id="an order"),
        pytest.param("viza pe", "visa pe", id="by ear"),
        pytest.param("orignal pasport", "original passport", id="papers"),
        pytest.param("nahiiii", "nahi", id="drawn out"),
        pytest.param("job h", "job hai", id="a letter for a word"),
        pytest.param("agent k paas", "agent ke paas", id="a letter between words"),
        pytest.param("हिन्दी", "हिंदी", id="half letter in Hindi"),
    ],
)
def test_shorthand_is_brought_to_the_usual_spelling(written: str, usual: str) -> None:
    assert make_matching_copy(written).folded == usual


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("25 k salary", id="a sum"),
        pytest.param("h1b", id="a visa class"),
        pytest.param("i m going", id="English"),
        pytest.param("www.example.com", id="a link"),
        pytest.param("lie to me", id="an English word"),
    ],
)
def test_what_is_no_shorthand_stays(written: str) -> None:
    assert make_matching_copy(written).folded == written


def test_a_quote_keeps_the_spelling_of_the_person() -> None:
    copy = make_matching_copy("apna pasport de do nhi to")
    start = copy.folded.index("passport")

    assert copy.quote(start, start + len("passport de do nahi")) == "pasport de do nhi"


def test_every_character_of_the_copy_knows_where_it_came_from() -> None:
    copy = make_matching_copy("smjh ni aata, krwa do plzzzz हिन्दी")

    assert len(copy.origins) == len(copy.folded)
    assert list(copy.origins) == sorted(copy.origins)


def test_names_are_folded_without_respelling() -> None:
    assert fold("Vija Nagar") == "vija nagar"
