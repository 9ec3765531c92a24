"""The words and buttons of a subscriber's choices. Pure: takes values, returns Telegram HTML and keyboards.

What a button carries is short, versioned and read strictly, since anybody can forge it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.alerts.audience import ALL_INDIA, Wish
from bot.alerts.explaining import Quiet, Silence, Why
from bot.alerts.states import Basis, Interest, Pace
from bot.presenters import fixed_texts, reply_texts
from bot.presenters.keyboards import OWN_NAMES
from bot.texts import locale_of, text
from knowledge.vocabulary import Language, Topic

# For staff, so in English alone.
WHY_CANARY = "This account watches over alerts and got this on {date}, as it gets every one. To stop that: /canary off"
SUBSCRIBING = r"^v1:al:"
PAUSE_DAYS = 7
QUIET_FROM, QUIET_UNTIL = 22 * 60, 7 * 60  # minutes after midnight
# Where most people go, and where most warnings are about; every other country by its name.
_SUGGESTED = ("AE", "SA", "KW", "QA", "OM", "RU", "KH", "MM")
_SUGGESTED_TOPICS = (Topic.ARMY_RECRUITMENT, Topic.CYBER_SCAM_COMPOUND, Topic.DOMESTIC_WORK)
_DATA = re.compile(r"v1:al:(?P<what>[a-z]{2,8})(?::(?P<value>[a-zA-Z_:-]{1,40}))?")
_DEEP_LINK = re.compile(r"(?:country_(?P<country>[A-Z]{2})|topic_(?P<topic>[a-z_]{3,40})|(?P<all>all))")
_INDIA = ZoneInfo("Asia/Kolkata")


class Choice(StrEnum):
    """What a button asks for. The value is what the button carries."""

    ASK = "ask"  # a wish: ask for consent
    CONSENT = "yes"  # a wish: consent given
    REFUSE = "no"
    REMOVE = "rm"  # a wish
    PACE = "pace"
    QUIET = "quiet"  # on | off
    PAUSE = "pause"  # on | off
    WHY_NOTHING = "why"
    WHY_THIS = "got"  # which message: the one under which the button stands
    STOP = "stop"
    CORRECTIONS = "corr"  # on | off


@dataclass(frozen=True)
class ChoicePress:
    """One press: the choice, and the wish or word that it carries."""

    choice: Choice
    wish: Wish | None = None
    value: str = ""


@dataclass(frozen=True)
class Standing:
    """What a chat has chosen."""

    wishes: tuple[Wish, ...]
    pace: Pace
    is_quiet_at_night: bool
    paused_until: dt.datetime | None
    wants_corrections: bool
    language: Language = Language.ENGLISH
    is_urgent_only: bool = False


def parse_choice(data: str | None) -> ChoicePress | None:
    """Read what a button carries; None for anything that this version did not make."""
    found = _DATA.fullmatch(data or "")
    if not found or found["what"] not in set(Choice):
        return None
    choice, value = Choice(found["what"]), found["value"] or ""
    if choice in (Choice.ASK, Choice.CONSENT, Choice.REMOVE):
        wish = _parse_wish(value)
        return ChoicePress(choice, wish) if wish else None
    allowed: set[str] = {
        Choice.PACE: {pace.value for pace in Pace},
        Choice.QUIET: {"on", "off"},
        Choice.PAUSE: {"on", "off"},
        Choice.CORRECTIONS: {"on", "off"},
    }.get(choice, {""})
    return ChoicePress(choice, value=value) if value in allowed else None


def parse_deep_link(payload: str) -> Wish | None:
    """Read `/start country_RU`, `/start topic_army_recruitment` or `/start all`; None for anything else."""
    found = _DEEP_LINK.fullmatch(payload)
    if not found:
        return None
    if found["country"]:
        return _wish(Interest.COUNTRY, found["country"])
    return _wish(Interest.TOPIC, found["topic"]) if found["topic"] else ALL_INDIA


def name_of(wish: Wish, language: Language) -> str:
    """Name a wish as people know it."""
    if wish.interest is Interest.ALL_INDIA:
        return text(language, fixed_texts.MY_DATA_ALL_INDIA)
    if wish.interest is Interest.TOPIC:
        return text(language, reply_texts.TOPICS[Topic(wish.value)])
    return str(Locale.parse(locale_of(language)).territories.get(wish.value, wish.value))


def names_of(wishes: Iterable[Wish], language: Language) -> str:
    """Name several wishes in one line."""
    return ", ".join(name_of(wish, language) for wish in wishes)


def offer_keyboard(language: Language) -> InlineKeyboardMarkup:
    """Return what stands under /subscribe: countries, topics, and everything."""
    countries = [_button(name_of(wish, language), Choice.ASK, _code(wish)) for wish in _suggestions(Interest.COUNTRY)]
    topics = [_button(name_of(wish, language), Choice.ASK, _code(wish)) for wish in _suggestions(Interest.TOPIC)]
    everything = _button(text(language, fixed_texts.BUTTON_ALL_WARNINGS), Choice.ASK, _code(ALL_INDIA))
    return InlineKeyboardMarkup([*_rows(countries, 2), *_rows(topics, 1), [everything]])


def consent_keyboard(wish: Wish, language: Language) -> InlineKeyboardMarkup:
    """Return yes and no under the question for consent."""
    yes = _button(text(language, fixed_texts.BUTTON_CONSENT), Choice.CONSENT, _code(wish))
    no = _button(text(language, fixed_texts.BUTTON_NO), Choice.REFUSE)
    return InlineKeyboardMarkup([[yes, no]])


def tell_me_button(country: str, language: Language) -> InlineKeyboardButton:
    """Return the button under a verdict that offers news about its country."""
    label = "🔔 " + text(language, fixed_texts.BUTTON_TELL_ME)
    return _button(label, Choice.ASK, _code(Wish(Interest.COUNTRY, country)))


def stop_keyboard(language: Language) -> InlineKeyboardMarkup:
    """Return what stands under every alert: why it came, and the one press that stops them all."""
    why = _button(text(language, fixed_texts.BUTTON_WHY), Choice.WHY_THIS)
    return InlineKeyboardMarkup([[why, _button(text(language, fixed_texts.BUTTON_STOP_ALL), Choice.STOP)]])


def present_standing(standing: Standing, language: Language, now: dt.datetime) -> str:
    """Return what a chat has chosen, readable."""
    paces = {
        Pace.NOW: fixed_texts.PACE_NOW,
        Pace.DAILY: fixed_texts.PACE_DAILY,
        Pace.WEEKLY: fixed_texts.PACE_WEEKLY,
    }
    night = fixed_texts.NIGHT_QUIET if standing.is_quiet_at_night else fixed_texts.NIGHT_ANY
    lines = [
        text(
            language,
            fixed_texts.ALERTS_YOURS,
            wishes=names_of(standing.wishes, language),
            pace=text(language, paces[standing.pace]),
            night=text(language, night),
        ),
        text(language, fixed_texts.ALERTS_LANGUAGE, name=OWN_NAMES[standing.language]),
    ]
    if standing.is_urgent_only:
        lines.append(text(language, fixed_texts.WHY_NOTHING_URGENT))
    if standing.paused_until and standing.paused_until > now:
        lines.append(text(language, fixed_texts.ALERTS_PAUSED, date=moment(standing.paused_until, language)))
    return "\n".join(lines)


def standing_keyboard(standing: Standing, language: Language, now: dt.datetime) -> InlineKeyboardMarkup:
    """Return the buttons under /alerts: what can be changed, and each wish to take away."""
    paces = {
        Pace.NOW: fixed_texts.BUTTON_AT_ONCE,
        Pace.DAILY: fixed_texts.BUTTON_DAILY,
        Pace.WEEKLY: fixed_texts.BUTTON_WEEKLY,
    }
    changes = [
        _button(text(language, label), Choice.PACE, pace.value)
        for pace, label in paces.items()
        if pace is not standing.pace
    ]
    is_paused = standing.paused_until is not None and standing.paused_until > now
    switches = (
        (Choice.QUIET, standing.is_quiet_at_night, fixed_texts.BUTTON_QUIET, fixed_texts.BUTTON_ANY_HOUR),
        (Choice.PAUSE, is_paused, fixed_texts.BUTTON_PAUSE, fixed_texts.BUTTON_GO_ON),
        (
            Choice.CORRECTIONS,
            standing.wants_corrections,
            fixed_texts.BUTTON_CORRECTIONS,
            fixed_texts.BUTTON_NO_CORRECTIONS,
        ),
    )
    changes += [
        _button(text(language, off if is_on else on), choice, "off" if is_on else "on")
        for choice, is_on, on, off in switches
    ]
    changes.append(_button(text(language, fixed_texts.BUTTON_WHY_NOTHING), Choice.WHY_NOTHING))
    removals = [_button(f"✖ {name_of(wish, language)}", Choice.REMOVE, _code(wish)) for wish in standing.wishes]
    stop = _button(text(language, fixed_texts.BUTTON_STOP_ALL), Choice.STOP)
    return InlineKeyboardMarkup([*_rows(changes, 2), *_rows(removals, 2), [stop]])


def corrections_keyboard(language: Language, *, wanted: bool) -> InlineKeyboardMarkup:
    """Return the one choice of somebody without alerts: whether corrections of answers may come."""
    label = fixed_texts.BUTTON_NO_CORRECTIONS if wanted else fixed_texts.BUTTON_CORRECTIONS
    button = _button(text(language, label), Choice.CORRECTIONS, "off" if wanted else "on")
    return InlineKeyboardMarkup([[button]])


def present_silence(reasons: Sequence[Quiet], language: Language) -> str:
    """Say why nothing came, one reason a line."""
    return "\n".join(dict.fromkeys(_silence(reason, language) for reason in reasons))


def present_why(found: Sequence[tuple[Why, str | None]], language: Language) -> str:
    """Say why a message came: of each alert in it the reason, headed by what it was about where that still holds."""
    if not found:
        return text(language, fixed_texts.WHY_NOT_KNOWN)
    parts = [
        f"▪️ {headline}\n{_reason(why, language)}" if headline else _reason(why, language) for why, headline in found
    ]
    return "\n\n".join([*parts, text(language, fixed_texts.WHY_CHANGE)])


def moment(at: dt.datetime, language: Language) -> str:
    """A moment on India's clock, as people write it."""
    return str(format_datetime(at, format="medium", tzinfo=_INDIA, locale=locale_of(language)))


