"""Requests over real HTTP: every way of failing says whether the message may have arrived, and none shows the token."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback

import pytest
from hostile_api import FakeTelegram, Fault, Mode
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.aiohttp_request import AiohttpRequest, MaybeSent, NotSent
from bot.application import SatarkBot
from bot.gate import UNLIMITED, Gate, wait_of

ASHA = 11


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="module")
def server():
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def telegram(server):
    server.forgets()
    return server


def make_bot(url: str, token: str, **timeouts: float) -> Bot:
    options = {"connect_timeout_s": 2.0, "read_timeout_s": 0.5, **timeouts}
    return SatarkBot(
        token,
        base_url=f"{url}/bot",
        request=AiohttpRequest(**options),
        get_updates_request=AiohttpRequest(**options),
        rate_limiter=Gate(UNLIMITED),
    )


async def send(telegram: FakeTelegram, text: str = "<b>Warning</b>") -> object:
    async with make_bot(telegram.url, telegram.token) as bot:
        return await bot.send_message(ASHA, text, parse_mode="HTML")


async def test_a_message_arrives_with_its_words_buttons_and_unicode(telegram):
    sent = await send(telegram, "<b>चेतावनी</b> &amp; <i>100 %</i> +91")

    assert telegram.sent_to(ASHA)[0].text == "चेतावनी & 100 % +91"
    assert sent.message_id == telegram.sent_to(ASHA)[0].message_id


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Mode.DELIVER_THEN_DROP), MaybeSent),
        (Fault(Mode.DROP_BEFORE), MaybeSent),  # from here nobody can tell it from the one above
        (Fault(Mode.RESET), MaybeSent),
        (Fault(Mode.STALL, seconds=3), MaybeSent),
        (Fault(Mode.HALF_BODY), MaybeSent),
        (Fault(Mode.WRONG_JSON), MaybeSent),
        (Fault(Mode.SERVER_ERROR), NetworkError),
        (Fault(Mode.FLOOD, retry_after=7), RetryAfter),
        (Fault(Mode.FLOOD), RetryAfter),
        (Fault(Mode.BLOCKED), Forbidden),
        (Fault(Mode.DEACTIVATED), Forbidden),
        (Fault(Mode.CHAT_NOT_FOUND), BadRequest),
        (Fault(Mode.MIGRATED, new_chat_id=-100777), ChatMigrated),
    ],
    ids=lambda value: str(value.mode) if isinstance(value, Fault) else value.__name__,
)
async def test_every_failure_has_its_name_and_hides_the_token(telegram, caplog, fault, error):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "telegram")  # as `bot.logs` has it: below that the library shows the address
    telegram.faults.fail_next(fault)

    with pytest.raises(error) as failure:
        await send(telegram)

    assert type(failure.value) is error
    told = "".join(traceback.format_exception(failure.value)) + repr(failure.value) + caplog.text
    assert telegram.token.partition(":")[2] not in told


async def test_a_flood_says_for_how_long_and_without_a_number_it_is_five_seconds(telegram):
    waits = []
    for retry_after in (7, None):
        telegram.faults.fail_next(Fault(Mode.FLOOD, retry_after=retry_after))
        with pytest.raises(RetryAfter) as flood:
            await send(telegram)
        waits.append(wait_of(flood.value))

    assert waits == [7, 5]


async def test_a_slow_answer_within_the_patience_is_an_answer(telegram):
    telegram.faults.fail_next(Fault(Mode.SLOW, seconds=0.2))

    await send(telegram)

    assert len(telegram.sent_to(ASHA)) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_without_a_connection_nothing_was_sent(telegram, scheme):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}" if scheme == "http" else telegram.url.replace("http:", "https:")

    bot = make_bot(url, telegram.token)
    with pytest.raises(NotSent) as failure:
        await bot.initialize()
    await bot.shutdown()

    assert telegram.token.partition(":")[2] not in "".join(traceback.format_exception(failure.value))


async def test_a_host_without_a_name_is_no_connection(telegram):
    bot = make_bot("http://no-such-host.invalid", telegram.token)

    with pytest.raises(NotSent):
        await bot.initialize()
    await bot.shutdown()


async def test_a_server_that_accepts_and_says_nothing_may_have_got_it():
    with socket.create_server(("127.0.0.1", 0), backlog=5) as silent:
        bot = make_bot(f"http://127.0.0.1:{silent.getsockname()[1]}", "1:" + "x" * 30)
        with pytest.raises(MaybeSent):
            await bot.initialize()
        await bot.shutdown()


async def test_a_proxy_of_the_environment_is_used_unless_the_host_is_exempt(monkeypatch):
    taken = asyncio.Queue()

    async def proxy(reader, writer):
        taken.put_nowait(await reader.readline())
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://user:word@127.0.0.1:{port}")
    bot = make_bot("http://telegram.invalid", "1:" + "x" * 30)
    exempt = make_bot("http://127.0.0.1:9", "1:" + "x" * 30)

    for one, error in ((bot, MaybeSent), (exempt, NotSent)):
        with pytest.raises(error):
            await one.initialize()
        await one.shutdown()
    server.close()

    assert taken.get_nowait().startswith(b"POST http://telegram.invalid/")
    assert taken.empty()


async def test_a_refused_token_is_named(telegram):
    bot = make_bot(telegram.url, "1:" + "another" * 5)

    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_nothing_is_sent_twice_over_a_connection_that_the_server_closed_meanwhile(telegram):
    async with make_bot(telegram.url, telegram.token) as bot:
        await bot.send_message(ASHA, "one")
        telegram.faults.fail_next(Fault(Mode.DELIVER_THEN_DROP))
        with pytest.raises(MaybeSent):
            await bot.send_message(ASHA, "two")
        await bot.send_message(ASHA, "three")

    assert [sent.text for sent in telegram.sent_to(ASHA)] == ["one", "two", "three"]


async def test_a_closed_bot_sends_nothing(telegram):
    bot = make_bot(telegram.url, telegram.token)
    await bot.initialize()
    await bot.shutdown()

    with pytest.raises(NotSent):
        await bot.send_message(ASHA, "late")


async def test_many_at_once_all_arrive(telegram):
    async with make_bot(telegram.url, telegram.token, read_timeout_s=10.0) as bot:
        await asyncio.gather(*(bot.send_message(number, f"to {number}") for number in range(1, 301)))

    assert sorted(sent.chat_id for sent in telegram.state.sent()) == list(range(1, 301))


async def test_a_file_travels_too(telegram):
    request = AiohttpRequest()
    bot = SatarkBot(telegram.token, base_url=f"{telegram.url}/bot", request=request, rate_limiter=Gate(UNLIMITED))
    async with bot:
        with pytest.raises(InvalidToken):  # the local server knows no such method, but it read the form
            await bot.send_document(ASHA, b"%PDF-1.4", filename="notice.pdf", caption="a notice")

    assert telegram.called("sendDocument")[0]["caption"] == "a notice"


def test_the_token_is_not_in_the_words_of_bot_and_request(telegram):
    bot = make_bot(telegram.url, telegram.token)

    assert telegram.token not in f"{bot!r} {bot} {bot.request!r}"
