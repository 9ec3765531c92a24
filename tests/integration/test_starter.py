import shutil

import pytest
from store_builders import NOON, TODAY, FakeEmbedder, make_advisory

from knowledge import advisories
from knowledge.database import build_engine, has_database, read_session, write_session
from knowledge.library import load_library
from knowledge.passage_store import count_vectors
from knowledge.records import BadRecord
from knowledge.starter import STARTER_FOLDER, is_loaded, load_records, load_starter
from knowledge.vocabulary import Status

ADVISORY = """---
id: {id}
issuer: Embassy of Testing
kind: advisory
date: 2025-09-01
title: {title}
countries: [KH]
topics: [cyber_scam_compound]
source_url: https://embassy.example/notice
source_tier: official_page
text_kind: summary
status: {status}
severity: warning
---
- Typing jobs were a trap.
- Take work there through registered agents only.
"""
RULE = """id: rule-T1
title: A cap on fees
text: An agent may take so much and no more.
confidence: seen-law
issuer: Test Rules
topics: [fee_overcharging]
flags: [fee_above_cap]
"""
HELPLINE = """id: test-line
name: Test line
who_for: anyone
country: IN
phones: ['+91 99999 00001']
as_of: October 2026
status: current
"""


@pytest.fixture
def folder(tmp_path):
    files = tmp_path / "files"
    for kind in ("advisories", "rules", "helplines"):
        (files / kind).mkdir(parents=True)
    (files / "rules" / "rule-T1.yaml").write_text(RULE)
    (files / "helplines" / "test-line.yaml").write_text(HELPLINE)
    for name in ("one", "two"):
        write_advisory(files, name)
    return files


@pytest.fixture
def engine(tmp_path):
    return build_engine(f"sqlite:///{tmp_path / 'data' / 'store.sqlite3'}")


def write_advisory(files, name, *, title="A trap", status="published"):
    (files / "advisories" / f"{name}.md").write_text(ADVISORY.format(id=name, title=title, status=status))


def said(engine):
    return set(load_library(engine, TODAY).advisories)


def test_loading_stores_and_publishes_everything_with_vectors(engine, folder):
    report = load_starter(engine, folder, FakeEmbedder(), NOON)

    assert (report.new, report.rules, report.helplines, report.passages_embedded) == (2, 1, 1, 5)
    assert said(engine) == {"one", "two"}
    assert is_loaded(engine, folder)


def test_loading_twice_changes_nothing(engine, folder):
    load_starter(engine, folder, FakeEmbedder(), NOON)
    before = load_library(engine, TODAY).version

    report = load_starter(engine, folder, FakeEmbedder(), NOON)

    assert (report.unchanged, report.changed_anything) == (2, False)
    assert load_library(engine, TODAY).version == before


def test_a_load_cut_off_while_embedding_goes_on_where_it_stopped(engine, folder, monkeypatch):
    monkeypatch.setattr("knowledge.passage_store.BATCH", 2)
    broken = FakeEmbedder()
    broken.breaks_after(batches=1)
    with pytest.raises(KeyboardInterrupt):
        load_starter(engine, folder, broken, NOON)
    assert said(engine) == {"one", "two"}
    assert not is_loaded(engine, folder)

    report = load_starter(engine, folder, FakeEmbedder(), NOON)

    assert report.passages_embedded == 3
    assert is_loaded(engine, folder)


def test_a_changed_file_changes_its_advisory_in_public(engine, folder):
    load_starter(engine, folder, FakeEmbedder(), NOON)
    write_advisory(folder, "one", title="A worse trap")
    assert not is_loaded(engine, folder)

    report = load_starter(engine, folder, FakeEmbedder(), NOON)

    assert (report.changed, report.unchanged) == (1, 1)
    assert load_library(engine, TODAY).advisories["one"].title == "A worse trap"


def test_what_staff_withdrew_stays_withdrawn_even_if_its_file_changes(engine, folder):
    load_starter(engine, folder, None, NOON)
    with write_session(engine) as session:
        advisories.withdraw(session, "one", by="asha", reason="no longer true", at=NOON)
    write_advisory(folder, "one", title="New words")

    load_starter(engine, folder, None, NOON)

    assert said(engine) == {"two"}


def test_what_staff_corrected_stays_corrected(engine, folder):
    load_starter(engine, folder, None, NOON)
    with write_session(engine) as session:
        advisories.update_published(session, make_advisory("one", title="By staff"), by="asha", at=NOON)

    report = load_starter(engine, folder, None, NOON)

    assert report.kept == 1
    assert load_library(engine, TODAY).advisories["one"].title == "By staff"


@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_a_file_that_is_not_published_is_stored_but_not_said(engine, folder, status):
    write_advisory(folder, "one", status=status)

    load_starter(engine, folder, None, NOON)

    assert said(engine) == {"two"}
    with read_session(engine) as session:
        assert advisories.get_advisory(session, "one").status == status


def test_without_a_model_everything_is_loaded_but_the_vectors(engine, folder):
    report = load_starter(engine, folder, None, NOON)

    assert report.passages_embedded == 0
    assert count_vectors(engine).missing == 5
    assert not is_loaded(engine, folder)


def test_one_bad_file_is_named_and_nothing_is_stored(engine, folder):
    write_advisory(folder, "bad", status="sleeping")

    with pytest.raises(BadRecord, match=r"bad\.md.*status"):
        load_starter(engine, folder, None, NOON)

    assert not has_database(engine)


def test_an_empty_folder_is_refused(engine, folder):
    shutil.rmtree(folder / "advisories")

    with pytest.raises(BadRecord, match="no advisory"):
        load_records(engine, folder, NOON)


def test_progress_is_told_for_every_step(engine, folder):
    told = []

    load_starter(engine, folder, FakeEmbedder(), NOON, lambda *step: told.append(step))

    assert told == [("Loading advisories", 1, 2), ("Loading advisories", 2, 2), ("Embedding passages", 5, 5)]


def test_the_knowledge_that_ships_is_loaded_whole(engine):
    report = load_starter(engine, STARTER_FOLDER, None, NOON)

    library = load_library(engine, TODAY)
    assert report.new == len(list((STARTER_FOLDER / "advisories").glob("*.md")))
    assert len(library.rules) == report.rules
    assert len(library.helplines) == report.helplines
    assert library.standing("RU")
