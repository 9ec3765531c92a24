"""A subscriber from the first question to the last alert: consent, choices, an alert, a withdrawal, the stop button."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "integration"))

from alert_builders import Situation
from fake_advisor import make_reply

from bot.alerts.jobs import alerting
from bot.alerts.lifecycle import request_cancel
from bot.presenters import fixed_texts

STAFF = 900
VILLAGE = -100200300


@pytest.fixture
def situation(people, clock):
    situation = Situation(people.engine)
    clock.now = situation.now
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


@pytest.mark.parametrize("command", ["pending", "approve 1 abcd", "cancel 1 x", "status"])
async def test_for_everybody_else_staff_commands_do_not_exist(telegram, bot, command):
    asha = telegram.person(11)

    asha.says(f"/{command}")
    [answer] = await next_from(asha)

    assert answer.text == fixed_texts.UNKNOWN_COMMAND
