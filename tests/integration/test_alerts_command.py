import json

import pytest
from alert_builders import ASHA, BALA, CAMBODIA, CHITRA, RUSSIA, STAFF, Situation
from command_line import CommandLine
from typer.testing import CliRunner

from bot.alerts import approval, lifecycle
from bot.alerts.states import AlertState, Place
from bot.jobs import now_utc
from ingest.__main__ import app as ingest_app
from knowledge.database import build_engine, upgrade

ADVISORY = "test-cambodia-warning"


@pytest.fixture
def satark(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "work").mkdir()
    line = CommandLine(monkeypatch, tmp_path / "data", tmp_path / "work")
    monkeypatch.setenv("STAFF_IDS", ",".join(map(str, STAFF)))
    return line


@pytest.fixture
def desk(satark):
    """A database with a published advisory and three subscribers; the clock is the real one."""
    engine = build_engine(f"sqlite:///{satark.data_dir / 'satark.sqlite3'}")
    upgrade(engine)
    situation = Situation(engine)
    situation.now = now_utc()
    situation.publishes()
    situation.subscribes(1, CAMBODIA)
    situation.subscribes(2, CAMBODIA)
    situation.subscribes(3, RUSSIA)
    yield situation
    engine.dispose()


def run_json(satark, *arguments):
    result = satark.run("alerts", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(satark, *arguments):
    result = satark.run("alerts", *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    return result.stderr


def test_asking_prints_the_hash_the_number_of_people_and_the_words(satark, desk):
    shown = run_json(satark, "request", ADVISORY, "--by", "editor")

    assert (shown["alert"], shown["state"], shown["recipients"], shown["requested_by"]) == (1, "requested", 2, "editor")
    assert (len(shown["hash"]), shown["approvals"], shown["approvals_needed"]) == (64, 0, 2)
    assert len(shown["texts"]) == 13
    assert "New official warning: Cambodia" in shown["texts"]["en"]


def test_asking_in_words_says_how_to_approve(satark, desk):
    result = satark.run("alerts", "request", ADVISORY)

    assert result.exit_code == 0
    assert "IN EARNEST" in result.stdout
    assert "Recipients: 2 (en 2)" in result.stdout
    assert "satark alerts approve 1 --hash" in result.stdout


def test_one_approval_from_the_command_line_and_one_from_telegram_send_it(satark, desk):
    shown = run_json(satark, "request", ADVISORY)

    here = run_json(satark, "approve", "1", "--hash", shown["hash"], "--as", ASHA)
    desk.now = now_utc()
    prompt = desk.write(approval.open_prompt, 1, staff_id=BALA, place=Place.TELEGRAM, staff_ids=STAFF, at=desk.now)
    there = desk.write(
        approval.approve,
        prompt.token,
        shown["hash"][-4:],
        staff_id=BALA,
        chat_id=BALA,
        staff_ids=STAFF,
        needed=2,
        at=desk.now,
    )

    assert (here["approvals"], here["approved"], there.approved) == (1, False, True)


def test_one_approval_is_enough_where_so_set(satark, desk, monkeypatch):
    monkeypatch.setenv("ALERT_APPROVALS", "1")
    shown = run_json(satark, "request", ADVISORY)

    assert run_json(satark, "approve", "1", "--hash", shown["hash"], "--as", ASHA)["approved"]
    assert desk.state(1) is AlertState.APPROVED


def test_a_second_approval_from_the_command_line_is_refused(satark, desk):
    shown = run_json(satark, "request", ADVISORY)
    run_json(satark, "approve", "1", "--hash", shown["hash"], "--as", ASHA)

    assert "in Telegram" in refused(satark, "approve", "1", "--hash", shown["hash"], "--as", CHITRA)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("approve", "1", "--hash", "0" * 64, "--as", "1001"), "hash is not that"),
        (("approve", "1", "--hash", "0" * 64, "--as", "6666"), "Only staff"),
        (("approve", "7", "--hash", "0" * 64, "--as", "1001"), "no alert 7"),
        (("request", "test-cambodia-warnin"), "Did you mean test-cambodia-warning"),
        (("request", ADVISORY), "already"),
        (("request", ADVISORY, "--withdraw"), "Call it off instead"),
        (("request", ADVISORY, "--update", "--references", "9"), "no alert 9"),
        (("cancel", "7"), "no alert 7"),
        (("preview", "no-such-advisory"), "no alert about"),
        (("status", "7"), "no alert 7"),
    ],
)
def test_what_cannot_be_done_is_explained_on_standard_error_without_a_traceback(satark, desk, arguments, words):
    run_json(satark, "request", ADVISORY)

    problem = refused(satark, *arguments)

    assert words in problem
    assert "Traceback" not in problem


