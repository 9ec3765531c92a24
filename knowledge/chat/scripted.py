"""A chat model that says what it is told to say. For tests, for trying prompts, and for the attacks we rehearse."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from knowledge.chat_model import ChatMessage, ChatModelFailed, Completion, Failure

Answer = Callable[[Sequence[ChatMessage]], str]


class ScriptedChatModel:
    """Answers as scripted, in order; the last answer is repeated. `asked` holds every list of messages it was given."""

    name = "scripted:test"

    def __init__(self) -> None:
        self.asked: list[Sequence[ChatMessage]] = []
        self.let_go = threading.Event()  # set it to end the waiting of `never_answers`
        self._script: deque[Answer] = deque()

    def replies_with(self, *texts: str) -> None:
        """Answer these texts from now on."""
        self._script = deque(_saying(text) for text in texts)

    def replies_by(self, answer: Answer) -> None:
        """Answer what a function makes of the messages."""
        self._script = deque([answer])

    def fails_with(self, reason: Failure) -> None:
        """Fail from now on."""

        def fail(_messages: Sequence[ChatMessage]) -> str:
            raise ChatModelFailed(reason)

        self._script = deque([fail])

    def never_answers(self) -> None:
        """Hang, far beyond any time-out, until `let_go` is set."""

        def hang(_messages: Sequence[ChatMessage]) -> str:
            self.let_go.wait()
            raise ChatModelFailed(Failure.TIME_OUT)

        self._script = deque([hang])

    def complete(self, messages: Sequence[ChatMessage], *, timeout_s: float) -> Completion:  # noqa: ARG002
        """Give the next answer. Raises `ChatModelFailed` where that is what was scripted."""
        self.asked.append(messages)
        answer = self._script.popleft() if len(self._script) > 1 else self._script[0]
        text = answer(messages)
        return Completion(text, sum(len(message.text) for message in messages) // 4, len(text) // 4)


def _saying(text: str) -> Answer:
    return lambda _messages: text
