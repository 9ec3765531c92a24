"""The local Bot API is as strict as the real one: its answers are Telegram's documented errors and limits."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from hostile_api import FakeTelegram, Fault, FloodWatch, Limits, Mode, Refused, parse_html, read_journal, read_text
from hostile_api.flood import UNLIMITED

ASHA, GROUP = 11, -100200300


@pytest.fixture(scope="module")
def server():
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def telegram(server):
    server.forgets()
    server.state.enforces(UNLIMITED)
    return server


@pytest.fixture
async def api(telegram):
    """Call a method; returns the status and the JSON answer."""
    async with aiohttp.ClientSession() as session:

        async def call(method, /, **parameters):
            url = f"{telegram.url}/bot{telegram.token}/{method}"
            async with session.post(url, json=parameters) as answer:
                return answer.status, await answer.json()

        yield call


# --- markup ---

TAKEN = [
    ("<b>bold</b> <i>it</i> <u>u</u> <s>s</s> <code>c</code>", "bold it u s c"),
    ('<a href="https://mea.gov.in">MEA</a>', "MEA"),
    ("<a href=https>bare value</a>", "bare value"),
    ("<blockquote expandable>long</blockquote>", "long"),
    ('<span class="tg-spoiler">hidden</span>', "hidden"),
    ('<pre><code class="language-python">x</code></pre>', "x"),
    ("fish &amp; chips &lt;3 &quot;x&quot; &#2309; &#x0905;", 'fish & chips <3 "x" अ अ'),
    ("R&D &nbsp; &copy;", "R&D &nbsp; &copy;"),
    ("<B>upper case</B>", "upper case"),
    ("<b>closed without a name</>", "closed without a name"),
    ("1 > 0", "1 > 0"),
]
NOT_TAKEN = [
    ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b><i>crossed</b></i>", 'Unmatched end tag at byte offset 13, expected "</i>", found "</b>"'),
    ("closed</b>", "Unexpected end tag at byte offset 6"),
    ("<div>block</div>", 'Unsupported start tag "div" at byte offset 0'),
    ("अ < b", 'Unsupported start tag "" at byte offset 4'),
    ("a <b", "Unclosed start tag at byte offset 2"),
    ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ("<a href>x</a>", "Expected equal sign"),
    ('<span class="red">x</span>', 'must have class "tg-spoiler"'),
    ("<script>x</script>", 'Unsupported start tag "script"'),
]


@pytest.mark.parametrize(("html", "text"), TAKEN)
def test_markup_that_telegram_takes(html, text):
    assert parse_html(html) == text


@pytest.mark.parametrize(("html", "words"), NOT_TAKEN)
def test_markup_that_telegram_refuses(html, words):
    with pytest.raises(Refused) as refused:
        parse_html(html)

    assert words in str(refused.value)
    assert str(refused.value).startswith("can't parse entities: ")


@pytest.mark.parametrize(
    ("raw", "mode", "words"),
    [
        ("", None, "message text is empty"),
        ("<b> </b>", "HTML", "message text is empty"),
        ("x" * 4097, None, "message is too long"),
        ("😀" * 2049, None, "message is too long"),  # two UTF-16 units each
        ("<b>" + "x" * 4097 + "</b>", "HTML", "message is too long"),
        ("<b></b>" * 5000 + "x", "HTML", "message is too long"),  # 35 KB before the markup is taken away
        ("half \ud83d a character", None, "strings must be encoded in UTF-8"),
        ("x", "Markdown5", "unsupported parse_mode"),
    ],
)
def test_texts_that_telegram_refuses(raw, mode, words):
    with pytest.raises(Refused, match=words):
        read_text(raw, mode)


@pytest.mark.parametrize("raw", ["x" * 4096, "😀" * 2048, "<b>" + "x" * 4096 + "</b>"])
def test_the_longest_text_is_taken(raw):
    assert read_text(raw, "HTML")


# --- limits ---


def test_thirty_a_second_and_no_more():
    flood = FloodWatch(Limits())

    taken = [flood.refuse_for(number, number / 100) is None for number in range(1, 60)]

    assert sum(taken) == 30
    assert flood.refuse_for(999, 1.02) is None  # the first has left the window by then


def test_one_a_second_in_a_chat():
    flood = FloodWatch(Limits())

    assert [flood.refuse_for(1, at) for at in (0.0, 0.99, 1.0)] == [None, 1, None]


def test_twenty_a_minute_in_a_group():
    flood = FloodWatch(Limits())

    refused = [flood.refuse_for(GROUP, at * 2.0) for at in range(25)]

    assert refused[:20] == [None] * 20
    assert refused[20] == 20


async def test_a_flood_is_told_in_json_and_header_and_counted(telegram):
    telegram.state.enforces(Limits())
    async with aiohttp.ClientSession() as session:
        answers = []
        for _ in range(2):
            body = {"chat_id": ASHA, "text": "x"}
            async with session.post(f"{telegram.url}/bot{telegram.token}/sendMessage", json=body) as answer:
                answers.append((answer.status, answer.headers.get("Retry-After"), await answer.json()))

    status, header, body = answers[1]
    assert (status, header, body["parameters"]) == (429, "1", {"retry_after": 1})
    assert body["description"] == "Too Many Requests: retry after 1"
    assert telegram.state.flood_errors == 1


# --- errors ---


@pytest.mark.parametrize(
    ("fault", "status", "description"),
    [
        (Fault(Mode.BLOCKED), 403, "Forbidden: bot was blocked by the user"),
        (Fault(Mode.DEACTIVATED), 403, "Forbidden: user is deactivated"),
        (Fault(Mode.CHAT_NOT_FOUND), 400, "Bad Request: chat not found"),
        (Fault(Mode.MIGRATED, new_chat_id=-5), 400, "Bad Request: group chat was upgraded to a supergroup chat"),
        (Fault(Mode.SERVER_ERROR), 500, "Internal Server Error: restart"),
        (Fault(Mode.FLOOD, retry_after=3), 429, "Too Many Requests: retry after 3"),
    ],
)
async def test_errors_have_telegrams_words_and_deliver_nothing(telegram, api, fault, status, description):
    telegram.faults.fail_next(fault)

    answer = await api("sendMessage", chat_id=ASHA, text="x")

    assert answer[0] == answer[1]["error_code"] == status
    assert answer[1]["description"] == description
    assert telegram.sent_to(ASHA) == []


async def test_a_migrated_group_names_its_new_id(telegram, api):
    telegram.faults.fail_next(Fault(Mode.MIGRATED, new_chat_id=-100777))

    _, answer = await api("sendMessage", chat_id=-5, text="x")

    assert answer["parameters"] == {"migrate_to_chat_id": -100777}


@pytest.mark.parametrize(
    ("mode", "taken"),
    [(Mode.DELIVER_THEN_DROP, 1), (Mode.HALF_BODY, 1), (Mode.DROP_BEFORE, 0), (Mode.RESET, 0)],
)
async def test_a_broken_wire_may_or_may_not_have_delivered(telegram, api, mode, taken):
    telegram.faults.fail_next(Fault(mode))

    with pytest.raises(aiohttp.ClientError):
        await api("sendMessage", chat_id=ASHA, text="x")

    assert len(telegram.sent_to(ASHA)) == taken


async def test_an_unknown_token_and_an_unknown_method_are_refused(telegram, api):
    async with aiohttp.ClientSession() as session, session.post(f"{telegram.url}/bot1:wrong/getMe") as answer:
        assert answer.status == 401
    assert (await api("sendTelepathy"))[0] == 404


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "nobody", "text": "x"}, "chat not found"),
        ("editMessageText", {"chat_id": 1, "message_id": 5, "text": "x"}, "message to edit not found"),
        ("answerCallbackQuery", {"callback_query_id": "5"}, "query is too old"),
        ("setWebhook", {"url": "http://example.org/hook"}, "HTTPS"),
        ("setWebhook", {"url": "https://example.org", "secret_token": "ä"}, "unallowed"),
    ],
)
async def test_wrong_calls_are_refused(telegram, api, method, parameters, words):
    status, answer = await api(method, **parameters)

    assert status == 400
    assert words in answer["description"]


async def test_buttons_with_too_much_data_are_refused(telegram, api):
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "y" * 65}]]}

    assert (
        "BUTTON_DATA_INVALID"
        in (await api("sendMessage", chat_id=1, text="x", reply_markup=keyboard))[1]["description"]
    )


async def test_an_edit_that_changes_nothing_is_refused_and_another_replaces(telegram, api):
    _, sent = await api("sendMessage", chat_id=ASHA, text="old")
    message_id = sent["result"]["message_id"]

    same = await api("editMessageText", chat_id=ASHA, message_id=message_id, text="old")
    changed = await api("editMessageText", chat_id=ASHA, message_id=message_id, text="new")

    assert "message is not modified" in same[1]["description"]
    assert changed[0] == 200
    assert [message.text for message in telegram.sent_to(ASHA)] == ["new"]


# --- updates ---


async def test_updates_come_again_until_their_offset_confirms_them(telegram, api):
    telegram.person(ASHA).says("one")
    telegram.person(ASHA).says("two")

    first = (await api("getUpdates"))[1]["result"]
    again = (await api("getUpdates"))[1]["result"]
    rest = (await api("getUpdates", offset=first[0]["update_id"] + 1))[1]["result"]
    none = (await api("getUpdates", offset=rest[0]["update_id"] + 1))[1]["result"]

    assert first == again
    assert [update["message"]["text"] for update in rest] == ["two"]
    assert none == []


async def test_a_newer_poll_ends_the_older_one(telegram, api):
    older = asyncio.create_task(api("getUpdates", timeout=5))
    await asyncio.sleep(0.1)

    newer = asyncio.create_task(api("getUpdates", timeout=0))

    assert (await older)[0] == 409
    assert (await newer)[0] == 200


async def test_with_a_webhook_polling_is_refused(telegram, api):
    await api("setWebhook", url="http://127.0.0.1:9/hook")

    assert (await api("getUpdates"))[0] == 409
    await api("deleteWebhook")
    assert (await api("getUpdates"))[0] == 200


async def test_a_webhook_gets_the_updates_of_a_chat_in_order_and_again_until_it_takes_them(telegram, api):
    got: list[tuple[str, str]] = []
    refusals = 3

    async def hook(request):
        nonlocal refusals
        update = await request.json()
        if refusals:
            refusals -= 1
            return web.Response(status=503)
        got.append((update["message"]["text"], request.headers["X-Telegram-Bot-Api-Secret-Token"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await api("setWebhook", url=f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s3cret")

    for number in range(5):
        telegram.person(ASHA).says(str(number))
    await telegram.wait_until(lambda: len(got) == 5, "all updates at the webhook")
    await api("deleteWebhook")
    await runner.cleanup()

    assert got == [(str(number), "s3cret") for number in range(5)]


async def test_a_person_who_blocked_the_bot_cannot_be_written_to(telegram, api):
    telegram.person(ASHA).blocks_bot()
    blocked = await api("sendMessage", chat_id=ASHA, text="x")
    telegram.person(ASHA).starts_bot_again()

    assert blocked[0] == 403
    assert (await api("sendMessage", chat_id=ASHA, text="x"))[0] == 200


# --- the arrival log, and the server as a program ---


async def test_the_arrival_log_names_who_got_what_and_what_was_refused(tmp_path):
    journal = tmp_path / "arrivals.jsonl"
    with FakeTelegram(journal=journal) as telegram:
        telegram.faults.fail_chat(12, Fault(Mode.BLOCKED))
        await _send(telegram, chat_id=11, text="one")
        await _send(telegram, chat_id=12, text="two")
    with journal.open("a") as file:
        file.write('{"at": 1, "chat')  # as a crash of the server would leave it

    assert [(a.chat_id, a.taken, a.text, a.outcome) for a in read_journal(journal)] == [
        (11, True, "one", "ok"),
        (12, False, "two", "403 blocked"),
    ]


def test_it_runs_as_a_program_of_its_own(tmp_path):
    command = [sys.executable, "-m", "tests.hostile_api", "--port", "0", "--journal", str(tmp_path / "log.jsonl")]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True)
    try:
        words = (process.stdout.readline() if process.stdout else "").split()
        url = next(word for word in words if word.startswith("TELEGRAM_API_BASE_URL=")).partition("=")[2]
        token = next(word for word in words if word.startswith("TELEGRAM_BOT_TOKEN=")).partition("=")[2]
        _post(f"{url}/control/fault", {"mode": "blocked", "chat_id": 12})
        _post(f"{url}/bot{token}/sendMessage", {"chat_id": 11, "text": "hello"})
        arrivals = json.loads(_opener().open(f"{url}/control/arrivals", timeout=5).read())
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
        if process.stdout:
            process.stdout.close()

    assert [arrival["chat_id"] for arrival in arrivals] == [11]


async def _send(telegram, **parameters):
    async with aiohttp.ClientSession() as session:
        url = f"{telegram.url}/bot{telegram.token}/sendMessage"
        async with session.post(url, json=parameters) as answer:
            return answer.status


def _post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    _opener().open(request, timeout=5).close()


def _opener():
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


# --- groups and channels ---


@pytest.mark.parametrize("status", ["member", "administrator", "creator", "left", "kicked"])
async def test_what_somebody_is_in_a_group_is_told(telegram, api, status):
    telegram.person(ASHA).is_in(GROUP, status)

    code, answer = await api("getChatMember", chat_id=GROUP, user_id=ASHA)

    assert (code, answer["result"]["status"], answer["result"]["user"]["id"]) == (200, status, ASHA)


async def test_of_a_stranger_to_a_group_nothing_is_known(telegram, api):
    code, answer = await api("getChatMember", chat_id=GROUP, user_id=ASHA)

    assert (code, answer["description"]) == (400, "Bad Request: user not found")


async def test_who_belongs_to_a_closed_group_is_not_told(telegram, api):
    telegram.person(ASHA).is_in(GROUP)
    telegram.state.rooms.closed.add(GROUP)

    code, answer = await api("getChatMember", chat_id=GROUP, user_id=ASHA)

    assert (code, answer["description"]) == (400, "Bad Request: member list is inaccessible")


async def test_a_channel_is_found_by_its_name_and_no_other(telegram, api):
    telegram.channel("@village_news", -100555)

    found, known = await api("getChat", chat_id="@village_news")
    missing, unknown = await api("getChat", chat_id="@nowhere")

    assert (found, known["result"]["id"], known["result"]["type"]) == (200, -100555, "channel")
    assert (missing, unknown["description"]) == (400, "Bad Request: chat not found")
