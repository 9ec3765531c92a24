"""When a message is sent again: only what Telegram surely did not take."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.aiohttp_request import NotSent
from bot.answering import answering
from bot.sending import RECONNECT_AFTER_S, Outcome, Outgoing, send


class FakeBot:
    """Fails as scripted, then takes every message."""

    def __init__(self, *failures: TelegramError) -> None:
        self._failures = list(failures)
        self.tried = 0

    async def send_message(self, **_message: object) -> None:
        self.tried += 1
        if self._failures:
            raise self._failures.pop(0)


class Slept(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


async def test_while_telegram_cannot_be_reached_an_answer_waits_and_then_goes_out_once():
    bot, slept = FakeBot(*[NotSent("refused")] * 4), Slept()

    assert await send(bot, Outgoing(11, "hello"), sleep=slept) is Outcome.SENT
    assert bot.tried == 5
    assert slept == list(RECONNECT_AFTER_S[:4])


async def test_after_two_minutes_without_telegram_the_answer_is_given_up():
    bot, slept = FakeBot(*[NotSent("refused")] * 100), Slept()

    assert await send(bot, Outgoing(11, "hello"), sleep=slept) is Outcome.FAILED
    assert sum(slept) == 120


@pytest.mark.parametrize("error", [TimedOut(), NetworkError("cut")])
async def test_what_may_have_arrived_is_never_sent_again(error):
    bot = FakeBot(error)

    assert await send(bot, Outgoing(11, "hello"), sleep=Slept()) is Outcome.UNCERTAIN
    assert bot.tried == 1


async def test_after_a_reconnection_a_doubtful_answer_ends_the_tries():
    bot = FakeBot(NotSent("refused"), TimedOut())

    assert await send(bot, Outgoing(11, "hello"), sleep=Slept()) is Outcome.UNCERTAIN
    assert bot.tried == 2


@pytest.mark.parametrize(
    ("errors", "outcome", "tried"),
    [
        ((Forbidden("blocked"),), Outcome.BLOCKED, 1),
        ((BadRequest("markup"),), Outcome.SENT, 2),
        ((BadRequest("markup"), BadRequest("again")), Outcome.FAILED, 2),
    ],
)
async def test_each_refusal_has_its_outcome(errors, outcome, tried):
    bot = FakeBot(*errors)

    assert await send(bot, Outgoing(11, "hello"), sleep=Slept()) is outcome
    assert bot.tried == tried


async def test_nothing_leaves_for_an_update_that_another_process_holds():
    async def refuse() -> bool:
        return False

    bot = FakeBot()
    with answering(refuse):
        assert await send(bot, Outgoing(11, "hello"), sleep=Slept()) is Outcome.FAILED
    assert bot.tried == 0


async def test_that_an_answer_begins_is_noted_once_for_all_its_messages():
    noted: list[int] = []

    async def note() -> bool:
        noted.append(1)
        return True

    bot = FakeBot()
    with answering(note):
        await send(bot, Outgoing(11, "one"), sleep=Slept())
        await send(bot, Outgoing(11, "two"), sleep=Slept())
    assert (noted, bot.tried) == ([1], 2)
