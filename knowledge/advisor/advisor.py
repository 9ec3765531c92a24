"""The advisor: one message in, one reply out. The ordered steps are `Advisor.explain`; the parts live beside it.

Read the offer, find its red flags, route, search, judge, gather what it rests on. Nothing here words a sentence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from knowledge.advisor.answering import choose_points, rules_for_subjects
from knowledge.advisor.asking_back import choose_question
from knowledge.advisor.checking_agents import check_agent, raise_by_register, route_by_register
from knowledge.advisor.citing import (
    MOST_RULES,
    MOST_WARNINGS,
    cite_advisory,
    cite_rule,
    find_rule_for,
    rank_warnings,
    rest_flags,
    showable,
)
from knowledge.advisor.emergencies import is_emergency
from knowledge.advisor.following import raise_to_earlier, read_inquiry
from knowledge.advisor.raising import flags_by_meaning, raise_by_meaning, route_by_meaning
from knowledge.advisor.replies import Citation, FlagFound, Inquiry, Reply
from knowledge.advisor.routing import Route, Subject
from knowledge.advisor.signs import read_signs
from knowledge.advisor.steps import choose_steps
from knowledge.agents import AgentFinding, Register
from knowledge.embedding.embedder import Vectors
from knowledge.helplines import CYBER_LINE, TELE_MANAS, choose_helplines
from knowledge.library import Library
from knowledge.meaning.reader import NOTHING, Meaning
from knowledge.reading.languages import Detected, detect_language
from knowledge.reading.lexicons import languages_read
from knowledge.reading.offer import Offer, read_offer
from knowledge.reading.phrases import Phrasebook, load_phrasebook
from knowledge.reading.red_flags import ShownFlag
from knowledge.records import AdvisoryRecord, HelplineRecord
from knowledge.stale_sources import StaleSource, stale_of
from knowledge.verdicts import (
    Judgement,
    Reason,
    WarningsFound,
    judge_country,
    judge_offer,
    sort_warnings,
    without_reading,
)
from knowledge.vocabulary import Kind, Language, RedFlag, Topic, Verdict, WorkScope, higher

log = structlog.get_logger(__name__)

LONGEST_MESSAGE = 6000  # characters read of one message; Telegram itself ends at 4096
_SPOKEN = frozenset({Language.ENGLISH, Language.HINDI, Language.HINGLISH})
_PROCEDURES = frozenset(
    {
        Subject.PBBY,
        Subject.MADAD,
        Subject.CYBER_FRAUD,
        Subject.COMPLAINT,
        Subject.HELPLINE,
        Subject.CHECK_AGENT,
    }
)


class FoundPassage(Protocol):
    """What the advisor needs of a search hit: whose passage it is, its text, its score, and why it is there."""

    @property
    def advisory(self) -> str:
        """The id of its advisory or rule."""

    @property
    def text(self) -> str:
        """The passage as it may be shown."""

    @property
    def score(self) -> float:
        """How near it is to the message."""

    @property
    def standing(self) -> bool:
        """Whether it is there because its country always brings it."""


class Search(Protocol):
    """What the advisor needs of a retriever."""

    def search(self, text: str, *, countries: tuple[str, ...] = (), limit: int = 8) -> Sequence[FoundPassage]:
        """Return passages, best first."""


class ReadsMeaning(Protocol):
    """What the advisor needs of the classifiers."""

    def read(self, text: str, signs: Vectors) -> Meaning:
        """Say which flags, kinds and stages the sentences of a message speak of, and whether it comes from need."""

    def read_need(self, text: str, signs: Vectors) -> Meaning:
        """Say only whether the message as a whole comes from somebody in need."""


@dataclass(frozen=True)
class Explanation:
    """Every step of one reply, for `satark check --explain`."""

    offer: Offer
    flags: tuple[ShownFlag, ...]
    route: Route
    hits: tuple[FoundPassage, ...]
    warnings: WarningsFound
    judgement: Judgement | None
    reply: Reply


class Advisor:
    """Answers inquiries from the current library. Thread-safe: it keeps no state between messages."""

    def __init__(
        self,
        current_library: Callable[[], Library],
        current_search: Callable[[], Search | None],
        spoken: frozenset[Language] = _SPOKEN,
        book: Phrasebook | None = None,
        meaning: ReadsMeaning | None = None,
        current_register: Callable[[], Register | None] | None = None,
        current_stale: Callable[[], Sequence[StaleSource]] = tuple,
    ) -> None:
        self._current_library = current_library
        self._current_search = current_search
        self._spoken = spoken
        self._read = languages_read()
        self._book = book or load_phrasebook()
        self._meaning = meaning
        self._current_register = current_register
        self._current_stale = current_stale

    def reply(self, inquiry: Inquiry) -> Reply:
        """The reply to one message. Never raises: where a step fails, the reply still warns and says so."""
        try:
            return self.explain(inquiry).reply
        except Exception:
            log.exception("advisor failed, replying with caution")
            return self._cautious_reply(inquiry)

    def is_emergency(self, text: str) -> bool:
        """Whether a message must be answered whatever the limits say."""
        offer = read_offer(text[:LONGEST_MESSAGE], self._book)
        return offer.has("despair") or is_emergency(offer) or self._feel(text, offer, whole_only=True).emergency

    def explain(self, inquiry: Inquiry) -> Explanation:
        """The reply together with every step that led to it."""
        library = self._current_library()
        reading = read_inquiry(inquiry, self._book, LONGEST_MESSAGE)
        inquiry, offer, flags = reading.inquiry, reading.offer, reading.flags
        found = _sort(library, offer, flags)
        by_rules = reading.chosen
        meaning = self._read_meaning(inquiry, offer, by_rules, _judge(offer, flags, by_rules, found))
        chosen = route_by_meaning(by_rules, meaning, names_place=bool(offer.destinations))
        felt = flags_by_meaning(meaning, flags)
        today = inquiry.today or library.today
        agent = self._check_agent(inquiry, offer, chosen, today)
        chosen = self._about_agent(inquiry, route_by_register(chosen, agent, offer, inquiry.text))
        found_language = detect_language(inquiry.text[:LONGEST_MESSAGE])
        language, fallback = self._language(inquiry, found_language)
        hits, trouble = self._search(inquiry, offer, chosen)
        further = self._search_by_line(inquiry, offer, chosen, hits)
        judgement = raise_by_meaning(_raise_by_law(offer, _judge(offer, flags, chosen, found)), felt)
        judgement = raise_by_register(judgement, agent)
        if self._cannot_read(found_language) and (
            chosen.kind is Kind.ASSESSMENT or (chosen.kind is Kind.ANSWER and offer.destinations)
        ):
            judgement = without_reading(judgement)
        judgement = raise_to_earlier(judgement, reading.at_least)
        named = (*flags, *felt) if judgement is not None else ()
        resting = rest_flags(named, found.matching, library, offer.destinations)
        citations = _cite(library, offer, chosen, resting, judgement, hits)
        citations += _cite_further(library, offer, citations, further)
        reply = Reply(
            kind=chosen.kind,
            verdict=judgement.verdict if judgement else None,
            language=language,
            countries=offer.destinations,
            red_flags=resting,
            citations=citations,
            stage=chosen.stage,
            reason=str(judgement.reason) if judgement else "",
            points=choose_points(offer, chosen, {flag.code for flag in named}, with_list=agent is not None),
            steps=choose_steps(offer, chosen, judgement),
            helplines=_contacts(library, offer, chosen, today),
            missing_from_advisories=chosen.kind in (Kind.ANSWER, Kind.ASSESSMENT) and not citations,
            fallback_language=fallback,
            trouble=trouble,
            facts=_facts(offer, library),
            agent=agent,
            stale_sources=_find_stale(citations, self._current_stale()),
            question=choose_question(inquiry, offer, flags, chosen, judgement),
        )
        return Explanation(offer, flags, chosen, (*hits, *further), found, judgement, reply)

    def _cannot_read(self, found: Detected) -> bool:
        """Whether the rules know the language of a message too little to say that it shows nothing."""
        return not found.supported or (found.language is not None and found.language not in self._read)

    def _language(self, inquiry: Inquiry, found: Detected) -> tuple[Language, bool]:
        if inquiry.language in self._spoken:
            return inquiry.language, False
        if found.language in self._spoken:
            return found.language, False
        return Language.ENGLISH, not found.supported or found.language is not None

    def _search(self, inquiry: Inquiry, offer: Offer, chosen: Route) -> tuple[tuple[FoundPassage, ...], str | None]:
        """Passages near to the message; without a working search the country's standing warnings remain."""
        if chosen.kind in (Kind.OFF_TOPIC, Kind.HELP):
            return (), None
        try:
            search = self._current_search()
            if search is None:
                return (), "no_search"
            return tuple(search.search(inquiry.text[:LONGEST_MESSAGE], countries=offer.destinations)), None
        except Exception:  # a broken index or model must not cost the person the rules' verdict
            log.exception("search failed, answering from the rules and standing warnings")
            return (), "no_search"

    def _search_by_line(
        self, inquiry: Inquiry, offer: Offer, chosen: Route, hits: tuple[FoundPassage, ...]
    ) -> tuple[FoundPassage, ...]:
        """What is nearer to the search line than anything is to the message. It is cited last and judges nothing."""
        if inquiry.search_line is None or chosen.kind not in (Kind.ASSESSMENT, Kind.ANSWER):
            return ()
        found, _ = self._search(replace(inquiry, text=inquiry.search_line), offer, chosen)
        known, nearest = {hit.advisory for hit in hits}, max((hit.score for hit in hits), default=0.0)
        return tuple(hit for hit in found if hit.advisory not in known and hit.score > nearest)

    def _read_meaning(self, inquiry: Inquiry, offer: Offer, chosen: Route, judgement: Judgement | None) -> Meaning:
        """What the classifiers make of a message; nothing where there are none or they fail.

        They are asked for no more than the rules have left open: nothing of an emergency, and whether it is one where
        the verdict is danger already.
        """
        if chosen.kind is Kind.EMERGENCY:
            return NOTHING
        is_danger = judgement is not None and judgement.verdict is Verdict.DANGER
        return self._feel(inquiry.text, offer, whole_only=is_danger)

    def _feel(self, text: str, offer: Offer, *, whole_only: bool) -> Meaning:
        if self._meaning is None:
            return NOTHING
        text = text[:LONGEST_MESSAGE]
        try:
            read = self._meaning.read_need if whole_only else self._meaning.read
            return read(text, read_signs(offer))
        except Exception:  # the rules have read the message already
            log.exception("the classifiers failed, going on by the rules alone")
            return NOTHING

    def _check_agent(self, inquiry: Inquiry, offer: Offer, chosen: Route, today: dt.date) -> AgentFinding | None:
        """What the official lists say; nothing where there is no list, or it cannot be read just now."""
        if self._current_register is None:
            return None
        try:
            register = self._current_register()
            if register is None:
                return None
            text = inquiry.text[:LONGEST_MESSAGE]
            return check_agent(register, offer, chosen, text, today=today, about_agent=inquiry.about_agent)
        except Exception:  # without the lists the reply says that it cannot confirm anybody
            log.exception("the lists of agents could not be searched, answering without them")
            return None

    def _about_agent(self, inquiry: Inquiry, chosen: Route) -> Route:
        """Who asks with /agent asks about an agent, whatever the words; only an emergency comes first."""
        if not inquiry.about_agent or chosen.kind is Kind.EMERGENCY:
            return chosen
        return replace(chosen, kind=Kind.AGENT)

    def _cautious_reply(self, inquiry: Inquiry) -> Reply:
        """What can be said when a step failed: where help is, or what the red flags say, at least caution."""
        language, fallback = Language.ENGLISH, False
        try:
            language, fallback = self._language(inquiry, detect_language(inquiry.text[:LONGEST_MESSAGE]))
            reply = self._reply_from_rules(inquiry)
        except Exception:
            log.exception("not even the rules could be applied")
            before = inquiry.earlier.verdict if inquiry.earlier else None
            reply = replace(_UNCHECKED, verdict=higher(_UNCHECKED.verdict, before))
        return replace(reply, language=language, fallback_language=fallback)

    def _reply_from_rules(self, inquiry: Inquiry) -> Reply:
        reading = read_inquiry(inquiry, self._book, LONGEST_MESSAGE)
        offer, flags, chosen = reading.offer, reading.flags, reading.chosen
        if chosen.kind is Kind.EMERGENCY:
            return replace(_UNCHECKED, kind=chosen.kind, verdict=None, steps=choose_steps(offer, chosen, None))
        named = () if chosen.warns_others else flags
        judgement = judge_offer({flag.code for flag in named}, WarningsFound((), (), ()))
        return replace(
            _UNCHECKED,
            verdict=higher(higher(judgement.verdict, Verdict.CAUTION), reading.at_least),
            countries=offer.destinations,
            red_flags=tuple(FlagFound(flag.code, showable(flag.quote), None) for flag in named),
        )


