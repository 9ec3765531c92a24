"""What is stored about a person: they can read it, and delete it to the last byte."""

from __future__ import annotations

import datetime as dt
import logging
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest
from fake_advisor import make_reply
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.audience import Wish
from bot.alerts.heard import remember_verdict
from bot.alerts.states import Interest
from bot.alerts.subscriptions import Consent, find_subscriber, subscribe
from bot.forgetting import Forgetting
from bot.inbox_models import Erasure
from bot.logs import set_up_logging
from bot.models import Person, ShownReply
from bot.presenters import fixed_texts
from knowledge.database import READS_ONLY, DatabaseUnavailable, build_engine, read_session, write_session
from knowledge.vocabulary import Language, Topic

OFFER = "Helper job in Russia, call 99999 00123"
ASHA = 4455667788  # a number that is searched for in the bytes of all files
CONSENT_AT = dt.datetime(2026, 10, 1, 6, 0, tzinfo=dt.UTC)


def knows_asha(bot) -> None:
    """Everything that can be stored about a person is."""
    bot.people.save_language(ASHA, Language.ENGLISH)
    with write_session(bot.people.engine) as session:
        wishes = [Wish(Interest.COUNTRY, "RU"), Wish(Interest.TOPIC, Topic.FAKE_JOB), Wish(Interest.ALL_INDIA)]
        subscribe(session, ASHA, wishes, consent=Consent("1", Language.ENGLISH, CONSENT_AT))
        remember_verdict(
            session, ASHA, [("made-up-notice", "f" * 64)], day=CONSENT_AT.date(), language=Language.ENGLISH
        )


async def test_everything_stored_is_shown_readably(telegram, bot):
    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says(OFFER)
    await asha.hears(1)

    asha.says("/my_data")
    _, shown = await asha.hears(2)

    for part in ("English", "1 Oct 2026", "Russia", "fake jobs", "all of India's warnings", str(ASHA), "/delete_me"):
        assert part in shown.text
    assert "buttons: 1" in shown.text
    assert "corrections: 1" in shown.text


async def test_of_a_stranger_nothing_is_stored_and_this_is_said(telegram, bot):
    asha = telegram.person(ASHA)

    asha.says("/my_data")
    [shown] = await asha.hears(1)

    assert fixed_texts.MY_DATA_NOTHING in shown.text


async def test_ended_alerts_are_shown_until_they_are_deleted(telegram, bot):
    knows_asha(bot)
    bot.people.mark_blocked(ASHA)
    asha = telegram.person(ASHA)

    asha.says("/my_data")
    [shown] = await asha.hears(1)

    assert "You ended your alerts" in shown.text


@pytest.mark.parametrize("command", ["/my_data", "/delete_me"])
async def test_in_a_group_nothing_of_a_person_is_shown(telegram, bot, command):
    knows_asha(bot)

    telegram.person(ASHA).says_in(-55, f"{command}@satark_test_bot")
    [said] = await telegram.wait_for(-55, 1)

    assert said.text == fixed_texts.ONLY_IN_PRIVATE


async def test_deleting_is_asked_once_and_leaves_no_byte(telegram, bot, tmp_path):
    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says(OFFER)
    await asha.hears(1)
    assert traces(tmp_path)

    asha.says("/delete_me")
    _, question = await asha.hears(2)
    asha.presses(fixed_texts.BUTTON_DELETE)
    await asha.hears(3)
    await bot.stops()
    clean(bot)

    assert question.labels == [fixed_texts.BUTTON_DELETE, fixed_texts.BUTTON_DELETE_NOT]
    assert telegram.sent_to(ASHA)[-1].text == fixed_texts.DELETED
    assert traces(tmp_path) == []


async def test_neither_the_files_nor_the_log_hold_anything_of_who_was_deleted(telegram, bot, tmp_path):
    """Name, number and words, with a log that writes everything; the log lies in the same folder."""
    with (tmp_path / "satark.log").open("w") as log, logging_to(log):
        asha = telegram.person(ASHA, name="Zuleikhabai")
        await bot.stops()
        await bot.starts()
        knows_asha(bot)
        asha.says(OFFER)
        await asha.hears(1)
        asha.says("/delete_me")
        await asha.hears(2)
        asha.presses(fixed_texts.BUTTON_DELETE)
        await asha.hears(3)
        await telegram.hears_nothing_more()
        clean(bot)
        left = traces(tmp_path, b"Zuleikhabai")
        await bot.stops()

    assert (tmp_path / "satark.log").stat().st_size > 0
    assert left == []
    assert traces(tmp_path, b"Zuleikhabai") == []


async def test_after_deleting_the_person_is_a_stranger(telegram, bot):
    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says("/delete_me")
    await asha.hears(1)
    asha.presses(fixed_texts.BUTTON_DELETE)
    await asha.hears(2)

    asha.says("/my_data")
    *_, shown = await asha.hears(3)

    assert fixed_texts.MY_DATA_NOTHING in shown.text
    with read_session(bot.people.engine) as session:
        assert find_subscriber(session, ASHA) is None


