"""Asking for alerts, changing and stopping them: /subscribe, /alerts, /unsubscribe, deep links and their buttons.

Nothing is sent to a chat that did not consent. In a group or channel only its admins decide.
"""

from __future__ import annotations

import datetime as dt

import structlog
from sqlalchemy.orm import Session
from telegram import ChatFullInfo, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.alerts import explaining, heard, subscriptions
from bot.alerts.audience import ALL_INDIA, Wish
from bot.alerts.rhythm import QuietHours
from bot.alerts.states import ChatKind, Interest, Pace
from bot.alerts.subscriptions import Consent, NotSubscribed
from bot.context import Context, find_language, services_of
from bot.handlers.admins import is_admin, may_decide
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
    present_why,
    standing_keyboard,
)
from bot.texts import text
from knowledge.reading.countries import find_countries
from knowledge.reading.routes import HOME
from knowledge.vocabulary import Language

CONSENT_VERSION = "2026-11"  # of SUBSCRIBE_CONSENT; a new wording gets a new version
_KINDS = {ChatType.PRIVATE: ChatKind.PERSON, ChatType.CHANNEL: ChatKind.CHANNEL}

log = structlog.get_logger(__name__)


async def subscribe(update: Update, context: Context) -> None:
    """Answer /subscribe: with a country it asks for consent, with a channel it subscribes that, else it offers."""
    if not await may_decide(update, context):
        return
    words = " ".join(context.args or ())
    if words.startswith("@"):
        await _subscribe_channel(update, context, words.split()[0])
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
    if update.effective_chat is None or not await may_decide(update, context):
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
    """Answer /unsubscribe: everything stops at once, here or in the channel that is named."""
    if update.effective_chat is None or not await may_decide(update, context):
        return
    if context.args and context.args[0].startswith("@"):
        await _unsubscribe_channel(update, context, context.args[0])
        return
    chat_id, at = update.effective_chat.id, services_of(context).clock()
    ended = await write(context, lambda session: subscriptions.unsubscribe_all(session, chat_id, at=at))
    await say(update, context, fixed_texts.ALERTS_STOPPED if ended else fixed_texts.ALERTS_NONE)


async def explain_why(update: Update, context: Context) -> None:
    """Answer /why: why the newest alert came, or the one that the command answers."""
    if update.effective_chat is None or not await may_decide(update, context):
        return
    answered = update.message.reply_to_message if update.message else None
    is_own = answered is not None and answered.from_user is not None and answered.from_user.id == context.bot.id
    await _explain_why(update, context, update.effective_chat.id, answered.message_id if answered and is_own else None)


async def answer_choice(update: Update, context: Context) -> None:
    """Do what a pressed button says. An old, unknown or forged button gets a kind answer."""
    query = update.callback_query
    if query is None or update.effective_chat is None:
        return
    await acknowledge(query)
    press = parse_choice(query.data)
    if press is None:
        await say(update, context, fixed_texts.BUTTON_TOO_OLD)
    elif await may_decide(update, context):
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
    elif press.choice is Choice.WHY_THIS:
        pressed = update.callback_query.message if update.callback_query else None
        await _explain_why(update, context, chat_id, pressed.message_id if pressed else None)
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
    channel = await _find_own_channel(update, context, name)
    if channel is None:
        return
    language = await find_language(update, context)
    consent = Consent(CONSENT_VERSION, language, services_of(context).clock())

    def start(session: Session) -> None:
        subscriptions.subscribe(session, channel.id, [ALL_INDIA], consent=consent, kind=ChatKind.CHANNEL)
        subscriptions.set_urgent_only(session, channel.id, urgent_only=True)

    await write(context, start)
    await say(update, context, fixed_texts.CHANNEL_SUBSCRIBED, channel=name)


async def _unsubscribe_channel(update: Update, context: Context, name: str) -> None:
    channel, at = await _find_own_channel(update, context, name), services_of(context).clock()
    if channel is None:
        return
    ended = await write(context, lambda session: subscriptions.unsubscribe_all(session, channel.id, at=at))
    await say(update, context, fixed_texts.CHANNEL_STOPPED if ended else fixed_texts.CHANNEL_NONE, channel=name)


async def _find_own_channel(update: Update, context: Context, name: str) -> ChatFullInfo | None:
    """Return the channel of that name if whoever asks is its admin; else say what is missing and return None.

    To see a channel's members the bot must be its admin, and to write there too.
    """
    person = update.effective_user
    channel = await _look_at_channel(context, name)
    if channel is None or not await is_admin(context, channel.id, context.bot.id):
        await say(update, context, fixed_texts.CHANNEL_UNKNOWN)
        return None
    if person is None or not await is_admin(context, channel.id, person.id):
        await say(update, context, fixed_texts.ADMINS_ONLY)
        return None
    return channel


async def _look_at_channel(context: Context, name: str) -> ChatFullInfo | None:
    try:
        channel = await context.bot.get_chat(name)
    except TelegramError as error:
        log.info("A channel could not be looked at.", reason=type(error).__name__)
        return None
    return channel if channel.type == ChatType.CHANNEL else None


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


async def _explain_why(update: Update, context: Context, chat_id: int, message_id: int | None) -> None:
    language = await find_language(update, context)

    def find(session: Session) -> list[tuple[explaining.Why, str | None]]:
        found = explaining.why_this_message(session, chat_id, message_id)
        return [(why, explaining.find_headline(session, why.alert_id, language)) for why in found]

    await say_html(update, context, present_why(await read(context, find), language))


async def _choose_corrections(update: Update, context: Context, chat_id: int, *, wanted: bool) -> None:
    at = services_of(context).clock()

    def choose(session: Session) -> None:
        if wanted:
            heard.accept_corrections(session, chat_id)
        else:
            heard.refuse_corrections(session, chat_id, at=at)

    await write(context, choose)
    await say(update, context, fixed_texts.CORRECTIONS_ON if wanted else fixed_texts.CORRECTIONS_OFF)


def _find_standing(session: Session, chat_id: int) -> Standing:
    row = subscriptions.find_subscriber(session, chat_id)
    is_active = row is not None and row.ended_at is None
    return Standing(
        wishes=subscriptions.list_wishes(session, chat_id) if is_active else (),
        pace=Pace(row.pace) if row else Pace.NOW,
        is_quiet_at_night=row is not None and row.quiet_from is not None,
        paused_until=row.paused_until if row else None,
        wants_corrections=not heard.refuses_corrections(session, chat_id),
        language=Language(row.language) if row else Language.ENGLISH,
        is_urgent_only=row is not None and row.urgent_only,
    )
