"""A reply is worded so that a frightened person reads it at once, in three languages, and nothing in it is invented."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import re
from html.parser import HTMLParser

import pytest
from fake_advisor import make_citation, make_helpline, make_reply
from hypothesis import given
from hypothesis import strategies as st

from bot.presenters import reply_texts as words
from bot.presenters.reply import Operator, as_plain, next_steps, present
from bot.presenters.reply_json import to_json
from knowledge.advisor.replies import FlagFound
from knowledge.vocabulary import HelplineStatus, Kind, Language, RedFlag, TextKind, Topic, Verdict

NOBODY = Operator()
WRITTEN = (Language.ENGLISH, Language.HINDI, Language.HINGLISH)
LONGEST_SCREEN = {Language.ENGLISH: 120, Language.HINDI: 140, Language.HINGLISH: 140}  # words; Hindi takes more of them
TAGS = {"b", "i", "a"}
QUOTATION_MARKS = "“”„«»"

# Words that calm. None may stand anywhere in a reply, not even beside a "not": a hurried reader sees the word alone.
CALMING = re.compile(
    r"\b(?:safe|genuine|legit\w*|trustworthy|reliable|no risk|risk-free|don't worry|surakshit|bharosemand|asli hai|"
    r"koi khatra nahi|chinta mat|tension mat)\b|सुरक्षित|भरोसेमंद|असली है|चिंता मत|कोई खतरा नहीं",
    re.IGNORECASE,
)
OFFICIAL = dataclasses.replace(
    make_citation("official-words"), quote_kind=TextKind.OFFICIAL_WORDS, quote="Nationals are told to stay away."
)
FROM_THE_PRESS = dataclasses.replace(
    make_citation("from-the-press"),
    reported_by="The Example Times",
    gist={
        "en": "Stay away from army jobs.",
        "hi": "सेना की नौकरी से दूर रहें।",
        "hi-Latn": "Army ki naukri se door rahein.",
    },
)
RULE = dataclasses.replace(
    make_citation("rule-X1"), type="rule", title="A cap on fees", issuer="Rules of Examples", quote="At most so much."
)
KEYS_OF_STEPS = tuple(words.STEPS)
EVERY_KIND = [
    *((Kind.ASSESSMENT, verdict) for verdict in Verdict),
    *((Kind.ANSWER, verdict) for verdict in (*Verdict, None)),
    *((kind, None) for kind in (Kind.EMERGENCY, Kind.AGENT, Kind.OFF_TOPIC, Kind.HELP)),
]


def make_typical_assessment(language=Language.ENGLISH, **changes):
    """An offer with two signs, one warning seen through the press, the usual steps and one line to call."""
    reply = dataclasses.replace(
        make_reply(language=language),
        red_flags=(
            FlagFound(RedFlag.VISIT_VISA_WORK, "tourist visa", "from-the-press"),
            FlagFound(RedFlag.FEE_ABOVE_CAP, "3.5 lakh", "rule-X1"),
        ),
        citations=(FROM_THE_PRESS, RULE),
        steps=("dont_go", "pay_nothing", "check_agent", "check_mission", "written_contract", "work_visa", "fee_cap"),
    )
    return dataclasses.replace(reply, **changes)


def show(reply, operator=NOBODY):
    return present(reply, operator=operator)


def make_full_reply(kind, verdict, language):
    """A reply of this kind that says as much as a reply can."""
    return make_typical_assessment(
        language,
        kind=kind,
        verdict=verdict,
        reason="some_flag" if verdict else "",
        citations=(FROM_THE_PRESS, OFFICIAL, RULE, make_citation()),
        points=tuple(words.POINTS),
        steps=KEYS_OF_STEPS,
        helplines=tuple(make_helpline(status=status) for status in HelplineStatus),
        facts={"count:indians_rescued_laos": "123456|2025-12-11|from-the-press|words"},
    )


def test_points_that_all_stand_on_the_screen_leave_no_empty_section_behind():
    answer = make_typical_assessment(kind=Kind.ANSWER, verdict=None, points=tuple(words.POINTS)[:2], steps=())

    assert "what_to_do" not in show(answer).sections


def count_words(html):
    """Words as a reader counts them: signs are none, and an address behind a word is not read."""
    read = as_plain(re.sub(r"<a [^>]*>([^<]*)</a>", r"\1", html))
    return sum(1 for word in read.split() if re.search(r"\w", word))


class Checker(HTMLParser):
    """Reads Telegram HTML as strictly as Telegram does: known tags only, each one closed in order."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.seen = [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.seen.append(data)


