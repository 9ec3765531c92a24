"""Words of another language become the Hinglish that the phrase lists are written in."""

import pytest

from knowledge.reading import lexicons
from knowledge.reading.lexicons import BadLexicon, find_rewritings, languages_read
from knowledge.reading.matching import make_matching_copy
from knowledge.vocabulary import Language

MALAYALAM = """
script:
  visa: വിസ*
  visa se pehle: വിസയ്ക്ക് മുമ്പ്*
  paise: പണം*
  le: വാങ്ങ*
  lena: വാങ്ങൽ
endings:
  nahi: ില്ല
latin:
  paise: panam
latin_endings:
  nahi: illa
"""
MARATHI = """
script:
  paise: पैसे
  dena hai: द्यायचे
"""


@pytest.fixture
def words(tmp_path, monkeypatch):
    """A language folder of our own, for these tests only."""

    def write(language, content):
        (tmp_path / language).mkdir()
        (tmp_path / language / "lexicon.yaml").write_text(content, encoding="utf-8")

    monkeypatch.setattr(lexicons, "LANGUAGES_FOLDER", tmp_path)
    lexicons._load_lexicon.cache_clear()
    yield write
    lexicons._load_lexicon.cache_clear()


def read(text, language=None):
    return [found.words for found in find_rewritings(text, lambda line: language)]


def test_a_stem_takes_any_ending(words):
    words("ml", MALAYALAM)

    assert read("വിസയുടെ") == ["visa"]


def test_an_expression_wins_over_a_single_word(words):
    words("ml", MALAYALAM)

    assert read("വിസയ്ക്ക് മുമ്പ് പണം") == ["visa se pehle", "paise"]


def test_an_expression_does_not_reach_over_a_full_stop(words):
    words("ml", MALAYALAM)

    assert read("വിസയ്ക്ക്. മുമ്പ്") == ["visa"]


def test_a_whole_word_wins_over_its_stem(words):
    words("ml", MALAYALAM)

    assert read(make_matching_copy("വാങ്ങൽ").original.replace("ൽ", "ല്")) == ["lena"]


def test_an_ending_adds_its_words(words):
    words("ml", MALAYALAM)

    assert read("വാങ്ങില്ല") == ["le nahi"]


def test_an_unknown_word_stays(words):
    words("ml", MALAYALAM)

    assert read("മറ്റൊന്ന്") == []


def test_latin_words_are_read_only_in_a_line_of_that_language(words):
    words("ml", MALAYALAM)

    assert read("panam", Language.MALAYALAM) == ["paise"]
    assert read("panam", Language.ENGLISH) == []


def test_devanagari_is_read_as_marathi_only_where_it_is_marathi(words):
    words("mr", MARATHI)

    assert read("पैसे द्यायचे", Language.MARATHI) == ["paise", "dena hai"]
    assert read("पैसे द्यायचे", Language.HINDI) == []


def test_a_language_is_read_once_it_has_a_lexicon(words):
    assert Language.MALAYALAM not in languages_read()

    words("ml", MALAYALAM)

    assert Language.MALAYALAM in languages_read()


@pytest.mark.parametrize(
    ("content", "remark"),
    [("script:\n  paise: [പണം]", "a list"), ("script:\n  paise: 'പണം 5'", "a digit among the words")],
)
def test_a_broken_entry_is_named(words, content, remark):
    words("ml", content)

    with pytest.raises(BadLexicon, match=r"ml/lexicon.yaml.*paise"):
        read("വിസ")


def test_a_quote_is_cut_from_the_message_as_it_was_sent(words):
    words("ml", MALAYALAM)
    text = "ആദ്യം വിസയ്ക്ക് മുമ്പ് 3000 പണം വേണം"

    copy = make_matching_copy(text)
    start = copy.folded.index("se pehle")

    assert copy.quote(start, start + len("se pehle")) == "വിസയ്ക്ക് മുമ്പ്"


def test_of_two_expressions_with_as_many_words_the_longer_one_counts(words):
    words("ta", "script:\n  rakh liya: வாங்கி வை*\n  rakh lenge: வாங்கி வைப்பா*\n")

    assert make_matching_copy("வாங்கி வைப்பார்").folded == "rakh lenge"


def test_an_ending_written_onto_a_latin_word_is_a_word_of_its_own(words):
    words("ml", "script:\n  me: ൽ\n  sirf: മാത്രം\n")

    assert make_matching_copy("WhatsAppൽ മാത്രം").folded == "whatsapp me sirf"
