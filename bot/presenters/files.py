"""Words around pictures and files: what was read in them, and what to do where nothing could be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.attachments import Trouble
from bot.presenters import fixed_texts
from bot.texts import text
from knowledge.advisor.replies import ReadFrom
from knowledge.vocabulary import Language

MOST_WORDS_SHOWN = 600  # characters; enough to see whether it was read rightly
_TROUBLES = {
    Trouble.TOO_LARGE: fixed_texts.FILE_TOO_LARGE,
    Trouble.LOCKED: fixed_texts.FILE_LOCKED,
    Trouble.WRONG_KIND: fixed_texts.FILE_WRONG_KIND,
    Trouble.BUSY: fixed_texts.FILE_BUSY,
    Trouble.NOT_FETCHED: fixed_texts.FILE_NOT_FETCHED,
    Trouble.TOO_MANY: fixed_texts.TOO_MANY_FILES,
}


def present_read_words(language: Language, words: Sequence[str]) -> str:
    """Return the beginning of what was read, as a quotation; it comes from outside and is escaped."""
    read = "\n\n".join(" ".join(part.split()) for part in words)
    shown = read if len(read) <= MOST_WORDS_SHOWN else f"{read[:MOST_WORDS_SHOWN].rstrip()} …"
    return f"{text(language, fixed_texts.READ_WORDS)}\n<blockquote>{escape(shown, quote=False)}</blockquote>"


def present_trouble(language: Language, troubles: Sequence[Trouble], source: ReadFrom) -> str:
    """Return why something could not be read and what to do, and that this says nothing about the offer."""
    messages = dict.fromkeys(_message_of(trouble, source) for trouble in troubles)
    parts = [text(language, message) for message in messages]
    if fixed_texts.PICTURE not in messages:  # which says it itself
        parts.append(text(language, fixed_texts.NOT_READ_PROVES_NOTHING))
    return "\n\n".join(parts)


def _message_of(trouble: Trouble, source: ReadFrom) -> str:
    if trouble is Trouble.NO_PICTURE_READER:
        return fixed_texts.PICTURE
    if trouble in _TROUBLES:
        return _TROUBLES[trouble]
    return fixed_texts.PICTURE_UNREADABLE if source is ReadFrom.PICTURE else fixed_texts.FILE_UNREADABLE
