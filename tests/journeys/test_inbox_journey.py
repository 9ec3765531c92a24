"""Updates that cannot be handled, storage that fails, and the webhook, with the real application over real HTTP."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from socket import create_server

import pytest
from hostile_api import FakeTelegram
from sqlalchemy import func, select

from bot.inbox import Change, Inbox, ParkReason, begins
from bot.inbox_models import InboxState, InboxUpdate
from bot.incoming import read_incoming
from bot.presenters import fixed_texts
from bot.webhook import WebhookAddress, receive_by_webhook
from knowledge.database import DatabaseUnavailable, read_session

OFFER = "Helper job in Russia, two lakh a month, come on a tourist visa"
STAFF_ID = 900
SECRET = "invented_secret-of-the-tests-0001"
CHAT = {"id": 11, "type": "private", "first_name": "Asha"}
USER = {"id": 11, "is_bot": False, "first_name": "Asha"}

# what the library cannot read, and what it reads as nothing that we know
UNREADABLE = [
    ("a chat without a type", {"message": {"message_id": 1, "date": 1, "chat": {"id": 11}}}),
    ("a date that is a word", {"message": {"message_id": 1, "date": "now", "chat": CHAT}}),
    ("a date beyond all years", {"message": {"message_id": 1, "date": 10**18, "chat": CHAT}}),
    ("a press without a sender", {"callback_query": {"id": "1", "data": "v1:t"}}),
    ("a message that is a word", {"message": "hello"}),
    ("a message that is a list", {"message": [1, 2]}),
    (
        "entities that are a number",
        {"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": USER, "entities": 5}},
    ),
]
UNKNOWN = [
    ("a kind that does not exist yet", {"hologram": {"chat": CHAT}}),
    ("no content", {}),
    ("64-bit ids", {"message": {"message_id": 2**62, "date": 1, "chat": {**CHAT, "id": 2**62}, "from": USER}}),
]


@pytest.mark.parametrize(("_", "content"), UNREADABLE, ids=[row[0] for row in UNREADABLE])
async def test_an_unreadable_update_is_set_aside_and_the_next_one_is_answered_at_once(telegram, bot, _, content):
    telegram.state.add_raw_update({"update_id": telegram.next_id(), **content})
    began_at = time.monotonic()
    telegram.person(12).says(OFFER)

    [reply] = await telegram.person(12).hears(1)

    assert reply.text
    assert time.monotonic() - began_at < 5
    await telegram.wait_until(lambda: parked(bot) == [ParkReason.UNREADABLE], "the update to be set aside")
    [told] = await telegram.wait_for(STAFF_ID, 1)
    assert ParkReason.UNREADABLE.value in told.text
    await telegram.wait_until(lambda: not stored_texts(bot, '"Asha"'), "the texts to be deleted")


@pytest.mark.parametrize(("_", "content"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
async def test_an_update_of_an_unknown_kind_does_no_harm(telegram, bot, _, content):
    telegram.state.add_raw_update({"update_id": telegram.next_id(), **content})
    telegram.person(12).says(OFFER)

    await telegram.person(12).hears(1)


async def test_somebody_whose_message_cannot_be_read_gets_an_apology(telegram, bot):
    broken = {"message_id": 1, "date": 1, "chat": {"id": 11}, "text": OFFER}
    telegram.state.add_raw_update({"update_id": telegram.next_id(), "message": broken})

    [apology] = await telegram.person(11).hears(1)

    assert apology.text == fixed_texts.APOLOGY


async def test_what_is_no_update_at_all_stops_nothing(telegram, bot):
    telegram.state.add_raw_update({"update_id": 2**70})
    telegram.person(12).says(OFFER)

    await telegram.person(12).hears(1)


async def test_an_update_that_comes_three_times_is_answered_once(telegram, bot):
    asha = telegram.person(11)
    asha.says(OFFER)
    [update] = telegram.state.waiting_updates() or [None]
    await asha.hears(1)
    if update is not None:
        for _ in range(2):
            telegram.state.add_raw_update(update)

    await telegram.hears_nothing_more()

    assert len(telegram.sent_to(11)) == 1


async def test_after_a_restart_nothing_is_answered_anew(telegram, bot):
    asha = telegram.person(11)
    asha.says(OFFER)
    await asha.hears(1)

    await bot.stops()
    await bot.starts()
    asha.says("another")
    await asha.hears(2)

    assert [inquiry.text for inquiry in bot.advisor.asked] == [OFFER, "another"]


async def test_an_interrupted_answer_is_admitted_and_not_sent_anew(telegram, bot):
    """The program died after the answer had begun to leave; nobody can know whether it arrived."""
    await bot.stops()
    asha = telegram.person(11, "hi")
    asha.says(OFFER)
    dead = Inbox(bot.people.engine, bot.clock, bot_id=77)
    [update] = telegram.state.waiting_updates()
    dead.store([read_incoming(update)])
    [claimed] = dead.claim(1, idle=True)
    dead.note([begins(claimed)])
    bot.clock.goes_on(minutes=1)

    await bot.starts()
    [notice] = await asha.hears(1)
    await telegram.hears_nothing_more()

    assert "फिर से भेजें" in notice.text
    assert bot.advisor.asked == []
    assert len(telegram.sent_to(11)) == 1


async def test_while_the_database_is_away_people_are_still_answered(telegram, bot, monkeypatch):
    def away(*_args: object, **_more: object) -> None:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr("bot.polling.STORE_AGAIN_AFTER_S", (0.01,))
    monkeypatch.setattr(Inbox, "store", away)
    asha = telegram.person(11)

    asha.says(OFFER)
    [reply] = await asha.hears(1)

    assert reply.buttons


async def test_what_could_not_be_noted_is_noted_later_and_nothing_is_answered_twice(telegram, bot, monkeypatch):
    really_note, failures = Inbox.note, [1, 1]

    def note(self: Inbox, changes: list[Change]) -> list[bool]:
        if failures:
            failures.pop()
            raise DatabaseUnavailable("away")
        return really_note(self, changes)

    monkeypatch.setattr(Inbox, "note", note)
    asha = telegram.person(11)

    asha.says(OFFER)
    await asha.hears(1)
    await bot.stops()
    await bot.starts()
    await telegram.hears_nothing_more()

    assert len(telegram.sent_to(11)) == 1


async def test_no_text_of_a_message_is_left_after_its_answer(telegram, bot):
    asha = telegram.person(11)
    asha.says(OFFER)
    await asha.hears(1)

    await telegram.wait_until(lambda: not stored_texts(bot, "%"), "the text to be deleted")


# --- webhook ---


async def test_by_webhook_people_are_answered_in_order_and_a_stop_keeps_the_address(telegram, bot):
    await bot.stops()
    async with ByWebhook(bot, telegram) as served:
        asha = telegram.person(11)
        for number in range(5):
            asha.says(f"offer {number}")
        await asha.hears(5)

        assert [inquiry.text for inquiry in bot.advisor.asked] == [f"offer {number}" for number in range(5)]
        [call] = telegram.called("setWebhook")
        assert (call["url"], call["secret_token"]) == (served.address.url, SECRET)
        assert set(call["allowed_updates"]) == {"message", "callback_query", "my_chat_member"}
    assert telegram.called("deleteWebhook") == telegram.called("deleteWebhook")[:1]  # only that of polling before
    assert telegram.state.webhook["url"] == served.address.url


async def test_by_webhook_what_comes_while_the_database_is_away_comes_again(telegram, bot, monkeypatch):
    really_store, failures = Inbox.store, [1, 1, 1]

    def store(self: Inbox, arrived: object) -> int:
        if failures:
            failures.pop()
            raise DatabaseUnavailable("away")
        return really_store(self, arrived)

    monkeypatch.setattr(Inbox, "store", store)
    await bot.stops()
    async with ByWebhook(bot, telegram):
        asha = telegram.person(11)
        asha.says(OFFER)
        await asha.hears(1)
        await telegram.hears_nothing_more()

    assert failures == []
    assert len(telegram.sent_to(11)) == 1


class ByWebhook:
    """The bot of the test, receiving by webhook."""

    def __init__(self, bot: object, telegram: FakeTelegram) -> None:
        self._bot = bot
        self._listening = create_server(("127.0.0.1", 0))
        self.address = WebhookAddress(f"http://127.0.0.1:{self._listening.getsockname()[1]}/telegram", SECRET)

    async def __aenter__(self) -> ByWebhook:
        self._stop, self._stack = asyncio.Event(), AsyncExitStack()
        application, worker = await self._bot.builds(self._stack)
        self._serving = asyncio.create_task(
            receive_by_webhook(application, worker, self._stop, address=self.address, listening=self._listening)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._serving
        await self._stack.aclose()


def parked(bot) -> list[str]:
    with read_session(bot.people.engine) as session:
        return list(session.scalars(select(InboxUpdate.reason).where(InboxUpdate.state == InboxState.PARKED)))


def stored_texts(bot, part: str) -> int:
    with read_session(bot.people.engine) as session:
        return session.scalar(select(func.count()).where(InboxUpdate.raw.like(f"%{part}%"))) or 0
