"""The same notice in any dress is one advisory; similar is not same, and nothing is dropped."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable

import pytest

from ingest.deciding import Change, Decision, FetchOutcome, KnownNotice, decide, judge_outcome
from ingest.parsed import ParsedAdvisory
from ingest.understanding import make_record, understand
from knowledge.documents.document import MediaType
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import Severity, Topic

TODAY = dt.date(2026, 4, 10)
DAY = dt.date(2026, 3, 31)
ADDRESS = "https://one.example.gov.in/1"
TEMPLATE = (
    "Indian nationals are advised against accepting any employment in {country} without verification. The office has "
    "received {number} complaints since 4 March 2026 about agents who charge Rs. 1,50,000 for “data entry” jobs. "
    "Do not travel on a tourist visa. For help call +91 99999 0{phone:04d}.\n\nThe officials are efficient and answer "
    "within 24 hours, as the first notification of the re-opened office said."
)
BASE = TEMPLATE.format(country="Cambodia", number=26, phone=12)


def make_parsed(text: str = BASE, **changes: object) -> ParsedAdvisory:
    """A notice as a parser gives it, from another host than the known one."""
    parsed = ParsedAdvisory(
        title="Advisory on job offers",
        text=text,
        date=DAY,
        date_precision="day",
        date_words="31 March 2026",
        language="en",
        issuer="Embassy of India, Phnom Penh",
        address="https://two.example.gov.in/1",
        key=None,
        siblings=(),
        attachments=(),
        media_type=MediaType.HTML,
    )
    return dataclasses.replace(parsed, **changes)  # type: ignore[arg-type]


def make_draft(parsed: ParsedAdvisory, **changes: object) -> AdvisoryRecord:
    """The record that is proposed for a notice."""
    record = make_record(understand(parsed, today=TODAY), "draft", parsed)
    return dataclasses.replace(record, **changes)  # type: ignore[arg-type]


def make_known(parsed: ParsedAdvisory | None = None, id_: str = "known", **changes: object) -> KnownNotice:
    """A stored notice that was read at its own address."""
    parsed = parsed or make_parsed(address=ADDRESS)
    keys = frozenset({parsed.key} if parsed.key else ())
    record = dataclasses.replace(make_draft(parsed), id=id_, **changes)  # type: ignore[arg-type]
    return KnownNotice(id_, record, parsed.text, keys, frozenset({parsed.address or ADDRESS}))


def decide_on(parsed: ParsedAdvisory, *known: KnownNotice) -> Decision:
    """The decision on a notice as it is understood."""
    return decide(parsed, make_draft(parsed), known, today=TODAY)


# --- five formats ---------------------------------------------------------------------------------------------------


def as_page(text: str, turn: int) -> str:
    """Spaces and line breaks anywhere."""
    return text.replace(" ", " " * (1 + turn % 3)).replace(". ", ".\n ")


def as_pdf(text: str, turn: int) -> str:
    """Short lines, words cut by a hyphen at their end, ligatures, a page number."""
    width, lines, line = 38 + turn, [], ""
    for word in text.split():
        if len(line) + len(word) < width:
            line = f"{line} {word}".strip()
        elif word.isalpha() and len(word) > 6:
            lines.append(f"{line} {word[:4]}-")
            line = word[4:]
        else:
            lines.append(line)
            line = word
    return "\n".join([*lines, line]).replace("ffi", "ﬃ").replace("fi", "ﬁ") + "\n\nPage 1 of 1"


def as_docx(text: str, turn: int) -> str:
    """Straight quotation marks, hard spaces, soft hyphens."""
    return text.replace("“", '"').replace("”", '"').replace(" ", "\u00a0", turn + 1).replace("ment", "\u00adment")


def as_markdown(text: str, turn: int) -> str:
    """Emphasis and list signs."""
    sign = "*-+"[turn % 3]
    return f"{sign} " + text.replace("Do not travel", "**Do not travel**").replace("\n\n", f"\n\n{sign} ")


def as_csv(text: str, turn: int) -> str:
    """One cell: no line breaks, doubled quotation marks."""
    return " ".join(text.replace("“", '""').replace("”", '""').split()) + " " * (turn % 2)


FORMATS: tuple[Callable[[str, int], str], ...] = (as_page, as_pdf, as_docx, as_markdown, as_csv)


def test_the_same_notice_fifty_times_in_five_formats_is_one_advisory() -> None:
    known = make_known()

    for turn in range(50):
        parsed = make_parsed(FORMATS[turn % 5](BASE, turn // 5), address=f"https://host{turn}.example.gov.in/x")
        decision = decide_on(parsed, known)
        assert (decision.change, decision.advisory_id) == (Change.SAME_ELSEWHERE, "known"), turn


COUNTRIES = (
    "Laos", "Myanmar", "Thailand", "Vietnam", "Malaysia", "Qatar", "Oman", "Kuwait", "Iraq",
    "Iran", "Libya", "Russia", "Ukraine", "Serbia", "Armenia", "Jordan", "Israel", "Lebanon",
    "Syria", "Yemen", "Bahrain", "Greece", "Italy", "Poland", "Germany",
)  # fmt: skip


def test_a_hundred_notices_that_differ_in_one_digit_or_one_country_are_a_hundred() -> None:
    texts = [TEMPLATE.format(country="Cambodia", number=number, phone=12) for number in range(27, 67)]
    texts += [TEMPLATE.format(country="Cambodia", number=26, phone=phone) for phone in range(13, 48)]
    texts += [TEMPLATE.format(country=country, number=26, phone=12) for country in COUNTRIES]
    known = [make_known()]

    for turn, text in enumerate(texts):
        parsed = make_parsed(FORMATS[turn % 5](text, turn // 5), address=f"https://example.gov.in/{turn}")
        decision = decide_on(parsed, *known)
        assert decision.change is Change.NEW, text
        assert decision.near, text
        assert decision.near[0].differs != ("only its setting out",), text
        known.append(make_known(parsed, f"known-{turn}"))
    assert len(known) == 101


@pytest.mark.parametrize(
    ("one", "other", "remark"),
    [
        ("The fee is Rs 1.5 lakh here.", "The fee is Rs 15 lakh here.", "a decimal point"),
        ("There were 1 2 men here.", "There were 12 men here.", "a space between digits"),
        ("Pay ₹500 at the counter.", "Pay $500 at the counter.", "a sign of money"),
        ("You may travel to the north.", "You may not travel to the north.", "a negation"),
        ("Half, that is 50%, was paid.", "Half, that is 50, was paid.", "a share"),
        ("2. Report here.\n5. Go there.", "2. Report here.\n6. Go there.", "numbers that are no list"),
        ("यात्रा न करें, 12 लोग", "यात्रा करें, 12 लोग", "a negation in Hindi"),
    ],
)
def test_a_small_difference_that_says_something_makes_another_notice(one: str, other: str, remark: str) -> None:
    known = make_known(make_parsed(one, address=ADDRESS, title=None))

    assert decide_on(make_parsed(other, title=None), known).change is Change.NEW, remark


@pytest.mark.parametrize(
    ("one", "other", "remark"),
    [
        ("1. Report here.\n2. Go there now.", "Report here.\nGo there now.", "a list that the page numbers by itself"),
        ("It costs Rs. 1,50,000 – at most.", "It costs Rs. 150000 - at most.", "thousands and dashes"),
        ("१२ लोग वापस आए हैं", "12 लोग वापस आए हैं", "Indian digits"),
        ("Re-open the co-operation office", "Reopen the cooperation office", "hyphens inside words"),
    ],
)
def test_dress_makes_no_other_notice(one: str, other: str, remark: str) -> None:
    known = make_known(make_parsed(one, address=ADDRESS, title=None))

    assert decide_on(make_parsed(other, title=None), known).change is Change.SAME_ELSEWHERE, remark


# --- same, changed, unchanged ---------------------------------------------------------------------------------------


def test_the_same_key_and_text_at_the_same_address_is_unchanged() -> None:
    known = make_known(make_parsed(key="mea-press-1-en", address=ADDRESS))

    assert decide_on(make_parsed(key="mea-press-1-en", address=ADDRESS), known).change is Change.UNCHANGED


def test_a_mirror_of_a_known_key_is_the_same_elsewhere() -> None:
    known = make_known(make_parsed(key="mea-press-1-en", address=ADDRESS))

    assert decide_on(make_parsed(key="mea-press-1-en"), known).change is Change.SAME_ELSEWHERE


def test_the_same_key_with_one_other_digit_is_changed() -> None:
    known = make_known(make_parsed(key="mea-press-1-en", address=ADDRESS))
    decision = decide_on(make_parsed(BASE.replace("26 complaints", "28 complaints"), key="mea-press-1-en"), known)

    assert (decision.change, decision.advisory_id) == (Change.CHANGED, "known")


def test_a_translation_with_a_sibling_key_is_the_same_advisory() -> None:
    known = make_known(make_parsed(key="mea-press-1-en", address=ADDRESS))
    hindi = make_parsed("भारतीय नागरिक कंबोडिया में 26 शिकायतों पर ध्यान दें।", key="mea-press-1-hi", language="hi")

    assert decide_on(hindi, known).change is Change.SAME_ELSEWHERE


def test_a_translation_with_other_numbers_is_shown_to_staff() -> None:
    known = make_known(make_parsed(key="mea-press-1-en", address=ADDRESS))
    hindi = make_parsed("कंबोडिया में 28 शिकायतें मिलीं।", key="mea-press-1-hi", language="hi")
    near = decide_on(hindi, known).near

    assert any("28" in words for words in near[0].differs)


def test_the_same_words_on_another_day_are_another_notice_that_names_the_first() -> None:
    decision = decide_on(make_parsed(date=dt.date(2026, 4, 5)), make_known())

    assert decision.change is Change.NEW
    assert decision.near[0].differs == ("date: 2026-03-31 → 2026-04-05",)


def test_the_same_words_of_another_mission_about_its_own_country_are_another_notice() -> None:
    text = "All nationals are advised to remain vigilant and to stay indoors."
    known = make_known(make_parsed(text, issuer="Embassy of India, Tehran", address=ADDRESS))
    decision = decide_on(make_parsed(text, issuer="Embassy of India, Baghdad"), known)

    assert decision.change is Change.NEW
    assert decision.near[0].differs == ("countries: IR → IQ",)


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("26 complaints", "28 complaints", "number: 26 → 28"),
        ("Cambodia", "Laos", "countries: KH → LA"),
        ("Do not travel", "Do travel", "negation: not → —"),
        ("4 March", "4 May", "date: march → may"),
    ],
)
def test_a_near_notice_names_what_differs(old: str, new: str, label: str) -> None:
    assert label in decide_on(make_parsed(BASE.replace(old, new)), make_known()).near[0].differs


def test_a_notice_about_something_else_is_new_and_near_to_nothing() -> None:
    decision = decide_on(make_parsed("The reading room of the library opens at ten.", title="Library"), make_known())

    assert (decision.change, decision.near) == (Change.NEW, ())


def test_an_empty_notice_is_not_the_same_as_another_empty_one() -> None:
    known = make_known(make_parsed("", title=None, address=ADDRESS))

    assert decide_on(make_parsed("", title=None), known).change is Change.NEW


def test_an_old_notice_that_appears_as_new_is_flagged() -> None:
    assert decide_on(make_parsed(date=dt.date(2019, 2, 4))).cautions == ("dated 2019-02-04, appears as new",)


def test_a_notice_that_says_what_it_replaces_names_the_known_one() -> None:
    old = make_known(make_parsed("Do not go to Iran.", title="Old", date=dt.date(2026, 1, 5), address=ADDRESS))
    new = make_parsed("This advisory supersedes the advisory of 5 January 2026 on travel to Iran.", title="New")

    assert decide_on(new, old).replaces == ("known",)


# --- contradictions -------------------------------------------------------------------------------------------------

ABOUT = {"countries": ("RU",), "topics": (Topic.ARMY_RECRUITMENT,)}


def contradict(old: str, new: str, **changes: object) -> list[tuple[str, str, str]]:
    """What a new notice says otherwise than a known one about the same matter."""
    known = make_known(make_parsed(old, title="Old", date=dt.date(2026, 1, 5), address=ADDRESS))
    known = dataclasses.replace(known, record=dataclasses.replace(known.record, **{**ABOUT, **changes}))
    parsed = make_parsed(new, title="New")
    decision = decide(parsed, make_draft(parsed, **ABOUT), [known])
    assert all((one.known_at, one.read_at) == (dt.date(2026, 1, 5), DAY) for one in decision.contradictions)
    return [(one.about, one.known, one.read) for one in decision.contradictions]


def test_two_numbers_of_the_same_thing_contradict_each_other() -> None:
    found = contradict("So far 12 Indian nationals have died.", "It is known that 26 Indians are dead.")

    assert found == [("dead", "12 Indian nationals have died", "26 Indians are dead")]


def test_numbers_of_different_things_do_not_contradict_each_other() -> None:
    assert contradict("So far 12 Indian nationals have died.", "We know that 26 Indians are missing.") == []


def test_two_telephone_numbers_of_one_mission_contradict_each_other() -> None:
    found = contradict(
        "Call the Embassy of India, Moscow: +91 99999 00012.", "Call the Embassy of India, Moscow: +91 99999 00013."
    )

    assert found == [("phone of Embassy of India, Moscow", "+91 99999 00012", "+91 99999 00013")]


def test_an_eased_ban_contradicts_the_ban() -> None:
    found = contradict("Do not travel to it.", "The travel ban has been lifted.", severity=Severity.DO_NOT_GO)

    assert [about for about, _, _ in found] == ["severity"]


def test_notices_of_another_country_contradict_nothing() -> None:
    assert contradict("So far 12 Indians have died.", "It is known that 26 Indians are dead.", countries=("IR",)) == []


# --- withdrawn, unreachable -----------------------------------------------------------------------------------------

NOON = dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("outcome", "change", "remark"),
    [
        (FetchOutcome(410), Change.WITHDRAWN, "the site says that it is gone"),
        (FetchOutcome(404, at=NOON), Change.UNREACHABLE, "once not found may be a bad day"),
        (FetchOutcome(404, at=NOON, gone_since_at=NOON - dt.timedelta(days=2)), Change.WITHDRAWN, "not found for days"),
        (FetchOutcome(None, error="timeout"), Change.UNREACHABLE, "no answer"),
        (FetchOutcome(200, error="error page"), Change.UNREACHABLE, "moved to the error page with 200"),
        (FetchOutcome(403), Change.UNREACHABLE, "blocked"),
        (FetchOutcome(503), Change.UNREACHABLE, "broken"),
        (FetchOutcome(200, title="Advisory withdrawn", text=BASE), Change.WITHDRAWN, "its heading says so"),
        (FetchOutcome(200, text="This advisory has been withdrawn."), Change.WITHDRAWN, "that is all it says"),
        (FetchOutcome(200, title="Advisory", text=BASE + " The old rule was withdrawn."), None, "of something else"),
        (FetchOutcome(200, title="Advisory", text=BASE), None, "it was read"),
    ],
)
def test_withdrawn_and_unreachable_are_told_apart(outcome: FetchOutcome, change: Change | None, remark: str) -> None:
    assert judge_outcome(outcome) is change, remark


def test_deciding_against_two_thousand_known_notices_is_quick() -> None:
    words = BASE.replace(".", "").split()
    stored, known = make_known(), []
    for number in range(2000):
        text = " ".join(f"{word}{(number * 7 + place) % 13}" for place, word in enumerate(words * 3))
        known.append(KnownNotice(f"known-{number}", stored.record, text))
    parsed = make_parsed()
    record = make_draft(parsed)
    decide(parsed, record, known)  # the first time every known text is read once

    begun = time.process_time()
    decide(parsed, record, known)

    assert time.process_time() - begun < 0.2
