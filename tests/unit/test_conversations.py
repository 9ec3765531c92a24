"""What the bot remembers of a conversation: for twenty minutes, masked, and never more than it may."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.conversations import KEEP, MOST_CHATS, RecentConversations
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.vocabulary import Kind, Language, Verdict

OFFER = Inquiry("Helper job in Russia, call +91 99999 01234")
DANGER = Reply(Kind.ASSESSMENT, Verdict.DANGER, Language.ENGLISH, countries=("RU",))
SMALL_TALK = Reply(Kind.HELP, None, Language.ENGLISH)


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conversations(clock: Clock) -> RecentConversations:
    return RecentConversations(clock)


def test_what_was_asked_is_there_for_twenty_minutes(conversations, clock):
    conversations.note(1, OFFER, DANGER)

    clock.now += KEEP - dt.timedelta(seconds=1)
    assert conversations.find(1).countries == ("RU",)
    clock.now += dt.timedelta(seconds=1)
    assert conversations.find(1) is None


def test_personal_numbers_are_masked(conversations):
    conversations.note(1, OFFER, DANGER)

    assert "99999" not in conversations.find(1).text


def test_each_chat_has_its_own(conversations):
    conversations.note(1, OFFER, DANGER)

    assert conversations.find(2) is None


def test_small_talk_does_not_make_a_matter_last_longer(conversations, clock):
    conversations.note(1, OFFER, DANGER)
    clock.now += dt.timedelta(minutes=15)

    conversations.note(1, Inquiry("thanks", earlier=conversations.find(1)), SMALL_TALK)
    clock.now += dt.timedelta(minutes=6)

    assert conversations.find(1) is None


def test_who_asks_on_is_remembered_from_then(conversations, clock):
    conversations.note(1, OFFER, DANGER)
    clock.now += dt.timedelta(minutes=15)

    conversations.note(1, Inquiry("and the fee?", earlier=conversations.find(1)), DANGER)
    clock.now += dt.timedelta(minutes=15)

    assert conversations.find(1).verdict is Verdict.DANGER


def test_a_chat_can_be_forgotten(conversations):
    conversations.note(1, OFFER, DANGER)

    conversations.forget(1)
    conversations.forget(2)

    assert conversations.find(1) is None


def test_of_too_many_chats_the_longest_untouched_goes_first(conversations):
    conversations.note(0, OFFER, DANGER)
    for chat_id in range(1, MOST_CHATS):
        conversations.note(chat_id, OFFER, DANGER)
    conversations.note(0, OFFER, DANGER)

    conversations.note(MOST_CHATS, OFFER, DANGER)

    assert conversations.find(0) is not None
    assert conversations.find(1) is None
    assert conversations.find(MOST_CHATS) is not None
