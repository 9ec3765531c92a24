"""Trains the topic classifiers and measures what they add: `python -m ingest.understanding.topic_training`.

They learn from the curated advisories and rules that ship with Satark, and from their one-sentence gists in some other
languages. Notices of one month are left out of the fit together, since they often tell the same. For each topic the
threshold is the lowest at which what the classifier says beyond the phrase lists was right often enough. What both
voices are worth together is measured with thresholds chosen on the other parts. A topic is used only where that makes
the phrase lists better. No golden document and no evaluation case takes part. Everything is deterministic.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]

from ingest.understanding.meaning import TOPICS_FILE, embed_sentences, sentences_to_read, whole
from ingest.understanding.notice import Notice, make_notice
from ingest.understanding.topics import propose_topics
from knowledge.embedding import Embedder, build_embedder
from knowledge.embedding.centring import Centring, build_centring
from knowledge.embedding.embedder import Vectors
from knowledge.meaning.classifiers import Classifiers, save_classifiers
from knowledge.meaning.training import NEVER, Measured
from knowledge.records import AdvisoryRecord, RuleRecord, read_advisories, read_gists, read_rules, with_gists
from knowledge.settings import read_settings
from knowledge.starter import STARTER_FOLDER
from knowledge.vocabulary import Topic

REPORT_FILE = TOPICS_FILE.with_name("topics-report.md")
GIST_LANGUAGES = ("en", "hi", "ur", "ml", "bn")  # one a family of scripts; more made nothing better
PRECISION = 0.85  # of what a classifier adds to the phrase lists
ADDED_PRECISION = 0.75  # the same where the threshold was chosen on other notices
FEWEST_ADDED = 3  # right ones; fewer are chance
_PARTS = 5
_STRENGTH = 4.0  # inverse of the regularisation; 1, 4 and 16 were tried on the parts
_LOWEST_THRESHOLD = 0.5

Truth = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
Column = np.ndarray[tuple[int], np.dtype[np.bool_]]
Numbers = np.ndarray[tuple[int], np.dtype[np.int_]]


@dataclass(frozen=True)
class Lesson:
    """A curated record as the training sees it. `together` names what is left out of a fit with it."""

    notice: Notice
    topics: frozenset[Topic]
    together: str
    gists: tuple[str, ...] = ()
    is_measured: bool = True  # rules teach; only notices measure


@dataclass(frozen=True)
class Taught:
    """Lessons as numbers, one row each; the rows of `gists` belong to the lessons that `gist_of` numbers."""

    vectors: Vectors
    topics: Truth
    by_phrases: Truth
    groups: Numbers
    measured: Column
    gists: Vectors
    gist_of: Numbers


@dataclass(frozen=True)
class Trained:
    """One topic: notices that have it, its threshold, and what was found in notices left out of the training."""

    topic: Topic
    notices: int
    threshold: float
    phrases: Measured
    alone: Measured
    together: Measured

    @property
    def is_used(self) -> bool:
        """Whether the classifier makes the phrase lists better."""
        added = self.together.hits - self.phrases.hits
        wrong = self.together.wrong - self.phrases.wrong
        sure = added >= FEWEST_ADDED and added / (added + wrong) >= ADDED_PRECISION
        return self.threshold < NEVER and sure and self.together.score > self.phrases.score


def read_lessons(folder: Path = STARTER_FOLDER) -> tuple[Lesson, ...]:
    """Return the curated advisories and rules of a folder as lessons. Raises BadRecord."""
    gists = read_gists(folder / "languages")
    advisories = with_gists(read_advisories(folder / "advisories"), gists)
    rules = with_gists(read_rules(folder / "rules"), gists)
    return (*map(_from_advisory, advisories), *map(_from_rule, rules))


def teach(lessons: Sequence[Lesson], embedder: Embedder, centring: Centring, console: Console | None = None) -> Taught:
    """Embed the lessons and ask the phrase lists about them."""
    console = console or Console(quiet=True)
    steps = track(lessons, description="Embedding curated notices", console=console)
    vectors = [whole(embed_sentences(sentences_to_read(one.notice), embedder, centring)) for one in steps]
    steps = track(lessons, description="Embedding their gists", console=console)
    gists = [embed_sentences(one.gists, embedder, centring) for one in steps if one.gists]
    phrases = [frozenset(propose_topics(one.notice).value) for one in lessons]
    return Taught(
        vectors=np.stack(vectors),
        topics=_as_truth([one.topics for one in lessons]),
        by_phrases=_as_truth(phrases),
        groups=np.unique([one.together for one in lessons], return_inverse=True)[1],
        measured=np.array([one.is_measured for one in lessons]),
        gists=np.concatenate(gists) if gists else np.zeros((0, embedder.dimension), dtype=np.float32),
        gist_of=np.repeat(np.arange(len(lessons)), [len(one.gists) for one in lessons]),
    )


def train(taught: Taught, fingerprint: str) -> tuple[Classifiers, tuple[Trained, ...]]:
    """Fit one classifier a topic, and measure each on notices that were left out."""
    splitter = GroupKFold(min(_PARTS, len(np.unique(taught.groups))))
    parts = [left_out for _, left_out in splitter.split(taught.vectors, groups=taught.groups)]
    fitted = [_fit(taught, place, np.arange(len(taught.vectors))) for place in range(len(Topic))]
    report = tuple(_measure_topic(taught, place, parts) for place in range(len(Topic)))
    return Classifiers(
        labels=tuple(Topic),
        weights=np.stack([weights for weights, _ in fitted]),
        biases=np.array([bias for _, bias in fitted], dtype=np.float32),
        thresholds=np.array([one.threshold if one.is_used else NEVER for one in report], dtype=np.float32),
        fingerprint=fingerprint,
    ), report


def write_report(report: Sequence[Trained], notices: int, path: Path = REPORT_FILE) -> None:
    """Write what the training found, for people."""
    lines = [
        "# What the topic classifiers are worth",
        "",
        "Written by `make train`; do not edit. How it is measured: the first lines of "
        "`ingest/understanding/topic_training.py`.",
        "",
        f"{notices} curated notices, each judged while it was left out; precision / recall of each topic.",
        "",
        "| topic | notices | threshold | phrases alone | classifier alone | together | used |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_line(row) for row in report]
    before = _sum([row.phrases for row in report])
    after = _sum([row.together if row.is_used else row.phrases for row in report])
    lines += ["", f"Over all topics: F1 of the phrase lists {before.score:.3f} ({_shares(before)}), "
              f"with the classifiers that are used {after.score:.3f} ({_shares(after)})."]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Train on all curated records, write the classifiers and the report, and print the report."""
    console, settings = Console(stderr=True), read_settings()
    embedder = build_embedder(settings, role="serve")
    taught = teach(read_lessons(), embedder, build_centring(embedder, settings.data_dir), console)
    classifiers, report = train(taught, embedder.fingerprint)
    save_classifiers(classifiers, TOPICS_FILE)
    write_report(report, int(taught.measured.sum()))
    sys.stdout.write(REPORT_FILE.read_text(encoding="utf-8"))
    return 0


