"""How good a language model's words were: what is measured, the score, and what staff are asked to look at."""

from __future__ import annotations

import pytest
from fake_advisor import make_reply

from knowledge.advisor.guarding.guard import Checked, Passed, Refusal
from knowledge.advisor.guarding.sources import Source
from knowledge.advisor.guarding.support import Support
from knowledge.chat.quality import Listed, Quality, measure, why_listed
from knowledge.vocabulary import Language

TRUE = "Indians are asked to turn down helper jobs near the front."
HINDI = "भारतीयों से कहा गया है कि मोर्चे के पास नौकरी न करें।"


def make_source(record: str = "notice-1") -> Source:
    return Source("S1", record, False, "Ministry of Examples", None, None, "unknown", ("RU",), (), None, (TRUE,), ())


def passed(words: str = TRUE, near: float | None = 0.8, shared: float = 0.9, record: str = "notice-1") -> Passed:
    return Passed(words, (make_source(record),), Support(shared, near, ()))


def measured(*sentences: Passed, refused: tuple[Refusal, ...] = (), language: Language = Language.ENGLISH) -> Quality:
    reply = make_reply(language=language)
    return measure(reply, Checked(tuple(sentences), refused), most_shown=4, seconds=1.5)


def test_it_measures_the_weakest_shown_sentence_and_counts_what_was_kept_back():
    refused = (Refusal.NAME, Refusal.FIGURE, Refusal.NAME)

    quality = measured(passed(near=0.8, shared=0.9), passed(near=0.5, shared=0.6, record="notice-2"), refused=refused)

    assert (quality.said, dict(quality.refused)) == (5, {"name": 2, "figure": 1})
    assert (quality.least_near, quality.least_shared) == (0.5, 0.6)
    assert quality.records == ("notice-1", "notice-2")
    assert quality.characters == 2 * len(TRUE)
    assert quality.seconds == 1.5


def test_a_sentence_that_is_not_shown_any_more_counts_as_said_and_is_not_held():
    quality = measured(*[passed()] * 4, passed("A fifth sentence that has no place.", near=0.1))

    assert quality.said == 5
    assert len(quality.shown) == 4
    assert quality.least_near == 0.8


def test_where_nothing_is_shown_there_is_no_score_and_nothing_to_look_at():
    quality = measured(refused=(Refusal.REASSURANCE,))

    assert (quality.score, quality.least_near, quality.shown) == (None, None, ())
    assert why_listed(quality, others=0, as_low=0, chance=0.0) is None


@pytest.mark.parametrize(
    ("remark", "worse", "better"),
    [
        ("weaker support", measured(passed(near=0.5)), measured(passed(near=0.8))),
        ("fewer of the record's words", measured(passed(shared=0.5)), measured(passed(shared=0.9))),
        ("one weak sentence among strong ones", measured(passed(), passed(near=0.46)), measured(passed(), passed())),
        ("much kept back", measured(passed(), refused=(Refusal.NAME,) * 3), measured(passed())),
        ("part left out", measured(passed(), refused=(Refusal.OMISSION,)), measured(passed(), refused=(Refusal.NAME,))),
        ("another language", measured(passed(HINDI)), measured(passed(TRUE))),
    ],
)  # fmt: skip
def test_the_score_is_lower_for(remark, worse, better):
    assert worse.score < better.score, remark


def test_across_languages_shared_words_say_nothing_of_the_score():
    quality = measured(passed(HINDI, near=0.5, shared=0.0), language=Language.HINDI)

    assert quality.right_language
    assert quality.score == 0.5


def test_without_an_embedding_model_the_words_are_the_score():
    assert measured(passed(near=None, shared=0.75)).score == 0.75


@pytest.mark.parametrize(
    ("words", "language", "right"),
    [
        (TRUE, Language.ENGLISH, True),
        (TRUE, Language.HINDI, False),
        (HINDI, Language.HINDI, True),
        (HINDI, Language.ENGLISH, False),
        ("Bharatiyon se kaha gaya hai ki aisi naukri na karein.", Language.HINGLISH, True),
        ("இந்த வேலைக்கு போக வேண்டாம் என்று தூதரகம் சொல்கிறது.", Language.TAMIL, True),
        ("இந்த வேலைக்கு போக வேண்டாம் என்று தூதரகம் சொல்கிறது.", Language.TELUGU, False),
    ],
)
def test_the_language_of_what_is_shown_is_looked_at(words, language, right):
    assert measured(passed(words), language=language).right_language is right


@pytest.mark.parametrize(
    ("remark", "others", "as_low", "chance", "why"),
    [
        ("the first one", 0, 0, 0.9, Listed.LOW),
        ("lower than the only other", 1, 0, 0.9, Listed.LOW),
        ("no lower than the only other", 1, 1, 0.9, None),
        ("within the lowest twentieth", 200, 9, 0.9, Listed.LOW),
        ("just above it", 200, 10, 0.9, None),
        ("as good as all others, drawn", 200, 200, 0.049, Listed.RANDOM),
        ("as good as all others, not drawn", 200, 200, 0.05, None),
    ],
)
def test_staff_look_at_the_lowest_and_at_one_in_twenty(remark, others, as_low, chance, why):
    assert why_listed(measured(passed()), others=others, as_low=as_low, chance=chance) is why, remark
