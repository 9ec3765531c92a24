"""How passages are put in order, and what a message is searched by."""

import datetime as dt

import numpy as np
import pytest
from retrieval_builders import make_library, make_record, make_rule

from knowledge.embedding.centring import Centring, main_script
from knowledge.glossing import gloss
from knowledge.retriever import Parts, Weights, build_retriever, rank
from knowledge.telling_sentences import MOST, telling_sentences
from knowledge.vocabulary import SourceTier
from knowledge.words import WordIndex, words_of


def parts_of(*scores):
    zeros = np.zeros(len(scores), dtype=np.float32)
    return Parts(np.array(scores, dtype=np.float32), zeros, zeros, zeros)


def test_the_best_passage_of_a_record_stands_for_it():
    chosen = rank(parts_of(0.5, 0.9, 0.7), ["a", "a", "b"].__getitem__, range(3), floor=0, limit=5)

    assert chosen == [1, 2]


def test_nothing_under_the_floor_is_returned():
    assert rank(parts_of(0.5, 0.1), ["a", "b"].__getitem__, range(2), floor=0.2, limit=5) == [0]


def test_no_more_than_the_limit_are_returned():
    assert rank(parts_of(0.3, 0.5, 0.4), ["a", "b", "c"].__getitem__, range(3), floor=0, limit=2) == [1, 2]


def test_only_candidates_are_chosen():
    assert rank(parts_of(0.3, 0.5), ["a", "b"].__getitem__, [0], floor=0, limit=5) == [0]


def test_equal_scores_keep_the_order_of_the_passages():
    assert rank(parts_of(0.5, 0.5), ["a", "b"].__getitem__, [1, 0], floor=0, limit=5) == [0, 1]


@pytest.mark.parametrize(
    ("countries", "asked", "expected"),
    [
        (["KH", "LA"], ["LA"], 1),  # it is about the country
        (["KH"], ["LA"], -1),  # it is about another one
        (["KH"], ["LA", "KH"], 1),  # it is about one of those asked for
        ([], ["LA"], 0),  # general advice
        (["IN"], ["LA"], 0),  # general advice too: everybody leaves from there
        (["KH"], [], 0),  # no country asked for
        (["KH"], ["IN"], 0),
    ],
)
def test_a_passage_gains_by_its_country_and_loses_by_another(countries, asked, expected):
    library = make_library(make_record("notice", "Receipts for fees are due.", countries=countries))

    assert build_retriever(library).shelf.score_countries(asked).tolist() == [expected]


def test_the_parts_of_a_score_add_up_to_it():
    library = make_library(make_rule("rule-T1", "Receipts for fees are due.", countries=["LA"]))

    (hit,) = build_retriever(library).search("receipts for fees", countries=["LA"])

    parts = hit.parts
    assert hit.score == pytest.approx(parts.meaning + parts.country + parts.words + parts.source, abs=1e-3)


def test_of_two_equal_notices_the_newer_comes_first():
    old = make_record("old", "Typing jobs are traps.", countries=["KH"], date=dt.date(2020, 1, 1))
    new = make_record("new", "Typing jobs are traps.", countries=["KH"], date=dt.date(2026, 11, 1))

    hits = build_retriever(make_library(old, new)).search("typing jobs", countries=["KH"])

    assert [hit.advisory for hit in hits] == ["new", "old"]


def test_of_two_equal_notices_the_more_official_comes_first():
    press = make_record("press", "Typing jobs are traps.", countries=["KH"])
    page = make_record("page", "Typing jobs are traps.", countries=["KH"], source_tier=SourceTier.OFFICIAL_PAGE)

    hits = build_retriever(make_library(press, page)).search("typing jobs", countries=["KH"])

    assert [hit.advisory for hit in hits] == ["page", "press"]


def test_being_official_and_new_never_outweighs_the_country():
    weights = Weights()

    assert max(weights.source.official.values()) + weights.source.newest < weights.country


