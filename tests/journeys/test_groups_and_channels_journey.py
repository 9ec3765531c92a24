"""Groups and channels have alerts through their admins only, and lose them when they throw the bot out."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "integration"))

from alert_builders import Situation
from hostile_api import BOT, Fault, Mode

from bot.alerts.jobs import alerting
from bot.alerts.states import ChatKind, EndReason
from bot.alerts.subscriptions import find_subscriber
from bot.presenters import fixed_texts
from bot.presenters.subscriptions import parse_deep_link
from knowledge.database import read_session
from knowledge.vocabulary import Language, Severity

VILLAGE, NEW_VILLAGE = -100200300, -100900900
NEWS, NEWS_NAME = -100555666, "@village_news"
ME = int(str(BOT["id"]))


@pytest.fixture
def situation(people, clock):
    situation = Situation(people.engine)
    situation.now = clock.now = dt.datetime.now(dt.UTC)  # what goes out is sent by the real clock, and expires by it
    return situation


def subscriber(bot, chat_id):
    with read_session(bot.people.engine) as session:
        found = find_subscriber(session, chat_id)
        if found is not None:
            session.expunge(found)
        return found


def has_alerts(bot, chat_id):
    found = subscriber(bot, chat_id)
    return found is not None and found.ended_at is None


async def says_in_village(telegram, person, words):
    said = len(telegram.sent_to(VILLAGE))
    person.says_in(VILLAGE, words)
    return (await telegram.wait_for(VILLAGE, said + 1))[said]


async def subscribes_village(telegram, admin):
    await says_in_village(telegram, admin, "/subscribe Cambodia")
    said = len(telegram.sent_to(VILLAGE))
    admin.presses(fixed_texts.BUTTON_CONSENT, VILLAGE)
    return (await telegram.wait_for(VILLAGE, said + 1))[said]


@pytest.fixture
def admin(telegram):
    asha = telegram.person(11)
    asha.is_in(VILLAGE, "administrator")
    return asha


# --- who may decide ---


@pytest.mark.parametrize("part", ["administrator", "creator"])
async def test_an_admin_subscribes_a_group(telegram, bot, part):
    asha = telegram.person(11)
    asha.is_in(VILLAGE, part)

    done = await subscribes_village(telegram, asha)

    assert "Cambodia" in done.text
    assert subscriber(bot, VILLAGE).kind == ChatKind.GROUP
    assert not has_alerts(bot, asha.id)


@pytest.mark.parametrize("part", ["member", "left", "kicked", None])
async def test_whoever_is_no_admin_is_told_so(telegram, bot, part):
    asha = telegram.person(11)
    if part:
        asha.is_in(VILLAGE, part)

    answer = await says_in_village(telegram, asha, "/subscribe Cambodia")

    assert answer.text == fixed_texts.ADMINS_ONLY
    assert subscriber(bot, VILLAGE) is None


async def test_where_telegram_does_not_say_who_is_admin_nobody_is(telegram, bot, admin):
    telegram.state.rooms.closed.add(VILLAGE)

    answer = await says_in_village(telegram, admin, "/subscribe Cambodia")

    assert answer.text == fixed_texts.ADMINS_ONLY


async def test_an_admin_who_stays_anonymous_may_decide(telegram, bot, admin):
    telegram.group(VILLAGE).says_anonymously("/subscribe Cambodia")
    await telegram.wait_for(VILLAGE, 1)
    admin.presses(fixed_texts.BUTTON_CONSENT, VILLAGE)  # a press names the person
    await telegram.wait_for(VILLAGE, 2)

    assert has_alerts(bot, VILLAGE)


async def test_writing_in_the_name_of_a_channel_of_ones_own_makes_nobody_an_admin(telegram, bot):
    telegram.group(VILLAGE).hears_channel("/subscribe Cambodia", channel_id=-100777)
    [answer] = await telegram.wait_for(VILLAGE, 1)

    assert answer.text == fixed_texts.ADMINS_ONLY


@pytest.mark.parametrize("label", [fixed_texts.BUTTON_CONSENT, fixed_texts.BUTTON_NO])
async def test_a_member_cannot_press_the_buttons_of_an_admin(telegram, bot, admin, label):
    await says_in_village(telegram, admin, "/subscribe Cambodia")
    bala = telegram.person(12)
    bala.is_in(VILLAGE)
    bala.presses(label, VILLAGE)
    _, answer = await telegram.wait_for(VILLAGE, 2)

    assert answer.text == fixed_texts.ADMINS_ONLY
    assert subscriber(bot, VILLAGE) is None


@pytest.mark.parametrize("command", ["/unsubscribe", "/alerts", "/why"])
async def test_a_member_changes_nothing_of_a_group(telegram, bot, admin, command):
    await subscribes_village(telegram, admin)
    bala = telegram.person(12)
    bala.is_in(VILLAGE)

    answer = await says_in_village(telegram, bala, command)

    assert answer.text == fixed_texts.ADMINS_ONLY
    assert has_alerts(bot, VILLAGE)


async def test_somebody_who_is_admin_no_more_decides_no_more(telegram, bot, admin):
    await subscribes_village(telegram, admin)
    admin.is_in(VILLAGE, "member")

    answer = await says_in_village(telegram, admin, "/unsubscribe")

    assert answer.text == fixed_texts.ADMINS_ONLY
    assert has_alerts(bot, VILLAGE)


async def test_an_admin_chooses_the_language_of_the_groups_alerts_and_a_member_does_not(telegram, bot, admin):
    await subscribes_village(telegram, admin)
    bala = telegram.person(12)
    bala.is_in(VILLAGE)
    await says_in_village(telegram, admin, "/language")
    said = len(telegram.sent_to(VILLAGE))
    bala.presses("தமிழ்", VILLAGE)
    await telegram.wait_for(VILLAGE, said + 1)
    by_member = subscriber(bot, VILLAGE).language
    admin.presses("हिन्दी", VILLAGE)
    await telegram.wait_for(VILLAGE, said + 2)

    assert (by_member, subscriber(bot, VILLAGE).language) == (Language.ENGLISH, Language.HINDI)


# --- what happens to a group ---


async def test_a_group_that_throws_the_bot_out_gets_nothing_more(telegram, bot, admin):
    await subscribes_village(telegram, admin)

    telegram.group(VILLAGE).removes_bot()
    await telegram.hears_nothing_more()

    assert subscriber(bot, VILLAGE).ended_reason == EndReason.BLOCKED


async def test_adding_the_bot_again_is_no_consent(telegram, bot, admin):
    await subscribes_village(telegram, admin)
    group = telegram.group(VILLAGE)

    group.removes_bot()
    await telegram.hears_nothing_more()
    group.takes_bot()
    await telegram.hears_nothing_more()

    assert not has_alerts(bot, VILLAGE)


async def test_a_group_that_throws_the_bot_out_unnoticed_is_ended_by_the_next_alert(telegram, bot, admin, situation):
    await subscribes_village(telegram, admin)
    telegram.faults.fail_chat(
        VILLAGE, Fault(Mode.REFUSED, status=403, description="Forbidden: bot was kicked from the group")
    )
    situation.publishes()

    async with alerting(bot.application, bot.people.engine):
        situation.approves(situation.requests())
        await telegram.wait_until(lambda: not has_alerts(bot, VILLAGE), "the end of the subscription")

    assert subscriber(bot, VILLAGE).ended_reason == EndReason.BLOCKED


async def test_a_group_that_gets_another_number_keeps_its_alerts(telegram, bot, admin, situation):
    await subscribes_village(telegram, admin)

    telegram.group(VILLAGE).moves_to(NEW_VILLAGE)
    telegram.group(NEW_VILLAGE).comes_from(VILLAGE)
    await telegram.hears_nothing_more()
    situation.publishes()
    async with alerting(bot.application, bot.people.engine):
        situation.approves(situation.requests())
        [alert] = await telegram.wait_for(NEW_VILLAGE, 1)

    assert "New official" in alert.text
    assert alert.buttons == ()  # in a group anybody could press them
    assert subscriber(bot, VILLAGE).migrated_to == NEW_VILLAGE
    assert len(telegram.sent_to(VILLAGE)) == 2  # nothing but the conversation with its admin


@pytest.mark.parametrize("told_in_new_chat_alone", [True, False])
async def test_a_move_is_followed_wherever_telegram_tells_of_it(telegram, bot, admin, told_in_new_chat_alone):
    await subscribes_village(telegram, admin)

    if told_in_new_chat_alone:
        telegram.group(NEW_VILLAGE).comes_from(VILLAGE)
    else:
        telegram.group(VILLAGE).moves_to(NEW_VILLAGE)
    await telegram.hears_nothing_more()

    assert has_alerts(bot, NEW_VILLAGE)
    assert not has_alerts(bot, VILLAGE)


async def test_a_move_of_a_group_without_alerts_is_no_matter(telegram, bot):
    telegram.group(VILLAGE).moves_to(NEW_VILLAGE)
    await telegram.hears_nothing_more()

    assert subscriber(bot, NEW_VILLAGE) is None
    assert telegram.sent_to(VILLAGE) == []


# --- channels ---


@pytest.fixture
def owner(telegram):
    """Somebody whose channel has the bot among its admins."""
    telegram.channel(NEWS_NAME, NEWS)
    telegram.state.rooms.members[NEWS, ME] = "administrator"
    asha = telegram.person(11)
    asha.is_in(NEWS, "creator")
    return asha


async def next_answer(person, words):
    heard = len(person.telegram.sent_to(person.id))
    person.says(words)
    return (await person.hears(heard + 1))[heard]


async def test_a_public_channel_mirrors_danger_to_life_and_nothing_else(telegram, bot, owner, situation):
    answer = await next_answer(owner, f"/subscribe {NEWS_NAME}")
    situation.publishes("test-ordinary", severity=Severity.NOTICE)
    situation.publishes("test-leave", severity=Severity.LEAVE, countries=("RU",))

    async with alerting(bot.application, bot.people.engine):
        situation.approves(situation.requests("test-ordinary"))
        situation.approves(situation.requests("test-leave"))
        [alert] = await telegram.wait_for(NEWS, 1)
        await telegram.hears_nothing_more()

    assert NEWS_NAME in answer.text
    assert "danger to life" in answer.text
    assert "Russia" in alert.text
    assert len(telegram.sent_to(NEWS)) == 1
    found = subscriber(bot, NEWS)
    assert (found.kind, found.urgent_only) == (ChatKind.CHANNEL, True)


async def test_the_consent_for_a_channel_is_on_record(telegram, bot, owner):
    await next_answer(owner, f"/subscribe {NEWS_NAME}")
    found = subscriber(bot, NEWS)

    assert (found.consent_language, found.consented_at) == (Language.ENGLISH, bot.clock.now)
    assert found.consent_version


async def test_an_admin_stops_the_alerts_of_a_channel(telegram, bot, owner):
    await next_answer(owner, f"/subscribe {NEWS_NAME}")

    stopped = await next_answer(owner, f"/unsubscribe {NEWS_NAME}")
    again = await next_answer(owner, f"/unsubscribe {NEWS_NAME}")

    assert "Stopped" in stopped.text
    assert "no alerts" in again.text
    assert not has_alerts(bot, NEWS)


@pytest.mark.parametrize("command", ["subscribe", "unsubscribe"])
async def test_only_an_admin_of_the_channel_decides_for_it(telegram, bot, owner, command):
    await next_answer(owner, f"/subscribe {NEWS_NAME}")
    bala = telegram.person(12)
    bala.is_in(NEWS, "member")

    answer = await next_answer(bala, f"/{command} {NEWS_NAME}")

    assert answer.text == fixed_texts.ADMINS_ONLY
    assert has_alerts(bot, NEWS)


async def test_a_channel_that_the_bot_may_not_write_to_is_explained(telegram, bot, owner):
    telegram.state.rooms.members[NEWS, ME] = "member"

    answer = await next_answer(owner, f"/subscribe {NEWS_NAME}")

    assert "Make me its admin" in answer.text
    assert subscriber(bot, NEWS) is None


@pytest.mark.parametrize("name", ["@nowhere", "@"])
async def test_a_channel_that_does_not_exist_is_explained(telegram, bot, name):
    answer = await next_answer(telegram.person(11), f"/subscribe {name}")

    assert "Make me its admin" in answer.text


async def test_a_channel_that_removes_the_bot_gets_nothing_more(telegram, bot, owner):
    await next_answer(owner, f"/subscribe {NEWS_NAME}")

    telegram.group(NEWS).removes_bot()
    await telegram.hears_nothing_more()

    assert not has_alerts(bot, NEWS)


def test_a_deep_link_cannot_name_a_channel():
    assert parse_deep_link(NEWS_NAME) is None
