"""Wires the Telegram application: which handler answers what. The local page and the terminal use the very same one."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from telegram import BotCommand
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ExtBot,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest, HTTPXRequest

from bot.context import AnswersInquiries, Presents, Services, services_of_application, store_services
from bot.errors import apologise
from bot.handlers import buttons, information, inquiries, membership, unreadable
from bot.jobs import Job, now_utc
from bot.ordering import InOrderOfChat
from bot.people import Limits, People
from bot.presenters import fixed_texts
from bot.presenters.reply import Operator, present
from bot.texts import text
from knowledge.library import Library
from knowledge.settings import Settings
from knowledge.vocabulary import Language

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
JOBS_EVERY_S = 3600.0
CONNECT_WAITS_S = (1.0, 2.0, 4.0, 8.0)
NO_TOKEN = "0:local"  # noqa: S105 - the local page speaks to no server, but the library wants the shape of a token

SatarkApplication = Application[Any, Any, Any, Any, Any, Any]
log = structlog.get_logger(__name__)


class SatarkBot(ExtBot[None]):
    """The library's bot, which shows its token in its `repr`; this one does not."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "SatarkBot[token=hidden]"


def build_application(
    settings: Settings,
    advisor: AnswersInquiries,
    people: People,
    library: Callable[[], Library],
    *,
    request: BaseRequest | None = None,
    limits: Limits | None = None,
    presenter: Presents = present,
    clock: Callable[[], dt.datetime] = now_utc,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> SatarkApplication:
    """Build the application with all handlers; it is not started yet.

    With `request` every call to Telegram goes there (the local page records it); without, to the Bot API server of the
    settings. Raises `telegram.error.InvalidToken` where a token is needed and missing.
    """
    os.environ["PTB_TIMEDELTA"] = "true"  # durations come as timedelta; without it the library warns on each
    services = Services(
        advisor=advisor,
        people=people,
        limits=limits or Limits(clock),
        library=library,
        present=presenter,
        operator=build_operator(settings),
        staff_ids=settings.staff_ids,
        clock=clock,
        sleep=sleep,
    )
    bot = _build_bot(settings, request)
    application = ApplicationBuilder().bot(bot).updater(None).concurrent_updates(InOrderOfChat()).build()
    store_services(application.bot_data, services)
    _add_handlers(application)
    return application


def build_operator(settings: Settings) -> Operator:
    """Who runs this bot, as the settings say."""
    return Operator(
        name=settings.operator_name,
        contact=settings.operator_contact,
        is_government=settings.operator_is_government,
    )


@asynccontextmanager
async def running(application: SatarkApplication, jobs: Sequence[Job] = ()) -> AsyncIterator[SatarkApplication]:
    """Return the application between its start and its orderly end: what it has begun to answer is answered.

    Raises the library's errors where Telegram cannot be reached or refuses the token.
    """
    try:
        await _initialize(application)
        await _set_command_menu(application)
        await application.start()
        working = asyncio.create_task(_repeat(jobs))
        try:
            yield application
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await application.stop()
    finally:
        await application.shutdown()
        await application.bot.shutdown()  # where the start failed half-way, the line above leaves connections open


def command_menu(language: Language) -> list[BotCommand]:
    """Return the commands as the menu shows them."""
    return [BotCommand(name, text(language, words)) for name, words in _MENU.items()]


_MENU = {
    "check": fixed_texts.COMMAND_CHECK,
    "helplines": fixed_texts.COMMAND_HELPLINES,
    "sources": fixed_texts.COMMAND_SOURCES,
    "language": fixed_texts.COMMAND_LANGUAGE,
    "help": fixed_texts.COMMAND_HELP,
    "about": fixed_texts.COMMAND_ABOUT,
    "privacy": fixed_texts.COMMAND_PRIVACY,
    "start": fixed_texts.COMMAND_START,
}


def _add_handlers(application: SatarkApplication) -> None:
    commands = {
        "start": information.start,
        "help": information.explain,
        "check": inquiries.answer_check,
        "sources": information.sources,
        "helplines": information.helplines,
        "language": information.choose_language,
        "about": information.about,
        "privacy": information.privacy,
    }
    for name, handler in commands.items():
        application.add_handler(CommandHandler(name, handler, filters=filters.UpdateType.MESSAGE))
    message = filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(message & filters.COMMAND, information.unknown_command))
    application.add_handler(MessageHandler(message & (filters.TEXT | filters.CAPTION), inquiries.answer_message))
    application.add_handler(MessageHandler(message & ~filters.StatusUpdate.ALL, unreadable.explain_unreadable))
    application.add_handler(CallbackQueryHandler(buttons.answer_press))
    application.add_handler(ChatMemberHandler(membership.note_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(apologise)


def _build_bot(settings: Settings, request: BaseRequest | None) -> SatarkBot:
    if request is not None:
        return SatarkBot(NO_TOKEN, request=request, get_updates_request=request)
    token = settings.telegram_bot_token
    root = settings.telegram_api_base_url.rstrip("/")
    return SatarkBot(
        token.get_secret_value() if token else "",
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        # More than 16 requests in flight make the HTTP library slower, not faster. A long read time-out is the
        # cheapest way to fewer messages of which nobody knows whether they arrived.
        request=HTTPXRequest(connection_pool_size=16, connect_timeout=10, read_timeout=30, pool_timeout=30),
        get_updates_request=HTTPXRequest(connection_pool_size=2, connect_timeout=10, read_timeout=15),
    )


async def _initialize(application: SatarkApplication) -> None:
    """Greet Telegram, with some patience: after a power cut the bot often starts before the network does."""
    sleep = services_of_application(application).sleep
    for wait in CONNECT_WAITS_S:
        try:
            await application.initialize()
            return
        except InvalidToken:
            raise
        except NetworkError as error:
            log.warning("Telegram could not be reached; trying again.", reason=type(error).__name__, seconds=wait)
            await sleep(wait)
    await application.initialize()


async def _set_command_menu(application: SatarkApplication) -> None:
    """Fill the command menu. A menu that cannot be set is no reason not to answer people."""
    try:
        await application.bot.set_my_commands(command_menu(Language.ENGLISH))
        for language in (Language.ENGLISH, Language.HINDI):
            await application.bot.set_my_commands(command_menu(language), language_code=language.value)
    except TelegramError as error:
        log.warning("The command menu could not be set.", reason=type(error).__name__)


async def _repeat(jobs: Sequence[Job]) -> None:
    """Do every job now and then each hour. A job that fails is logged and tried again the next time."""
    while True:
        for job in jobs:
            try:
                await asyncio.to_thread(job.do)
            except Exception as error:  # one job must not keep the others from their turn
                log.error("A job failed; the next try is in an hour.", job=job.title, exc_info=error)
        await asyncio.sleep(JOBS_EVERY_S)
