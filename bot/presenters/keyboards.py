"""The buttons of the bot and what each carries. Pure: makes keyboards and reads what a pressed button says.

Telegram keeps old buttons for ever and anybody can forge what a button carries, so it is versioned, short (at most 64
bytes) and read strictly. It names a stored reply by a random id and never carries words of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.presenters import fixed_texts
from bot.texts import catalogue_languages, text
from knowledge.vocabulary import Language

# Each language in its own name, as the people who read it know it. Offered are those that have a catalogue.
OWN_NAMES = {
    Language.ENGLISH: "English",
    Language.HINDI: "हिन्दी",
    Language.HINGLISH: "Hinglish (Hindi in abc)",
    Language.PUNJABI: "ਪੰਜਾਬੀ",
    Language.MALAYALAM: "മലയാളം",
    Language.TAMIL: "தமிழ்",
    Language.TELUGU: "తెలుగు",
    Language.BENGALI: "বাংলা",
    Language.GUJARATI: "ગુજરાતી",
    Language.MARATHI: "मराठी",
    Language.KANNADA: "ಕನ್ನಡ",
    Language.ODIA: "ଓଡ଼ିଆ",
    Language.URDU: "اردو",
}
AUTOMATIC = "auto"

_DATA = re.compile(r"v1:(?P<action>[a-z]+)(?::(?P<shown_id>[A-Za-z0-9_-]{12,24}))?(?::(?P<language>[a-zA-Z-]{2,8}))?")


class Action(StrEnum):
    """What a button asks for. The value is what the button carries."""

    EVIDENCE = "e"
    WHAT_TO_DO = "w"
    HELPLINES = "h"
    OTHER_LANGUAGE = "l"
    SHOW_IN_LANGUAGE = "s"
    HELPFUL = "y"
    NOT_HELPFUL = "n"
    CHOOSE_LANGUAGE = "c"
    SAMPLE = "t"


SECTIONS = {
    Action.EVIDENCE: "evidence",
    Action.WHAT_TO_DO: "what_to_do",
    Action.HELPLINES: "helplines",
}
_ABOUT_A_REPLY = {*SECTIONS, Action.OTHER_LANGUAGE, Action.SHOW_IN_LANGUAGE, Action.HELPFUL, Action.NOT_HELPFUL}
_WITH_LANGUAGE = {Action.SHOW_IN_LANGUAGE, Action.CHOOSE_LANGUAGE}


@dataclass(frozen=True)
class Press:
    """One press of a button. `language` None with CHOOSE_LANGUAGE means "the language of each message"."""

    action: Action
    shown_id: str | None = None
    language: Language | None = None


def parse_press(data: str | None) -> Press | None:
    """Read what a button carries; None for anything that this version did not make."""
    found = _DATA.fullmatch(data or "")
    if not found or found["action"] not in set(Action):
        return None
    action = Action(found["action"])
    shown_id, language = found["shown_id"], found["language"]
    if (action in _ABOUT_A_REPLY) != (shown_id is not None) or (action in _WITH_LANGUAGE) != (language is not None):
        return None
    if language is None or (action is Action.CHOOSE_LANGUAGE and language == AUTOMATIC):
        return Press(action, shown_id)
    return Press(action, shown_id, Language(language)) if language in set(Language) else None


def reply_keyboard(
    shown_id: str,
    sections: Iterable[str],
    language: Language,
    news: InlineKeyboardButton | None = None,
    staff: InlineKeyboardButton | None = None,
) -> InlineKeyboardMarkup:
    """Return the buttons under a reply: one for each section that has something to show, language, and feedback.

    `news` is a further one that offers alerts, `staff` one that offers to let staff see the question.
    """
    names = set(sections)
    labels = {
        Action.EVIDENCE: fixed_texts.BUTTON_EVIDENCE,
        Action.WHAT_TO_DO: fixed_texts.BUTTON_WHAT_TO_DO,
        Action.HELPLINES: fixed_texts.BUTTON_HELPLINES,
    }
    opening = [
        _button(text(language, label), action, shown_id)
        for action, label in labels.items()
        if SECTIONS[action] in names
    ]
    feedback = [
        _button("👍 " + text(language, fixed_texts.BUTTON_HELPFUL), Action.HELPFUL, shown_id),
        _button("👎 " + text(language, fixed_texts.BUTTON_NOT_HELPFUL), Action.NOT_HELPFUL, shown_id),
    ]
    other_language = [_button(text(language, fixed_texts.BUTTON_LANGUAGE), Action.OTHER_LANGUAGE, shown_id)]
    further = [button for button in (news, staff) if button]
    rows = [opening[:2], opening[2:] + other_language, further, feedback]
    return InlineKeyboardMarkup([row for row in rows if row])


def reply_language_keyboard(shown_id: str) -> InlineKeyboardMarkup:
    """Return the languages in which the same reply can be shown again."""
    return InlineKeyboardMarkup(
        _two_a_row(_button(OWN_NAMES[code], Action.SHOW_IN_LANGUAGE, shown_id, code.value) for code in _offered())
    )


def language_keyboard(language: Language) -> InlineKeyboardMarkup:
    """Return the languages to choose from, and "same as my message"."""
    named = _two_a_row(_button(OWN_NAMES[code], Action.CHOOSE_LANGUAGE, code.value) for code in _offered())
    automatic = _button(text(language, fixed_texts.BUTTON_AUTOMATIC), Action.CHOOSE_LANGUAGE, AUTOMATIC)
    return InlineKeyboardMarkup([*named, [automatic]])


def start_keyboard(language: Language) -> InlineKeyboardMarkup:
    """Return what stands under /start: the languages and a sample offer to try."""
    sample = _button(text(language, fixed_texts.BUTTON_SAMPLE), Action.SAMPLE)
    return InlineKeyboardMarkup([*language_keyboard(language).inline_keyboard, [sample]])


def _button(label: str, action: Action, *parts: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=":".join(["v1", action.value, *parts]))


def _offered() -> list[Language]:
    has_catalogue = catalogue_languages()
    return [code for code in OWN_NAMES if code in has_catalogue]


def _two_a_row(buttons: Iterable[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    waiting = list(buttons)
    return [waiting[place : place + 2] for place in range(0, len(waiting), 2)]
