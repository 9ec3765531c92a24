"""Disguises are undone for comparing only; what is shown again is byte for byte what the person wrote."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.reading.folding import fold
from knowledge.reading.matching import make_matching_copy

ZERO_WIDTH_SPACE, NON_JOINER, JOINER, WORD_JOINER = "\u200b", "\u200c", "\u200d", "\u2060"
SOFT_HYPHEN, BYTE_ORDER_MARK, RIGHT_TO_LEFT_OVERRIDE = "\u00ad", "\ufeff", "\u202e"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("Tourist VISA", "tourist visa", id="capitals"),
        pytest.param("visа", "visa", id="Cyrillic a in a Latin word"),
        pytest.param("раssроrt", "passport", id="several Cyrillic letters"),
        pytest.param("tοurist", "tourist", id="Greek omicron in a Latin word"),
        pytest.param("ｗｏｒｋ　ｖｉｓａ", "work visa", id="full-width letters and blank"),
        pytest.param("𝗳𝗿𝗲𝗲 𝘃𝗶𝘀𝗮", "free visa", id="mathematical bold"),
        pytest.param("𝓯𝓮𝓮", "fee", id="mathematical script"),
        pytest.param("ⓥⓘⓢⓐ", "visa", id="circled letters"),
        pytest.param("ﬁle", "file", id="ligature"),
        pytest.param(f"vi{ZERO_WIDTH_SPACE}sa", "visa", id="zero-width space"),
        pytest.param(f"vi{WORD_JOINER}sa", "visa", id="word joiner"),
        pytest.param(f"vi{SOFT_HYPHEN}sa", "visa", id="soft hyphen"),
        pytest.param(f"{BYTE_ORDER_MARK}visa", "visa", id="byte order mark"),
        pytest.param(f"{RIGHT_TO_LEFT_OVERRIDE}visa", "visa", id="override of direction"),
        pytest.param("३,५०,०००", "3,50,000", id="Devanagari digits"),
        pytest.param("৪৫", "45", id="Bengali digits"),
        pytest.param("੧੨ ૩૪ ௫௬ ౭౮ ೯೦ ൧൨ ୩୪", "12 34 56 78 90 12 34", id="digits of seven more scripts"),
        pytest.param("۱۲۳", "123", id="Urdu digits"),
        pytest.param("１２３", "123", id="full-width digits"),
        pytest.param("don’t", "don't", id="typographic apostrophe"),
        pytest.param("फ़ीस", "फीस", id="nukta"),
        pytest.param("पाँच", "पांच", id="chandrabindu"),
    ],
)
def test_a_disguise_is_undone_for_comparing(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize("word", ["работа", "виза", "Москва"])
def test_true_russian_words_stay_russian(word: str) -> None:
    assert fold(word) == word.lower()


def test_formatting_marks_of_a_chat_separate_no_letters_from_their_word() -> None:
    assert fold("*visit* _visa_").split() == ["visit", "visa"]


@pytest.mark.parametrize(
    ("message", "folded_words", "own_words"),
    [
        pytest.param(
            f"on a v{ZERO_WIDTH_SPACE}isit visa now", "visit visa", f"v{ZERO_WIDTH_SPACE}isit visa", id="zero"
        ),
        pytest.param("on a ｖｉｓｉｔ ｖｉｓａ now", "visit visa", "ｖｉｓｉｔ ｖｉｓａ", id="full-width"),
        pytest.param("on a vіsіt vіsа now", "visit visa", "vіsіt vіsа", id="Cyrillic"),
        pytest.param("fees ₹३,५०,००० lagegi", "3,50,000", "३,५०,०००", id="Devanagari digits"),
        pytest.param("Pay In CASH Only", "cash", "CASH", id="capitals"),
        pytest.param("पाँच लाख", "पांच", "पाँच", id="chandrabindu"),
    ],
)
def test_a_quote_is_cut_from_the_original(message: str, folded_words: str, own_words: str) -> None:
    copy = make_matching_copy(message)
    start = copy.folded.index(folded_words)

    assert copy.quote(start, start + len(folded_words)) == own_words


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(f"क्{JOINER}ष", id="Devanagari with a joiner"),
        pytest.param(f"रा{NON_JOINER}ज", id="Devanagari with a non-joiner"),
        pytest.param(f"അവന്{JOINER}", id="old Malayalam chillu, joiner last"),
        pytest.param(f"ক্{NON_JOINER}ষ", id="Bengali with a non-joiner"),
        pytest.param(f"می{NON_JOINER}خواہم", id="Urdu with a non-joiner"),
        pytest.param("ज़्यादा", id="Devanagari with a nukta"),
        pytest.param("👨‍👩‍👧", id="emoji family"),
    ],
)
def test_joiners_of_indian_scripts_stay_in_a_quote(word: str) -> None:
    copy = make_matching_copy(f"job {word} visa")

    quoted = copy.quote(0, len(copy.folded))

    assert quoted.encode() == f"job {word} visa".encode()


def test_a_quote_of_one_word_keeps_the_joiner_inside_it() -> None:
    word = f"क्{JOINER}षमा"
    copy = make_matching_copy(f"job {word} visa")
    start = copy.folded.index("क्षमा")

    assert copy.quote(start, start + len("क्षमा")) == word


def test_a_quote_is_widened_to_whole_words() -> None:
    copy = make_matching_copy("immediate departure")

    assert copy.quote(2, 5) == "immediate"


def test_a_quote_of_nothing_is_empty() -> None:
    assert make_matching_copy("visa").quote(2, 2) == ""
    assert make_matching_copy("").quote(0, 0) == ""


@pytest.mark.parametrize(
    ("message", "clauses"),
    [
        pytest.param("No fee. Visa free! Come?", ["No fee", "Visa free", "Come"], id="sentence ends"),
        pytest.param("काम है। फीस नहीं॥ आओ", ["काम है", "फीस नहीं", "आओ"], id="dandas"),
        pytest.param("Cook\nDriver\n\nMason", ["Cook", "Driver", "Mason"], id="lines"),
        pytest.param("✅ Cook ✅ Driver", ["Cook", "Driver"], id="bullets"),
        pytest.param(
            "fee 3.5 lakh in www.example.com today", ["fee 3.5 lakh in www.example.com today"], id="dots within"
        ),
        pytest.param("fee 30-35 hazar", ["fee 30-35 hazar"], id="a hyphen within"),
    ],
)
def test_a_message_falls_into_clauses(message: str, clauses: list[str]) -> None:
    copy = make_matching_copy(message)

    assert [copy.folded[start:end].strip() for start, end in copy.clauses] == [text.lower() for text in clauses]


def test_a_position_lies_in_its_own_clause() -> None:
    copy = make_matching_copy("No fee before. Fee after visa.")

    start, end = copy.clause_at(copy.folded.index("after"))

    assert copy.folded[start:end].strip() == "fee after visa"


@settings(deadline=None)  # the first texts wait for the lexicons of their scripts
@given(st.text(max_size=200))
def test_any_text_can_be_folded_and_every_span_quoted(text: str) -> None:
    copy = make_matching_copy(text)

    assert copy.original == text
    assert len(copy.origins) == len(copy.folded)
    assert list(copy.origins) == sorted(copy.origins)
    for start in range(0, len(copy.folded), 7):
        assert copy.quote(start, min(start + 5, len(copy.folded))) in text


@given(st.text(max_size=100))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)

    assert fold(once) == once


def test_a_chillu_letter_with_another_virama_is_the_same_letter():
    assert fold("അർജൻ്റ്") == fold("അർജന്റ്")
