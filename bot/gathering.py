"""Does together what many ask for at once. Knows neither database nor Telegram.

A commit takes as long for a hundred changes as for one. So what is asked for while one round is under way waits and
goes into the next: nobody waits for more than two rounds, however many there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class Gathering(Generic[Item, Outcome]):
    """Takes single items and has them done in rounds; `do` returns one outcome for each, or raises for all."""

    def __init__(self, do: Callable[[Sequence[Item]], Awaitable[Sequence[Outcome]]]) -> None:
        self._do = do
        self._waiting: list[tuple[Item, asyncio.Future[Outcome]]] = []
        self._asked = asyncio.Event()

    async def ask(self, item: Item) -> Outcome:
        """Have an item done in the next round. Raises what the round raised."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, outcome))
        self._asked.set()
        return await outcome

    async def run(self) -> None:
        """Do round after round until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            gathered, self._waiting = self._waiting, []
            await self._do_round(gathered)

    async def _do_round(self, gathered: Sequence[tuple[Item, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._do([item for item, _ in gathered])
        except Exception as error:  # each that waits hears of it; the next round begins anew
            for _, future in gathered:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), outcome in zip(gathered, outcomes, strict=True):
            if not future.done():  # who asked may have gone
                future.set_result(outcome)
