"""The starter records in a real database, and an advisor over them that works by words and countries alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import numpy as np

from bot.presenters.reply import Operator, Presented, present
from bot.texts import catalogue_languages
from knowledge.advisor.advisor import Advisor, Explanation
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.database import build_engine
from knowledge.library import Library, load_library
from knowledge.retriever import build_retriever
from knowledge.starter import STARTER_FOLDER, load_starter
from knowledge.vocabulary import Language

LOADED_AT = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)
DATABASE = "satark.sqlite3"
OPERATOR = Operator(name="Example Foundation", contact="help@example.org")


class MadeUpEmbedder:
    """Gives every text a vector, so that the store counts as complete. Its vectors say nothing."""

    dimension = 4
    fingerprint = "made-up-for-tests"

    def embed_passages(self, texts):
        rows = [np.frombuffer(hashlib.sha256(text.encode()).digest()[:4], np.uint8) for text in texts]
        return np.array(rows, dtype=np.float32) + 1

    embed_queries = embed_passages


def fill(folder: Path) -> Path:
    """Load the starter records into a folder that serves as DATA_DIR."""
    engine = build_engine(f"sqlite:///{folder / DATABASE}")
    load_starter(engine, STARTER_FOLDER, MadeUpEmbedder(), LOADED_AT)
    engine.dispose()
    return folder


def copy_database(folder: Path, target: Path) -> Path:
    """Copy the database, so that a test may change it. Returns the new folder."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / DATABASE, target / DATABASE)
    return target


class Starter:
    """An advisor over the records of a folder on TODAY."""

    def __init__(self, folder: Path) -> None:
        self.engine = build_engine(f"sqlite:///{folder / DATABASE}")
        self.library: Library = load_library(self.engine, TODAY)
        retriever = build_retriever(self.library)
        self.retriever = retriever
        self.advisor = Advisor(lambda: self.library, lambda: retriever, spoken=catalogue_languages())

    def reply(self, text: str, language: Language | None = None) -> Reply:
        return self.advisor.reply(Inquiry(text, language))

    def explain(self, text: str) -> Explanation:
        return self.advisor.explain(Inquiry(text))

    def shown(self, text: str, language: Language | None = None) -> Presented:
        return present(self.reply(text, language), operator=OPERATOR)

    def close(self) -> None:
        self.engine.dispose()
