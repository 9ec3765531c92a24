"""What is decided about the index, and which questions are golden."""

import pytest

from knowledge.golden import judge, read_golden
from knowledge.index import IndexUnusable
from knowledge.index_keeper import FEW, Situation, Step, choose_step

WELL = {
    "serving": True,
    "usable": True,
    "pointed_at_serving": True,
    "whole_on_disk": True,
    "passages": 10_000,
    "out_of_step": 0,
}


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, Step.NOTHING),
        ({"passages": 0, "serving": False, "usable": False}, Step.NOTHING),  # nothing to index yet
        ({"serving": False}, Step.OPEN),  # its process has died
        ({"serving": False, "usable": False, "pointed_at_serving": False}, Step.BUILD),  # none, or one that failed
        ({"pointed_at_serving": False}, Step.OPEN),  # another program has built a newer one
        ({"pointed_at_serving": False, "usable": False}, Step.NOTHING),  # … for another model: ours serves on
        ({"whole_on_disk": False}, Step.BUILD),  # the private copy serves meanwhile
        ({"out_of_step": FEW}, Step.NOTHING),  # searched exactly until the hourly renewal
        ({"out_of_step": 501}, Step.BUILD),
        ({"out_of_step": FEW, "passages": 150}, Step.NOTHING),  # a small library is searched exactly in no time
    ],
)
def test_the_next_step_follows_from_the_situation(changes, step):
    assert choose_step(Situation(**(WELL | changes))) is step


def found(*numbers, of=50):
    return {f"question {number}": number in numbers for number in range(of)}


ALL = found(*range(50))


def test_a_generation_that_finds_as_much_as_the_one_before_is_accepted():
    assert judge(ALL, ALL, ALL) == 0


def test_one_that_finds_less_than_exact_search_and_than_before_is_refused():
    with pytest.raises(IndexUnusable, match="2 golden questions fewer"):
        judge(ALL, found(*range(48)), ALL)


def test_gains_make_up_for_losses():
    assert judge(found(*range(40)), found(*range(5, 45)), ALL) == 0


def test_what_no_search_finds_any_more_is_told_and_holds_nothing_back():
    assert judge(ALL, found(*range(40)), found(*range(40))) == 10


def test_only_questions_that_both_could_answer_count():
    assert judge(found(*range(20), of=20), found(of=0), found(of=0)) == 0


def test_the_first_generation_has_nothing_to_be_compared_with():
    assert judge({}, found(), ALL) == 0


def test_golden_questions_have_a_text_and_an_answer_and_are_asked_once():
    questions = read_golden()

    assert len({question.text for question in questions}) == len(questions) == 50
    assert all(question.text and (question.country or question.records) for question in questions)
