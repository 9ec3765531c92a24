"""Asking for alerts, changing and stopping them: /subscribe, /alerts, /unsubscribe, deep links and their buttons.

Nothing is sent to a chat that did not consent. In a group or channel only its admins decide.
"""

from __future__ import annotations

import datetime as dt

import structlog
from sqlalchemy.orm import Session
from telegram import ChatMember, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.alerts import explaining, heard, subscriptions
from bot.alerts.audience import ALL_INDIA, Wish
from bot.alerts.rhythm import QuietHours
from bot.alerts.states import ChatKind, Interest, Pace
from bot.alerts.subscriptions import Consent, NotSubscribed
from bot.context import Context, find_language, services_of
from bot.handlers.storing import read, write
from bot.handlers.talking import acknowledge, say, say_html
from bot.presenters import fixed_texts
from bot.presenters.subscriptions import (
    PAUSE_DAYS,
    QUIET_FROM,
    QUIET_UNTIL,
    Choice,
    ChoicePress,
    Standing,
    consent_keyboard,
    corrections_keyboard,
    name_of,
    names_of,
    offer_keyboard,
    parse_choice,
    present_silence,
    present_standing,
    standing_keyboard,
)
from bot.texts import text
from knowledge.reading.countries import find_countries
from knowledge.reading.routes import HOME

CONSENT_VERSION = "2026-11"  # of SUBSCRIBE_CONSENT; a new wording gets a new version
_ADMINS = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)
_KINDS = {ChatType.PRIVATE: ChatKind.PERSON, ChatType.CHANNEL: ChatKind.CHANNEL}

log = structlog.get_logger(__name__)


async def subscribe(update: Update, context: Context) -> None:
    """Answer /subscribe: with a country it asks for consent, with a channel it subscribes that, else it offers."""
    if not await _may_decide(update, context):
        return
    words = " ".join(context.args or ())
    if words.startswith("@"):
        await _subscribe_channel(update, context, words)
    elif words:
        await _ask_about_countries(update, context, words)
    else:
        language = await find_language(update, context)
        await say_html(update, context, text(language, fixed_texts.SUBSCRIBE), offer_keyboard(language))


async def ask_for_consent(update: Update, context: Context, wish: Wish) -> None:
    """Ask whether this chat wants alerts about something."""
    language = await find_language(update, context)
    question = text(language, fixed_texts.SUBSCRIBE_CONSENT, wishes=name_of(wish, language))
    await say_html(update, context, question, consent_keyboard(wish, language))


async def show_alerts(update: Update, context: Context) -> None:
    """Answer /alerts: what this chat has chosen, and the buttons that change it."""
    if update.effective_chat is None or not await _may_decide(update, context):
        return
    language, chat_id = await find_language(update, context), update.effective_chat.id
    standing = await read(context, lambda session: _find_standing(session, chat_id))
    now = services_of(context).clock()
    if standing.wishes:
        words, keyboard = present_standing(standing, language, now), standing_keyboard(standing, language, now)
    else:
        words = text(language, fixed_texts.ALERTS_NONE)
        keyboard = corrections_keyboard(language, wanted=standing.wants_corrections)
    await say_html(update, context, words, keyboard)


async def unsubscribe(update: Update, context: Context) -> None:
    """Answer /unsubscribe: everything stops at once."""
    if update.effective_chat is None or not await _may_decide(update, context):
        return
    chat_id, at = update.effective_chat.id, services_of(context).clock()
    ended = await write(context, lambda session: subscriptions.unsubscribe_all(session, chat_id, at=at))
    await say(update, context, fixed_texts.ALERTS_STOPPED if ended else fixed_texts.ALERTS_NONE)


async def answer_choice(update: Update, context: Context) -> None:
    """Do what a pressed button says. An old, unknown or forged button gets a kind answer."""
    query = update.callback_query
    if query is None or update.effective_chat is None:
        return
    await acknowledge(query)
    press = parse_choice(query.data)
    if press is None:
        await say(update, context, fixed_texts.BUTTON_TOO_OLD)
    elif await _may_decide(update, context):
        await _do(update, context, press, update.effective_chat.id)


async def _do(update: Update, context: Context, press: ChoicePress, chat_id: int) -> None:
    if press.choice is Choice.ASK and press.wish:
        await ask_for_consent(update, context, press.wish)
    elif press.choice is Choice.CONSENT and press.wish:
        await _subscribe(update, context, press.wish, chat_id)
    elif press.choice is Choice.REFUSE:
        await say(update, context, fixed_texts.SUBSCRIBED_NOT)
    elif press.choice is Choice.STOP:
        await unsubscribe(update, context)
    elif press.choice is Choice.WHY_NOTHING:
        await _explain_silence(update, context, chat_id)
    elif press.choice is Choice.CORRECTIONS:
        await _choose_corrections(update, context, chat_id, wanted=press.value == "on")
    else:
        await _change(update, context, press, chat_id)


