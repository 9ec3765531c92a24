"""Helplines: a changed digit needs two people, a check renews the date, staff are reminded. Numbers are invented."""

import dataclasses
import datetime as dt
import json

import pytest
from store_builders import HELPLINE, NOON, make_engine
from typer.testing import CliRunner

from ingest.commands import helplines
from ingest.commands.helplines import helplines_app
from knowledge import helpline_changes as lines
from knowledge.database import read_session, write_session
from knowledge.desk.audit import list_audit
from knowledge.desk.notices import list_untold_notices
from knowledge.helpline_changes import CannotChangeHelpline, SamePerson, UnknownHelpline
from knowledge.library import LibraryKeeper
from knowledge.records import BadRecord
from knowledge.rules import save_helplines

NEW = {"phones": ["+91 99999 00042"]}
LATER = NOON + dt.timedelta(days=40)


@pytest.fixture
def engine(tmp_path):
    engine = make_engine(tmp_path)
    with write_session(engine) as session:
        save_helplines(session, [HELPLINE], at=NOON)
    return engine


def propose(engine, changes=NEW, by="staff 11", helpline=HELPLINE.id, reason="seen on the official site"):
    with write_session(engine) as session:
        return lines.propose_change(session, helpline, changes, by=by, at=NOON, reason=reason)


def approve(engine, change, by):
    with write_session(engine) as session:
        return lines.approve_change(session, change, by=by, at=NOON)


def phones(engine):
    [line] = LibraryKeeper(engine, lambda: NOON).current().helplines
    return line.phones


def test_a_proposed_digit_is_not_said_until_a_second_person_approves_it(engine):
    keeper = LibraryKeeper(engine, lambda: NOON)
    change = propose(engine)
    assert keeper.current().helplines[0].phones == HELPLINE.phones

    approve(engine, change, "staff 12")

    assert keeper.current().helplines[0].phones == ("+91 99999 00042",)


@pytest.mark.parametrize(
    ("proposer", "approver"),
    [
        ("staff 11", "staff 11"),
        ("cli:asha", "cli:asha"),
        ("cli:asha", "cli:babu"),
        ("cli:asha", "cli:staff 11"),
        ("cli:staff 11", "staff 11"),
        ("staff 11", "cli:staff 11"),
    ],
)
def test_the_same_person_or_the_command_line_twice_is_refused(engine, proposer, approver):
    change = propose(engine, by=proposer)

    with pytest.raises(SamePerson):
        approve(engine, change, approver)
    assert phones(engine) == HELPLINE.phones


@pytest.mark.parametrize(
    ("proposer", "approver"), [("staff 11", "staff 12"), ("cli:asha", "staff 12"), ("staff 1", "staff 11")]
)
def test_two_people_may_change_a_line(engine, proposer, approver):
    approve(engine, propose(engine, by=proposer), approver)

    assert phones(engine) == ("+91 99999 00042",)


def test_every_step_is_in_the_audit_log(engine):
    approve(engine, propose(engine), "staff 12")

    with read_session(engine) as session:
        entries = list_audit(session, f"helpline {HELPLINE.id}")
    assert [(entry.action, entry.by) for entry in entries] == [("approved", "staff 12"), ("proposed", "staff 11")]
    assert entries[0].details["after"]["phones"] == ["+91 99999 00042"]


def test_a_change_is_decided_once(engine):
    change = propose(engine)
    approve(engine, change, "staff 12")

    with pytest.raises(CannotChangeHelpline, match="approved already"):
        approve(engine, change, "staff 13")


def test_a_line_that_was_changed_meanwhile_is_not_overwritten(engine):
    first, second = propose(engine), propose(engine, {"phones": ["+91 99999 00043"]})
    approve(engine, first, "staff 12")

    with pytest.raises(CannotChangeHelpline, match="was changed since"):
        approve(engine, second, "staff 12")


def test_a_rejected_change_changes_nothing_and_says_why(engine):
    change = propose(engine)

    with write_session(engine) as session:
        lines.reject_change(session, change, by="staff 12", at=NOON, reason="the site shows the old number")

    assert phones(engine) == HELPLINE.phones
    with read_session(engine) as session:
        [view] = lines.list_changes(session, open_only=False)
    assert (view.state, view.decision) == ("rejected", "the site shows the old number")