_UNCHECKED = Reply(
    kind=Kind.ASSESSMENT,
    verdict=Verdict.CAUTION,
    language=Language.ENGLISH,
    reason="trouble",
    steps=("pay_nothing", "check_agent", "check_mission"),
    trouble="failed",
)


def _contacts(library: Library, offer: Offer, chosen: Route, today: dt.date) -> tuple[HelplineRecord, ...]:
    """Whom to call. Someone who speaks of ending their life, and names no place abroad, gets the one line for that."""
    lines = choose_helplines(
        library.helplines,
        kind=chosen.kind,
        countries=offer.destinations or offer.stops,
        stage=chosen.stage,
        today=today,
        despair=chosen.despair,
        money_paid=chosen.money_paid,
    )
    if not chosen.despair or offer.destinations or offer.stops or offer.has("abroad_place"):
        return lines
    return tuple(line for line in lines if line.id in (TELE_MANAS, CYBER_LINE)) or lines


def _find_stale(citations: Sequence[Citation], stale: Sequence[StaleSource]) -> tuple[StaleSource, ...]:
    """The sources behind the cited notices that have not been read for too long: newer words may stand there."""
    notices = (cited for cited in citations if cited.type == "advisory")
    found = (stale_of(cited.issuer, cited.url, stale) for cited in notices) if stale else ()
    return tuple(dict.fromkeys(source for source in found if source is not None))


