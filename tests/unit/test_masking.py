"""Which numbers are personal and must not be stored or logged, and which must stay readable."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.masking import HIDDEN_DIGIT, fold_digits, mask

MOBILE = "9999900123"
SCRIPTS = {
    "Devanagari": "०१२३४५६७८९",
    "Bengali": "০১২৩৪৫৬৭৮৯",
    "Gurmukhi": "੦੧੨੩੪੫੬੭੮੯",
    "Gujarati": "૦૧૨૩૪૫૬૭૮૯",
    "Odia": "୦୧୨୩୪୫୬୭୮୯",
    "Tamil": "௦௧௨௩௪௫௬௭௮௯",
    "Telugu": "౦౧౨౩౪౫౬౭౮౯",
    "Kannada": "೦೧೨೩೪೫೬೭೮೯",
    "Malayalam": "൦൧൨൩൪൫൬൭൮൯",
    "Urdu": "۰۱۲۳۴۵۶۷۸۹",
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "full width": "０１２３４５６７８９",
    "Meetei Mayek": "꯰꯱꯲꯳꯴꯵꯶꯷꯸꯹",
    "Ol Chiki": "᱐᱑᱒᱓᱔᱕᱖᱗᱘᱙",
    "mathematical bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
}

# words around the number, and the number
PERSONAL = [
    ("Call {} now", "9999900123"),
    ("Call {} now", "+919999900123"),
    ("Call {} now", "+91 99999 00123"),
    ("Call {} now", "+91-99999-00123"),
    ("Call {} now", "0091 9999900123"),
    ("Call {} now", "09999900123"),
    ("Call {} now", "99999 00123"),
    ("Call {} now", "999-990-0123"),
    ("Call {} now", "(999) 990 0123"),
    ("Call {} now", "9 9 9 9 9 0 0 1 2 3"),
    ("Call {} now", "9.9.9.9.9.0.0.1.2.3"),
    ("Call {} now", "99999/00123"),
    ("Call {} now", "99999, 00123"),
    ("Call {} now", "99999_00123"),
    ("Call {} now", "99999–00123"),
    ("Call {} now", "9\u200b9\u200b9\u200b9\u200b9\u200b0\u200b0\u200b1\u200b2\u200b3"),
    (
        "Call {} now",
        "9\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e39\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e3",
    ),
    ("Call {} now", "99999\u00a000123"),
    ("WhatsApp: {}", "9999900123"),
    ("wa{}", "9999900123"),
    ("https://wa.me/{}", "919999900123"),
    ("{}@okbank", "9999900123"),
    ("₹{}", "9999900123"),  # too long for a sum
    ("{}, ask for Asha", "+971 50 999 0012"),
    ("{}, ask for Asha", "+855 12 999 001"),
    ("{}, ask for Asha", "+65 9999 0012"),
    ("{}, ask for Asha", "+7 (999) 990-00-12"),
    ("landline {}", "040-2999 0012"),
    ("landline {}", "022 29990012"),
    ("phone {}", "2999 0012"),
    ("Contact no. {}", "2999001"),
    ("मोबाइल नंबर {}", "99999 00123"),
    ("फोन {}", "2999 001"),
    ("ഫോൺ {}", "2999001"),
    ("నంబర్ {}", "2999001"),
    ("நம் எண் {}", "2999001"),
    ("ফোন {}", "2999001"),
    ("Aadhaar {}", "2345 6789 0123"),
    ("Aadhaar {}", "234567890123"),
    ("Aadhaar {}", "2345-6789-0123"),
    ("my uid is {}", "2345 6789 0123"),
    ("virtual id {}", "9123 4567 8901 2345"),
    ("Passport {}", "P1234567"),
    ("Passport {}", "p1234567"),
    ("Passport {}", "P 1234567"),
    ("I gave {} to him", "Z7654321"),
    ("foreign passport {}", "AB1234567"),
    ("PAN {}", "ABCDE1234F"),
    ("pan {}", "abcde1234f"),
    ("voter card {}", "ABC1234567"),
    ("licence to drive DL-{}", "0420110149646"),
    ("account {}", "123456789"),
    ("account {}", "12345678901"),
    ("account {}", "1234 5678 9012 345"),
    ("A/c no. {}", "12345678"),
    ("a/c {}", "123456"),
    ("khata {}", "12345678"),
    ("खाता नंबर {}", "12345678"),
    ("card {}", "4111 1111 1111 1111"),
    ("OTP {}", "123456"),
    ("pin: {}", "56789"),
    ("two of them: {}", "9999900123 9999900124"),
    ("before 22-11-2026 {}", "9999900123"),
    ("visa number {}", "12345678"),
]

READABLE = [
    "Pay ₹40,000 now",
    "Pay Rs 1,50,000 now",
    "Pay Rs. 150000 now",
    "Pay 150000 rupees",
    "Pay 1500000/- in cash",
    "INR 15000000 in all",
    "INR1500000 and Rs1500000 and USD1500000",
    "in all 1500000, a 1500000 fee",
    "USD 200000 a year",
    "AED 4500 a month",
    "रु 150000 दें",
    "150000 रुपये दें",
    "salary 45000 to 60000",
    "salary 45,000 - 60,000 a month",
    "1.5 lakh, 26 days, 8 hours",
    "on 22-11-2026 at 18:30",
    "on 2026-11-22 at 18:30",
    "on 22.11.2026",
    "on 22/11/2026",
    "in 2024-2025",
    "the years 2023, 2024 and 2025",
    "Order no. 45 of 2019",
    "Call 112",
    "Call 1930 or 181",
    "Call 14416",
    "Toll free 1800 11 3090",
    "Toll free 1800-180-1551",
    "Toll free +91 1800 11 3090",
    "Licence B-0123/DEL/PER/1000+/5/1234/2019",
    "Emigration Act 1983, section 24",
    "500081 Hyderabad",
    "flight AI 101 at 04:30",
    "B2B, A1 level, H1B visa, G20",
    "18-35 years, 5 feet 6, 55 kg",
    "45000\n60000\n75000",
    "",
]


@pytest.mark.parametrize(("words", "number"), PERSONAL)
def test_a_personal_number_is_hidden_and_the_words_around_it_stay(words, number):
    hidden = mask(words.format(number))

    assert not re.search(r"\d", hidden.replace("22-11-2026", ""))
    assert len(hidden) == len(words.format(number))
    for part in words.split("{}"):
        assert part in hidden


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("number", ["9999900123", "99999 00123", "2345 6789 0123"])
def test_digits_of_every_script_count(script, number):
    written = number.translate(str.maketrans("0123456789", SCRIPTS[script]))

    hidden = mask(f"नंबर {written} है")

    assert set(hidden) & set(SCRIPTS[script]) == set()
    assert hidden.startswith("नंबर ")


@pytest.mark.parametrize("words", READABLE)
def test_what_a_reply_is_about_stays_readable(words):
    assert mask(words) == words


def test_letters_of_a_passport_are_hidden_too():
    assert mask("P1234567") == HIDDEN_DIGIT * 8


def test_a_masked_text_is_masked_no_further():
    once = mask("Call +91 99999 00123, passport P1234567")

    assert mask(once) == once


@given(st.text(max_size=200))
def test_masking_keeps_the_length_and_every_character_that_is_no_digit_or_letter(words):
    hidden = mask(words)

    assert len(hidden) == len(words)
    assert all(now in (before, HIDDEN_DIGIT) for before, now in zip(words, hidden, strict=True))


@given(
    st.from_regex(r"[6-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-", ".", "\u200b", "  "]),
    st.sampled_from(list(SCRIPTS.values())),
    st.sampled_from(["", "call ", "कॉल करें ", "No:", "👉"]),
)
def test_no_way_of_writing_a_mobile_number_shows_its_digits(number, gap, script, before):
    written = gap.join(number).translate(str.maketrans("0123456789", script))

    assert not re.search(r"\d", fold_digits(mask(f"{before}{written} ok")))


def test_a_very_long_text_is_masked_in_good_time():
    assert len(mask("1 " * 50_000)) == 100_000
    assert len(mask("a" * 100_000 + "!")) == 100_001
