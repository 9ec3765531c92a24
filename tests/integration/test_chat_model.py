"""A language model through the real client of a provider, against a scripted server on loopback; and its absence."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time

import pytest
from openai_server import running_openai_server
from sqlalchemy import inspect
from starter_store import copy_database

from bot.commands.parts import build_parts
from bot.jobs import now_utc
from bot.presenters.reply import Operator, present
from bot.presenters.reply_json import to_json
from knowledge.advisor.replies import Inquiry
from knowledge.chat.factory import build_limited_model
from knowledge.chat.limited import LimitedChatModel, Limits
from knowledge.chat.providers import PROVIDERS, build_chat_model
from knowledge.chat.usage import MemoryUsage, StoredUsage, Used, read_usage
from knowledge.chat_model import ChatMessage, ChatModelFailed, ChatModelUnavailable, Failure
from knowledge.settings import Settings

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
TODAY = NOON.date()
MODEL = "openai:scripted"
QUESTION = [ChatMessage("system", "Be brief."), ChatMessage("user", "नमस्ते")]


@pytest.fixture(scope="module")
def server():
    with running_openai_server() as running:
        yield running


@pytest.fixture
def model(server):
    return build_chat_model(MODEL, timeout_s=1.0, url=server.url)


def test_the_real_client_asks_and_hands_back_words_and_tokens(server, model):
    server.replies_with("नमस्कार")

    completion = model.complete(QUESTION, timeout_s=1.0)

    assert (completion.text, completion.input_tokens, completion.output_tokens) == ("नमस्कार", 120, 30)
    asked = server.asked[-1]
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert asked["messages"][1]["content"] == "नमस्ते"
    assert "tools" not in asked


def test_the_key_of_the_settings_is_the_one_that_is_sent(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    server.replies_with("yes")

    build_chat_model(MODEL, timeout_s=1.0, url=server.url, key="made-up-key").complete(QUESTION, timeout_s=1.0)

    assert server.keys[-1] == "Bearer made-up-key"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, Failure.RATE_LIMITED),
        (401, Failure.REFUSED),
        (404, Failure.REFUSED),
        (500, Failure.UNREACHABLE),
        (503, Failure.UNREACHABLE),
    ],
)
def test_a_refusal_is_named_and_asked_once_only(server, model, status, reason):
    server.refuses_with(status)
    before = len(server.asked)

    with pytest.raises(ChatModelFailed) as caught:
        model.complete(QUESTION, timeout_s=1.0)

    assert caught.value.reason is reason
    assert len(server.asked) == before + 1


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b'{"choices": []}', b"[1, 2]", b"\xff\xfe\x00", b"null"])
def test_garbage_is_one_known_failure(server, model, body):
    server.sends(body)

    with pytest.raises(ChatModelFailed):
        model.complete(QUESTION, timeout_s=1.0)


@pytest.mark.parametrize("behaviour", ["never_answers", "drips"])
def test_a_server_that_stalls_or_drips_costs_no_more_than_the_time_out(server, behaviour):
    slow = build_chat_model(MODEL, timeout_s=0.3, url=server.url)
    limited = LimitedChatModel(slow, Limits(timeout_s=0.3), MemoryUsage(), lambda: NOON)
    getattr(server, behaviour)()
    began = time.monotonic()

    with pytest.raises(ChatModelFailed) as caught:
        limited.ask(QUESTION)

    assert caught.value.reason is Failure.TIME_OUT
    assert time.monotonic() - began < 1.3
    server.let_go.set()
    server.let_go.clear()


def test_a_server_that_is_not_there_is_unreachable():
    gone = build_chat_model(MODEL, timeout_s=1.0, url="http://127.0.0.1:9/v1")

    with pytest.raises(ChatModelFailed) as caught:
        gone.complete(QUESTION, timeout_s=1.0)

    assert caught.value.reason is Failure.UNREACHABLE


def test_no_trace_of_a_call_is_sent_elsewhere_even_where_the_environment_asks_for_it(server, model, monkeypatch):
    """LangChain sends prompts to a tracing service when these variables are set; ours hold people's words."""
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "made-up")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
    server.replies_with("yes")
    before = len(server.asked)

    model.complete(QUESTION, timeout_s=1.0)

    assert len(server.asked) == before + 1


