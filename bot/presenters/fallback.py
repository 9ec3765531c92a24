"""The plainest wording of a reply, for when the full one cannot be made: nothing that the rules found is lost."""

from __future__ import annotations

from html import escape

from bot.presenters import fixed_texts
from bot.texts import text
from knowledge.advisor.replies import Citation, Reply
from knowledge.records import HelplineRecord
from knowledge.vocabulary import Kind, Language, Verdict

_VERDICTS = {
    Verdict.DANGER: fixed_texts.PLAIN_DANGER,
    Verdict.CAUTION: fixed_texts.PLAIN_CAUTION,
    Verdict.VERIFY: fixed_texts.PLAIN_VERIFY,
}


def present_plainly(reply: Reply) -> str:
    """Return the verdict, what it rests on and whom to call, as Telegram HTML."""
    parts = [
        _first_words(reply),
        _list_under(reply.language, fixed_texts.PLAIN_RESTS_ON, [_name(citation) for citation in reply.citations]),
        _list_under(reply.language, fixed_texts.PLAIN_HELPLINES, [_contact(line) for line in reply.helplines]),
    ]
    return "\n\n".join(part for part in parts if part)


def _first_words(reply: Reply) -> str:
    if reply.kind is Kind.EMERGENCY:
        return text(reply.language, fixed_texts.PLAIN_EMERGENCY)
    found = _VERDICTS[reply.verdict] if reply.verdict else fixed_texts.PLAIN_OTHER
    return f"<b>{text(reply.language, found)}</b>"


def _list_under(language: Language, heading: str, lines: list[str]) -> str:
    return "\n".join([text(language, heading), *(f"• {escape(line)}" for line in lines)]) if lines else ""


def _name(citation: Citation) -> str:
    day = citation.date.isoformat() if citation.date else None
    known = (citation.issuer, citation.title, day, citation.url)
    return ", ".join(part for part in known if part)


def _contact(line: HelplineRecord) -> str:
    ways = ", ".join((*line.phones, *line.whatsapp)) or line.email or line.url or ""
    return f"{line.name}: {ways} ({line.as_of})"
