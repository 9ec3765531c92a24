"""What every file of the starter knowledge keeps to."""

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest
from babel import Locale

import knowledge
from knowledge.helplines import (
    AGENT_COMPLAINTS,
    CONTROL_ROOM,
    CYBER_LINE,
    MADAD,
    MISSION_LIST,
    TELE_MANAS,
    WORKERS_LINE,
)
from knowledge.records import BadRecord, read_advisories, read_helplines, read_rules
from knowledge.vocabulary import AdvisoryKind, HelplineStatus, RedFlag, SourceTier, Status, TextKind

DATA = Path(knowledge.__file__).parent / "data"
ADVISORIES = read_advisories(DATA / "advisories")
RULES = read_rules(DATA / "rules")
HELPLINES = read_helplines(DATA / "helplines")
COUNTRIES = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()} - {"ZZ", "EU", "UN"}
SHOWABLE_NUMBERS = ("1800 11 3090",)  # the workers' line, current
TODAY = dt.date(2026, 11, 22)


def by_id(records):
    return {record.id: record for record in records}


def in_force(record):
    return record.superseded_by is None and (record.valid_until is None or record.valid_until >= TODAY)


@pytest.mark.parametrize(
    ("folder", "ending", "records"),
    [("advisories", ".md", ADVISORIES), ("rules", ".yaml", RULES), ("helplines", ".yaml", HELPLINES)],
)
def test_every_file_is_read_and_carries_its_name_as_id(folder, ending, records):
    files = sorted(path.name for path in (DATA / folder).iterdir())

    assert files == sorted(f"{record.id}{ending}" for record in records)


def test_all_ids_differ_across_the_folders():
    counted = Counter(record.id for record in (*ADVISORIES, *RULES, *HELPLINES))

    assert [name for name, times in counted.items() if times > 1] == []


def test_two_files_with_one_id_are_refused(tmp_path):
    source = (DATA / "rules" / "rule-B1.yaml").read_text(encoding="utf-8")
    (tmp_path / "one.yaml").write_text(source, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(source, encoding="utf-8")

    with pytest.raises(BadRecord, match=r"two\.yaml"):
        read_rules(tmp_path)


def test_replaced_and_replacing_notices_agree():
    known, rules = by_id(ADVISORIES), by_id(RULES)

    for record in ADVISORIES:
        assert all(known[older].superseded_by == record.id for older in record.supersedes), record.id
        if record.superseded_by and record.superseded_by not in rules:
            assert record.id in known[record.superseded_by].supersedes, record.id


def test_every_country_is_an_iso_code():
    codes = {code for record in (*ADVISORIES, *RULES) for code in record.countries}
    codes |= {row.country for row in HELPLINES if row.country}

    assert codes <= COUNTRIES


def test_what_was_seen_in_the_press_names_the_outlet():
    press = [record for record in ADVISORIES if record.source_tier is SourceTier.PRESS_OR_SECONDARY]

    assert [record.id for record in press if not record.reported_by] == []
    assert [rule.id for rule in RULES if rule.confidence in ("seen", "seen-state") and not rule.reported_by] == []


def test_official_pages_name_no_outlet_and_have_an_address():
    official = [record for record in ADVISORIES if record.source_tier is SourceTier.OFFICIAL_PAGE]

    assert [record.id for record in official if record.reported_by or not record.source_url] == []


def test_nothing_of_ours_poses_as_official_words():
    assert {record.text_kind for record in (*ADVISORIES, *RULES)} == {TextKind.SUMMARY}


def test_the_starter_advisories_are_published():
    assert {record.status for record in ADVISORIES} == {Status.PUBLISHED}


def test_background_never_raises_a_verdict():
    background = [record for record in ADVISORIES if record.kind is AdvisoryKind.BACKGROUND]

    assert background
    assert all((record.scope, record.pattern, record.standing) == ((), (), False) for record in background)


def test_a_general_notice_has_no_pattern_but_the_visa():
    """A pattern of a notice without country would count for every offer on earth."""
    general = [record for record in ADVISORIES if not record.countries]

    assert {flag for record in general for flag in record.pattern} <= {RedFlag.VISIT_VISA_WORK}


def test_hurry_fee_and_social_media_alone_are_no_pattern():
    weak = {
        RedFlag.FEE_ABOVE_CAP,
        RedFlag.URGENCY,
        RedFlag.NO_SKILLS_NEEDED,
        RedFlag.SOCIAL_MEDIA_RECRUITER,
        RedFlag.UNLICENSED_AGENT,
    }

    assert [record.id for record in ADVISORIES if weak & set(record.pattern)] == []


def test_every_country_with_a_notice_in_force_has_a_standing_one():
    valid = [record for record in ADVISORIES if in_force(record)]
    named = {code for record in valid for code in record.countries}
    standing = Counter(code for record in valid if record.standing for code in record.countries)

    assert named - set(standing) == set()
    assert {code: times for code, times in standing.items() if times > 5} == {}


def test_a_standing_notice_is_in_force():
    assert [record.id for record in ADVISORIES if record.standing and not in_force(record)] == []


def test_the_old_fee_never_answers():
    answering = [(record.id, fact) for record in ADVISORIES if in_force(record) for fact in record.facts]
    answering += [(rule.id, rule.text) for rule in RULES if rule.id != "rule-B1"]

    assert [name for name, text in answering if re.search(r"(?<![\d,])20,000\b", text) and "Rs" in text] == []


def test_facts_hold_no_telephone_numbers():
    found = [
        (record.id, number)
        for record in ADVISORIES
        for fact in record.facts
        for number in re.findall(r"\+?\d[\d -]{6,}\d", fact)
        if len(re.sub(r"\D", "", number)) >= 9 and number not in SHOWABLE_NUMBERS
    ]

    assert found == []


def test_every_red_flag_rests_on_a_rule():
    assert {flag for rule in RULES for flag in rule.flags} == set(RedFlag)


def test_every_number_of_people_has_held_on_a_past_day():
    assert all(count.as_of <= TODAY for record in ADVISORIES for count in record.counts)


def test_the_contacts_that_code_names_exist():
    named = {AGENT_COMPLAINTS, CONTROL_ROOM, CYBER_LINE, MADAD, MISSION_LIST, TELE_MANAS, WORKERS_LINE}

    assert named <= set(by_id(HELPLINES))


def test_no_helpline_is_from_memory():
    assert [row.id for row in HELPLINES if row.status is HelplineStatus.MEMORY] == []
