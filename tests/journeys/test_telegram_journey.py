"""People on Telegram: the real application polls a local Bot API server over HTTP."""

from __future__ import annotations

import logging
from io import StringIO

import pytest
from fake_advisor import FakeAdvisor, make_reply

from bot.application import build_application
from bot.commands.parts import Parts
from bot.commands.run import run
from bot.logs import set_up_logging
from bot.people import Limits
from bot.presenters import fixed_texts
from bot.texts import catalogue_languages
from bot.troubles import CannotRun
from knowledge.settings import Settings
from knowledge.vocabulary import Kind, Language

OFFER = "Helper job in Russia, tourist visa"
VILLAGE = -100200300


# --- first contact ---


async def test_start_says_who_runs_the_bot_and_offers_languages_and_a_sample(telegram, bot):
    asha = telegram.person(11)

    asha.says("/start")
    [greeting] = await asha.hears(1)

    assert "Example Foundation" in greeting.text
    assert "not a government service" in greeting.text
    assert {"English", "हिन्दी"} <= set(greeting.labels)
    assert any(fixed_texts.BUTTON_SAMPLE in label for label in greeting.labels)


async def test_a_government_operator_does_not_deny_it(telegram, bot):
    await bot.stops()
    bot.settings["operator_is_government"] = True
    await bot.starts()
    asha = telegram.person(11)

    asha.says("/about")
    [about] = await asha.hears(1)

    assert "not a government service" not in about.text


async def test_the_command_menu_is_set_for_everybody_and_in_every_language_that_telegram_knows(telegram, bot):
    spoken = {language.value for language in catalogue_languages() if language is not Language.HINGLISH}
    assert set(telegram.menus) == {"", *spoken}
    assert {"check", "helplines"} <= {command["command"] for command in telegram.menus["hi"]}


@pytest.mark.parametrize(
    "command", ["help", "check", "sources", "helplines", "language", "about", "privacy", "unheard"]
)
async def test_every_command_is_answered(telegram, bot, command):
    asha = telegram.person(11)

    asha.says(f"/{command}")
    [answer] = await asha.hears(1)

    assert answer.text
    assert bot.advisor.asked == []


async def test_helplines_show_number_and_date(telegram, bot):
    asha = telegram.person(11)

    asha.says("/helplines")
    [answer] = await asha.hears(1)

    assert "+91 99999 00001" in answer.text
    assert "2026-10" in answer.text


async def test_a_chosen_language_goes_with_every_inquiry_even_after_a_restart(telegram, bot):
    asha = telegram.person(11)
    asha.says("/start")
    await asha.hears(1)

    asha.presses("हिन्दी")
    await asha.hears(2)
    await bot.stops()
    await bot.starts()
    asha.says(OFFER)
    await asha.hears(3)

    assert bot.advisor.asked[-1].language is Language.HINDI


async def test_the_language_of_the_message_can_be_chosen_again(telegram, bot):
    asha = telegram.person(11)
    asha.says("/language")
    await asha.hears(1)
    asha.presses("हिन्दी")
    await asha.hears(2)

    asha.presses_data("v1:c:auto")
    await asha.hears(3)
    asha.says(OFFER)
    await asha.hears(4)

    assert bot.advisor.asked[-1].language is None


async def test_the_sample_offer_is_shown_and_checked(telegram, bot):
    asha = telegram.person(11)
    asha.says("/start")
    await asha.hears(1)

    asha.presses(fixed_texts.BUTTON_SAMPLE)
    _, sample, reply = await asha.hears(3)

    assert bot.advisor.asked[0].text in sample.text
    assert reply.buttons


# --- an offer and its buttons ---


async def test_an_offer_gets_a_reply_with_buttons_and_without_link_preview(telegram, bot):
    asha = telegram.person(11)

    asha.says(OFFER)
    [reply] = await asha.hears(1)

    assert bot.advisor.asked[0].text == OFFER
    assert reply.parse_mode == "HTML"
    assert reply.preview_off
    assert {fixed_texts.BUTTON_EVIDENCE, fixed_texts.BUTTON_WHAT_TO_DO} <= set(reply.labels)


