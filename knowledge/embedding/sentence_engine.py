"""Knows how to embed with sentence-transformers: the engine of ingest, and of every model that is not the bundled one.

sentence-transformers and torch are imported when an embedder is built, never before. No code that comes with a model is
ever run, only safetensors are read, and a model of a hub must name its revision. The fingerprint is taken from what was
loaded (weights, tokenizer, pooling, prompts), so that an altered file makes another model of it, whatever its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.embedding.embedder import ModelUnavailable, Vectors, tidy

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32
REVISION = re.compile(r"[0-9a-f]{40}")  # a whole commit; a branch or tag could change under us
E5_PROMPTS = {"query": "query: ", "document": "passage: "}


class SentenceEmbedder:
    """Any sentence-transformers model that has been loaded."""

    def __init__(self, model: SentenceTransformer, fingerprint: str) -> None:
        self._model = model
        self.fingerprint = fingerprint
        self.dimension = int(model.get_embedding_dimension() or 0)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what a person asks or sends: one normalised row per text."""
        return self._embed(texts, "query")

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched: one normalised row per text."""
        return self._embed(texts, "document")

    def _embed(self, texts: Sequence[str], use: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode = self._model.encode_query if use == "query" else self._model.encode_document
        vectors = encode(
            [tidy(text) for text in texts],
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def load_folder(folder: Path, fingerprint: str) -> SentenceEmbedder:
    """Load the bundled model from the folder that `ensure_sentence_files` made, without asking any hub."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # Mean pooling needs no pooler; without this a missing one would be made up at random and reported.
    model = _load(str(folder), revision=None, prompts=None, add_pooling_layer=False)
    return SentenceEmbedder(model, fingerprint)


def load_named(name: str) -> SentenceEmbedder:
    """Load `owner/model@revision` from the local cache, else from the hub; or a folder, given as a path.

    Raises `ModelUnavailable` where the revision is not a whole commit hash or the model cannot be had.
    """
    repository, revision = (name, None) if is_folder(name) else _split(name)
    prompts = E5_PROMPTS if "e5" in Path(repository).name.lower() else None
    model = _load(repository, revision=revision, prompts=prompts)
    return SentenceEmbedder(model, _fingerprint(model))


def is_folder(name: str) -> bool:
    """Whether a model's name is the path of a folder: one that begins with `/`, `./` or `../`."""
    return name.startswith(("/", "./", "../"))


def _split(name: str) -> tuple[str, str]:
    """Return repository and revision."""
    repository, _, revision = name.partition("@")
    if not REVISION.fullmatch(revision):
        raise ModelUnavailable(
            f"EMBEDDING_MODEL={name} does not say which revision of the model is meant. "
            f"Write it with a commit hash of 40 digits, for example {repository or 'owner/model'}@0123…cdef, "
            "or give the path of a folder, for example ./models/my-model."
        )
    return repository, revision


def _load(
    name: str, *, revision: str | None, prompts: dict[str, str] | None, **model_options: bool
) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise ModelUnavailable(
            "This embedding model needs sentence-transformers, which is not installed. "
            "Install it: pip install 'satark[ingest]'"
        ) from error
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            name,
            revision=revision,
            prompts=prompts,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, **model_options},
        )
    except Exception as error:  # three libraries load here, each with errors of its own
        raise ModelUnavailable(
            f"The embedding model {name} cannot be loaded. Check EMBEDDING_MODEL and the network, "
            "or leave EMBEDDING_MODEL empty for the bundled model."
        ) from error


def _fingerprint(model: SentenceTransformer) -> str:
    """Name all that shapes a vector, from what was loaded (1 s for each gigabyte)."""
    digest = hashlib.sha256()
    parts = {
        "modules": [[type(module).__name__, _config_of(module)] for module in model],
        "prompts": model.prompts,
        "longest": model.max_seq_length,
        "normalisation": "l2",
        "text": "NFC",
    }
    digest.update(json.dumps(parts, sort_keys=True, default=str).encode())
    digest.update(_tokenizer_of(model).encode())
    for name, weights in sorted(model.state_dict().items()):
        digest.update(f"\n{name} {weights.dtype} {tuple(weights.shape)}\n".encode())
        digest.update(_bytes_of(weights))
    return digest.hexdigest()[:16]


def _config_of(module: object) -> object:
    describe = getattr(module, "get_config_dict", None)
    return describe() if describe is not None else repr(module)


def _tokenizer_of(model: SentenceTransformer) -> str:
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    return str(backend.to_str()) if backend is not None else json.dumps(model.tokenizer.get_vocab(), sort_keys=True)


def _bytes_of(weights: Any) -> memoryview:
    import torch

    return memoryview(weights.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
