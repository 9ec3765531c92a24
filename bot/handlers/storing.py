"""How handlers reach the database: in a transaction of their own, in a thread, so that nobody else's answer waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from bot.context import Context, services_of
from knowledge.database import read_session, write_session

_Result = TypeVar("_Result")


async def read(context: Context, work: Callable[[Session], _Result]) -> _Result:
    """Do some reading work and return what it found. Raises `DatabaseUnavailable`."""

    def run() -> _Result:
        with read_session(services_of(context).people.engine) as session:
            return work(session)

    return await asyncio.to_thread(run)


async def write(context: Context, work: Callable[[Session], _Result]) -> _Result:
    """Do some writing work, all of it or nothing, and return what it made. Raises `DatabaseUnavailable`."""

    def run() -> _Result:
        with write_session(services_of(context).people.engine) as session:
            return work(session)

    return await asyncio.to_thread(run)
