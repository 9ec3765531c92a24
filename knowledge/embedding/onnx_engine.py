"""Knows how to embed with ONNX Runtime: the engine that serves people. No torch; safe to use from many threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from knowledge.embedding.bundled import DIMENSION, LONGEST, ONNX_MODEL, PASSAGE_PROMPT, QUERY_PROMPT, TOKENIZER
from knowledge.embedding.embedder import ModelUnavailable, Vectors, tidy

BATCH = 32  # texts at once; more gains nothing on a CPU and needs more memory
ONLY_ERRORS = 3  # severity of the runtime's own log

Tokens = npt.NDArray[np.int64]


class OnnxEmbedder:
    """The bundled model from a folder that `ensure_onnx_files` made."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.dimension = DIMENSION
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self._session = onnxruntime.InferenceSession(
                str(folder / ONNX_MODEL), _session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise their own bare kinds of Exception
            raise ModelUnavailable(
                f"The embedding model in {folder} cannot be loaded. Delete that folder and start again to rebuild it."
            ) from error
        self._tokenizer.enable_truncation(LONGEST)
        self._padding = self._tokenizer.token_to_id("<pad>")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what a person asks or sends: one normalised row per text."""
        return self._embed([QUERY_PROMPT + tidy(text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched: one normalised row per text."""
        return self._embed([PASSAGE_PROMPT + tidy(text) for text in texts])

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        # Texts of like length go together, so that little is computed on padding.
        order = sorted(range(len(texts)), key=lambda position: len(tokens[position]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            ids, mask = self._padded([tokens[position] for position in batch])
            (vectors[batch],) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return vectors

    def _padded(self, tokens: list[list[int]]) -> tuple[Tokens, Tokens]:
        width = max(len(row) for row in tokens)
        ids = np.full((len(tokens), width), self._padding, dtype=np.int64)
        mask = np.zeros((len(tokens), width), dtype=np.int64)
        for position, row in enumerate(tokens):
            ids[position, : len(row)] = row
            mask[position, : len(row)] = 1
        return ids, mask


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    options.inter_op_num_threads = 1
    options.log_severity_level = ONLY_ERRORS
    # Waiting threads sleep instead of turning in circles: on a busy machine that would take the time they wait for.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
