"""Wires the Telegram application: which handler answers what. The local page and the terminal use the very same one."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
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
from telegram.request import BaseRequest

from bot.aiohttp_request import AiohttpRequest
from bot.albums import Albums
from bot.attachments import FileReader
from bot.context import (
    AnswersInquiries,
    Presents,
    Services,
    TellsReplies,
    services_of_application,
    store_services,
)
from bot.conversations import RecentConversations
from bot.errors import apologise
from bot.forgetting import Forgetting
from bot.gate import UNLIMITED, Gate, Turn, choose_pace
from bot.handlers import (
    agents,
    approving,
    asking_staff,
    buttons,
    desk,
    helpline_changes,
    information,
    inquiries,
    membership,
    own_data,
    subscribing,
    unreadable,
)
from bot.jobs import Job, now_utc
from bot.people import Limits, People
from bot.presenters import fixed_texts
from bot.presenters.desk import DESK_PRESS
from bot.presenters.own_data import ERASING
from bot.presenters.reply import Operator, present
from bot.presenters.staff import STAFF_PRESS
from bot.presenters.subscriptions import SUBSCRIBING
from bot.presenters.worklist import ASKING_STAFF
from bot.recent_questions import RecentQuestions
from bot.texts import catalogue_languages, text
from knowledge.library import Library
from knowledge.settings import Settings
from knowledge.vocabulary import Language

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
CONNECT_WAITS_S = (1.0, 2.0, 4.0, 8.0)
FILES_PER_PERIOD, FILES_PER_DAY, FILE_PERIOD = 5, 40, dt.timedelta(minutes=10)  # an album counts once
NO_TOKEN = "0:local"  # noqa: S105 - the local page speaks to no server, but the library wants the shape of a token

_NO_PREVIEW = json.dumps({"is_disabled": True})

SatarkApplication = Application[Any, Any, Any, Any, Any, Any]
log = structlog.get_logger(__name__)


class SatarkBot(ExtBot[Turn]):
    """The library's bot, which shows its token in its `repr` and parses updates at once; this one does neither."""

    __slots__ = ()

    async def get_raw_updates(self, *, offset: int | None, timeout_s: int) -> list[object]:
        """Fetch updates as Telegram's own JSON, so that one which the library cannot parse blocks no other.

        Raises the library's errors.
        """
        asked = {"offset": offset, "timeout": timeout_s, "allowed_updates": list(ALLOWED_UPDATES)}
        own_time_out = self._request[0].read_timeout or 0.0
        found = await self._post("getUpdates", asked, read_timeout=own_time_out + timeout_s)
        if not isinstance(found, list):
            raise TelegramError("getUpdates did not answer with a list")
        return list(found)

    async def send_alert(
        self,
        chat_id: int,
        words: str,
        *,
        is_html: bool,
        reply_to: int | None,
        is_paid: bool,
        turn: Turn,
        buttons: str | None = None,
    ) -> int:
        """Send one message of a broadcast and return its id. Raises the library's errors, and TypeError or KeyError.

        `buttons` is a keyboard as JSON, since thousands of messages carry the same. Nothing else of Telegram's answer
        is read: parsing whole messages would be a third of the work of a broadcast.
        """
        asked: dict[str, object] = {"chat_id": chat_id, "text": words, "link_preview_options": _NO_PREVIEW}
        if is_html:
            asked["parse_mode"] = "HTML"
        if reply_to is not None:
            asked["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
        if is_paid:
            asked["allow_paid_broadcast"] = True
        if buttons is not None:
            asked["reply_markup"] = buttons
        sent = await self._post("sendMessage", asked, api_kwargs=self._merge_api_rl_kwargs(None, turn))
        if not isinstance(sent, dict):
            raise TypeError("sendMessage did not answer with a message")
        return int(sent["message_id"])

    def __repr__(self) -> str:
        return "SatarkBot[token=hidden]"


def build_application(
    settings: Settings,
    advisor: AnswersInquiries,
    people: People,
    library: Callable[[], Library],
    *,
    request: BaseRequest | None = None,
    gate: Gate | None = None,
    limits: Limits | None = None,
    files: FileReader | None = None,
    presenter: Presents = present,
    teller: TellsReplies | None = None,
    clock: Callable[[], dt.datetime] = now_utc,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> SatarkApplication:
    """Build the application with all handlers; it is not started yet.

    With `request` every call to Telegram goes there (the local page records it); without, to the Bot API server of the
    settings. All that is sent passes `gate`. Raises `telegram.error.InvalidToken` where a token is needed and missing.
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
        forgetting=Forgetting(people.engine, clock),
        files=files or FileReader(),
        file_limits=Limits(clock, per_minute=FILES_PER_PERIOD, per_day=FILES_PER_DAY, minute=FILE_PERIOD),
        albums_read=Albums(clock),
        questions=RecentQuestions(clock),
        conversations=RecentConversations(clock),
        alert_approvals=settings.alert_approvals,
        teller=teller,
        sleep=sleep,
    )
    bot = _build_bot(settings, request, gate)
    application = ApplicationBuilder().bot(bot).updater(None).build()
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
        working = asyncio.create_task(_repeat_all(jobs))
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
    "agent": fixed_texts.COMMAND_AGENT,
    "helplines": fixed_texts.COMMAND_HELPLINES,
    "sources": fixed_texts.COMMAND_SOURCES,
    "subscribe": fixed_texts.COMMAND_SUBSCRIBE,
    "alerts": fixed_texts.COMMAND_ALERTS,
    "unsubscribe": fixed_texts.COMMAND_UNSUBSCRIBE,
    "language": fixed_texts.COMMAND_LANGUAGE,
    "help": fixed_texts.COMMAND_HELP,
    "about": fixed_texts.COMMAND_ABOUT,
    "privacy": fixed_texts.COMMAND_PRIVACY,
    "my_data": fixed_texts.COMMAND_MY_DATA,
    "delete_me": fixed_texts.COMMAND_DELETE_ME,
    "start": fixed_texts.COMMAND_START,
}


_READABLE_FILE = filters.Document.ALL & ~(
    filters.ANIMATION | filters.Document.Category("video/") | filters.Document.Category("audio/")
)


def _add_handlers(application: SatarkApplication) -> None:
    commands = {
        "start": information.start,
        "help": information.explain,
        "check": inquiries.answer_check,
        "agent": agents.answer_agent,
        "helpline_changes": helpline_changes.show_changes,
        "approve_helpline": helpline_changes.approve_helpline,
        "reject_helpline": helpline_changes.reject_helpline,
        "sources": information.sources,
        "helplines": information.helplines,
        "language": information.choose_language,
        "about": information.about,
        "privacy": information.privacy,
        "subscribe": subscribing.subscribe,
        "alerts": subscribing.show_alerts,
        "unsubscribe": subscribing.unsubscribe,
        "why": subscribing.explain_why,
        "my_data": own_data.show_own_data,
        "delete_me": own_data.offer_erasure,
        "desk": desk.show_desk,
        "draft": desk.show_draft,
        "add": desk.add,
        "worklist": desk.show_worklist,
        "pending": approving.show_pending,
        "approve": approving.approve,
        "cancel": approving.call_off,
        "status": approving.show_status,
        "canary": approving.choose_canary,
    }
    for name, handler in commands.items():
        application.add_handler(CommandHandler(name, handler, filters=filters.UpdateType.MESSAGE))
    message = filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(message & filters.COMMAND, information.unknown_command))
    asks = filters.TEXT | filters.CAPTION | filters.PHOTO | _READABLE_FILE
    application.add_handler(MessageHandler(message & asks, inquiries.answer_message))
    application.add_handler(MessageHandler(message & ~filters.StatusUpdate.ALL, unreadable.explain_unreadable))
    application.add_handler(MessageHandler(message & filters.StatusUpdate.MIGRATE, membership.follow_group))
    application.add_handler(CallbackQueryHandler(own_data.answer_erasure_press, pattern=ERASING))
    application.add_handler(CallbackQueryHandler(subscribing.answer_choice, pattern=SUBSCRIBING))
    application.add_handler(CallbackQueryHandler(approving.answer_staff_press, pattern=STAFF_PRESS))
    application.add_handler(CallbackQueryHandler(desk.answer_desk_press, pattern=DESK_PRESS))
    application.add_handler(CallbackQueryHandler(asking_staff.answer_press, pattern=ASKING_STAFF))
    application.add_handler(CallbackQueryHandler(buttons.answer_press))
    application.add_handler(ChatMemberHandler(membership.note_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(apologise)


def _build_bot(settings: Settings, request: BaseRequest | None, gate: Gate | None) -> SatarkBot:
    if request is not None:  # nobody's limits hold on the local page
        return SatarkBot(NO_TOKEN, request=request, get_updates_request=request, rate_limiter=gate or Gate(UNLIMITED))
    token = settings.telegram_bot_token
    root = settings.telegram_api_base_url.rstrip("/")
    return SatarkBot(
        token.get_secret_value() if token else "",
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        # A long read time-out is the cheapest way to fewer messages of which nobody knows whether they arrived.
        request=AiohttpRequest(read_timeout_s=30),
        get_updates_request=AiohttpRequest(connections=2, read_timeout_s=15),
        rate_limiter=gate or Gate(choose_pace(settings.alert_rate_per_second)),
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
        for language in sorted(catalogue_languages() - {Language.HINGLISH}):  # Telegram takes ISO 639-1 codes only
            await application.bot.set_my_commands(command_menu(language), language_code=language.value)
    except TelegramError as error:
        log.warning("The command menu could not be set.", reason=type(error).__name__)


async def _repeat_all(jobs: Sequence[Job]) -> None:
    """Do every job now and then again and again, each at its own pace."""
    await asyncio.gather(*(_repeat(job) for job in jobs))


async def _repeat(job: Job) -> None:
    """Do one job for ever. When it fails, that is logged, and it is tried again the next time."""
    while True:
        try:
            await asyncio.to_thread(job.do)
        except Exception as error:  # one failure must not end the job for good
            log.error("A job failed; it is tried again.", job=job.title, seconds=job.every_s, exc_info=error)
        await asyncio.sleep(job.every_s)
