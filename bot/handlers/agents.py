"""/agent NAME OR NUMBER: asks what the official lists say of one recruiting agent."""

from __future__ import annotations

import asyncio

from telegram import Update

from bot.context import Context, find_chosen_language, services_of
from bot.handlers.addressing import words_after_command
from bot.handlers.replying import may_ask
from bot.handlers.showing import show
from bot.handlers.talking import say
from bot.presenters import fixed_texts
from knowledge.advisor.replies import Inquiry


async def answer_agent(update: Update, context: Context) -> None:
    """Look up the name or number after /agent, or in the message that it answers; without both, explain it."""
    message = update.message
    if message is None:
        return
    words = words_after_command(message)
    if not words:
        await say(update, context, fixed_texts.AGENT_HELP)
        return
    if not await may_ask(update, context, words):
        return
    inquiry = Inquiry(words, await find_chosen_language(update, context), about_agent=True)
    reply = await asyncio.to_thread(services_of(context).advisor.reply, inquiry)
    await show(update, context, reply)
