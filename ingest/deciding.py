"""Decides what a read notice is: new, changed, unchanged, the same in another place, withdrawn, unreachable. Pure.

The same notice through several hosts, languages and formats is one advisory: by its key, by its text, by its siblings.
Similar is not same: what only looks like a known notice is a new one that names the known one and what differs.
Nothing is ever dropped here, and nothing is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from ingest.fingerprints import Fingerprint, likeness, make_fingerprint, may_be_alike
from ingest.parsed import ParsedAdvisory
from ingest.understanding.contacts import propose_contacts
from ingest.understanding.counts import Number, find_numbers
from ingest.understanding.notice import make_notice
from ingest.understanding.proposals import Contact, ContactKind
from ingest.understanding.reading_notices import find_date_cautions
from ingest.understanding.times import find_dates
from ingest.understanding.validity import propose_earlier, says_eased, says_withdrawn
from knowledge.reading.folding import fold
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import Language, Severity, Topic

ALIKE = 0.75  # share of common words, in order, from which a notice is named as near
LEAST_SHARED = 0.2  # share of common runs of words from which two texts are compared word by word
MOST_NEAR = 5
MOST_COMPARED = 100  # notices of one matter searched for contradictions, the newest first
MOST_WORDS_SHOWN = 6  # of one difference
GONE_FOR = dt.timedelta(hours=24)  # a page answered with 404 is only taken for gone after so long; sites have bad days
_STRICT = frozenset({Severity.DO_NOT_GO, Severity.LEAVE})
_ON_THE_ROAD = frozenset({Topic.TRAVEL_SAFETY, Topic.WAR_RISK})
_NEGATIONS = frozenset(
    map(
        fold,
        ("no", "not", "never", "none", "nor", "without", "cannot", "नहीं", "न", "ना", "मत", "बिना", "نہیں", "نہ", "مت",
         "بغیر", "അല്ല", "ഇല്ല", "അരുത്", "இல்லை", "வேண்டாம்", "లేదు", "కాదు", "వద్దు", "না", "নয়", "નહીં", "નથી", "ન", "नाही",
         "नको", "ਨਹੀਂ", "ਨਾ", "ಇಲ್ಲ", "ಬೇಡ", "ନାହିଁ", "ନୁହେଁ"),
    )
)  # fmt: skip


class Change(StrEnum):
    """What a read notice is, compared with what is known."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SAME_ELSEWHERE = "same_elsewhere"  # known from another host, in another language or format
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class KnownNotice:
    """A notice that is stored, draft or published, as deciding needs it: every key and address it was seen under."""

    id: str
    record: AdvisoryRecord
    text: str  # title not included; as it was read
    keys: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Near:
    """A known notice that is similar, how much (0 to 1), and what differs, in words for staff."""

    id: str
    likeness: float
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Contradiction:
    """A known fact that a read notice says otherwise, with the day of each; None where a notice has none."""

    id: str
    about: str  # "dead", "phone of Embassy of India, Caracas", "severity"
    known: str
    known_at: dt.date | None
    read: str
    read_at: dt.date | None


