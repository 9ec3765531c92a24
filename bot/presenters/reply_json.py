"""The reply as JSON: the fields of the contract in docs/json.md, and no others. Outsiders rely on the names."""

from __future__ import annotations

from typing import Any

from bot.presenters.reply import Presented, as_plain, next_steps, shown_quote
from knowledge.advisor.replies import Citation, Reply
from knowledge.vocabulary import Language


def to_json(reply: Reply, presented: Presented) -> dict[str, Any]:
    """Return the reply as plain values, ready for `json.dumps`."""
    return {
        "kind": reply.kind.value,
        "verdict": reply.verdict.value if reply.verdict else None,
        "language": presented.language.value,
        "countries": list(reply.countries),
        "red_flags": [
            {"code": flag.code.value, "quote": flag.quote, "rests_on": flag.rests_on} for flag in reply.red_flags
        ],
        "citations": [_citation(citation, presented.language) for citation in reply.citations],
        "next_steps": next_steps(reply),
        "helplines": [line.id for line in reply.helplines],
        "screen": as_plain(presented.screen),
        "text": presented.text,
    }


def _citation(citation: Citation, language: Language) -> dict[str, Any]:
    return {
        "id": citation.id,
        "type": citation.type,
        "issuer": citation.issuer,
        "title": citation.title,
        "date": citation.date.isoformat() if citation.date else None,
        "as_of": citation.as_of.isoformat() if citation.as_of else None,
        "url": citation.url,
        "reported_by": citation.reported_by,
        "countries": list(citation.countries),
        "topics": [topic.value for topic in citation.topics],
        "quote": shown_quote(citation, language),
        "quote_kind": citation.quote_kind.value,
    }
