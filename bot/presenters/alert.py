"""Words an alert in one language: what happened, what to do, why it came and how to stop it. Decides nothing.

The same words go to everyone of one language, since staff approve exactly them. Only approved records are quoted: our
own summary of a notice is worded as a summary, official words stand in quotation marks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape

from babel import Locale
from babel.dates import format_date, format_datetime

from bot.presenters import alert_texts as words
from bot.presenters import reply_texts
from bot.presenters.reply import as_plain
from bot.texts import locale_of, text
from knowledge.library import INDIA
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import Language, Severity, TextKind, Topic

MOST_NAMES = 4  # countries or topics named in a heading
LONGEST_SUMMARY = 600  # characters; a whole alert must fit into one message
LONGEST_HEADLINE = 220
THE_PRESS = "the press"  # `reported_by` where the outlet is not known
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class AlertWords:
    """What the words of an alert are made of, beside the language."""

    number: int
    notice: AdvisoryRecord
    message: str  # alert | update | cancel
    is_test: bool
    is_emergency: bool
    for_asker: bool  # for somebody whose verdict cited the notice
    for_everyone: bool
    requested_at: dt.datetime
    earlier_headline: str = ""  # of what an update or a cancellation refers to, in the same language


@dataclass(frozen=True)
class PresentedAlert:
    """An alert in one language: the message, its entry in a digest, and what the earlier message becomes (if any)."""

    html: str
    headline: str
    edit: str | None


def present_alert(alert: AlertWords, language: Language) -> PresentedAlert:
    """Word an alert in one language."""
    wording = _Wording(alert, language)
    return PresentedAlert(wording.message(), wording.headline(), wording.edit())


def present_digest(language: Language, headlines: Iterable[str]) -> str:
    """Join several alerts into one message."""
    entries = [f"▪️ {headline}" for headline in headlines]
    return "\n\n".join([text(language, words.DIGEST), *entries, text(language, words.DIGEST_FOOT)])


class _Wording:
    """The words of one alert in one language."""

    def __init__(self, alert: AlertWords, language: Language) -> None:
        self.alert = alert
        self.notice = alert.notice
        self.language = language
        self.locale = Locale.parse(locale_of(language))

    def message(self) -> str:
        """All of it."""
        parts = [
            self._say(words.TEST_HEAD) if self.alert.is_test else "",
            self._head(),
            self._meaning(),
            self._body() if self.alert.message != "cancel" else self._name(),
            self._todo(),
            self._foot(),
            self._say(words.TEST_FOOT) if self.alert.is_test else "",
        ]
        return "\n\n".join(part for part in parts if part)

    def headline(self) -> str:
        """Its entry in a digest."""
        summary = _shorten(self._plain_summary(), LONGEST_HEADLINE)
        mark = f"{self._say(words.TEST_HEAD)} " if self.alert.is_test else ""
        return f"{mark}<b>{self._about()}</b>: {escape(summary, quote=False)} ({self._issuer()}, {self._date()})"

    def edit(self) -> str | None:
        """What the earlier message becomes: what it said, struck through."""
        heads = {"update": words.EDIT_UPDATE, "cancel": words.EDIT_CANCEL}
        if self.alert.message not in heads:
            return None
        said = as_plain(self.alert.earlier_headline) or self._about_plain()
        parts = [
            self._say(words.TEST_HEAD) if self.alert.is_test else "",
            self._say(heads[self.alert.message]),
            f"<s>{escape(said, quote=False)}</s>",
        ]
        return "\n\n".join(part for part in parts if part)

    def _head(self) -> str:
        head = {"update": words.HEAD_UPDATE, "cancel": words.HEAD_CANCEL}.get(self.alert.message)
        if head is None and self.alert.is_emergency:
            head = words.HEAD_EMERGENCY
        if head is None:
            head = words.HEAD_NOTICE if self.notice.severity is Severity.NOTICE else words.HEAD
        return self._say(head, about=self._about_plain())

    def _meaning(self) -> str:
        meanings = {
            ("update", False): words.UPDATE_MEANING,
            ("cancel", False): words.CANCEL_MEANING,
            ("update", True): words.UPDATE_MEANING_ASKER,
            ("cancel", True): words.CANCEL_MEANING_ASKER,
        }
        meaning = meanings.get((self.alert.message, self.alert.for_asker))
        return self._say(meaning) if meaning else ""

    def _body(self) -> str:
        return f"{self._name()}\n{self._summary()} {self._link()}".strip()

    def _name(self) -> str:
        title = f" — {escape(self.notice.title, quote=False)}" if self.notice.title else ""
        return f"📄 <b>{self._issuer()}, {self._date()}</b>{title}"

    def _summary(self) -> str:
        summary = _shorten(self._plain_summary(), LONGEST_SUMMARY)
        if self._is_official_wording():
            return self._say(reply_texts.OFFICIAL_WORDS, summary=summary)
        if self.notice.reported_by is None:
            worded = self._say(reply_texts.IN_SHORT, summary=summary)
        elif self.notice.reported_by == THE_PRESS:
            worded = self._say(reply_texts.IN_SHORT_PRESS, summary=summary)
        else:
            worded = self._say(reply_texts.IN_SHORT_REPORTED, outlet=self.notice.reported_by, summary=summary)
        return worded if self._in_own_language() else f"{worded} {self._say(reply_texts.IN_ENGLISH)}"

    def _plain_summary(self) -> str:
        """The gist in this language, else in English, else the first fact of the notice."""
        gist = self.notice.gist.get(self.language.value) or self.notice.gist.get(Language.ENGLISH.value)
        return gist or self.notice.facts[0]

    def _is_official_wording(self) -> bool:
        return not self.notice.gist and self.notice.text_kind is TextKind.OFFICIAL_WORDS

    def _in_own_language(self) -> bool:
        return self.language is Language.ENGLISH or self.language.value in self.notice.gist

    def _todo(self) -> str:
        if self.alert.message == "cancel":
            return ""
        return f"{self._say(words.DO[self.notice.severity])}\n{self._say(words.TELL_OTHERS)}"

    def _foot(self) -> str:
        moment = format_datetime(self.alert.requested_at.astimezone(INDIA), "d MMM y, HH:mm", locale=self.locale)
        number = self._say(words.NUMBER, number=self.alert.number, moment=moment)
        stop = "" if self.alert.for_asker else f" {self._say(words.STOP)}"
        return f"<i>{self._why()}{stop}\n{number}</i>"

    def _why(self) -> str:
        if self.alert.for_asker:
            return self._say(words.WHY_ASKER)
        if self.alert.message != "alert":
            return self._say(words.WHY_CORRECTION)
        if self.alert.for_everyone:
            return self._say(words.WHY_EVERYONE)
        if not self.notice.countries:
            return self._say(words.WHY_TOPICS)
        return self._say(words.WHY, about=self._about_plain())

    def _about(self) -> str:
        return escape(self._about_plain(), quote=False)

    def _about_plain(self) -> str:
        """The countries, else the topics, else "work abroad"."""
        countries = [self.locale.territories.get(code, code) for code in self.notice.countries[:MOST_NAMES]]
        topics = [self._say(reply_texts.TOPICS[Topic(topic)]) for topic in self.notice.topics[:MOST_NAMES]]
        names = countries or [unescape(topic) for topic in topics] or [unescape(self._say(words.ABOUT_WORK_ABROAD))]
        return ", ".join(names)

    def _issuer(self) -> str:
        if self.notice.issuer in reply_texts.ISSUERS:
            return self._say(reply_texts.ISSUERS[self.notice.issuer])
        return escape(self.notice.issuer, quote=False)

    def _date(self) -> str:
        if self.notice.date is None:
            return self._say(reply_texts.UNDATED)
        pattern = {"year": "y", "month": "MMMM y"}.get(self.notice.date_precision, "d MMMM y")
        day = str(format_date(self.notice.date, pattern, locale=self.locale))
        is_reported = self.notice.date_precision == "report_day"
        return self._say(reply_texts.REPORTED_ON, date=day) if is_reported else day

    def _link(self) -> str:
        url = self.notice.source_url or self.notice.seen_in
        if not url or not _WEB_ADDRESS.fullmatch(url):
            return ""
        return f'<a href="{escape(url)}">{self._say(reply_texts.SOURCE)}</a>'

    def _say(self, message: str, **values: object) -> str:
        return text(self.language, message, **values)


def _shorten(words_: str, most: int) -> str:
    return words_ if len(words_) <= most else words_[: most - 1].rsplit(" ", 1)[0] + "…"
