import datetime as dt

import pytest
from store_builders import NOON, TODAY, make_engine

from knowledge import agents
from knowledge.database import write_session
from knowledge.models import Agent, AgentSnapshot

NUMBER = "B-1234/DEL/PER/100/5/9999/2021"


@pytest.fixture
def session(tmp_path):
    with write_session(make_engine(tmp_path)) as session:
        session.add(make_snapshot(dt.date(2026, 1, 1), "old", "suspended"))
        session.add(make_snapshot(dt.date(2026, 10, 1), "new", "active"))
        session.flush()
        yield session


def make_snapshot(taken_on, content_hash, status):
    snapshot = AgentSnapshot(taken_on=taken_on, content_hash=content_hash, added_at=NOON, added_by="asha")
    snapshot.agents.append(
        Agent(
            number=NUMBER,
            number_key=agents.make_number_key(NUMBER),
            name="M/s. Invented Travels & Co.",
            name_key=agents.make_name_key("M/s. Invented Travels & Co."),
            status=status,
        )
    )
    return snapshot


def test_the_newest_snapshot_counts(session):
    snapshot = agents.find_newest_snapshot(session, TODAY)

    assert snapshot.taken_on == dt.date(2026, 10, 1)
    assert [agent.status for agent in agents.find_agents_by_number(session, snapshot, NUMBER)] == ["active"]


@pytest.mark.parametrize(
    "written",
    [
        "b-1234/del/per/100/5/9999/2021",  # small letters
        " B - 1234 / DEL / PER / 100 / 5 / 9999 / 2021 ",  # spaces
        "B-१२३४/DEL/PER/100/5/9999/2021",  # Devanagari digits
        "Ｂ-1234/DEL/PER/100/5/9999/2021",  # full-width letter
    ],
)
def test_ways_of_writing_a_number_are_one_number(session, written):
    snapshot = agents.find_newest_snapshot(session, TODAY)

    assert agents.find_agents_by_number(session, snapshot, written)


@pytest.mark.parametrize(
    "written",
    [
        "B-1235/DEL/PER/100/5/9999/2021",  # another digit
        "B-1243/DEL/PER/100/5/9999/2021",  # swapped digits
        "B-1234",  # only a part
        "",
        "…",
    ],
)
def test_a_number_that_is_only_like_it_is_not_found(session, written):
    snapshot = agents.find_newest_snapshot(session, TODAY)

    assert agents.find_agents_by_number(session, snapshot, written) == ()


def test_a_name_is_found_in_any_case_and_punctuation_but_never_nearly(session):
    snapshot = agents.find_newest_snapshot(session, TODAY)

    assert agents.find_agents_by_name(session, snapshot, "M/S INVENTED TRAVELS & CO")
    assert agents.find_agents_by_name(session, snapshot, "Invented Travel") == ()


def test_without_any_list_nothing_is_found(tmp_path):
    with write_session(make_engine(tmp_path)) as session:
        assert agents.find_newest_snapshot(session, TODAY) is None