def _reason(why: Why, language: Language) -> str:
    date = moment(why.sent_at, language) if why.sent_at else "–"
    if why.basis is Basis.CANARY:
        return WHY_CANARY.format(date=date)
    if why.basis is Basis.VERDICT:
        return text(language, fixed_texts.WHY_YOU_ASKED, date=date)
    if why.basis is Basis.EARLIER_ALERT:
        return text(language, fixed_texts.WHY_YOU_HAD_IT, date=date)
    if why.for_everyone:
        return text(language, fixed_texts.WHY_FOR_EVERYONE, date=date)
    if why.since is None:
        return text(language, fixed_texts.WHY_YOU_HAD_CHOSEN, date=date)
    wishes, since = names_of(why.wishes, language), moment(why.since, language)
    return text(language, fixed_texts.WHY_YOU_CHOSE, date=date, wishes=wishes, since=since)


def _silence(reason: Quiet, language: Language) -> str:
    words = {
        Silence.NEVER_SUBSCRIBED: fixed_texts.ALERTS_NONE,
        Silence.ENDED: fixed_texts.ALERTS_NONE,
        Silence.PAUSED: fixed_texts.ALERTS_PAUSED,
        Silence.QUIET_HOURS: fixed_texts.WHY_NOTHING_QUIET,
        Silence.DIGEST: fixed_texts.WHY_NOTHING_TOGETHER,
        Silence.URGENT_ONLY: fixed_texts.WHY_NOTHING_URGENT,
        Silence.ON_ITS_WAY: fixed_texts.WHY_NOTHING_ON_ITS_WAY,
        Silence.NOT_DELIVERED: fixed_texts.WHY_NOTHING_FAILED,
        Silence.NOTHING_NEW: fixed_texts.WHY_NOTHING_NEW,
    }
    until = {"date": moment(reason.until_at, language)} if reason.until_at else {}
    return text(language, words[reason.kind], **until)


def _suggestions(interest: Interest) -> list[Wish]:
    values: tuple[str, ...] = _SUGGESTED if interest is Interest.COUNTRY else _SUGGESTED_TOPICS
    return [Wish(interest, str(value)) for value in values]


def _code(wish: Wish) -> str:
    return f"{wish.interest.value}:{wish.value}" if wish.value else wish.interest.value


def _parse_wish(code: str) -> Wish | None:
    interest, _, value = code.partition(":")
    return _wish(Interest(interest), value) if interest in set(Interest) else None


def _wish(interest: Interest, value: str) -> Wish | None:
    try:
        return Wish(interest, value)
    except ValueError:
        return None


def _button(label: str, choice: Choice, value: str = "") -> InlineKeyboardButton:
    data = f"v1:al:{choice.value}:{value}" if value else f"v1:al:{choice.value}"
    return InlineKeyboardButton(label, callback_data=data)


def _rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[list[InlineKeyboardButton]]:
    return [list(buttons[place : place + width]) for place in range(0, len(buttons), width)]
