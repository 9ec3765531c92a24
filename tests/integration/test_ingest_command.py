"""The staff command line, run in this process on a database of its own, with a fake embedding model."""

import io
import json
import subprocess
import sys

import pytest
import structlog
from sqlalchemy import text
from store_builders import TODAY, FakeEmbedder

from ingest.__main__ import main
from knowledge.database import build_engine, write_session
from knowledge.embedding import ModelUnavailable
from knowledge.embedding.bundled import bundled_fingerprint
from knowledge.library import load_library
from knowledge.models import Advisory, Passage

LINE = {
    "id": "test-laos-warning",
    "issuer": "Embassy of Testing",
    "kind": "advisory",
    "date": "2026-10-01",
    "date_precision": "day",
    "title": "Typing jobs",
    "countries": ["LA"],
    "topics": ["cyber_scam_compound"],
    "facts": ["Typing jobs in the zone were a trap."],
    "source_url": "https://embassy.example/notice",
    "seen_in": "https://embassy.example/notice",
    "also_seen": [],
    "source_tier": "official_page",
    "confidence": "seen",
}


class Staff:
    """Somebody of the staff at a terminal."""

    def __init__(self, folder, monkeypatch, capsys):
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        self.embedder = FakeEmbedder(bundled_fingerprint())
        self.url = f"sqlite:///{folder / 'data' / 'satark.sqlite3'}"
        self.roles = []
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DATABASE_URL", self.url)
        monkeypatch.setattr("knowledge.bulk_embedding.build_embedder", self._build_embedder)
        monkeypatch.setattr("ingest.indexing.build_embedder", self._build_embedder)

    def _build_embedder(self, settings, role="serve", progress=None):
        self.roles.append(role)
        if self.embedder is None:
            raise ModelUnavailable("The model is missing.")
        return self.embedder

    def run(self, *arguments, lines=(), typed=None):
        typed = "\n".join(map(json.dumps, lines)) if typed is None else typed
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        self.out, self.err = self._capsys.readouterr()
        self.code = ended.value.code or 0
        return self.code

    def run_json(self, *arguments, lines=()):
        self.run(*arguments, "--json", lines=lines)
        return json.loads(self.out)

    @property
    def engine(self):
        return build_engine(self.url)

    @property
    def library(self):
        return load_library(self.engine, TODAY)


@pytest.fixture
def staff(tmp_path, monkeypatch, capsys):
    logging_before = structlog.get_config()
    yield Staff(tmp_path, monkeypatch, capsys)
    structlog.configure(**logging_before)  # a command sets up logging for its own process


def line(**changes):
    return LINE | changes


def test_added_lines_become_drafts(staff):
    report = staff.run_json("add", "-", lines=[line()])

    assert (staff.code, report["new"], report["published"]) == (0, [LINE["id"]], [])
    assert staff.library.advisories == {}
    assert staff.run_json("list", "--status", "draft")[0]["id"] == LINE["id"]


def test_add_publish_says_them_at_once_and_embeds_them(staff):
    report = staff.run_json("add", "-", "--publish", lines=[line()])

    assert (report["published"], report["passages_embedded"]) == ([LINE["id"]], 1)
    assert staff.library.passages[0].vector is not None
    assert staff.roles == ["serve"]


def test_adding_the_same_lines_again_changes_nothing(staff):
    staff.run("add", "-", "--publish", lines=[line()])

    report = staff.run_json("add", "-", "--publish", lines=[line(), line()])

    assert (report["new"], report["changed"], report["unchanged"]) == ([], [], [LINE["id"]])
    assert len(staff.run_json("show", LINE["id"])["history"]) == 1


def test_what_a_record_leaves_open_is_suggested_and_named(staff):
    report = staff.run_json("add", "-", "--publish", lines=[line()])

    assert report["suggested"][LINE["id"]] == {
        "severity": "warning",
        "scope": ["digital"],
        "pattern": ["scam_compound_role"],
        "standing": True,
    }
    assert staff.library.standing("LA")