# The first screen


def test_the_first_line_is_the_verdict():
    for language in WRITTEN:
        first = [show(make_typical_assessment(language, verdict=v)).screen.split("\n")[0] for v in Verdict]
        assert [line[0] for line in first] == ["🔴", "🟠", "🔵"]


@pytest.mark.parametrize("language", WRITTEN)
def test_a_typical_assessment_is_read_in_a_minute(language):
    screen = show(make_typical_assessment(language)).screen

    assert count_words(screen) <= LONGEST_SCREEN[language]


@pytest.mark.parametrize("language", WRITTEN)
def test_many_signs_do_not_make_a_long_screen(language):
    flags = tuple(FlagFound(flag, "words of the offer", "from-the-press") for flag in RedFlag)
    screen = show(make_typical_assessment(language, red_flags=flags)).screen

    assert count_words(screen) <= LONGEST_SCREEN[language]
    assert "14" in screen  # 16 signs, of which two are shown


def test_the_persons_words_stand_beside_what_they_mean():
    screen = show(make_typical_assessment()).screen

    assert f"<i>3.5 lakh</i>\n{words.FLAGS[RedFlag.FEE_ABOVE_CAP]}" in screen


def test_what_endangers_life_comes_before_what_costs_money():
    flags = (
        FlagFound(RedFlag.UPFRONT_FEE, "pay first", "rule-X1"),
        FlagFound(RedFlag.MILITARY_SUPPORT_ROLE, "army cook", "from-the-press"),
    )

    screen = show(make_typical_assessment(red_flags=flags)).screen

    assert screen.index("army cook") < screen.index("pay first")


@pytest.mark.parametrize("verdict", Verdict)
def test_every_assessment_says_that_a_message_proves_no_recruiter(verdict):
    assert words.RECRUITER in show(make_typical_assessment(verdict=verdict)).screen


def test_where_nothing_matches_that_is_called_no_approval():
    reply = make_typical_assessment(
        verdict=Verdict.VERIFY, reason="nothing_matches", red_flags=(), citations=(), steps=("check_agent",)
    )

    assert "no approval" in show(reply).screen
    assert "emigrate.gov.in" in show(reply).screen


def test_an_emergency_begins_with_help_and_shows_no_verdict():
    screen = show(make_reply(kind=Kind.EMERGENCY, verdict=None)).screen

    assert screen.startswith("🆘")
    assert "Example line" in screen
    assert not re.search("🔴|🟠|🔵", screen)


def test_in_an_emergency_the_operator_can_be_reached_where_one_is_named():
    reply = make_reply(kind=Kind.EMERGENCY, verdict=None)

    assert "help@example.org" in show(reply, Operator(contact="help@example.org")).screen
    assert "run this service" not in show(reply).screen


def test_a_search_that_does_not_work_is_told():
    assert words.TROUBLE_SEARCH in show(make_typical_assessment(trouble="no_search")).screen


def test_a_check_that_could_not_be_finished_is_told():
    reply = make_typical_assessment(verdict=Verdict.CAUTION, reason="trouble", trouble="failed", citations=())

    assert words.REASONS["trouble"] in show(reply).screen


# All of it


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize(("kind", "verdict"), EVERY_KIND)
def test_the_text_holds_the_screen_and_every_section(kind, verdict, language):
    shown = show(make_full_reply(kind, verdict, language))

    assert as_plain(shown.screen) in shown.text
    assert all(as_plain(section) in shown.text for section in shown.sections.values())
    assert not re.search(r"</?[bia][ >]", shown.text)


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize(("kind", "verdict"), EVERY_KIND)
def test_no_reply_holds_a_calming_word(kind, verdict, language):
    for reason in words.REASONS:
        reply = dataclasses.replace(make_full_reply(kind, verdict, language), reason=reason)
        assert not CALMING.search(show(reply).text)


@pytest.mark.parametrize(("kind", "verdict"), EVERY_KIND)
def test_every_step_is_told_whole_and_in_order(kind, verdict):
    reply = make_full_reply(kind, verdict, Language.ENGLISH)

    assert next_steps(reply) == [as_plain(words.STEPS[key]) for key in KEYS_OF_STEPS]
    if kind not in (Kind.OFF_TOPIC, Kind.HELP):
        numbered = re.findall(r"^\d+\. (.+)$", show(reply).text, flags=re.MULTILINE)
        assert [line for line in numbered if line in next_steps(reply)] == next_steps(reply)


