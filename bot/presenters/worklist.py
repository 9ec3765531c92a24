"""The work list: the buttons by which a person lets staff see a question, and what staff see. Pure.

What staff see is English only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.presenters import fixed_texts
from bot.texts import text
from knowledge.chat.quality import Listed
from knowledge.chat.quality_store import ListedAnswer
from knowledge.vocabulary import Language
from knowledge.worklist import CountView, QuestionView, Sort, Why

ASKING_STAFF = r"^v1:wl:"
_PRESS = re.compile(r"v1:wl:(?P<what>ask|yes|no):(?P<shown_id>[A-Za-z0-9_-]{12,24})")
_LONGEST_SHOWN = 900  # characters of one question in the list
NOTHING_LISTED = "Nobody has let you see a question that waits."
_WHY = {Why.UNANSWERED: "nothing official found", Why.NOT_HELPFUL: "not helpful"}
_WHY_LISTED = {Listed.LOW: "among the lowest scores", Listed.RANDOM: "drawn at random"}


@dataclass(frozen=True)
class AskingPress:
    """One press: `ask` wants the question of consent, `yes` and `no` answer it."""

    what: str
    shown_id: str


def ask_button(shown_id: str, language: Language) -> InlineKeyboardButton:
    """Return the button under a reply that found nothing official."""
    return InlineKeyboardButton(text(language, fixed_texts.BUTTON_ASK_STAFF), callback_data=f"v1:wl:ask:{shown_id}")


def consent_keyboard(shown_id: str, language: Language) -> InlineKeyboardMarkup:
    """Return the two answers to "shall staff see this question?"."""
    labels = {"yes": fixed_texts.BUTTON_SHOW_STAFF, "no": fixed_texts.BUTTON_NO}
    buttons = [
        InlineKeyboardButton(text(language, label), callback_data=f"v1:wl:{what}:{shown_id}")
        for what, label in labels.items()
    ]
    return InlineKeyboardMarkup([buttons])


def parse_asking_press(data: str | None) -> AskingPress | None:
    """Read what a button carries; None for anything that we did not make."""
    found = _PRESS.fullmatch(data or "")
    return AskingPress(found["what"], found["shown_id"]) if found else None


def present_worklist(open_count: int, counts: Sequence[CountView], days: int, answers: int = 0) -> str:
    """Return the head of the work list: how many questions and model answers wait, and what was asked in vain."""
    lines = [f"<b>Work list</b>: {open_count} questions that people let you see."]
    lines += [f"{answers} answers of the language model to look at, the worst first."] if answers else []
    lines.append("")
    lines.append(f"<b>Asked in vain in {days} days</b> (counts only)")
    lines += [f"{one.count} × {describe(one.sort)}" for one in counts] or ["nothing"]
    return "\n".join(lines)


def present_question(question: QuestionView) -> str:
    """Return one question. Its words come from outside and are escaped."""
    words = question.words if len(question.words) <= _LONGEST_SHOWN else f"{question.words[:_LONGEST_SHOWN]} …"
    head = f"<b>{question.id}</b> · {question.asked_at:%d %b %Y} · {describe(question.sort)}"
    return f"{head}\n<blockquote>{escape(words, quote=False)}</blockquote>"


def present_answer(answer: ListedAnswer) -> str:
    """Return what a language model said for one reply, beside the ids of its records. Its words are escaped."""
    done = answer.quality
    score = f"score {done.score:.2f}" if done.score is not None else "no score"
    sort = f"{done.kind.value}, {done.verdict.value if done.verdict else 'no verdict'}, {done.language.value}"
    head = f"<b>Model answer {answer.id}</b> · {answer.day:%d %b %Y} · {sort} · {score}, {_WHY_LISTED[answer.why]}"
    said = "\n".join(escape(words, quote=False) for words in done.shown)
    records = ", ".join(f"<code>{escape(record, quote=False)}</code>" for record in done.records)
    return f"{head}\n<blockquote>{said}</blockquote>\nDo these records say so? {records}"


def describe(sort: Sort) -> str:
    """Name a sort of question in a few words."""
    where = ", ".join(sort.countries) or "no country"
    return escape(f"{_WHY[sort.why]}, {sort.kind}, {sort.language}, {where}", quote=False)
