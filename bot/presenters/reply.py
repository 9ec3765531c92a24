"""Words a reply: the first screen, what the buttons open, and all of it as plain text. Decides nothing.

First line the verdict; then why, the person's own words beside what it rests on; then what to do; then whom to call.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape, unescape

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from bot.presenters import reply_texts as words
from bot.presenters.agents import present_finding
from bot.presenters.bidi import isolate_numbers
from bot.texts import locale_of, text
from knowledge.advisor.replies import Citation, FlagFound, ReadFrom, Reply, Told
from knowledge.records import HelplineRecord
from knowledge.stale_sources import StaleSource
from knowledge.vocabulary import HelplineStatus, Kind, Language, RedFlag, TextKind, Topic, Verdict

MOST_FLAGS_ON_SCREEN = 2
MOST_STEPS_ON_SCREEN = 2
MOST_POINTS_ON_SCREEN = 3
_LONGEST_FACT = 260  # characters of a summary in the evidence
_MISSION = re.compile(r"(?:Embassy|High Commission|Consulate General) of India, (?P<place>.+)")
_WHERE_QUOTED = {None: words.YOU_WROTE, ReadFrom.PICTURE: words.PICTURE_SAYS, ReadFrom.FILE: words.FILE_SAYS}
THE_PRESS = "the press"  # `reported_by` where the outlet is not known


@dataclass(frozen=True)
class Operator:
    """Who runs this copy of Satark, as its settings say."""

    name: str | None = None
    contact: str | None = None
    is_government: bool = False


@dataclass(frozen=True)
class Presented:
    """A worded reply. `screen` and `sections` are Telegram HTML, `text` is plain and holds everything."""

    language: Language
    direction: str
    screen: str
    sections: dict[str, str] = field(default_factory=dict)
    text: str = ""


def present(reply: Reply, *, operator: Operator) -> Presented:
    """Word a reply in its language; where we cannot write the person's language, in English and then in Hindi."""
    if reply.fallback_language:
        return _present_twice(reply, operator)
    return _present_in(reply, reply.language, operator)


def next_steps(reply: Reply) -> list[str]:
    """Return the next steps as plain sentences, for the JSON form."""
    return [as_plain(text(reply.language, words.STEPS[key])) for key in reply.steps]


def shown_quote(citation: Citation, language: Language) -> str:
    """Return the words that stand for a citation: official words as they are, a summary in the person's language."""
    if citation.quote_kind is TextKind.OFFICIAL_WORDS or language is Language.ENGLISH:
        return citation.quote
    return citation.gist.get(language.value, citation.quote)


def as_plain(html: str) -> str:
    """Return Telegram HTML as plain text; a link keeps its address."""
    with_links = re.sub(r'<a href="([^"]+)">([^<]*)</a>', r"\2: \1", html)
    return unescape(re.sub(r"<[^>]+>", "", with_links))


def _present_in(reply: Reply, language: Language, operator: Operator) -> Presented:
    wording = _Wording(reply, language, operator)
    sections = {
        name: section
        for name, section in (
            ("evidence", wording.evidence()),
            ("what_to_do", wording.what_to_do()),
            ("helplines", wording.helplines()),
        )
        if section
    }
    screen = wording.screen()
    direction = "rtl" if language is Language.URDU else "ltr"
    if direction == "rtl":
        screen = isolate_numbers(screen)
        sections = {name: isolate_numbers(section) for name, section in sections.items()}
    everything = "\n\n".join([screen, *sections.values()])
    return Presented(language, direction, screen, sections, as_plain(everything))


def _present_twice(reply: Reply, operator: Operator) -> Presented:
    english = _present_in(reply, Language.ENGLISH, operator)
    hindi = _present_in(reply, Language.HINDI, operator)
    head = text(Language.ENGLISH, words.FALLBACK_LANGUAGE) + "\n" + text(Language.HINDI, words.FALLBACK_LANGUAGE)
    screen = f"{head}\n\n{english.screen}\n\n———\n\n{hindi.screen}"
    sections = {name: f"{section}\n\n{hindi.sections[name]}" for name, section in english.sections.items()}
    return Presented(Language.ENGLISH, "ltr", screen, sections, as_plain("\n\n".join([screen, *sections.values()])))


