"""Decides how a message is read in a conversation: alone, as the answer to our question, or going on with the matter.

Pure. Most messages stand alone, and in doubt every message does. Nothing said before can take anything from a message:
its own red flags stay, its own emergency comes first, and the verdict that was given is the least of what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from knowledge.advisor.asking_back import COUNTRY
from knowledge.advisor.replies import Earlier, Inquiry, Reply
from knowledge.advisor.routing import Route, route
from knowledge.reading.folding import fold
from knowledge.reading.mentions import CountryMention
from knowledge.reading.offer import Offer, read_offer
from knowledge.reading.phrases import Phrasebook
from knowledge.reading.red_flags import ShownFlag, find_red_flags
from knowledge.verdicts import Judgement, Reason
from knowledge.vocabulary import Kind, Stage, Verdict, higher
from knowledge.yaml_files import read_yaml_strings

MOST_WORDS_OF_ANSWER = 8  # "It is in Cambodia, he told me yesterday"
MOST_WORDS_BESIDE_PLACE = 5
MOST_WORDS_ASKING_AGAIN = 6  # "is it safe to go there"
SHORT = 160  # characters: a question, hardly an offer
LONGEST_WITH_OPENER = 400
LONGEST_REMEMBERED = 6000
_AD_WORDS = 3
_AD_LINES = 4
_PLACES = frozenset({"country", "city", "nationality", "flag"})  # a currency is no place
_SMALL_TALK = (Kind.OFF_TOPIC, Kind.HELP)
WORDS_FILE = Path(__file__).parent.parent / "data" / "following.yaml"
_WORD = re.compile(r"[^\s.,;:!?…()\[\]\"“”।॥/\-–—]+")


@dataclass(frozen=True)
class Reading:
    """What is read of a message, and what kind of reply the rules give it.

    The text of `inquiry` holds the earlier words too where both are one offer. `at_least` is the verdict of the matter
    that the message goes on with; None where it stands alone.
    """

    inquiry: Inquiry
    offer: Offer
    flags: tuple[ShownFlag, ...]
    chosen: Route
    at_least: Verdict | None = None


def read_inquiry(inquiry: Inquiry, book: Phrasebook, longest: int) -> Reading:
    """Read a message, alone or with what went before. No more than `longest` characters are read."""
    alone = _read(inquiry, book, longest)
    earlier = inquiry.earlier
    if earlier is None or inquiry.about_agent:
        return alone
    message = _Message(alone.offer, alone.flags, alone.chosen, plain_words(inquiry.text))
    before = read_offer(earlier.text[:longest], book)
    if _answers_our_question(message, before, earlier):
        found = _together(alone, earlier, book, longest)
    elif _goes_on(message, before, earlier):
        found = _as_said_in_the_matter(_with_places(alone, earlier), earlier)
    elif _tells_of_need_there(alone, message, earlier):
        found = _with_places(alone, earlier)
    else:
        return alone
    return found if _loses_nothing(found.chosen, alone.chosen) else alone


def raise_to_earlier(judgement: Judgement | None, at_least: Verdict | None) -> Judgement | None:
    """A verdict that is no lower than that of the matter before; without a verdict there is none to lower."""
    if judgement is None or at_least is None or higher(judgement.verdict, at_least) is judgement.verdict:
        return judgement
    return Judgement(at_least, Reason.SAID_BEFORE, judgement.warnings)


def remember(inquiry: Inquiry, reply: Reply) -> Earlier | None:
    """What the next message of the chat may go on with, from this one and its reply; None where there is nothing.

    Small talk, a look at a register and an answer about procedure leave the matter before as it was.
    """
    earlier = inquiry.earlier
    if earlier is not None and _leaves_matter(earlier, reply):
        return earlier
    if reply.kind in _SMALL_TALK and not reply.question:
        return None
    verdict = reply.verdict
    if verdict is None and earlier is not None and reply.countries and reply.countries == earlier.countries:
        verdict = earlier.verdict  # somebody in need asks on about the offer that took them there
    text, question = _join_remembered(inquiry, reply), reply.question
    if earlier is not None and not reply.countries and _is_short_answer(inquiry):
        question = earlier.question  # the country is still not known, and may yet be told
    return Earlier(text, reply.countries, verdict, reply.kind, question)


def _read(inquiry: Inquiry, book: Phrasebook, longest: int) -> Reading:
    offer = read_offer(inquiry.text[:longest], book)
    flags = find_red_flags(offer)
    return Reading(inquiry, offer, flags, route(offer, flags))


@dataclass(frozen=True)
class _Message:
    """A message as it reads alone, and its words in their plainest form."""

    offer: Offer
    flags: tuple[ShownFlag, ...]
    chosen: Route
    words: str

    @property
    def places(self) -> frozenset[str]:
        return frozenset(mention.code for mention in self.offer.mentions if mention.kind in _PLACES)

    @property
    def opens(self) -> bool:
        return any(f"{self.words} ".startswith(f"{opener} ") for opener in _lists()["openers"])

    @property
    def asks(self) -> bool:
        return "?" in self.offer.copy.folded or self.offer.has("question_words") or self.asks_again

    @property
    def asks_again(self) -> bool:
        return self.says("asks_again") and len(self.words.split()) <= MOST_WORDS_ASKING_AGAIN

    @property
    def only_thanks(self) -> bool:
        return self.says("thanks") and "?" not in self.offer.copy.folded

    @property
    def tells_something(self) -> bool:
        """Whether a message that says nothing of going abroad may still be about an offer: "and is it safe?"."""
        if self.offer.has("off_topic_words"):
            return False
        if self.chosen.kind is Kind.HELP:
            return self.asks_again
        return self.asks or self.opens or bool(self.flags or self.offer.sums) or self.offer.about_work

    def says(self, name: str) -> bool:
        return any(f" {phrase} " in f" {self.words} " for phrase in _lists()[name])


def _answers_our_question(message: _Message, before: Offer, earlier: Earlier) -> bool:
    """A few words after we asked for the country: a place, that it is not known, or more of the same offer."""
    offer, kind, count = message.offer, message.chosen.kind, len(message.words.split())
    if earlier.question != COUNTRY or kind in (Kind.EMERGENCY, Kind.AGENT) or count > MOST_WORDS_OF_ANSWER:
        return False
    if message.only_thanks or _looks_like_ad(offer) or (offer.work - before.work and (before.work or message.asks)):
        return False
    if message.places:
        names = {mention.words for mention in offer.mentions if mention.kind in _PLACES}
        return count - sum(len(name.split()) for name in names) <= MOST_WORDS_BESIDE_PLACE
    if message.says("does_not_know"):
        return True
    if message.chosen.subjects:  # a question with an answer of its own, which the offer would drown
        return False
    return message.tells_something if kind in _SMALL_TALK else True


def _goes_on(message: _Message, before: Offer, earlier: Earlier) -> bool:
    """Whether a message that names no place of its own is about the matter before."""
    if message.chosen.kind is Kind.EMERGENCY:  # it is one by itself; only whom to call may be known from before
        return earlier.kind is Kind.EMERGENCY and bool(earlier.countries) and not message.places
    if earlier.kind in _SMALL_TALK or not (earlier.countries or earlier.verdict):
        return False
    if message.chosen.kind is Kind.AGENT or message.only_thanks or (message.chosen.warns_others and not message.asks):
        return False
    if message.places and not (message.opens and message.places <= set(earlier.countries)):
        return False
    if len(message.offer.copy.original) > (LONGEST_WITH_OPENER if message.opens else SHORT):
        return False
    return _speaks_of_the_matter(message, before, is_in_need=earlier.kind is Kind.EMERGENCY)


def _tells_of_need_there(alone: Reading, message: _Message, earlier: Earlier) -> bool:
    """Whether somebody needs help if the message speaks of the place before: "they beat him every day"."""
    if message.places or not earlier.countries or message.chosen.kind is Kind.EMERGENCY:
        return False
    return _with_places(alone, earlier).chosen.kind is Kind.EMERGENCY


def _as_said_in_the_matter(reading: Reading, earlier: Earlier) -> Reading:
    """What is off topic alone is a question here. Who asks on in an emergency is still in it and needs no verdict."""
    chosen = reading.chosen
    if chosen.kind in _SMALL_TALK:
        chosen = replace(chosen, kind=Kind.ANSWER)
    if earlier.kind is Kind.EMERGENCY and not chosen.subjects:  # how to complain, for one, is answered
        chosen = replace(chosen, kind=Kind.EMERGENCY, stage=Stage.ABROAD)
    return replace(reading, chosen=chosen)


def _speaks_of_the_matter(message: _Message, before: Offer, *, is_in_need: bool) -> bool:
    kind, offer = message.chosen.kind, message.offer
    has_other_work = bool(offer.work and before.work and not offer.work & before.work)
    if _looks_like_ad(offer) or (has_other_work and (kind is not Kind.ANSWER or not message.opens)):
        return False
    if kind is Kind.OFF_TOPIC and is_in_need:
        return not offer.has("off_topic_words")
    if kind in _SMALL_TALK:
        return message.tells_something
    return kind is Kind.ANSWER or message.opens or not _promises_a_job(offer)


def _promises_a_job(offer: Offer) -> bool:
    return offer.about_work and (offer.promises_pay or bool(offer.work))


def _looks_like_ad(offer: Offer) -> bool:
    """Whether it is an advertisement, which is always an offer of its own."""
    lines = [line for line in offer.copy.original.splitlines() if line.strip()]
    return len(lines) >= _AD_LINES or len(offer.find("ad_words")) >= _AD_WORDS or "phone" in offer.contacts


def _together(alone: Reading, earlier: Earlier, book: Phrasebook, longest: int) -> Reading:
    """Read the earlier words and these as one offer; where both are too long, the end of the earlier ones is cut."""
    own = alone.inquiry.text
    text = f"{earlier.text[: max(0, longest - len(own) - 1)]}\n{own}"
    both = _read(replace(alone.inquiry, text=text), book, longest)
    return _with(both, both.offer, _join_flags(both.flags, alone.flags), earlier)


def _with_places(alone: Reading, earlier: Earlier) -> Reading:
    """Read the message as if it named the places of the matter before."""
    if not earlier.countries:
        return replace(alone, at_least=earlier.verdict)
    said_before = tuple(CountryMention(code, 0, 0, "", "country") for code in earlier.countries)
    offer = replace(
        alone.offer, mentions=(*said_before, *alone.offer.mentions), destinations=earlier.countries, stops=()
    )
    return _with(alone, offer, _join_flags(find_red_flags(offer), alone.flags), earlier)


def _with(reading: Reading, offer: Offer, flags: tuple[ShownFlag, ...], earlier: Earlier) -> Reading:
    return replace(reading, offer=offer, flags=flags, chosen=route(offer, flags), at_least=earlier.verdict)


def _join_flags(first: Iterable[ShownFlag], second: Iterable[ShownFlag]) -> tuple[ShownFlag, ...]:
    found = {flag.code: flag for flag in first}
    return (*found.values(), *(flag for flag in second if flag.code not in found))


def _loses_nothing(found: Route, alone: Route) -> bool:
    """Whether reading it with the matter before makes no less of a message than reading it alone."""
    kind = found.kind
    if alone.kind is Kind.EMERGENCY:
        return kind is Kind.EMERGENCY
    if alone.kind is Kind.ASSESSMENT:
        return kind in (Kind.ASSESSMENT, Kind.EMERGENCY)
    return kind in (Kind.ASSESSMENT, Kind.ANSWER, Kind.EMERGENCY)


def _leaves_matter(earlier: Earlier, reply: Reply) -> bool:
    if reply.question:
        return False
    if reply.kind in (*_SMALL_TALK, Kind.AGENT):
        return True
    return reply.kind is Kind.ANSWER and reply.verdict is None and reply.countries in ((), earlier.countries)


def _join_remembered(inquiry: Inquiry, reply: Reply) -> str:
    """The words that the next message may need: an offer stays with the answers and short questions that follow it."""
    earlier, own = inquiry.earlier, inquiry.text[:LONGEST_REMEMBERED]
    if earlier is None:
        return own
    asked_on = len(own) <= SHORT and bool(earlier.countries) and reply.countries == earlier.countries
    return f"{earlier.text}\n{own}"[-LONGEST_REMEMBERED:] if asked_on or _is_short_answer(inquiry) else own


def _is_short_answer(inquiry: Inquiry) -> bool:
    was_asked = inquiry.earlier is not None and bool(inquiry.earlier.question)
    return was_asked and len(plain_words(inquiry.text).split()) <= MOST_WORDS_OF_ANSWER


def plain_words(text: str) -> str:
    """The words of a text as they are compared: folded, without signs between them."""
    return " ".join(_WORD.findall(fold(text)))


@cache
def _lists() -> Mapping[str, tuple[str, ...]]:
    content: Mapping[str, Mapping[str, list[str]]] = read_yaml_strings(WORDS_FILE)
    return {
        name: tuple(dict.fromkeys(plain_words(phrase) for phrases in by_language.values() for phrase in phrases))
        for name, by_language in content.items()
    }
