"""The limits in front of a language model: time, calls at once, a person's and a day's share, and rests."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import structlog

from knowledge.chat.breaker import FAILURES_UNTIL_REST, LONGEST_REST_S, SHORTEST_REST_S, Breaker
from knowledge.chat.limited import LimitedChatModel, Limits
from knowledge.chat.scripted import ScriptedChatModel
from knowledge.chat.usage import MemoryUsage, Used, cost_in_dollars
from knowledge.chat_model import ChatMessage, ChatModelFailed, Failure

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
QUESTION = [ChatMessage("user", "What do officials say?")]


class Situation:
    """A scripted model behind limits, with a clock and a stop-watch that the test moves."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.model, self.usage = ScriptedChatModel(), MemoryUsage()
        self.now, self.seconds = NOON, 1000.0
        self.limited = LimitedChatModel(
            self.model, limits or Limits(), self.usage, lambda: self.now, lambda: self.seconds
        )
        self.model.replies_with("an answer")

    def ask(self, asker: str | None = None) -> str:
        return self.limited.ask(QUESTION, asker=asker).text

    def failure(self, asker: str | None = None) -> Failure:
        with pytest.raises(ChatModelFailed) as caught:
            self.ask(asker)
        return caught.value.reason

    @property
    def used(self) -> Used:
        return self.usage.days[self.now.date(), self.model.name]


def test_an_answer_comes_back_and_is_counted():
    situation = Situation()

    assert situation.ask() == "an answer"

    assert situation.used.calls == 1
    assert situation.used.output_tokens > 0


def test_a_model_that_hangs_is_given_up_when_the_time_is_over():
    situation = Situation(Limits(timeout_s=0.2))
    situation.model.never_answers()
    began = time.monotonic()

    assert situation.failure() is Failure.TIME_OUT

    assert time.monotonic() - began < 1.2
    situation.model.let_go.set()


def test_calls_that_hang_keep_their_places_until_they_let_go():
    situation = Situation(Limits(timeout_s=0.05, at_once=2))
    situation.model.never_answers()
    assert [situation.failure(), situation.failure()] == [Failure.TIME_OUT, Failure.TIME_OUT]

    assert situation.failure() is Failure.BUSY

    situation.model.let_go.set()
    situation.model.replies_with("back")
    give_up_at = time.monotonic() + 2
    while situation.limited._under_way and time.monotonic() < give_up_at:
        time.sleep(0.01)
    assert situation.ask() == "back"


def test_a_person_has_a_share_of_the_day():
    situation = Situation(Limits(per_person=2))
    situation.ask("asha")
    situation.ask("asha")

    assert situation.failure("asha") is Failure.OVER_BUDGET
    assert situation.ask("ravi") == "an answer"
    situation.now += dt.timedelta(days=1)
    assert situation.ask("asha") == "an answer"


def test_a_flood_spends_no_more_than_the_day_allows():
    situation = Situation(Limits(per_day=25))

    for number in range(25):
        situation.ask(str(number))
    refusals = {situation.failure(str(number)) for number in range(25, 10_000)}

    assert refusals == {Failure.OVER_BUDGET}
    assert len(situation.model.asked) == situation.used.calls == 25


def test_a_model_that_keeps_failing_is_left_alone_and_tried_again_by_one_call():
    situation = Situation()
    situation.model.fails_with(Failure.UNREACHABLE)
    for _ in range(FAILURES_UNTIL_REST):
        assert situation.failure() is Failure.UNREACHABLE

    assert situation.failure() is Failure.RESTING
    asked = len(situation.model.asked)
    situation.seconds += SHORTEST_REST_S
    assert situation.failure() is Failure.UNREACHABLE
    assert situation.failure() is Failure.RESTING
    assert len(situation.model.asked) == asked + 1

    situation.model.replies_with("well again")
    situation.seconds += 2 * SHORTEST_REST_S
    assert situation.ask() == "well again"
    assert situation.ask() == "well again"


def test_rests_grow_and_end_at_ten_minutes():
    breaker, now = Breaker(), 0.0

    for _ in range(20):
        breaker = breaker.after_failure(now)

    assert breaker.rest_s == LONGEST_REST_S


def test_whatever_a_client_raises_becomes_one_error_and_the_log_holds_no_words():
    situation = Situation()

    def break_down(_messages: object) -> str:
        raise RuntimeError("What do officials say?")

    situation.model.replies_by(break_down)
    with structlog.testing.capture_logs() as entries:
        assert situation.failure() is Failure.BROKEN

    assert "officials" not in str(entries)


def test_cost_is_counted_where_a_price_is_set():
    used = Used(input_tokens=2_000_000, output_tokens=500_000)

    assert cost_in_dollars(used, (0.15, 0.60)) == pytest.approx(0.60)
    assert cost_in_dollars(used, None) is None


def test_a_caller_may_wait_for_less_than_the_time_out():
    situation = Situation(Limits(timeout_s=5.0))
    situation.model.never_answers()
    began = time.monotonic()

    with pytest.raises(ChatModelFailed) as caught:
        situation.limited.ask(QUESTION, within_s=0.1)

    assert caught.value.reason is Failure.TIME_OUT
    assert time.monotonic() - began < 1.1
    situation.model.let_go.set()


def test_nobody_may_wait_for_more_than_the_time_out():
    situation = Situation(Limits(timeout_s=0.1))
    situation.model.never_answers()
    began = time.monotonic()

    with pytest.raises(ChatModelFailed):
        situation.limited.ask(QUESTION, within_s=60)

    assert time.monotonic() - began < 1.1
    situation.model.let_go.set()


@pytest.mark.parametrize(("within_s", "rests"), [(0.01, False), (0.16, True), (None, True)])
def test_a_model_that_was_hurried_is_not_called_broken(within_s, rests):
    """Who leaves it a small share of the time learns nothing about its health; who leaves it most of it does."""
    situation = Situation(Limits(timeout_s=0.2, at_once=100))
    situation.model.never_answers()

    for _ in range(FAILURES_UNTIL_REST):
        with pytest.raises(ChatModelFailed):
            situation.limited.ask(QUESTION, within_s=within_s)

    assert situation.limited._breaker.is_resting(situation.seconds) is rests
    situation.model.let_go.set()
