"""What staff see of the desk in Telegram: the card of a draft, questions, outcomes, buttons. English only; pure.

Everything on a card comes from pages and files of others: it is escaped, and signs that turn the reading direction or
steer a screen are taken out.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.presenters.reply import Operator, present
from knowledge.advisor.citing import cite_advisory
from knowledge.advisor.replies import Reply
from knowledge.desk import EDITABLE, DraftView, FieldChange, NearView, NoticeView, ProposalView, SubmissionView
from knowledge.desk_models import DraftState
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import (
    AdvisoryKind,
    Kind,
    Language,
    RedFlag,
    Severity,
    SourceTier,
    TextKind,
    Topic,
    WorkScope,
)

DESK_PRESS = r"^v1:dk:"
UNSURE_BELOW = 0.7  # confidence from 0 to 1; such a field is named among the warnings
OLD_AFTER_DAYS = 90  # an advisory that turns up as new with an older date may be an old one that was moved
_LONGEST_TEXT = 700  # characters of what was read, on the card
_LONGEST_VALUE = 300
_LONGEST_WORDS = 120
_PRESS = re.compile(
    r"v1:dk:(?P<what>[a-z]{2,6}):(?P<number>[0-9]{1,12})(?::(?P<version>[0-9]{1,9})(?::(?P<field>[a-z_]{1,20}))?)?"
)
_KEEP_UNSEEN = "\u200c\u200d"  # joiners, which Indian scripts need


class Deed(StrEnum):
    """What a button of the desk asks for. The value is what the button carries."""

    SHOW = "show"
    CHOOSE_FIELD = "ed"
    EDIT_FIELD = "ef"
    PREVIEW = "pv"
    ASK_SILENT = "as"
    ASK_ALERT = "aa"
    SILENT = "ps"
    ALERT = "pa"
    SILENT_OVER = "os"  # although the advisory was changed since
    ALERT_OVER = "oa"
    REJECT = "rj"
    ASK_UNDO = "au"
    UNDO = "un"
    BRING_IN = "in"
    FINISH = "fin"
    QUESTION_DONE = "qd"
    ANSWER_FINE = "mf"  # what a language model said
    ANSWER_WRONG = "mw"


@dataclass(frozen=True)
class DeskPress:
    """One press: the deed, the number of the draft, question or answer, the version that was shown, a field."""

    deed: Deed
    number: int = 0
    version: int = 0
    field: str = ""


HELP = (
    "<b>The desk</b>\n\n"
    "/add, then send links, files, photos or text: each becomes a draft.\n"
    "/desk shows this and the open drafts. /draft 12 shows one.\n"
    "/worklist shows questions that Satark could not answer, and what a language model said.\n"
    "/pending shows alerts that wait for approval, /status how they went.\n\n"
    "Nothing is said in public before you publish it, and nobody is told by message before an alert is approved."
)
SEND_IT = (
    "📥 Send the link, file, photo or text now, as many as you like. Each is read and becomes a draft; nothing is "
    "published. Until you press “Finish”, or for 15 minutes, your messages are not answered as questions."
)
TAKEN = "📥 Taken in as number {number}. The draft follows here as soon as it is read."
FINISHED = "Done. Your messages are answered as usual again."
OFFER = "Staff: shall this be brought in as an advisory?"
GONE = "I cannot see that message any more. Please use /add and send it again."
NOTHING_TO_TAKE = "I can take links, files, photos and text. Please send one of these, or press “Finish”."
TOO_OLD = "This button is not known here any more. /desk shows what is open."
NOT_A_NUMBER = "Write the number of the draft, for example: <code>/draft 12</code>"
UNKNOWN_DRAFT = "There is no draft {number}. /desk shows the open ones."
ASK_REASON = "Why is draft {number} rejected? Send the reason as your next message; it goes into the log."
WORDS_ONLY = "Please send this as text."
REJECTED = "🗑 Draft {number} is rejected. “Undo” opens it again."
NOTHING_OPEN = "No draft is open."
STILL_WAITING = (
    "What waits is read within a minute. If not, its reader is not running: <code>satark-ingest watch</code>"
)
CANNOT_READ = (
    "I could not fetch this file from Telegram ({trouble}). It may be larger than 20 MB. Please send its link."
)
QUESTION_IS_DONE = "✅ Question {number} is off the list."
QUESTION_WAS_DONE = "Question {number} was off the list already."
ANSWER_IS_FINE = "✅ Answer {number} is marked fine."
ANSWER_IS_WRONG = "❌ Answer {number} is marked wrong; <code>satark status</code> counts it."
ANSWER_WAS_MARKED = "Answer {number} was marked already, or is kept no longer."


def parse_desk_press(data: str | None) -> DeskPress | None:
    """Read what a button of the desk carries; None for anything that we did not make."""
    found = _PRESS.fullmatch(data or "")
    if not found or found["what"] not in set(Deed):
        return None
    if found["field"] and found["field"] not in EDITABLE:
        return None
    return DeskPress(Deed(found["what"]), int(found["number"]), int(found["version"] or 0), found["field"] or "")


# --- the card ---


def present_card(draft: DraftView, today: dt.date) -> str:
    """Return the card of a draft: what it would be, warnings, every field with what it rests on, and what was read."""
    parts = [
        _head(draft),
        _bullets("⚠️ <b>Look at this first</b>", find_warnings(draft, today)),
        _bullets("<b>Like it, but not the same</b>", [_near_line(near) for near in draft.near]),
        _bullets("<b>Contradicts what is published</b>", [_contradiction_line(one) for one in draft.contradictions]),
        "\n".join(_field_lines(draft)),
        f"<b>What was read</b>\n<blockquote>{clean(draft.text, _LONGEST_TEXT)}</blockquote>" if draft.text else "",
    ]
    return "\n\n".join(part for part in parts if part)


def find_warnings(draft: DraftView, today: dt.date) -> list[str]:
    """Return what staff should look at before they publish, worst first, as HTML."""
    warnings = [f"It cannot be published yet: {clean(draft.problem)}"] if draft.problem else []
    day = _day_of(draft.fields.get("date"))
    if day and day > today:
        warnings.append(f"Its date, {day}, lies in the future.")
    elif day and (today - day).days > OLD_AFTER_DAYS:
        warnings.append(f"It is dated {day}, {(today - day).days} days ago: is it new, or an old notice that moved?")
    elif day is None:
        warnings.append("It has no date.")
    unsure = [name for name, proposal in draft.proposals.items() if proposal.confidence < UNSURE_BELOW]
    if unsure:
        warnings.append(f"The machine is not sure of: {escape(', '.join(sorted(unsure)))}")
    if draft.from_first_load:
        warnings.append("It comes from the first load of its source, so it is not news. Do not alert people of it.")
    return warnings + [clean(note) for note in draft.notes]


def card_keyboard(draft: DraftView) -> InlineKeyboardMarkup:
    """Return the buttons under a card: what can be done with the draft as it stands."""
    if draft.state is not DraftState.OPEN:
        return InlineKeyboardMarkup([[_button("↩️ Undo", Deed.ASK_UNDO, draft)]])
    return InlineKeyboardMarkup(
        [
            [_button("✏️ Edit", Deed.CHOOSE_FIELD, draft), _button("👁 Preview", Deed.PREVIEW, draft)],
            [_button("📗 Publish silently …", Deed.ASK_SILENT, draft)],
            [_button("🔔 Publish and request an alert …", Deed.ASK_ALERT, draft)],
            [_button("🗑 Reject …", Deed.REJECT, draft), _button("↩️ Undo", Deed.ASK_UNDO, draft)],
        ]
    )


def present_list(drafts: Sequence[DraftView], waiting: int, unwell: Sequence[str] = ()) -> str:
    """Return the head of the list of open drafts; `unwell` says of each source that is not read why."""
    head = f"<b>Open drafts</b>: {len(drafts)}. <b>Waiting to be read</b>: {waiting}."
    parts = [HELP, head if drafts else f"{head} {NOTHING_OPEN}", STILL_WAITING if waiting else ""]
    parts.append(_bullets("⚠️ <b>Sources that are not read</b>", [clean(sentence, 300) for sentence in unwell]))
    return "\n\n".join(part for part in parts if part)


def list_keyboard(drafts: Sequence[DraftView], most: int = 20) -> InlineKeyboardMarkup | None:
    """Return a button for each of the newest open drafts; None where there are none."""
    rows = [[_button(f"{draft.id} · {_plain(draft.title)[:40]}", Deed.SHOW, draft)] for draft in drafts[:most]]
    return InlineKeyboardMarkup(rows) if rows else None


# --- editing ---


def fields_keyboard(draft: DraftView) -> InlineKeyboardMarkup:
    """Return the fields to choose from."""
    buttons = [_button(name, Deed.EDIT_FIELD, draft, name) for name in EDITABLE]
    return InlineKeyboardMarkup([buttons[place : place + 2] for place in range(0, len(buttons), 2)])


def present_field_question(draft: DraftView, field: str) -> str:
    """Return the question for a new value: what the field holds now and what may be sent."""
    held = clean(_as_words(draft.fields.get(field)), 1500) or "nothing"
    return (
        f"Send the new value of <b>{escape(field)}</b> of draft {draft.id} as your next message.\n\n"
        f"Now: <code>{held}</code>\n{allowed_values(field)}"
    )


def allowed_values(field: str) -> str:
    """Say what may be sent as the value of a field, as HTML."""
    if field in _CHOICES:
        many = " (several: with commas)" if field in _MANY else ""
        return f"Allowed{many}: <code>{escape(', '.join(sorted(_CHOICES[field])))}</code>"
    return f"Allowed: {_SHAPES.get(field, 'words; <code>none</code> empties it')}"


def present_bad_value(field: str, problem: str) -> str:
    """Say which field is wrong and what is allowed; the question stays open."""
    return (
        f"❌ <b>{escape(field)}</b>: {clean(problem)}\n{allowed_values(field.partition('.')[0])}\n\n"
        "Nothing was changed. Send the value again, or press a button under the card."
    )


def present_not_ready(field: str, problem: str) -> str:
    """Say why a draft cannot be shown or published as it is."""
    return f"❌ Not yet. <b>{escape(field)}</b>: {clean(problem)}\n{allowed_values(field.partition('.')[0])}"


def present_conflict(by: str, at: dt.datetime, changes: Iterable[FieldChange], typed: str | None) -> str:
    """Say who changed the draft meanwhile, and what; what was typed is given back, so that nothing is lost."""
    lines = [f"✋ This draft was changed by {escape(by)} on {at:%d %b %Y at %H:%M} UTC, after you saw it."]
    lines += [f"• {escape(one.field)}: {_shortly(one.before)} → {_shortly(one.after)}" for one in changes]
    lines.append("Your change was not stored. Below is the draft as it is now.")
    if typed is not None:
        lines.append(f"If what you sent still fits, send it again:\n<code>{clean(typed, 3000)}</code>")
    return "\n".join(lines)


def present_closed(draft: DraftView) -> str:
    """Say that a draft is not open any more, by whom and when."""
    return (
        f"Draft {draft.id} was {draft.state.value} by {escape(draft.changed_by)} on "
        f"{draft.changed_at:%d %b %Y at %H:%M} UTC, so nothing was changed."
    )


# --- publishing ---


def present_publish_question(draft: DraftView, *, alert: bool, approvals: int) -> str:
    """Say what publishing will do, before it is done."""
    what = (
        f"a new version of <code>{escape(draft.replaces)}</code>; the old words are said no more"
        if draft.replaces
        else f"the new advisory <code>{escape(draft.advisory_id)}</code>"
    )
    told = (
        f"An alert is <b>requested</b>: it goes out only after {approvals} of the staff approve its words ( /pending )."
        if alert
        else "Nobody is told by message."
    )
    problem = f"\n\n❌ {clean(draft.problem)}" if draft.problem else ""
    return f"Publish draft {draft.id} as {what}.\n\nFrom that moment answers rest on it. {told}{problem}"


def publish_keyboard(draft: DraftView, *, alert: bool, over: bool = False) -> InlineKeyboardMarkup:
    """Return the two answers to "publish?"; `over` asks to put it over newer words."""
    deed = {
        (False, False): Deed.SILENT,
        (True, False): Deed.ALERT,
        (False, True): Deed.SILENT_OVER,
        (True, True): Deed.ALERT_OVER,
    }[alert, over]
    label = "Yes, over the newer words" if over else "Yes, publish and request the alert" if alert else "Yes, publish"
    return InlineKeyboardMarkup([[_button(label, deed, draft)], [_button("No, show the draft", Deed.SHOW, draft)]])


def present_published(advisory_id: str, *, newly: bool, alert_requested: bool) -> str:
    """Say what publishing did."""
    done = "is published" if newly else "is published in its new version"
    alert = " An alert is requested: /pending" if alert_requested else ""
    return f"✅ <code>{escape(advisory_id)}</code> {done}. Answers rest on it from now on.{alert}"


def undo_keyboard(draft: DraftView, *, sure: bool = False) -> InlineKeyboardMarkup:
    """Return the button that asks about undoing, or, where `sure`, the one that does it."""
    label, deed = ("Yes, undo it", Deed.UNDO) if sure else ("↩️ Undo", Deed.ASK_UNDO)
    return InlineKeyboardMarkup([[_button(label, deed, draft)]])


def present_undo_question(draft: DraftView) -> str:
    """Say what undoing does."""
    if draft.state is DraftState.PUBLISHED:
        return (
            f"Undo the last deed on <code>{escape(draft.advisory_id)}</code>? Where that was its publication, it is "
            "said no more, and whoever was told of it is to hear that."
        )
    return f"Undo the last deed on draft {draft.id}?"


def present_preview(record: AdvisoryRecord, operator: Operator) -> str:
    """Return how people would see an advisory: as the answer to a question about it, and in the evidence."""
    countries = record.countries[:1]
    reply = Reply(Kind.ANSWER, None, Language.ENGLISH, countries=countries, citations=(cite_advisory(record),))
    shown = present(reply, operator=operator)
    return "\n\n".join(("<i>So people would see it:</i>", shown.screen, shown.sections.get("evidence", "")))


# --- taking in, and what became of it ---


def adding_keyboard() -> InlineKeyboardMarkup:
    """Return the button that ends adding."""
    return InlineKeyboardMarkup([[InlineKeyboardButton("Finish", callback_data=f"v1:dk:{Deed.FINISH}:0")]])


def offer_keyboard() -> InlineKeyboardMarkup:
    """Return the button that brings in the message above it."""
    label = "📥 Bring this in as an advisory"
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"v1:dk:{Deed.BRING_IN}:0")]])


def question_keyboard(question_id: int) -> InlineKeyboardMarkup:
    """Return the button that takes a question off the work list."""
    button = InlineKeyboardButton("✅ Done", callback_data=f"v1:dk:{Deed.QUESTION_DONE}:{question_id}")
    return InlineKeyboardMarkup([[button]])


def answer_keyboard(answer_id: int) -> InlineKeyboardMarkup:
    """Return the buttons by which staff say what they think of a language model's sentences."""
    labels = {Deed.ANSWER_FINE: "✅ Fine", Deed.ANSWER_WRONG: "❌ Wrong"}
    buttons = [InlineKeyboardButton(label, callback_data=f"v1:dk:{deed}:{answer_id}") for deed, label in labels.items()]
    return InlineKeyboardMarkup([buttons])


