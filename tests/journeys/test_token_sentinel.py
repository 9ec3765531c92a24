"""The token is nowhere: not in logs at DEBUG, not on the screen, not in the database, not in any message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from hostile_api import TOKEN, Fault, Mode
from telegram.error import InvalidToken, TelegramError

from bot.forgetting import Forgetting
from bot.inbox import Inbox
from bot.logs import set_up_logging
from bot.people import People
from bot.troubles import CannotRun
from bot.webhook import WebhookAddress, set_webhook
from knowledge.database import DatabaseUnavailable

OFFER = "Helper job in Russia, two lakh a month"
SENTINELS = (TOKEN, TOKEN.partition(":")[2])
LIBRARIES = ("telegram", "telegram.ext", "aiohttp", "aiohttp.client", "httpx", "httpcore", "asyncio", "sqlalchemy")


@dataclass(frozen=True)
class Scene:
    """What a situation can lay hands on."""

    telegram: Any
    bot: Any
    monkeypatch: pytest.MonkeyPatch


Situation = Callable[[Scene], Awaitable[None]]


def sends_fail(mode: Mode, **how: Any) -> Situation:
    async def situation(scene: Scene) -> None:
        scene.telegram.faults.fail_next(Fault(mode, **how))

    return situation


def breaks(owner: type, method: str) -> Situation:
    """A method fails once, with the token in the words of the error."""

    async def situation(scene: Scene) -> None:
        really, failures = getattr(owner, method), [DatabaseUnavailable(f"away, {TOKEN}")]

        def broken(*given: object, **more: object) -> object:
            if failures:
                raise failures.pop()
            return really(*given, **more)

        scene.monkeypatch.setattr(owner, method, broken)

    return situation


async def the_token_is_revoked(scene: Scene) -> None:
    scene.telegram.token = "2:another"
    scene.telegram.person(1).says(OFFER)  # ends the poll that waits
    with pytest.raises(InvalidToken):
        await asyncio.wait_for(asyncio.shield(scene.bot._polling), 5)
    scene.telegram.token = TOKEN
    with suppress(InvalidToken):
        await scene.bot.stops()
    await scene.bot.starts()


async def a_second_program_polls(scene: Scene) -> None:
    scene.telegram.state._newest_poll += 1
    await asyncio.sleep(0.1)


async def an_update_cannot_be_read(scene: Scene) -> None:
    update_id = scene.telegram.next_id()
    scene.telegram.state.add_raw_update({"update_id": update_id, "message": {"text": TOKEN, "chat": TOKEN}})


async def something_is_no_update(scene: Scene) -> None:
    scene.telegram.state.add_raw_update({"update_id": 2**70, "message": TOKEN})


async def the_advisor_fails_with_the_token_in_its_words(scene: Scene) -> None:
    scene.bot.advisor.fails_with(ValueError(f"https://api.telegram.org/bot{TOKEN}/sendMessage"))


async def the_advisor_fails_with_the_bot_in_its_words(scene: Scene) -> None:
    application = scene.bot.application
    scene.bot.advisor.fails_with(RuntimeError(repr(application), repr(application.bot), str(application.bot)))


async def a_library_logs_the_address(_scene: Scene) -> None:
    logging.getLogger("some.library").error("asked %s", f"https://api.telegram.org/bot{TOKEN}/getMe")


async def the_settings_are_logged(scene: Scene) -> None:
    logging.getLogger("some.library").warning("%r %s", scene.bot.settings_used, scene.bot.settings_used)


async def a_file_cannot_be_fetched(scene: Scene) -> None:
    with pytest.raises(TelegramError) as failure:
        await scene.bot.application.bot.get_file("no such file")
    assert not any(sentinel in f"{failure.value} {failure.value!r}" for sentinel in SENTINELS)
    logging.getLogger("some.library").error("%s", failure.value, exc_info=failure.value)


async def telegram_refuses_the_webhook(scene: Scene) -> None:
    with pytest.raises(CannotRun) as failure:
        await set_webhook(scene.bot.application, WebhookAddress("http://example.org/a", "s" * 20))
    logging.getLogger("some.library").error("%s", failure.value)


SITUATIONS: dict[str, Situation] = {
    "the person blocked the bot": sends_fail(Mode.BLOCKED),
    "the account is gone": sends_fail(Mode.DEACTIVATED),
    "the chat is gone": sends_fail(Mode.CHAT_NOT_FOUND),
    "the chat has migrated": sends_fail(Mode.MIGRATED, new_chat_id=-77),
    "Telegram refuses the markup": sends_fail(Mode.REFUSED, description="Bad Request: can't parse entities"),
    "too many requests": sends_fail(Mode.FLOOD, retry_after=1),
    "too many requests, without saying how long": sends_fail(Mode.FLOOD),
    "Telegram is broken": sends_fail(Mode.SERVER_ERROR),
    "the connection ends before": sends_fail(Mode.DROP_BEFORE),
    "the connection ends after": sends_fail(Mode.DELIVER_THEN_DROP),
    "half an answer": sends_fail(Mode.HALF_BODY),
    "rubbish for an answer": sends_fail(Mode.WRONG_JSON),
    "the connection is reset": sends_fail(Mode.RESET),
    "a slow answer": sends_fail(Mode.SLOW, seconds=0.3),
    "the token is revoked": the_token_is_revoked,
    "a second program": a_second_program_polls,
    "an update that cannot be read": an_update_cannot_be_read,
    "the advisor fails": the_advisor_fails_with_the_token_in_its_words,
    "the advisor knows the bot": the_advisor_fails_with_the_bot_in_its_words,
    "a library logs the address": a_library_logs_the_address,
    "somebody logs the settings": the_settings_are_logged,
    "a file cannot be fetched": a_file_cannot_be_fetched,
    "the webhook is refused": telegram_refuses_the_webhook,
    "the inbox cannot store": breaks(Inbox, "store"),
    "the inbox cannot note": breaks(Inbox, "note"),
    "the language cannot be read": breaks(People, "find_language"),
    "the reply cannot be kept": breaks(People, "save_shown"),
    "no update at all": something_is_no_update,  # the last: it stays with the server for ever
}


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Everything that is logged, with the loggers of all libraries at DEBUG: the last net has to hold alone."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, {name: logging.getLogger(name).level for name in LIBRARIES})
    stream = StringIO()
    set_up_logging(secrets=[TOKEN], level="DEBUG", stream=stream)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


def test_there_are_at_least_twenty_situations():
    assert len(SITUATIONS) >= 20


async def test_the_token_is_nowhere_after_every_kind_of_failure(telegram, bot, written, capfd, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.polling.STORE_AGAIN_AFTER_S", (0.01,))
    await bot.stops()
    await bot.starts()
    for number, (what, situation) in enumerate(SITUATIONS.items()):
        bot.advisor.fails_with(None)
        await situation(Scene(telegram, bot, monkeypatch))
        person = telegram.person(5000 + number)
        person.says(OFFER)
        await telegram.wait_until(lambda who=person: reached(telegram, who.id), f"an answer although {what}")
    await asyncio.sleep(0.3)
    await bot.stops()
    Forgetting(bot.people.engine, bot.clock).clean_regularly()  # as the job does: one message held the token itself

    log = written.getvalue()
    assert len(log.splitlines()) > 100  # the libraries did speak
    seen = {
        "log": log,
        "screen": "".join(capfd.readouterr()),
        "messages": "".join(arrival.text for arrival in telegram.arrivals()),
    }
    seen |= {path.name: path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()}
    leaks = [place for place, words in seen.items() for sentinel in SENTINELS if sentinel in words]
    assert leaks == []


def reached(telegram: Any, person_id: int) -> bool:
    """Whether a message for this person came to the server, taken or not."""
    return any(arrival.chat_id == person_id for arrival in telegram.arrivals())
