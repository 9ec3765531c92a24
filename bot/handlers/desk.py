"""The staff desk in private chats of STAFF_IDS: bring something in, look at a draft, change, publish or reject it.

To everybody else these commands do not exist. What is brought in is read by another process; `bot/desk_jobs.py` sends
the draft when it is there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram import InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.attachments import NotRead, find_attached
from bot.context import Context, services_of
from bot.desk_waiting import Expected, Waiting, expect, expect_nothing, find_expected
from bot.handlers.information import unknown_command
from bot.handlers.storing import write
from bot.handlers.talking import say_html
from bot.presenters import desk as cards
from bot.presenters import worklist as worklist_cards
from bot.presenters.desk import Deed, DeskPress
from bot.sending import Outgoing, send
from knowledge import desk, worklist
from knowledge.advisories import CannotSupersede
from knowledge.chat.quality_store import ListedAnswer, Mark, count_answers, list_answers, mark_answer
from knowledge.desk import DraftView, ReplyTo
from knowledge.records import BadRecord, build_advisory
from knowledge.worklist import QuestionView

COUNTED_DAYS = 30
LONG_ENOUGH = 200  # characters; a shorter message of staff is a question, not a notice
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)

log = structlog.get_logger(__name__)
_Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]


def for_desk(handler: _Handler) -> _Handler:
    """Let only staff in their private chat through, and word what the desk refuses."""

    async def guarded(update: Update, context: Context) -> None:
        if find_staff(update, context) is None:
            await unknown_command(update, context)
            return
        await _explaining(update, context, handler(update, context))

    return guarded


def find_staff(update: Update, context: Context) -> int | None:
    """Return the number of the staff member who speaks in their private chat; None for everybody else."""
    person, chat = update.effective_user, update.effective_chat
    if person is None or chat is None or chat.type != ChatType.PRIVATE or chat.id != person.id:
        return None
    return person.id if person.id in services_of(context).staff_ids else None


# --- commands ---


@for_desk
async def show_desk(update: Update, context: Context) -> None:
    """Answer /desk: how it works, and the open drafts."""
    at = services_of(context).clock()

    def read(session: Session) -> tuple[tuple[DraftView, ...], int, list[str]]:
        unwell = [source.in_words() for source in desk.list_unwell(session, at)]
        return desk.list_drafts(session), desk.count_waiting(session), unwell

    drafts, waiting, unwell = await write(context, read)
    await say_html(update, context, cards.present_list(drafts, waiting, unwell), cards.list_keyboard(drafts))


@for_desk
async def show_draft(update: Update, context: Context) -> None:
    """Answer /draft NUMBER: the card of one draft."""
    number = (context.args or [""])[0]
    if not (number.isascii() and number.isdigit() and len(number) <= 12):
        await say_html(update, context, cards.NOT_A_NUMBER)
        return
    await _show_card(update, context, int(number))


@for_desk
async def add(update: Update, context: Context) -> None:
    """Answer /add: what follows is brought in; at once, what stands after it or the message that it answers."""
    message = update.message
    words = re.sub(r"^\s*/\S+\s*", "", message.text or "", count=1) if message else ""
    if message and message.reply_to_message and _is_own(update, message.reply_to_message):
        await _submit(update, context, message.reply_to_message)
        return
    if words:
        await _submit_words(update, context, words, _hints(words))
        return
    await _expect(update, context, Waiting(Expected.SUBMISSION))
    await say_html(update, context, cards.SEND_IT, cards.adding_keyboard())


@for_desk
async def show_worklist(update: Update, context: Context) -> None:
    """Answer /worklist: questions that people let staff see, counts of what was asked in vain, model answers."""
    since = services_of(context).clock().date() - dt.timedelta(days=COUNTED_DAYS)

    def read(session: Session) -> tuple[str, tuple[QuestionView, ...], tuple[ListedAnswer, ...]]:
        head = worklist_cards.present_worklist(
            worklist.count_open(session), worklist.list_counts(session, since), COUNTED_DAYS, count_answers(session)
        )
        return head, worklist.list_questions(session), list_answers(session)

    head, questions, answers = await write(context, read)
    await say_html(update, context, head)
    for question in questions:
        html = worklist_cards.present_question(question)
        await say_html(update, context, html, cards.question_keyboard(question.id))
    for answer in answers:
        await say_html(update, context, worklist_cards.present_answer(answer), cards.answer_keyboard(answer.id))


# --- messages ---


async def take_message(update: Update, context: Context) -> bool:
    """Take a message that the desk has asked one of the staff for; False for every other message."""
    staff_id = find_staff(update, context)
    if staff_id is None or update.message is None:
        return False
    at = services_of(context).clock()
    waiting = await write(context, lambda session: find_expected(session, staff_id, at=at))
    if waiting is None:
        return False
    await _explaining(update, context, _take(update, context, update.message, waiting), waiting=waiting)
    return True


async def offer_to_bring_in(update: Update, context: Context) -> None:
    """Offer staff, after the usual answer, to bring in what they sent, where it may be a notice."""
    message = update.message
    if find_staff(update, context) is None or message is None or not _may_be_notice(message):
        return
    outgoing = Outgoing(message.chat.id, cards.OFFER, cards.offer_keyboard(), reply_to=message.message_id)
    await send(context.bot, outgoing, sleep=services_of(context).sleep)


async def _take(update: Update, context: Context, message: Message, waiting: Waiting) -> None:
    if waiting.what is Expected.SUBMISSION:
        await _submit(update, context, message)
        return
    if not message.text:
        await say_html(update, context, cards.WORDS_ONLY)
        return
    if waiting.what is Expected.VALUE:
        await _edit(update, context, waiting, message.text)
    else:
        await _reject(update, context, waiting, message.text)


async def _submit(update: Update, context: Context, message: Message) -> None:
    words = (message.text or message.caption or "").strip()
    attached = find_attached(message)
    if attached is None and not words:
        await say_html(update, context, cards.NOTHING_TO_TAKE, cards.adding_keyboard())
    elif attached is None:
        await _submit_words(update, context, words, _hints(words))
    else:
        try:
            content = await services_of(context).files.fetch(context.bot, attached)
        except NotRead as failure:
            await say_html(update, context, cards.CANNOT_READ.format(trouble=failure.trouble.value.replace("_", " ")))
            return
        store = partial(desk.submit_file, content=content, file_name=attached.name, media_type=attached.media_type)
        await _store(update, context, store, _hints(words))


async def _submit_words(update: Update, context: Context, words: str, hints: dict[str, str]) -> None:
    if _LINK.fullmatch(words):
        await _store(update, context, partial(desk.submit_link, link=words), {})
    else:
        await _store(update, context, partial(desk.submit_text, text=words), hints)


async def _store(update: Update, context: Context, store: Callable[..., int], hints: dict[str, str]) -> None:
    message, chat = update.effective_message, update.effective_chat
    reply_to = ReplyTo(chat.id if chat else 0, message.message_id if message else None)
    by, at = _by(update), services_of(context).clock()
    number = await write(context, lambda session: store(session, by=by, at=at, reply_to=reply_to, hints=hints))
    await say_html(update, context, cards.TAKEN.format(number=number))


async def _edit(update: Update, context: Context, waiting: Waiting, typed: str) -> None:
    by, at = _by(update), services_of(context).clock()
    staff_id = _staff_id(update)

    def edit(session: Session) -> DraftView:
        edited = desk.edit_draft(session, waiting.draft_id, waiting.version, {waiting.field: typed}, by=by, at=at)
        expect_nothing(session, staff_id)
        return edited

    await _say_card(update, context, await write(context, edit))


async def _reject(update: Update, context: Context, waiting: Waiting, reason: str) -> None:
    by, at, staff_id = _by(update), services_of(context).clock(), _staff_id(update)

    def reject(session: Session) -> DraftView:
        rejected = desk.reject_draft(session, waiting.draft_id, waiting.version, by=by, at=at, reason=reason)
        expect_nothing(session, staff_id)
        return rejected

    draft = await write(context, reject)
    await say_html(update, context, cards.REJECTED.format(number=draft.id), cards.card_keyboard(draft))


# --- buttons ---


async def answer_desk_press(update: Update, context: Context) -> None:
    """Do what a pressed button says; an old, unknown or forged one gets a kind answer. For others it does not exist."""
    query = update.callback_query
    if query is None:
        return
    try:
        await query.answer()
    except TelegramError as error:
        log.info("A press could not be acknowledged.", reason=type(error).__name__)
    if find_staff(update, context) is None:
        await unknown_command(update, context)
        return
    press = cards.parse_desk_press(query.data)
    if press is None:
        await say_html(update, context, cards.TOO_OLD)
        return
    await _explaining(update, context, _DEEDS[press.deed](update, context, press))


async def _show(update: Update, context: Context, press: DeskPress) -> None:
    await _show_card(update, context, press.number)


async def _choose_field(update: Update, context: Context, press: DeskPress) -> None:
    draft = await _get_open(context, press)
    await say_html(update, context, f"Which field of draft {draft.id}?", cards.fields_keyboard(draft))


async def _edit_field(update: Update, context: Context, press: DeskPress) -> None:
    draft = await _get_open(context, press)
    await _expect(update, context, Waiting(Expected.VALUE, draft.id, press.version, press.field))
    await say_html(update, context, cards.present_field_question(draft, press.field))


async def _preview(update: Update, context: Context, press: DeskPress) -> None:
    draft = await _get(context, press.number)
    record = build_advisory({**draft.fields, "id": draft.advisory_id}, f"draft {draft.id}")
    await say_html(update, context, cards.present_preview(record, services_of(context).operator))


async def _ask_to_publish(update: Update, context: Context, press: DeskPress) -> None:
    draft, is_alert = await _get_open(context, press), press.deed is Deed.ASK_ALERT
    approvals = services_of(context).alert_approvals
    html = cards.present_publish_question(draft, alert=is_alert, approvals=approvals)
    keyboard = cards.card_keyboard(draft) if draft.problem else cards.publish_keyboard(draft, alert=is_alert)
    await say_html(update, context, html, keyboard)


async def _publish(update: Update, context: Context, press: DeskPress) -> None:
    by, at = _by(update), services_of(context).clock()
    is_alert, is_over = press.deed in (Deed.ALERT, Deed.ALERT_OVER), press.deed in (Deed.SILENT_OVER, Deed.ALERT_OVER)

    def publish(session: Session) -> tuple[desk.PublishedDraft, DraftView]:
        done = desk.publish_draft(
            session, press.number, press.version, by=by, at=at, alert=is_alert, over_newer=is_over
        )
        return done, desk.get_draft(session, press.number)

    try:
        done, draft = await write(context, publish)
    except desk.AdvisoryChangedMeanwhile as refusal:
        draft = await _get(context, press.number)
        keyboard = cards.publish_keyboard(draft, alert=is_alert, over=True)
        await say_html(update, context, f"✋ {cards.clean(str(refusal))}", keyboard)
        return
    html = cards.present_published(done.advisory_id, newly=done.newly, alert_requested=done.alert_requested)
    await say_html(update, context, html, cards.undo_keyboard(draft))


async def _ask_reason(update: Update, context: Context, press: DeskPress) -> None:
    draft = await _get_open(context, press)
    await _expect(update, context, Waiting(Expected.REASON, draft.id, press.version))
    await say_html(update, context, cards.ASK_REASON.format(number=draft.id))


async def _ask_to_undo(update: Update, context: Context, press: DeskPress) -> None:
    draft = await _get(context, press.number)
    await say_html(update, context, cards.present_undo_question(draft), cards.undo_keyboard(draft, sure=True))


async def _undo(update: Update, context: Context, press: DeskPress) -> None:
    by, at = _by(update), services_of(context).clock()

    def undo(session: Session) -> tuple[desk.Undone, DraftView]:
        before = desk.get_draft(session, press.number)
        if before.version != press.version:  # pressed twice, or somebody was faster: one press, one deed
            raise desk.ChangedMeanwhile(before.changed_by, before.changed_at, (), before)
        return desk.undo(session, press.number, by=by, at=at), desk.get_draft(session, press.number)

    undone, draft = await write(context, undo)
    await say_html(update, context, f"↩️ Undone ({undone.action}): {cards.clean(undone.now)}.")
    await _say_card(update, context, draft)


async def _bring_in(update: Update, context: Context, _press: DeskPress) -> None:
    shown = update.callback_query.message if update.callback_query else None
    message = shown.reply_to_message if isinstance(shown, Message) else None
    if message is None or not _is_own(update, message):
        await say_html(update, context, cards.GONE)
        return
    await _submit(update, context, message)


async def _finish(update: Update, context: Context, _press: DeskPress) -> None:
    await write(context, lambda session: expect_nothing(session, _staff_id(update)))
    await say_html(update, context, cards.FINISHED)


async def _question_done(update: Update, context: Context, press: DeskPress) -> None:
    by, at = _by(update), services_of(context).clock()
    done = await write(context, lambda session: worklist.mark_done(session, press.number, by=by, at=at))
    words = cards.QUESTION_IS_DONE if done else cards.QUESTION_WAS_DONE
    await say_html(update, context, words.format(number=press.number))


async def _mark_answer(update: Update, context: Context, press: DeskPress) -> None:
    mark = Mark.WRONG if press.deed is Deed.ANSWER_WRONG else Mark.FINE
    by, day = _by(update), services_of(context).clock().date()
    done = await write(context, lambda session: mark_answer(session, press.number, mark, by=by, day=day))
    words = cards.ANSWER_IS_WRONG if mark is Mark.WRONG else cards.ANSWER_IS_FINE
    await say_html(update, context, (words if done else cards.ANSWER_WAS_MARKED).format(number=press.number))


_Deed = Callable[[Update, Context, DeskPress], Coroutine[Any, Any, None]]
_DEEDS: dict[Deed, _Deed] = {
    Deed.SHOW: _show,
    Deed.CHOOSE_FIELD: _choose_field,
    Deed.EDIT_FIELD: _edit_field,
    Deed.PREVIEW: _preview,
    Deed.ASK_SILENT: _ask_to_publish,
    Deed.ASK_ALERT: _ask_to_publish,
    Deed.SILENT: _publish,
    Deed.ALERT: _publish,
    Deed.SILENT_OVER: _publish,
    Deed.ALERT_OVER: _publish,
    Deed.REJECT: _ask_reason,
    Deed.ASK_UNDO: _ask_to_undo,
    Deed.UNDO: _undo,
    Deed.BRING_IN: _bring_in,
    Deed.FINISH: _finish,
    Deed.QUESTION_DONE: _question_done,
    Deed.ANSWER_FINE: _mark_answer,
    Deed.ANSWER_WRONG: _mark_answer,
}


# --- steps ---


async def _explaining(
    update: Update, context: Context, doing: Coroutine[Any, Any, None], waiting: Waiting | None = None
) -> None:
    """Do something, and say in words what the desk refuses. `waiting`: what the refused message answered."""
    try:
        await doing
    except desk.UnknownDraft as refusal:
        await say_html(update, context, cards.UNKNOWN_DRAFT.format(number=refusal.draft_id))
    except desk.DraftClosed as refusal:
        await _expect_no_more(update, context, waiting)
        await say_html(update, context, cards.present_closed(refusal.draft), cards.card_keyboard(refusal.draft))
    except desk.ChangedMeanwhile as refusal:
        await _explain_conflict(update, context, refusal, waiting)
    except BadRecord as refusal:
        words = cards.present_bad_value if waiting else cards.present_not_ready
        await say_html(update, context, words(refusal.field, refusal.problem))
    except (desk.TooMuch, desk.NothingToUndo, desk.CannotUndo, CannotSupersede) as refusal:
        await say_html(update, context, f"✋ {cards.clean(str(refusal))}")


async def _explain_conflict(
    update: Update, context: Context, refusal: desk.ChangedMeanwhile, waiting: Waiting | None
) -> None:
    """Tell who changed the draft and show it; what was expected still is, now for the draft as it is."""
    typed = update.message.text if waiting and update.message else None
    if waiting:
        await _expect(update, context, replace(waiting, version=refusal.current.version))
    await say_html(update, context, cards.present_conflict(refusal.by, refusal.at, refusal.changes, typed))
    await _say_card(update, context, refusal.current)


async def _get(context: Context, number: int) -> DraftView:
    return await write(context, lambda session: desk.get_draft(session, number))


async def _get_open(context: Context, press: DeskPress) -> DraftView:
    """Return the draft of a press, where it is open and still as it was shown. Raises DraftClosed, ChangedMeanwhile."""

    def get(session: Session) -> DraftView:
        draft = desk.get_draft(session, press.number)
        if draft.state.value != "open":
            raise desk.DraftClosed(draft)
        if draft.version != press.version:
            changes = desk.list_changes(session, draft.id, press.version)
            raise desk.ChangedMeanwhile(draft.changed_by, draft.changed_at, changes, draft)
        return draft

    return await write(context, get)


async def _show_card(update: Update, context: Context, number: int) -> None:
    await _say_card(update, context, await _get(context, number))


async def _say_card(update: Update, context: Context, draft: DraftView) -> None:
    today = services_of(context).clock().date()
    keyboard: InlineKeyboardMarkup = cards.card_keyboard(draft)
    await say_html(update, context, cards.present_card(draft, today), keyboard)


async def _expect(update: Update, context: Context, waiting: Waiting) -> None:
    staff_id, at = _staff_id(update), services_of(context).clock()
    await write(context, lambda session: expect(session, staff_id, waiting, at=at))


async def _expect_no_more(update: Update, context: Context, waiting: Waiting | None) -> None:
    if waiting is not None:
        await write(context, lambda session: expect_nothing(session, _staff_id(update)))


def _staff_id(update: Update) -> int:
    return update.effective_user.id if update.effective_user else 0


def _is_own(update: Update, message: Message) -> bool:
    """Whether one of the staff wrote or forwarded a message themselves; the bot's own words are no notice."""
    return message.from_user is not None and message.from_user.id == _staff_id(update)


def _by(update: Update) -> str:
    return f"staff {_staff_id(update)}"


def _may_be_notice(message: Message) -> bool:
    words = message.text or message.caption or ""
    is_from_elsewhere = message.forward_origin is not None or find_attached(message) is not None
    return is_from_elsewhere or _LINK.search(words) is not None or len(words) >= LONG_ENOUGH


def _hints(words: str) -> dict[str, str]:
    """Return what the words beside a file or in a text say of it: the address where it stands."""
    found = _LINK.search(words)
    return {"address": found.group().rstrip(".,;)")} if found else {}
