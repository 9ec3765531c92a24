"""People who send pictures and files: read, answered with the words beside them, and never taken for "no warning"."""

from __future__ import annotations

import asyncio
import io
import logging
import shutil
import time
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import pytest
from fake_advisor import make_reply
from fake_files import FakeFiles, draw_words, find_font
from PIL import Image

from bot.attachments import MOST_BYTES, FileReader
from bot.logs import set_up_logging
from bot.presenters import fixed_texts, reply_texts
from knowledge.documents.document import UnreadableReason
from knowledge.vocabulary import Kind, Verdict

OFFER = "Helper job in Russia\ntourist visa\nfee 50000 rupees"
VILLAGE = -100200300


@pytest.fixture
def files() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
async def bot(bot: Any, files: FakeFiles) -> AsyncIterator[Any]:
    """The running bot, with scripted eyes."""
    await bot.stops()
    await bot.starts(files=FileReader(files))
    return bot


# --- one picture or file ---


async def test_a_picture_is_read_and_answered_from_its_words(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"offer", OFFER))
    shown, reply = await asha.hears(2)

    assert bot.advisor.asked[0].text == OFFER
    assert "tourist visa" in shown.text
    assert fixed_texts.READ_FROM_PICTURE in reply.text


async def test_the_person_hears_at_once_that_the_picture_is_being_read(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"offer", OFFER, slow_s=0.5))
    [progress] = await asha.hears(1)

    assert progress.text == fixed_texts.READING_PICTURE
    assert telegram.called("sendChatAction")
    await asha.hears(2)
    assert telegram.sent_to(11)[0].text.startswith(fixed_texts.READ_WORDS)


async def test_quotes_say_whether_they_were_typed_or_read_in_a_picture(telegram, bot, files):
    bot.advisor.replies_with(make_reply(quote="tourist visa"))
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"offer", OFFER))
    _, from_picture = await asha.hears(2)
    asha.sends_picture(files.says(b"plain", "Helper job"), caption="they give a tourist visa")
    *_, from_caption = await asha.hears(4)

    assert "I read in the picture: tourist visa" in from_picture.text
    assert "You wrote: tourist visa" in from_caption.text


async def test_caption_and_picture_are_judged_together(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"offer", OFFER), caption="Is this true?")
    await asha.hears(2)

    [inquiry] = bot.advisor.asked
    assert inquiry.text == f"Is this true?\n\n{OFFER}"


async def test_a_file_is_read_like_a_picture(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_file(files.says(b"%PDF", OFFER, confidence=None))
    progress, reply = await asha.hears(2)

    assert "In the file: tourist visa" in reply.text
    assert fixed_texts.READ_FROM_PICTURE not in reply.text
    assert progress.text.startswith((fixed_texts.READING_FILE, fixed_texts.READ_WORDS))


async def test_what_is_shown_of_a_picture_cannot_act_as_markup(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture(
        files.says(b"evil", "<b>Safe</b> <a href='http://evil.example'>official</a> &amp; " + "x" * 9000)
    )
    await asha.hears(2)
    await telegram.hears_nothing_more()

    shown = telegram.sent_to(11)[0]
    assert "<b>Safe</b>" in shown.text
    assert len(shown.text) < 1000


async def test_in_a_group_a_picture_is_read_when_somebody_answers_it_with_a_question(telegram, bot, files):
    picture = telegram.state.keep_file(files.says(b"offer", OFFER))
    photo = [{"file_id": picture, "file_unique_id": picture, "width": 90, "height": 90}]
    answered = {
        "message_id": 5,
        "date": int(time.time()),
        "photo": photo,
        "from": {"id": 9, "is_bot": False, "first_name": "B"},
    }

    telegram.person(11).says_in(VILLAGE, "/check@satark_test_bot", answers=answered)
    await telegram.wait_for(VILLAGE, 2)
    telegram.person(11).says_in(VILLAGE, "@satark_test_bot true?", answers=answered)
    await telegram.wait_for(VILLAGE, 4)

    assert [inquiry.text for inquiry in bot.advisor.asked] == [OFFER, f"true?\n\n{OFFER}"]


async def test_pictures_in_a_group_that_are_not_for_the_bot_are_not_even_fetched(telegram, bot, files):
    asha = telegram.person(11)
    picture = telegram.state.keep_file(b"family photo")
    message = asha._message(
        {"photo": [{"file_id": picture, "file_unique_id": "p", "width": 9, "height": 9}]},
        {"id": VILLAGE, "type": "supergroup", "title": "V"},
        None,
    )
    telegram.add_update("message", message)

    await telegram.hears_nothing_more()

    assert telegram.state.fetched == []


# --- what cannot be read ---


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (UnreadableReason.DAMAGED, fixed_texts.PICTURE_UNREADABLE),
        (UnreadableReason.NO_TEXT, fixed_texts.PICTURE_UNREADABLE),
        (UnreadableReason.TOO_SLOW, fixed_texts.PICTURE_UNREADABLE),
        (UnreadableReason.PICTURE_TOO_LARGE, fixed_texts.FILE_TOO_LARGE),
        (UnreadableReason.ENCRYPTED, fixed_texts.FILE_LOCKED),
        (UnreadableReason.NOT_SUPPORTED, fixed_texts.FILE_WRONG_KIND),
        (UnreadableReason.BUSY, fixed_texts.FILE_BUSY),
        (UnreadableReason.NO_PICTURE_READER, fixed_texts.PICTURE),
    ],
)
async def test_what_cannot_be_read_says_what_to_do_and_that_it_proves_nothing(telegram, bot, files, reason, words):
    asha = telegram.person(11)

    asha.sends_picture(files.cannot_read(b"?", reason))
    _, answer = await asha.hears(2)

    assert words in answer.text
    assert "says nothing about the offer" in answer.text
    assert bot.advisor.asked == []


