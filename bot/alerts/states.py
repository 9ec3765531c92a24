"""The closed sets of words of alerts: kinds, states and lanes. Knows names only; decides nothing."""

from enum import IntEnum, StrEnum


class ChatKind(StrEnum):
    """What kind of chat a subscriber is."""

    PERSON = "person"
    GROUP = "group"
    CHANNEL = "channel"


class Interest(StrEnum):
    """What a subscription is to. ALL_INDIA is every warning, whatever the country; its value is empty."""

    COUNTRY = "country"
    TOPIC = "topic"
    ALL_INDIA = "all_india"


class Pace(StrEnum):
    """How often a subscriber wants to hear."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"


class EndReason(StrEnum):
    """Why a subscription, or all of a chat's, ended."""

    UNSUBSCRIBED = "unsubscribed"  # the person said so
    BLOCKED = "blocked"  # Telegram: the bot was blocked by the user, or kicked from the group
    DEACTIVATED = "deactivated"  # Telegram: the account was deleted
    NOT_FOUND = "not_found"  # Telegram: there is no such chat
    MIGRATED = "migrated"  # the group became a supergroup with another id, which carries on


class MessageType(StrEnum):
    """What an alert does, in the sense of the Common Alerting Protocol 1.2 (element `msgType`)."""

    ALERT = "alert"
    UPDATE = "update"  # replaces an earlier one
    CANCEL = "cancel"  # takes an earlier one back


class AlertStatus(StrEnum):
    """Whether an alert is meant (element `status` of the same protocol). A test goes to canaries only."""

    ACTUAL = "actual"
    TEST = "test"


class AlertState(StrEnum):
    """Where an alert stands."""

    REQUESTED = "requested"  # waits for approval
    APPROVED = "approved"  # enough staff approved it; it starts at the next turn
    RUNNING = "running"  # deliveries are being written and sent
    DONE = "done"  # nothing of it is open, but for digests that wait for their day
    CANCELLED = "cancelled"  # staff called it off
    EXPIRED = "expired"  # its time passed before it was approved
    STOPPED = "stopped"  # Satark stopped it itself; the reason says why


SENDING = (AlertState.RUNNING, AlertState.DONE)  # states in which deliveries may be claimed
OVER = (AlertState.CANCELLED, AlertState.EXPIRED, AlertState.STOPPED)


class DeliveryState(StrEnum):
    """Where one alert stands for one chat. All but the first two are final."""

    PENDING = "pending"
    CLAIMED = "claimed"  # a sender is at it
    SENT = "sent"  # Telegram accepted it
    UNCERTAIN = "uncertain"  # handed to Telegram, and twice no answer came: it may have arrived
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    NOT_FOUND = "not_found"
    UNSUBSCRIBED = "unsubscribed"  # the person stopped it before its turn came
    PAUSED = "paused"  # the person paused before its turn came
    EXPIRED = "expired"  # too late to be of use
    CANCELLED = "cancelled"  # the alert was called off, stopped or replaced first
    FAILED_REJECTED = "failed_rejected"  # Telegram will not take this message for this chat
    FAILED_TOO_OFTEN = "failed_too_often"  # tried as often as is sensible, and surely never delivered


OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED)
ARRIVED = (DeliveryState.SENT, DeliveryState.UNCERTAIN)  # who may hold the message in hand


class Lane(IntEnum):
    """The order in which deliveries go out: lower first."""

    EMERGENCY = 0
    CORRECTION = 1
    NORMAL = 2
    DIGEST = 3


class Basis(StrEnum):
    """Why a chat gets a delivery. Decides the line "why you get this"."""

    SUBSCRIPTION = "subscription"
    CANARY = "canary"
    EARLIER_ALERT = "earlier_alert"  # it got the message that is now corrected
    VERDICT = "verdict"  # a reply to it cited the advisory


class Reader(StrEnum):
    """For whom a text of an alert is written."""

    SUBSCRIBER = "subscriber"
    ASKER = "asker"  # someone whose verdict cited the advisory, and who may have no subscription
    NEWCOMER = "newcomer"  # of an update: someone whom the earlier message had not reached yet when it was replaced


class Place(StrEnum):
    """From where an approval comes."""

    TELEGRAM = "telegram"
    COMMAND_LINE = "command_line"
