import datetime as dt
import threading

import numpy as np
import pytest
import structlog
from sqlalchemy import text
from store_builders import (
    HELPLINE,
    NOON,
    RULE,
    TODAY,
    FakeEmbedder,
    make_advisory,
    make_engine,
)

from knowledge import advisories
from knowledge.database import DatabaseUnavailable, write_session
from knowledge.library import LibraryKeeper, load_library, select_valid
from knowledge.passage_store import count_vectors, embed_missing
from knowledge.records import Count
from knowledge.rules import save_helplines, save_rules
from knowledge.vocabulary import Status


@pytest.fixture
def engine(tmp_path):
    return make_engine(tmp_path)


def publish(engine, *records):
    with write_session(engine) as session:
        for record in records:
            advisories.save_draft(session, record, at=NOON)
            advisories.publish(session, record.id, by="asha", at=NOON)


def ids(engine, today=TODAY):
    return set(load_library(engine, today).advisories)


def test_only_published_advisories_are_in_the_library(engine):
    publish(engine, make_advisory("public"), make_advisory("taken-back"))
    with write_session(engine) as session:
        advisories.save_draft(session, make_advisory("draft"), at=NOON)
        advisories.withdraw(session, "taken-back", by="asha", reason="wrong", at=NOON)

    assert ids(engine) == {"public"}


def test_an_advisory_holds_through_its_last_day(engine):
    publish(engine, make_advisory("short", valid_until=TODAY))

    assert ids(engine, TODAY) == {"short"}
    assert ids(engine, TODAY + dt.timedelta(days=1)) == set()


def test_a_superseded_advisory_falls_silent_until_its_successor_is_withdrawn(engine):
    publish(engine, make_advisory("old"), make_advisory("new", supersedes=("old",)))
    before = ids(engine)

    with write_session(engine) as session:
        advisories.withdraw(session, "new", by="asha", reason="mistake", at=NOON)

    assert (before, ids(engine)) == ({"new"}, {"old"})


def test_an_expired_successor_does_not_bring_back_what_it_replaced(engine):
    publish(engine, make_advisory("old"), make_advisory("new", supersedes=("old",), valid_until=dt.date(2026, 1, 1)))

    assert ids(engine) == set()


@pytest.mark.parametrize(
    ("superseded_by", "stays"),
    [
        ("rule-B1", False),  # a rule of law took its place
        ("some-draft", True),  # what is not public yet replaces nothing
    ],
)
def test_what_replaces_an_advisory_must_itself_hold(superseded_by, stays):
    records = (make_advisory("old", superseded_by=superseded_by), make_advisory("some-draft", status=Status.DRAFT))

    assert bool(select_valid(records, TODAY)) is stays


def test_passages_of_advisories_and_rules_come_with_their_vectors(engine):
    publish(engine, make_advisory("public"))
    with write_session(engine) as session:
        save_rules(session, [RULE], at=NOON)
        advisories.save_draft(session, make_advisory("draft"), at=NOON)

    embed_missing(engine, FakeEmbedder())

    passages = load_library(engine, TODAY).passages
    assert [passage.advisory_id for passage in passages].count("public") == 2
    assert {passage.advisory_id for passage in passages} == {"public", "rule-T1"}
    assert all(passage.vector.dtype == np.float32 and passage.fingerprint == "model-a" for passage in passages)
    with pytest.raises(ValueError, match="read-only"):
        passages[0].vector[0] = 0


def test_rules_and_helplines_come_back_as_they_were_saved(engine):
    with write_session(engine) as session:
        save_rules(session, [RULE], at=NOON)
        save_helplines(session, [HELPLINE], at=NOON)

    library = load_library(engine, TODAY)

    assert (dict(library.rules), library.helplines) == ({RULE.id: RULE}, (HELPLINE,))