@pytest.mark.parametrize(
    "arguments",
    [
        ("request",),
        ("request", ADVISORY, "--update", "--withdraw"),
        ("request", ADVISORY, "--topic", "gossip"),
        ("approve", "1"),
        ("approve", "1", "--hash", "x", "--as", "me"),
        ("nonsense",),
    ],
)
def test_wrong_usage_has_its_own_exit_code(satark, desk, arguments):
    assert satark.run("alerts", *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "recipients"),
    [
        ((), 2),
        (("--country", "ru"), 1),
        (("--country", "RU", "--country", "KH"), 3),
        (("--everyone",), 3),
        (("--topics",), 0),
        (("--test",), 0),
    ],
)
def test_the_audience_can_be_named(satark, desk, arguments, recipients):
    assert run_json(satark, "request", ADVISORY, *arguments)["recipients"] == recipients


def test_a_contradictory_audience_is_refused(satark, desk):
    assert "not both" in refused(satark, "request", ADVISORY, "--everyone", "--country", "KH")


def test_a_test_needs_to_be_called_one_at_its_approval(satark, desk):
    shown = run_json(satark, "request", ADVISORY, "--test")

    assert "not what has to be typed" in refused(satark, "approve", "1", "--hash", shown["hash"], "--as", ASHA)
    assert run_json(satark, "approve", "1", "--hash", shown["hash"], "--as", ASHA, "--test")["approvals"] == 1


def test_the_preview_needs_no_number_where_one_alert_is_open(satark, desk):
    asked = run_json(satark, "request", ADVISORY)

    assert run_json(satark, "preview")["hash"] == asked["hash"]
    assert run_json(satark, "preview", ADVISORY)["alert"] == 1


def test_the_preview_shows_the_languages_asked_for(satark, desk):
    run_json(satark, "request", ADVISORY)

    result = satark.run("alerts", "preview", "--language", "ta")

    assert "----- ta, to a subscriber -----" in result.stdout
    assert "----- en" not in result.stdout


def test_several_open_alerts_have_to_be_told_apart(satark, desk):
    desk.publishes("test-other")
    run_json(satark, "request", ADVISORY)
    run_json(satark, "request", "test-other")

    assert "Several alerts are open (2, 1)" in refused(satark, "preview")


def test_calling_off_before_anything_went_out(satark, desk):
    run_json(satark, "request", ADVISORY)

    assert run_json(satark, "cancel", "--reason", "typing error")["state"] == "cancelled"
    assert "No alert is open" in refused(satark, "cancel")


def test_calling_off_half_way_can_ask_for_the_withdrawal_at_once(satark, desk):
    desk.alerts()
    desk.sends(1)

    shown = run_json(satark, "cancel", "--withdraw")

    assert (shown["message_type"], shown["references"], shown["recipients"]) == ("cancel", 1, 1)
    assert desk.state(1) is AlertState.CANCELLED


