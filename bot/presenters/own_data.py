"""The words of /my_data and the buttons of /delete_me. Pure: takes values, returns Telegram HTML and keyboards."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.alerts.audience import Wish
from bot.alerts.states import Interest
from bot.forgetting import StoredAlerts, StoredData
from bot.presenters import fixed_texts, reply_texts
from bot.presenters.keyboards import OWN_NAMES
from bot.texts import locale_of, text
from knowledge.vocabulary import Language, Topic

INDIA = ZoneInfo("Asia/Kolkata")
ERASING = r"^v1:forget:"
_PRESS = re.compile(r"v1:forget:(?P<answer>yes|no):(?P<asked>[0-9]{9,11})")
BUTTONS_WORK_FOR = dt.timedelta(minutes=10)  # an old chat must not delete by a slip of the thumb


@dataclass(frozen=True)
class ErasurePress:
    """One press under /delete_me. `asked_at` is when the question was asked."""

    is_yes: bool
    asked_at: dt.datetime

    def is_too_late(self, now: dt.datetime) -> bool:
        """Whether the question was asked too long ago; also one from the future, which we never asked."""
        return not dt.timedelta(0) <= now - self.asked_at <= BUTTONS_WORK_FOR


def present_own_data(language: Language, stored: StoredData) -> str:
    """Return all that is stored about a person, readable."""
    heading = text(language, fixed_texts.MY_DATA)
    if stored.is_empty:
        return f"{heading}\n\n{text(language, fixed_texts.MY_DATA_NOTHING)}"
    lines = "\n".join(_lines(language, stored))
    key = text(language, fixed_texts.MY_DATA_KEY, number=stored.chat_id)
    return f"{heading}\n\n{lines}\n\n{key}"


def erasure_keyboard(language: Language, now: dt.datetime) -> InlineKeyboardMarkup:
    """Return the two answers to "shall I delete everything about you?"."""
    asked = int(now.timestamp())
    labels = {"yes": fixed_texts.BUTTON_DELETE, "no": fixed_texts.BUTTON_DELETE_NOT}
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(text(language, label), callback_data=f"v1:forget:{answer}:{asked}")
                for answer, label in labels.items()
            ]
        ]
    )


def parse_erasure_press(data: str | None) -> ErasurePress | None:
    """Read what a button under /delete_me carries; None for anything that we did not make."""
    found = _PRESS.fullmatch(data or "")
    if not found:
        return None
    return ErasurePress(found["answer"] == "yes", dt.datetime.fromtimestamp(int(found["asked"]), dt.UTC))


def _lines(language: Language, stored: StoredData) -> list[str]:
    counted = {
        fixed_texts.MY_DATA_DELIVERIES: stored.deliveries,
        fixed_texts.MY_DATA_VERDICTS: stored.verdicts,
        fixed_texts.MY_DATA_APPROVALS: stored.approvals,
        fixed_texts.MY_DATA_QUESTIONS: stored.questions,
    }
    lines = [
        stored.language and text(language, fixed_texts.MY_DATA_LANGUAGE, name=OWN_NAMES[stored.language]),
        stored.stopped_at and text(language, fixed_texts.MY_DATA_STOPPED, date=_moment(language, stored.stopped_at)),
        stored.replies_until
        and text(
            language,
            fixed_texts.MY_DATA_REPLIES,
            count=stored.replies,
            date=_moment(language, stored.replies_until),
        ),
        *(_alert_lines(language, stored.alerts) if stored.alerts else ()),
        *(text(language, line, count=count) for line, count in counted.items() if count),
        stored.refuses_corrections and text(language, fixed_texts.MY_DATA_NO_CORRECTIONS),
    ]
    return [line for line in lines if line]


def _alert_lines(language: Language, alerts: StoredAlerts) -> list[str]:
    if alerts.ended_at:
        return [text(language, fixed_texts.MY_DATA_ALERTS_ENDED, date=_moment(language, alerts.ended_at))]
    wishes = ", ".join(_name(language, wish) for wish in alerts.wishes)
    lines = [
        text(
            language,
            fixed_texts.MY_DATA_ALERTS,
            date=_moment(language, alerts.consented_at),
            wishes=wishes or text(language, fixed_texts.MY_DATA_ALERTS_NONE),
        )
    ]
    if alerts.paused_until:
        lines.append(text(language, fixed_texts.MY_DATA_PAUSED, date=_moment(language, alerts.paused_until)))
    return lines


def _name(language: Language, wish: Wish) -> str:
    if wish.interest is Interest.ALL_INDIA:
        return text(language, fixed_texts.MY_DATA_ALL_INDIA)
    if wish.interest is Interest.TOPIC and wish.value in set(Topic):
        return text(language, reply_texts.TOPICS[Topic(wish.value)])
    return str(Locale.parse(locale_of(language)).territories.get(wish.value, wish.value))


def _moment(language: Language, moment: dt.datetime) -> str:
    return str(format_datetime(moment, format="medium", tzinfo=INDIA, locale=locale_of(language)))
