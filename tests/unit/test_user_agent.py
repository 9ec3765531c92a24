"""How Satark introduces itself."""

from __future__ import annotations

import pytest

from ingest.fetching.user_agent import make_user_agent


def test_it_gives_its_own_name_and_the_operators_contact() -> None:
    words = make_user_agent("desk@example.org")

    assert words.startswith("Satark/")
    assert "contact: desk@example.org" in words


def test_without_a_contact_none_is_invented() -> None:
    assert "contact" not in make_user_agent()


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "desk) (x", "सहायता desk@example.org", "\x00\x7f", "a" * 5_000])
def test_no_contact_can_break_the_header(contact: str) -> None:
    words = make_user_agent(contact)

    assert words.isascii()
    assert words.isprintable()
    assert words.count("(") == words.count(")") == 1
    assert len(words) < 220
