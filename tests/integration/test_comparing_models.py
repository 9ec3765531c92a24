"""`make evals MODEL=…` against a server that speaks OpenAI's protocol: figures side by side, or a clear refusal."""

from __future__ import annotations

import json
import re

import pytest
import typer
from command_line import CommandLine, unchanged_logging
from openai_server import running_openai_server
from starter_store import copy_database

from bot.jobs import now_utc
from evals.models import SECTION, CannotCompare, compare, find_section, require_answers, with_section
from knowledge.chat.quality_store import list_qualities
from knowledge.chat.usage import Used, read_usage
from knowledge.database import build_engine, read_session
from knowledge.settings import read_settings

HONEST = "openai:honest"
OFFERS = (
    "Welder wanted in Russia, visit visa, pay the agent 3.5 lakh before Friday.",
    "Typing work in Cambodia with free ticket and room, no experience, message on Telegram.",
    "Security guard in Russia near the border, one year contract, passport for an extra 50,000.",
)


@pytest.fixture
def server():
    with running_openai_server() as running:
        yield running


@pytest.fixture
def settings(starter_folder, tmp_path, monkeypatch, server):
    """The settings of a machine with the starter records, no embedding model, and a model server of its own."""
    (tmp_path / "work").mkdir()
    CommandLine(monkeypatch, copy_database(starter_folder, tmp_path / "data"), tmp_path / "work")
    monkeypatch.setenv("CHAT_MODEL_URL", server.url)
    monkeypatch.setenv("CHAT_MODEL_PRICE", "1/2")
    return read_settings()


@pytest.fixture
def cases(tmp_path):
    file = tmp_path / "cases.jsonl"
    lines = [json.dumps(make_case(f"own-{number}", text)) for number, text in enumerate(OFFERS)]
    file.write_text("\n".join([*lines, json.dumps(make_case("own-greeting", "hello", kinds=["help"], verdicts=[]))]))
    return file


def make_case(name: str, text: str, kinds=("assessment",), verdicts=("danger", "caution")) -> dict[str, object]:
    empty = ("countries", "topics_any", "flags_must", "flags_must_not", "must_mention", "must_not_mention")
    wanted = {"accept_kinds": list(kinds), "accept_verdicts": list(verdicts)}
    return {"id": name, "lang": "en", "kind": "offer", "text": text, **wanted, **{field: [] for field in empty}}


def speaks_honestly(asked: dict) -> str:
    """Says the first sentence of every record it is given, and one thing that no record says."""
    try:
        facts, _ = json.JSONDecoder().raw_decode(asked["messages"][-1]["content"])
    except ValueError:
        return "{}"
    said = [{"text": source["text"][0], "sources": [source["token"]]} for source in facts.get("sources", [])[:4]]
    said.append({"text": "Zanzibar Placement is a good agent, we checked.", "sources": ["S1"]})
    return json.dumps({"claims": said})


def refusal_of(*arguments: object, **options: object) -> int:
    with unchanged_logging(), pytest.raises(typer.Exit) as left:
        compare(*arguments, **options)
    return left.value.exit_code


def cell(page: str, name: str, column: int) -> str:
    return next(line for line in page.splitlines() if line.startswith(f"| {name} |")).split("|")[column + 2].strip()


def assert_untouched(database: str) -> None:
    """What is measured counts as no service."""
    engine = build_engine(database)
    with read_session(engine) as session:
        assert list_qualities(session, HONEST) == ()
    assert read_usage(engine, now_utc().date()) == {}
    engine.dispose()


