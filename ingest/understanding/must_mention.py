"""Chooses the sentences of a notice that an answer must mention: bans, duties, days, numbers, contacts. Pure.

They are the notice's own sentences, letter by letter. What a page says to a machine is no fact of the notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.understanding.notice import Notice, Sentence
from ingest.understanding.phrase_lists import find_hits
from ingest.understanding.proposals import LIKELY, Proposal, nothing
from ingest.understanding.times import find_dates

LISTS = "facts"
MOST = 12
_FEWEST_WORDS = 4  # fewer are a heading or a date line
_NUMBER = re.compile(r"\d")
# What speaks to a program that reads the page instead of to people.
INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instructions?|prompts?|rules?|warnings?|guidelines)\b"
    r"|\b(?:system|assistant|developer) (?:prompt|message|role)\b"
    r"|\byou are (?:now )?(?:an? )?(?:ai|bot|chat ?bot|assistant|language model)\b"
    r"|\b(?:mark|label|classify|treat|tag|rate|score) (?:this|it|the|all)\b.{0,40}"
    r"\b(?:safe|genuine|verified|approved|official|published|low risk)\b"
    r"|\b(?:publish|approve|index|post) (?:this|it)\b.{0,40}\b(?:without|immediately|automatically|now|at once)\b"
    r"|\b(?:ai|llm|bots?|crawlers?|language models?|automated systems?|summari[sz]ers?)\b.{0,20}"
    r"\b(?:must|should|shall|please|are to|note)\b"
    r"|<\s*/?\s*(?:system|instructions?|prompt)\s*>"
    r"|(?:पिछले|सभी) निर्देश\S* (?:को )?(?:अनदेखा|नज़रअंदाज़|नजरअंदाज)|इसे सुरक्षित (?:बता|मान|चिह्न)",
    re.IGNORECASE,
)


def propose_facts(notice: Notice, contacts: Sequence[str]) -> Proposal[tuple[str, ...]]:
    """Return up to `MOST` sentences in their order, the weightiest where there are more."""
    weights = {sentence: _weigh(notice, sentence, contacts) for sentence in _sentences(notice)}
    chosen = sorted((one for one in weights if weights[one] > 0), key=lambda one: (-weights[one], one.start))[:MOST]
    facts = tuple(sentence.words for sentence in sorted(chosen, key=lambda one: one.start))
    return Proposal(facts, LIKELY, facts) if facts else nothing(())


def find_instructions(notice: Notice) -> tuple[str, ...]:
    """Return the sentences of a page that speak to a program. They change nothing; staff should see them."""
    return tuple(sentence.words for sentence in notice.sentences if INSTRUCTION.search(sentence.words))


def _sentences(notice: Notice) -> Iterator[Sentence]:
    for sentence in notice.sentences:
        long_enough = len(sentence.words.split()) >= _FEWEST_WORDS
        if sentence.start >= notice.body_start and long_enough and not INSTRUCTION.search(sentence.words):
            yield sentence


def _weigh(notice: Notice, sentence: Sentence, contacts: Sequence[str]) -> int:
    """Three for a ban, two for a contact or a day, one for a duty and for a number; a duty alone is not enough."""
    forbidden = _any_inside(notice, sentence, "forbidden")
    duty = _any_inside(notice, sentence, "duty")
    dated = any(sentence.start <= notice.plain.origins[one.start] < sentence.end for one in find_dates(notice.plain))
    contact = any(words in sentence.words for words in contacts)
    number = _NUMBER.search(sentence.words) is not None
    return 3 * forbidden + 2 * contact + 2 * dated + duty + number


def _any_inside(notice: Notice, sentence: Sentence, name: str) -> bool:
    return any(sentence.start <= hit.start < sentence.end for hit in find_hits(notice, LISTS, name))