def _sort(library: Library, offer: Offer, flags: tuple[ShownFlag, ...]) -> WarningsFound:
    records = [record for code in offer.destinations for record in library.by_country(code)]
    return sort_warnings(records, {flag.code for flag in flags}, offer.work)


# Emigration check required: the countries of rule-D3, where domestic work has conditions of its own (rule-F4).
_ECR_COUNTRIES = frozenset(
    {"AF", "BH", "ID", "IQ", "JO", "KW", "LB", "LY", "MY", "OM", "QA", "SA", "SS", "SD", "SY", "TH", "AE", "YE"}
)


def _raise_by_law(offer: Offer, judgement: Judgement | None) -> Judgement | None:
    """At least caution where a law limits the work: in households of ECR countries, or full time on a student visa."""
    if judgement is None or judgement.verdict is not Verdict.VERIFY:
        return judgement
    if WorkScope.DOMESTIC in offer.work and _ECR_COUNTRIES & set(offer.destinations):
        return Judgement(Verdict.CAUTION, Reason.DESTINATION_WARNED, judgement.warnings)
    if offer.has("student_work"):
        return Judgement(Verdict.CAUTION, Reason.SOME_FLAG, judgement.warnings)
    return judgement


def _judge(offer: Offer, flags: tuple[ShownFlag, ...], chosen: Route, found: WarningsFound) -> Judgement | None:
    """An assessment always has a verdict; an answer has one where it is about going somewhere or shows a red flag."""
    codes = {flag.code for flag in flags}
    if chosen.kind is Kind.ASSESSMENT:
        return judge_offer(codes, found)
    if chosen.kind is not Kind.ANSWER or (set(chosen.subjects) & _PROCEDURES and not codes & _DECISIVE_IN_QUESTIONS):
        return None
    if not offer.destinations and len(chosen.subjects) >= _GENERAL_QUESTION:
        return None  # "what must I check, what may he charge, whom do I call": a procedure, no offer
    judgement = judge_country(codes & _DECISIVE_IN_QUESTIONS if not offer.destinations else codes, found)
    return judgement if offer.destinations or judgement.reason is not Reason.NOTHING_MATCHES else None