async def _subscribe(update: Update, context: Context, wish: Wish, chat_id: int) -> None:
    language, at = await find_language(update, context), services_of(context).clock()
    kind = _KINDS.get(ChatType(update.effective_chat.type), ChatKind.GROUP) if update.effective_chat else ChatKind.GROUP
    consent = Consent(CONSENT_VERSION, language, at)
    await write(context, lambda session: subscriptions.subscribe(session, chat_id, [wish], consent=consent, kind=kind))
    wishes = await read(context, lambda session: subscriptions.list_wishes(session, chat_id))
    await say(update, context, fixed_texts.SUBSCRIBED, wishes=names_of(wishes, language))


async def _ask_about_countries(update: Update, context: Context, words: str) -> None:
    codes = list(dict.fromkeys(mention.code for mention in find_countries(words) if mention.code != HOME))
    for code in codes[:3]:
        await ask_for_consent(update, context, Wish(Interest.COUNTRY, code))
    if not codes:
        await say(update, context, fixed_texts.COUNTRY_NOT_FOUND)


async def _subscribe_channel(update: Update, context: Context, name: str) -> None:
    """Let a channel mirror warnings of danger to life; whoever asks must be its admin."""
    person = update.effective_user
    try:
        channel = await context.bot.get_chat(name.split()[0])
        member = await context.bot.get_chat_member(channel.id, person.id if person else 0)
    except TelegramError as error:
        log.info("A channel could not be looked at.", reason=type(error).__name__)
        await say(update, context, fixed_texts.CHANNEL_UNKNOWN)
        return
    if member.status not in _ADMINS:
        await say(update, context, fixed_texts.ADMINS_ONLY)
        return
    language = await find_language(update, context)
    consent = Consent(CONSENT_VERSION, language, services_of(context).clock())

    def start(session: Session) -> None:
        subscriptions.subscribe(session, channel.id, [ALL_INDIA], consent=consent, kind=ChatKind.CHANNEL)
        subscriptions.set_urgent_only(session, channel.id, urgent_only=True)

    await write(context, start)
    await say(update, context, fixed_texts.SUBSCRIBED, wishes=name_of(ALL_INDIA, language))


async def _change(update: Update, context: Context, press: ChoicePress, chat_id: int) -> None:
    at = services_of(context).clock()

    def change(session: Session) -> None:
        if press.choice is Choice.REMOVE and press.wish:
            subscriptions.unsubscribe(session, chat_id, press.wish, at=at)
        elif press.choice is Choice.PACE:
            subscriptions.set_pace(session, chat_id, Pace(press.value))
        elif press.choice is Choice.QUIET:
            quiet = QuietHours(QUIET_FROM, QUIET_UNTIL) if press.value == "on" else None
            subscriptions.set_quiet_hours(session, chat_id, quiet)
        elif press.choice is Choice.PAUSE:
            until = at + dt.timedelta(days=PAUSE_DAYS) if press.value == "on" else None
            subscriptions.pause(session, chat_id, until)

    try:
        await write(context, change)
    except NotSubscribed:
        await say(update, context, fixed_texts.ALERTS_NONE)
        return
    await show_alerts(update, context)


async def _explain_silence(update: Update, context: Context, chat_id: int) -> None:
    language, at = await find_language(update, context), services_of(context).clock()
    reasons = await read(context, lambda session: explaining.why_nothing(session, chat_id, at=at))
    await say_html(update, context, present_silence(reasons, language))


async def _choose_corrections(update: Update, context: Context, chat_id: int, *, wanted: bool) -> None:
    at = services_of(context).clock()

    def choose(session: Session) -> None:
        if wanted:
            heard.accept_corrections(session, chat_id)
        else:
            heard.refuse_corrections(session, chat_id, at=at)

    await write(context, choose)
    await say(update, context, fixed_texts.CORRECTIONS_ON if wanted else fixed_texts.CORRECTIONS_OFF)


async def _may_decide(update: Update, context: Context) -> bool:
    """Whether whoever asks may decide for this chat; says so where they may not."""
    chat, person = update.effective_chat, update.effective_user
    if chat is None or chat.type == ChatType.PRIVATE:
        return True
    try:
        member = await context.bot.get_chat_member(chat.id, person.id) if person else None
    except TelegramError as error:
        log.info("An admin could not be looked up.", reason=type(error).__name__)
        member = None
    if member is not None and member.status in _ADMINS:
        return True
    await say(update, context, fixed_texts.ADMINS_ONLY)
    return False


def _find_standing(session: Session, chat_id: int) -> Standing:
    row = subscriptions.find_subscriber(session, chat_id)
    is_active = row is not None and row.ended_at is None
    return Standing(
        wishes=subscriptions.list_wishes(session, chat_id) if is_active else (),
        pace=Pace(row.pace) if row else Pace.NOW,
        is_quiet_at_night=row is not None and row.quiet_from is not None,
        paused_until=row.paused_until if row else None,
        wants_corrections=not heard.refuses_corrections(session, chat_id),
    )
