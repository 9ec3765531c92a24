"""What is computed once for the passages, and what is taken over from one state of the library to the next."""

import datetime as dt

import numpy as np
import pytest
from retrieval_builders import WordEmbedder, make_centring, make_library, make_record, make_rule

from knowledge import shelf as shelf_module
from knowledge.index import IndexedPassages
from knowledge.records import Count
from knowledge.retriever import build_retriever
from knowledge.shelf import SourceWeights, VectorRoom, VectorSpace, build_shelf
from knowledge.words import WordIndex

DOCUMENTS = [["agent", "fee"], ["agent", "visa", "visa"], ["agent", "army", "front"], ["fee"]]


def notices(*numbers):
    return [make_record(f"notice-{n}", f"Agents in place {n} took a fee.", countries=["KH"]) for n in numbers]


@pytest.fixture
def embedder():
    return WordEmbedder()


@pytest.fixture
def space(embedder):
    return VectorSpace(embedder.fingerprint, make_centring())


@pytest.fixture
def every_size(monkeypatch):
    """Take over whatever the size of the library, so that a small one shows it."""
    monkeypatch.setattr(shelf_module, "SMALL", 0)


def same_objects(library, before):
    """The library as its keeper reads it: what has not changed is the very passage that was there before."""
    held = {passage.id: passage for passage in before.passages}
    object.__setattr__(library, "passages", tuple(held.get(passage.id, passage) for passage in library.passages))
    return library


def changed(before, *records, embedder):
    return same_objects(make_library(*records, embedder=embedder), before)


def positions_of(shelf):
    return {passage.id: position for position, passage in enumerate(shelf.passages)}


def test_a_shelf_that_was_taken_over_holds_what_one_computed_anew_holds(every_size, embedder, space):
    before = make_library(*notices(1, 2, 3, 4), make_rule("rule-T1", "A fee is capped."), embedder=embedder)
    after = changed(before, *notices(1, 3, 4, 5), make_rule("rule-T1", "A fee is capped."), embedder=embedder)

    ours = build_shelf(after, space, SourceWeights(), build_shelf(before, space, SourceWeights()))
    anew = build_shelf(after, space, SourceWeights())

    assert ours.added == 1
    assert sorted(positions_of(ours)) == sorted(positions_of(anew))
    for passage, position in positions_of(anew).items():
        mine = positions_of(ours)[passage]
        assert ours.passages[mine] is anew.passages[position]
        assert ours.source[mine] == anew.source[position]
        assert (ours.indexed.vectors[ours.rows[mine]] == anew.indexed.vectors[anew.rows[position]]).all()
        assert mine in ours.places_of[ours.passages[mine].advisory_id]
    assert ours.indexed.digests == anew.indexed.digests
    assert ours.indexed.state == anew.indexed.state
    assert {ours.passages[p].id for p in ours.about["KH"]} == {anew.passages[p].id for p in anew.about["KH"]}


def test_the_passages_of_a_notice_stay_together_when_one_of_them_is_new(every_size, embedder, space):
    long = "The agent of the town took a fee for a job that did not exist. " * 12
    before = make_library(make_record("grown", long, countries=["KH"]), *notices(1), embedder=embedder)
    after = changed(before, make_record("grown", long, long + "New.", countries=["KH"]), *notices(1), embedder=embedder)
    added = [passage for passage in after.passages if passage not in set(before.passages)]
    assert 0 < len(added) < sum(passage.advisory_id == "grown" for passage in after.passages)

    shelf = build_shelf(after, space, SourceWeights(), build_shelf(before, space, SourceWeights()))

    places = shelf.places_of["grown"]
    assert [shelf.passages[place].id for place in places] == [
        passage.id for passage in after.passages if passage.advisory_id == "grown"
    ]
    assert len(shelf.about["KH"]) == len(after.passages)


def test_a_notice_that_is_about_another_country_now_is_found_there(every_size, embedder, space):
    before = make_library(*notices(1, 2), embedder=embedder)
    moved = make_record("notice-1", "Agents in place 1 took a fee.", countries=["LA"])
    after = changed(before, moved, *notices(2), embedder=embedder)

    shelf = build_shelf(after, space, SourceWeights(), build_shelf(before, space, SourceWeights()))

    [place] = shelf.places_of["notice-1"]
    assert shelf.score_countries({"LA"})[place] == 1.0
    assert shelf.about["LA"].tolist() == [place]


def test_searching_a_shelf_that_was_taken_over_finds_new_words_and_nothing_withdrawn(every_size, embedder):
    before = make_library(*notices(1, 2), embedder=embedder)
    held = build_retriever(before, embedder, make_centring())
    after = changed(before, *notices(2), make_record("new", "A zeppelin permit is a fraud."), embedder=embedder)

    retriever = build_retriever(after, embedder, make_centring(), held=held)

    assert retriever.search("zeppelin permit")[0].advisory == "new"
    assert "notice-1" not in {hit.advisory for hit in retriever.search("agents in place 1 took a fee")}


