"""People who write and press while the bot is killed again and again, and what came of it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from broadcast import KillPlan
from hostile_api import FakeTelegram, SentMessage
from sqlalchemy import func, select
from store_builders import make_engine

from bot.inbox_models import InboxState, InboxUpdate
from bot.models import Feedback
from bot.presenters import fixed_texts
from knowledge.database import build_engine, read_session

NURSERY = Path(__file__).with_name("nursery.py")
LEASE_S = 1.0
PATIENCE_S = 90.0
MESSAGES_EACH = 4  # of one person, one after the other
_NOTICES = (fixed_texts.INTERRUPTED, fixed_texts.APOLOGY)  # both ask to send the message again
_TOKEN = re.compile(r"offer-\d+-\d+")


@dataclass(frozen=True)
class Outcome:
    """What came of everything that people sent."""

    sent: int
    lost: tuple[str, ...]  # neither answered nor apologised for
    doubled: tuple[str, ...]
    out_of_order: tuple[int, ...]  # people whose answers came in another order than their messages
    interrupted: int  # not answered, but asked to write again
    spare_notices: int  # asked to write again although the answer is there, or asked twice
    presses: int
    counted: int  # presses that were counted in the database
    parked: int  # set aside as if they had ended the program, with an apology
    texts_left: int  # rows of the inbox that still hold a message


@dataclass
class Conversation:
    """People, the bot's lives, and the server between them."""

    folder: Path
    telegram: FakeTelegram
    seed: int
    by_webhook: bool = False
    database_url: str | None = None  # None: SQLite in the folder
    sent: list[tuple[int, str]] = field(default_factory=list)
    pressed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.engine = build_engine(self.database_url) if self.database_url else make_engine(self.folder)
        self._chance = random.Random(self.seed)
        self._port = _free_port() if self.by_webhook else None
        self._nursery = subprocess.Popen(
            [sys.executable, str(NURSERY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._life = 0

    def lives_and_dies(self, plan: KillPlan) -> None:
        """Let people write during one life of the bot, which ends as planned."""
        self._starts(plan)
        kill_at = time.monotonic() + (plan.after_s if plan.after_s is not None else 3.0)
        arrivals = len(self.telegram.arrivals())
        while self._is_alive() and time.monotonic() < kill_at:
            if plan.at_arrival and len(self.telegram.arrivals()) >= arrivals + plan.at_arrival:
                break
            self.somebody_writes()
            self.somebody_presses()
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            os.kill(self._life, signal.SIGKILL)
        self._wait_until(lambda: not self._is_alive(), "the death")  # its port is free then

    def comes_to_rest(self) -> None:
        """Let a last life answer what is left, and end it in order."""
        self._starts(KillPlan())
        self._wait_until(lambda: not self.telegram.state.waiting_updates(), "the bot to take its updates")
        self._wait_until(lambda: self._unfinished() == 0, "the inbox to be empty")
        os.kill(self._life, signal.SIGTERM)
        self._wait_until(lambda: not self._is_alive(), "the end")
        if self._nursery.stdin and self._nursery.stdout:
            self._nursery.stdin.write("\n")
            self._nursery.stdin.close()
            self._nursery.stdout.close()
        self._nursery.wait(10)

    def somebody_writes(self) -> None:
        number = len(self.sent)
        person_id = 1_000_000 + number // MESSAGES_EACH
        token = f"offer-{person_id}-{number}"
        self.sent.append((person_id, token))
        self.telegram.person(person_id).says(token)

    def somebody_presses(self) -> None:
        """Now and then, rate a reply that came: each reply is rated at most once, so that presses can be counted."""
        if self._chance.random() > 0.5:
            return
        for message in reversed(self.telegram.state.sent()[-50:]):
            data = _find_helpful(message)
            if data and data not in self.pressed:
                self.pressed.add(data)
                self.telegram.person(message.chat_id).presses_data(data, message.message_id)
                return

    def outcome(self) -> Outcome:
        """Compare what people sent with what they saw and with what is stored."""
        answers = [(arrival.chat_id, token) for arrival, token in self._answers()]
        times = Counter(token for _, token in answers)
        notices = Counter(arrival.chat_id for arrival in self.telegram.arrivals() if arrival.text in _NOTICES)
        unanswered: dict[int, list[str]] = {}
        for person_id, token in self.sent:
            if not times[token]:
                unanswered.setdefault(person_id, []).append(token)
        lost = [token for person_id, tokens in unanswered.items() for token in tokens[notices[person_id] :]]
        missing = sum(len(tokens) for tokens in unanswered.values())
        return Outcome(
            sent=len(self.sent),
            lost=tuple(lost),
            doubled=tuple(token for token, count in times.items() if count > 1),
            out_of_order=tuple(_find_disordered(answers)),
            interrupted=missing - len(lost),
            spare_notices=sum(notices.values()) - (missing - len(lost)),
            presses=len(self.pressed),
            counted=self._count(Feedback),
            parked=self._count(InboxUpdate, InboxUpdate.state == InboxState.PARKED),
            texts_left=self._count(InboxUpdate, InboxUpdate.raw.like("%offer-%")),
        )

    def _starts(self, plan: KillPlan) -> None:
        life = {
            "token": self.telegram.token,
            "url": self.telegram.url,
            "database_url": self.engine.url.render_as_string(hide_password=False),
            "lease_s": LEASE_S,
            "webhook_port": self._port,
            "log": str(self.folder / "lives.log"),
            "die": {"commit": plan.at_commit, "before": plan.before} if plan.at_commit else None,
        }
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(json.dumps(life) + "\n")
        self._life = int(self._nursery.stdout.readline())

    def _is_alive(self) -> bool:
        try:
            state = Path(f"/proc/{self._life}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state != "Z"  # dead, and the nursery has not looked yet

    def _answers(self):
        for arrival in self.telegram.arrivals():
            if arrival.taken and arrival.method == "sendMessage" and (found := _TOKEN.search(arrival.text)):
                yield arrival, found.group()

    def _unfinished(self) -> int:
        return self._count(InboxUpdate, InboxUpdate.state.in_([InboxState.WAITING, InboxState.CLAIMED]))

    def _count(self, table: type, *conditions: object) -> int:
        with read_session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    def _wait_until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.05)


def plan_kills(seed: int, count: int) -> list[KillPlan]:
    """Return kills of all kinds, the same for the same seed: by the clock, at a message, before and after a commit."""
    chance = random.Random(seed)
    kinds: list[Callable[[], KillPlan]] = [
        lambda: KillPlan(after_s=chance.uniform(0.1, 1.0)),
        lambda: KillPlan(at_arrival=chance.randint(1, 30)),
        lambda: KillPlan(at_commit=chance.randint(1, 60), before=True),
        lambda: KillPlan(at_commit=chance.randint(1, 60)),
    ]
    return [kinds[number % len(kinds)]() for number in range(count)]


def _find_helpful(message: SentMessage) -> str | None:
    for row in message.buttons:
        for button in row:
            if fixed_texts.BUTTON_HELPFUL in button["text"] and fixed_texts.BUTTON_NOT_HELPFUL not in button["text"]:
                return str(button["callback_data"])
    return None


def _find_disordered(answers: list[tuple[int | None, str]]) -> list[int]:
    """Return the people who got an answer to an earlier message after one to a later message."""
    newest: dict[int | None, int] = {}
    disordered = []
    for chat_id, token in answers:
        number = int(token.rpartition("-")[2])
        if number < newest.get(chat_id, -1) and chat_id is not None:
            disordered.append(chat_id)
        newest[chat_id] = max(number, newest.get(chat_id, -1))
    return disordered


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
