"""Builds how a language model did, for tests: one of three sentences was shown."""

from __future__ import annotations

import dataclasses

from knowledge.chat.quality import Quality
from knowledge.vocabulary import Kind, Language, Verdict

QUALITY_MODEL = "scripted:test"
SHOWN_WORDS = "Indians are asked to turn down such offers."


def make_quality(score: float | None = 0.8, **more: object) -> Quality:
    """How one reply did, with this score; without one nothing of it was shown."""
    shown = (SHOWN_WORDS,) if score is not None else ()
    made = Quality(
        language=Language.HINDI,
        kind=Kind.ASSESSMENT,
        verdict=Verdict.DANGER,
        records=("notice-1",),
        said=3,
        refused={"name": 2} if shown else {"name": 3},
        shown=shown,
        least_near=score,
        least_shared=score,
        left_out=False,
        right_language=True,
        seconds=1.25,
        score=score,
    )
    return dataclasses.replace(made, **more)
