"""What staff see of alerts in Telegram: the card, the question before an approval, figures. English only; pure.

An alert in earnest and a test look different from the first line on, and different words have to be typed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.alerts.approval import Progress, Prompt
from bot.alerts.figures import ENOUGH_CANARIES, Figures, Freshness
from bot.alerts.lifecycle import Preview
from bot.alerts.models import Alert
from bot.alerts.states import AlertStatus, Reader
from bot.presenters.keyboards import OWN_NAMES
from knowledge.vocabulary import Language

STAFF_PRESS = r"^v1:st:"
NEWS = "Alerts: {words}"
NOTHING_PENDING = "No alert waits for approval."
NOT_A_NUMBER = "Write the number of the alert, for example: <code>/{command} 12</code>"
CALLED_OFF = "⏹ Alert {number} is called off. Nothing new of it goes out. What went out is taken back by a withdrawal."
NO_PROMPT = "First press “Approve” under the alert ( /pending ), then type what it asks for."
CANARY_ON = (
    "🐤 This account now gets every alert, first, and every weekly test. If one does not arrive, staff hear of it."
)
CANARY_OFF = (
    "This account does not watch over alerts. Accounts that do: {count}. Two are needed: <code>/canary on</code>"
)
CANARY_CHANGE = "To stop that: <code>/canary off</code>"
CANARY_CONSENT = "First choose alerts and agree to them: /subscribe. Then <code>/canary on</code>."
_EARNEST = "🔴🔴🔴 <b>ALERT {number}, IN EARNEST</b>"
_TEST = "🧪🧪🧪 <b>Alert {number}, a TEST, to staff's own accounts only</b>"
_PRESS = re.compile(r"v1:st:(?P<what>ok|all):(?P<number>[0-9]{1,12})")


def present_card(seen: Preview) -> str:
    """Return the head of a waiting alert: what, to how many in each language, until when."""
    alert = seen.alert
    by_language = (
        ", ".join(f"{code} {count}" for code, count in sorted(seen.recipients_by_language.items())) or "nobody"
    )
    return "\n".join(
        (
            _head(alert),
            f"About: <code>{escape(alert.advisory_id)}</code> ({escape(alert.message_type)})",
            f"Recipients now: <b>{seen.recipients}</b> ({by_language})",
            f"Audience: {escape(str(alert.audience))}",
            f"Asked for by {escape(alert.requested_by)}. Waits until {alert.expires_at:%d %b %Y %H:%M} UTC.",
            f"Hash: <code>{seen.text_hash}</code>",
        )
    )


def present_texts(seen: Preview, languages: Sequence[Language] = (Language.ENGLISH,)) -> list[str]:
    """Return what would go out in some languages, each headed by its language and reader."""
    return [
        f"<i>{OWN_NAMES[Language(text.language)]}, to {escape(text.reader)}:</i>\n\n{text.html}"
        for text in seen.texts
        if text.language in languages and (text.reader == Reader.SUBSCRIBER or text.language == Language.ENGLISH)
    ]


def card_keyboard(seen: Preview) -> InlineKeyboardMarkup:
    """Return the buttons under a card: the other languages, and the question before the approval."""
    number = seen.alert.id
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("All languages", callback_data=f"v1:st:all:{number}")],
            [InlineKeyboardButton("Approve …", callback_data=f"v1:st:ok:{number}")],
        ]
    )


def parse_staff_press(data: str | None) -> tuple[str, int] | None:
    """Read what a button under a card carries: `ok` or `all`, and the number; None for anything else."""
    found = _PRESS.fullmatch(data or "")
    return (found["what"], int(found["number"])) if found else None


def present_prompt(prompt: Prompt) -> str:
    """Return the question before an approval; what has to be typed differs between earnest and test."""
    command = f"<code>/approve {prompt.alert_id} {prompt.must_type}</code>"
    if prompt.is_test:
        return f"🧪 To send this TEST to {prompt.recipients} staff accounts, type within 15 minutes:\n{command}"
    return (
        f"🔴 This goes to <b>{prompt.recipients} people</b>, in earnest. You have read every line of it?\n"
        f"Then type within 15 minutes:\n{command}\n\nTo refuse: <code>/cancel {prompt.alert_id} reason</code>"
    )


def present_progress(progress: Progress) -> str:
    """Say how many approvals there are and what comes next."""
    if progress.approved:
        return f"✅ Alert {progress.alert_id} is approved ({progress.given} of {progress.needed}). It goes out now."
    missing = progress.needed - progress.given
    return (
        f"Noted: {progress.given} of {progress.needed}. "
        f"{missing} more of the staff must approve alert {progress.alert_id}."
    )


@dataclass(frozen=True)
class Watch:
    """Who watches over alerts: how many accounts, when the last weekly test went out, what did not arrive."""

    canaries: int
    last_test_at: dt.datetime | None
    not_arrived: tuple[tuple[int, str], ...] = ()
    held: str | None = None  # why everything is held, if it is


def present_canary(wish: str, *, is_canary: bool, count: int) -> str:
    """Say whether an account watches over alerts now, and how to change that."""
    if not is_canary:
        return CANARY_OFF.format(count=count)
    return CANARY_ON if wish == "on" else f"{CANARY_ON}\n{CANARY_CHANGE}"


def present_status(
    alerts: Sequence[tuple[Alert, Figures]],
    freshness: Sequence[Freshness],
    subscribers: int,
    watch: Watch,
    unwell: Sequence[str] = (),
) -> str:
    """Return how alerts went, how new what we know is, and which sources cannot be read (a sentence each)."""
    tested = f"{watch.last_test_at:%d %b %Y %H:%M} UTC" if watch.last_test_at else "never"
    lines = [f"<b>Subscribers</b>: {subscribers}, of them canaries: {watch.canaries}", f"Last weekly test: {tested}"]
    if watch.canaries < ENOUGH_CANARIES:
        lines.append("⚠️ Fewer than two canaries: nobody would notice that alerts do not arrive. /canary on")
    if watch.held is not None:
        lines.append(f"⏸ <b>All alerts are held</b>: {escape(watch.held)}. To go on: <code>satark alerts go-on</code>")
    lines += [f"❗ Alert {number}: {escape(words)}" for number, words in watch.not_arrived]
    lines += ["", "<b>Alerts</b>"]
    lines += [_status_line(alert, figures) for alert, figures in alerts] or ["none yet"]
    lines += ["", "<b>Newest notice by source</b>"]
    lines += [f"{escape(one.source)}: {one.newest_notice or 'no day'}" for one in freshness[:15]]
    if unwell:
        lines += ["", "⚠️ <b>Sources that are not read</b>", *(escape(sentence, quote=False) for sentence in unwell)]
    return "\n".join(lines)


def _status_line(alert: Alert, figures: Figures) -> str:
    mark = "🧪" if alert.status == AlertStatus.TEST else "🔔"
    speed = "" if figures.p95_minutes is None else f", p50/p95 {figures.p50_minutes:.1f}/{figures.p95_minutes:.1f} min"
    states = ", ".join(f"{state} {count}" for state, count in figures.by_state.items())
    return f"{mark} {alert.id} {escape(alert.advisory_id)}: {escape(alert.state)} ({states or 'no deliveries'}{speed})"


def _head(alert: Alert) -> str:
    return (_TEST if alert.status == AlertStatus.TEST else _EARNEST).format(number=alert.id)