@pytest.mark.parametrize("name", ["gpt", "unknown:model", "openai:", ":x"])
def test_a_name_that_is_none_is_explained(name):
    with pytest.raises(ChatModelUnavailable, match="provider:name"):
        build_chat_model(name, timeout_s=1.0)


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    for name, provider in PROVIDERS.items():
        with pytest.raises(ChatModelUnavailable, match=rf"pip install .*\.\[{provider.extra}\]"):
            build_chat_model(f"{name}:model", timeout_s=1.0)


def test_a_missing_key_is_explained_without_a_traceback(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(ChatModelUnavailable, match="CHAT_MODEL_KEY"):
        build_chat_model(MODEL, timeout_s=1.0)


def test_without_a_name_there_is_no_model():
    assert build_limited_model(Settings(_env_file=None, chat_model=None), MemoryUsage(), lambda: NOON) is None


def test_usage_is_counted_in_the_store_and_shared_by_processes(either_engine):
    first, second = StoredUsage(either_engine), StoredUsage(either_engine)

    granted = [usage.reserve(TODAY, MODEL, 3) for usage in (first, second, first, second)]
    first.add(TODAY, MODEL, Used(input_tokens=10, output_tokens=4))
    second.add(TODAY, MODEL, Used(failures=1, guarded=1))

    assert granted == [True, True, True, False]
    assert read_usage(either_engine, TODAY) == {MODEL: Used(3, 1, 1, 10, 4)}
    assert read_usage(either_engine, TODAY - dt.timedelta(days=1)) == {}


def test_nobody_is_named_in_the_count(either_engine):
    columns = {column["name"] for column in inspect(either_engine).get_columns("chat_usage")}

    assert columns == {"day", "model", "calls", "failures", "guarded", "input_tokens", "output_tokens"}


WATCHED = """
import sys
seen = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        seen.append((event, str(arguments)))
sys.addaudithook(watch)
from bot.commands.parts import build_parts
from knowledge.advisor.replies import Inquiry
from knowledge.settings import read_settings
parts = build_parts(read_settings(), use_index=False)
reply = parts.advisor.reply(Inquiry("Helper in Russia, 2 lakh a month, tourist visa, agent asks 3.5 lakh"))
print(reply.verdict.value)
providers = [name for name in sys.modules if name.split(".")[0] in
             ("langchain_openai", "langchain_anthropic", "langchain_google_genai", "langchain_ollama", "openai")]
print(seen, providers, "knowledge.chat.providers" in sys.modules, "langchain.chat_models" in sys.modules)
"""


def test_with_no_model_set_nothing_of_a_provider_is_imported_and_nothing_connected(starter_folder, tmp_path):
    folder = copy_database(starter_folder, tmp_path / "data")
    environment = os.environ | {
        "CHAT_MODEL": "",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'satark.sqlite3'}",
        "EMBEDDING_MODEL": "bundled:none-such",
        "OPENAI_API_KEY": "made-up",
    }

    ran = subprocess.run([sys.executable, "-c", WATCHED], env=environment, capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-2:] == ["danger", "[] [] False False"]


def test_check_shows_what_a_model_tells_through_the_real_client_and_counts_it(
    server, starter_folder, tmp_path, monkeypatch
):
    folder = copy_database(starter_folder, tmp_path / "data")
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        embedding_model="bundled:none-such",
        chat_model=MODEL,
        chat_model_url=server.url,
        database_url=f"sqlite:///{folder / 'satark.sqlite3'}",
    )
    parts = build_parts(settings, use_index=False)
    reply = parts.advisor.reply(Inquiry("Welder job in Russia, agent asks 3.5 lakh"))
    token, record = next(
        (f"S{number}", parts.library().advisories[cited.id])
        for number, cited in enumerate(reply.citations, 1)
        if cited.id in parts.library().advisories
    )
    server.replies_with(json.dumps({"claims": [{"text": record.gist["en"], "sources": [token]}], "raise": None}))

    told = parts.teller.tell(Inquiry("Welder job in Russia, agent asks 3.5 lakh"), reply)

    assert [one.words for one in told.told] == [record.gist["en"]]
    assert (
        to_json(told, present(told, operator=Operator())).keys()
        == to_json(reply, present(reply, operator=Operator())).keys()
    )
    used = read_usage(parts.people.engine, now_utc().date())[MODEL]
    assert (used.calls, used.input_tokens, used.output_tokens) == (1, 120, 30)
