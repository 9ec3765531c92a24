"""Lets a language model tell what the cited records say, on top of a reply that is complete without it.

`Teller.tell` takes the rules' reply and hands back the same or a better one: never lower, never with less. Whatever the
model does (nothing, nonsense, lies), the worst outcome is the reply that came in.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog

from knowledge.advisor.asking import write_question
from knowledge.advisor.guarding.claims import Answer, UnreadableAnswer, parse_answer
from knowledge.advisor.guarding.guard import Checked, Guard
from knowledge.advisor.guarding.names import build_vocabulary
from knowledge.advisor.guarding.raising import raise_by_plea
from knowledge.advisor.guarding.sources import Source, source_of_advisory, source_of_rule
from knowledge.advisor.guarding.support import MeasuresNearness
from knowledge.advisor.replies import Inquiry, Reply, Told
from knowledge.chat_model import AsksModel, ChatModelFailed
from knowledge.library import Library
from knowledge.vocabulary import Kind, higher

log = structlog.get_logger(__name__)

_TOLD_KINDS = (
    Kind.ASSESSMENT,
    Kind.ANSWER,
)  # in an emergency nobody waits for a model, and the rest has nothing to tell
MOST_TOLD = 4


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
    ) -> None:
        self._model = model
        self._current_library = current_library
        self._nearness = nearness
        self._catalogues = tuple(catalogues)
        self._make_mark = make_mark
        self._note_guarded = note_guarded
        self._guard: tuple[object, Guard] | None = None

    def may_tell(self, reply: Reply) -> bool:
        """Whether a model is asked about this reply at all."""
        can_be_told = reply.trouble is None and not reply.fallback_language and bool(reply.citations)
        return can_be_told and reply.kind in _TOLD_KINDS

    def tell(self, inquiry: Inquiry, reply: Reply, asker: str | None = None) -> Reply:
        """The reply with what the model says of its records, or the reply as it was. Never raises.

        `asker` is a name of the person that is the same all day, for the limits; it goes no further.
        """
        if not self.may_tell(reply):
            return reply
        try:
            return self._tell(inquiry, reply, asker)
        except ChatModelFailed:
            return reply  # the limits have logged it
        except UnreadableAnswer as error:
            log.warning("The language model's answer could not be read.", problem=str(error))
        except Exception as error:  # the rules' reply stands, whatever this is; its words may hold a person's
            log.error("The language model's answer could not be used.", kind=type(error).__name__)
        self._note_guarded()
        return reply

    def _tell(self, inquiry: Inquiry, reply: Reply, asker: str | None) -> Reply:
        library = self._current_library()
        sources = find_sources(reply, library)
        completion = self._model.ask(
            write_question(inquiry, reply, list(sources.values()), self._make_mark()), asker=asker
        )
        answer = parse_answer(completion.text)
        checked = self._guard_of(library).check(answer.claims, sources, reply.language)
        self._note(answer, checked)
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