class _Wording:
    """The words of one reply in one language."""

    def __init__(self, reply: Reply, language: Language, operator: Operator) -> None:
        self.reply = reply
        self.language = language
        self.operator = operator
        self.locale = Locale.parse(locale_of(language))

    def screen(self) -> str:
        """The first screen."""
        by_kind = {
            Kind.ASSESSMENT: self._assessment,
            Kind.ANSWER: self._answer,
            Kind.EMERGENCY: self._emergency,
            Kind.AGENT: self._agent,
        }
        paragraphs = by_kind.get(self.reply.kind, self._small_talk)()
        if self.reply.trouble == "no_search":
            paragraphs.append(self._say(words.TROUBLE_SEARCH))
        paragraphs.extend(self._stale(source) for source in self.reply.stale_sources)
        if self.reply.question:
            paragraphs.append(self._say(words.QUESTIONS[self.reply.question]))
        return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)

    def _stale(self, source: StaleSource) -> str:
        date = str(format_date(source.read_at, "d MMMM y", locale=self.locale))
        return self._say(words.STALE_SOURCE, issuer=self._issuer(source.issuer), date=date)

    def evidence(self) -> str:
        """Everything the reply rests on, each with issuer, date and address."""
        if not self.reply.citations:
            return ""
        items = [self._evidence_item(citation) for citation in self.reply.citations]
        flags = [self._flag_line(flag, with_source=True) for flag in self.reply.red_flags]
        parts = [self._say(words.EVIDENCE), "\n".join(flags), *items, self._counts()]
        return "\n\n".join(part for part in parts if part)

    def what_to_do(self) -> str:
        """All next steps, numbered, and the points that do not stand on the screen; nothing where there are none."""
        if self.reply.kind in (Kind.OFF_TOPIC, Kind.HELP):
            return ""
        steps = [f"{number}. {self._say(words.STEPS[key])}" for number, key in enumerate(self.reply.steps, start=1)]
        shown = 0 if self.reply.kind is Kind.ASSESSMENT else MOST_POINTS_ON_SCREEN
        points = [self._say(words.POINTS[key]) for key in self.reply.points[shown:] if key in words.POINTS]
        if not steps and not points:
            return ""
        return "\n\n".join(["\n".join([self._say(words.DO_NOW), *steps]), *points])

    def helplines(self) -> str:
        """Whom to call, each with owner and date."""
        if not self.reply.helplines:
            return ""
        return "\n\n".join([self._say(words.CALL), *(self._helpline(line) for line in self.reply.helplines)])

    def _assessment(self) -> list[str]:
        notices = 2 if self.reply.verdict is Verdict.DANGER and len(self.reply.red_flags) < MOST_FLAGS_ON_SCREEN else 1
        steps = [key for key in self.reply.steps if key not in ("dont_go", "check_agent")]  # said by other lines
        return [
            self._verdict(),
            self._flags_on_screen(),
            self._agent_finding(),
            self._told_on_screen(),
            self._official_on_screen(notices),
            self._steps(steps[:1]),
            self._say(words.RECRUITER),
            self._call_on_screen(),
        ]

    def _answer(self) -> list[str]:
        head = self._verdict() if self.reply.verdict else self._say(words.ANSWER)
        points = self._points(MOST_POINTS_ON_SCREEN)
        if points and not self.reply.verdict:  # a procedure rests on rules; notices are in the evidence
            official = self._rule_on_screen(1) or self._official_on_screen(1)
        else:
            official = self._official_on_screen(1 if points else 3) or self._rule_on_screen(2)
        flags = self._flags_on_screen() if self.reply.verdict else ""
        told = self._told_on_screen()
        unknown = "" if points or official or told else self._say(words.NOT_FOUND)
        steps = self._steps(self.reply.steps[:MOST_STEPS_ON_SCREEN])
        return [head, told, points, flags, self._agent_finding(), official, unknown, steps, self._call_on_screen()]

    def _emergency(self) -> list[str]:
        head = [self._say(words.EMERGENCY)]
        if "stay_with_us" in self.reply.steps:
            head.append(self._say(words.STEPS["stay_with_us"]))
        if self.reply.countries:
            head.append(self._say(words.EMERGENCY_FOR, country=self._countries()))
        lines = [self._helpline(line) for line in self.reply.helplines[:3]]
        steps = [key for key in self.reply.steps if key != "stay_with_us"][:4]
        todo = "\n".join(f"👉 {self._say(words.STEPS[key])}" for key in steps)
        contact = self._say(words.OPERATOR_CONTACT, contact=self.operator.contact) if self.operator.contact else ""
        return [*head, "\n".join(lines), todo, contact]

    def _agent(self) -> list[str]:
        steps = "\n".join(f"👉 {self._say(words.STEPS[key])}" for key in self.reply.steps)
        if self.reply.agent:
            return [self._agent_finding(), steps, self._call_on_screen()]
        return [self._say(words.AGENT), self._say(words.POINTS["agent_not_confirmed"]), steps, self._call_on_screen()]

    def _agent_finding(self) -> str:
        """What the official lists say of the agent, each with its day; never without "this is not enough"."""
        if self.reply.agent is None:
            return ""
        with_caution = self.reply.kind is not Kind.AGENT  # there it stands among the steps
        return present_finding(self.reply.agent, self.language, with_caution=with_caution)

    def _small_talk(self) -> list[str]:
        head = words.GREETING if self.reply.kind is Kind.HELP else words.OFF_TOPIC
        return [self._say(head), self._say(words.STEPS["send_offer"])]

    def _verdict(self) -> str:
        assert self.reply.verdict is not None  # noqa: S101 - callers checked; keeps the type narrow
        line = self._say(words.VERDICTS[self.reply.verdict])
        return f"{line}\n{self._reason()}"

    def _reason(self) -> str:
        key = self.reply.reason
        if key == "pattern_matches" and not self.reply.countries:
            key = "pattern_matches_anywhere"
        if key == "destination_warned" and self.reply.kind is Kind.ANSWER:
            key = "destination_warned_travel"
        return self._say(words.REASONS[key], country=self._countries(), count=len(self.reply.red_flags))

    def _flags_on_screen(self) -> str:
        shown = sorted(self.reply.red_flags, key=lambda flag: _FLAG_ORDER.index(flag.code))
        lines = [self._flag_line(flag, with_source=False) for flag in shown[:MOST_FLAGS_ON_SCREEN]]
        left = len(shown) - len(lines)
        if left > 0:
            lines.append(self._say(words.MORE_SIGNS, count=left))
        return "\n".join(lines)

    def _flag_line(self, flag: FlagFound, *, with_source: bool) -> str:
        quote = self._say(_WHERE_QUOTED[flag.read_from], quote=flag.quote)
        line = f"▪️ {quote}\n{self._say(words.FLAGS[flag.code])}"
        source = next((c for c in self.reply.citations if c.id == flag.rests_on), None)
        if with_source and source is not None:
            return f"{line} {self._say(words.RESTS_ON, name=as_plain(self._name(source)))}"
        return line

    def _official_on_screen(self, most: int) -> str:
        """In danger, the notices that speak of danger to life come first; otherwise the advisor's order stays."""
        notices = [citation for citation in self.reply.citations if citation.type == "advisory"]
        if self.reply.verdict is Verdict.DANGER:
            notices.sort(key=_danger_to_life)
        told = {told.citations[0] for told in self._told()}
        return "\n".join(self._official_line(citation) for citation in notices[:most] if citation.id not in told)

    def _told(self) -> list[Told]:
        """What a language model tells of the records and the guards let through, where it is in this language."""
        return [told for told in self.reply.told if told.language is self.language]

    def _told_on_screen(self) -> str:
        """Each sentence under the name of the record it rests on, as our summary, with the links of all its records."""
        return "\n".join(self._told_line(told) for told in self._told())

    def _told_line(self, told: Told) -> str:
        cited = [citation for name in told.citations for citation in self.reply.citations if citation.id == name]
        if not cited:
            return ""
        first = cited[0]
        name = self._name(first) if first.type == "rule" else f"📄 {self._issuer(first.issuer)}, {self._date(first)}"
        return f"{name}: {self._in_short(first, told.words)} {' '.join(map(self._link, cited))}".strip()

    def _official_line(self, citation: Citation) -> str:
        gist = citation.gist.get(self.language.value)
        name = f"📄 {self._issuer(citation.issuer)}, {self._date(citation)}"
        return f"{name}: {self._summary(citation, gist)} {self._link(citation)}".strip()

    def _summary(self, citation: Citation, gist: str | None) -> str:
        """The gist in the person's language, else our English summary (said so), else the official words."""
        if gist is None and citation.quote_kind is TextKind.OFFICIAL_WORDS:
            return self._say(words.OFFICIAL_WORDS, summary=_shorten(citation.quote))
        if gist is None and self.language is not Language.ENGLISH:
            return f"{self._topics(citation.topics)}." if citation.topics else self._in_english(citation)
        return self._in_short(citation, gist or _shorten(citation.quote))

    def _in_english(self, citation: Citation) -> str:
        return f"{self._in_short(citation, _shorten(citation.quote))} {self._say(words.IN_ENGLISH)}"

    def _in_short(self, citation: Citation, summary: str) -> str:
        if citation.reported_by is None:
            return self._say(words.IN_SHORT, summary=summary)
        if citation.reported_by == THE_PRESS:
            return self._say(words.IN_SHORT_PRESS, summary=summary)
        return self._say(words.IN_SHORT_REPORTED, outlet=citation.reported_by, summary=summary)

    def _rule_on_screen(self, most: int) -> str:
        rules = [citation for citation in self.reply.citations if citation.type == "rule"]
        return "\n".join(self._evidence_item(citation) for citation in rules[:most])

    def _evidence_item(self, citation: Citation) -> str:
        gist = citation.gist.get(self.language.value)
        head = self._name(citation)
        quote = _shorten(citation.quote)
        if self.language is not Language.ENGLISH and citation.quote_kind is TextKind.SUMMARY:
            quote = f"{gist}" if gist else f"{quote} {self._say(words.IN_ENGLISH)}"
        official = citation.quote_kind is TextKind.OFFICIAL_WORDS
        body = self._say(words.OFFICIAL_WORDS, summary=quote) if official else self._in_short(citation, quote)
        return f"{head}\n{body} {self._link(citation)}".strip()

    def _name(self, citation: Citation) -> str:
        if citation.type == "rule":
            title = citation.title or citation.id
            return f"⚖️ {escape(title, quote=False)} ({self._issuer(citation.issuer)})"
        title = f" — {escape(citation.title, quote=False)}" if citation.title else ""
        return f"📄 <b>{self._issuer(citation.issuer)}, {self._date(citation)}</b>{title}"

    def _points(self, most: int) -> str:
        keys = [key for key in self.reply.points if key in words.POINTS]
        return "\n\n".join(self._say(words.POINTS[key]) for key in keys[:most])

    def _steps(self, keys: Iterable[str]) -> str:
        return "\n".join(f"👉 {self._say(words.STEPS[key])}" for key in keys)

    def _call_on_screen(self) -> str:
        """The most useful contact, its number or site alone: the button shows the rest."""
        line = next((line for line in self.reply.helplines), None)
        if line is None:
            return ""
        reach = (*line.phones, *(f"WhatsApp {number}" for number in line.whatsapp), line.url)
        first = next((escape(value, quote=False) for value in reach if value), "")
        return f"☎️ {self._line_name(line)}: {first} ({self._trust(line)})"

    def _line_name(self, line: HelplineRecord) -> str:
        mission = _MISSION.match(line.name)
        if line.id in words.LINES:
            return self._say(words.LINES[line.id])
        if mission and line.country and self.language is not Language.ENGLISH:
            return self._say(words.EMBASSY, country=self.locale.territories.get(line.country, mission["place"]))
        return escape(line.name, quote=False)

    def _helpline(self, line: HelplineRecord) -> str:
        name = f"<b>{self._line_name(line)}</b>"
        reach = [escape(value, quote=False) for value in (*line.phones, *(f"WhatsApp {w}" for w in line.whatsapp))]
        reach += [escape(value, quote=False) for value in (line.email, line.url) if value]
        return f"{name}: {', '.join(reach)} ({self._trust(line)})"

    def _trust(self, line: HelplineRecord) -> str:
        if line.status is HelplineStatus.CRISIS_ONLY:
            known = self._say(words.AS_KNOWN, date=self._month(line))
            return f"{self._say(words.CRISIS_ONLY)}, {known}"
        if line.status is HelplineStatus.OLD_VERIFY and (line.phones or line.whatsapp):
            return self._say(words.PUBLISHED_CONFIRM, date=self._month(line), site=line.url or "mea.gov.in")
        if line.status is HelplineStatus.OLD_VERIFY:
            return self._say(words.NO_NUMBER)
        return self._say(words.AS_KNOWN, date=self._month(line))

    def _month(self, line: HelplineRecord) -> str:
        if line.as_of_month is None:
            year = re.search(r"(?:19|20)\d\d", line.as_of)
            return year.group() if year else self._say(words.UNDATED)
        return str(format_date(line.as_of_month, "MMMM y", locale=self.locale))

    def _counts(self) -> str:
        lines = []
        for key, value in self.reply.facts.items():
            series = key.removeprefix("count:")
            if key.startswith("count:") and series in words.SERIES:
                number, as_of, *_ = value.split("|")
                day = format_date(dt.date.fromisoformat(as_of), "d MMMM y", locale=self.locale)
                shown = format_decimal(int(number), locale=self.locale)
                lines.append(f"• {self._say(words.SERIES[series])}: {shown} ({self._say(words.AS_OF, date=day)})")
        return "\n".join([self._say(words.COUNTS), *lines]) if lines else ""

    def _countries(self) -> str:
        return ", ".join(self.locale.territories.get(code, code) for code in self.reply.countries[:2])

    def _issuer(self, issuer: str) -> str:
        mission = _MISSION.fullmatch(issuer)
        if issuer in words.ISSUERS:
            return self._say(words.ISSUERS[issuer])
        if mission and self.language is not Language.ENGLISH:
            return self._say(words.EMBASSY, country=mission["place"])  # a city; names of cities are not in CLDR
        return escape(issuer, quote=False)

    def _date(self, citation: Citation) -> str:
        if citation.date is None:
            return self._say(words.UNDATED)
        pattern = {"year": "y", "month": "MMMM y"}.get(citation.date_precision, "d MMMM y")
        day = str(format_date(citation.date, pattern, locale=self.locale))
        return self._say(words.REPORTED_ON, date=day) if citation.date_precision == "report_day" else day

    def _topics(self, topics: Iterable[Topic]) -> str:
        return ", ".join(self._say(words.TOPICS[topic]) for topic in list(topics)[:2])

    def _link(self, citation: Citation) -> str:
        if not citation.url:
            return ""
        return f'<a href="{escape(citation.url)}">{self._say(words.SOURCE)}</a>'

    def _say(self, message: str, **values: object) -> str:
        return text(self.language, message, **values)