def _from_advisory(record: AdvisoryRecord) -> Lesson:
    month = record.date.isoformat()[:7] if record.date else record.id
    return Lesson(make_notice(record.title, "\n\n".join(record.facts)), frozenset(record.topics), month, _gists(record))


def _from_rule(record: RuleRecord) -> Lesson:
    return Lesson(
        make_notice(record.title, record.text), frozenset(record.topics), record.id, _gists(record), is_measured=False
    )


def _gists(record: AdvisoryRecord | RuleRecord) -> tuple[str, ...]:
    return tuple(record.gist[language] for language in GIST_LANGUAGES if language in record.gist)


def _as_truth(topics: Sequence[frozenset[Topic]]) -> Truth:
    return np.array([[topic in each for topic in Topic] for each in topics])


def _fit(taught: Taught, place: int, rows: Numbers) -> tuple[Vectors, float]:
    """Fit one topic to some lessons; all gists of a lesson together count as much as the lesson."""
    gist_rows = np.isin(taught.gist_of, rows)
    owners = np.concatenate([rows, taught.gist_of[gist_rows]])
    counts = np.bincount(taught.gist_of, minlength=len(taught.vectors))
    weights = np.concatenate([np.ones(len(rows)), 1.0 / counts[taught.gist_of[gist_rows]]])
    truth = taught.topics[owners, place]
    if truth.all() or not truth.any():
        return np.zeros(taught.vectors.shape[1], dtype=np.float32), -NEVER if not truth.any() else NEVER
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=2000)
    model.fit(np.concatenate([taught.vectors[rows], taught.gists[gist_rows]]), truth, sample_weight=weights)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _measure_topic(taught: Taught, place: int, parts: Sequence[Numbers]) -> Trained:
    truth, phrases, kept = taught.topics[:, place], taught.by_phrases[:, place], taught.measured
    likely = _likely_left_out(taught, place, parts)
    alone = np.zeros(len(truth), dtype=np.bool_)
    for part in parts:
        others = kept.copy()
        others[part] = False
        alone[part] = likely[part] >= _lowest_sure(likely[others], truth[others], phrases[others])
    return Trained(
        topic=tuple(Topic)[place],
        notices=int(truth[kept].sum()),
        threshold=_lowest_sure(likely[kept], truth[kept], phrases[kept]),
        phrases=_measure(truth, phrases, kept),
        alone=_measure(truth, alone, kept),
        together=_measure(truth, phrases | alone, kept),
    )