def test_status_counts_what_went_out_and_warns_without_canaries(satark, desk):
    desk.alerts()
    desk.sends(1)

    fields = run_json(satark, "status")
    words = satark.run("alerts", "status").stdout

    assert fields["subscribers"] == 3
    assert fields["alerts"][0]["by_state"] == {"pending": 1, "sent": 1}
    assert fields["sources"][0]["newest_notice"] == "2025-09-01"
    assert "Fewer than two canaries" in words


def test_status_fails_where_an_alert_did_not_arrive(satark, desk):
    from alert_builders import HOUR

    desk.subscribes(90, is_canary=True)
    desk.later(-HOUR / 2)
    desk.write(lambda session: setattr(session.get_one(lifecycle.Subscriber, 90), "consented_at", desk.now - HOUR))
    desk.alerts()

    result = satark.run("alerts", "status")

    assert result.exit_code == 1
    assert "NOT ARRIVED: alert 1" in result.stdout


def test_canaries_are_staff_who_agreed_to_alerts(satark, desk):
    stranger = refused(satark, "canary", "add", "1")
    without_consent = refused(satark, "canary", "add", str(ASHA))
    desk.subscribes(ASHA, RUSSIA)
    added = satark.run("alerts", "canary", "add", str(ASHA))
    listed = run_json(satark, "canary", "list")
    shown = run_json(satark, "status")

    assert "STAFF_IDS" in stranger
    assert "/subscribe" in without_consent
    assert "Canaries: 1" in added.stdout
    assert listed == {"canaries": [ASHA], "not_staff": []}
    assert (shown["canaries"], shown["last_test_at"]) == (1, None)


def test_a_canary_can_be_removed_and_one_that_is_no_staff_any_more_is_named(satark, desk, monkeypatch):
    desk.subscribes(ASHA, is_canary=True)
    monkeypatch.setenv("STAFF_IDS", str(BALA))
    listed = satark.run("alerts", "canary", "list")
    removed = satark.run("alerts", "canary", "remove", str(ASHA))
    again = refused(satark, "canary", "remove", str(ASHA))

    assert f"{ASHA} (not among STAFF_IDS: remove it)" in listed.stdout
    assert "Fewer than two canaries" in removed.stdout
    assert "is no canary" in again
    assert run_json(satark, "canary", "list")["canaries"] == []


def test_a_canary_gets_what_it_did_not_choose_and_the_test(satark, desk):
    desk.subscribes(ASHA, RUSSIA)
    satark.run("alerts", "canary", "add", str(ASHA))

    test = run_json(satark, "request", ADVISORY, "--test")

    assert test["recipients"] == 1


def test_everything_can_be_held_and_go_on(satark, desk):
    satark.run("alerts", "hold", "--reason", "looking into it")
    held = run_json(satark, "status")["held"]
    satark.run("alerts", "go-on")

    assert (held, run_json(satark, "status")["held"]) == ("looking into it", None)


def test_without_a_database_the_first_step_is_named(satark):
    assert "no database yet" in refused(satark, "status")


# --- the ingest command line asks through the database -------------------------------------------------------------


def run_ingest(*arguments):
    return CliRunner().invoke(ingest_app, [*arguments, "--json"])


def test_publishing_with_alert_asks_for_one(satark, desk):
    first = json.loads(run_ingest("publish", ADVISORY, "--alert").stdout)
    again = json.loads(run_ingest("publish", ADVISORY, "--alert").stdout)
    news = desk.turns()

    assert (first["alert_requested"], again["alert_requested"]) == (True, False)
    assert [found.kind for found in news] == ["requested"]


def test_publishing_without_alert_asks_for_none(satark, desk):
    assert json.loads(run_ingest("publish", ADVISORY).stdout)["alert_requested"] is False
    assert desk.turns() == []


def test_withdrawing_what_people_were_told_asks_for_the_withdrawal(satark, desk):
    desk.alerts()
    desk.sends()

    run_ingest("withdraw", ADVISORY, "--reason", "wrong")

    assert "requested" in [found.kind for found in desk.turns()]
