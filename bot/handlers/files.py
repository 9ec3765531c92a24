"""Offers that come as pictures or files: fetched, read, and answered together with the words that came with them.

What cannot be read never looks like "no warning": the person is told what to do instead, and a verdict on the rest is
not lowered by it. Bytes and what they said are dropped as soon as the answer is out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from telegram import Message, Update
from telegram.constants import ChatAction, ParseMode
from telegram.error import TelegramError

from bot.albums import Album
from bot.answering import may_send
from bot.attachments import Attached, NotRead, Trouble, find_attached
from bot.context import Context, find_chosen_language, find_language, services_of
from bot.handlers.addressing import words_of
from bot.handlers.conversing import remember
from bot.handlers.replying import answer, may_ask
from bot.handlers.talking import say_html
from bot.handlers.telling import tell
from bot.people import Allowance
from bot.presenters import fixed_texts
from bot.presenters.files import present_read_words, present_trouble
from bot.texts import text
from bot.waiting_behind import list_waiting_behind
from knowledge.advisor.advisor import LONGEST_MESSAGE
from knowledge.advisor.replies import Inquiry, ReadFrom, Reply
from knowledge.advisor.unread import SURELY_READ, mark_quotes, says_nothing, without_all_words
from knowledge.documents.document import Document

ALBUM_PATIENCE_S = 1.0  # the pictures of an album arrive one after the other, within this time
LONGEST_READING_S = 150.0  # of one album, so that its answer comes before the update counts as stuck

log = structlog.get_logger(__name__)


@dataclass
class _Read:
    """What came of the files of one message or album."""

    words: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    source: ReadFrom = ReadFrom.FILE
    is_sure: bool = True
    is_whole: bool = True


async def answer_files(update: Update, context: Context) -> None:
    """Answer a picture, a file, or an album of them, once, with everything that came together."""
    message = update.message
    if message is None:
        return
    messages, album = await _gather(message, context)
    if not messages:  # it was answered together with an earlier picture of its album
        return
    typed = _join(*(words_of(one, context.bot.bot) for one in messages))
    await answer_attached(update, context, [found for one in messages if (found := find_attached(one))], typed, album)


async def answer_attached(
    update: Update, context: Context, attached: Sequence[Attached], typed: str, album: Album | None = None
) -> None:
    """Read files and answer them with the words that the person typed. Somebody in danger is answered first."""
    services = services_of(context)
    is_urgent = bool(typed) and await asyncio.to_thread(services.advisor.is_emergency, typed)
    if is_urgent:
        await answer(update, context, typed, fixed_texts.WORDS_FIRST)
        return
    if not await may_ask(update, context, typed):
        return
    read = await _read_all(update, context, attached)
    if album is not None:
        album.typed += [typed] if typed else []
        album.read += read.words
        typed, read.words = _join(*album.typed), list(album.read)
    await _answer(update, context, typed, read)


async def _gather(message: Message, context: Context) -> tuple[list[Message], Album | None]:
    """Return the pictures that belong together, this one first; none where they were answered already."""
    albums, album_id, chat_id = services_of(context).albums_read, message.media_group_id, message.chat.id
    if album_id is None:
        return [message], None
    if albums.is_taken(chat_id, album_id, message.message_id):
        return [], None
    await services_of(context).sleep(ALBUM_PATIENCE_S)
    behind = [_parse(raw, context) for raw in await list_waiting_behind()]
    others = [one for one in behind if one and one.media_group_id == album_id and one.chat.id == chat_id]
    together = [message, *others]
    return together, albums.take(chat_id, album_id, [one.message_id for one in together])


def _parse(raw: str, context: Context) -> Message | None:
    try:
        return Update.de_json(json.loads(raw), context.bot).message
    except Exception as error:  # when its own turn comes it is set aside as unreadable
        log.info("A waiting update could not be read.", reason=type(error).__name__)
        return None


async def _read_all(update: Update, context: Context, attached: Sequence[Attached]) -> _Read:
    """Read one after the other; one that fails does not stop the rest."""
    read = _Read(source=ReadFrom.PICTURE if any(one.is_picture for one in attached) else ReadFrom.FILE)
    if not _may_send_files(update, context):
        read.troubles = [Trouble.TOO_MANY] * len(attached)
        return read
    progress = await _say_reading(update, context, read.source)
    until = asyncio.get_running_loop().time() + LONGEST_READING_S
    for one in attached:
        try:
            async with asyncio.timeout_at(until):
                _take(read, await services_of(context).files.read(context.bot, one))
        except NotRead as failure:
            read.troubles.append(failure.trouble)
        except TimeoutError:
            read.troubles.append(Trouble.BUSY)
    await _show_words(update, context, progress, read)
    return read


def _take(read: _Read, document: Document) -> None:
    if not document.text.strip():
        read.troubles.append(Trouble.UNREADABLE)
        return
    read.words.append(document.text.strip())
    if document.confidence is not None:
        read.source = ReadFrom.PICTURE
        read.is_sure = read.is_sure and document.confidence >= SURELY_READ


async def _answer(update: Update, context: Context, typed: str, read: _Read) -> None:
    inquiry = Inquiry(_join(typed, *read.words), await find_chosen_language(update, context))
    reply = await _ask(context, inquiry, typed, read) if inquiry.text else None
    is_incomplete = bool(read.troubles) or not read.is_sure or not read.is_whole
    if reply is None or (is_incomplete and says_nothing(reply)):
        await _explain(update, context, read)
        return
    shown = await tell(update, context, inquiry, reply, _notes(reply, typed, read))
    remember(update, context, inquiry, shown)


async def _ask(context: Context, inquiry: Inquiry, typed: str, read: _Read) -> Reply:
    read.is_whole = len(inquiry.text) <= LONGEST_MESSAGE
    reply = await asyncio.to_thread(services_of(context).advisor.reply, inquiry)
    reply = mark_quotes(reply, typed, read.source)
    everything = not read.troubles and read.is_sure and read.is_whole
    return reply if everything else without_all_words(reply)


def _notes(reply: Reply, typed: str, read: _Read) -> list[str]:
    """Return what has to be said of the reading, in the language of the reply."""
    notes = []
    if read.troubles and read.words:
        notes.append(fixed_texts.SOME_NOT_READ)
    elif read.troubles and typed:
        notes.append(fixed_texts.ONLY_YOUR_WORDS)
    if read.words and not read.is_sure:
        notes.append(fixed_texts.HARD_TO_READ)
    elif read.words and read.source is ReadFrom.PICTURE:
        notes.append(fixed_texts.READ_FROM_PICTURE)
    if not read.is_whole:
        notes.append(fixed_texts.ONLY_BEGINNING_READ)
    told = [present_trouble(reply.language, read.troubles, read.source)] if read.troubles else []
    return [*(text(reply.language, note) for note in notes), *told]


async def _explain(update: Update, context: Context, read: _Read) -> None:
    """Say why nothing could be read, and what to do."""
    services, person = services_of(context), update.effective_user
    troubles = read.troubles or [Trouble.UNREADABLE]
    if set(troubles) == {Trouble.TOO_MANY} and person and not services.file_limits.tell_once(person.id):
        return
    language = await find_language(update, context)
    await say_html(update, context, present_trouble(language, troubles, read.source))


def _may_send_files(update: Update, context: Context) -> bool:
    person = update.effective_user
    return person is None or services_of(context).file_limits.count(person.id) is Allowance.GRANTED


async def _say_reading(update: Update, context: Context, source: ReadFrom) -> int | None:
    """Say that reading takes a while; returns the message, which later shows what was read."""
    chat = update.effective_chat
    if chat is None or not await may_send():
        return None
    language = await find_language(update, context)
    words = fixed_texts.READING_PICTURE if source is ReadFrom.PICTURE else fixed_texts.READING_FILE
    try:
        await context.bot.send_chat_action(chat.id, ChatAction.TYPING)
        sent = await context.bot.send_message(chat.id, text(language, words), parse_mode=ParseMode.HTML)
    except TelegramError as error:  # the answer matters, not that it is announced
        log.info("Reading could not be announced.", reason=type(error).__name__)
        return None
    return sent.message_id


async def _show_words(update: Update, context: Context, progress: int | None, read: _Read) -> None:
    """Turn the announcement into what was read, so that the person sees where it is wrong."""
    chat = update.effective_chat
    if chat is None or progress is None or not read.words:
        return
    html = present_read_words(await find_language(update, context), read.words)
    try:
        await context.bot.edit_message_text(html, chat.id, progress, parse_mode=ParseMode.HTML)
    except TelegramError as error:
        log.info("What was read could not be shown.", reason=type(error).__name__)


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part.strip())
