"""The words by which a message goes on with a matter: every language has them, and each is found again."""

from __future__ import annotations

import pytest

from knowledge.advisor.following import WORDS_FILE, plain_words
from knowledge.reading.mentions import find_countries
from knowledge.vocabulary import Language
from knowledge.yaml_files import read_yaml_strings

LISTS = read_yaml_strings(WORDS_FILE)
NAMES = ("openers", "asks_again", "thanks", "does_not_know")
ENTRIES = [(name, phrase) for name in LISTS for phrases in LISTS[name].values() for phrase in phrases]


def test_there_are_these_lists_and_no_others():
    assert set(LISTS) == set(NAMES)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_every_language_has_words_of_its_own(name, language):
    assert LISTS[name][language.value]


def test_no_language_is_misspelt():
    assert {code for name in LISTS for code in LISTS[name]} <= {language.value for language in Language}


def test_every_entry_says_something():
    assert [entry for entry in ENTRIES if not plain_words(entry[1])] == []


def test_no_entry_names_a_place():
    assert [phrase for _, phrase in ENTRIES if find_countries(phrase)] == []


def test_what_asks_again_or_thanks_is_more_than_an_opener():
    openers = {phrase for name, phrase in ENTRIES if name == "openers"}

    assert openers.isdisjoint(phrase for name, phrase in ENTRIES if name != "openers")
