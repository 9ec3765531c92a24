"""Turns what came in into a draft: fetch, read apart, parse, understand, decide. Publishes nothing.

`prepare_*` reads (network, child processes) and stores nothing, so it may run beside others; `store` then decides what
the notice is to what is known and saves the draft, in the caller's transaction. Whatever a notice says is only read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ingest.bodies import body_of
from ingest.deciding import Change, Decision, decide
from ingest.fetching.errors import FetchFailed
from ingest.fetching.fetched import Fetched
from ingest.known import Entry, KnownKeeper
from ingest.parsed import ParsedAdvisory, find_sibling, from_document, with_file
from ingest.reading import BadInput, Given, read_one
from ingest.sources.reading import read_notice
from ingest.sources.registry import ANY_PAGE, source_for
from ingest.sources.source import Source
from ingest.sources.trouble import ErrorPage, SourceTrouble
from ingest.suggesting import suggest
from ingest.understanding import Understanding, make_advisory_id, make_record, understand
from ingest.understanding.meaning import PHRASES_ALONE, TopicsByMeaning
from ingest.understanding.records import UNKNOWN_ISSUER
from knowledge import desk
from knowledge.advisories import as_fields
from knowledge.desk.field_values import apply_changes
from knowledge.documents.document import MediaType, Unreadable
from knowledge.documents.reading import read_document
from knowledge.documents.sniffing import sniff
from knowledge.records import AdvisoryRecord, BadRecord

HINTS = ("issuer", "title", "date", "address", "countries", "topics", "severity", "kind")
STRUCTURED = (MediaType.MARKDOWN, MediaType.JSON_LINES)
TABLES = (MediaType.CSV, MediaType.XLSX)
SAID_BY_STAFF = ("said by whoever handed it in",)
UNUSUAL_PAGE = "The page is not built as its source's pages are; check where the notice begins and ends."
POORLY_READ = 0.75  # of 1: what text recognition read with less is checked letter by letter
FEWEST_LETTERS = 40  # shorter than any notice that says who warns whom of what

Fetch = Callable[[str], Fetched]


class CannotDraft(Exception):
    """No draft can be made of what came in; the message says why and what to do instead."""


class Outcome(StrEnum):
    """What became of something that came in."""

    DRAFTED = "drafted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Arrived:
    """Bytes that came in, and what is said of them. `address` is official where `source` fetched it."""

    data: bytes
    name: str | None = None
    declared_type: str | None = None
    address: str | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A notice as read and understood, before it is compared with what is known."""

    parsed: ParsedAdvisory
    record: AdvisoryRecord
    fields: Mapping[str, Any]  # of the draft: the record's, with what staff said put over it
    proposals: Mapping[str, Mapping[str, Any]]
    cautions: tuple[str, ...]
    read_hash: str


@dataclass(frozen=True)
class Origin:
    """Who handed a notice in, and how: what goes into the draft beside the notice itself."""

    by: str
    submission_id: int | None = None
    source_id: str | None = None
    from_first_load: bool = False


@dataclass(frozen=True)
class Stored:
    """What storing did, in words for staff. `decision` tells new, changed and unchanged apart."""

    outcome: Outcome
    words: str
    draft_id: int | None = None
    advisory_id: str | None = None
    decision: Decision | None = None


def prepare_file(
    arrived: Arrived,
    *,
    today: dt.date,
    fetch: Fetch | None = None,
    topics_by_meaning: TopicsByMeaning | None = None,
) -> Prepared:
    """Read and understand a file or page. Raises CannotDraft, whose message may be shown to who sent it.

    `fetch` is used where a page only wraps the picture or file that is the notice. Without `topics_by_meaning` the
    phrase lists alone propose topics, and a caution says so; so it is for the other `prepare_` functions.
    """
    if not arrived.data.strip():
        raise CannotDraft("There is nothing in it.")
    given = _structured(arrived)
    if given is not None:
        return _prepare_given(given, arrived)
    parsed, source = _parse(arrived, today)
    parsed = _in_english(parsed, source, fetch)
    parsed = _with_notice_file(parsed, today, fetch)
    _refuse_scraps(parsed)
    return _understand(parsed, arrived, source, today, topics_by_meaning)


def _refuse_scraps(parsed: ParsedAdvisory) -> None:
    letters = sum(letter.isalpha() for letter in parsed.text)
    if letters < FEWEST_LETTERS:
        raise CannotDraft(
            f"There is hardly any text in it ({letters} letters), so it cannot be a whole notice. Paste the words of "
            "the notice, or give the file or a clearer picture of it."
        )