def _shorten(fact: str) -> str:
    return fact if len(fact) <= _LONGEST_FACT else fact[: _LONGEST_FACT - 1].rsplit(" ", 1)[0] + "…"


def _danger_to_life(citation: Citation) -> int:
    return min((_TOPIC_ORDER.get(topic, len(Topic)) for topic in citation.topics), default=len(Topic))


_TOPIC_ORDER = {Topic.ARMY_RECRUITMENT: 0, Topic.CYBER_SCAM_COMPOUND: 1}  # where people died or were locked in
_FLAG_ORDER = (  # what endangers life first, then what costs money, then the rest
    RedFlag.MILITARY_SUPPORT_ROLE,
    RedFlag.SCAM_COMPOUND_ROLE,
    RedFlag.VISIT_VISA_WORK,
    RedFlag.SECRECY,
    RedFlag.TRANSIT_ROUTE,
    RedFlag.PASSPORT_SURRENDER,
    RedFlag.EMIGRATION_BYPASS,
    RedFlag.FEE_ABOVE_CAP,
    RedFlag.UPFRONT_FEE,
    RedFlag.UNLICENSED_AGENT,
    RedFlag.GOVERNMENT_IMPERSONATION,
    RedFlag.NO_CONTRACT,
    RedFlag.UNREALISTIC_PAY,
    RedFlag.SOCIAL_MEDIA_RECRUITER,
    RedFlag.NO_SKILLS_NEEDED,
    RedFlag.URGENCY,
)
