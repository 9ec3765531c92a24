"""An advisor that says what a test wants, and builders of replies. Knows no rule of the real one."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

from knowledge.advisor.replies import Citation, FlagFound, Inquiry, Reply
from knowledge.library import Library
from knowledge.records import HelplineRecord
from knowledge.vocabulary import HelplineStatus, Kind, Language, RedFlag, TextKind, Topic, Verdict


class FakeAdvisor:
    """Replies as scripted and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Inquiry] = []
        self._reply = make_reply()
        self._error: Exception | None = None
        self._emergencies: set[str] = set()

    def replies_with(self, reply: Reply) -> None:
        self._reply = reply

    def fails_with(self, error: Exception | None) -> None:
        self._error = error

    def treats_as_emergency(self, text: str) -> None:
        self._emergencies.add(text)

    def reply(self, inquiry: Inquiry) -> Reply:
        self.asked.append(inquiry)
        if self._error:
            raise self._error
        if inquiry.text in self._emergencies:
            return make_reply(kind=Kind.EMERGENCY, verdict=None)
        return self._reply

    def is_emergency(self, text: str) -> bool:
        return text in self._emergencies


def make_reply(
    *,
    kind: Kind = Kind.ASSESSMENT,
    verdict: Verdict | None = Verdict.DANGER,
    language: Language = Language.ENGLISH,
    quote: str = "tourist visa",
) -> Reply:
    """An assessment of an offer to Russia that rests on one notice."""
    return Reply(
        kind=kind,
        verdict=verdict,
        language=language,
        countries=("RU",),
        red_flags=(FlagFound(RedFlag.VISIT_VISA_WORK, quote, "made-up-notice"),),
        citations=(make_citation(),),
        reason="pattern_matches",
        steps=("dont_go", "pay_nothing"),
        helplines=(make_helpline(),),
    )


def make_citation(citation_id: str = "made-up-notice") -> Citation:
    return Citation(
        id=citation_id,
        type="advisory",
        issuer="Ministry of Examples",
        title="An invented notice",
        date=dt.date(2026, 1, 5),
        date_precision="day",
        as_of=None,
        url="https://example.org/notice?a=1&b=2",
        reported_by=None,
        countries=("RU",),
        topics=(Topic.ARMY_RECRUITMENT,),
        quote="Do not accept helper jobs near a front.",
        quote_kind=TextKind.SUMMARY,
    )


def make_helpline(*, status: HelplineStatus = HelplineStatus.CURRENT, name: str = "Example line") -> HelplineRecord:
    return HelplineRecord(
        id="example-line",
        name=name,
        who_for="people who tell examples",
        country="IN",
        phones=("+91 99999 00001",),
        whatsapp=(),
        email=None,
        url=None,
        hours=None,
        seen_in=(),
        as_of="2026-10",
        as_of_month=dt.date(2026, 10, 1),
        official_reprint=False,
        status=status,
        note=None,
    )


def make_library(*helplines: HelplineRecord) -> Library:
    """A library with helplines and nothing else."""
    nothing: MappingProxyType[str, object] = MappingProxyType({})
    return Library(
        version=(1, dt.date(2026, 11, 1)),
        advisories=nothing,  # type: ignore[arg-type]
        rules=nothing,  # type: ignore[arg-type]
        helplines=helplines,
        passages=(),
        countries=nothing,  # type: ignore[arg-type]
    )