def present_outcome(submission: SubmissionView) -> str:
    """Say what became of something that was handed in."""
    what = submission.link or submission.file_name or submission.kind.value
    return f"📥 {submission.id}, <code>{clean(what, 200)}</code>: {clean(submission.outcome or submission.state.value)}"


def present_notice(notice: NoticeView) -> str:
    """Return what the watcher has to tell staff."""
    return f"📡 {clean(notice.words, 1500)}"


def show_keyboard(draft_id: int) -> InlineKeyboardMarkup:
    """Return the button that shows a draft."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(f"Show draft {draft_id}", callback_data=f"v1:dk:{Deed.SHOW}:{draft_id}")]]
    )


def clean(words: str, most: int = 1000) -> str:
    """Return words from outside as HTML that is safe to show: escaped, shortened, without signs that steer a screen."""
    shown = _plain(words)
    return escape(shown if len(shown) <= most else f"{shown[:most].rstrip()} …", quote=False)


# --- steps ---


def _head(draft: DraftView) -> str:
    kind = f"a new version of <code>{escape(draft.replaces)}</code>" if draft.replaces else "new"
    origin = f"source {escape(draft.source_id)}" if draft.source_id else escape(draft.created_by)
    return (
        f"📝 <b>Draft {draft.id}</b>, version {draft.version}, {draft.state.value}: {kind}\n"
        f"<code>{escape(draft.advisory_id)}</code>\nFrom {origin}, {draft.created_at:%d %b %Y %H:%M} UTC. "
        f"Last changed by {escape(draft.changed_by)}."
    )


def _field_lines(draft: DraftView) -> list[str]:
    shown = [name for name in EDITABLE if draft.fields.get(name) not in (None, [], {}, "") or name in draft.proposals]
    return [_field_line(name, draft.fields.get(name), draft.proposals.get(name)) for name in shown]


def _field_line(name: str, value: Any, proposal: ProposalView | None) -> str:
    line = f"• <b>{escape(name)}</b>: {clean(_as_words(value), _LONGEST_VALUE) or '(nothing)'}"
    if proposal is None:
        return line
    words = "; ".join(f"“{clean(part, _LONGEST_WORDS)}”" for part in proposal.words[:2])
    sure = f" <i>({proposal.confidence:.0%}{', ' if words else ''}{words})</i>"
    if proposal.value is not None and _as_words(proposal.value) != _as_words(value):
        return f"{line} <i>(the machine proposed {clean(_as_words(proposal.value), _LONGEST_WORDS)})</i>"
    return line + sure


def _near_line(near: NearView) -> str:
    differs = f": differs in {clean(', '.join(near.differs), 200)}" if near.differs else ""
    return f"<code>{escape(near.id)}</code> ({near.likeness:.0%} alike){differs}"


def _contradiction_line(one: Mapping[str, Any]) -> str:
    return clean(", ".join(f"{name}: {_as_words(value)}" for name, value in one.items()), 300)


def _bullets(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([heading, *(f"• {line}" for line in lines)]) if lines else ""


def _button(label: str, deed: Deed, draft: DraftView, *field: str) -> InlineKeyboardButton:
    data = ":".join(["v1", "dk", deed.value, str(draft.id), str(draft.version), *field])
    return InlineKeyboardButton(label, callback_data=data)


def _as_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_as_words(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        between = "\n" if any(len(str(part)) > 40 for part in value) else ", "
        return between.join(_as_words(part) for part in value)
    return str(value)


def _shortly(value: Any) -> str:
    return f"“{clean(_as_words(value), 80)}”"


def _day_of(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _plain(words: str) -> str:
    """Controls and signs of direction out; line ends and the joiners of Indian scripts stay."""
    return "".join(
        sign for sign in words if sign == "\n" or sign in _KEEP_UNSEEN or unicodedata.category(sign) not in _STEERING
    )


_STEERING = ("Cc", "Cf", "Cs", "Co")
_CHOICES: Mapping[str, Iterable[str]] = {
    "kind": list(AdvisoryKind),
    "topics": list(Topic),
    "source_tier": list(SourceTier),
    "text_kind": list(TextKind),
    "severity": list(Severity),
    "scope": list(WorkScope),
    "pattern": list(RedFlag),
    "date_precision": ["day", "report_day", "month", "year", "unknown"],
    "standing": ["yes", "no"],
}
_MANY = ("topics", "scope", "pattern")
_SHAPES = {
    "date": "a day such as <code>2026-03-14</code>, or <code>none</code>",
    "valid_until": "a day such as <code>2026-12-31</code>, or <code>none</code>",
    "countries": "two-letter codes with commas, such as <code>RU, KH</code>; <code>none</code> for every country",
    "facts": "one fact a paragraph, with an empty line between",
    "text": "the official words; they take the place of the facts",
    "language": "a code such as <code>en</code> or <code>hi</code>",
    "source_url": "the address of the notice",
    "supersedes": "ids of older advisories, with commas",
    "counts": "JSON, or <code>none</code>",
    "gist": 'JSON such as <code>{"hi": "…"}</code>, or <code>none</code>',
}