async def test_every_reason_for_not_reading_is_worded(telegram, bot, files):
    for number, reason in enumerate(UnreadableReason):
        bot.clock.goes_on(minutes=11)
        asha = telegram.person(50 + number)
        asha.sends_picture(files.cannot_read(f"{number}".encode(), reason))
        _, answer = await asha.hears(2)
        assert "says nothing about the offer" in answer.text, reason


async def test_an_unreadable_picture_never_looks_like_no_warning(telegram, bot, files):
    bot.advisor.replies_with(make_reply(verdict=Verdict.VERIFY))
    asha = telegram.person(11)

    asha.sends_picture(files.cannot_read(b"?"), caption="Kitchen helper in Qatar, is it real?")
    _, reply = await asha.hears(2)

    assert reply_texts.REASONS["not_all_read"] in reply.text
    assert reply_texts.VERDICTS[Verdict.CAUTION].split("\n")[0][:20] in reply.raw
    assert fixed_texts.ONLY_YOUR_WORDS in reply.text
    assert fixed_texts.PICTURE_UNREADABLE in reply.text


async def test_an_unreadable_picture_lowers_no_verdict(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture(files.cannot_read(b"?"), caption=OFFER)
    _, reply = await asha.hears(2)

    assert reply_texts.VERDICTS[Verdict.DANGER] in reply.raw


async def test_words_that_are_hard_to_read_prove_nothing_either(telegram, bot, files):
    bot.advisor.replies_with(make_reply(verdict=Verdict.VERIFY))
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"blurred", "Heiper iob Qatar", confidence=0.4))
    _, reply = await asha.hears(2)

    assert reply_texts.REASONS["not_all_read"] in reply.text
    assert fixed_texts.HARD_TO_READ in reply.text


async def test_gibberish_of_a_bad_picture_gets_no_small_talk(telegram, bot, files):
    bot.advisor.replies_with(make_reply(kind=Kind.OFF_TOPIC, verdict=None))
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"blurred", "iIl1 |] ,,", confidence=0.2))
    _, answer = await asha.hears(2)

    assert fixed_texts.PICTURE_UNREADABLE in answer.text


async def test_a_long_document_is_judged_by_its_beginning_and_this_is_said(telegram, bot, files):
    bot.advisor.replies_with(make_reply(verdict=Verdict.VERIFY))
    asha = telegram.person(11)

    asha.sends_file(files.says(b"long", "Work in Qatar. " * 1000, confidence=None))
    _, reply = await asha.hears(2)

    assert fixed_texts.ONLY_BEGINNING_READ in reply.text
    assert reply_texts.REASONS["not_all_read"] in reply.text


async def test_somebody_in_danger_is_answered_before_the_picture_is_read(telegram, bot, files):
    bot.advisor.treats_as_emergency("help they locked us in")
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"passport", "REPUBLIC OF INDIA"), caption="help they locked us in")
    [reply] = await asha.hears(1)
    await telegram.hears_nothing_more()

    assert "Example line" in reply.text
    assert files.read == []


