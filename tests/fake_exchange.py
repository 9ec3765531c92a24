"""An outbox in memory with the rules of the real one, for simulating many recipients."""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.alerts.answers import Ended, Result
from bot.alerts.exchange import LeaseLost
from bot.alerts.outbox import MOST_COPIES, RESEND_AFTER, Claim, Edit
from bot.alerts.states import Lane
from knowledge.database import DatabaseUnavailable
from knowledge.vocabulary import Language

START = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)


def make_claim(chat_id: int, *, alert_id: int = 1, lane: Lane = Lane.NORMAL, html: str | None = None, **more) -> Claim:
    values = {"language": Language.ENGLISH, "edit": None, "reply_to": None, "attempt": 1, "copies": 0}
    return Claim(
        alert_ids=(alert_id,),
        chat_id=chat_id,
        claimed_by="test",
        lane=lane,
        html=html or f"<b>Warning</b> {alert_id}",
        expires_at=START + dt.timedelta(days=1),
        **{**values, **more},
    )


def make_correction(chat_id: int, message_id: int, *, only_edit: bool = False) -> Claim:
    claim = make_claim(chat_id, edit=Edit(message_id, "<s>old</s> WITHDRAWN"), reply_to=message_id)
    return replace(claim, html=None) if only_edit else claim


@dataclass
class _Row:
    claim: Claim
    not_before_at: dt.datetime


class FakeExchange:
    """Lanes of rows; states as words, such as "sent". Verbs make it fail."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, deque[_Row]] = {lane: deque() for lane in Lane}
        self._later: list[_Row] = []
        self.states: dict[tuple[int, int], str] = {}
        self.ended: list[Ended] = []
        self.cancelled: set[int] = set()
        self.halted_until: dt.datetime | None = None
        self.leads = True
        self.away = 0
        self.most_claimed = 0
        self._claimed = 0

    def enqueue(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            self._lanes[claim.lane].append(_Row(claim, START))
            self.states[claim.alert_ids[0], claim.chat_id] = "pending"

    def cancels(self, alert_id: int) -> None:
        self.cancelled.add(alert_id)

    def is_away(self, times: int) -> None:
        """The next calls fail, as with a locked database."""
        self.away = times

    def count(self) -> Counter[str]:
        return Counter(self.states.values())

    # --- the exchange ---

    def lead(self, at: dt.datetime) -> bool:
        return self.leads

    def find_halt(self) -> dt.datetime | None:
        return self.halted_until

    def next_due_at(self, at: dt.datetime) -> dt.datetime | None:
        self._fail()
        self._bring_forward(at)
        if any(self._lanes.values()):
            return at
        return min((row.not_before_at for row in self._later), default=None)

    def claim(self, most: int, at: dt.datetime) -> tuple[Claim, ...]:
        self._fail()
        if not self.leads:
            raise LeaseLost
        self._bring_forward(at)
        claims: list[Claim] = []
        for lane in self._lanes.values():
            while lane and len(claims) < most:
                claim = lane.popleft().claim
                key = claim.alert_ids[0], claim.chat_id
                if claim.alert_ids[0] in self.cancelled:
                    self.states[key] = "cancelled"
                else:
                    self.states[key] = "claimed"
                    claims.append(claim)
        self._claimed += len(claims)
        self.most_claimed = max(self.most_claimed, self._claimed)
        return tuple(claims)

    def settle(self, ended: Sequence[Ended], at: dt.datetime) -> list[int]:
        self._fail()
        for one in ended:
            self.ended.append(one)
            self._claimed -= 1
            self._settle(one, at)
        return []

    def note_halt(self, until: dt.datetime) -> None:
        self.halted_until = until

    def release(self) -> None:
        self.leads = False

    def _settle(self, one: Ended, at: dt.datetime) -> None:
        claim = one.claim
        key = claim.alert_ids[0], claim.chat_id
        if one.result is Result.UNCERTAIN:
            claim = replace(claim, copies=claim.copies + 1)
            if claim.copies < MOST_COPIES:
                self._again(claim, at + RESEND_AFTER)
                return
        elif one.result is Result.MIGRATED:
            self.states[key] = "migrated"
            self._again(replace(claim, chat_id=one.new_chat_id), at)
            return
        elif one.result in (Result.PUT_BACK, Result.LET_GO):
            self._again(claim, at + one.wait)
            return
        self.states[key] = one.end_reason.value if one.end_reason else one.result.value

    def _again(self, claim: Claim, not_before_at: dt.datetime) -> None:
        self.states[claim.alert_ids[0], claim.chat_id] = "pending"
        self._later.append(_Row(claim, not_before_at))

    def _bring_forward(self, at: dt.datetime) -> None:
        due = [row for row in self._later if row.not_before_at <= at]
        if due:
            self._later = [row for row in self._later if row.not_before_at > at]
            for row in due:
                self._lanes[row.claim.lane].append(row)

    def _fail(self) -> None:
        if self.away:
            self.away -= 1
            raise DatabaseUnavailable("locked")
