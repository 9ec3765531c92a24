"""Killing the bot while people write to it: nobody goes without an answer, and nobody gets one twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_api import FakeTelegram
from postgres_server import find_programs, running_server
from reporting import report, steps
from updates import Conversation, Outcome, plan_kills


def kill_again_and_again(
    folder: Path,
    kills: int,
    *,
    seed: int,
    by_webhook: bool,
    database_url: str | None = None,
    tell: Callable[[], None] = lambda: None,
) -> Outcome:
    with FakeTelegram() as telegram:
        conversation = Conversation(folder, telegram, seed, by_webhook, database_url)
        for plan in plan_kills(seed, kills):
            conversation.lives_and_dies(plan)
            tell()
        conversation.comes_to_rest()
        outcome = conversation.outcome()
        conversation.engine.dispose()
        return outcome


def is_sound(outcome: Outcome) -> bool:
    """Whether nothing was lost or doubled, and nothing of what people wrote is left."""
    wrong = (outcome.lost, outcome.doubled, outcome.out_of_order, outcome.texts_left)
    return not any(wrong) and outcome.counted == outcome.presses


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.mark.parametrize(("by_webhook", "kills"), [(False, 8), (True, 7)], ids=["polling", "webhook"])
def test_15_kills_while_people_write_lose_nothing_and_double_nothing(tmp_path, by_webhook, kills):
    outcome = kill_again_and_again(tmp_path, kills, seed=11, by_webhook=by_webhook)

    assert outcome.sent > 10 * kills
    assert is_sound(outcome), outcome


@pytest.mark.soak
def test_200_kills_while_people_write_lose_nothing_and_double_nothing(tmp_path):
    outcomes = []
    with steps("Kills while people write", 200) as tell:
        for seed in range(1, 7):
            folder = tmp_path / str(seed)
            folder.mkdir()
            outcomes.append(kill_again_and_again(folder, 25, seed=seed, by_webhook=seed % 2 == 0, tell=tell))
        if find_programs() is not None:
            with running_server() as server:
                for seed in (7, 8):
                    folder = tmp_path / str(seed)
                    folder.mkdir()
                    with server.database() as url:
                        outcomes.append(
                            kill_again_and_again(
                                folder, 25, seed=seed, by_webhook=seed % 2 == 0, database_url=url, tell=tell
                            )
                        )

    report(
        "E2, kills while people write",
        kills=25 * len(outcomes),
        messages=sum(outcome.sent for outcome in outcomes),
        lost=sum(len(outcome.lost) for outcome in outcomes),
        answered_twice=sum(len(outcome.doubled) for outcome in outcomes),
        out_of_order=sum(len(outcome.out_of_order) for outcome in outcomes),
        asked_to_write_again=sum(outcome.interrupted for outcome in outcomes),
        asked_although_the_answer_is_there=sum(outcome.spare_notices for outcome in outcomes),
        set_aside=sum(outcome.parked for outcome in outcomes),
        presses=sum(outcome.presses for outcome in outcomes),
        presses_counted=sum(outcome.counted for outcome in outcomes),
        texts_left=sum(outcome.texts_left for outcome in outcomes),
    )
    assert [outcome for outcome in outcomes if not is_sound(outcome)] == []
