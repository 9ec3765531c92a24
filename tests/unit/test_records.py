"""How one readable file becomes one record, and how a mistake in it is named."""

import datetime as dt
import re

import pytest

from knowledge.records import BadRecord, Count, build_advisory, parse_advisory, parse_helpline, parse_rule
from knowledge.vocabulary import (
    AdvisoryKind,
    HelplineStatus,
    RedFlag,
    Severity,
    SourceTier,
    Status,
    TextKind,
    Topic,
    WorkScope,
)

ADVISORY = """---
id: embassy-2025-01-02-example
issuer: Embassy of India, Example City
kind: embassy_notice
date: 2025-01-02
countries: [KH, "NO"]
topics: [cyber_scam_compound, fake_job]
source_tier: press_or_secondary
reported_by: The Example Times
status: published
severity: warning
scope: [digital]
pattern: [scam_compound_role]
standing: true
supersedes: [embassy-2024-01-02-example]
valid_until: 2026-01-02
counts:
  - {series: people_rescued, value: 12, as_of: 2025-01-01, words: people rescued}
gist:
  en: "Take no typing job  there."
  hi-Latn: "Wahan typing ki naukri na lein."
---

- The mission warned of typing jobs.
- It asked people to write to it
  before they travel.
"""

RULE = """id: rule-X1
title: A rule
text: >-
  First half
  and second half.
issuer: An Act
confidence: seen-law
topics: [labour_rights]
flags: [no_contract]
gist: {en: "Sign nothing that you cannot read."}
"""

HELPLINE = """id: xx-line
name: A line
who_for: everybody
country: IN
phones: ["+91 99999 00001", "1930"]
as_of: "2025-03-04 (reported)"
as_of_month: 2025-03-01
official_reprint: true
status: old_verify
"""


def test_an_advisory_file_becomes_a_record_with_every_field():
    record = parse_advisory(ADVISORY, "example.md")

    assert record.id == "embassy-2025-01-02-example"
    assert record.kind is AdvisoryKind.EMBASSY_NOTICE
    assert (record.date, record.date_precision) == (dt.date(2025, 1, 2), "day")
    assert record.countries == ("KH", "NO")
    assert record.topics == (Topic.CYBER_SCAM_COMPOUND, Topic.FAKE_JOB)
    assert record.facts == (
        "The mission warned of typing jobs.",
        "It asked people to write to it before they travel.",
    )
    assert record.source_tier is SourceTier.PRESS_OR_SECONDARY
    assert record.reported_by == "The Example Times"
    assert record.text_kind is TextKind.SUMMARY
    assert record.status is Status.PUBLISHED
    assert record.severity is Severity.WARNING
    assert record.scope == (WorkScope.DIGITAL,)
    assert record.pattern == (RedFlag.SCAM_COMPOUND_ROLE,)
    assert record.standing
    assert record.supersedes == ("embassy-2024-01-02-example",)
    assert record.superseded_by is None
    assert record.valid_until == dt.date(2026, 1, 2)
    assert record.counts == (Count("people_rescued", 12, dt.date(2025, 1, 1), "people rescued"),)
    assert record.gist == {"en": "Take no typing job there.", "hi-Latn": "Wahan typing ki naukri na lein."}


def test_a_record_with_a_gist_can_stand_in_a_set():
    record = parse_advisory(ADVISORY, "example.md")

    assert len({record, parse_advisory(ADVISORY, "example.md")}) == 1


def test_windows_line_ends_and_a_byte_order_mark_are_read():
    text = "\ufeff" + ADVISORY.replace("\n", "\r\n")

    assert parse_advisory(text, "example.md") == parse_advisory(ADVISORY, "example.md")


def test_a_line_of_json_that_nobody_has_judged_raises_no_verdict():
    record = build_advisory(
        {
            "id": "new-notice",
            "issuer": "Example Mission",
            "kind": "advisory",
            "date": None,
            "facts": ["A fact."],
            "source_tier": "official_page",
            "countries": ["RU"],
            "topics": ["fake_job"],
        },
        "line 1",
    )

    assert record.status is Status.DRAFT
    assert record.severity is Severity.NOTICE
    assert (record.scope, record.pattern, record.standing) == ((), (), False)
    assert record.gist == {}
    assert (record.date, record.date_precision) == (None, "unknown")