def test_a_given_value_is_never_suggested_over(staff):
    staff.run("add", "-", "--publish", lines=[line(severity="notice", scope=[], pattern=[], standing=False)])

    record = staff.library.advisories[LINE["id"]]
    assert (record.severity, record.scope, record.pattern, record.standing) == ("notice", (), (), False)


def test_a_field_left_out_of_a_stored_record_stays_as_it_is(staff):
    staff.run("add", "-", "--publish", lines=[line(severity="do_not_go", scope=["all"], pattern=[], standing=True)])

    report = staff.run_json("add", "-", "--publish", lines=[line(title="New title")])

    record = staff.library.advisories[LINE["id"]]
    assert (record.title, record.severity, record.scope, record.pattern) == ("New title", "do_not_go", ("all",), ())
    assert (report["changed"], report["suggested"]) == ([LINE["id"]], {})


def test_the_text_of_a_notice_is_kept_as_official_words_with_our_summary_beside_it(staff):
    staff.run("add", "-", "--publish", lines=[line(text="All nationals are asked to take care.")])

    record = staff.library.advisories[LINE["id"]]
    assert (record.facts, record.text_kind) == (("All nationals are asked to take care.",), "official_words")
    assert staff.run_json("show", LINE["id"])["summary"] == LINE["facts"]