@dataclass(frozen=True)
class Decision:
    """What a notice is. `advisory_id` is the known one that it is or changes; None for a new one."""

    change: Change
    advisory_id: str | None
    near: tuple[Near, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    replaces: tuple[str, ...] = ()  # known notices that it says it replaces
    cautions: tuple[str, ...] = ()


def decide(
    parsed: ParsedAdvisory, record: AdvisoryRecord, known: Iterable[KnownNotice], *, today: dt.date | None = None
) -> Decision:
    """Compare a read notice with the known ones. `record` holds what was understood of it.

    With `today` a new notice that is years old, undated or dated ahead is flagged in `cautions`.
    """
    notices = tuple(known)
    own = _find_same(parsed, record, notices)
    others = [one for one in notices if own is None or one.id != own.id]
    contradictions = tuple(_find_contradictions(parsed, record, others))
    if own is not None:
        change = _compare(parsed, record, own)
        near = tuple(_translation_differs(parsed, own)) if change is Change.SAME_ELSEWHERE else ()
        return Decision(change, own.id, near, contradictions if change is Change.CHANGED else ())
    return Decision(
        Change.NEW,
        None,
        near=_find_near(parsed, record, notices),
        contradictions=contradictions,
        replaces=tuple(_find_replaced(parsed, record, notices)),
        cautions=tuple(find_date_cautions(parsed.date or record.date, today)) if today else (),
    )


@dataclass(frozen=True)
class FetchOutcome:
    """How an attempt to read a known page ended: the answer, or why there was none."""

    status: int | None  # None: no answer at all
    error: str | None = None  # blocked, timeout, moved to an error page …
    title: str | None = None
    text: str = ""
    gone_since_at: dt.datetime | None = None  # when it first answered 404, if it did so ever since
    at: dt.datetime | None = None


def judge_outcome(outcome: FetchOutcome) -> Change | None:
    """Tell a withdrawn page from one that cannot be reached; None: it was read, so compare it.

    410 is the site's word that a page is gone. 404 is taken for it only when it stays so for a day: sites move, break
    and answer wrongly. Blocked, moved to an error page, too slow: all unreachable, and the notice stands as it is.
    """
    if outcome.error is not None or outcome.status is None:
        return Change.UNREACHABLE
    if outcome.status == 410:
        return Change.WITHDRAWN
    if outcome.status == 404:
        waited = outcome.at - outcome.gone_since_at if outcome.at and outcome.gone_since_at else dt.timedelta(0)
        return Change.WITHDRAWN if waited >= GONE_FOR else Change.UNREACHABLE
    if not 200 <= outcome.status < 300:
        return Change.UNREACHABLE
    return Change.WITHDRAWN if says_withdrawn(outcome.title, outcome.text) else None


# --- the same -------------------------------------------------------------------------------------------------------


def _find_same(parsed: ParsedAdvisory, record: AdvisoryRecord, known: Sequence[KnownNotice]) -> KnownNotice | None:
    """By key, by sibling, by the key in another language; then by the text, where nothing else speaks against it."""
    keys = {key for key in (parsed.key, *parsed.siblings) if key}
    stems = {_without_language(key) for key in keys}
    for one in known:
        if one.keys & keys or any(_without_language(key) in stems for key in one.keys):
            return one
    for one in known:
        if _same_words(parsed, one) and not _set_apart(parsed, record, one):
            return one
    return None


def _same_words(parsed: ParsedAdvisory, known: KnownNotice) -> bool:
    """With the title or without it: one format has it in the text, another beside it, a third not at all."""
    own, other = _fingerprint(parsed.title, parsed.text), _fingerprint(known.record.title, known.text)
    if own.exact == other.exact:
        return bool(own.tokens)
    if not may_be_alike(own, other, LEAST_SHARED):
        return False
    bare, other_bare = make_fingerprint(parsed.text), make_fingerprint(known.text)
    return (bool(bare.tokens) and bare.exact in (other.exact, other_bare.exact)) or own.exact == other_bare.exact


def _without_language(key: str) -> str:
    """The key less the language after its number; other keys may end in such letters by chance ("…/visa-or")."""
    stem, _, language = key.rpartition("-")
    return stem if stem[-1:].isdigit() and language in set(Language) else key


def _set_apart(parsed: ParsedAdvisory, record: AdvisoryRecord, known: KnownNotice) -> tuple[str, ...]:
    """What makes two notices of the same words two notices: another day, other countries, other titles."""
    differs = []
    if record.date and known.record.date and record.date != known.record.date:
        differs.append(f"date: {known.record.date} → {record.date}")
    if set(record.countries) != set(known.record.countries):
        differs.append(f"countries: {_codes(known.record.countries)} → {_codes(record.countries)}")
    if parsed.title and known.record.title and _exact(parsed.title) != _exact(known.record.title):
        differs.append(f"title: {known.record.title} → {parsed.title}")
    return tuple(differs)


def _compare(parsed: ParsedAdvisory, record: AdvisoryRecord, known: KnownNotice) -> Change:
    if parsed.language != known.record.language and parsed.key not in known.keys:
        return Change.SAME_ELSEWHERE
    same_words = _same_words(parsed, known)
    dated_otherwise = record.date is not None and known.record.date is not None and record.date != known.record.date
    titled_otherwise = bool(parsed.title and known.record.title) and _exact(parsed.title) != _exact(known.record.title)
    if not same_words or dated_otherwise or (titled_otherwise and parsed.key in known.keys):
        return Change.CHANGED
    return Change.UNCHANGED if parsed.address in known.addresses else Change.SAME_ELSEWHERE


def _translation_differs(parsed: ParsedAdvisory, known: KnownNotice) -> Iterator[Near]:
    """A translation is the same advisory; numbers that it has and the other has not are shown to staff all the same."""
    ours, theirs = set(make_fingerprint(parsed.text).numbers), set(make_fingerprint(known.text).numbers)
    if parsed.language == known.record.language or ours == theirs:
        return
    only = [f"only here: {_short(sorted(ours - theirs))}"] if ours - theirs else []
    only += [f"only there: {_short(sorted(theirs - ours))}"] if theirs - ours else []
    yield Near(
        known.id, 1.0, (f"language: {known.record.language} → {parsed.language}", *(f"number {one}" for one in only))
    )


@lru_cache(maxsize=8_192)
def _fingerprint(title: str | None, text: str) -> Fingerprint:
    return make_fingerprint(make_notice(title, text).text)


def _exact(words: str | None) -> str:
    return make_fingerprint(words or "").exact


# --- similar --------------------------------------------------------------------------------------------------------


def _find_near(parsed: ParsedAdvisory, record: AdvisoryRecord, known: Sequence[KnownNotice]) -> tuple[Near, ...]:
    own = _fingerprint(parsed.title, parsed.text)
    found = []
    for one in known:
        other = _fingerprint(one.record.title, one.text)
        if may_be_alike(own, other, LEAST_SHARED):
            alike = likeness(own, other)
            if alike >= ALIKE:
                found.append(Near(one.id, round(alike, 3), _differences(parsed, record, one, own, other)))
        elif _may_be_translation(parsed, record, one):
            found.append(Near(one.id, 0.5, (f"language: {one.record.language} → {parsed.language}",)))
    return tuple(sorted(found, key=lambda near: -near.likeness)[:MOST_NEAR])


def _may_be_translation(parsed: ParsedAdvisory, record: AdvisoryRecord, known: KnownNotice) -> bool:
    """The same day, the same countries, another language: perhaps one notice, and staff can tell."""
    return (
        parsed.language != known.record.language
        and record.date is not None
        and record.date == known.record.date
        and bool(record.countries)
        and set(record.countries) == set(known.record.countries)
        and bool(set(record.topics) & set(known.record.topics))
    )


def _differences(
    parsed: ParsedAdvisory, record: AdvisoryRecord, known: KnownNotice, own: Fingerprint, other: Fingerprint
) -> tuple[str, ...]:
    """What differs, the weightiest first: date, country, number, negation, other words."""
    differs = list(_set_apart(parsed, record, known))
    others: list[str] = []
    for change in Levenshtein.opcodes(other.tokens, own.tokens):
        if change.tag == "equal":
            continue
        before = other.tokens[change.src_start : change.src_end]
        after = own.tokens[change.dest_start : change.dest_end]
        label = _label(before, after)
        line = f"{label}: {_short(before)} → {_short(after)}"
        (differs if label != "words" else others).append(line)
    return tuple(dict.fromkeys([*differs, *others[:MOST_NEAR]])) or ("only its setting out",)


def _label(before: Sequence[str], after: Sequence[str]) -> str:
    if _NEGATIONS & {*map(fold, before)} ^ _NEGATIONS & {*map(fold, after)}:
        return "negation"
    if any(token[0].isdigit() for token in (*before, *after)):
        return "number"
    return "date" if _is_month(before) and _is_month(after) else "words"


def _is_month(tokens: Sequence[str]) -> bool:
    return len(tokens) == 1 and bool(find_dates(make_notice(None, f"1 {tokens[0]} 2000").plain))


def _short(tokens: Sequence[str]) -> str:
    shown = " ".join(tokens[:MOST_WORDS_SHOWN]) or "—"
    return f"{shown} …" if len(tokens) > MOST_WORDS_SHOWN else shown


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "—"


# --- what it replaces, what it contradicts --------------------------------------------------------------------------


def _find_replaced(parsed: ParsedAdvisory, record: AdvisoryRecord, known: Sequence[KnownNotice]) -> Iterator[str]:
    """Known notices of the day and a country that this one says it replaces."""
    earlier = propose_earlier(make_notice(parsed.title, parsed.text), record.date)
    days = {one.date for one in earlier.value if one.replaces and one.date}
    for one in known:
        if one.record.date in days and set(one.record.countries) & set(record.countries):
            yield one.id


def _find_contradictions(
    parsed: ParsedAdvisory, record: AdvisoryRecord, known: Sequence[KnownNotice]
) -> Iterator[Contradiction]:
    """Among notices of the same country and topic: other numbers, other contacts, an eased ban."""
    concerned = sorted((one for one in known if _same_matter(record, one.record)), key=_newest_first)
    if not concerned:
        return
    own = _spoken(parsed.title, parsed.text, record.date, record.countries)
    for one in concerned:
        theirs = _spoken(one.record.title, one.text, one.record.date, one.record.countries)
        pair = [
            *_numbers_differ(own, theirs),
            *_phones_differ(own, theirs),
            *_strength_differs(own, record, one.record),
        ]
        for about, known_words, read_words in pair:
            yield Contradiction(one.id, about, known_words, one.record.date, read_words, record.date)


def _newest_first(known: KnownNotice) -> tuple[dt.date, str]:
    return (dt.date.max - (known.record.date - dt.date.min) if known.record.date else dt.date.max, known.id)


def _same_matter(one: AdvisoryRecord, other: AdvisoryRecord) -> bool:
    return bool(set(one.countries) & set(other.countries) and set(one.topics) & set(other.topics))


@dataclass(frozen=True)
class _Spoken:
    """What a notice says that another may say otherwise."""

    numbers: Mapping[str, Number]
    phones: Mapping[str, frozenset[str]]
    eased: str | None


_SAYS_NOTHING = _Spoken({}, {}, None)


def _spoken_by(known: KnownNotice) -> _Spoken:
    return _spoken(known.record.title, known.text, known.record.date, known.record.countries)


@lru_cache(maxsize=8_192)
def _spoken(title: str | None, text: str, date: dt.date | None, countries: tuple[str, ...]) -> _Spoken:
    notice = make_notice(title, text)
    numbers: dict[str, Number] = {}
    for number in find_numbers(notice.text, date):
        if number.what not in numbers or number.value > numbers[number.what].value:  # the whole, not a part of it
            numbers[number.what] = number
    phones: dict[str, set[str]] = {}
    for contact in propose_contacts(notice, countries).value:
        if _is_missions_phone(contact):
            phones.setdefault(str(contact.owner), set()).add(contact.value)
    eased = says_eased(notice)
    return _Spoken(
        numbers, {owner: frozenset(set_) for owner, set_ in phones.items()}, eased[0].words if eased else None
    )


def _is_missions_phone(contact: Contact) -> bool:
    return contact.owner is not None and contact.kind in (ContactKind.PHONE, ContactKind.WHATSAPP)


def _numbers_differ(own: _Spoken, theirs: _Spoken) -> Iterator[tuple[str, str, str]]:
    for what, number in own.numbers.items():
        other = theirs.numbers.get(what)
        if other is not None and other.value != number.value:
            yield what, " ".join(other.words.split()), " ".join(number.words.split())


def _phones_differ(own: _Spoken, theirs: _Spoken) -> Iterator[tuple[str, str, str]]:
    for owner, phones in own.phones.items():
        others = theirs.phones.get(owner)
        if others and not others & phones:
            yield f"phone of {owner}", ", ".join(sorted(others)), ", ".join(sorted(phones))


def _strength_differs(own: _Spoken, record: AdvisoryRecord, known: AdvisoryRecord) -> Iterator[tuple[str, str, str]]:
    """A ban that the other does not know, or that it eases. A mere notice of another matter eases nothing."""
    if (known.severity in _STRICT) == (record.severity in _STRICT):
        return
    if known.severity in _STRICT and own.eased:
        yield "severity", str(known.severity), f"{record.severity} ({own.eased})"
    elif Severity.NOTICE not in (known.severity, record.severity) and _ON_THE_ROAD & {*record.topics} & {*known.topics}:
        yield "severity", str(known.severity), str(record.severity)