def test_the_notice_itself_counts_as_official_words():
    record = build_advisory(
        {"id": "n", "issuer": "M", "kind": "advisory", "source_tier": "official_page", "text": "Do not go."}, "line 1"
    )

    assert record.facts == ("Do not go.",)
    assert record.text_kind is TextKind.OFFICIAL_WORDS


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (ADVISORY.replace("kind: embassy_notice", "kind: rumour"), "kind"),
        (ADVISORY.replace("date: 2025-01-02", "date: soon"), "date"),
        (ADVISORY.replace("date: 2025-01-02", "date: 2025-02-30"), "(YAML)"),
        (ADVISORY.replace("date: 2025-01-02", "date: 2025-01-02\ndate_precision: unknown"), "date_precision"),
        (ADVISORY.replace('"NO"', "NO"), "countries"),  # YAML reads a bare NO as false
        (ADVISORY.replace("[KH,", "[Cambodia,"), "countries"),
        (ADVISORY.replace("topics: [", "topics: [gossip, "), "topics"),
        (ADVISORY.replace("severity: warning", "severity: loud"), "severity"),
        (ADVISORY.replace("pattern: [scam_compound_role]", "pattern: [bad_smell]"), "pattern"),
        (ADVISORY.replace("standing: true", "standing: perhaps"), "standing"),
        (ADVISORY.replace("standing: true", "standings: true"), "standings"),
        (ADVISORY.replace("issuer: Embassy of India, Example City\n", ""), "issuer"),
        (ADVISORY.replace("issuer: Embassy of India, Example City", "issuer: 5"), "issuer"),
        (ADVISORY.replace("as_of: 2025-01-01, ", ""), "counts.as_of"),
        (ADVISORY.replace("value: 12", "value: dozens"), "counts.value"),
        (ADVISORY.replace("  hi-Latn: ", "  hinglish: "), "gist"),
        (ADVISORY.replace('"Take no typing job  there."', "no"), "gist"),  # YAML reads a bare no as false
        (re.sub(r"gist:\n.*?---", "gist: One sentence.\n---", ADVISORY, flags=re.DOTALL), "gist"),
        (ADVISORY.replace("- The mission", "The mission"), "facts"),
        (ADVISORY.split("- The mission")[0], "facts"),
        (ADVISORY.replace("id: embassy-2025-01-02-example", "id: ../escape"), "id"),
        (ADVISORY.replace("---\nid", "id", 1), "(front matter)"),
    ],
)
def test_a_mistake_in_an_advisory_is_named_by_file_and_field(wrong, field):
    with pytest.raises(BadRecord) as caught:
        parse_advisory(wrong, "example.md")

    assert (caught.value.name, caught.value.field) == ("example.md", field)
    assert "example.md" in str(caught.value)


def test_facts_and_the_whole_text_cannot_both_be_given():
    with pytest.raises(BadRecord) as caught:
        build_advisory(
            {
                "id": "n",
                "issuer": "M",
                "kind": "advisory",
                "source_tier": "official_page",
                "text": "A",
                "facts": ["B"],
            },
            "line 7",
        )

    assert str(caught.value).startswith("line 7: field 'text'")


def test_a_rule_file_becomes_a_rule():
    rule = parse_rule(RULE, "rule-X1.yaml")

    assert rule.text == "First half and second half."
    assert rule.flags == (RedFlag.NO_CONTRACT,)
    assert rule.gist == {"en": "Sign nothing that you cannot read."}
    assert rule.reported_by is None


def test_a_remembered_rule_is_refused():
    with pytest.raises(BadRecord) as caught:
        parse_rule(RULE.replace("seen-law", "memory"), "rule-X1.yaml")

    assert caught.value.field == "confidence"


def test_a_helpline_file_becomes_a_helpline():
    line = parse_helpline(HELPLINE, "xx-line.yaml")

    assert line.phones == ("+91 99999 00001", "1930")
    assert line.as_of_month == dt.date(2025, 3, 1)
    assert line.official_reprint
    assert line.status is HelplineStatus.OLD_VERIFY


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (HELPLINE.replace('"1930"', '"1930 (free)"'), "phones"),
        (HELPLINE.replace('"1930"', "1930"), "phones"),  # an unquoted number would lose its zeros
        (HELPLINE.replace("2025-03-01", "2025-03-04"), "as_of_month"),
        (HELPLINE.replace("old_verify", "trusted"), "status"),
        (HELPLINE.replace("country: IN", "country: India"), "country"),
        ("- just\n- a list\n", "(YAML)"),
    ],
)
def test_a_mistake_in_a_helpline_is_named(wrong, field):
    with pytest.raises(BadRecord) as caught:
        parse_helpline(wrong, "xx-line.yaml")

    assert caught.value.field == field