def test_a_passage_that_waits_for_its_vector_is_on_the_shelf_all_the_same(every_size, embedder, space):
    before = make_library(*notices(1), embedder=embedder)
    after = changed(before, *notices(1), make_record("late", "A fee."), embedder=None)

    shelf = build_shelf(after, space, SourceWeights(), build_shelf(before, space, SourceWeights()))

    assert shelf.rows[positions_of(shelf)["late#0"]] == -1
    assert "late#0" not in shelf.indexed.ids


def test_a_notice_loses_its_bonus_when_a_new_one_replaces_its_numbers(every_size, embedder, space):
    def count(value, year):
        return Count(series="held", value=value, as_of=dt.date(year, 1, 1), words=f"{value} are held")

    old = make_record("old", "60 are held.", countries=["RU"], counts=(count(60, 2024),))
    new = make_record("new", "90 are held.", countries=["RU"], counts=(count(90, 2025),))
    before = make_library(old, embedder=embedder)
    after = changed(before, old, new, embedder=embedder)
    held = build_shelf(before, space, SourceWeights())

    shelf = build_shelf(after, space, SourceWeights(), held)

    assert shelf.source[positions_of(shelf)["old#0"]] < held.source[0]


def test_when_very_much_is_new_all_is_computed_together(every_size, monkeypatch, embedder, space):
    monkeypatch.setattr(shelf_module, "MOST_NEW", 1)
    before = make_library(*notices(1), embedder=embedder)
    after = changed(before, *notices(1, 2, 3), embedder=embedder)

    assert build_shelf(after, space, SourceWeights(), build_shelf(before, space, SourceWeights())).added == 0


def test_an_added_document_scores_as_it_would_among_the_others():
    whole = WordIndex(DOCUMENTS)

    grown = whole.changed(np.arange(4), [DOCUMENTS[1]])

    for question in (["visa"], ["agent", "visa"], ["front", "nowhere"]):
        assert grown.scores(question)[4] == pytest.approx(whole.scores(question)[1], abs=1e-6)


def test_documents_that_are_gone_leave_the_others_in_their_order():
    grown = WordIndex(DOCUMENTS).changed(np.array([1, 2]), [["new", "word"]]).changed(np.array([1, 2]), [["visa"]])

    assert [score > 0 for score in grown.scores(["army"])] == [True, False, False]
    assert [score > 0 for score in grown.scores(["new"])] == [False, True, False]
    assert [score > 0 for score in grown.scores(["visa"])] == [False, False, True]


def test_an_index_that_began_empty_takes_documents_in():
    grown = WordIndex([]).changed(np.array([], dtype=int), [["agent"]])

    assert np.count_nonzero(grown.scores(["agent"])) == 1


def rows(*numbers):
    return np.array([[number, -number] for number in numbers], dtype=np.float32)


def test_new_vectors_lie_behind_the_others_without_a_copy():
    room = VectorRoom([rows(*range(100))])

    longer = room.longer(room.vectors, rows(100))

    assert longer is not None
    assert (longer == rows(*range(101))).all()
    assert np.shares_memory(longer, room.vectors)
    assert len(room.vectors) == 100


def test_the_room_behind_goes_to_who_comes_first():
    room = VectorRoom([rows(*range(80))])
    first = room.longer(room.vectors, rows(1))

    assert room.longer(room.vectors, rows(2)) is None
    assert (first == rows(*range(80), 1)).all()
    assert room.longer(first, rows(2)) is not None


def test_where_there_is_no_room_left_nothing_is_written():
    room = VectorRoom([rows(*range(40))])

    assert room.longer(room.vectors, rows(1, 2)) is None
    assert room.longer(room.vectors, np.zeros((1, 3), dtype=np.float32)) is None
    assert (room.vectors == rows(*range(40))).all()


def test_two_changes_of_the_same_shelf_do_not_disturb_each_other(every_size, embedder, space):
    before = make_library(*notices(*range(90)), embedder=embedder)
    shelf = build_shelf(before, space, SourceWeights())
    one = changed(before, *notices(*range(90)), make_record("one", "A zeppelin permit."), embedder=embedder)
    other = changed(before, *notices(*range(90)), make_record("other", "A gondola fee."), embedder=embedder)

    first, second = build_shelf(one, space, SourceWeights(), shelf), build_shelf(other, space, SourceWeights(), shelf)

    for ours, library in ((shelf, before), (first, one), (second, other)):
        assert ours.indexed.digests == build_shelf(library, space, SourceWeights()).indexed.digests
        assert ours.indexed.digests == IndexedPassages(ours.indexed.ids, ours.indexed.vectors, "").digests
