"""Many who ask at once are served in few rounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.gathering import Gathering


class Rounds:
    """Does rounds that take a moment, and remembers them."""

    def __init__(self) -> None:
        self.done: list[list[int]] = []
        self.fails_with: Exception | None = None

    async def __call__(self, items: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0.01)
        self.done.append(list(items))
        if self.fails_with:
            raise self.fails_with
        return [item * 10 for item in items]


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


@pytest.fixture
async def gathering(rounds) -> AsyncIterator[Gathering[int, int]]:
    made = Gathering(rounds)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_is_asked_while_a_round_is_under_way_goes_into_the_next(gathering, rounds):
    first = asyncio.create_task(gathering.ask(1))
    await asyncio.sleep(0.005)
    others = [asyncio.create_task(gathering.ask(number)) for number in range(2, 100)]

    assert await asyncio.gather(first, *others) == [number * 10 for number in range(1, 100)]
    assert [len(done) for done in rounds.done] == [1, 98]


async def test_each_that_waits_hears_of_a_failure_and_the_next_round_begins_anew(gathering, rounds):
    rounds.fails_with = ValueError("away")
    asked = [asyncio.create_task(gathering.ask(number)) for number in range(3)]
    assert [type(error) for error in await asyncio.gather(*asked, return_exceptions=True)] == [ValueError] * 3

    rounds.fails_with = None
    assert await gathering.ask(4) == 40


async def test_one_who_has_gone_holds_nobody_up(gathering, rounds):
    gone = asyncio.create_task(gathering.ask(1))
    stays = asyncio.create_task(gathering.ask(2))
    await asyncio.sleep(0.005)
    gone.cancel()

    assert await stays == 20
    assert await gathering.ask(3) == 30
