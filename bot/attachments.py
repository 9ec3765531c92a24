"""Knows which file a message carries, and fetches and reads it. Keeps nothing: words come out, bytes are dropped.

Downloading and reading happen in few places at once, so that files neither fill the memory nor take the processor from
people who ask in words. What reads a file, in a child process, is `knowledge/documents`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol

import structlog
from telegram import Bot, Message, PhotoSize
from telegram import Document as TelegramDocument
from telegram.error import TelegramError

from knowledge.documents.document import Document, Unreadable, UnreadableReason
from knowledge.documents.reading import read_document

MOST_BYTES = 20 * 1024 * 1024  # what the Bot API lets a bot download
READ_AT_ONCE = 2
LONGEST_DOWNLOAD_S = 45.0
LONGEST_WAIT_S = 90.0  # for a turn; after that the person is asked to type the words or to come back

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Attached:
    """One picture or file of a message, as Telegram describes it; `name`, `media_type` and `size` are only claims."""

    file_id: str
    name: str | None = None
    media_type: str | None = None
    size: int | None = None
    is_picture: bool = False


class Trouble(StrEnum):
    """Why a file was not read, as far as it matters to the person."""

    TOO_LARGE = "too_large"
    LOCKED = "locked"
    WRONG_KIND = "wrong_kind"
    NO_PICTURE_READER = "no_picture_reader"
    BUSY = "busy"
    NOT_FETCHED = "not_fetched"
    TOO_MANY = "too_many"
    UNREADABLE = "unreadable"


class NotRead(Exception):
    """A file that could not be fetched or read; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class ReadsDocuments(Protocol):
    """What turns bytes into a document. Blocks; raises `Unreadable`."""

    def __call__(self, data: bytes, *, name: str | None = None, declared_type: str | None = None) -> Document:
        """Read one file."""


class FileReader:
    """Fetches and reads attached files, few at once; the others wait in the order in which they came."""

    def __init__(self, read: ReadsDocuments = read_document, *, at_once: int = READ_AT_ONCE) -> None:
        self._read = read
        self._slots = asyncio.Semaphore(at_once)

    async def read(self, bot: Bot, attached: Attached) -> Document:
        """Return what a file says. Raises `NotRead`."""
        async with self._turn():
            data = await _fetch(bot, attached)
            reading = partial(self._read, data, name=attached.name, declared_type=attached.media_type)
            try:
                return await _in_thread(reading)
            except Unreadable as refusal:
                log.info("A file could not be read.", reason=refusal.reason.value)
                raise NotRead(_trouble_of(refusal.reason)) from None
            except Exception as error:  # a fault of a reader costs the person one file, not the answer
                log.error("A file could not be read.", exc_info=error)
                raise NotRead(Trouble.UNREADABLE) from None

    async def fetch(self, bot: Bot, attached: Attached) -> bytes:
        """Return the bytes of a file, as staff hand it in. Raises `NotRead`."""
        async with self._turn():
            return await _fetch(bot, attached)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            await asyncio.wait_for(self._slots.acquire(), LONGEST_WAIT_S)
        except TimeoutError:
            raise NotRead(Trouble.BUSY) from None
        try:
            yield
        finally:
            self._slots.release()


async def _in_thread(reading: Callable[[], Document]) -> Document:
    """Read in a thread of its own: it takes no place from those who answer and holds up no stop."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Document] = loop.create_future()

    def note(result: Document | None, error: BaseException | None) -> None:
        if done.done():  # nobody waits for it any more
            return
        if error is not None:
            done.set_exception(error)
        elif result is not None:
            done.set_result(result)

    def work() -> None:
        result, failure = None, None
        try:
            result = reading()
        except BaseException as error:  # it belongs to whoever waits
            failure = error
        with suppress(RuntimeError):  # the loop is closed: the program is ending
            loop.call_soon_threadsafe(note, result, failure)

    threading.Thread(target=work, name="file", daemon=True).start()
    return await done


def find_attached(message: Message) -> Attached | None:
    """Return the picture or file of a message; None where it has none that could be read, such as a video."""
    if message.photo:
        picture = max(message.photo, key=_area)
        return Attached(picture.file_id, None, "image/jpeg", picture.file_size, is_picture=True)
    if message.document and not (message.animation or _is_for_ears_and_eyes(message.document)):
        file = message.document
        is_picture = (file.mime_type or "").startswith("image/")
        return Attached(file.file_id, file.file_name, file.mime_type, file.file_size, is_picture=is_picture)
    return None


async def _fetch(bot: Bot, attached: Attached) -> bytes:
    """Download a file. No error of this function carries an address: it would hold the bot's token."""
    if (attached.size or 0) > MOST_BYTES:
        raise NotRead(Trouble.TOO_LARGE)
    try:
        async with asyncio.timeout(LONGEST_DOWNLOAD_S):
            file = await bot.get_file(attached.file_id)
            if (file.file_size or 0) > MOST_BYTES:
                raise NotRead(Trouble.TOO_LARGE)
            data = bytes(await file.download_as_bytearray())
    except (TelegramError, TimeoutError, RuntimeError, OSError) as error:
        log.warning("A file could not be fetched.", reason=type(error).__name__)
        raise NotRead(_trouble_of_fetching(error)) from None
    if len(data) > MOST_BYTES:
        raise NotRead(Trouble.TOO_LARGE)
    return data


def _trouble_of_fetching(error: Exception) -> Trouble:
    return Trouble.TOO_LARGE if "too big" in str(error).lower() else Trouble.NOT_FETCHED


_TROUBLES = {
    UnreadableReason.TOO_LARGE: Trouble.TOO_LARGE,
    UnreadableReason.TOO_MANY_PAGES: Trouble.TOO_LARGE,
    UnreadableReason.TOO_MUCH_TEXT: Trouble.TOO_LARGE,
    UnreadableReason.PICTURE_TOO_LARGE: Trouble.TOO_LARGE,
    UnreadableReason.ENCRYPTED: Trouble.LOCKED,
    UnreadableReason.NOT_SUPPORTED: Trouble.WRONG_KIND,
    UnreadableReason.TYPE_MISMATCH: Trouble.WRONG_KIND,
    UnreadableReason.MACROS: Trouble.WRONG_KIND,
    UnreadableReason.ANIMATED: Trouble.WRONG_KIND,
    UnreadableReason.NO_PICTURE_READER: Trouble.NO_PICTURE_READER,
    UnreadableReason.NO_ISOLATION: Trouble.NO_PICTURE_READER,
    UnreadableReason.BUSY: Trouble.BUSY,
}


def _trouble_of(reason: UnreadableReason) -> Trouble:
    return _TROUBLES.get(reason, Trouble.UNREADABLE)


def _area(picture: PhotoSize) -> int:
    return picture.width * picture.height


def _is_for_ears_and_eyes(file: TelegramDocument) -> bool:
    return (file.mime_type or "").startswith(("audio/", "video/"))
