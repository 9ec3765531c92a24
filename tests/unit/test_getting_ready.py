"""What a serving program does before the first person in a language comes."""

import gc

import pytest

from bot.getting_ready import get_ready
from bot.texts import catalogue_languages
from knowledge.advisor.replies import Reply
from knowledge.reading.languages import detect_language
from knowledge.vocabulary import Kind, Language

HELP = Reply(kind=Kind.HELP, verdict=None, language=Language.ENGLISH)


@pytest.fixture(autouse=True)
def searched_again():
    yield
    gc.unfreeze()


def test_it_answers_a_question_in_every_language_that_it_speaks():
    asked = []

    def reply(inquiry):
        asked.append(detect_language(inquiry.text).language)
        return HELP

    get_ready(reply)

    assert set(asked) == set(catalogue_languages())


def test_what_is_loaded_then_is_left_out_of_searches_for_unreachable_objects():
    get_ready(lambda _: HELP)

    assert gc.get_freeze_count() > 100_000
    assert gc.isenabled()