def test_one_bad_line_refuses_all_and_names_line_and_field(staff):
    lines = [line(), line(id="b", countries=["Laos"]), line(id="c", topics=["gossip"])]

    assert staff.run("add", "-", "--publish", lines=lines) == 1

    assert "line 2: field 'countries'" in staff.err
    assert "line 3: field 'topics'" in staff.err
    assert "Nothing was stored" in staff.err
    assert staff.run("list") == 1  # not even a database


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("{not json", "line 1: field '(line)': is not JSON"),
        ("[1, 2]", "must be one JSON object"),
        ('{"id": "x"}', "line 1: field 'facts'"),
        ("", "no record"),
        (json.dumps(line(title="\x1b[31mred")), "U+001B"),  # would reach a terminal
        (json.dumps(line(title="broken \ud800")), "U+D800"),  # half a character
        (json.dumps(line(colour="red")), "'colour'"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_bad_lines_get_a_clear_answer(staff, typed, complaint):
    assert staff.run("add", "-", typed=typed) == 1

    assert complaint in staff.err
    assert "Traceback" not in staff.err


def test_two_lines_with_one_id_and_different_words_are_refused(staff):
    assert staff.run("add", "-", lines=[line(), line(title="Other")]) == 1

    assert "stands in standard input line 1 too" in staff.err


def test_files_folders_and_lines_may_be_mixed(staff):
    (staff.folder / "more").mkdir()
    (staff.folder / "more" / "a.jsonl").write_text(json.dumps(line(id="a")) + "\n\n", encoding="utf-8-sig")
    (staff.folder / "b.jsonl").write_text(json.dumps(line(id="b")))

    report = staff.run_json("add", "more", "b.jsonl", "-", lines=[line(id="c")])

    assert report["new"] == ["a", "b", "c"]


def test_a_file_that_cannot_be_read_is_named(staff):
    (staff.folder / "latin.md").write_bytes(b"---\nid: caf\xe9\n---\n")

    assert staff.run("add", "gone.md", "latin.md") == 1

    assert "gone.md: there is no such file" in staff.err
    assert "latin.md: is not UTF-8" in staff.err


MARKDOWN = """---
id: from-file
issuer: Embassy of Testing
kind: advisory
countries: [LA]
topics: [cyber_scam_compound]
source_tier: official_page{more}
---
- Typing jobs in the zone were a trap.
"""


@pytest.mark.parametrize(
    ("more", "published", "left_as_draft"),
    [("", ["from-file"], []), ("\nstatus: draft", [], ["from-file"])],
)
def test_a_markdown_file_is_published_unless_it_calls_itself_a_draft(staff, more, published, left_as_draft):
    (staff.folder / "notice.md").write_text(MARKDOWN.format(more=more))

    report = staff.run_json("add", "notice.md", "--publish")

    assert (report["published"], report["left_as_draft"]) == (published, left_as_draft)
    assert report["suggested"]["from-file"]["pattern"] == ["scam_compound_role"]


def test_a_dry_run_tells_and_stores_nothing(staff):
    report = staff.run_json("add", "-", "--publish", "--dry-run", lines=[line()])

    assert (report["dry_run"], report["published"]) == (True, [LINE["id"]])
    assert not (staff.folder / "data").exists()


def test_a_dry_run_of_the_starter_stores_nothing(staff):
    report = staff.run_json("add", "--starter", "--dry-run")

    assert report["new"] > 100
    assert not (staff.folder / "data").exists()


def test_the_starter_is_loaded_once(staff):
    first = staff.run_json("add", "--starter")
    second = staff.run_json("add", "--starter")

    assert first["passages_embedded"] > 100
    assert (second["new"], second["changed"], second["passages_embedded"]) == (0, 0, 0)
    assert staff.roles == ["ingest"]
    assert staff.run_json("verify") == {"ok": True, "problems": []}


def test_public_words_change_only_with_publish(staff):
    staff.run("add", "-", "--publish", lines=[line()])

    assert staff.run("add", "-", lines=[line(title="Other")]) == 1
    assert "line 1" in staff.err
    assert "--publish" in staff.err
    assert staff.run("add", "-", "--publish", lines=[line(title="Other")]) == 0
    assert staff.library.advisories[LINE["id"]].title == "Other"


def test_publish_and_withdraw_leave_who_when_and_why(staff):
    staff.run("add", "-", lines=[line()])
    staff.run("publish", LINE["id"], "--by", "asha")
    staff.run("withdraw", LINE["id"], "--reason", "taken back by the mission", "--by", "ravi")

    shown = staff.run_json("show", LINE["id"])

    assert [(event["action"], event["by"], event["reason"]) for event in shown["history"]] == [
        ("published", "asha", None),
        ("withdrawn", "ravi", "taken back by the mission"),
    ]
    assert (shown["said_now"], shown["silent_because"]) == (False, "it is withdrawn")


def test_adding_again_does_not_bring_back_what_was_withdrawn(staff):
    staff.run("add", "-", "--publish", lines=[line()])
    staff.run("withdraw", LINE["id"], "--reason", "wrong")

    report = staff.run_json("add", "-", "--publish", lines=[line()])

    assert report["left_withdrawn"] == [LINE["id"]]
    assert staff.library.advisories == {}


def test_withdrawing_names_the_older_notice_that_holds_again(staff):
    staff.run("add", "-", "--publish", lines=[line(id="old"), line(id="new", supersedes=["old"])])

    assert staff.run_json("withdraw", "new", "--reason", "mistake")["restored"] == ["old"]


def test_publishing_what_has_expired_says_that_it_is_not_said(staff):
    staff.run("add", "-", lines=[line(valid_until="2020-01-01")])

    assert "expired on 2020-01-01" in staff.run_json("publish", LINE["id"])["silent_because"]


def test_without_a_model_publishing_works_and_says_what_is_left_to_do(staff):
    staff.embedder = None

    assert staff.run("add", "-", "--publish", lines=[line()]) == 0

    assert "satark-ingest reindex" in staff.err
    assert LINE["id"] in staff.library.advisories


def test_reindex_embeds_what_is_missing(staff):
    staff.run("add", "-", lines=[line()])

    assert staff.run_json("reindex")["embedded"] == 1
    assert staff.run_json("reindex")["embedded"] == 0


def test_reindex_builds_the_index_once_and_verify_looks_at_it(staff):
    staff.run("add", "-", "--publish", lines=[line()])

    assert staff.run_json("reindex")["index"] == "built"
    assert staff.run_json("reindex")["index"] == "in step"
    assert staff.run_json("verify") == {"ok": True, "problems": []}


def test_verify_finds_a_damaged_index_and_reindex_repairs_it(staff):
    staff.run("add", "-", "--publish", lines=[line()])
    staff.run("reindex")
    for file in (staff.folder / "data" / "index").rglob("chroma.sqlite3"):
        file.write_bytes(file.read_bytes()[:5000])

    found = staff.run_json("verify")

    assert staff.code == 1
    assert ["satark-ingest reindex" in problem for problem in found["problems"]] == [True]
    assert staff.run_json("reindex")["index"] == "built"
    assert staff.run_json("verify")["ok"]


def test_reindex_says_when_the_index_cannot_be_built(staff):
    staff.run("add", "-", "--publish", lines=[line()])
    (staff.folder / "data" / "index").write_text("a file where the folder should be")

    assert staff.run_json("reindex")["index"] == "not built"
    assert staff.run_json("verify")["problems"][0].endswith("Move that file away.")


def test_an_unknown_id_suggests_near_ones(staff):
    staff.run("add", "-", lines=[line()])

    assert staff.run("show", "test-loas-warning") == 1
    assert LINE["id"] in staff.err


@pytest.mark.parametrize(
    "arguments", [("list",), ("show", "x"), ("publish", "x"), ("withdraw", "x", "--reason", "r"), ("verify",)]
)
def test_without_a_database_every_command_says_how_to_get_one(staff, arguments):
    assert staff.run(*arguments) == 1

    assert "satark-ingest add --starter" in staff.err
    assert not (staff.folder / "data").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "x.md", "--starter"),
        ("withdraw", "x"),
        ("withdraw", "x", "--reason", "  "),
        ("list", "--status", "asleep"),
        ("list", "--country", "Russia"),
        ("fly",),
    ],
)
def test_wrong_usage_ends_with_code_2(staff, arguments):
    staff.run("add", "-", lines=[line(id="x")])

    assert staff.run(*arguments) == 2


