"""Trains the sentence classifiers and measures them on held-out examples: `python -m knowledge.meaning.training`.

Every fourth sentence of each list of examples is held out, at the same places in all languages, since lists are often
translations of each other. On the others a logistic regression is fitted for each label; its threshold is the lowest
at which predictions for positions left out of the fit were right in nineteen of twenty cases. A label is used only
where, on the held-out sentences, rules and classifier together do better than the rules alone. Everything is
deterministic; on another machine probabilities may differ in the third decimal place.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold, cross_val_predict  # type: ignore[import-untyped]

from knowledge.advisor.routing import route
from knowledge.advisor.signs import SIGNS, read_signs
from knowledge.embedding import build_embedder
from knowledge.embedding.centring import build_centring
from knowledge.embedding.embedder import Vectors
from knowledge.meaning.classifiers import CLASSIFIERS_FILE, MESSAGES_FILE, Classifiers, save_classifiers
from knowledge.meaning.examples import JOINED, Example, join_examples, labels, message_labels, read_examples
from knowledge.reading.offer import read_offer
from knowledge.reading.phrases import load_phrasebook
from knowledge.reading.red_flags import find_red_flags
from knowledge.settings import read_settings
from knowledge.vocabulary import Kind, Stage

REPORT_FILE = CLASSIFIERS_FILE.parent / "report.md"
PRECISION = 0.95  # of what a classifier says, on examples that it was not fitted to
# Who is overlooked in need loses more than who is shown a helpline too many; and who despairs is in need in any case.
_PRECISION_OF = {"message:emergency": 0.9, "message:despair": 0.8}
FEWEST_EXAMPLES = 40  # of a label over all languages
NEVER = 2.0  # a threshold that no probability reaches
_FEWEST_TO_FIT = 12
_PARTS = 12  # each is predicted by what was fitted to the others; examples of one position stay together
_STRENGTH = 4.0  # inverse of the regularisation; chosen by the log loss of left-out examples
_LOWEST_THRESHOLD = 0.5
_ADDED_PRECISION = 0.8

# What examples of one label say of the labels of whole messages, and those that may well come from somebody in need.
_IN_NEED = {"message:despair": ("message:emergency",), "kind:emergency": ("message:emergency",)}
_PERHAPS_IN_NEED = ("kind:emergency", "stage:abroad_trapped")

Truth = np.ndarray[tuple[int], np.dtype[np.bool_]]
Positions = np.ndarray[tuple[int], np.dtype[np.int_]]


@dataclass(frozen=True)
class Measured:
    """Hits, wrong alarms and misses on held-out examples."""

    hits: int
    wrong: int
    missed: int

    @property
    def score(self) -> float:
        """The F1 score, 0 where nothing was found."""
        found = 2 * self.hits + self.wrong + self.missed
        return 2 * self.hits / found if found else 0.0

    def __str__(self) -> str:
        return f"{self.hits}/{self.hits + self.missed}, {self.wrong} wrong"


@dataclass(frozen=True)
class Trained:
    """One label: how many examples, its threshold, and what rules and classifier found on held-out examples."""

    label: str
    examples: int
    threshold: float
    rules: Measured
    together: Measured
    alone: Measured
    calibration: float  # mean distance between what is predicted and what happens, on held-out examples

    @property
    def is_used(self) -> bool:
        """Whether the classifier makes the rules better."""
        added = self.together.hits - self.rules.hits
        wrong = self.together.wrong - self.rules.wrong
        sure = added > 0 and added / (added + max(0, wrong)) >= _ADDED_PRECISION
        return self.examples >= FEWEST_EXAMPLES and sure and self.together.score > self.rules.score


def train(
    names: tuple[str, ...],
    examples: Sequence[Example],
    vectors: Vectors,
    by_rules: Sequence[frozenset[str]],
    fingerprint: str,
    signs: tuple[str, ...] = (),
) -> tuple[Classifiers, list[Trained]]:
    """Fit one classifier for each label of `names`.

    `vectors` has a row an example, its signs behind it where `signs` names some; `by_rules` has the labels that the
    rules find in it.
    """
    held_out = np.array([example.held_out for example in examples])
    positions = np.array([example.position for example in examples])
    weights, biases, thresholds, report = [], [], [], []
    for label in names:
        shown = np.array([_shows(example, label) for example in examples])
        counts = np.array(
            [_says_something(example, label, rules) for example, rules in zip(examples, by_rules, strict=True)]
        )
        sure = _PRECISION_OF.get(label, PRECISION)
        fitted, threshold = _fit(vectors, shown, counts & ~held_out, positions, sure)
        likely = _probabilities(fitted, vectors)
        ruled = np.array([label in rules for rules in by_rules])
        kept = counts & held_out
        trained = Trained(
            label=label,
            examples=int(shown.sum()),
            threshold=threshold,
            rules=_measure(shown, ruled, kept),
            together=_measure(shown, ruled | (likely >= threshold), kept),
            alone=_measure(shown, likely >= threshold, kept),
            calibration=_calibration_error(likely[kept], shown[kept]),
        )
        report.append(trained)
        weights.append(fitted[0])
        biases.append(fitted[1])
        thresholds.append(threshold if trained.is_used else NEVER)
    made = Classifiers(names, np.stack(weights), np.array(biases), np.array(thresholds), fingerprint, signs)
    return made, report


def _says_something(example: Example, label: str, by_rules: frozenset[str]) -> bool:
    """Whether an example tells if a label is right: it was written for it, or near it, or for something else.

    An offer written for one flag may show another as well; where the rules see that, it is left out. Kinds and stages
    are told only by examples of their own group: a sentence about a fee is not of no kind.
    """
    if example.label == label:
        return True
    same_group = example.label.partition(":")[0] == label.partition(":")[0]
    if example.label == JOINED:
        return label.startswith("message:")
    if label.startswith("message:"):
        return label in _IN_NEED.get(example.label, ()) or example.label not in _PERHAPS_IN_NEED
    if label.startswith("flag:"):
        return label not in by_rules and example.label not in ("kind:offer", *message_labels())
    return same_group or (label == "kind:emergency" and example.label.startswith("flag:"))


def _shows(example: Example, label: str) -> bool:
    """Whether an example was written to show a label; who despairs is in need as well."""
    return not example.near and (example.label == label or label in _IN_NEED.get(example.label, ()))


def _fit(
    vectors: Vectors, shown: Truth, usable: Truth, positions: Positions, sure: float
) -> tuple[tuple[Vectors, float], float]:
    rows, truth = vectors[usable], shown[usable]
    if truth.sum() < _FEWEST_TO_FIT:
        return (np.zeros(vectors.shape[1], dtype=np.float32), 0.0), NEVER
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=2000)
    groups = positions[usable]
    parts = GroupKFold(min(_PARTS, len(set(groups.tolist()))))
    left_out = cross_val_predict(model, rows, truth, groups=groups, cv=parts, method="predict_proba")[:, 1]
    model.fit(rows, truth)
    return (model.coef_[0].astype(np.float32), float(model.intercept_[0])), _lowest_sure(left_out, truth, sure)


def _lowest_sure(likely: Vectors, truth: Truth, wanted: float) -> float:
    """The lowest threshold from which on the predictions are right often enough; NEVER where none is."""
    order = np.argsort(-likely)
    right = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    sure = np.flatnonzero((right >= wanted) & (likely[order] >= _LOWEST_THRESHOLD))
    return float(likely[order][sure[-1]]) if len(sure) else NEVER


def _probabilities(fitted: tuple[Vectors, float], vectors: Vectors) -> Vectors:
    return np.asarray(1.0 / (1.0 + np.exp(-(vectors @ fitted[0] + fitted[1]))), dtype=np.float32)


def _measure(shown: Truth, found: Truth, kept: Truth) -> Measured:
    return Measured(
        hits=int((shown & found & kept).sum()),
        wrong=int((~shown & found & kept).sum()),
        missed=int((shown & ~found & kept).sum()),
    )


def _calibration_error(likely: Vectors, truth: Truth) -> float:
    """The expected calibration error over ten equal steps of probability."""
    steps = np.minimum((likely * 10).astype(int), 9)
    gaps = [
        abs(float(likely[steps == step].mean()) - float(truth[steps == step].mean())) * int((steps == step).sum())
        for step in set(steps.tolist())
    ]
    return sum(gaps) / max(1, len(likely))


def read_by_rules(text: str) -> tuple[frozenset[str], Vectors]:
    """The labels that the rules find in a text, and its signs."""
    offer = read_offer(text, load_phrasebook())
    flags = find_red_flags(offer)
    found = route(offer, flags)
    kinds: Mapping[Kind, str] = {Kind.ASSESSMENT: "offer", Kind.ANSWER: "procedure"}
    stage = "abroad_trapped" if found.stage is Stage.ABROAD else found.stage.value
    found_labels = frozenset(
        {f"flag:{flag.code.value}" for flag in flags}
        | {f"kind:{kinds.get(found.kind, found.kind.value)}", f"stage:{stage}"}
        | ({"message:emergency"} if found.kind is Kind.EMERGENCY else set())
        | ({"message:despair"} if found.despair else set())
    )
    return found_labels, read_signs(offer)


def write_report(report: Sequence[Trained], examples: Sequence[Example], path: Path = REPORT_FILE) -> None:
    """Write what the training found, for people."""
    written = [example for example in examples if example.label != JOINED]
    held_out = sum(example.held_out for example in written)
    languages = Counter(example.language for example in written)
    lines = [
        "# What the sentence classifiers are worth",
        "",
        "Written by `make train`; do not edit. How to read it: `docs/training.md`.",
        "",
        f"{len(written)} examples in {len(languages)} languages, {held_out} of them held out; "
        f"{len(examples) - len(written)} messages joined of them.",
        "",
        "| label | examples | threshold | rules alone | classifier alone | together | calibration error | used |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.label} | {row.examples} | {'–' if row.threshold >= NEVER else f'{row.threshold:.2f}'} | {row.rules} "
        f"| {row.alone} | {row.together} | {row.calibration:.3f} | {'yes' if row.is_used else 'no'} |"
        for row in report
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)) -> int:
    """Train on all examples, write the classifiers and the report, and print the report."""
    console = Console(stderr=True)
    settings, started = read_settings(), now()
    examples = read_examples()
    examples = (*examples, *join_examples(examples))
    embedder = build_embedder(settings, role="serve")
    texts = [example.text for example in examples]
    steps = track(range(0, len(texts), 32), description="Embedding examples", console=console)
    raw = np.concatenate([embedder.embed_queries(texts[start : start + 32]) for start in steps])
    vectors = build_centring(embedder, settings.data_dir).centre_queries(raw, texts)
    by_rules = [read_by_rules(text) for text in track(texts, description="Asking the rules", console=console)]
    ruled, signs = [found for found, _ in by_rules], np.stack([row for _, row in by_rules])
    of_sentences, report = train(labels(), examples, vectors, ruled, embedder.fingerprint)
    beside = np.concatenate([vectors, signs], axis=1)
    of_messages, further = train(message_labels(), examples, beside, ruled, embedder.fingerprint, SIGNS)
    save_classifiers(of_sentences)
    save_classifiers(of_messages, MESSAGES_FILE)
    write_report([*report, *further], examples)
    sys.stdout.write(REPORT_FILE.read_text(encoding="utf-8"))
    console.print(f"Trained in {(now() - started).total_seconds():.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
