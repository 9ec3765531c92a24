"""The embedding models: one contract (`Embedder`), two engines, and the recovery of the bundled weights."""

from knowledge.embedding.embedder import Embedder, ModelUnavailable, Progress, Vectors
from knowledge.embedding.factory import build_embedder

__all__ = ["Embedder", "ModelUnavailable", "Progress", "Vectors", "build_embedder"]