def test_a_section_without_content_is_left_out():
    reply = dataclasses.replace(make_typical_assessment(), citations=(), red_flags=(), helplines=(), steps=())

    assert show(reply).sections == {}


# Who said it


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize(("kind", "verdict"), EVERY_KIND)
def test_only_official_words_stand_in_quotation_marks(kind, verdict, language):
    text = show(make_full_reply(kind, verdict, language)).text

    quoted = re.findall(rf"[{QUOTATION_MARKS}]([^{QUOTATION_MARKS}]*)[{QUOTATION_MARKS}]", text)
    assert set(quoted) <= {OFFICIAL.quote}
    assert '"' not in text


def test_official_words_are_quoted_as_they_are():
    text = show(make_typical_assessment(citations=(OFFICIAL,))).text

    assert f"“{OFFICIAL.quote}”" in text


def test_a_summary_is_worded_as_a_summary():
    text = show(make_typical_assessment(citations=(make_citation(),))).text

    assert f"In short: {make_citation().quote}" in text


def test_what_was_seen_in_the_press_names_the_paper():
    shown = show(make_typical_assessment())

    assert "In short, as reported by The Example Times: Stay away from army jobs." in shown.screen
    assert "as reported by The Example Times" in shown.sections["evidence"]


def test_a_paper_that_is_not_known_is_called_the_press():
    citation = dataclasses.replace(make_citation(), reported_by="the press")

    assert "In short, as reported in the press:" in show(make_typical_assessment(citations=(citation,))).screen


@pytest.mark.parametrize(
    ("language", "gist"),
    [(Language.HINDI, "सेना की नौकरी से दूर रहें।"), (Language.HINGLISH, "Army ki naukri se door rahein.")],
)
def test_the_gist_is_in_the_persons_language_and_still_names_the_paper(language, gist):
    screen = show(make_typical_assessment(language)).screen

    assert gist in screen
    assert "The Example Times" in screen


def test_a_summary_without_a_gist_is_marked_as_english():
    section = show(make_typical_assessment(Language.HINDI, citations=(make_citation(),))).sections["evidence"]

    assert make_citation().quote in section
    assert "अंग्रेज़ी" in section


@pytest.mark.parametrize("language", WRITTEN)
def test_a_notice_that_nobody_gave_a_topic_or_a_gist_is_still_shown(language):
    citation = dataclasses.replace(make_citation(), topics=(), gist={})

    assert citation.quote in show(make_typical_assessment(language, citations=(citation,))).screen


def test_evidence_says_on_what_each_sign_rests():
    section = show(make_typical_assessment()).sections["evidence"]

    assert "It rests on: ⚖️ A cap on fees (Rules of Examples)" in section
    assert "It rests on: 📄 Ministry of Examples, 5 January 2026" in section


def test_every_citation_stands_in_the_evidence_with_its_address():
    reply = make_full_reply(Kind.ASSESSMENT, Verdict.DANGER, Language.ENGLISH)

    section = show(reply).sections["evidence"]

    assert section.count('<a href="https://example.org/notice?a=1&amp;b=2">Source</a>') == len(reply.citations)


# Dates, numbers, countries


@pytest.mark.parametrize(
    ("precision", "date", "shown"),
    [
        ("day", dt.date(2026, 1, 5), "Ministry of Examples, 5 January 2026"),
        ("report_day", dt.date(2026, 1, 5), "Ministry of Examples, reported 5 January 2026"),
        ("month", dt.date(2026, 1, 1), "Ministry of Examples, January 2026"),
        ("year", dt.date(2026, 1, 1), "Ministry of Examples, 2026"),
        ("unknown", None, "Ministry of Examples, no date known"),
    ],
)
def test_a_date_is_no_more_exact_than_it_is_known(precision, date, shown):
    citation = dataclasses.replace(make_citation(), date=date, date_precision=precision)

    assert shown in as_plain(show(make_typical_assessment(citations=(citation,))).sections["evidence"])


@pytest.mark.parametrize(
    ("language", "date", "number", "country"),
    [
        (Language.ENGLISH, "11 December 2025", "1,23,456", "Russia"),
        (Language.HINDI, "11 दिसंबर 2025", "1,23,456", "रूस"),
        (Language.HINGLISH, "11 December 2025", "1,23,456", "Russia"),
    ],
)
def test_dates_numbers_and_countries_are_written_as_in_the_language(language, date, number, country):
    text = show(make_full_reply(Kind.ASSESSMENT, Verdict.DANGER, language)).text
    matching = show(make_typical_assessment(language)).screen

    assert date in text
    assert number in text
    assert country in matching