@pytest.mark.parametrize("label", [fixed_texts.BUTTON_EVIDENCE, fixed_texts.BUTTON_WHAT_TO_DO])
async def test_a_section_opens_even_after_a_restart(telegram, bot, label):
    asha = telegram.person(11)
    asha.says(OFFER)
    await asha.hears(1)
    await bot.stops()
    await bot.starts()

    asha.presses(label)
    _, section = await asha.hears(2)

    assert section.text
    assert fixed_texts.BUTTON_TOO_OLD not in section.text


async def test_the_words_of_an_offer_are_shown_and_never_read_as_markup(telegram, bot):
    bot.advisor.replies_with(make_reply(quote="<b>salary</b> & <script>"))
    asha = telegram.person(11)

    asha.says("<b>salary</b> & <script>")
    [reply] = await asha.hears(1)

    assert reply.parse_mode == "HTML"
    assert "<script>" not in reply.raw


async def test_a_reply_can_be_shown_in_another_language(telegram, bot):
    asha = telegram.person(11)
    asha.says(OFFER)
    await asha.hears(1)

    asha.presses(fixed_texts.BUTTON_LANGUAGE)
    await asha.hears(2)
    asha.presses("हिन्दी")
    *_, again = await asha.hears(3)

    assert again.buttons
    assert bot.people.find_language(11) is Language.HINDI
    assert len(bot.advisor.asked) == 1


async def test_feedback_is_counted_once(telegram, bot):
    asha = telegram.person(11)
    asha.says(OFFER)
    await asha.hears(1)

    asha.presses("👍")
    await telegram.wait_until(lambda: len(telegram.toasts) == 1, "thanks")
    asha.presses("👎")
    await telegram.wait_until(lambda: len(telegram.toasts) == 2, "the second answer")

    assert telegram.toasts == [fixed_texts.FEEDBACK_THANKS, fixed_texts.FEEDBACK_ALREADY]


@pytest.mark.parametrize("data", ["v1:e:AAAAAAAAAAAAAAAA", "v0:e", "'; drop table person", "v1:s:AAAAAAAAAAAAAAAA:xx"])
async def test_a_forged_button_gets_a_kind_answer(telegram, bot, data):
    asha = telegram.person(11)

    asha.presses_data(data)
    [answer] = await asha.hears(1)

    assert answer.text == fixed_texts.BUTTON_TOO_OLD


async def test_a_button_of_another_chat_opens_nothing(telegram, bot):
    asha, mallory = telegram.person(11), telegram.person(12)
    asha.says(OFFER)
    [reply] = await asha.hears(1)

    mallory.presses_data(reply.buttons[0][0]["callback_data"])
    [answer] = await mallory.hears(1)

    assert answer.text == fixed_texts.BUTTON_TOO_OLD


async def test_a_button_older_than_a_day_gets_a_kind_answer(telegram, bot):
    asha = telegram.person(11)
    asha.says(OFFER)
    await asha.hears(1)

    bot.clock.goes_on(hours=25)
    asha.presses(fixed_texts.BUTTON_EVIDENCE)
    _, answer = await asha.hears(2)

    assert answer.text == fixed_texts.BUTTON_TOO_OLD


# --- what the bot cannot read ---


@pytest.mark.parametrize(
    ("send", "words"),
    [
        (lambda person: person.sends_voice(), fixed_texts.VOICE),
        (lambda person: person.sends_file(media_type="video/mp4"), fixed_texts.VOICE),
        (lambda person: person.sends_sticker(), fixed_texts.OTHER_CONTENT),
    ],
    ids=["voice", "video", "sticker"],
)
async def test_content_without_words_gets_a_kind_answer(telegram, bot, send, words):
    asha = telegram.person(11)

    send(asha)
    [answer] = await asha.hears(1)

    assert answer.text == words


# --- groups ---


async def test_in_a_group_the_bot_is_silent_unless_addressed(telegram, bot):
    asha = telegram.person(11)

    asha.says_in(VILLAGE, OFFER)
    asha.says_in(VILLAGE, "@another_bot " + OFFER)
    asha.says_in(VILLAGE, "/unheard")
    await telegram.hears_nothing_more()

    assert telegram.sent_to(VILLAGE) == []


@pytest.mark.parametrize("message", ["@satark_test_bot " + OFFER, "/check " + OFFER, "/check@satark_test_bot " + OFFER])
async def test_in_a_group_a_mention_or_command_is_answered(telegram, bot, message):
    telegram.person(11).says_in(VILLAGE, message)

    [reply] = await telegram.wait_for(VILLAGE, 1)

    assert bot.advisor.asked[0].text == OFFER
    assert reply.reply_to


