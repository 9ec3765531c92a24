"""For each red flag and language two messages that differ only in what matters: one shows the flag, the other not."""

from pathlib import Path

import pytest

from knowledge.reading.offer import read_offer
from knowledge.reading.phrases import load_phrasebook
from knowledge.reading.red_flags import find_red_flags
from knowledge.vocabulary import Language, RedFlag
from knowledge.yaml_files import read_yaml_strings

FOLDER = Path(__file__).parent.parent / "data" / "contrast"
PAIRS = [
    (path.stem, flag, pair["shows"], pair["innocent"])
    for path in sorted(FOLDER.glob("*.yaml"))
    for flag, pair in read_yaml_strings(path).items()
]


def flags_of(text):
    return {flag.code.value for flag in find_red_flags(read_offer(text, load_phrasebook()))}


def test_there_is_a_pair_for_every_flag_and_language():
    assert {(language, flag) for language, flag, *_ in PAIRS} == {
        (language.value, flag.value) for language in Language for flag in RedFlag
    }


@pytest.mark.parametrize(("language", "flag", "shows", "innocent"), PAIRS)
def test_a_message_shows_the_flag(language, flag, shows, innocent):
    assert flag in flags_of(shows)


@pytest.mark.parametrize(("language", "flag", "shows", "innocent"), PAIRS)
def test_its_innocent_neighbour_does_not(language, flag, shows, innocent):
    assert flag not in flags_of(innocent)
