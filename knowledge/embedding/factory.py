"""Knows which embedder the settings ask for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal

from knowledge.embedding.bundled import bundled_fingerprint, ensure_onnx_files, ensure_sentence_files
from knowledge.embedding.embedder import Embedder, ModelUnavailable, Progress
from knowledge.settings import BUNDLED_MODEL, Settings

Role = Literal["serve", "ingest"]


def build_embedder(settings: Settings, role: Role = "serve", progress: Progress | None = None) -> Embedder:
    """Build the embedder that `EMBEDDING_MODEL` names, for one of two roles.

    "serve" answers people: the bundled model runs on ONNX Runtime. "ingest" embeds advisories: sentence-transformers
    where the extra `ingest` is installed, else the same engine as "serve"; both make vectors of one fingerprint. Any
    other model runs on sentence-transformers in both roles. Raises `ModelUnavailable`, whose message says what to do.
    """
    if settings.embedding_model == BUNDLED_MODEL:
        return _bundled(settings.data_dir, role, progress)
    if settings.embedding_model.startswith("bundled:"):
        raise ModelUnavailable(
            f"EMBEDDING_MODEL={settings.embedding_model} is not a model that comes with Satark; "
            f"the only one is {BUNDLED_MODEL}."
        )
    from knowledge.embedding.sentence_engine import load_named

    return load_named(settings.embedding_model)


def has_sentence_transformers() -> bool:
    """Whether the extra `ingest` is installed; looks without importing."""
    return importlib.util.find_spec("sentence_transformers") is not None


def _bundled(data_dir: Path, role: Role, progress: Progress | None) -> Embedder:
    if role == "ingest" and has_sentence_transformers():
        from knowledge.embedding.sentence_engine import load_folder

        return load_folder(ensure_sentence_files(data_dir, progress), bundled_fingerprint())
    from knowledge.embedding.onnx_engine import OnnxEmbedder

    return OnnxEmbedder(ensure_onnx_files(data_dir, progress), bundled_fingerprint())