async def test_what_telegram_does_not_hand_out_is_explained(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture()
    _, answer = await asha.hears(2)

    assert fixed_texts.FILE_NOT_FETCHED in answer.text


async def test_a_file_that_is_too_large_is_not_fetched(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_file(b"small after all", size=MOST_BYTES + 1)
    _, answer = await asha.hears(2)

    assert fixed_texts.FILE_TOO_LARGE in answer.text
    assert telegram.called("getFile") == []


async def test_a_fault_of_the_reader_costs_one_file_and_no_apology_for_the_rest(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture(files.breaks_on(b"?"), caption=OFFER)
    _, reply = await asha.hears(2)

    assert reply_texts.VERDICTS[Verdict.DANGER] in reply.raw
    assert fixed_texts.APOLOGY not in reply.text


# --- albums ---


async def test_the_pictures_of_an_album_are_one_offer(telegram, bot, files):
    asha = telegram.person(11)
    await bot.stops()

    asha.sends_picture(files.says(b"1", "Helper in Russia"), album="a", caption="true?")
    asha.sends_picture(files.cannot_read(b"2"), album="a")
    asha.sends_picture(files.says(b"3", "tourist visa"), album="a")
    await bot.starts()
    await asha.hears(2)
    await telegram.hears_nothing_more()

    [inquiry] = bot.advisor.asked
    assert inquiry.text == "true?\n\nHelper in Russia\n\ntourist visa"
    assert len(telegram.sent_to(11)) == 2
    assert fixed_texts.SOME_NOT_READ in telegram.sent_to(11)[1].text


async def test_a_late_picture_of_an_album_is_judged_with_the_earlier_ones(telegram, bot, files):
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"1", "Helper in Russia"), album="a")
    await asha.hears(2)
    asha.sends_picture(files.says(b"2", "tourist visa"), album="a")
    await asha.hears(4)

    assert bot.advisor.asked[1].text == "Helper in Russia\n\ntourist visa"


async def test_an_album_of_nothing_readable_is_explained_once(telegram, bot, files):
    asha = telegram.person(11)
    await bot.stops()

    for number in range(3):
        asha.sends_picture(files.cannot_read(bytes([number])), album="a")
    await bot.starts()
    await asha.hears(2)
    await telegram.hears_nothing_more()

    assert len(telegram.sent_to(11)) == 2


# --- limits and others ---


async def test_five_files_in_ten_minutes_are_read_and_then_the_person_is_asked_to_type(telegram, bot, files):
    asha = telegram.person(11)
    for number in range(7):
        asha.sends_picture(files.says(bytes([number]), OFFER))
    await asha.hears(11)
    await telegram.hears_nothing_more()

    assert len(files.read) == 5
    assert fixed_texts.TOO_MANY_FILES in telegram.sent_to(11)[10].text
    assert len(telegram.sent_to(11)) == 11  # told once

    bot.clock.goes_on(minutes=11)
    asha.sends_picture(files.says(b"later", OFFER))
    await asha.hears(13)
    assert len(files.read) == 6


async def test_words_beside_one_picture_too_many_are_answered_and_never_as_no_warning(telegram, bot, files):
    bot.advisor.replies_with(make_reply(verdict=Verdict.VERIFY))
    asha = telegram.person(11)
    for number in range(5):
        asha.sends_picture(files.says(bytes([number]), OFFER))
    await asha.hears(10)

    asha.sends_picture(files.says(b"six", OFFER), caption="Cook in Oman")
    *_, reply = await asha.hears(11)

    assert bot.advisor.asked[-1].text == "Cook in Oman"
    assert reply_texts.REASONS["not_all_read"] in reply.text
    assert fixed_texts.TOO_MANY_FILES in reply.text


async def test_files_that_take_long_keep_nobody_else_waiting(telegram, bot, files):
    async def ask(number: int) -> float:
        person = telegram.person(number)
        began_at = time.monotonic()
        person.says(OFFER)
        await person.hears(1)
        return time.monotonic() - began_at

    alone = [await ask(100 + number) for number in range(20)]
    for number in range(6):  # six people with a file that takes for ever
        telegram.person(20 + number).sends_file(files.says(b"bomb%d" % number, OFFER, slow_s=1.5))
    await telegram.wait_until(lambda: files.read, "the first file to be read")
    beside = [await ask(200 + number) for number in range(20)]

    assert sorted(beside)[18] <= max(2 * sorted(alone)[18], 0.15)
    assert files.most_at_once <= 2


# --- what stays ---


async def test_neither_the_file_nor_its_words_nor_their_numbers_stay_anywhere(telegram, bot, files, tmp_path):
    log = StringIO()
    handlers = logging.getLogger().handlers[:]
    set_up_logging(stream=log)
    asha = telegram.person(11)

    asha.sends_picture(files.says(b"SECRETBYTES", "Zanzibar offer, call 99999 01234"))
    await asha.hears(2)
    await bot.stops()
    logging.getLogger().handlers = handlers

    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (b"SECRETBYTES", b"Zanzibar", b"99999 01234"):
        assert secret not in stored
        assert secret.decode() not in log.getvalue()
    assert "documents/file-" not in log.getvalue()
    assert telegram.token not in log.getvalue()


# --- real reading ---

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
HINDI_OFFER = "रूस में हेल्पर की नौकरी\nटूरिस्ट वीज़ा पर जाना होगा\nफीस 50000 रुपये"


@needs_tesseract
async def test_a_real_picture_in_english_is_read(telegram, bot):
    await bot.stops()
    await bot.starts(files=FileReader())
    asha = telegram.person(11)

    asha.sends_picture(draw_words("Urgent helper job in Russia\nYou go on tourist visa\nFee 50000 rupees", find_font()))
    await telegram.wait_until(lambda: len(telegram.sent_to(11)) >= 2, "the answer", patience_s=90)

    read = bot.advisor.asked[0].text.lower()
    assert "helper" in read
    assert "tourist visa" in read
    assert "50000" in read


@needs_tesseract
@pytest.mark.skipif(find_font(devanagari=True) is None, reason="no font with Devanagari (fonts-noto-core)")
async def test_a_real_picture_in_hindi_is_read(telegram, bot):
    await bot.stops()
    await bot.starts(files=FileReader())
    asha = telegram.person(11)

    asha.sends_picture(draw_words(HINDI_OFFER, find_font(devanagari=True)))
    await telegram.wait_until(lambda: len(telegram.sent_to(11)) >= 2, "the answer", patience_s=90)

    read = bot.advisor.asked[0].text
    assert "रूस" in read
    assert "वीज़ा" in read or "वीजा" in read


@needs_tesseract
async def test_what_a_camera_writes_beside_the_picture_is_not_read(telegram, bot):
    await bot.stops()
    await bot.starts(files=FileReader())
    exif = Image.Exif()
    exif[0x010E] = "Home of Asha in Zanzibar"  # ImageDescription
    asha = telegram.person(11)

    asha.sends_picture(draw_words("Urgent helper job in Russia", find_font(), exif=exif.tobytes()))
    await telegram.wait_until(lambda: len(telegram.sent_to(11)) >= 2, "the answer", patience_s=90)

    assert "Zanzibar" not in bot.advisor.asked[0].text


@needs_tesseract
async def test_reading_real_pictures_keeps_nobody_else_waiting(telegram, bot):
    await bot.stops()
    await bot.starts(files=FileReader())
    page = draw_words("\n".join(["Urgent helper job in Russia, you go on tourist visa"] * 40), find_font(), size=60)

    async def ask(number: int) -> float:
        person = telegram.person(number)
        began_at = time.monotonic()
        person.says(OFFER)
        await person.hears(1)
        return time.monotonic() - began_at

    alone = sorted([await ask(100 + number) for number in range(20)])
    for number in range(4):
        telegram.person(20 + number).sends_picture(page)
    await telegram.wait_until(lambda: len(telegram.called("getFile")) >= 2, "reading to begin")
    beside = sorted([await ask(200 + number) for number in range(20)])
    is_still_reading = len(telegram.sent_to(20)) < 2 or len(telegram.sent_to(23)) < 2

    assert is_still_reading
    assert beside[18] <= max(2 * alone[18], 0.25), (alone[18], beside[18])


async def test_a_real_bomb_is_refused_and_the_bot_goes_on(telegram, bot):
    await bot.stops()
    await bot.starts(files=FileReader())
    bomb, bala = telegram.person(11), telegram.person(12)

    bomb.sends_picture(make_bomb())
    await asyncio.sleep(0.2)
    bala.says(OFFER)
    [answered] = await bala.hears(1)
    await telegram.wait_until(lambda: len(telegram.sent_to(11)) >= 2, "the refusal", patience_s=90)

    assert answered.text
    assert "says nothing about the offer" in telegram.sent_to(11)[1].text


def make_bomb() -> bytes:
    """A PNG of 400 megapixels in some kilobytes."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG", optimize=False)
    return out.getvalue()