async def test_in_a_group_the_offer_that_a_mention_points_at_is_checked(telegram, bot):
    offer = {"message_id": 5, "date": 1, "text": OFFER, "from": {"id": 12, "is_bot": False, "first_name": "B"}}

    telegram.person(11).says_in(VILLAGE, "@satark_test_bot true?", answers=offer)
    await telegram.wait_for(VILLAGE, 1)

    assert bot.advisor.asked[0].text == f"{OFFER}\n\ntrue?"


# --- limits and emergencies ---


async def test_too_many_messages_get_one_notice_and_emergencies_are_still_answered(telegram, bot):
    await bot.stops()
    await bot.starts(limits=Limits(bot.clock, per_minute=2, per_day=100))
    bot.advisor.treats_as_emergency("they beat us")
    asha = telegram.person(11)

    for number in range(5):
        asha.says(f"offer {number}")
    asha.says("they beat us")
    sent = await asha.hears(4)
    await telegram.hears_nothing_more()

    assert len(telegram.sent_to(11)) == 4
    assert "many messages" in sent[2].text
    assert bot.advisor.asked[-1].text == "they beat us"


async def test_after_a_minute_the_person_may_ask_again(telegram, bot):
    await bot.stops()
    await bot.starts(limits=Limits(bot.clock, per_minute=1, per_day=100))
    asha = telegram.person(11)
    asha.says("one")
    asha.says("two")
    await asha.hears(2)

    bot.clock.goes_on(seconds=61)
    asha.says("three")
    await asha.hears(3)

    assert [inquiry.text for inquiry in bot.advisor.asked] == ["one", "three"]


async def test_an_emergency_offers_the_operators_contact(telegram, bot):
    bot.advisor.replies_with(make_reply(kind=Kind.EMERGENCY, verdict=None))
    asha = telegram.person(11)

    asha.says("they took my passport")
    [reply] = await asha.hears(1)

    assert "help@example.org" in reply.text


# --- what goes wrong on the way ---


async def test_too_many_requests_are_waited_for_once(telegram, bot):
    telegram.next_send_fails(429, retry_after=1)
    asha = telegram.person(11)

    asha.says(OFFER)
    await asha.hears(1)

    assert bot.slept == [1.0]


async def test_a_second_refusal_for_too_many_requests_ends_the_try(telegram, bot):
    telegram.next_send_fails(429, retry_after=1, times=2)
    asha = telegram.person(11)

    asha.says(OFFER)
    await telegram.wait_until(lambda: len(telegram.called("sendMessage")) == 2, "two tries")
    await telegram.hears_nothing_more()

    assert len(telegram.called("sendMessage")) == 2


async def test_refused_markup_is_sent_again_as_plain_text(telegram, bot):
    telegram.next_send_fails(400, "Bad Request: can't parse entities")
    asha = telegram.person(11)

    asha.says(OFFER)
    [reply] = await asha.hears(1)

    assert reply.parse_mode is None
    assert "<b>" not in reply.text
    assert reply.buttons


async def test_a_person_who_blocked_the_bot_is_noted_and_not_tried_again(telegram, bot):
    bot.people.save_language(11, Language.ENGLISH)
    telegram.next_send_fails(403)
    asha = telegram.person(11)

    asha.says(OFFER)
    await telegram.wait_until(lambda: bot.people.is_blocked(11), "the note")

    assert len(telegram.called("sendMessage")) == 1


async def test_blocking_and_coming_back_are_noted(telegram, bot):
    bot.people.save_language(11, Language.ENGLISH)
    asha = telegram.person(11)

    asha.blocks_bot()
    await telegram.wait_until(lambda: bot.people.is_blocked(11), "the note")
    asha.starts_bot_again()
    await telegram.wait_until(lambda: not bot.people.is_blocked(11), "the return")

    assert telegram.sent_to(11) == []


async def test_a_message_that_may_have_arrived_is_not_sent_again(telegram, bot):
    telegram.next_send_fails(0)
    asha = telegram.person(11)

    asha.says(OFFER)
    await asha.hears(1)
    await telegram.hears_nothing_more()

    assert len(telegram.sent_to(11)) == 1


