"""Staff look at what a language model said, beside the records that it says it from, and mark it fine or wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from quality_builders import QUALITY_MODEL, make_quality

from bot.presenters import desk as cards
from bot.presenters import fixed_texts
from knowledge.chat.quality_store import count_answers, count_wrong, save_quality
from knowledge.database import read_session, write_session
from knowledge.vocabulary import Language

ASHA, STRANGER = 900, 11
WORDS = "The ministry asks everybody to turn <such> offers down."


@pytest.fixture
def answer(bot: Any) -> int:
    """One reply's sentences, which wait for staff."""
    quality = make_quality(
        0.375,
        language=Language.ENGLISH,
        records=("mea-2026-10-30-helpers",),
        shown=(WORDS,),
        said=2,
        refused={"name": 1},
    )
    with write_session(bot.people.engine) as session:
        return save_quality(session, quality, model=QUALITY_MODEL, day=bot.clock().date(), chance=1.0)


async def test_staff_see_the_sentences_beside_their_records_and_mark_them_wrong(telegram, bot, answer):
    asha = telegram.person(ASHA)

    asha.says("/worklist")
    head, item = await asha.hears(2)
    asha.presses("Wrong")
    done = (await asha.hears(3))[-1]

    assert "1 answers of the language model" in head.text
    assert "turn <such> offers down" in item.text
    assert "mea-2026-10-30-helpers" in item.text
    assert "score 0.38, among the lowest scores" in item.text
    assert f"Answer {answer} is marked wrong" in done.text
    assert marks(bot) == (0, 1)


async def test_an_answer_that_is_fine_is_off_the_list_and_a_second_mark_changes_nothing(telegram, bot, answer):
    asha = telegram.person(ASHA)
    asha.says("/worklist")
    await asha.hears(2)

    asha.presses("Fine")
    await asha.hears(3)
    asha.presses("Wrong")
    late = (await asha.hears(4))[-1]
    asha.says("/worklist")
    again = (await asha.hears(5))[-1]

    assert late.text == cards.ANSWER_WAS_MARKED.format(number=answer)
    assert "language model" not in again.text
    assert marks(bot) == (0, 0)


async def test_for_others_the_buttons_do_not_exist(telegram, bot, answer):
    stranger = telegram.person(STRANGER)

    stranger.presses_data(f"v1:dk:{cards.Deed.ANSWER_WRONG}:{answer}")
    [said] = await stranger.hears(1)

    assert said.text == fixed_texts.UNKNOWN_COMMAND
    assert marks(bot) == (1, 0)


def marks(bot: Any) -> tuple[int, int]:
    """How many answers wait, and how many are marked wrong."""
    with read_session(bot.people.engine) as session:
        return count_answers(session), count_wrong(session, dt.date(2026, 1, 1))