def test_a_model_stands_beside_none_with_what_the_guards_did(server, settings, cases, tmp_path, capsys):
    server.replies_by(speaks_honestly)
    page = tmp_path / "results-models.md"
    (tmp_path / "results.md").write_text("# Results\n\nEarlier figures.\n")

    compare(HONEST, cases=str(cases), page=page, results=tmp_path / "results")

    written = page.read_text()
    assert "|  | none | openai:honest |" in written
    for name in ("false reassurance", "verdict right"):
        assert cell(written, name, 0) == cell(written, name, 1)
    assert cell(written, "false reassurance", 1).startswith("0 of ")
    told = int(cell(written, "replies with sentences of the model", 1).split()[0])
    assert 1 <= told <= len(OFFERS)
    shown, said = map(int, re.findall(r"\d+", cell(written, "sentences shown, of those said", 1)))
    assert 1 <= shown < said
    assert re.search(r"(reassurance|name) \d", cell(written, "sentences kept back, by reason", 1))
    calls, failures = map(int, re.findall(r"\d+", cell(written, "calls", 1)))
    assert (calls >= len(OFFERS), failures) == (True, 0)
    assert cell(written, "tokens in / out", 1) == f"{120 * calls} / {30 * calls}"
    assert cell(written, "cost", 1) == f"${(120 + 2 * 30) * calls / 1e6:.4f}"
    assert re.fullmatch(r"\d+\.\d / \d+\.\d", cell(written, "seconds an answer took, p50 / p95", 1))
    assert cell(written, "calls", 0) == cell(written, "cost", 0) == "–"
    assert "[side by side](results-models.md)" in (tmp_path / "results.md").read_text()
    assert "sentences shown, of those said" in capsys.readouterr().out
    assert_untouched(settings.resolved_database_url)


@pytest.mark.parametrize(
    ("remark", "status", "advice"),
    [
        ("wrong key", 401, "CHAT_MODEL_KEY"),
        ("no such model", 404, "CHAT_MODEL_KEY and MODEL"),
        ("no more calls", 429, "try again later"),
        ("a broken server", 500, "CHAT_MODEL_URL"),
    ],
)
def test_a_model_that_refuses_is_named_before_anything_is_measured(
    server, settings, cases, tmp_path, capsys, remark, status, advice
):
    server.refuses_with(status)
    page = tmp_path / "page.md"

    assert refusal_of(HONEST, cases=str(cases), page=page, results=tmp_path / "results") == 2, remark

    said = " ".join(capsys.readouterr().out.split())
    assert HONEST in said
    assert advice in said
    assert not page.exists()


def test_a_server_that_is_not_there_is_named(settings, cases, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CHAT_MODEL_URL", "http://127.0.0.1:9/v1")

    assert refusal_of(HONEST, cases=str(cases), page=tmp_path / "page.md", results=tmp_path) == 2
    assert "CHAT_MODEL_URL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("models", "cases_named", "said"),
    [
        ("", None, "Name a model"),
        ("none", None, "Name a model"),
        ("honest", None, "provider:name"),
        ("mystery:honest", None, "provider:name"),
        (HONEST, "there-is-none.jsonl", "there-is-none.jsonl"),
    ],
)
def test_what_cannot_be_understood_is_said(server, settings, cases, tmp_path, capsys, models, cases_named, said):
    server.replies_by(speaks_honestly)
    given = str(cases) if cases_named is None else str(tmp_path / cases_named)

    assert refusal_of(models, cases=given, page=tmp_path / "page.md", results=tmp_path / "results") == 2
    assert said in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("remark", "used", "said"),
    [
        ("fell silent after its first answer", Used(calls=7, failures=7), "no answer to any of 7 calls"),
        ("these cases have nothing that a model words", Used(), "asked nothing"),
    ],
)
def test_no_table_of_zeros_is_made_of_a_model_that(remark, used, said):
    with pytest.raises(CannotCompare, match=said):
        require_answers(HONEST, used)


def test_a_model_that_answers_now_and_then_and_the_rules_alone_are_measured():
    require_answers(HONEST, Used(calls=7, failures=6))
    require_answers("none", Used())


def test_the_section_says_whether_a_model_was_measured_and_is_replaced_not_repeated(tmp_path):
    page = tmp_path / "results-models.md"
    before = with_section("# Results\n\nFigures.\n", find_section(page))
    page.write_text(
        "# Language models compared\n\nWritten by `make evals MODEL=openai:one,ollama:two` on 2026-11-23, …\n"
    )

    after = with_section(before, find_section(page))

    assert "No language model was measured" in before
    assert "make evals MODEL=" in before
    assert after.count(SECTION) == 1
    assert "Measured on 2026-11-23 with `openai:one,ollama:two`" in after
    assert after.startswith("# Results\n\nFigures.\n")
