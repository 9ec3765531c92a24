"""The trained classifiers: one row of weights a label, and the probability from which each speaks up. Pure numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.embedding.embedder import Vectors

CLASSIFIERS_FILE = Path(__file__).parent.parent / "data" / "meaning" / "classifiers.npz"
MESSAGES_FILE = CLASSIFIERS_FILE.with_name("messages.npz")


@dataclass(frozen=True)
class Classifiers:
    """Logistic regressions on centred vectors. `fingerprint` names the model that the vectors are of.

    `weights` has shape (labels, dimension), `biases` and `thresholds` shape (labels,). A threshold above one means that
    the label is not used: on held-out examples it made nothing better. `signs` names the further numbers that stand
    behind each vector, in their order; the dimension includes them.
    """

    labels: tuple[str, ...]
    weights: Vectors
    biases: Vectors
    thresholds: Vectors
    fingerprint: str
    signs: tuple[str, ...] = ()

    def probabilities(self, vectors: Vectors) -> Vectors:
        """How likely each sentence shows each label: shape (sentences, labels), values from 0 to 1."""
        return np.asarray(1.0 / (1.0 + np.exp(-(vectors @ self.weights.T + self.biases))), dtype=np.float32)

    def spoken_up(self, vectors: Vectors) -> Mapping[str, int]:
        """The labels that reach their threshold, each with the sentence that shows it best."""
        if not len(vectors):
            return {}
        found = self.probabilities(vectors)
        best = found.argmax(axis=0)
        return {
            label: int(best[position])
            for position, label in enumerate(self.labels)
            if found[best[position], position] >= self.thresholds[position]
        }


def save_classifiers(classifiers: Classifiers, path: Path = CLASSIFIERS_FILE) -> None:
    """Write the file that `load_classifiers` reads; the same numbers give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        labels=np.array(classifiers.labels),
        weights=classifiers.weights.astype(np.float32),
        biases=classifiers.biases.astype(np.float32),
        thresholds=classifiers.thresholds.astype(np.float32),
        fingerprint=np.array(classifiers.fingerprint),
        signs=np.array(classifiers.signs, dtype=np.str_),
    )


def load_classifiers(
    fingerprint: str, path: Path = CLASSIFIERS_FILE, signs: tuple[str, ...] = ()
) -> Classifiers | None:
    """Read the classifiers; None where there are none, or where they belong to another model or other signs."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as kept:
        known = tuple(str(sign) for sign in kept["signs"]) if "signs" in kept else ()
        if str(kept["fingerprint"]) != fingerprint or known != signs:
            return None
        return Classifiers(
            labels=tuple(str(label) for label in kept["labels"]),
            weights=kept["weights"],
            biases=kept["biases"],
            thresholds=kept["thresholds"],
            fingerprint=fingerprint,
            signs=known,
        )
