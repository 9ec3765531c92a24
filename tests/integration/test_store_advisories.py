import dataclasses
import datetime as dt

import pytest
from store_builders import CAMBODIA, NOON, make_advisory, make_engine

from knowledge import advisories, state
from knowledge.advisories import AlreadyPublished, CannotSupersede, Origin, SaveOutcome, UnknownAdvisory
from knowledge.database import read_session, write_session
from knowledge.models import LibraryState
from knowledge.records import Count
from knowledge.vocabulary import Status


@pytest.fixture
def engine(tmp_path):
    return make_engine(tmp_path)


@pytest.fixture
def session(engine):
    with write_session(engine) as session:
        yield session


def save(session, *records, publish=True):
    for record in records:
        advisories.save_draft(session, record, at=NOON)
    for record in records if publish else ():
        advisories.publish(session, record.id, by="asha", at=NOON)


def actions(session, advisory_id):
    return [event.action for event in advisories.list_events(session, advisory_id)]


def test_a_record_comes_back_as_it_was_saved(session):
    count = Count("people_rescued", 12, dt.date(2026, 3, 1), "People brought home")
    record = make_advisory(counts=(count,), valid_until=dt.date(2027, 1, 1), supersedes=("older",))

    save(session, record)

    session.expire_all()
    assert advisories.record_of(advisories.get_advisory(session, record.id)) == record


def test_a_saved_record_is_a_draft_and_no_public_event(session):
    outcome = advisories.save_draft(session, CAMBODIA, at=NOON)

    assert outcome is SaveOutcome.NEW
    assert advisories.get_advisory(session, CAMBODIA.id).status == Status.DRAFT
    assert actions(session, CAMBODIA.id) == []


def test_the_same_content_twice_changes_nothing(session):
    save(session, CAMBODIA)
    version = state.get_version(session)
    spaced = make_advisory(issuer="Embassy  of Testing ")

    outcomes = [advisories.save_draft(session, record, at=NOON) for record in (CAMBODIA, spaced)]

    assert outcomes == [SaveOutcome.UNCHANGED] * 2
    assert state.get_version(session) == version
    assert actions(session, CAMBODIA.id) == ["published"]


def test_one_changed_digit_is_a_change(session):
    save(session, make_advisory(facts=("Eleven were rescued.", "Call 1.")), publish=False)

    outcome = advisories.save_draft(session, make_advisory(facts=("Eleven were rescued.", "Call 2.")), at=NOON)

    assert outcome is SaveOutcome.CHANGED
    texts = [passage.text for passage in advisories.get_advisory(session, CAMBODIA.id).passages]
    assert texts == ["Eleven were rescued.", "Call 2."]


def test_a_draft_never_changes_public_words(session):
    save(session, CAMBODIA)

    with pytest.raises(AlreadyPublished, match="--publish"):
        advisories.save_draft(session, make_advisory(title="Other"), at=NOON)


def test_changing_public_words_leaves_an_event_with_the_words(session):
    save(session, CAMBODIA)

    advisories.update_published(session, make_advisory(title="Other"), by="ravi", at=NOON, reason="typing error")

    published, updated = advisories.list_events(session, CAMBODIA.id)
    assert (updated.action, updated.by, updated.reason, updated.at) == ("updated", "ravi", "typing error", NOON)
    assert (published.content["title"], updated.content["title"]) == (CAMBODIA.title, "Other")


def test_publishing_twice_is_one_event(session):
    save(session, CAMBODIA)

    assert advisories.publish(session, CAMBODIA.id, by="asha", at=NOON) is False
    assert actions(session, CAMBODIA.id) == ["published"]


def test_withdrawing_keeps_the_reason(session):
    save(session, CAMBODIA)

    advisories.withdraw(session, CAMBODIA.id, by="ravi", reason="the mission took it back", at=NOON)

    event = advisories.list_events(session, CAMBODIA.id)[-1]
    assert (event.action, event.reason) == ("withdrawn", "the mission took it back")
    assert advisories.withdraw(session, CAMBODIA.id, by="ravi", reason="again", at=NOON) is None


def test_publishing_a_successor_supersedes_the_older(session):
    save(session, make_advisory("old"))

    save(session, make_advisory("new", supersedes=("old", "never-carried-over")))

    assert advisories.get_advisory(session, "old").superseded_by == "new"
    assert actions(session, "old") == ["published", "superseded"]


def test_a_draft_supersedes_nothing(session):
    save(session, make_advisory("old"))

    save(session, make_advisory("new", supersedes=("old",)), publish=False)

    assert advisories.get_advisory(session, "old").superseded_by is None


def test_withdrawing_a_successor_restores_the_older(session):
    save(session, make_advisory("old"))
    save(session, make_advisory("new", supersedes=("old",)))

    restored = advisories.withdraw(session, "new", by="ravi", reason="mistake", at=NOON)

    assert restored == ("old",)
    assert actions(session, "old") == ["published", "superseded", "restored"]


def test_two_advisories_cannot_replace_each_other(session):
    save(session, make_advisory("old"))
    save(session, make_advisory("new", supersedes=("old",)))

    with pytest.raises(CannotSupersede):
        advisories.supersede(session, "new", "old", by="ravi", at=NOON)
    with pytest.raises(CannotSupersede):
        advisories.supersede(session, "new", "new", by="ravi", at=NOON)


def test_an_unknown_id_names_the_ones_most_like_it(session):
    save(session, make_advisory("embassy-cambodia-2025"))

    with pytest.raises(UnknownAdvisory) as caught:
        advisories.get_advisory(session, "embassy-cambodja-2025")

    assert caught.value.near == ("embassy-cambodia-2025",)


def test_loading_starter_files_leaves_the_words_of_staff(session):
    advisories.save_draft(session, CAMBODIA, at=NOON, origin=Origin.STARTER)
    corrected = make_advisory(title="Corrected by staff")
    advisories.save_draft(session, corrected, at=NOON)

    outcome = advisories.update_published(session, CAMBODIA, by="starter", at=NOON, origin=Origin.STARTER)

    assert outcome is SaveOutcome.KEPT
    assert advisories.get_advisory(session, CAMBODIA.id).title == "Corrected by staff"


def test_lists_are_newest_first_and_can_be_narrowed(session):
    save(session, make_advisory("a", date=dt.date(2020, 1, 1)), make_advisory("b", date=None, date_precision="unknown"))
    save(session, make_advisory("c", countries=("LA",)), publish=False)

    assert [row.id for row in advisories.list_advisories(session)] == ["c", "a", "b"]
    assert [row.id for row in advisories.list_advisories(session, status=Status.DRAFT)] == ["c"]
    assert [row.id for row in advisories.list_advisories(session, country="KH")] == ["a", "b"]


def test_every_public_change_is_noticed_by_readers(engine):
    seen = []
    steps = [
        lambda session: advisories.publish(session, "x", by="asha", at=NOON),
        lambda session: advisories.update_published(session, make_advisory("x", title="T"), by="asha", at=NOON),
        lambda session: advisories.withdraw(session, "x", by="asha", reason="r", at=NOON),
    ]
    with write_session(engine) as session:
        advisories.save_draft(session, make_advisory("x"), at=NOON)
    for step in steps:
        with write_session(engine) as session:
            step(session)
        with read_session(engine) as session:
            seen.append(session.get(LibraryState, 1).version)

    assert seen == sorted(set(seen))


def test_every_field_of_the_record_has_its_column():
    fields = {field.name for field in dataclasses.fields(CAMBODIA)}

    assert fields <= set(advisories.Advisory.__table__.columns.keys())
