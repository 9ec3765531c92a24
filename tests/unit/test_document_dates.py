"""Which day a document gives itself, in English and in Indian languages."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge.documents.dates import describe_doubts, find_dates, find_own_date

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("January 03, 2020", "2020-01-03"),
        ("फरवरी 04, 2019", "2019-02-04"),
        ("11 APR 2026", "2026-04-11"),
        ("3rd of September, 2025", "2025-09-03"),
        ("Sept. 3, 2025", "2025-09-03"),
        ("21st Nov 2024", "2024-11-21"),
        ("05-Mar-2026", "2026-03-05"),
        ("05-Mar-26", "2026-03-05"),
        ("2026-03-05", "2026-03-05"),
        ("05.03.2026", "2026-03-05"),
        ("15/08/2025", "2025-08-15"),
        ("08/15/2025", "2025-08-15"),  # there is no fifteenth month
        ("१५ अगस्त २०२५", "2025-08-15"),
        ("15 अगस्त, 2025", "2025-08-15"),
        ("12 सितम्बर 2025", "2025-09-12"),
        ("12 सितंबर 2025", "2025-09-12"),
        ("3 मई 2024", "2024-05-03"),
        ("३ मे २०२४", "2024-05-03"),  # Marathi
        ("12 ਸਤੰਬਰ 2025", "2025-09-12"),
        ("12 સપ્ટેમ્બર 2025", "2025-09-12"),
        ("12 সেপ্টেম্বর 2025", "2025-09-12"),
        ("12 ସେପ୍ଟେମ୍ବର 2025", "2025-09-12"),
        ("12 செப்டம்பர் 2025", "2025-09-12"),
        ("12 సెప్టెంబర్ 2025", "2025-09-12"),
        ("12 ಸೆಪ್ಟೆಂಬರ್ 2025", "2025-09-12"),
        ("2025 സെപ്റ്റംബർ 12", "2025-09-12"),
        ("12 ستمبر 2025", "2025-09-12"),
    ],
)
def test_dates_are_read_as_offices_write_them(words: str, date: str) -> None:
    found = find_dates(f"x {words} y")

    assert [one.date.isoformat() for one in found] == [date]
    assert found[0].words == words


@pytest.mark.parametrize(
    "words",
    [
        "31 February 2025",
        "99/99/2025",
        "1800-1992-43-2025",
        "192.168.2.2025",
        "12 workers 2025",
        "+91 99999 00001",
        "1/2026",
    ],
)
def test_what_is_no_date_is_none(words: str) -> None:
    assert find_dates(words) == ()


def test_an_ambiguous_date_is_day_first_and_says_so() -> None:
    (found,) = find_dates("Dated 03/04/25")

    assert found.date == dt.date(2025, 4, 3)
    assert describe_doubts(found, TODAY) == ("date '03/04/25' read as day/month: 2025-04-03",)


def test_a_date_in_the_future_is_noted() -> None:
    (found,) = find_dates("11 April 2031")

    assert describe_doubts(found, TODAY) == ("date '11 April 2031' lies in the future",)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Advisory\n\nPosted On: 11 APR 2026 by PIB Delhi\n\nThe list of 1 May 2020 is void.", "2026-04-11"),
        ("Posted on: February 19, 2020 | Back | Print\n\nText", "2020-02-19"),
        ("परामर्श\n\nप्रविष्टि तिथि: 11 अप्रैल 2026\n\nपाठ", "2026-04-11"),
        ("दिनांक 15 अगस्त 2025\n\nपाठ", "2025-08-15"),
        ("Title\n\nNew Delhi\nJanuary 03, 2020\n\nOn 12 December 2019 two people died.", "2020-01-03"),
        ("No. 12/2026\n\nNew Delhi, 5 March 2026\n\nText", "2026-03-05"),
        ("Long text.\n\nEmbassy of India\n14.02.2026", "2026-02-14"),
        ("Last updated on 1 June 2026\n\nTitle\n\nDate: 3 May 2026", "2026-05-03"),
    ],
)
def test_a_document_gives_its_day_by_a_label_or_in_a_line_of_its_own(text: str, date: str) -> None:
    found = find_own_date(text)

    assert found is not None
    assert found.date.isoformat() == date
    assert text[found.start : found.start + len(found.words)] == found.words


@pytest.mark.parametrize(
    "text",
    [
        "The Mission heard that on 12 December 2019 two workers were taken to a camp near the border.",
        "Page last updated on: 12 June 2026",
        "Last date for applying: 12 June 2026",
        "The licence issued to the agency is valid till 12 June 2027.",
    ],
)
def test_another_day_in_the_text_is_not_the_documents_own(text: str) -> None:
    assert find_own_date(text) is None
