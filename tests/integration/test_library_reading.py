"""The library is read whole once, and then only what has changed: always the same as reading it whole again."""

import pytest
from sqlalchemy import event, update
from store_builders import NOON, RULE, TODAY, FakeEmbedder, make_advisory, make_engine

from knowledge import advisories, state
from knowledge.database import write_session
from knowledge.library import LibraryReader, load_library
from knowledge.models import Passage
from knowledge.passage_store import embed_missing
from knowledge.rules import save_rules


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(tmp_path)
    publish(engine, *(make_advisory(f"notice-{number}") for number in range(5)))
    embed_missing(engine, FakeEmbedder())
    return engine


@pytest.fixture
def reader(engine):
    reader = LibraryReader(engine)
    reader.read(TODAY)
    return reader


def publish(engine, *records):
    with write_session(engine) as session:
        for record in records:
            advisories.save_draft(session, record, at=NOON)
            advisories.publish(session, record.id, by="asha", at=NOON)


def publish_one(engine):
    publish(engine, make_advisory("new"))


def publish_and_embed(engine):
    publish_one(engine)
    embed_missing(engine, FakeEmbedder())


def change_words(engine):
    with write_session(engine) as session:
        record = make_advisory("notice-1", facts=("Other words.", "And more of them."))
        advisories.update_published(session, record, by="asha", at=NOON)


def withdraw(engine):
    with write_session(engine) as session:
        advisories.withdraw(session, "notice-2", by="asha", reason="wrong", at=NOON)


def supersede(engine):
    publish(engine, make_advisory("newer", supersedes=("notice-3",)))


def add_a_rule(engine):
    with write_session(engine) as session:
        save_rules(session, [RULE], at=NOON)


def take_another_model(engine):
    embed_missing(engine, FakeEmbedder("another-model"))


def lose_a_vector(engine):
    with write_session(engine) as session:
        session.execute(update(Passage).where(Passage.id == "notice-0#0").values(vector=None, fingerprint=None))
        state.mark_changed(session)


def lose_a_passage(engine):
    """Nobody does so; a count that does not add up must still lead back to the truth."""
    with write_session(engine) as session:
        session.delete(session.get(Passage, "notice-0#0"))
        state.mark_changed(session)


CHANGES = [
    publish_one,
    publish_and_embed,
    change_words,
    withdraw,
    supersede,
    add_a_rule,
    take_another_model,
    lose_a_vector,
    lose_a_passage,
]


def vector_of(passage):
    return None if passage.vector is None else passage.vector.tobytes()


def said_by(library):
    passages = {
        passage.id: (passage.advisory_id, passage.text, passage.fingerprint, vector_of(passage))
        for passage in library.passages
    }
    return library.version, dict(library.advisories), dict(library.rules), library.helplines, passages


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_reading_what_has_changed_gives_what_reading_all_gives(change, engine, reader):
    change(engine)

    assert said_by(reader.read(TODAY)) == said_by(load_library(engine, TODAY))


def test_one_change_after_the_other_still_gives_the_truth(engine, reader):
    for change in CHANGES:
        change(engine)
        assert said_by(reader.read(TODAY)) == said_by(load_library(engine, TODAY))


def test_passages_that_did_not_change_are_the_very_ones_that_were_read_before(engine, reader):
    before = {passage.id: passage for passage in reader.read(TODAY).passages}
    publish_and_embed(engine)

    after = {passage.id: passage for passage in reader.read(TODAY).passages}

    assert {passage.partition("#")[0] for passage in after.keys() - before.keys()} == {"new"}
    assert all(after[passage] is before[passage] for passage in before)


def test_vectors_that_did_not_change_are_not_read_again(engine, reader):
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))

    publish_one(engine)
    asked.clear()
    reader.read(TODAY)

    (vectors,) = [parameters for statement, parameters in asked if "passage.vector" in statement]
    assert set(vectors) == {"new"}
