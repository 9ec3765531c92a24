"""In which order updates are handled: many chats at once, each chat in the order of its messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

UPDATES_AT_ONCE = 64


class InOrderOfChat(BaseUpdateProcessor):
    """Handles up to 64 updates at once, never two of the same chat."""

    def __init__(self, at_once: int = UPDATES_AT_ONCE) -> None:
        super().__init__(at_once)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        """Handle one update after the earlier ones of its chat."""
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            await coroutine
            return
        lock = self._locks.setdefault(chat.id, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to put away."""
