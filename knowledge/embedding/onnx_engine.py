"""Knows how to embed with ONNX Runtime: the engine that serves people. No torch; safe to use from many threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from knowledge.embedding.bundled import DIMENSION, LONGEST, ONNX_MODEL, PASSAGE_PROMPT, QUERY_PROMPT, TOKENIZER
from knowledge.embedding.embedder import ModelUnavailable, Vectors, tidy

BATCH = 32  # texts at once; more gains nothing on a CPU and needs more memory
COST_OF_A_RUN = 5  # tokens of padding that take as long as another run of the model
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
        self._helpers = ThreadPoolExecutor(max(1, _processors() - 1), thread_name_prefix="embedding")
        self._tokenizer.enable_truncation(LONGEST)
        self._padding = self._tokenizer.token_to_id("<pad>")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what a person asks or sends: one normalised row per text."""
        return self._embed([QUERY_PROMPT + tidy(text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched: one normalised row per text."""
        return self._embed([PASSAGE_PROMPT + tidy(text) for text in texts])

    def _embed(self, texts: list[str]) -> Vectors:
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        first, *others = split_into_runs([len(row) for row in tokens]) or [[]]
        waiting = [self._helpers.submit(self._run, tokens, run, vectors) for run in others]
        self._run(tokens, first, vectors)
        for future in waiting:
            future.result()
        return vectors

    def _run(self, tokens: list[list[int]], run: list[int], vectors: Vectors) -> None:
        """Compute the vectors of these texts in one run of the model."""
        if run:
            ids, mask = self._padded([tokens[position] for position in run])
            (vectors[run],) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})

    def _padded(self, tokens: list[list[int]]) -> tuple[Tokens, Tokens]:
        width = max(len(row) for row in tokens)
        ids = np.full((len(tokens), width), self._padding, dtype=np.int64)
        mask = np.zeros((len(tokens), width), dtype=np.int64)
        for position, row in enumerate(tokens):
            ids[position, : len(row)] = row
            mask[position, : len(row)] = 1
        return ids, mask


def split_into_runs(lengths: Sequence[int]) -> list[list[int]]:
    """Split texts of these lengths (tokens) into runs of like length, at least two where there are two texts.

    A run is computed as if all its texts were as long as the longest; the runs are computed side by side.
    """
    runs: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        last = runs[-1] if runs else []
        padding = (lengths[position] - lengths[last[-1]]) * len(last) if last else 0
        if not last or padding > COST_OF_A_RUN or len(last) == BATCH:
            runs.append([position])
        else:
            last.append(position)
    if len(runs) == 1 and len(lengths) > 1:
        middle = len(lengths) // 2
        return [runs[0][middle:], runs[0][:middle]]
    return runs[::-1]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # One thread for a run: a second one makes it a tenth quicker, and everything that waits a fifth slower.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = ONLY_ERRORS
    return options
