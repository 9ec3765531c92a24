"""A stranger follows docs/staff.md, command by command, and asks the bot after each step."""

from __future__ import annotations

import datetime as dt
import io
import re
import shlex
import shutil
import time
from pathlib import Path

import pytest
import structlog
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bot.texts import catalogue_languages
from ingest.__main__ import main
from ingest.verifier import verify
from knowledge.advisor.advisor import Advisor
from knowledge.advisor.replies import Inquiry
from knowledge.database import build_engine, upgrade
from knowledge.library import LibraryKeeper
from knowledge.retriever import RetrieverKeeper

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "staff.md"
AT_ONCE_S = 1.0

PAGE = """<html><head><title>Embassy of India, Vientiane</title></head><body><div id="menu"><a href="/">Home</a></div>
<article><h1>Advisory on fake job offers in Laos</h1><p>Posted on: November 02, 2026 | Back | Print</p>
<p>The Embassy of India, Vientiane has learnt that Indian nationals are being lured to Laos with fake job offers in call
centres which turn out to be scam compounds. Their passports are taken away and they are made to work under threat.</p>
<p>Indian nationals are advised not to take up any such employment offers.</p></article></body></html>"""
PDF = (
    "Advisory for Indian workers in Armenia",
    "4 November 2026",
    "The Embassy of India, Yerevan has seen a rise in fake job offers for delivery",
    "drivers in Armenia. Agents collect large fees and vanish. Indian nationals are",
    "advised not to pay any agent before the job offer in Armenia has been verified.",
)
PHOTO = (
    "Advisory on visit visas for work in Belarus",
    "Indian nationals are being sent to Belarus on visit visas with the promise",
    "of factory jobs. Work on a visit visa is not allowed in Belarus.",
    "Indian nationals are advised not to accept such fake job offers.",
)
NEW_WORDS = """Advisory on fake job offers in Kazakhstan

Indian nationals are advised not to go to Kazakhstan for construction work until further notice.
"""


class Stranger:
    """Somebody who has only the guide, a terminal, and the bot to ask."""

    def __init__(self, folder, monkeypatch, capsys):
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        monkeypatch.chdir(folder)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'satark.sqlite3'}")
        monkeypatch.setenv("DATA_DIR", str(folder))
        monkeypatch.setenv("EMBEDDING_MODEL", "bundled:no-such-model")  # found by countries and words, so quick
        self.engine = build_engine(f"sqlite:///{folder / 'satark.sqlite3'}")
        upgrade(self.engine)
        library = LibraryKeeper(self.engine, lambda: dt.datetime.now(dt.UTC))
        retriever = RetrieverKeeper(library.current, None, folder, use_index=False)
        self.advisor = Advisor(library.current, retriever.current, spoken=catalogue_languages())
        self.library = library

    def types(self, command, given=""):
        self._monkeypatch.setattr("sys.stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(command)[1:])
        out, err = self._capsys.readouterr()
        assert not ended.value.code, f"{command}\n{out}\n{err}"
        return out

    def asks(self, question):
        """Ask the bot; the answer, and what it cites, must be there within a second."""
        begun = time.monotonic()
        reply = self.advisor.reply(Inquiry(question))
        assert time.monotonic() - begun < AT_ONCE_S
        return reply

    def hears_of(self, country, question="I have a job offer in {}. Is it safe?"):
        return {
            citation.id for citation in self.asks(question.format(country)).citations if citation.type == "advisory"
        }


def steps_of(guide):
    """The commands of each section of the guide, with what is typed into them."""
    for section in re.split(r"^## ", guide, flags=re.MULTILINE)[1:]:
        title, _, body = section.partition("\n")
        for block in re.findall(r"^```console\n(.*?)^```", body, flags=re.DOTALL | re.MULTILINE):
            for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, rest = step.partition("\n")
                typed = rest.partition("\nEND")[0] if command.endswith("<<'END'") else ""
                yield title, command.removesuffix("<<'END'").strip(), typed


@pytest.fixture
def stranger(tmp_path, monkeypatch, capsys):
    logging_before = structlog.get_config()
    yield Stranger(tmp_path, monkeypatch, capsys)
    structlog.configure(**logging_before)


@pytest.fixture
def documents(tmp_path):
    (tmp_path / "notice.html").write_text(PAGE)
    canvas = Canvas(str(tmp_path / "notice.pdf"), pagesize=A4)
    for number, line in enumerate(PDF):
        canvas.drawString(60, 780 - 22 * number, line)
    canvas.save()
    picture = Image.new("RGB", (1400, 420), "white")
    drawing, font = ImageDraw.Draw(picture), ImageFont.load_default(size=36)
    for number, line in enumerate(PHOTO):
        drawing.text((50, 40 + 80 * number), line, fill="black", font=font)
    picture.save(tmp_path / "notice.png")
    (tmp_path / "new-words.txt").write_text(NEW_WORDS)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed, so photos cannot be read")
def test_a_stranger_brings_in_publishes_corrects_and_withdraws_by_the_guide_alone(stranger, documents):
    kazakhstan = "embassy-astana-2026-11-05-fake-job-offers-kazakhstan"
    seen = {}
    for title, command, typed in steps_of(GUIDE.read_text(encoding="utf-8")):
        stranger.types(command, typed)
        _, name, *rest = shlex.split(command)
        follow(stranger, title, name, rest, kazakhstan, seen)

    assert seen == {
        "published": ["Laos", "Armenia", "Belarus", "Kazakhstan"],
        "corrected": 2,
        "withdrawn": 1,
        "undone": 2,
    }
    assert [problem for problem in verify(stranger.engine) if "no vector" not in problem] == []


def follow(stranger, title, name, rest, kazakhstan, seen):
    """Ask the bot what it knows after a command of the guide, and note which steps were seen."""
    country = {"A saved page": "Laos", "A PDF": "Armenia", "A photo": "Belarus", "Pasted words": "Kazakhstan"}.get(
        title
    )
    if country and name != "publish":
        assert stranger.hears_of(country) == set(), f"{country} is said although it is only a draft"
    elif country:
        assert len(stranger.hears_of(country)) == 1, f"{country} is not said although it was published"
        seen.setdefault("published", []).append(country)
    said = stranger.library.current().advisories
    if name == "update":
        seen["corrected"] = seen.get("corrected", 0) + 1
        assert said[kazakhstan].severity == "do_not_go"
        assert ("until further notice" in said[kazakhstan].facts[0]) is ("new-words.txt" in rest)
    elif name == "withdraw":
        seen["withdrawn"] = seen.get("withdrawn", 0) + 1
        assert stranger.hears_of("Kazakhstan") == set()
    elif name == "undo":
        seen["undone"] = seen.get("undone", 0) + 1
        assert "until further notice" not in said[kazakhstan].facts[0]
        assert stranger.hears_of("Kazakhstan") == {kazakhstan}