_GENERAL_QUESTION = 4  # subjects in one message that names no country
_DECISIVE_IN_QUESTIONS = frozenset(
    {
        RedFlag.VISIT_VISA_WORK,
        RedFlag.MILITARY_SUPPORT_ROLE,
        RedFlag.TRANSIT_ROUTE,
        RedFlag.FEE_ABOVE_CAP,
        RedFlag.SCAM_COMPOUND_ROLE,
        RedFlag.UNLICENSED_AGENT,
    }
)


def _cite(
    library: Library,
    offer: Offer,
    chosen: Route,
    flags: tuple[FlagFound, ...],
    judgement: Judgement | None,
    hits: tuple[FoundPassage, ...],
) -> tuple[Citation, ...]:
    """What the reply rests on: the warnings that decided, the country's standing ones, then the rules."""
    if chosen.kind in (Kind.OFF_TOPIC, Kind.HELP):
        return ()
    best = _best_passages(hits)
    scores = {name: hit.score for name, hit in best.items()}
    records = _warnings_to_cite(library, offer, flags, judgement, hits, scores)
    rules = [find_rule_for(flag.code, library, offer.destinations) for flag in flags]
    rules += rules_for_subjects(library, offer, chosen)
    rules += [library.rules.get(name) for name in best if not offer.destinations]
    chosen_rules = list({rule.id: rule for rule in rules if rule is not None}.values())[:MOST_RULES]
    quotes = {name: hit.text for name, hit in best.items()}
    return tuple(cite_advisory(record, quotes.get(record.id)) for record in records) + tuple(
        cite_rule(rule) for rule in chosen_rules
    )