async def test_a_long_reply_is_split(telegram, bot):
    words = "This is a long sentence about one point. " * 300
    await bot.stops()
    await bot.starts(presenter=_long_presenter(words))
    asha = telegram.person(11)

    asha.says(OFFER)
    parts = await asha.hears(4)

    assert "".join(part.text for part in parts).replace(" ", "") == words.replace(" ", "")
    assert [bool(part.buttons) for part in parts] == [False, False, False, True]


async def test_a_failing_wording_still_sends_the_verdict_and_tells_staff(telegram, bot):
    await bot.stops()
    await bot.starts(presenter=_broken_presenter)
    asha = telegram.person(11)

    asha.says(OFFER)
    [reply] = await asha.hears(1)
    [notice] = await telegram.wait_for(900, 1)

    assert fixed_texts.PLAIN_DANGER in reply.text
    assert "Ministry of Examples" in reply.text
    assert "ZeroDivisionError" in notice.text


async def test_a_failing_advisor_is_apologised_for_and_staff_hear_it_once_without_words(telegram, bot):
    bot.advisor.fails_with(ValueError(OFFER))
    asha = telegram.person(11)

    asha.says(OFFER)
    asha.says(OFFER)
    apologies = await asha.hears(2)
    [notice] = await telegram.wait_for(900, 1)
    await telegram.hears_nothing_more()

    assert fixed_texts.APOLOGY in apologies[0].text
    assert "help@example.org" in apologies[0].text
    assert OFFER not in notice.text
    assert telegram.token not in notice.text
    assert len(telegram.sent_to(900)) == 1


async def test_one_failing_message_does_not_keep_others_from_their_answer(telegram, bot):
    asha, bina = telegram.person(11), telegram.person(12)
    bot.advisor.fails_with(ValueError("x"))
    asha.says(OFFER)
    await asha.hears(1)

    bot.advisor.fails_with(None)
    bina.says(OFFER)
    [reply] = await bina.hears(1)

    assert reply.buttons


async def test_what_was_taken_before_the_stop_is_answered_before_the_end(telegram, bot):
    for number in range(5):
        telegram.person(20 + number).says(OFFER)
    await telegram.wait_for(20, 1)

    await bot.stops()

    assert all(telegram.sent_to(20 + number) for number in range(5))


# --- secrets ---


async def test_no_token_no_words_and_no_ids_in_the_logs_even_at_debug(telegram, bot, request):
    written = StringIO()
    _log_everything_to(written, telegram.token, request)
    await bot.stops()
    await bot.starts()
    bot.advisor.fails_with(ValueError(f"{OFFER} {telegram.token}"))
    asha = telegram.person(4455667788)
    telegram.next_send_fails(429, retry_after=1, times=2)

    asha.says(OFFER)
    asha.says(OFFER)
    await asha.hears(1)
    await bot.stops()

    lines = written.getvalue()
    assert "ValueError" in lines
    for secret in (telegram.token, telegram.token.partition(":")[2], OFFER, "4455667788"):
        assert secret not in lines


def test_no_token_in_what_the_application_shows_of_itself(people):
    token = "123456:" + "shown-to-nobody-at-all-00000000000"
    settings = Settings(_env_file=None, telegram_bot_token=token)

    application = build_application(settings, FakeAdvisor(), people, _no_library)

    assert token not in f"{application!r} {application.bot!r} {application.bot} {settings!r}"


def test_a_wrong_token_is_named_with_what_to_do(telegram, people):
    settings = Settings(_env_file=None, telegram_bot_token="1:wrong", telegram_api_base_url=telegram.url)

    with pytest.raises(CannotRun, match="TELEGRAM_BOT_TOKEN"):
        run(settings, Parts(FakeAdvisor(), people, _no_library))


def _log_everything_to(stream: StringIO, token: str, request: pytest.FixtureRequest) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level)

    def restore() -> None:
        root.handlers[:], root.level = before[0], before[1]

    request.addfinalizer(restore)
    set_up_logging(secrets=[token], level="DEBUG", stream=stream)


def _long_presenter(words: str):
    from bot.presenters.reply import Presented

    def present(reply, *, operator):
        return Presented(reply.language, "ltr", words, {"evidence": "more"}, words)

    return present


def _broken_presenter(reply, *, operator):
    raise ZeroDivisionError


def _no_library():
    raise AssertionError("not needed here")
