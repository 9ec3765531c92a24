"""Another sentence-transformers model, configured by name, from the command line of staff to the answer of a search."""

import datetime as dt
import importlib.util
import io
import json

import pytest
import typer
from tiny_model import make_tiny_model, put_into_cache

from bot.commands.health import doctor_command
from ingest.__main__ import main
from knowledge.database import build_engine
from knowledge.embedding import build_embedder
from knowledge.library import load_library
from knowledge.passage_store import count_vectors
from knowledge.retriever import RetrieverKeeper
from knowledge.settings import read_settings

TODAY = dt.date(2026, 11, 22)
FACTS = {
    "laos-chat": ("LA", "Chat support jobs ended in a scam compound."),
    "kuwait-house": ("KW", "House workers need the contract of the embassy."),
    "sea-jobs": ("AE", "Ship crews are hired through licensed agencies only."),
}

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="the extra `ingest` is not installed"
)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A cache with two models of one dimension; their names as EMBEDDING_MODEL takes them."""
    folder = tmp_path_factory.mktemp("models")
    cache = folder / "cache"
    names = [
        put_into_cache(make_tiny_model(folder / str(seed), seed), cache, f"owner/tiny-{seed}") for seed in range(2)
    ]
    return cache, names


class Staff:
    """Somebody of the staff at a terminal."""

    def __init__(self, monkeypatch, capsys):
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def chooses(self, model):
        self._monkeypatch.setenv("EMBEDDING_MODEL", model)

    def run(self, *arguments, typed=""):
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--json"])
        self.code = ended.value.code or 0
        return json.loads(self._capsys.readouterr().out)


@pytest.fixture
def staff(models, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'satark.sqlite3'}")
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(models[0]))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    staff = Staff(monkeypatch, capsys)
    staff.chooses(models[1][0])
    return staff


def notices():
    fields = {"issuer": "Embassy of Testing", "kind": "advisory", "date": "2026-10-01", "source_tier": "official_page"}
    more = {"topics": [], "seen_in": "https://embassy.example/notice", "also_seen": [], "confidence": "seen"}
    return "\n".join(
        json.dumps(fields | more | {"id": name, "title": name, "countries": [country], "facts": [fact]})
        for name, (country, fact) in FACTS.items()
    )


def open_keeper():
    settings = read_settings()
    library = load_library(build_engine(settings.resolved_database_url), TODAY)
    return RetrieverKeeper(lambda: library, build_embedder(settings), settings.data_dir)


def test_another_model_works_from_adding_a_notice_to_finding_it(staff):
    added = staff.run("add", "-", "--publish", typed=notices())
    renewed = staff.run("reindex")
    sound = staff.run("verify")

    keeper = open_keeper()
    keeper.refresh_index(dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC))
    hits = {name: keeper.current().search(fact)[0] for name, (_, fact) in FACTS.items()}
    exact = keeper.current().index.exact
    keeper.close()

    assert added["passages_embedded"] == 3
    assert renewed["index"] == "built"
    assert sound == {"ok": True, "problems": []}
    assert {name: hit.advisory for name, hit in hits.items()} == {name: name for name in FACTS}
    assert all(hit.parts.meaning > 0 for hit in hits.values())
    assert not exact


def test_vectors_and_index_of_the_model_before_are_never_used(staff, models):
    staff.run("add", "-", "--publish", typed=notices())
    staff.run("reindex")

    staff.chooses(models[1][1])
    keeper = open_keeper()
    before = keeper.current()
    keeper.close()
    renewed = staff.run("reindex")
    sound = staff.run("verify")

    assert before.index is None  # by countries and words alone, until everything is embedded anew
    assert before.search("a job in Laos")[0].advisory == "laos-chat"
    assert (renewed["embedded"], renewed["index"]) == (3, "built")
    assert sound["ok"]
    assert len(count_vectors(build_engine(read_settings().resolved_database_url)).by_fingerprint) == 1


def test_the_doctor_sees_an_index_of_another_model(staff, models, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    staff.run("add", "-", "--publish", typed=notices())
    staff.run("reindex")
    staff.chooses(models[1][1])

    with pytest.raises(typer.Exit) as ended:
        doctor_command()

    assert ended.value.exit_code == 1
    said = capsys.readouterr().out
    assert "built with another model" in said
    assert "satark-ingest reindex" in said
