"""The words of /start, /about, /sources and /helplines. Pure: takes values, returns Telegram HTML."""

from __future__ import annotations

from html import escape

from babel.dates import format_date

from bot.presenters import fixed_texts
from bot.presenters.bidi import isolate_numbers
from bot.presenters.reply import Operator
from bot.texts import locale_of, text
from knowledge.library import Library
from knowledge.records import HelplineRecord
from knowledge.vocabulary import HelplineStatus, Language


def present_start(language: Language, operator: Operator) -> str:
    """Who Satark is, who runs it, and what to do now."""
    return _paragraphs(
        text(language, fixed_texts.START),
        text(language, fixed_texts.SEND_PICTURES),
        present_operator(language, operator),
        text(language, fixed_texts.START_LANGUAGE),
    )


def present_help(language: Language) -> str:
    """How to use the bot."""
    return _paragraphs(text(language, fixed_texts.HELP), text(language, fixed_texts.SEND_PICTURES))


def present_about(language: Language, operator: Operator) -> str:
    """Return what Satark does and who runs it."""
    contact = text(language, fixed_texts.CONTACT, contact=operator.contact) if operator.contact else ""
    return _paragraphs(text(language, fixed_texts.ABOUT), present_operator(language, operator), contact)


def present_operator(language: Language, operator: Operator) -> str:
    """Who runs this bot, and whether it is a government service."""
    status = fixed_texts.GOVERNMENT if operator.is_government else fixed_texts.NOT_GOVERNMENT
    if not operator.name:
        return f"{text(language, fixed_texts.OPERATOR_UNKNOWN)} {text(language, status)}"
    return f"{text(language, fixed_texts.OPERATED_BY, operator=operator.name)} {text(language, status)}"


def present_sources(language: Language, library: Library) -> str:
    """Where the warnings come from, how many are in use and how new they are."""
    return _paragraphs(text(language, fixed_texts.SOURCES), _count_notices(language, library))


def present_helplines(language: Language, library: Library) -> str:
    """Return the helplines that may be shown to everybody: those known to be right at present, with owner and date."""
    current = [line for line in library.helplines if line.status is HelplineStatus.CURRENT]
    if not current:
        return text(language, fixed_texts.HELPLINES_NONE)
    shown = (_present_helpline(language, line) for line in sorted(current, key=_india_first))
    page = _paragraphs(text(language, fixed_texts.HELPLINES), *shown)
    return isolate_numbers(page) if language is Language.URDU else page


def _count_notices(language: Language, library: Library) -> str:
    count = str(len(library.advisories))
    days = [
        advisory.date for advisory in library.advisories.values() if advisory.date and advisory.date_precision == "day"
    ]
    if not days:
        return text(language, fixed_texts.SOURCES_COUNT_UNDATED, count=count)
    newest = format_date(max(days), format="long", locale=locale_of(language))
    return text(language, fixed_texts.SOURCES_COUNT, count=count, date=newest)


def _present_helpline(language: Language, line: HelplineRecord) -> str:
    ways = [*line.phones, *(f"WhatsApp {number}" for number in line.whatsapp), line.email, line.url]
    about = [escape(part) for part in (line.who_for, line.hours) if part]
    about.append(text(language, fixed_texts.HELPLINE_AS_OF, date=line.as_of))
    return "\n".join(
        [f"<b>{escape(line.name)}</b>", *(escape(way) for way in ways if way), f"<i>{'; '.join(about)}</i>"]
    )


def _india_first(line: HelplineRecord) -> tuple[bool, str]:
    return (line.country not in (None, "IN"), line.name)


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
