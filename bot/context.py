"""What every handler is given: the advisor, what is remembered of people, and who runs the bot. Built once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from telegram import Update
from telegram.ext import Application, ContextTypes

from bot.albums import Albums
from bot.attachments import FileReader
from bot.conversations import RecentConversations
from bot.forgetting import Forgetting
from bot.people import Limits, People
from bot.presenters.reply import Operator, Presented
from bot.recent_questions import RecentQuestions
from bot.texts import catalogue_languages
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.library import Library
from knowledge.vocabulary import Language

Context = ContextTypes.DEFAULT_TYPE
_SERVICES = "services"


class AnswersInquiries(Protocol):
    """The advisor as the bot sees it. Both calls block and may come from any thread."""

    def reply(self, inquiry: Inquiry) -> Reply:
        """Answer one message."""

    def is_emergency(self, text: str) -> bool:
        """Whether somebody needs help first."""


class TellsReplies(Protocol):
    """A language model behind its guards. `tell` blocks, never raises, and may come from any thread."""

    def may_tell(self, reply: Reply) -> bool:
        """Whether the model is asked about this reply."""

    def tell(self, inquiry: Inquiry, reply: Reply, asker: str | None = None) -> Reply:
        """Return the reply with what the model tells, or as it was."""


class Presents(Protocol):
    """Turns a reply into words."""

    def __call__(self, reply: Reply, *, operator: Operator) -> Presented:
        """Return the words of one reply."""


class RecentAlbums:
    """Which albums were spoken about lately: Telegram sends every picture of an album as a message of its own."""

    def __init__(self, keep: int = 500) -> None:
        self._keep = keep
        self._known: OrderedDict[str, None] = OrderedDict()

    def is_first(self, album_id: str | None) -> bool:
        """Whether nothing was said about this album yet; single pictures (None) always count as first."""
        if album_id is None:
            return True
        first = album_id not in self._known
        self._known[album_id] = None
        while len(self._known) > self._keep:
            self._known.popitem(last=False)
        return first


@dataclass(frozen=True)
class Services:
    """The parts that handlers call. `library` gives what may be said at present."""

    advisor: AnswersInquiries
    people: People
    limits: Limits
    library: Callable[[], Library]
    present: Presents
    operator: Operator
    staff_ids: tuple[int, ...]
    clock: Callable[[], dt.datetime]
    forgetting: Forgetting
    files: FileReader
    file_limits: Limits
    albums_read: Albums
    questions: RecentQuestions
    conversations: RecentConversations
    alert_approvals: int = 2
    teller: TellsReplies | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    albums: RecentAlbums = field(default_factory=RecentAlbums)
    staff_told: dict[str, dt.datetime] = field(default_factory=dict)  # place of trouble -> when staff heard of it


def store_services(bot_data: dict[object, object], services: Services) -> None:
    """Put the services where `services_of` finds them."""
    bot_data[_SERVICES] = services


def services_of(context: Context) -> Services:
    """Return the services of the application that this update came to."""
    return cast(Services, context.bot_data[_SERVICES])


def services_of_application(application: Application[Any, Any, Any, Any, Any, Any]) -> Services:
    """Return the services that an application was built with."""
    return cast(Services, application.bot_data[_SERVICES])


async def find_chosen_language(update: Update, context: Context) -> Language | None:
    """Return the language that the person chose, or None. Raises `DatabaseUnavailable`."""
    person = update.effective_user
    if person is None:
        return None
    return await asyncio.to_thread(services_of(context).people.find_language, person.id)


def language_of_app(update: Update) -> Language:
    """Return the language of the person's Telegram, as far as the bot's fixed texts have it; else English."""
    code = (update.effective_user.language_code if update.effective_user else None) or ""
    language = code.partition("-")[0]
    return Language(language) if language in catalogue_languages() else Language.ENGLISH


async def find_language(update: Update, context: Context) -> Language:
    """Return the language for fixed texts: the person's choice, else that of their Telegram."""
    return await find_chosen_language(update, context) or language_of_app(update)
