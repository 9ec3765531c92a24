"""Showing a reply that a language model may word: the rules' reply first when the model is slow, and edited later.

The model only ever adds: a reply is never edited into a lower one, and where anything fails the first one stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from telegram import Update

from bot.context import Context, services_of
from bot.handlers.asking_staff import try_to_count, was_unanswered
from bot.handlers.showing import show, show_better
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.vocabulary import higher
from knowledge.worklist import Why

PATIENCE_S = 1.5  # longer than this a frightened person does not wait for better words


async def tell(update: Update, context: Context, inquiry: Inquiry, reply: Reply, notes: Sequence[str] = ()) -> Reply:
    """Show a reply, worded by the language model where there is one and it is quick enough. Returns what was shown."""
    teller = services_of(context).teller
    if teller is None or not teller.may_tell(reply):
        await show(update, context, reply, notes, question=inquiry.text)
        return reply
    person = update.effective_user
    telling = asyncio.create_task(asyncio.to_thread(teller.tell, inquiry, reply, str(person.id) if person else None))
    done, _ = await asyncio.wait({telling}, timeout=PATIENCE_S)
    if done:
        told = _not_lower(telling.result(), reply)
        await show(update, context, told, notes, question=inquiry.text)
        return told
    sent = await show(update, context, reply, notes, question=inquiry.text)
    better = _not_lower(await telling, reply)
    if better != reply:
        await show_better(update, context, sent, better, notes, question=inquiry.text)
        if was_unanswered(better) and not was_unanswered(reply):  # it was counted already where the first one was
            await try_to_count(context, better, Why.UNANSWERED)
    return better


def _not_lower(better: Reply, reply: Reply) -> Reply:
    """The better reply, unless its verdict is lower or its kind another one."""
    same_kind = better.kind is reply.kind and (better.verdict is None) == (reply.verdict is None)
    return better if same_kind and higher(better.verdict, reply.verdict) is better.verdict else reply
