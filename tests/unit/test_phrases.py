"""The small pattern language of the phrase lists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from knowledge.reading.beginnings import beginnings, find_places
from knowledge.reading.matching import make_matching_copy
from knowledge.reading.phrases import BadPhrase, Phrasebook, compile_phrases, load_phrasebook

BLOCKS = {"visa": "visa|वीजा", "holder": "agent|company"}


def finds(phrase: str, message: str) -> bool:
    book = Phrasebook({"made_up": compile_phrases("made_up", [phrase], BLOCKS)})
    return book.has("made_up", make_matching_copy(message))


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
        compile_phrases("made_up", [phrase], BLOCKS)


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        pytest.param("abcd", {"abc"}, id="a word"),
        pytest.param("ab", {"ab"}, id="a short word"),
        pytest.param("(?:abc|bcd)x", {"abc", "bcd"}, id="alternatives"),
        pytest.param("(?:abc )?def", {"abc", "def"}, id="a part that may be missing"),
        pytest.param("(?:ab ){0,3}def", {"ab ", "def"}, id="a part that may be missing, counted"),
        pytest.param("(?:a(?:b|c)|d)?[ef]g", {"abe", "abf", "ace", "acf", "deg", "dfg", "eg", "fg"}, id="nested"),
        pytest.param(r"\d+ days", {"0"}, id="digits"),
        pytest.param(r"\d\d days", {"00 "}, id="two digits"),
        pytest.param(r"(?<!my )visa", {"vis"}, id="a look behind"),
        pytest.param(r"^(?:yes|ok)\b", {"yes", "ok"}, id="anchors"),
        pytest.param(r"a[\s\-]+visa", {"a "}, id="a blank or a hyphen"),
        pytest.param(r"\$\d", {" 0"}, id="a sign"),
        pytest.param("x|y", {"x", "y"}, id="bars at the top"),
        pytest.param(r"a\w*", {"a"}, id="any ending"),
        pytest.param(r"\w+ visa", {""}, id="any word"),
        pytest.param("(?:abc)?", {"abc", ""}, id="what can be nothing"),
        pytest.param("(?:ab|)", {"ab", ""}, id="an alternative that is nothing"),
        pytest.param("[^a]b", {""}, id="all but one letter"),
        pytest.param("[a-c]b", {""}, id="a range, which is not followed up"),
        pytest.param(".x", {""}, id="anything"),
        pytest.param("(?i:a)b", {""}, id="syntax of no phrase list"),
    ],
)
def test_what_a_pattern_can_begin_with_is_known_or_nothing_is_claimed(pattern: str, known: set[str]) -> None:
    assert beginnings(pattern) == frozenset(known)


def test_the_places_of_a_text_are_the_borders_of_its_words_and_signs() -> None:
    places = find_places("ab 12-वी").by_beginning
    assert places["ab"] == [0]
    assert places["ab "] == [0]
    assert places["00 "] == [3]
    assert places["वी"] == [6]
    assert places[""] == [0, 3, 6]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("Deposit ₹25,000 today or seat gone. Don't tell anyone, pay before visa!", id="English"),
        pytest.param("bhai visa lagne se pehle 25000 bhejne hain, kisi ko batana nahi", id="Hinglish"),
        pytest.param("वीज़ा से पहले पैसे जमा करो, पासपोर्ट कंपनी रखेगी", id="Hindi"),
        pytest.param("ഏജൻ്റ് പറഞ്ഞു പണം ആദ്യം അടയ്ക്കണം; passport തരില്ല", id="Malayalam and English"),
        pytest.param("", id="nothing"),
    ],
)
def test_looking_at_beginnings_finds_what_a_search_of_everything_finds(message: str) -> None:
    book, copy = load_phrasebook(), make_matching_copy(message)
    for concept, phrases in book._concepts.items():
        everything = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in phrases.patterns))
        for within in (None, *copy.clauses):
            found = [(span.start, span.end) for span in book.find(concept, copy, within)]
            assert found == [hit.span() for hit in everything.finditer(copy.folded, *(within or ()))], concept


def test_what_was_compiled_is_kept_and_a_spoilt_file_is_no_harm(tmp_path: Path) -> None:
    copy = make_matching_copy("pay the registration fee before the visa, tell nobody")

    def read() -> dict[str, object]:
        load_phrasebook.cache_clear()
        book = load_phrasebook(tmp_path)
        return {concept: book.find(concept, copy) for concept in book.concepts()}

    first = read()
    kept = tmp_path / "phrases.cache"
    made = kept.stat().st_mtime_ns
    assert any(first.values())
    assert read() == first
    assert kept.stat().st_mtime_ns == made
    kept.write_bytes(kept.read_bytes()[:1000])
    assert read() == first
    assert kept.stat().st_mtime_ns != made
