"""What Satark needs of a language model: messages in, one text out, within a time. Knows no provider.

The ways to have one are in `knowledge/chat/`; what may be said is decided in `knowledge/advisor/guarding/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol


@dataclass(frozen=True)
class ChatMessage:
    """One message to the model. "system" is ours; "user" holds what may be said, and what a person wrote, fenced."""

    role: Literal["system", "user"]
    text: str


@dataclass(frozen=True)
class Completion:
    """What the model answered, how many tokens it took (0 where the provider does not say), and how long."""

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


class Failure(StrEnum):
    """Why there is no answer. All of them end in the same thing: the reply of the rules."""

    TIME_OUT = "time_out"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"  # the key, the name of the model or the account: an operator must act
    UNREACHABLE = "unreachable"
    BROKEN = "broken"  # an answer that is none
    BUSY = "busy"  # as many calls as we allow are under way
    OVER_BUDGET = "over_budget"
    RESTING = "resting"  # it failed several times and is left alone for a while


class ChatModelFailed(Exception):
    """The language model gave no answer. `reason` says why; nothing of what was asked is in here."""

    def __init__(self, reason: Failure) -> None:
        super().__init__(f"The language model gave no answer ({reason.value}).")
        self.reason = reason


class ChatModelUnavailable(Exception):
    """The language model of the settings cannot be used; the message says what to do. Everything works without it."""


class ChatModel(Protocol):
    """One call to a language model. Blocks; may be called from any thread."""

    @property
    def name(self) -> str:
        """The model as the operator named it, such as `ollama:some-model`."""

    def complete(self, messages: Sequence[ChatMessage], *, timeout_s: float) -> Completion:
        """Return the model's answer. Raises `ChatModelFailed`, and nothing else."""


class AsksModel(Protocol):
    """A chat model with its limits in front: what the advisor is given."""

    @property
    def timeout_s(self) -> float:
        """The longest that an answer is waited for."""

    def ask(
        self, messages: Sequence[ChatMessage], *, asker: str | None = None, within_s: float | None = None
    ) -> Completion:
        """Return the answer to a question of `asker`, a name that is the same all day. Raises `ChatModelFailed`.

        `within_s` is how long this answer is waited for, where that is less than the time-out.
        """