def test_countries_and_standing_warnings_are_found_newest_first(engine):
    publish(
        engine,
        make_advisory("older", date=dt.date(2020, 1, 1)),
        make_advisory("newer", date=dt.date(2026, 1, 1), standing=False),
        make_advisory("elsewhere", countries=("LA",)),
    )

    library = load_library(engine, TODAY)

    assert [record.id for record in library.by_country("kh")] == ["newer", "older"]
    assert [record.id for record in library.standing("KH")] == ["older"]
    assert library.by_country("FR") == ()


def test_of_each_series_of_numbers_the_newest_is_given(engine):
    early = Count("people_held", 44, dt.date(2025, 11, 7), "People held")
    late = Count("people_held", 50, dt.date(2025, 12, 18), "People held")
    publish(engine, make_advisory("a", counts=(late,)), make_advisory("b", counts=(early,), date=dt.date(2026, 5, 1)))

    assert load_library(engine, TODAY).newest_counts(["KH"]) == ((late, "a"),)


def test_the_keeper_reads_anew_only_when_something_changed(engine):
    publish(engine, make_advisory("first"))
    keeper = LibraryKeeper(engine, lambda: NOON)
    first = keeper.current()

    assert keeper.current() is first
    publish(engine, make_advisory("second"))
    assert set(keeper.current().advisories) == {"first", "second"}


def test_the_keeper_drops_what_expired_overnight_in_india(engine):
    publish(engine, make_advisory("short", valid_until=TODAY))
    now = [dt.datetime(2026, 11, 22, 18, 29, tzinfo=dt.UTC)]  # 23:59 in India
    keeper = LibraryKeeper(engine, lambda: now[0])

    assert set(keeper.current().advisories) == {"short"}
    now[0] += dt.timedelta(minutes=1)
    assert set(keeper.current().advisories) == set()


def test_the_keeper_serves_what_it_has_while_the_database_is_away(engine):
    publish(engine, make_advisory("first"))
    keeper = LibraryKeeper(engine, lambda: NOON)
    held = keeper.current()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE library_state"))

    with structlog.testing.capture_logs() as logs:
        assert keeper.current() is held
    assert [entry["event"] for entry in logs] == ["library_not_refreshed"]
    with pytest.raises(DatabaseUnavailable):
        LibraryKeeper(engine, lambda: NOON).current()


def test_many_threads_get_one_library(engine):
    publish(engine, make_advisory("first"))
    keeper = LibraryKeeper(engine, lambda: NOON)
    libraries = []

    threads = [threading.Thread(target=lambda: libraries.append(keeper.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(library) for library in libraries}) == 1


def test_a_passage_whose_words_stay_keeps_its_vector(engine):
    publish(engine, make_advisory(facts=("One.", "Two.")))
    embed_missing(engine, FakeEmbedder())
    with write_session(engine) as session:
        advisories.update_published(session, make_advisory(facts=("One.", "Three.")), by="asha", at=NOON)

    embedder = FakeEmbedder()
    embed_missing(engine, embedder)

    assert embedder.embedded == ["Warning about office jobs. Three."]


def test_another_model_embeds_everything_anew(engine):
    publish(engine, make_advisory())
    embed_missing(engine, FakeEmbedder("model-a"))

    assert embed_missing(engine, FakeEmbedder("model-b")) == 2
    assert count_vectors(engine).by_fingerprint == {"model-b": 2}


def test_embedding_can_be_limited_to_one_advisory(engine):
    publish(engine, make_advisory("one"), make_advisory("two"))

    assert embed_missing(engine, FakeEmbedder(), only=["one"]) == 2
    assert count_vectors(engine).missing == 2


def test_a_rule_that_left_the_files_leaves_the_store_with_its_passages(engine):
    with write_session(engine) as session:
        save_rules(session, [RULE], at=NOON)

    with write_session(engine) as session:
        assert save_rules(session, [], at=NOON) == 1

    assert load_library(engine, TODAY).passages == ()
