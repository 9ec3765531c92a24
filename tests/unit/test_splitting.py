"""Long messages in parts that Telegram takes."""

from __future__ import annotations

import pytest
from hostile_api import parse_html
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.presenters.splitting import shown_width, split_html, to_plain

TEXTS = st.text(alphabet=st.sampled_from("ab .\n।क्षि🛂👨‍👩‍👧é؟"), max_size=80)


def test_a_short_message_stays_whole():
    assert split_html("<b>Danger</b>\n\nDo not go.") == ["<b>Danger</b>\n\nDo not go."]


def test_an_empty_message_gives_nothing_to_send():
    assert split_html(" \n<b> </b>") == []


def test_the_limit_counts_what_is_shown_and_not_the_markup():
    message = f'<a href="https://example.org/{"x" * 500}">{"a" * 50}</a>'

    assert len(split_html(message, limit=60)) == 1


@pytest.mark.parametrize(
    ("message", "first"),
    [
        ("one two.\n\nthree four five", "one two."),
        ("one two\nthree four five six", "one two"),
        ("one two. Three four five six", "one two."),
        ("यह सच है। और यह नहीं जानते", "यह सच है।"),
        ("one twothree fourfivesix", "one twothree"),
    ],
    ids=["paragraph", "line", "sentence", "danda", "word"],
)
def test_the_cut_is_at_the_best_border(message, first):
    assert split_html(message, limit=16)[0] == first


def test_an_open_tag_is_closed_at_the_cut_and_opened_again():
    parts = split_html('<a href="https://example.org">alpha beta</a>', limit=6)

    assert parts == ['<a href="https://example.org">alpha </a>', '<a href="https://example.org">beta</a>']


def test_an_entity_is_never_cut():
    assert split_html("aaa&amp;bbb", limit=4) == ["aaa&amp;", "bbb"]


def test_an_emoji_counts_as_two_units_as_telegram_counts():
    assert shown_width("🛂") == 2
    assert [len(part) for part in split_html("🛂" * 10, limit=5)] == [2, 2, 2, 2, 2]


def test_a_vowel_sign_stays_with_its_letter():
    assert all(not part.startswith(("ि", "्", "ा")) for part in split_html("कि" * 20, limit=7))


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["", "b", "i", "code"])), max_size=8), st.integers(12, 40))
@settings(max_examples=150, deadline=None)
def test_every_part_is_valid_short_enough_and_nothing_is_lost(chunks, limit):
    message = "".join(f"<{tag}>{text}</{tag}>" if tag else text for text, tag in chunks)

    parts = split_html(message, limit)

    assert all(shown_width(part) <= limit for part in parts)
    assert "".join("".join(parse_html(part).split()) for part in parts) == "".join(to_plain(message).split())


def test_plain_text_keeps_the_address_of_a_link():
    plain = to_plain('<b>See</b> <a href="https://example.org/?a=1&amp;b=2">notice</a> &lt;1&gt;')

    assert plain == "See notice (https://example.org/?a=1&b=2) <1>"
