"""What must hold of any broadcast, whatever was killed or cut: proved from the logs alone. Pure.

The checker knows nothing of the product's code: it takes what people were due, what reached the server, and what
happened meanwhile, and returns every violation as a sentence.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

WINDOW = 8  # messages that one crash may double
MOST_COPIES = 2
CANCEL_TAKES_S = 1.0
UNSUBSCRIBE_TAKES_S = 1.0
RESUME_TAKES_S = 10.0


@dataclass(frozen=True)
class Shown:
    """A message that a person saw: when, who, which alert."""

    at: float
    chat_id: int
    alert: str


@dataclass(frozen=True)
class History:
    """All that happened, by one steady clock. `due` names who must get which alert."""

    shown: Sequence[Shown]
    due: Mapping[str, frozenset[int]]
    approved: Mapping[str, float]
    cancelled: Mapping[str, float] = field(default_factory=dict)
    unsubscribed: Mapping[int, float] = field(default_factory=dict)
    kills: Sequence[float] = ()
    starts: Sequence[float] = ()
    lost_answers: int = 0  # messages that were taken and whose answer did not come back
    explained: Mapping[str, frozenset[int]] = field(default_factory=dict)  # who got none, for a reason noted


def check(history: History) -> list[str]:
    """Return what is wrong; an empty list where all holds."""
    return [
        *_missed(history),
        *_copies(history),
        *_strangers(history),
        *_too_early(history),
        *_too_late(history),
        *_slow_to_resume(history),
    ]


def count_extra(history: History) -> int:
    """Return how many copies were seen beyond the first."""
    return sum(count - 1 for count in _counts(history.shown).values())


def list_resumes(history: History) -> list[float]:
    """Return for each start how long it took until the next message was seen, where one was still to come.

    A life that starts before anything is approved has nothing to resume until then.
    """
    something_at = min(history.approved.values(), default=math.inf)
    times = sorted(shown.at for shown in history.shown)
    ends = [*history.starts[1:], math.inf]
    resumes = []
    for start, end in zip(history.starts, ends, strict=True):
        if first := [at for at in times if start <= at < end]:
            resumes.append(first[0] - max(start, something_at))
    return resumes


def _missed(history: History) -> Iterable[str]:
    seen = defaultdict(set)
    for shown in history.shown:
        seen[shown.alert].add(shown.chat_id)
    for alert, people in history.due.items():
        excused = history.explained.get(alert, frozenset()) | set(history.unsubscribed)
        if alert not in history.cancelled and (missed := people - seen[alert] - excused):
            yield f"{len(missed)} people missed alert {alert}, such as {min(missed)}"


def _copies(history: History) -> Iterable[str]:
    for (alert, chat_id), count in _counts(history.shown).items():
        if count > MOST_COPIES:
            yield f"{chat_id} got alert {alert} {count} times"
    extra, allowed = count_extra(history), WINDOW * len(history.kills) + history.lost_answers
    if extra > allowed:
        yield f"{extra} extra copies, where {len(history.kills)} kills and lost answers allow {allowed}"


def _strangers(history: History) -> Iterable[str]:
    for shown in history.shown:
        if shown.chat_id not in history.due.get(shown.alert, frozenset()):
            yield f"{shown.chat_id} got alert {shown.alert} without being due"


def _too_early(history: History) -> Iterable[str]:
    for shown in history.shown:
        if shown.at < history.approved.get(shown.alert, math.inf):
            yield f"{shown.chat_id} got alert {shown.alert} before it was approved"


def _too_late(history: History) -> Iterable[str]:
    for shown in history.shown:
        if shown.at > history.cancelled.get(shown.alert, math.inf) + CANCEL_TAKES_S:
            yield f"{shown.chat_id} got alert {shown.alert} more than a second after it was cancelled"
        if shown.at > history.unsubscribed.get(shown.chat_id, math.inf) + UNSUBSCRIBE_TAKES_S:
            yield f"{shown.chat_id} got alert {shown.alert} more than a second after unsubscribing"


def _slow_to_resume(history: History) -> Iterable[str]:
    for took_s in list_resumes(history):
        if took_s > RESUME_TAKES_S:
            yield f"after a restart it took {took_s:.1f} s until the next message"


def _counts(shown: Sequence[Shown]) -> Counter[tuple[str, int]]:
    return Counter((one.alert, one.chat_id) for one in shown)
