import datetime as dt

import pytest

from ingest.suggesting import suggest, suggest_severity
from knowledge.records import build_advisory

FIELDS = {
    "id": "test-notice",
    "issuer": "Embassy of Testing",
    "kind": "advisory",
    "date": dt.date(2026, 1, 1),
    "countries": ["XK"],
    "topics": ["travel_safety"],
    "source_tier": "official_page",
}


def make(words, **changes):
    return build_advisory(FIELDS | {"facts": [words]} | changes, "test")


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("Nationals are advised not to travel to the country.", "do_not_go"),
        ("Avoid all travel until further notice.", "do_not_go"),
        ("Nationals should leave by any means at hand.", "leave"),
        ("Avoid non-essential travel to the border.", "avoid_non_essential"),
        ("Agents sell false contracts.", "warning"),
        ("Do not travel on a visit visa for work.", "warning"),  # speaks of the visa, not of the journey
    ],
)
def test_how_strongly_a_notice_speaks_is_read_from_its_words(words, severity):
    assert suggest_severity(make(words)) == severity


@pytest.mark.parametrize("kind", ["background", "parliament_answer", "court_statement"])
def test_what_only_informs_is_a_notice_without_pattern(kind):
    record = make("Many were asked to leave.", kind=kind, topics=["army_recruitment"])

    suggestion = suggest(record, known=())

    assert (suggestion.severity, suggestion.pattern, suggestion.scope, suggestion.standing) == ("notice", (), (), False)


def test_a_warning_not_to_go_covers_all_work_there():
    assert suggest(make("Nationals must not travel to it."), known=()).scope == ("all",)


def test_topics_suggest_pattern_and_kind_of_work():
    suggestion = suggest(make("Helpers were sent to the front.", topics=["army_recruitment"]), known=())

    assert (suggestion.pattern, suggestion.scope, suggestion.standing) == (
        ("military_support_role",),
        ("military",),
        True,
    )


def test_a_notice_about_india_alone_is_no_standing_warning():
    record = make("Agents sell visit visas.", countries=["IN"], topics=["visa_misuse"])

    assert suggest(record, known=()).standing is False


def test_fields_that_were_given_stay_as_they_are():
    record = make("Avoid all travel.", severity="notice", scope=["care"])

    filled = suggest(record, known={"severity", "scope"}).apply_to(record)

    assert (filled.severity, filled.scope) == ("notice", ("care",))
