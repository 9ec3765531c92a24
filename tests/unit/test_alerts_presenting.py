import dataclasses
import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.outbox import MOST_IN_DIGEST
from bot.alerts.states import AlertStatus
from bot.alerts.wording import Text, find_faults
from bot.presenters import alert_texts
from bot.presenters.alert import AlertWords, present_alert, present_digest
from bot.presenters.reply import as_plain
from bot.presenters.splitting import split_html
from knowledge.records import AdvisoryRecord
from knowledge.vocabulary import (
    AdvisoryKind,
    Language,
    RedFlag,
    Severity,
    SourceTier,
    Status,
    TextKind,
    Topic,
    WorkScope,
)

NOTICE = AdvisoryRecord(
    id="test-cambodia-warning",
    issuer="Ministry of External Affairs (MEA)",
    kind=AdvisoryKind.ADVISORY,
    date=dt.date(2025, 9, 1),
    date_precision="day",
    title="Warning about office jobs",
    countries=("KH",),
    topics=(Topic.CYBER_SCAM_COMPOUND,),
    facts=("Typing jobs were a trap in walled compounds.",),
    language="en",
    source_url="https://embassy.example/notice?a=1&b=2",
    seen_in=None,
    also_seen=(),
    source_tier=SourceTier.OFFICIAL_PAGE,
    confidence="seen",
    reported_by=None,
    text_kind=TextKind.SUMMARY,
    status=Status.PUBLISHED,
    severity=Severity.WARNING,
    scope=(WorkScope.DIGITAL,),
    pattern=(RedFlag.SCAM_COMPOUND_ROLE,),
    standing=True,
    supersedes=(),
    superseded_by=None,
    valid_until=None,
    counts=(),
    gist={"en": "Do not take typing jobs there.", "hi": "वहाँ टाइपिंग की नौकरी न लें।"},
)
MEANT = AlertWords(
    number=12,
    notice=NOTICE,
    message="alert",
    is_test=False,
    is_emergency=False,
    for_asker=False,
    for_everyone=False,
    requested_at=dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC),
)


def make_words(notice=None, **changes):
    return dataclasses.replace(MEANT, notice=dataclasses.replace(NOTICE, **(notice or {})), **changes)


def test_an_alert_says_what_who_when_where_to_read_it_what_to_do_why_it_came_and_how_to_stop_it():
    words = as_plain(present_alert(MEANT, Language.ENGLISH).html)

    for part in (
        "New official warning: Cambodia",
        "Ministry of External Affairs (MEA), 1 September 2025",
        "In short: Do not take typing jobs there.",
        "https://embassy.example/notice?a=1&b=2",
        "do not pay and do not travel",
        "You get this because you asked for alerts about Cambodia",
        "/alerts",
        "Alert 12, 22 Nov 2026, 12:00 (India)",
    ):
        assert part in words


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("message", ["alert", "update", "cancel"])
@pytest.mark.parametrize("is_test", [False, True])
def test_every_kind_of_alert_can_be_worded_in_every_language(language, message, is_test):
    for for_asker in (False, True):
        shown = present_alert(make_words(message=message, is_test=is_test, for_asker=for_asker), language)
        text = Text(language, "subscriber", shown.html, shown.headline, shown.edit)

        assert find_faults(text, AlertStatus.TEST if is_test else AlertStatus.ACTUAL) == []
        assert (shown.edit is None) is (message == "alert")


def test_a_summary_in_the_persons_language_is_shown_where_there_is_one():
    assert "वहाँ टाइपिंग" in present_alert(MEANT, Language.HINDI).html
    assert "Do not take typing jobs there." in present_alert(MEANT, Language.TAMIL).html


def test_official_words_stand_in_quotation_marks_and_our_own_do_not():
    own = present_alert(MEANT, Language.ENGLISH).html
    official = present_alert(make_words({"gist": {}, "text_kind": TextKind.OFFICIAL_WORDS}), Language.ENGLISH).html

    assert "“Typing jobs were a trap in walled compounds.”" in official
    assert "“" not in own


def test_what_the_press_reported_is_worded_so():
    html = present_alert(make_words({"reported_by": "The Daily Example"}), Language.ENGLISH).html

    assert "as reported by The Daily Example" in html


def test_danger_to_life_looks_different():
    urgent = present_alert(make_words({"severity": Severity.LEAVE}, is_emergency=True), Language.ENGLISH).html

    assert urgent.startswith("🚨")
    assert "leave while you can" in urgent


def test_a_withdrawal_does_not_repeat_the_warning_and_approves_of_nothing():
    html = present_alert(make_words(message="cancel"), Language.ENGLISH).html

    assert "Do not take typing jobs" not in html
    assert "no approval" in html


def test_the_withdrawn_message_shows_what_it_said_struck_through():
    edit = present_alert(
        make_words(message="cancel", earlier_headline="<b>Cambodia</b>: old words"), Language.ENGLISH
    ).edit

    assert edit.startswith("❌")
    assert "<s>Cambodia: old words</s>" in edit


def test_a_test_says_so_first_and_last():
    lines = as_plain(present_alert(make_words(is_test=True), Language.ENGLISH).html).splitlines()

    assert "TEST" in lines[0]
    assert "TEST" in lines[-1]


@given(st.text(min_size=1, max_size=500), st.text(min_size=1, max_size=3000))
def test_whatever_a_notice_says_it_becomes_one_valid_message(title, summary):
    html = present_alert(make_words({"title": title, "gist": {"en": summary}}), Language.ENGLISH).html

    assert len(split_html(html)) == 1
    assert not re.search(r"<(?!/?(?:b|i|s|a)\b)", html)


def test_a_link_that_is_no_web_address_is_left_out():
    html = present_alert(make_words({"source_url": "javascript:alert(1)"}), Language.ENGLISH).html

    assert "javascript" not in html


def test_the_longest_digest_fits_into_one_message():
    longest = present_alert(make_words({"gist": {"en": "word " * 100}}), Language.ENGLISH).headline

    assert len(split_html(present_digest(Language.ENGLISH, [longest] * MOST_IN_DIGEST))) == 1


def test_only_texts_of_tests_say_test():
    for name, words in vars(alert_texts).items():
        if name.isupper() and isinstance(words, str):
            assert bool(re.search(r"\btest\b", words, re.IGNORECASE)) is name.startswith("TEST_"), name