def prepare_text(
    text: str, hints: Mapping[str, Any], *, today: dt.date, topics_by_meaning: TopicsByMeaning | None = None
) -> Prepared:
    """Understand pasted words. Raises CannotDraft."""
    arrived = Arrived(text.encode(), "pasted.txt", "text/plain; charset=utf-8", hints=hints)
    return prepare_file(arrived, today=today, topics_by_meaning=topics_by_meaning)


def prepare_link(
    link: str,
    hints: Mapping[str, Any],
    fetch: Fetch,
    *,
    today: dt.date,
    topics_by_meaning: TopicsByMeaning | None = None,
) -> Prepared:
    """Fetch, read and understand an official page. Raises CannotDraft."""
    try:
        fetched = fetch(link)
    except FetchFailed as error:
        raise CannotDraft(str(error)) from None
    return prepare_fetched(fetched, hints, today=today, fetch=fetch, topics_by_meaning=topics_by_meaning)


def prepare_fetched(
    fetched: Fetched,
    hints: Mapping[str, Any],
    *,
    today: dt.date,
    fetch: Fetch | None = None,
    topics_by_meaning: TopicsByMeaning | None = None,
) -> Prepared:
    """Read and understand a page that was fetched. Raises CannotDraft."""
    arrived = Arrived(fetched.data, fetched.name or None, fetched.declared_type, fetched.final_address, hints)
    return prepare_file(arrived, today=today, fetch=fetch, topics_by_meaning=topics_by_meaning)


def store(session: Session, prepared: Prepared, origin: Origin, known: KnownKeeper, *, at: dt.datetime) -> Stored:
    """Decide what a notice is to what is known, and save the draft, if it is to be one. Commits nothing.

    Raises desk.ReadBefore where the very same content was drafted before.
    """
    desk.refuse_read_before(session, prepared.read_hash)
    decision = decide(prepared.parsed, prepared.record, known.refresh(session))
    same = known.find(decision.advisory_id) if decision.advisory_id else None
    if same is not None and decision.change is Change.CHANGED:
        rejected = known.find_rejected(prepared.parsed.text, same.notice.id if same.is_stored else None)
        if rejected is not None:
            return Stored(Outcome.UNCHANGED, rejected.same_words(), rejected.draft_id, decision=decision)
    elif same is not None:
        return _known_already(same, decision)
    draft_id = desk.save_new_draft(session, _new_draft(prepared, origin, decision, same), at)
    draft = desk.get_draft(session, draft_id)
    return Stored(Outcome.DRAFTED, _drafted_words(draft), draft_id, draft.advisory_id, decision)


def find_doubt(stored: Stored, draft: desk.DraftView) -> str | None:
    """Say what about a draft asks for a person before it is published, or None where nothing does."""
    if draft.problem is not None:
        return f"it lacks something: {draft.problem}"
    if stored.decision is not None and stored.decision.change is not Change.NEW:
        return f"it changes {draft.replaces or 'a notice that is known'}"
    if draft.near:
        return f"it is like {draft.near[0].id}, and similar is not same"
    if draft.contradictions:
        return "it contradicts what is said in public"
    return next((note for note in draft.notes if note != PHRASES_ALONE), None)  # that one is not about the notice


def read_loose_file(file: Path) -> ParsedAdvisory:
    """Read a file of staff for its words alone. Raises BadInput with words that say what to do."""
    try:
        document = read_document(file.read_bytes(), name=file.name)
    except OSError as error:
        raise BadInput([f"{file}: cannot be read ({error.strerror or error}); check the path and rights"]) from None
    except Unreadable as error:
        raise BadInput([f"{file}: {error.message}"]) from None
    return from_document(document)


def _structured(arrived: Arrived) -> Given | None:
    """The record that staff wrote themselves, where the file is one: Markdown with front matter, or a line of JSON."""
    media_type = _sniff(arrived)
    if media_type in TABLES:
        raise CannotDraft(
            "This is a table, not a notice. Lists of agents come in with `satark-ingest agents`; for a notice, send "
            "its page, a PDF, a photo or its words."
        )
    if media_type not in STRUCTURED:
        return None
    try:
        return read_one(arrived.data, arrived.name or "the text", lines=media_type is MediaType.JSON_LINES)
    except BadInput as error:
        if media_type is MediaType.MARKDOWN and not arrived.data.lstrip(b"\xef\xbb\xbf").startswith(b"---"):
            return None  # a notice that somebody wrote down as Markdown, without the fields of a record
        raise CannotDraft(str(error)) from None