MOST_FURTHER = 2  # records that a search line may add


def _cite_further(
    library: Library, offer: Offer, cited: Sequence[Citation], further: Sequence[FoundPassage]
) -> tuple[Citation, ...]:
    """Records that only the search line found: notices that fit the destination, and rules where none is named."""
    known, here = {citation.id for citation in cited}, set(offer.destinations)
    found: list[Citation] = []
    for hit in further:
        notice, rule = library.advisories.get(hit.advisory), library.rules.get(hit.advisory)
        if hit.advisory in known:
            continue
        if notice is not None and (not here or not notice.countries or here & set(notice.countries)):
            found.append(cite_advisory(notice, hit.text))
        elif rule is not None and not here:
            found.append(cite_rule(rule))
    return tuple(found[:MOST_FURTHER])


def _best_passages(hits: tuple[FoundPassage, ...]) -> dict[str, FoundPassage]:
    best: dict[str, FoundPassage] = {}
    for hit in hits:
        if hit.advisory not in best or hit.score > best[hit.advisory].score:
            best[hit.advisory] = hit
    return best


def _warnings_to_cite(
    library: Library,
    offer: Offer,
    flags: tuple[FlagFound, ...],
    judgement: Judgement | None,
    hits: tuple[FoundPassage, ...],
    scores: Mapping[str, float],
) -> list[AdvisoryRecord]:
    names = [flag.rests_on for flag in flags if flag.rests_on]
    resting = [library.advisories[name] for name in names if name in library.advisories]
    deciding = rank_warnings(judgement.warnings if judgement else (), scores)
    standing = rank_warnings((r for code in offer.destinations for r in library.standing(code)), scores)
    near = [library.advisories[hit.advisory] for hit in hits if hit.advisory in library.advisories and not hit.standing]
    here = set(offer.destinations)
    near = [record for record in near if not here or not record.countries or here & set(record.countries)]
    ordered = [*deciding[:2], *resting[:2], *standing[:2], *near[:2], *deciding[2:3]]
    if not ordered or not (offer.about_work or _TRAVEL & {topic for record in ordered for topic in record.topics}):
        ordered += _general_notices(library, offer)
    return list({record.id: record for record in ordered}.values())[:MOST_WARNINGS]


_TRAVEL = frozenset({Topic.TRAVEL_SAFETY, Topic.WAR_RISK})


def _general_notices(library: Library, offer: Offer) -> list[AdvisoryRecord]:
    """A notice for every country, where none of the destination says anything."""
    wanted = Topic.UNREGISTERED_AGENT if offer.about_work else Topic.TRAVEL_SAFETY
    general = [record for record in library.advisories.values() if not record.countries and wanted in record.topics]
    return rank_warnings(general, {})[:1]


def _facts(offer: Offer, library: Library) -> dict[str, str]:
    """Values of the message and of the library that the words may use."""
    facts: dict[str, str] = {}
    if offer.licence:
        facts["licence"] = offer.licence
    counts = library.newest_counts(offer.destinations)
    for count, advisory in counts:
        facts[f"count:{count.series}"] = f"{count.value}|{count.as_of.isoformat()}|{advisory}|{count.words}"
    return facts
