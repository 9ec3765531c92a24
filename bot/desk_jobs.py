"""Tells staff what became of what they handed in, and what the watcher of sources found: each once, every second or so.

Of several processes only the one that leads does it. A message whose arrival is uncertain counts as told: the drafts
are all under /desk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from telegram import InlineKeyboardMarkup

from bot.application import SatarkApplication
from bot.context import Services, services_of_application
from bot.presenters import desk as cards
from bot.sending import Outcome, Outgoing, send
from knowledge import desk
from knowledge.database import write_session
from knowledge.desk import DraftView, NoticeView, SubmissionView

LOOK_EVERY_S = 1.5

log = structlog.get_logger(__name__)
_Result = TypeVar("_Result")


@asynccontextmanager
async def telling_staff(
    application: SatarkApplication,
    engine: Engine,
    *,
    leads: Callable[[], bool] = lambda: True,
    every_s: float = LOOK_EVERY_S,
) -> AsyncIterator[None]:
    """Tell staff while the block runs. The application must be running; `leads` says whether it is our turn."""
    working = asyncio.create_task(_tell_again_and_again(application, engine, leads, every_s))
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def tell_what_is_new(application: SatarkApplication, engine: Engine) -> int:
    """Tell everything that staff have not been told; returns how many things that were."""
    services = services_of_application(application)
    at = services.clock()
    submissions = await _work(engine, desk.list_untold)
    for submission in submissions:
        if await _tell_outcome(application, engine, services, submission):
            await _work(engine, partial(desk.mark_told, submission_id=submission.id, at=at))
    notices = await _work(engine, desk.list_untold_notices)
    for together in _gather(notices):
        if await _tell_notices(application, services, together):
            for notice in together:
                await _work(engine, partial(desk.mark_notice_told, notice_id=notice.id, at=at))
    return len(submissions) + len(notices)


async def _tell_again_and_again(
    application: SatarkApplication, engine: Engine, leads: Callable[[], bool], every_s: float
) -> None:
    while True:
        try:
            if leads():
                await tell_what_is_new(application, engine)
        except Exception as error:  # one fault must not keep staff from hearing of the rest
            log.error("Staff could not be told what is new at the desk; trying again.", exc_info=error)
        await asyncio.sleep(every_s)


async def _tell_outcome(
    application: SatarkApplication, engine: Engine, services: Services, submission: SubmissionView
) -> bool:
    reply_to = submission.reply_to
    if reply_to is None or reply_to.chat_id not in services.staff_ids:  # not staff any more: nothing of the desk
        return True
    said = Outgoing(reply_to.chat_id, cards.present_outcome(submission), reply_to=reply_to.message_id)
    if not await _send(application, services, said):
        return False
    draft = await _find_draft(engine, submission.draft_id)
    if draft is not None:
        html = cards.present_card(draft, services.clock().date())
        await _send(application, services, Outgoing(reply_to.chat_id, html, cards.card_keyboard(draft)))
    return True


def _gather(notices: Sequence[NoticeView]) -> list[list[NoticeView]]:
    """Put what needs no button into one message: without a network, every source has something to tell at once."""
    about_drafts = [[notice] for notice in notices if notice.draft_id is not None]
    others = [notice for notice in notices if notice.draft_id is None]
    return [*about_drafts, others] if others else about_drafts


async def _tell_notices(application: SatarkApplication, services: Services, notices: Sequence[NoticeView]) -> bool:
    """Tell all staff; they count as told once one of them could be reached."""
    draft_id = notices[0].draft_id
    keyboard: InlineKeyboardMarkup | None = cards.show_keyboard(draft_id) if draft_id else None
    html = "\n\n".join(cards.present_notice(notice) for notice in notices)
    told = [await _send(application, services, Outgoing(one, html, keyboard)) for one in services.staff_ids]
    return any(told) or not told


async def _send(application: SatarkApplication, services: Services, outgoing: Outgoing) -> bool:
    return await send(application.bot, outgoing, sleep=services.sleep) is not Outcome.FAILED


async def _find_draft(engine: Engine, draft_id: int | None) -> DraftView | None:
    if draft_id is None:
        return None
    try:
        return await _work(engine, partial(desk.get_draft, draft_id=draft_id))
    except desk.UnknownDraft:
        return None


async def _work(engine: Engine, work: Callable[[Session], _Result]) -> _Result:
    def run() -> _Result:
        with write_session(engine) as session:
            return work(session)

    return await asyncio.to_thread(run)
