"""Numbers stay in one piece where words run from right to left."""

import pytest

from bot.presenters.bidi import isolate_numbers


@pytest.mark.parametrize("number", ["1800-11-3090", "+91 99999 00001", "₹30,000", "1930", "15.5"])
def test_a_number_is_kept_in_one_piece(number):
    assert isolate_numbers(f"نمبر {number} ہے") == f"نمبر \u2066{number}\u2069 ہے"


def test_tags_and_their_addresses_stay_as_they_are():
    link = '<a href="https://example.org/2025-11-07">خبر</a>'

    assert isolate_numbers(link) == link


def test_isolating_twice_is_isolating_once():
    once = isolate_numbers("نمبر 1800-11-3090")

    assert isolate_numbers(once) == once
