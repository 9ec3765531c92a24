"""What a language model is given: a person's masked words, fenced, and the records, tokens instead of links. Pure.

No telephone number, link or address goes in, neither the person's nor an official one, so that none can come out.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from knowledge.advisor.guarding.sources import Source
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.chat_model import ChatMessage
from knowledge.masking import mask
from knowledge.reading.offer import mask_contacts
from knowledge.vocabulary import Language

MOST_OF_MESSAGE = 3000  # characters; an offer is shorter, and each one costs
MOST_OF_SENTENCE = 600
PROMPT = Path(__file__).parent.parent / "prompts" / "telling.md"
_LINKS = re.compile(r"\S*\[[.:]\]\S*|\[…@…\]|\[number hidden\]")
_NAMES = {
    Language.ENGLISH: "English",
    Language.HINDI: "Hindi in Devanagari",
    Language.HINGLISH: "Hindi in Latin letters, as people type it",
    Language.PUNJABI: "Punjabi in Gurmukhi",
    Language.MALAYALAM: "Malayalam",
    Language.TAMIL: "Tamil",
    Language.TELUGU: "Telugu",
    Language.BENGALI: "Bengali",
    Language.GUJARATI: "Gujarati",
    Language.MARATHI: "Marathi",
    Language.KANNADA: "Kannada",
    Language.ODIA: "Odia",
    Language.URDU: "Urdu in Arabic letters",
}


def write_question(inquiry: Inquiry, reply: Reply, sources: Sequence[Source], mark: str) -> list[ChatMessage]:
    """The messages of one question. `mark` is a word that nobody can foresee; it fences the person's words."""
    facts: dict[str, object] = {
        "language": _NAMES[reply.language],
        "kind": reply.kind.value,
        "verdict": reply.verdict.value if reply.verdict else None,
        "signs found": [flag.code.value for flag in reply.red_flags],
        "stage": reply.stage.value,
        "countries": list(reply.countries),
        "sources": [_shown(source) for source in sources],
    }
    if inquiry.earlier:
        facts["earlier verdict"] = inquiry.earlier.verdict.value if inquiry.earlier.verdict else None
    asked = json.dumps(facts, ensure_ascii=False, indent=1)
    return [
        ChatMessage("system", _prompt().replace("{mark}", mark)),
        ChatMessage("user", f"{asked}\n\n{fence_words(inquiry, mark)}\n\nAnswer with the JSON object."),
    ]


def fence_words(inquiry: Inquiry, mark: str) -> str:
    """A person's words between two lines with the mark, those of an earlier message before them in the same way."""
    parts = [f"The person's message:\n{_fence(inquiry.text, mark)}"]
    if inquiry.earlier:
        parts.insert(0, f"An earlier message of the same person:\n{_fence(inquiry.earlier.text, mark)}")
    return "\n\n".join(parts)


def _fence(text: str, mark: str) -> str:
    return f"=== {mark} ===\n{hide_personal(text, mark)}\n=== {mark} ==="


def hide_personal(text: str, mark: str = "") -> str:
    """A person's words without numbers, addresses and links of anybody, and without what could end their fence."""
    plain = "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter)[0] != "C")
    hidden = _LINKS.sub("[…]", mask_contacts(mask(plain[:MOST_OF_MESSAGE])))
    return re.sub(r"={3,}", "=", hidden.replace(mark, "") if mark else hidden)


def _shown(source: Source) -> dict[str, object]:
    said = [_LINKS.sub("[…]", mask_contacts(sentence[:MOST_OF_SENTENCE])) for sentence in source.supports]
    return {
        "token": source.token,
        "kind": "rule of law" if source.is_rule else "official notice",
        "issuer": source.issuer,
        "date": source.date.isoformat() if source.date and source.date_precision == "day" else None,
        "countries": list(source.countries),
        "text": said,
    }


@cache
def _prompt() -> str:
    return PROMPT.read_text(encoding="utf-8")