def _likely_left_out(taught: Taught, place: int, parts: Sequence[Numbers]) -> Vectors:
    """How likely each lesson has a topic, by a classifier that was fitted to the other parts."""
    likely = np.zeros(len(taught.vectors), dtype=np.float32)
    for part in parts:
        weights, bias = _fit(taught, place, np.setdiff1d(np.arange(len(taught.vectors)), part))
        likely[part] = 1.0 / (1.0 + np.exp(-(taught.vectors[part] @ weights + bias)))
    return likely


def _lowest_sure(likely: Vectors, truth: Column, phrases: Column) -> float:
    """The lowest threshold from which on what is added to the phrase lists is right often enough; else NEVER."""
    new = np.flatnonzero(~phrases)
    order = new[np.argsort(-likely[new], kind="stable")]
    hits = np.cumsum(truth[order])
    right = hits / np.arange(1, len(order) + 1)
    sure = np.flatnonzero((right >= PRECISION) & (hits >= FEWEST_ADDED) & (likely[order] >= _LOWEST_THRESHOLD))
    return float(likely[order[sure[-1]]]) if len(sure) else NEVER


def _measure(truth: Column, found: Column, kept: Column) -> Measured:
    return Measured(
        hits=int((truth & found & kept).sum()),
        wrong=int((~truth & found & kept).sum()),
        missed=int((truth & ~found & kept).sum()),
    )


def _line(row: Trained) -> str:
    threshold = "–" if row.threshold >= NEVER else f"{row.threshold:.2f}"
    shares = " | ".join(_shares(measured) for measured in (row.phrases, row.alone, row.together))
    return f"| {row.topic} | {row.notices} | {threshold} | {shares} | {'yes' if row.is_used else 'no'} |"


def _sum(measured: Sequence[Measured]) -> Measured:
    return Measured(
        sum(one.hits for one in measured), sum(one.wrong for one in measured), sum(one.missed for one in measured)
    )


def _shares(measured: Measured) -> str:
    found, there = measured.hits + measured.wrong, measured.hits + measured.missed
    precision = f"{measured.hits / found:.2f}" if found else "–"
    return f"{precision} / {measured.hits / there:.2f}" if there else precision


if __name__ == "__main__":
    sys.exit(main())