def _sniff(arrived: Arrived) -> MediaType:
    try:
        return sniff(arrived.data, arrived.name, arrived.declared_type)
    except Unreadable as error:
        raise CannotDraft(error.message) from None


def _prepare_given(given: Given, arrived: Arrived) -> Prepared:
    record = suggest(given.record, given.named).apply_to(given.record)
    parsed = ParsedAdvisory(
        title=record.title,
        text="\n\n".join(record.facts),
        date=record.date,
        date_precision=record.date_precision,
        date_words=None,
        language=record.language,
        issuer=record.issuer,
        address=record.source_url,
        key=None,
        siblings=(),
        attachments=(),
        media_type=MediaType.MARKDOWN,
    )
    return Prepared(parsed, record, as_fields(record), {}, (), desk.hash_bytes(arrived.data))


def _parse(arrived: Arrived, today: dt.date) -> tuple[ParsedAdvisory, Source]:
    """Read a page by the parser of its source, where it is built as that source's pages are; else as a loose file."""
    address = str(arrived.hints.get("address") or arrived.address or "") or None
    source = source_for(address) if address else ANY_PAGE
    if _sniff(arrived) is not MediaType.HTML:
        return _read_loose(arrived, address, today), source
    try:
        parsed = read_notice(source, arrived.data, address or "")
    except ErrorPage as error:
        raise CannotDraft(str(error)) from None
    except (SourceTrouble, Unreadable):
        parsed = _read_loose(arrived, address, today)
        return _with_note(parsed, UNUSUAL_PAGE), source
    return replace(parsed, address=parsed.address or address), source


def _read_loose(arrived: Arrived, address: str | None, today: dt.date) -> ParsedAdvisory:
    try:
        document = read_document(
            arrived.data, name=arrived.name, declared_type=arrived.declared_type, address=address, today=today
        )
    except Unreadable as error:
        raise CannotDraft(error.message) from None
    parsed = from_document(document, address=address)
    return replace(parsed, text=body_of(parsed.text, parsed.title))


def _in_english(parsed: ParsedAdvisory, source: Source, fetch: Fetch | None) -> ParsedAdvisory:
    """Read the English page of a notice that came in another language, where its page leads there.

    PIB answers in Hindi when English was asked for. Whatever goes wrong on the way, the notice as it came is kept.
    """
    address = find_sibling(parsed, "en") if parsed.language != "en" else None
    if address is None or fetch is None or not source.may_follow(address):
        return parsed
    try:
        fetched = fetch(address)
        english = read_notice(source, fetched.data, fetched.final_address)
    except FetchFailed as error:
        return _with_note(parsed, f"Its English page could not be read: {error}")
    except SourceTrouble as trouble:
        return _with_note(parsed, f"Its English page could not be read: {trouble}")
    except Unreadable as error:
        return _with_note(parsed, f"Its English page could not be read: {error.message}")
    if english.language != "en" or (parsed.key and parsed.key not in english.siblings):
        return _with_note(parsed, f"{address} should be its English page but is not; check both.")
    english = replace(english, address=english.address or address)
    return _with_note(english, f"The page came in another language; this is its English page. It was {parsed.address}")


def _with_note(parsed: ParsedAdvisory, note: str) -> ParsedAdvisory:
    return replace(parsed, notes=(*parsed.notes, note))


def _with_notice_file(parsed: ParsedAdvisory, today: dt.date, fetch: Fetch | None) -> ParsedAdvisory:
    """Read the picture or file that is the notice, where the page itself says next to nothing."""
    if parsed.notice_file is None:
        return parsed
    address = parsed.notice_file.address
    if fetch is None:
        trouble = "it was not fetched"
    else:
        try:
            fetched = fetch(address)
            document = read_document(
                fetched.data, name=fetched.name, declared_type=fetched.declared_type, address=address, today=today
            )
            return with_file(parsed, document)
        except FetchFailed as error:
            trouble = str(error)
        except Unreadable as error:
            trouble = error.message
    if not parsed.text.strip():
        raise CannotDraft(f"The notice itself is in {address}. {trouble}")
    return _with_note(parsed, f"The notice itself may be in {address}: {trouble}")


