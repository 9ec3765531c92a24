"""What changed from one version of a notice to the next is readable."""

from __future__ import annotations

import dataclasses
import datetime as dt

from ingest.diffing import WordChange, make_diff
from knowledge.records import AdvisoryRecord, build_advisory
from knowledge.vocabulary import Severity

OLD = "Indians should avoid travel to the north until 4 May. Call the embassy for help at any hour of the day."


def make_record(text: str = OLD, **changes: object) -> AdvisoryRecord:
    """A published notice."""
    values = {
        "id": "a",
        "issuer": "Embassy of India, Muscat",
        "kind": "advisory",
        "source_tier": "official_page",
        "date": "2026-03-31",
        "text": text,
    }
    return dataclasses.replace(build_advisory(values, "a"), **changes)  # type: ignore[arg-type]


def test_only_changed_words_are_shown_with_their_neighbours() -> None:
    diff = make_diff(OLD, OLD.replace("4 May", "18 June"))

    assert diff.words == (WordChange("to the north until", "4 May.", "18 June.", "Call the embassy for"),)
    assert diff.as_lines() == ("… to the north until [−4 May.−] {+18 June.+} Call the embassy for …",)


def test_added_and_removed_words_stand_apart() -> None:
    added = make_diff("one two three", "one two and three").words[0]
    removed = make_diff("one two and three", "one two three").words[0]

    assert (added.removed, added.added) == ("", "and")
    assert (removed.removed, removed.added) == ("and", "")


def test_changes_far_from_each_other_are_shown_one_by_one() -> None:
    diff = make_diff(OLD, OLD.replace("north", "south").replace("day", "night"))

    assert [(one.removed, one.added) for one in diff.words] == [("north", "south"), ("day.", "night.")]


def test_whitespace_alone_is_no_change() -> None:
    assert not make_diff(OLD, OLD.replace(" ", "\n  "))


def test_changed_fields_are_named_with_before_and_after() -> None:
    new = make_record(severity=Severity.DO_NOT_GO, countries=("OM", "YE"), valid_until=dt.date(2026, 5, 4))
    diff = make_diff(make_record(), new)

    assert [(one.name, one.before, one.after) for one in diff.fields] == [
        ("countries", "—", "OM, YE"),
        ("severity", "notice", "do_not_go"),
        ("valid_until", "—", "2026-05-04"),
    ]
    assert "severity: notice → do_not_go" in diff.as_lines()


def test_the_text_of_records_is_compared_by_words_and_not_as_a_field() -> None:
    diff = make_diff(make_record(), make_record(OLD.replace("avoid", "resume")))

    assert diff.fields == ()
    assert [(one.removed, one.added) for one in diff.words] == [("avoid", "resume")]


def test_a_diff_becomes_json() -> None:
    assert make_diff("a b", "a c").as_fields() == {
        "fields": [],
        "words": [{"before": "a", "removed": "b", "added": "c", "after": ""}],
    }
