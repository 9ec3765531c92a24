"""Commands that explain: /start, /help, /about, /privacy, /sources, /helplines, /language, and unknown ones."""

from __future__ import annotations

import asyncio

from telegram import Update
from telegram.constants import ChatType

from bot.context import Context, find_language, services_of
from bot.handlers import subscribing
from bot.handlers.conversing import begin_anew
from bot.handlers.talking import say, say_html
from bot.presenters import fixed_texts
from bot.presenters.information import (
    present_about,
    present_help,
    present_helplines,
    present_sources,
    present_start,
)
from bot.presenters.keyboards import language_keyboard, start_keyboard
from bot.presenters.subscriptions import parse_deep_link
from bot.texts import text


async def start(update: Update, context: Context) -> None:
    """Greet, say who runs the bot, offer the languages and a sample. Someone who had stopped the bot is back.

    A deep link (`?start=country_RU`) also asks whether they want alerts about it.
    """
    services = services_of(context)
    begin_anew(update, context)
    if update.effective_user:
        await asyncio.to_thread(services.people.mark_back, update.effective_user.id)
    language = await find_language(update, context)
    await say_html(update, context, present_start(language, services.operator), start_keyboard(language))
    wish = parse_deep_link(context.args[0]) if context.args else None
    if wish:
        await subscribing.ask_for_consent(update, context, wish)


async def about(update: Update, context: Context) -> None:
    """Say what Satark is and who runs it."""
    language = await find_language(update, context)
    await say_html(update, context, present_about(language, services_of(context).operator))


async def explain(update: Update, context: Context) -> None:
    """Say how to use the bot."""
    await say_html(update, context, present_help(await find_language(update, context)))


async def privacy(update: Update, context: Context) -> None:
    """Say what is kept of people."""
    language = await find_language(update, context)
    parts = (
        fixed_texts.PRIVACY,
        fixed_texts.PRIVACY_FILES,
        fixed_texts.PRIVACY_QUESTIONS,
        fixed_texts.PRIVACY_CONVERSATION,
    )
    await say_html(update, context, "\n\n".join(text(language, part) for part in parts))


async def sources(update: Update, context: Context) -> None:
    """Say where the warnings come from and how new they are."""
    library = await asyncio.to_thread(services_of(context).library)
    await say_html(update, context, present_sources(await find_language(update, context), library))


async def helplines(update: Update, context: Context) -> None:
    """Show whom to call."""
    library = await asyncio.to_thread(services_of(context).library)
    await say_html(update, context, present_helplines(await find_language(update, context), library))


async def choose_language(update: Update, context: Context) -> None:
    """Offer the languages."""
    language = await find_language(update, context)
    await say_html(update, context, text(language, fixed_texts.LANGUAGE), language_keyboard(language))


async def unknown_command(update: Update, context: Context) -> None:
    """Answer a command that does not exist; in a group it may be meant for another bot, so nothing is said."""
    if update.effective_chat and update.effective_chat.type == ChatType.PRIVATE:
        await say(update, context, fixed_texts.UNKNOWN_COMMAND)