def test_plural_and_case_do_not_keep_words_apart():
    assert words_of("AGENTS") == words_of("agent")


def test_common_words_of_english_and_hinglish_do_not_count():
    assert words_of("kya ye the of nahi hai") == []


def test_words_in_indian_scripts_do_not_count_but_their_countries_do():
    assert words_of("रूस में नौकरी", ["RU"]) == ["@RU"]


def test_a_weak_match_is_not_blown_up_to_a_whole_one():
    index = WordIndex([["agent", "fee"], ["agent", "visa"], ["agent", "army"]])

    assert 0 < index.scores(["agent"]).max() < 0.5


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_an_index_without_words_finds_nothing(documents):
    assert not WordIndex(documents).scores(["agent"]).any()


def test_a_short_message_is_searched_as_it_is():
    assert telling_sentences("  is this job safe? pay 900 dollars.  ") == ["is this job safe? pay 900 dollars."]


def test_an_empty_message_is_not_searched():
    assert telling_sentences(" \n ") == []


def test_a_long_offer_is_searched_by_its_sentences_about_place_pay_and_work():
    chat = "Good morning to all friends and family in this group today. " * 8
    offer = "Cook needed for a camp near Tula, visa in ten days. Salary 2 lakh a month. "

    sentences = telling_sentences(chat + offer + chat)

    assert len(sentences) <= MOST
    assert any("Cook needed" in sentence for sentence in sentences)
    assert any("Salary" in sentence for sentence in sentences)


def test_short_lines_of_a_poster_are_read_together():
    poster = "\n".join(
        ["Urgent hiring", "Country: Laos", "Post: Chat support", "Salary: 900 USD", *["Call now ok"] * 12]
    )

    assert any("Laos" in sentence and "Salary" in sentence for sentence in telling_sentences(poster))


def test_a_hundred_thousand_characters_are_still_few_sentences():
    assert len(telling_sentences("visa job fee " * 8000)) <= MOST


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("एजेंट ने धोखा दिया", {"agent", "cheating"}),
        ("dalal ne dhokhaa diyaa", {"agent", "cheating"}),  # doubled letters, another word for agent
        ("paise waapas nahin mile", {"money", "back"}),
        ("passport gum ho gaya, dutawas kidhar", {"passport", "lost", "embassy", "where"}),
    ],
)
def test_a_hindi_question_has_a_rough_english_version(text, known):
    assert known <= set((gloss(text) or "").split())


@pytest.mark.parametrize("text", ["is this offer genuine and safe", "", "12345", "ഈ ജോലി സുരക്ഷിതമാണോ"])
def test_other_languages_have_no_hindi_gloss(text):
    assert gloss(text) is None


def test_countries_stand_first_in_a_gloss():
    assert (gloss("रूस की सेना में काम", ("Russia",)) or "").startswith("Russia")


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("job in Laos", "LATIN"),
        ("लाओस में job", "DEVANAGARI"),
        ("ਨੌਕਰੀ", "GURMUKHI"),
        ("വിസ", "MALAYALAM"),
        ("نوکری", "ARABIC"),
        ("работа", "LATIN"),  # a script without centring texts is treated as Latin
        ("123 🙂", "LATIN"),
    ],
)
def test_the_script_of_a_message_is_that_of_most_letters(text, script):
    assert main_script(text) == script


def test_centring_takes_away_what_a_language_has_in_common():
    share = np.array([1, 0, 0], dtype=np.float32)
    centring = Centring({"en": share, "hi-Latn": share}, {"en": share}, "c")
    vector = np.array([[0.8, 0.6, 0.0]], dtype=np.float32)

    centred = centring.centre_queries(vector, ["a question"])

    assert centred[0] == pytest.approx([-0.3162, 0.9487, 0], abs=1e-3)
    assert centring.centre_passages(vector, ["ta"])[0] == pytest.approx(centred[0])
