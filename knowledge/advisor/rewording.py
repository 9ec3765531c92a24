"""An English line of a language model to search by: when one is worth asking for, how, and what it may add. Pure.

The line finds further published records and does nothing else: it is not read for signs, not judged and never shown.
Where the answer is not exactly a plain line, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

from knowledge.advisor.asking import fence_words
from knowledge.advisor.guarding.claims import UnreadableAnswer, read_json
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.chat_model import ChatMessage
from knowledge.masking import mask
from knowledge.reading.languages import detect_language
from knowledge.reading.offer import mask_contacts
from knowledge.vocabulary import Kind, Language, Verdict

PROMPT = Path(__file__).parent.parent / "prompts" / "search_line.md"
LONGEST_LINE = 160  # characters; some twenty words
FEWEST_WORDS = 2
_PLAIN = re.compile(rf"[A-Za-z0-9 ,.;:'?!()/&%+-]{{1,{LONGEST_LINE}}}")
_LINK = re.compile(r"//|[\w-]\.[A-Za-z]{2,}")  # an address, or what could be read as one
_LONG_NUMBER = re.compile(r"\d(?:[^A-Za-z\d]{0,3}\d){6,}")  # from seven digits on it may be somebody's telephone
_WORD = re.compile(r"[A-Za-z]{2,}")


def wants_line(text: str, reply: Reply, standing: Collection[str]) -> bool:
    """Whether an English line may find what the message itself did not; `standing` are ids of standing warnings.

    The search is weakest with Indian languages in Latin letters, which people spell as they like. Messages in
    other scripts are found well; there a line is asked for where nothing came up but what stands for the country
    anyway, and no fixed explanation answers. Danger needs no further notice.
    """
    if reply.kind not in (Kind.ASSESSMENT, Kind.ANSWER) or reply.verdict is Verdict.DANGER:
        return False
    found = detect_language(text)
    if found.script == "none":
        return False
    if found.language is Language.ENGLISH:
        return not reply.citations
    return found.script == "latin" or not (reply.points or _has_own_notice(reply, standing))


def write_line_question(inquiry: Inquiry, mark: str) -> list[ChatMessage]:
    """The messages that ask for a line. `mark` is a word that nobody can foresee; it fences the person's words."""
    asked = f"{fence_words(inquiry, mark)}\n\nAnswer with the JSON object."
    return [ChatMessage("system", _prompt().replace("{mark}", mark)), ChatMessage("user", asked)]


def parse_line(answer: str) -> str | None:
    """The line of a model's answer; None where the answer is anything but one plain line of English letters."""
    try:
        content = read_json(answer)
    except UnreadableAnswer:
        return None
    line = content.get("search") if isinstance(content, dict) and set(content) == {"search"} else None
    return line if isinstance(line, str) and _is_plain_line(line) else None


def add_records(reply: Reply, again: Reply) -> Reply:
    """The reply with the records that only the second look found, after its own; nothing else of it is taken over.

    Where the second look saw another case or has lost a record (one may have been withdrawn meanwhile), nothing is.
    """
    known = {citation.id for citation in reply.citations}
    added = tuple(citation for citation in again.citations if citation.id not in known)
    if not added or not _is_same_case(reply, again):
        return reply
    return replace(
        reply,
        citations=(*reply.citations, *added),
        stale_sources=tuple(dict.fromkeys((*reply.stale_sources, *again.stale_sources))),
        missing_from_advisories=False,
    )


def _has_own_notice(reply: Reply, standing: Collection[str]) -> bool:
    """Whether a notice is cited that neither stands for its country nor is meant for every country."""
    notices = [citation for citation in reply.citations if citation.type == "advisory"]
    return any(notice.countries and notice.id not in standing for notice in notices)


def _is_plain_line(line: str) -> bool:
    if not _PLAIN.fullmatch(line) or len(_WORD.findall(line)) < FEWEST_WORDS:
        return False
    has_contact = mask(line) != line or mask_contacts(line) != line or _LONG_NUMBER.search(line)
    return not (has_contact or _LINK.search(line))


def _is_same_case(reply: Reply, again: Reply) -> bool:
    same = again.kind is reply.kind and again.countries == reply.countries
    same_flags = [flag.code for flag in again.red_flags] == [flag.code for flag in reply.red_flags]
    return same and same_flags and {c.id for c in reply.citations} <= {c.id for c in again.citations}


@cache
def _prompt() -> str:
    return PROMPT.read_text(encoding="utf-8")
