"""The outbox as the sender sees it: short transactions that take claims out and write down how they ended.

Each one renews the sender lease first, so whoever has lost it takes nothing more. Blocks; the sender calls it in a
thread of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.alerts import control, lease, lifecycle, outbox
from bot.alerts.answers import SPIKE_LOOKS_AT, Ended, Result, is_failure, is_spike
from bot.alerts.outbox import Claim
from bot.alerts.states import AlertState, DeliveryState
from knowledge.database import read_session, write_session

LEASE = dt.timedelta(seconds=5)  # a killed sender keeps others waiting for no longer
SPIKE_WITHIN = dt.timedelta(minutes=30)


class LeaseLost(Exception):
    """Another process is the sender now."""


class Exchange(Protocol):
    """What the sender needs of the outbox. Every method may raise `DatabaseUnavailable`."""

    def lead(self, at: dt.datetime) -> bool:
        """Take or renew the sender lease; False while another process has it. Who takes it frees lost claims."""

    def find_halt(self) -> dt.datetime | None:
        """Return until when Telegram asked for silence, perhaps long past."""

    def next_due_at(self, at: dt.datetime) -> dt.datetime | None:
        """Return when the next message is due, perhaps long since; None where none waits."""

    def claim(self, most: int, at: dt.datetime) -> tuple[Claim, ...]:
        """Take up to so many messages to send. Raises `LeaseLost`."""

    def settle(self, ended: Sequence[Ended], at: dt.datetime) -> list[int]:
        """Write down how tries ended. Returns the alerts that had to be stopped."""

    def note_halt(self, until: dt.datetime) -> None:
        """Remember until when Telegram asked for silence."""

    def release(self) -> None:
        """Give the lease back."""


class SqlExchange:
    """The exchange over the database."""

    def __init__(self, engine: Engine, holder: str) -> None:
        """Take the name of this process as a sender; no other may have it."""
        self._engine = engine
        self._holder = holder
        self._leads = False

    def lead(self, at: dt.datetime) -> bool:
        """See `Exchange`. A database that looks like a restored backup holds everything until staff have looked."""
        with write_session(self._engine) as session:
            led, self._leads = self._leads, lease.take(session, self._holder, at=at, length=LEASE)
            if self._leads and not led:
                control.hold_after_restore(session, at=at)
                outbox.recover(session, at=at, holder=self._holder)
            if self._leads:
                control.note_heartbeat(session, at=at)
            return self._leads

    def find_halt(self) -> dt.datetime | None:
        """See `Exchange`."""
        with read_session(self._engine) as session:
            return control.find_halt(session)

    def next_due_at(self, at: dt.datetime) -> dt.datetime | None:
        """See `Exchange`."""
        with read_session(self._engine) as session:
            return outbox.next_due_at(session, at=at)

    def claim(self, most: int, at: dt.datetime) -> tuple[Claim, ...]:
        """See `Exchange`."""
        with write_session(self._engine) as session:
            if not lease.take(session, self._holder, at=at, length=LEASE):
                raise LeaseLost
            return outbox.claim(session, by=self._holder, at=at, most=most)

    def settle(self, ended: Sequence[Ended], at: dt.datetime) -> list[int]:
        """See `Exchange`."""
        with write_session(self._engine) as session:
            sent = [(one.claim, one.message_id) for one in ended if one.result is Result.SENT]
            outbox.mark_all_sent(session, sent, at=at)
            for one in ended:
                if one.result is not Result.SENT:
                    _write_down(session, _without_blame(session, one), at)
            session.flush()
            failed = {alert_id for one in ended if _may_be_spike(one) for alert_id in one.claim.alert_ids}
            return [alert_id for alert_id in sorted(failed) if _stop_spike(session, alert_id, at)]

    def note_halt(self, until: dt.datetime) -> None:
        """See `Exchange`."""
        with write_session(self._engine) as session:
            control.note_halt(session, until)

    def release(self) -> None:
        """See `Exchange`."""
        with write_session(self._engine) as session:
            lease.release(session, self._holder)


def _without_blame(session: Session, ended: Ended) -> Ended:
    """An answer that comes after a spike has stopped the alert ends no subscription: the fault is not the chat's."""
    if ended.result is not Result.UNREACHABLE:
        return ended
    alerts = (lifecycle.get_alert(session, alert_id) for alert_id in ended.claim.alert_ids)
    stopped = any(alert.state == AlertState.STOPPED for alert in alerts)
    return replace(ended, result=Result.LET_GO) if stopped else ended


def _write_down(session: Session, ended: Ended, at: dt.datetime) -> None:
    claim = ended.claim
    match ended.result:
        case Result.UNCERTAIN:
            outbox.mark_uncertain(session, claim, reason=ended.reason, at=at)
        case Result.UNREACHABLE if ended.end_reason is not None:
            outbox.mark_unreachable(session, claim, ended.end_reason, at=at)
        case Result.MIGRATED if ended.new_chat_id is not None:
            outbox.mark_migrated(session, claim, ended.new_chat_id, at=at)
        case Result.PUT_BACK:
            again_at = at + ended.wait
            outbox.put_back(session, claim, not_before_at=again_at, reason=ended.reason, at=at, counts=ended.counts)
        case Result.LET_GO:
            outbox.let_go(session, claim, at=at)
        case _:
            outbox.mark_rejected(session, claim, reason=ended.reason, at=at)


def _may_be_spike(ended: Ended) -> bool:
    return ended.result in (Result.UNREACHABLE, Result.REJECTED)


def _stop_spike(session: Session, alert_id: int, at: dt.datetime) -> bool:
    """Stop an alert of which most fail, and bring back the subscribers it has ended; False where all is well."""
    newest = outbox.finished_lately(session, alert_id, since=at - SPIKE_WITHIN, most=2 * SPIKE_LOOKS_AT)
    if not is_spike(newest):
        return False
    failed = sum(is_failure(state) for state in newest[:SPIKE_LOOKS_AT])
    sent = sum(state == DeliveryState.SENT for state in newest[:SPIKE_LOOKS_AT])
    lifecycle.stop(
        session,
        alert_id,
        reason=f"{failed} of the last {failed + sent} deliveries failed",
        at=at,
        restore_ended_since=at - SPIKE_WITHIN,
    )
    return True
