"""Decides when a failing model is left alone and when it is tried again. Knows no clock: times are passed in."""

from __future__ import annotations

from dataclasses import dataclass, replace

FAILURES_UNTIL_REST = 4
SHORTEST_REST_S = 30.0
LONGEST_REST_S = 600.0


@dataclass(frozen=True)
class Breaker:
    """How a model has done lately. Times are seconds of a clock that only goes forward."""

    failures: int = 0
    rest_s: float = 0.0
    rests_until: float = 0.0

    def is_resting(self, now: float) -> bool:
        """Whether the model is left alone at present."""
        return now < self.rests_until

    def trying(self, now: float) -> Breaker:
        """The state while one call tries a model that has rested: the others go on waiting for its outcome."""
        return replace(self, rests_until=now + self.rest_s) if self.rest_s else self

    def after_success(self) -> Breaker:
        """The state after an answer."""
        return Breaker()

    def after_failure(self, now: float) -> Breaker:
        """The state after a failure: each rest is twice as long as the one before."""
        failures = self.failures + 1
        if failures < FAILURES_UNTIL_REST:
            return replace(self, failures=failures)
        rest_s = min(LONGEST_REST_S, max(SHORTEST_REST_S, 2 * self.rest_s))
        return Breaker(failures, rest_s, now + rest_s)
