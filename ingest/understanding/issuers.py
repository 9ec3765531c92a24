"""Proposes who issues a notice and what kind of publication it is: by its page, its letterhead, its address. Pure."""

from __future__ import annotations

import re

from ingest.understanding.notice import Notice
from ingest.understanding.phrase_lists import find_hits
from ingest.understanding.proposals import GUESSED, LIKELY, SURE, WEAK, Basis, Proposal, nothing
from knowledge.reading.folding import fold
from knowledge.vocabulary import AdvisoryKind

LISTS = "kinds"
MEA = "Ministry of External Affairs (MEA)"
_MISSION = re.compile(
    r"\b(?:(?P<office>Embassy|High Commission|Consulate General|Consulate|Assistant High Commission)"
    r"\s+of\s+(?:the\s+Republic\s+of\s+)?India"
    r"(?:\s*,\s*|\s+(?:in|at)\s+|\s*\n\s*)(?P<place>[A-Z][\w'-]+(?:[ ](?:[A-Z][\w'-]+))?)"
    r"|Indian\s+(?P<office2>Embassy|High Commission|Consulate)\s+(?:in|at)\s+"
    r"(?P<place2>[A-Z][\w'-]+(?:[ ][A-Z][\w'-]+)?))",
)
_SHORT_LINE = 90  # characters; an office named alone on a line is a letterhead or a signature
_HEAD = 300  # characters; an answer in parliament names its house and number at its head
_OPENING = 250  # characters in which a notice says who speaks
# Parts of addresses that tell what is published there (reference of the ministry's own sections).
_BY_ADDRESS = (
    (re.compile(r"(?:lok|rajya)-sabha|parliament"), AdvisoryKind.PARLIAMENT_ANSWER),
    (re.compile(r"media-briefing|weekly-briefing|transcript"), AdvisoryKind.MEDIA_BRIEFING),
    (re.compile(r"travel-advisor"), AdvisoryKind.TRAVEL_ADVISORY),
    (re.compile(r"advisor(?:y|ies)"), AdvisoryKind.ADVISORY),
    (re.compile(r"press-release|PressRelea?se", re.IGNORECASE), AdvisoryKind.PRESS_RELEASE),
)
_BY_TITLE = (
    AdvisoryKind.PARLIAMENT_ANSWER,
    AdvisoryKind.COURT_STATEMENT,
    AdvisoryKind.MEDIA_BRIEFING,
    AdvisoryKind.TRAVEL_ADVISORY,
    AdvisoryKind.ADVISORY,
    AdvisoryKind.PRESS_RELEASE,
)


def propose_issuer(notice: Notice, issuer: str | None) -> Proposal[str | None]:
    """Return who issues a notice. What only the source's file says, and no word of the notice, is marked so."""
    spoken = _mission_that_speaks(notice)
    if issuer:
        words = _words_of(notice, issuer)
        if words:
            return Proposal(issuer, SURE, words)
        return Proposal(issuer, GUESSED, (), Basis.SOURCE)
    if spoken:
        return spoken
    ministry = find_hits(notice, LISTS, "ministry")
    if ministry:
        return Proposal(MEA, LIKELY if len(ministry) > 1 else GUESSED, (ministry[0].words,))
    mission = find_hits(notice, LISTS, "mission")
    if mission:
        return Proposal(notice.sentence_at(mission[0].start).words[:_SHORT_LINE], WEAK, (mission[0].words,))
    return nothing(None)


def propose_kind(notice: Notice, issuer: str | None, address: str | None) -> Proposal[AdvisoryKind]:
    """Return what kind of publication a notice is: by its title, its address, then by who speaks."""
    from_mission = bool(
        _MISSION.search(issuer or "") or re.search(r"embassy|high commission|consulate", fold(issuer or ""))
    )
    for kind in _BY_TITLE:
        reach = _HEAD if kind is AdvisoryKind.PARLIAMENT_ANSWER else len(notice.title)
        hits = [hit for hit in find_hits(notice, LISTS, kind) if hit.start < reach]
        if hits:
            plain = from_mission and kind in (AdvisoryKind.ADVISORY, AdvisoryKind.PRESS_RELEASE)
            return Proposal(AdvisoryKind.EMBASSY_NOTICE if plain else kind, SURE, (hits[0].words,))
    if from_mission:
        return Proposal(AdvisoryKind.EMBASSY_NOTICE, LIKELY, (), Basis.DERIVED)
    for pattern, kind in _BY_ADDRESS:
        if pattern.search(address or ""):
            return Proposal(kind, LIKELY, (), Basis.PAGE)
    hits = list(find_hits(notice, LISTS, AdvisoryKind.ADVISORY))
    if hits:
        return Proposal(AdvisoryKind.ADVISORY, GUESSED, (hits[0].words,))
    return Proposal(
        AdvisoryKind.PRESS_RELEASE if "pib.gov.in" in (address or "") else AdvisoryKind.ADVISORY,
        WEAK,
        (),
        Basis.NOTHING,
    )


def _mission_that_speaks(notice: Notice) -> Proposal[str | None] | None:
    """The mission named alone on a line, or in the opening words; one that is only to be called is another matter."""
    best: tuple[float, str, str] | None = None
    for found in _MISSION.finditer(notice.text):
        line_start = notice.text.rfind("\n", 0, found.start()) + 1
        line_end = notice.text.find("\n", found.end())
        alone = (line_end if line_end >= 0 else len(notice.text)) - line_start <= _SHORT_LINE
        opening = found.start() < _OPENING
        confidence = LIKELY if alone or opening else GUESSED
        if best is None or confidence > best[0]:
            office = found["office"] or found["office2"]
            place = found["place"] or found["place2"]
            best = (confidence, f"{office} of India, {' '.join(place.split())}", found.group())
    return Proposal(best[1], best[0], (best[2],)) if best else None


def _words_of(notice: Notice, issuer: str) -> tuple[str, ...]:
    """Where the notice itself names its issuer: the office and the place in one sentence, or the ministry."""
    wanted = [word for word in re.findall(r"[^\W\d_]{3,}", fold(issuer)) if word not in ("the", "and", "mea")]
    for sentence in notice.sentences:
        words = fold(sentence.words)
        if wanted and all(word in words for word in wanted):
            return (sentence.words[:200],)
    for name in ("ministry",) if "external affairs" in fold(issuer) else ():
        hits = find_hits(notice, LISTS, name)
        return (hits[0].words,) if hits else ()
    return ()