def test_a_new_line_and_one_taken_away_need_two_people_too(engine):
    fields = {
        "name": "Example Aid",
        "who_for": "anyone",
        "country": "IN",
        "phones": ["+91 99999 00077"],
        "as_of": "November 2026",
        "status": "current",
        "seen_in": ["https://aid.example"],
    }
    approve(engine, propose(engine, fields, helpline="example-aid"), "staff 12")
    approve(engine, propose(engine, {"status": "outdated"}), "staff 12")

    with read_session(engine) as session:
        assert {view.record.id: view.record.status.value for view in lines.list_helplines(session, NOON)} == {
            "example-aid": "current",
            HELPLINE.id: "outdated",
        }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"phones": ["call Asha"]}, BadRecord),
        ({"status": "fine"}, BadRecord),
        ({"nonsense": "x"}, BadRecord),
        ({"phones": list(HELPLINE.phones)}, CannotChangeHelpline),
    ],
)
def test_what_cannot_be_a_helpline_is_refused_when_it_is_proposed(engine, changes, error):
    with pytest.raises(error):
        propose(engine, changes)


def test_a_change_without_a_reason_is_refused(engine):
    with pytest.raises(CannotChangeHelpline, match="Say why"):
        propose(engine, reason=" ")


def test_a_check_renews_the_date_and_nothing_else(engine):
    with write_session(engine) as session:
        record = lines.note_checked(session, HELPLINE.id, by="staff 11", at=LATER)

    assert (record.as_of, record.as_of_month) == (f"{LATER:%B %Y}", LATER.date().replace(day=1))
    assert record.phones == HELPLINE.phones
    with read_session(engine) as session:
        assert lines.list_due(session, LATER) == ()


def test_lines_not_checked_for_a_month_are_due_and_staff_are_told_once_a_month(engine):
    with write_session(engine) as session:
        assert lines.remind(session, NOON) == 0
        assert lines.remind(session, LATER) == 1
        assert lines.remind(session, LATER + dt.timedelta(days=1)) == 1
        notices = list_untold_notices(session)
        assert lines.remind(session, LATER + dt.timedelta(days=32)) == 1
        assert len(list_untold_notices(session)) == 2

    assert len(notices) == 1
    assert "more than a month ago" in notices[0].words


def test_loading_the_starter_files_anew_leaves_what_staff_wrote(engine):
    approve(engine, propose(engine), "staff 12")

    with write_session(engine) as session:
        save_helplines(session, [dataclasses.replace(HELPLINE, hours="changed")], at=LATER)
        save_helplines(session, [], at=LATER)

    assert phones(engine) == ("+91 99999 00042",)


def test_an_unknown_line_is_named(engine):
    with write_session(engine) as session, pytest.raises(UnknownHelpline, match="no helpline 'x'"):
        lines.note_checked(session, "x", by="staff 11", at=NOON)


class Terminal:
    def __init__(self, engine, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", str(engine.url))
        monkeypatch.setenv("STAFF_IDS", "11,12")
        monkeypatch.setenv("COLUMNS", "300")

    def run(self, *arguments):
        result = CliRunner().invoke(helplines_app, list(arguments))
        if result.exception and not isinstance(result.exception, (SystemExit, *helplines.USER_ERRORS)):
            raise result.exception
        return result


@pytest.fixture
def terminal(engine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Terminal(engine, monkeypatch)


def test_the_command_line_alone_can_propose_but_not_approve(terminal, engine):
    said = terminal.run("propose", HELPLINE.id, "--set", "phones=+91 99999 00042", "--reason", "site", "--json")
    change = json.loads(said.stdout)["change"]

    assert isinstance(terminal.run("approve", str(change), "--as", "12").exception, SamePerson)
    assert "99999 00042" in terminal.run("changes").stdout
    approve(engine, change, "staff 12")
    assert "99999 00042" in terminal.run("show", HELPLINE.id).stdout


def test_only_staff_may_act_under_a_staff_number(terminal):
    assert isinstance(terminal.run("checked", HELPLINE.id, "--as", "99").exception, CannotChangeHelpline)


def test_checks_and_reminders_work_from_the_terminal(terminal):
    assert HELPLINE.name in terminal.run("list").stdout
    assert terminal.run("checked", HELPLINE.id).exit_code == 0
    assert terminal.run("remind").exit_code == 0
