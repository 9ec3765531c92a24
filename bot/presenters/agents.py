"""Words what the official lists of recruiting agents say of one firm. Pure: a finding in, Telegram HTML out.

Every finding carries the day of its list, and none of them calls a firm or an offer safe.
"""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date

from bot.presenters import reply_texts as words
from bot.texts import locale_of, text
from knowledge.agents import AgentFinding, AgentList, ListedAgent
from knowledge.vocabulary import Language


def present_finding(finding: AgentFinding, language: Language, *, with_caution: bool) -> str:
    """Say what was found, beside what was asked. `with_caution` adds that a licence alone is not enough."""
    asked = " ".join(filter(None, (finding.asked_name, finding.asked_number)))
    lines = [text(language, words.AGENTS[finding.agent_class]), text(language, words.YOU_WROTE, quote=asked)]
    lines += [f"• {_present_listing(listing, language)}" for listing in finding.listings]
    if finding.because in words.AGENT_BECAUSE:
        lines.append(text(language, words.AGENT_BECAUSE[finding.because]))
    lines.append(_present_days(finding, language))
    if with_caution:
        lines.append(text(language, words.STEPS["licence_not_enough"]))
    return "\n".join(lines)


def _present_listing(listing: ListedAgent, language: Language) -> str:
    if listing.agent_list is AgentList.UNREGISTERED:
        return text(language, words.AGENT_UNREGISTERED, name=listing.name)
    parts = [text(language, words.AGENT_REGISTERED, name=listing.name, number=listing.number)]
    parts.append(text(language, words.AGENT_STATUS[listing.status]))
    if listing.valid_until:
        parts.append(text(language, words.AGENT_VALID_UNTIL, date=_day(listing.valid_until, language)))
    return ", ".join(parts)


def _present_days(finding: AgentFinding, language: Language) -> str:
    said = []
    if finding.registered_as_of:
        said.append(text(language, words.AGENT_LIST_DATE, date=_day(finding.registered_as_of, language)))
    if finding.is_old:
        said.append(text(language, words.AGENT_LIST_OLD))
    if finding.unregistered_as_of:
        said.append(text(language, words.AGENT_UNREGISTERED_DATE, date=_day(finding.unregistered_as_of, language)))
    return " ".join(said)


def _day(day: dt.date, language: Language) -> str:
    return str(format_date(day, "d MMMM y", locale=locale_of(language)))
