"""Copies of the official lists in the store: saved whole, compared, taken back. Every firm is invented."""

import datetime as dt

import pytest
from agent_builders import NUMBER, TODAY, make_firm, make_warned
from store_builders import NOON, make_engine

from knowledge import agent_lists
from knowledge.agent_lists import CannotUndoList, NewList, ShrinksTooMuch, UnknownSnapshot
from knowledge.agents import AgentClass, AgentList, AgentQuery, RegisterKeeper, find_newest_snapshot, load_register
from knowledge.database import read_session, write_session
from knowledge.desk.audit import list_audit

JUNE, OCTOBER = dt.date(2026, 6, 1), dt.date(2026, 10, 1)


@pytest.fixture
def engine(tmp_path):
    return make_engine(tmp_path)


def save(engine, *firms, as_of=OCTOBER, listed=AgentList.REGISTERED, content="a", **options):
    with write_session(engine) as session:
        new = NewList(listed, as_of, tuple(firms), content, "list.csv")
        return agent_lists.save_list(session, new, by="cli:asha", at=NOON, **options)


def classes(engine, name):
    with read_session(engine) as session:
        register = load_register(session, TODAY)
        return register.look_up(AgentQuery(name), TODAY).agent_class


def test_without_any_list_nothing_is_found(engine):
    with read_session(engine) as session:
        assert find_newest_snapshot(session, TODAY) is None
        assert load_register(session, TODAY) is None


def test_the_newest_list_counts_whatever_was_brought_in_last(engine):
    save(engine, make_firm(status="active"), as_of=OCTOBER, content="new")
    save(engine, make_firm(status="suspended"), as_of=JUNE, content="old")

    assert classes(engine, "Al Noor Manpower") is AgentClass.EXACT


def test_a_list_of_the_future_is_not_used(engine):
    save(engine, make_firm(), as_of=TODAY + dt.timedelta(days=2))

    with read_session(engine) as session:
        assert load_register(session, TODAY) is None


def test_the_same_file_again_changes_nothing_and_on_a_later_day_is_a_new_copy(engine):
    first = save(engine, make_firm())
    again = save(engine, make_firm())
    later = save(engine, make_firm(), as_of=dt.date(2026, 11, 1))

    assert (first.is_new, again.is_new, later.is_new) == (True, False, True)
    assert again.id == first.id != later.id


def test_a_list_taken_back_is_not_used_and_the_one_before_counts_again(engine):
    save(engine, make_firm(status="suspended"), as_of=JUNE)
    newest = save(engine, make_firm(), as_of=OCTOBER, content="b")

    with write_session(engine) as session:
        agent_lists.undo_list(session, newest.id, by="cli:asha", at=NOON, reason="wrong file")

    assert classes(engine, "Al Noor Manpower") is AgentClass.SUSPENDED
    with read_session(engine) as session:
        assert [entry.action for entry in list_audit(session, f"agent list {newest.id}")] == ["undone", "imported"]
    with write_session(engine) as session, pytest.raises(CannotUndoList):
        agent_lists.undo_list(session, newest.id, by="cli:asha", at=NOON)


def test_a_list_taken_back_can_be_brought_in_again(engine):
    first = save(engine, make_firm())
    with write_session(engine) as session:
        agent_lists.undo_list(session, first.id, by="cli:asha", at=NOON)

    again = save(engine, make_firm())

    assert (again.id, again.is_new) == (first.id, True)
    assert classes(engine, "Al Noor Manpower") is AgentClass.EXACT


def test_a_list_that_shrinks_by_more_than_a_fifth_has_to_be_confirmed(engine):
    firms = [make_firm(f"Firm {name}", f"B-01{at:02d}/DEL/PER/1/5/1/2020") for at, name in enumerate("ABCDEFGHIJ")]
    save(engine, *firms, as_of=JUNE)

    save(engine, *firms[:8], as_of=dt.date(2026, 7, 1))  # a fifth less is allowed
    with pytest.raises(ShrinksTooMuch) as refused:
        save(engine, *firms[:6], as_of=OCTOBER)
    assert (refused.value.before, refused.value.after) == (8, 6)
    assert save(engine, *firms[:6], as_of=OCTOBER, confirmed=True).is_new


def test_a_difference_names_new_gone_and_stopped_firms(engine):
    kite = make_firm("Blue Kite Travels", "B-0500/MUM/PER/50/5/7/2020")
    lamp = make_firm("Red Lamp Travels", "B-0600/MUM/PER/50/5/7/2020")
    save(engine, make_firm(), kite, as_of=JUNE)

    diff = save(engine, make_firm(status="suspended"), lamp, as_of=OCTOBER).diff

    assert [firm.name for firm in diff.new] == ["Red Lamp Travels"]
    assert [firm.name for firm in diff.gone] == ["Blue Kite Travels"]
    assert [change.after.number for change in diff.stopped] == [NUMBER]


def test_a_copy_that_breaks_off_in_the_middle_leaves_nothing_behind(engine):
    firms = [make_firm(f"Firm {at}", f"B-{at:04d}/DEL/PER/1/5/1/2020") for at in range(1200)]

    def stops(step, done, total):
        if done >= 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(engine, *firms, report=stops)

    with read_session(engine) as session:
        assert agent_lists.list_snapshots(session, TODAY) == ()
    assert save(engine, *firms).agents == 1200


def test_the_keeper_reads_anew_when_a_list_was_brought_in_or_taken_back(engine):
    keeper = RegisterKeeper(engine, lambda: NOON)
    assert keeper.current() is None

    saved = save(engine, make_firm())
    held = keeper.current()
    assert held is keeper.current()
    save(engine, make_warned(), listed=AgentList.UNREGISTERED)
    assert keeper.current().unregistered is not None
    with write_session(engine) as session:
        agent_lists.undo_list(session, saved.id, by="cli:asha", at=NOON)
    assert keeper.current().registered is None


def test_an_unknown_list_is_named(engine):
    with read_session(engine) as session, pytest.raises(UnknownSnapshot, match="no list 7"):
        agent_lists.get_snapshot(session, 7, TODAY)