def test_a_number_carries_its_day():
    section = show(make_full_reply(Kind.ASSESSMENT, Verdict.DANGER, Language.ENGLISH)).sections["evidence"]

    assert "• Indians rescued from Laos: 1,23,456 (as of 11 December 2025)" in section


# Whom to call


@pytest.mark.parametrize(
    ("status", "label"),
    [
        (HelplineStatus.CURRENT, "(as of October 2026)"),
        (HelplineStatus.CRISIS_ONLY, "(only open in a declared crisis, as of October 2026)"),
        (HelplineStatus.OLD_VERIFY, "(published October 2026, confirm on https://line.example)"),
    ],
)
def test_a_contact_says_how_far_it_can_be_trusted(status, label):
    line = dataclasses.replace(make_helpline(status=status), url="https://line.example")

    assert label in show(make_typical_assessment(helplines=(line,))).sections["helplines"]


def test_a_contact_whose_number_may_not_be_shown_says_so():
    line = dataclasses.replace(make_helpline(status=HelplineStatus.OLD_VERIFY), phones=(), url="https://line.example")

    section = show(make_typical_assessment(helplines=(line,))).sections["helplines"]

    assert "https://line.example" in section
    assert words.NO_NUMBER in section


def test_a_mission_is_named_by_its_country_in_hindi():
    line = dataclasses.replace(make_helpline(name="Embassy of India, Moscow"), country="RU")

    assert "रूस" in show(make_typical_assessment(Language.HINDI, helplines=(line,))).sections["helplines"]


# Where we cannot write the language


def test_a_person_whose_language_we_lack_gets_english_and_then_hindi():
    shown = show(make_typical_assessment(fallback_language=True))

    english, hindi = shown.screen.split("———")
    assert shown.language is Language.ENGLISH
    assert words.FALLBACK_LANGUAGE in english
    assert as_plain(words.VERDICTS[Verdict.DANGER]) in as_plain(english)
    assert "खतरा" in hindi
    assert set(shown.sections) == {"evidence", "what_to_do", "helplines"}
    assert all(
        re.search("[a-z]{4}", part) and re.search("[\u0900-\u097f]{4}", part) for part in shown.sections.values()
    )


# Markup

NASTY = st.text(alphabet=st.sampled_from("<>&\"'{}/b iax;#=%\\\n"), min_size=1, max_size=40)


@given(quote=NASTY, language=st.sampled_from(WRITTEN))
def test_a_persons_words_never_become_markup(quote, language):
    shown = show(make_typical_assessment(language, red_flags=(FlagFound(RedFlag.URGENCY, quote, "from-the-press"),)))

    for part in (shown.screen, *shown.sections.values()):
        Checker(part)
    assert quote in "".join(Checker(shown.screen).seen)
    assert quote in shown.text


@given(words_=NASTY, language=st.sampled_from(WRITTEN))
def test_a_records_words_never_become_markup(words_, language):
    citation = dataclasses.replace(
        OFFICIAL, issuer=words_, title=words_, quote=words_, reported_by=words_, url=f"https://example.org/{words_}"
    )
    line = dataclasses.replace(make_helpline(name=words_), email=words_, url=words_)
    reply = make_typical_assessment(language, citations=(citation, FROM_THE_PRESS), helplines=(line,))

    shown = show(reply, Operator(contact=words_))

    for part in (shown.screen, *shown.sections.values()):
        Checker(part)


@pytest.mark.parametrize(
    ("kind", "verdict", "language"), [(*kind, language) for kind, language in itertools.product(EVERY_KIND, WRITTEN)]
)
def test_every_reply_is_markup_that_telegram_takes(kind, verdict, language):
    shown = show(make_full_reply(kind, verdict, language), Operator("A & B", "a<b@example.org"))

    for part in (shown.screen, *shown.sections.values()):
        Checker(part)


# As JSON


def test_the_json_form_says_the_same_in_plain_words():
    reply = make_typical_assessment()
    shown = show(reply)
    value = to_json(reply, shown)

    assert (value["screen"], value["text"]) == (as_plain(shown.screen), shown.text)
    assert value["red_flags"][1] == {"code": "fee_above_cap", "quote": "3.5 lakh", "rests_on": "rule-X1"}
    assert value["citations"][0]["topics"] == [Topic.ARMY_RECRUITMENT.value]
    assert value["citations"][0]["date"] == "2026-01-05"
    assert value["helplines"] == ["example-line"]