def _understand(
    parsed: ParsedAdvisory,
    arrived: Arrived,
    source: Source,
    today: dt.date,
    topics_by_meaning: TopicsByMeaning | None,
) -> Prepared:
    if not (parsed.text.strip() or parsed.title):
        raise CannotDraft("No words were found in it. Paste the words of the notice, or send a clearer picture.")
    if arrived.hints.get("issuer"):
        parsed = replace(parsed, issuer=str(arrived.hints["issuer"]))
    if arrived.hints.get("title"):
        parsed = replace(parsed, title=str(arrived.hints["title"]))
    if arrived.hints.get("date"):
        day = dt.date.fromisoformat(str(arrived.hints["date"]))
        parsed = replace(parsed, date=day, date_precision="day", date_words=None)
    understanding = understand(parsed, today=today, usual_topics=source.topics, topics_by_meaning=topics_by_meaning)
    record = make_record(understanding, make_advisory_id(understanding, parsed), parsed)
    fields, proposals = _with_hints(as_fields(record), _proposals(understanding), arrived.hints)
    alone = () if topics_by_meaning else (PHRASES_ALONE,)
    cautions = (*understanding.cautions, *parsed.notes, *_reading_cautions(parsed), *alone)
    hashed = desk.hash_bytes(arrived.data)
    return Prepared(parsed, record, fields, proposals, tuple(dict.fromkeys(cautions)), hashed)


def _with_hints(
    fields: dict[str, Any], proposals: dict[str, Any], hints: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put what whoever handed it in says over what the machine understood; raises CannotDraft for a wrong value."""
    if fields["issuer"] == UNKNOWN_ISSUER:
        fields = fields | {"issuer": None}  # a draft without issuer is not published: staff say who it is
    said = {name: value for name, value in hints.items() if name in HINTS and name != "address" and value}
    try:
        fields = apply_changes(fields, said, "what was said of it") if said else fields
    except BadRecord as error:
        raise CannotDraft(str(error)) from None
    told = {name: {"value": fields[name], "confidence": 1.0, "words": list(SAID_BY_STAFF)} for name in said}
    return fields, proposals | told


def _proposals(understanding: Understanding) -> dict[str, Any]:
    return dict(understanding.as_fields())


def _reading_cautions(parsed: ParsedAdvisory) -> tuple[str, ...]:
    if parsed.confidence is None:
        return ()
    sure = f"It was read from a picture, with {parsed.confidence:.0%} confidence."
    poor = " Compare every number and name with the picture." if parsed.confidence < POORLY_READ else ""
    return (f"{sure}{poor} Telephone numbers from a picture are always checked by eye.",)


def _known_already(same: Entry, decision: Decision) -> Stored:
    """The notice is known; where it is known in another language, numbers that differ are named all the same."""
    differs = "; ".join(words for near in decision.near for words in near.differs)
    words = same.same_words() + (f" Compare: {differs}." if differs else "")
    advisory_id = same.notice.id if same.is_stored else None
    return Stored(Outcome.UNCHANGED, words, same.draft_id, advisory_id, decision)


def _new_draft(prepared: Prepared, origin: Origin, decision: Decision, same: Entry | None) -> desk.NewDraft:
    notes = [*prepared.cautions, *decision.cautions]
    if same is not None and not same.is_stored:
        notes.append(same.other_reading_words())
    if decision.replaces:
        ids = ", ".join(decision.replaces)
        notes.append(f"It says that it replaces {ids}. If so: `--set supersedes={ids.replace(' ', '')}`.")
    return desk.NewDraft(
        advisory_id=prepared.record.id,
        fields=prepared.fields,
        text=prepared.parsed.text,
        by=origin.by,
        proposals=prepared.proposals,
        replaces=same.notice.id if same is not None and same.is_stored else None,
        near=[desk.NearView(one.id, one.likeness, tuple(one.differs)) for one in decision.near],
        contradictions=[as_fields(one) for one in decision.contradictions],
        notes=tuple(dict.fromkeys(notes)),
        identity=prepared.parsed.key,
        source_id=origin.source_id,
        submission_id=origin.submission_id,
        from_first_load=origin.from_first_load,
    )


def _drafted_words(draft: desk.DraftView) -> str:
    what = f"a new version of {draft.replaces}" if draft.replaces else draft.advisory_id
    problem = f" Still missing: {draft.problem}." if draft.problem else ""
    return f"Draft {draft.id}: {what}.{problem}"