def test_a_wrong_setting_is_named_without_its_value(staff, monkeypatch):
    monkeypatch.setenv("WEB_LISTEN", "sentinel")

    assert staff.run("list") == 1

    assert "WEB_LISTEN" in staff.err
    assert "sentinel" not in staff.err


def test_the_table_for_people_shows_texts_as_plain_text(staff):
    staff.run("add", "-", "--publish", lines=[line(title="[bold]Typing[/bold] jobs")])

    staff.run("list", "--country", "la")
    assert "[bold]Typing[/bold] jobs" in staff.out
    staff.run("show", LINE["id"])
    assert "said in public" in staff.out
    assert "published by" in staff.out


def test_starting_the_command_loads_no_heavy_library():
    heavy = "{'torch', 'transformers', 'sentence_transformers', 'chromadb', 'onnxruntime'}"

    script = f"import sys, ingest.__main__; sys.exit(sorted({heavy} & set(sys.modules)) or 0)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_verify_finds_content_changed_outside(staff):
    staff.run("add", "-", "--publish", lines=[line()])
    with write_session(staff.engine) as session:
        session.get(Advisory, LINE["id"]).title = "Smuggled in"

    found = staff.run_json("verify")

    assert staff.code == 1
    assert any("changed outside" in problem for problem in found["problems"])


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ({"vector": b"\0" * 32}, "its vector is damaged"),
        ({"vector": b"\0" * 7}, "its vector is damaged"),
        ({"vector": None, "fingerprint": None}, "have no vector"),
        ({"fingerprint": "another-model"}, "another model"),
        ({"embedded": "other words"}, "passages do not fit"),
    ],
)
def test_verify_finds_damaged_passages(staff, damage, complaint):
    staff.run("add", "-", "--publish", lines=[line()])
    with write_session(staff.engine) as session:
        for name, value in damage.items():
            setattr(session.get(Passage, LINE["id"] + "#0"), name, value)

    assert any(complaint in problem for problem in staff.run_json("verify")["problems"])


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("UPDATE advisory SET status = 'draft'", "history does not say so"),
        ("UPDATE advisory SET superseded_by = 'gone'", "which is not in the store"),
        ("UPDATE advisory SET superseded_by = id", "replaced in a circle"),
        ("UPDATE advisory SET severity = 'loud'", "not of our vocabulary"),
    ],
)
def test_verify_finds_a_broken_record(staff, damage, complaint):
    staff.run("add", "-", "--publish", lines=[line()])
    with write_session(staff.engine) as session:
        session.execute(text(damage))

    assert any(complaint in problem for problem in staff.run_json("verify")["problems"])