async def test_somebody_who_deletes_and_then_blocks_the_bot_leaves_no_trace(telegram, bot, tmp_path):
    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says("/delete_me")
    await asha.hears(1)
    asha.presses(fixed_texts.BUTTON_DELETE)
    await asha.hears(2)
    asha.blocks_bot()
    await telegram.hears_nothing_more()
    await bot.stops()
    clean(bot)

    assert traces(tmp_path) == []


async def test_others_keep_what_is_theirs(telegram, bot):
    bot.people.save_language(12, Language.HINDI)
    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says("/delete_me")
    await asha.hears(1)
    asha.presses(fixed_texts.BUTTON_DELETE)
    await asha.hears(2)

    assert bot.people.find_language(12) is Language.HINDI


async def test_a_person_may_think_better_of_it(telegram, bot):
    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says("/delete_me")
    await asha.hears(1)

    asha.presses(fixed_texts.BUTTON_DELETE_NOT)
    _, said = await asha.hears(2)

    assert said.text == fixed_texts.DELETED_NOT
    assert bot.people.find_language(ASHA) is Language.ENGLISH


async def test_an_old_button_deletes_nothing(telegram, bot):
    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says("/delete_me")
    await asha.hears(1)

    bot.clock.goes_on(minutes=11)
    asha.presses(fixed_texts.BUTTON_DELETE)
    _, said = await asha.hears(2)

    assert said.text == fixed_texts.DELETE_TOO_LATE
    assert bot.people.find_language(ASHA) is Language.ENGLISH


@pytest.mark.parametrize(
    "data", ["v1:forget:yes", "v1:forget:yes:0", "v1:forget:yes:99999999999", "v1:forget:all:1793534400"]
)
async def test_a_forged_button_deletes_nothing(telegram, bot, data):
    knows_asha(bot)
    asha = telegram.person(ASHA)

    asha.presses_data(data)
    [said] = await asha.hears(1)

    assert said.text == fixed_texts.DELETE_TOO_LATE
    assert bot.people.find_language(ASHA) is Language.ENGLISH


async def test_a_deletion_that_the_database_refuses_is_admitted(telegram, bot, monkeypatch):
    def refuse(*_args: object) -> None:
        raise DatabaseUnavailable("away")

    knows_asha(bot)
    asha = telegram.person(ASHA)
    asha.says("/delete_me")
    await asha.hears(1)
    monkeypatch.setattr(Forgetting, "erase", refuse)

    asha.presses(fixed_texts.BUTTON_DELETE)
    _, said = await asha.hears(2)

    assert said.text == fixed_texts.DELETE_FAILED
    assert bot.people.find_language(ASHA) is Language.ENGLISH


async def test_a_restart_in_the_middle_finishes_the_deletion(telegram, bot, tmp_path):
    """The program dies right after the transaction, with the old pages still in the write-ahead log."""
    knows_asha(bot)
    bot.people.save_shown(ASHA, make_reply(quote=OFFER))
    await bot.stops()
    reading = build_engine(str(bot.people.engine.url)).execution_options(**{READS_ONLY: True})
    reader = reading.connect()  # keeps the log from being emptied, as a crash would
    reader.exec_driver_sql("SELECT count(*) FROM person")
    Forgetting(bot.people.engine, bot.clock).erase(ASHA)
    assert traces(tmp_path)
    reader.close()
    reading.dispose()

    after_restart = build_engine(str(bot.people.engine.url))
    assert Forgetting(after_restart, bot.clock).clean_regularly()

    with Session(after_restart) as session:
        assert all(erasure.cleaned_at for erasure in session.scalars(select(Erasure)))
    after_restart.dispose()
    assert traces(tmp_path) == []


async def test_what_notes_a_deletion_names_nobody(bot):
    knows_asha(bot)
    Forgetting(bot.people.engine, bot.clock).erase(ASHA)

    with read_session(bot.people.engine) as session:
        [note] = session.scalars(select(Erasure))
    assert str(ASHA) not in repr(vars(note))
    assert set(Erasure.__table__.columns.keys()) == {"id", "erased_at", "cleaned_at"}


async def test_numbers_of_a_person_are_not_in_what_is_kept_of_a_reply(telegram, bot):
    bot.advisor.replies_with(make_reply(quote="call 99999 00123"))
    asha = telegram.person(ASHA)
    asha.says(OFFER)
    await asha.hears(1)

    with read_session(bot.people.engine) as session:
        [shown] = session.scalars(select(ShownReply))
        assert session.scalars(select(Person)).all() == []
    assert "99999 00123" not in shown.reply


def clean(bot) -> None:
    """What the job does within half a minute."""
    assert Forgetting(bot.people.engine, bot.clock).clean_regularly()


@contextmanager
def logging_to(file: TextIO) -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    set_up_logging(level="DEBUG", stream=file)
    logging.getLogger("satark.tests").debug("The log is written.")
    try:
        yield
    finally:
        root.handlers[:], root.level = before


def traces(folder: Path, *more: bytes) -> list[str]:
    """Every file below the folder that holds the person's number, in letters or as SQLite keeps it, or their words."""
    looked_for = (str(ASHA).encode(), struct.pack(">q", ASHA)[2:], b"Helper job", b"99999 00123", *more)
    return [
        f"{path.name}: {found[:20]!r}"
        for path in folder.rglob("*")
        if path.is_file()
        for found in looked_for
        if re.search(re.escape(found), path.read_bytes())
    ]
