"""What buttons carry, and how strictly it is read."""

from __future__ import annotations

import pytest

from bot.presenters.keyboards import (
    OWN_NAMES,
    Action,
    Press,
    language_keyboard,
    parse_press,
    reply_keyboard,
    reply_language_keyboard,
    start_keyboard,
)
from knowledge.vocabulary import Language

SHOWN_ID = "AbCdEfGh12_-34xy"  # as long as the ids that are made


def _all_buttons():
    for language in Language:
        for keyboard in (
            reply_keyboard(SHOWN_ID, ["evidence", "what_to_do", "helplines"], language),
            reply_language_keyboard(SHOWN_ID),
            language_keyboard(language),
            start_keyboard(language),
        ):
            yield from (button for row in keyboard.inline_keyboard for button in row)


def test_every_button_fits_telegram_and_is_understood_again():
    for button in _all_buttons():
        assert button.text
        assert len(button.callback_data.encode()) <= 64
        assert parse_press(button.callback_data) is not None


def test_only_sections_with_something_to_show_get_a_button():
    keyboard = reply_keyboard(SHOWN_ID, ["evidence"], Language.ENGLISH)

    actions = {parse_press(button.callback_data).action for row in keyboard.inline_keyboard for button in row}

    assert Action.EVIDENCE in actions
    assert not actions & {Action.WHAT_TO_DO, Action.HELPLINES}


def test_every_language_has_its_own_name():
    assert set(OWN_NAMES) == set(Language)


@pytest.mark.parametrize(
    ("data", "press"),
    [
        (f"v1:e:{SHOWN_ID}", Press(Action.EVIDENCE, SHOWN_ID)),
        (f"v1:s:{SHOWN_ID}:hi-Latn", Press(Action.SHOW_IN_LANGUAGE, SHOWN_ID, Language.HINGLISH)),
        ("v1:c:hi", Press(Action.CHOOSE_LANGUAGE, None, Language.HINDI)),
        ("v1:c:auto", Press(Action.CHOOSE_LANGUAGE)),
        ("v1:t", Press(Action.SAMPLE)),
    ],
)
def test_a_button_is_read(data, press):
    assert parse_press(data) == press


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "v2:t",
        "v1:e",
        "v1:t:hi",
        "v1:c",
        "v1:c:xx",
        f"v1:x:{SHOWN_ID}",
        f"v1:s:{SHOWN_ID}",
        f"v1:s:{SHOWN_ID}:auto",
        f"v1:e:{SHOWN_ID}:hi",
        f"v1:e:{SHOWN_ID} ",
        "v1:e:../../etc/passwd",
    ],
)
def test_anything_else_is_not(data):
    assert parse_press(data) is None
