"""Knows the bundled model, multilingual-e5-small: what it is, where and how its files are built. Contacts no hub."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import structlog

from knowledge.embedding.carrier import FILE_SHA256, read_carrier
from knowledge.embedding.embedder import ModelUnavailable, Progress
from knowledge.embedding.tokenizer_file import tokenizer_json
from knowledge.whole_folder import ensure_folder

logger = structlog.get_logger(__name__)

QUERY_PROMPT = "query: "  # both as the authors of the model trained it; others cost 5 to 10 points
PASSAGE_PROMPT = "passage: "
DIMENSION = 384
LONGEST = 512  # tokens
ONNX_FOLDER = "onnx-8bit"  # another name whenever what is built changes, so that nobody serves from an older one
ONNX_MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"


def bundled_fingerprint() -> str:
    """Name what makes a vector, whichever engine computes it."""
    parts = {
        "weights": FILE_SHA256,
        "prompts": [QUERY_PROMPT, PASSAGE_PROMPT],
        "pooling": "mean",
        "normalisation": "l2",
        "text": "NFC",
        "longest": LONGEST,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def ensure_onnx_files(data_dir: Path, progress: Progress | None = None) -> Path:
    """Return the folder with `model.onnx` and `tokenizer.json`, built on first use (seconds) or when altered."""

    def fill(folder: Path) -> None:
        from knowledge.embedding.onnx_graph import build_onnx_model  # the package onnx is slow to import

        _tell(progress, "Reading the weights of the embedding model", 0.0)
        carried = read_carrier()
        _tell(progress, "Building the embedding model", 0.3)
        (folder / ONNX_MODEL).write_bytes(build_onnx_model(carried))
        _tell(progress, "Building its tokenizer", 0.7)
        content = json.dumps(tokenizer_json(carried.vocabulary), ensure_ascii=False)
        (folder / TOKENIZER).write_text(content, encoding="utf-8")
        _tell(progress, "Checking the embedding model", 0.9)

    return _ensured(data_dir, ONNX_FOLDER, fill, progress)


def ensure_sentence_files(data_dir: Path, progress: Progress | None = None) -> Path:
    """Return the folder for sentence-transformers, built on first use (seconds, 490 MB) or when altered."""

    def fill(folder: Path) -> None:
        from knowledge.embedding.sentence_folder import write_sentence_folder

        _tell(progress, "Reading the weights of the embedding model", 0.0)
        carried = read_carrier()
        _tell(progress, "Unpacking the embedding model for sentence-transformers", 0.3)
        prompts = {"query": QUERY_PROMPT, "document": PASSAGE_PROMPT}
        write_sentence_folder(carried, folder, prompts=prompts, longest=LONGEST)
        _tell(progress, "Checking the embedding model", 0.9)

    return _ensured(data_dir, "sentence", fill, progress)


def _ensured(data_dir: Path, name: str, fill: Callable[[Path], None], progress: Progress | None) -> Path:
    folder = data_dir / "models" / bundled_fingerprint() / name
    existed = folder.exists()
    try:
        built = ensure_folder(folder, fill)
    except OSError as error:
        raise ModelUnavailable(_explain(error, folder)) from error
    if built:
        _tell(progress, "The embedding model is ready", 1.0)
        message = "embedding model was altered on disk and has been rebuilt" if existed else "embedding model built"
        logger.info(message, engine=name)
    return folder


def _tell(progress: Progress | None, words: str, done: float) -> None:
    if progress is not None:
        progress(words, done)


def _explain(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full: the embedding model needs up to 600 MB under {folder.parent}. "
            "Free some room, or set DATA_DIR to a folder that has it."
        )
    return f"The embedding model cannot be written to {folder.parent} ({error.strerror}). Check DATA_DIR."
