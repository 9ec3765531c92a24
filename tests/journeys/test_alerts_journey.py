"""A subscriber from the first question to the last alert: consent, choices, an alert, a withdrawal, the stop button."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "integration"))

from alert_builders import Situation
from fake_advisor import make_reply

from bot.alerts import control, exchange, jobs
from bot.alerts.jobs import alerting
from bot.alerts.lifecycle import request_cancel
from bot.alerts.states import AlertStatus
from bot.alerts.subscriptions import find_subscriber
from bot.clocks import SteadyClock
from bot.presenters import fixed_texts
from knowledge.database import read_session

STAFF = 900
VILLAGE = -100200300


@pytest.fixture
def situation(people, clock):
    situation = Situation(people.engine)
    situation.now = clock.now = dt.datetime.now(dt.UTC)  # what goes out is sent by the real clock, and expires by it
    return situation


async def next_from(person, count=1):
    """The next messages that the person hears, after those that were asked for before."""
    heard = getattr(person, "heard", 0)
    person.heard = heard + count
    return (await person.hears(heard + count))[heard:]


async def agrees_to(person, words="Cambodia"):
    person.says(f"/subscribe {words}")
    await next_from(person)
    person.presses(fixed_texts.BUTTON_CONSENT)
    return await next_from(person)


# --- asking for alerts ---


async def test_nothing_is_stored_before_consent(telegram, bot, people):
    asha = telegram.person(11)

    asha.says("/subscribe Cambodia")
    [question] = await next_from(asha)
    asha.says("/alerts")
    [standing] = await next_from(asha)

    assert "Cambodia" in question.text
    assert "no alerts" in standing.text


async def test_consent_starts_alerts(telegram, bot):
    asha = telegram.person(11)

    [done] = await agrees_to(asha)

    assert "Cambodia" in done.text
    assert "/alerts" in done.text


@pytest.mark.parametrize("words", ["कंबोडिया", "கம்போடியா", "Kambodia", "phnom penh"])
async def test_a_country_is_found_in_any_language_and_spelling(telegram, bot, words):
    asha = telegram.person(11)

    asha.says(f"/subscribe {words}")
    [question] = await next_from(asha)

    assert "Cambodia" in question.text


async def test_an_unknown_country_is_explained(telegram, bot):
    asha = telegram.person(11)

    asha.says("/subscribe Atlantis")
    [answer] = await next_from(asha)

    assert "do not know" in answer.text


async def test_a_deep_link_asks_for_consent(telegram, bot):
    asha = telegram.person(11)

    asha.says("/start country_RU")
    [_, question] = await next_from(asha, 2)

    assert "Russia" in question.text


async def test_a_forged_deep_link_only_greets(telegram, bot):
    asha = telegram.person(11)

    asha.says("/start country_<b>")
    await next_from(asha)
    await telegram.hears_nothing_more()


async def test_a_verdict_offers_news_of_its_country(telegram, bot):
    asha = telegram.person(11)
    bot.advisor.replies_with(make_reply())

    asha.says("helper job in Russia")
    await next_from(asha)
    asha.presses("🔔 " + fixed_texts.BUTTON_TELL_ME)
    [question] = await next_from(asha)

    assert "Russia" in question.text


async def test_in_a_group_only_its_admins_subscribe(telegram, bot):
    asha = telegram.person(11)

    asha.says_in(VILLAGE, "/subscribe Cambodia")
    [answer] = await telegram.wait_for(VILLAGE, 1)

    assert "admin" in answer.text


# --- changing them ---


async def test_alerts_can_be_paused_and_made_a_digest(telegram, bot):
    asha = telegram.person(11)
    await agrees_to(asha)

    asha.says("/alerts")
    await next_from(asha)
    asha.presses(fixed_texts.BUTTON_WEEKLY)
    [weekly] = await next_from(asha)
    asha.presses(fixed_texts.BUTTON_PAUSE)
    [paused] = await next_from(asha)
    asha.presses(fixed_texts.BUTTON_WHY_NOTHING)
    [why] = await next_from(asha)

    assert "once a week" in weekly.text
    assert "Paused until" in paused.text
    assert "Paused until" in why.text


async def test_taking_the_last_wish_away_ends_alerts(telegram, bot):
    asha = telegram.person(11)
    await agrees_to(asha)

    asha.says("/alerts")
    await next_from(asha)
    asha.presses("✖ Cambodia")
    [standing] = await next_from(asha)

    assert "no alerts" in standing.text


async def test_a_forged_choice_gets_a_kind_answer(telegram, bot):
    asha = telegram.person(11)

    asha.presses_data("v1:al:yes:country:Russia")
    [answer] = await next_from(asha)

    assert answer.text == fixed_texts.BUTTON_TOO_OLD


# --- from the advisory to the person ---


async def test_an_approved_alert_arrives_once_and_stops_with_one_press(telegram, bot, situation, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()

    async with alerting(bot.application, people.engine):
        situation.approves(situation.requests())
        [alert] = await next_from(asha)
        asha.presses(fixed_texts.BUTTON_STOP_ALL)
        [stopped] = await next_from(asha)
        situation.changes()
        await telegram.hears_nothing_more()

    assert "New official" in alert.text
    assert "Stopped" in stopped.text


async def test_a_withdrawal_reaches_who_got_the_alert(telegram, bot, situation, people):
    asha, bala = telegram.person(11), telegram.person(12)
    await agrees_to(asha)
    situation.publishes()

    async with alerting(bot.application, people.engine):
        situation.approves(situation.requests())
        await next_from(asha)
        await agrees_to(bala)
        situation.withdraws()
        situation.approves(situation.requests(ask=request_cancel))
        [withdrawal] = await next_from(asha)
        await telegram.hears_nothing_more()

    assert "Withdrawn" in withdrawal.text


# --- staff ---


async def test_staff_see_approve_and_call_off_in_telegram(telegram, bot, situation):
    situation.publishes()
    number = situation.requests()
    staff = telegram.person(STAFF)

    staff.says("/pending")
    [text, card] = await next_from(staff, 2)
    staff.presses("Approve …")
    [question] = await next_from(staff)
    typed = question.text.split(f"/approve {number} ")[1].split()[0]
    staff.says(f"/approve {number} nope")
    [refused] = await next_from(staff)
    staff.says(f"/approve {number} {typed}")
    [noted] = await next_from(staff)
    staff.says(f"/approve {number} {typed}")
    [again] = await next_from(staff)
    staff.says(f"/cancel {number} not today")
    [called_off] = await next_from(staff)
    staff.says("/status")
    [status] = await next_from(staff)

    assert "New official" in text.text
    assert "IN EARNEST" in card.text
    assert "Nothing was approved" in refused.text
    assert "1 of 2" in noted.text
    assert "press" in again.text
    assert "called off" in called_off.text
    assert "cancelled" in status.text


@pytest.mark.parametrize("command", ["pending", "approve 1 abcd", "cancel 1 x", "status", "canary on"])
async def test_for_everybody_else_staff_commands_do_not_exist(telegram, bot, command):
    asha = telegram.person(11)

    asha.says(f"/{command}")
    [answer] = await next_from(asha)

    assert answer.text == fixed_texts.UNKNOWN_COMMAND


# --- the language of alerts ---


async def chooses(person, own_name):
    person.says("/language")
    await next_from(person)
    person.presses(own_name)
    await next_from(person)


async def test_alerts_come_in_the_language_chosen_after_subscribing(telegram, bot, situation, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    await chooses(asha, "हिन्दी")
    situation.publishes()

    async with alerting(bot.application, people.engine):
        situation.approves(situation.requests())
        [alert] = await next_from(asha)

    assert "नई सरकारी" in alert.text


async def test_a_language_chosen_while_an_alert_waits_is_that_of_the_alert(telegram, bot, situation, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()
    situation.write(control.hold, by="staff", reason="look", at=situation.now)
    number = situation.requests()
    situation.approves(number)
    situation.turns()
    assert situation.states(number) == {11: "pending"}

    await chooses(asha, "हिन्दी")
    situation.write(control.go_on, by="staff", at=situation.now)
    async with alerting(bot.application, people.engine):
        [alert] = await next_from(asha)

    assert "नई सरकारी" in alert.text


async def test_taking_the_choice_back_leaves_alerts_in_their_language(telegram, bot, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    await chooses(asha, "हिन्दी")

    asha.says("/language")
    await next_from(asha)
    asha.presses_data("v1:lang:auto")
    await next_from(asha)

    with read_session(people.engine) as session:
        assert find_subscriber(session, 11).language == "hi"


async def test_the_choices_show_language_pace_and_night(telegram, bot):
    asha = telegram.person(11)
    await agrees_to(asha)
    await chooses(asha, "हिन्दी")
    await chooses(asha, "English")

    asha.says("/alerts")
    await next_from(asha)
    asha.presses(fixed_texts.BUTTON_QUIET)
    [standing] = await next_from(asha)

    for words in ("Cambodia", "at once", "quiet from 22:00 to 07:00", "Language: English", "/language"):
        assert words in standing.text


# --- why did I get this, why did I get nothing ---


async def gets_alert(person, situation, people, bot):
    async with alerting(bot.application, people.engine):
        situation.approves(situation.requests())
        [alert] = await next_from(person)
        await person.telegram.hears_nothing_more()
    return alert


@pytest.mark.parametrize("asks", ["by the button", "by a command", "by answering it"])
async def test_why_an_alert_came_is_explained(telegram, bot, situation, people, asks):
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()
    alert = await gets_alert(asha, situation, people, bot)

    if asks == "by the button":
        asha.presses(fixed_texts.BUTTON_WHY)
    elif asks == "by a command":
        asha.says("/why")
    else:
        asha.answers(alert.message_id, "/why")
    [why] = await next_from(asha)

    assert "because you chose: Cambodia" in why.text
    assert "2026" in why.text
    assert "Embassy" in why.text  # which alert is meant
    assert "/alerts" in why.text


async def test_who_has_stopped_since_is_told_so(telegram, bot, situation, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()
    await gets_alert(asha, situation, people, bot)
    asha.says("/unsubscribe")
    await next_from(asha)

    asha.says("/why")
    [why] = await next_from(asha)

    assert "stopped that since" in why.text


async def test_why_a_correction_came_is_explained_without_repeating_what_was_wrong(telegram, bot, situation, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()
    await gets_alert(asha, situation, people, bot)
    situation.withdraws()
    async with alerting(bot.application, people.engine):
        situation.approves(situation.requests(ask=request_cancel))
        await next_from(asha)
        await telegram.hears_nothing_more()

    asha.says("/why")
    [why] = await next_from(asha)

    assert "takes back" in why.text
    assert "Embassy" not in why.text


async def test_who_got_no_alert_is_told_so(telegram, bot):
    asha = telegram.person(11)

    asha.says("/why")
    [why] = await next_from(asha)

    assert why.text == fixed_texts.WHY_NOT_KNOWN


async def test_of_an_alert_from_long_ago_nothing_is_invented(telegram, bot, situation, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()
    await gets_alert(asha, situation, people, bot)

    asha.presses_data("v1:al:got", message_id=3)
    [why] = await next_from(asha)

    assert why.text == fixed_texts.WHY_NOT_KNOWN


async def test_nobody_is_told_of_the_alerts_of_another_chat(telegram, bot, situation, people):
    asha, bala = telegram.person(11), telegram.person(12)
    await agrees_to(asha)
    situation.publishes()
    alert = await gets_alert(asha, situation, people, bot)

    bala.presses_data("v1:al:got", message_id=alert.message_id)
    [why] = await next_from(bala)

    assert why.text == fixed_texts.WHY_NOT_KNOWN


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        ("nothing", "no new warning"),
        ("quiet", "quiet time until"),
        ("digest", "together"),
        ("held", "on its way"),
    ],
)
async def test_why_nothing_came_is_explained(telegram, bot, situation, people, happens, words):
    asha = telegram.person(11)
    await agrees_to(asha)
    if happens in ("quiet", "digest"):
        asha.says("/alerts")
        await next_from(asha)
        asha.presses(fixed_texts.BUTTON_QUIET if happens == "quiet" else fixed_texts.BUTTON_DAILY)
        await next_from(asha)
        bot.clock.now = bot.clock.now.replace(hour=20)  # half past one at night in India
    if happens == "held":
        situation.publishes()
        situation.alerts()
    asha.says("/alerts")
    await next_from(asha)

    asha.presses(fixed_texts.BUTTON_WHY_NOTHING)
    [why] = await next_from(asha)

    assert words in why.text


# --- people who block the bot and come back ---


async def test_who_blocks_the_bot_and_returns_gets_the_next_alert(telegram, bot, situation, people):
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()

    asha.blocks_bot()
    await telegram.hears_nothing_more()
    number = situation.alerts()
    meanwhile = situation.states(number)
    asha.starts_bot_again()
    await telegram.hears_nothing_more()
    situation.changes()
    situation.publishes("test-second")
    async with alerting(bot.application, people.engine):
        situation.approves(situation.requests("test-second"))
        [alert] = await next_from(asha)

    assert meanwhile == {}
    assert "New official" in alert.text


async def test_who_blocks_the_bot_in_the_middle_of_an_alert_and_returns_has_alerts_again(
    telegram, bot, situation, people
):
    """The send finds the bot blocked before Telegram says so: the same end, and the same way back."""
    asha = telegram.person(11)
    await agrees_to(asha)
    situation.publishes()
    telegram.state.mark_blocked(11, blocked=True)

    async with alerting(bot.application, people.engine):
        number = situation.requests()
        situation.approves(number)
        await telegram.wait_until(lambda: situation.states(number) == {11: "blocked"}, "the end of the delivery")
    asha.starts_bot_again()
    await telegram.hears_nothing_more()

    with read_session(people.engine) as session:
        assert find_subscriber(session, 11).ended_at is None


# --- accounts that watch over alerts ---


async def test_one_of_the_staff_watches_over_alerts_after_agreeing_to_them(telegram, bot):
    staff = telegram.person(STAFF)

    staff.says("/canary on")
    [refused] = await next_from(staff)
    await agrees_to(staff)
    staff.says("/canary on")
    [watches] = await next_from(staff)
    staff.says("/status")
    [status] = await next_from(staff)
    staff.says("/canary off")
    [watches_not] = await next_from(staff)
    staff.says("/canary")
    [asked] = await next_from(staff)

    assert "/subscribe" in refused.text
    assert "every alert" in watches.text
    assert "canaries: 1" in status.text
    assert "Last weekly test: never" in status.text
    assert "Accounts that do: 0" in watches_not.text
    assert "does not watch" in asked.text


async def test_the_weekly_test_is_asked_for_goes_to_canaries_and_shows_in_the_status(
    telegram, bot, situation, people, monkeypatch
):
    monkeypatch.setattr(jobs, "TRY_TO_TIDY_S", 0.2)
    monkeypatch.setattr(jobs, "TIDY_EVERY_S", 0.2)
    staff, asha = telegram.person(STAFF), telegram.person(11)
    await agrees_to(staff)
    await agrees_to(asha)
    staff.says("/canary on")
    await next_from(staff)
    situation.publishes()

    async with alerting(bot.application, people.engine):
        [asked] = await next_from(staff)
        number = int(asked.text.split("alert ")[1].split(")")[0])
        situation.approves(number)
        heard = [message.text for message in await next_from(staff, 3)]
        await telegram.hears_nothing_more()
    staff.says("/status")
    status = (await staff.hears(len(telegram.sent_to(STAFF)) + 1))[-1]

    assert "weekly test" in asked.text
    assert any("TEST" in words for words in heard)
    assert "🧪" in status.text
    assert "Last weekly test: never" not in status.text
    assert not any("TEST" in message.text for message in telegram.sent_to(11))


async def test_staff_hear_within_15_minutes_that_a_test_did_not_reach_a_canary(
    telegram, bot, situation, people, monkeypatch
):
    """Everything runs but the sender, whose requests Telegram never answers; the clock is turned on."""
    monkeypatch.setattr(jobs, "WATCH_EVERY_S", 0.1)
    monkeypatch.setattr(exchange.SqlExchange, "claim", lambda *_args: ())
    turned = dt.timedelta()
    monkeypatch.setattr(
        jobs, "SteadyClock", lambda _wall: SteadyClock(lambda: situation.now, lambda: turned.total_seconds())
    )
    staff = telegram.person(STAFF)
    await agrees_to(staff)
    staff.says("/canary on")
    await next_from(staff)
    situation.publishes()
    situation.approves(situation.requests(status=AlertStatus.TEST))

    async with alerting(bot.application, people.engine):
        [started] = await next_from(staff)
        turned = dt.timedelta(minutes=13)
        await asyncio.sleep(0.5)
        early = len(telegram.sent_to(STAFF))
        turned = dt.timedelta(minutes=14, seconds=1)
        [alarm] = await next_from(staff)
        await asyncio.sleep(0.5)

    assert "goes out now" in started.text
    assert early == staff.heard - 1
    assert "did not get it" in alarm.text
    assert len(telegram.sent_to(STAFF)) == staff.heard  # said once


async def test_an_alert_that_every_canary_has_raises_no_alarm(telegram, bot, situation, people, monkeypatch):
    monkeypatch.setattr(jobs, "WATCH_EVERY_S", 0.1)
    turned = dt.timedelta()
    monkeypatch.setattr(
        jobs, "SteadyClock", lambda _wall: SteadyClock(lambda: situation.now, lambda: turned.total_seconds())
    )
    staff = telegram.person(STAFF)
    await agrees_to(staff)
    staff.says("/canary on")
    await next_from(staff)
    situation.publishes()
    number = situation.requests()

    async with alerting(bot.application, people.engine):
        situation.approves(number)
        await telegram.wait_until(lambda: situation.states(number) == {STAFF: "sent"}, "the alert")
        turned = dt.timedelta(minutes=20)
        await asyncio.sleep(0.5)

    assert not any("did not get it" in message.text for message in telegram.sent_to(STAFF))
