"""Lets a language model tell what the cited records say, on top of a reply that is complete without it.

`Teller.tell` takes the rules' reply and hands back the same or a better one. Where the search may have missed much, the
model first words an English line by which is searched again; what that finds is added. Whatever the model does
(nothing, nonsense, lies), verdict, signs, steps and contacts are at least those that came in; records are taken away
only where the reply judges nothing and the model says that none of them answers (`guarding/silence.py`).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import structlog

from knowledge.advisor.asking import write_question
from knowledge.advisor.guarding.claims import Answer, UnreadableAnswer, parse_answer
from knowledge.advisor.guarding.guard import Checked, Guard
from knowledge.advisor.guarding.names import build_vocabulary
from knowledge.advisor.guarding.raising import raise_by_plea
from knowledge.advisor.guarding.silence import is_not_said, not_said
from knowledge.advisor.guarding.sources import Source, source_of_advisory, source_of_rule
from knowledge.advisor.guarding.support import MeasuresNearness
from knowledge.advisor.replies import Inquiry, Reply, Told
from knowledge.advisor.rewording import add_records, parse_line, wants_line, write_line_question
from knowledge.chat.quality import Quality, measure
from knowledge.chat_model import AsksModel, ChatMessage, ChatModelFailed, Completion, Failure
from knowledge.library import Library
from knowledge.vocabulary import Kind, higher

log = structlog.get_logger(__name__)

_TOLD_KINDS = (
    Kind.ASSESSMENT,
    Kind.ANSWER,
)  # in an emergency nobody waits for a model, and the rest has nothing to tell
MOST_TOLD = 4
_LINE_SHARE = 0.4  # of the time for an answer: the most that a search line may take of it
_SLOW = (Failure.TIME_OUT, Failure.BUSY)


class Teller:
    """Words replies by a model, within its guards. Thread-safe."""

    def __init__(
        self,
        model: AsksModel,
        current_library: Callable[[], Library],
        nearness: MeasuresNearness | None,
        catalogues: Iterable[str] = (),
        make_mark: Callable[[], str] = lambda: secrets.token_hex(8),
        note_guarded: Callable[[], None] = lambda: None,
        note_quality: Callable[[Quality], None] = lambda _quality: None,
        look_again: Callable[[Inquiry], Reply] | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._current_library = current_library
        self._nearness = nearness
        self._catalogues = tuple(catalogues)
        self._make_mark = make_mark
        self._note_guarded = note_guarded
        self._note_quality = note_quality
        self._look_again = look_again
        self._seconds = seconds
        self._is_quick = True
        self._guard: tuple[object, Guard] | None = None

    def may_tell(self, reply: Reply) -> bool:
        """Whether a model may be asked about this reply at all; what it is asked shows in `tell`."""
        can_be_told = reply.trouble is None and not reply.fallback_language
        has_matter = bool(reply.citations) or self._look_again is not None
        return can_be_told and has_matter and reply.kind in _TOLD_KINDS

    def tell(self, inquiry: Inquiry, reply: Reply, asker: str | None = None) -> Reply:
        """The reply with what the model says of its records, or the reply as it was. Never raises.

        `asker` is a name of the person that is the same all day, for the limits; it goes no further.
        """
        if not self.may_tell(reply):
            return reply
        ends_at = self._seconds() + self._model.timeout_s
        reply = self._find_more(inquiry, reply, asker)
        if not reply.citations:
            return reply
        try:
            return self._tell(inquiry, reply, asker, ends_at)
        except ChatModelFailed:
            return reply  # the limits have logged it
        except UnreadableAnswer as error:
            log.warning("The language model's answer could not be read.", problem=str(error))
        except Exception as error:  # the rules' reply stands, whatever this is; its words may hold a person's
            log.error("The language model's answer could not be used.", kind=type(error).__name__)
        self._note_guarded()
        return reply

    def _find_more(self, inquiry: Inquiry, reply: Reply, asker: str | None) -> Reply:
        """The reply with the records that an English line of the model finds besides, or as it was. Never raises."""
        if self._look_again is None or not self._is_quick:
            return reply
        try:
            if not wants_line(inquiry.text, reply, self._standing(reply)):
                return reply
            line = self._ask_for_line(inquiry, asker)
            if line is None:
                return reply
            return add_records(reply, self._look_again(replace(inquiry, search_line=line)))
        except ChatModelFailed:
            return reply
        except Exception as error:  # a line that cannot be used costs nothing but itself
            log.error("The language model's search line could not be used.", kind=type(error).__name__)
            return reply

    def _ask_for_line(self, inquiry: Inquiry, asker: str | None) -> str | None:
        question = write_line_question(inquiry, self._make_mark())
        line = parse_line(self._ask(question, asker, _LINE_SHARE * self._model.timeout_s).text)
        log.info("The language model was asked for a search line.", usable=line is not None)
        return line

    def _standing(self, reply: Reply) -> set[str]:
        library = self._current_library()
        return {record.id for code in reply.countries for record in library.standing(code)}

    def _ask(self, messages: Sequence[ChatMessage], asker: str | None, within_s: float) -> Completion:
        """Ask, and note whether the model is quick enough to be asked twice for one message."""
        began = self._seconds()
        try:
            completion = self._model.ask(messages, asker=asker, within_s=within_s)
        except ChatModelFailed as error:
            self._is_quick = self._is_quick and error.reason not in _SLOW
            raise
        self._is_quick = self._seconds() - began < _LINE_SHARE * self._model.timeout_s
        return completion

    def _tell(self, inquiry: Inquiry, reply: Reply, asker: str | None, ends_at: float) -> Reply:
        library = self._current_library()
        sources = find_sources(reply, library)
        question = write_question(inquiry, reply, list(sources.values()), self._make_mark())
        completion = self._ask(question, asker, max(0.0, ends_at - self._seconds()))
        answer = parse_answer(completion.text)
        checked = self._guard_of(library).check(answer.claims, sources, reply.language)
        self._note(answer, checked)
        self._rate(reply, checked, completion.seconds)
        if is_not_said(answer, reply):
            return not_said(reply)
        told = tuple(
            Told(one.words, reply.language, tuple(source.id for source in one.sources)) for one in checked.passed
        )
        return self._raised(inquiry, replace(reply, told=told[:MOST_TOLD]), answer, sources, library)

    def _raised(
        self, inquiry: Inquiry, reply: Reply, answer: Answer, sources: dict[str, Source], library: Library
    ) -> Reply:
        """The reply with a higher verdict where the model asks for one with a reason that holds."""
        if answer.plea is None:
            return reply
        raised = raise_by_plea(answer.plea, inquiry, reply, sources, self._guard_of(library))
        if higher(raised.verdict, reply.verdict) is not raised.verdict:
            return reply
        return raised

    def _guard_of(self, library: Library) -> Guard:
        """The guard for this library, kept while the library stands: its vocabulary takes a second to collect."""
        if self._guard is None or self._guard[0] != library.version:
            vocabulary = build_vocabulary(library.advisories.values(), library.rules.values(), self._catalogues)
            self._guard = (library.version, Guard(vocabulary, self._nearness))
        return self._guard[1]

    def _note(self, answer: Answer, checked: Checked) -> None:
        log.info(
            "The language model's sentences were checked.",
            said=len(answer.claims),
            shown=len(checked.passed),
            refused=[refusal.value for refusal in checked.refused],
        )
        if answer.claims and not checked.passed:
            self._note_guarded()

    def _rate(self, reply: Reply, checked: Checked, seconds: float) -> None:
        """Hand on how the answer did. Whatever goes wrong with that, the person's reply stands."""
        try:
            self._note_quality(measure(reply, checked, most_shown=MOST_TOLD, seconds=seconds))
        except Exception as error:
            log.error("How the language model did could not be noted.", kind=type(error).__name__)


def find_sources(reply: Reply, library: Library) -> dict[str, Source]:
    """The records that a reply cites, each under its token. A record that was withdrawn meanwhile is none."""
    sources: dict[str, Source] = {}
    for number, citation in enumerate(reply.citations, start=1):
        token = f"S{number}"
        advisory, rule = library.advisories.get(citation.id), library.rules.get(citation.id)
        if advisory is not None:
            sources[token] = source_of_advisory(advisory, token, reply.language)
        elif rule is not None:
            sources[token] = source_of_rule(rule, token, reply.language)
    return sources
