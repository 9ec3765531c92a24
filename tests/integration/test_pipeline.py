"""Pages on their way to a draft: what is refused, and which of a notice's languages is read. The sites are made up."""

import datetime as dt
from pathlib import Path

import pytest

from ingest.fetching.errors import Gone
from ingest.fetching.fetched import Fetched
from ingest.pipeline import Arrived, CannotDraft, prepare_file
from knowledge.documents.document import MediaType

TODAY = dt.date(2027, 4, 12)
PAGES = Path(__file__).parents[1] / "data" / "sources" / "pib"
HINDI = (PAGES / "page-hindi-for-english" / "input.html").read_bytes()
ENGLISH = (PAGES / "page-english" / "input.html").read_bytes()
HINDI_ADDRESS = "https://www.pib.gov.in/PressReleasePage.aspx?PRID=2301044"
ENGLISH_ADDRESS = "https://www.pib.gov.in/PressReleasePage.aspx?PRID=2301001"


class Pib:
    """The site of PIB: answers with one page, or with a failure. Called as a fetcher."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def __call__(self, address):
        self.asked.append(address)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Fetched(
            address=address,
            final_address=address,
            status=200,
            media_type=MediaType.HTML,
            data=self.answer,
            fetched_at=dt.datetime(2027, 4, 12, 6, tzinfo=dt.UTC),
            declared_type="text/html; charset=utf-8",
        )


def prepare(data, address, fetch=None):
    arrived = Arrived(data, "page.html", "text/html; charset=utf-8", address)
    return prepare_file(arrived, today=TODAY, fetch=fetch)


@pytest.mark.parametrize("address", ["https://www.pib.gov.in/PressReleasePage.aspx?PRID=1", None])
def test_an_error_page_is_never_drafted(address):
    page = (
        "<html><body><h1>404 Page not found</h1><p>The page you asked for on overseas jobs in Russia is not here. "
        "Advisories for Indian workers have moved to our new site.</p></body></html>"
    )

    with pytest.raises(CannotDraft, match="error page"):
        prepare(page.encode(), address)


def test_a_release_that_came_in_hindi_is_read_on_its_english_page():
    site = Pib(ENGLISH)

    prepared = prepare(HINDI, HINDI_ADDRESS, site)

    assert len(site.asked) == 1
    assert "2301001" in site.asked[0]
    assert (prepared.record.language, prepared.parsed.key) == ("en", "pib-2301001")
    assert "pib-2301044" in prepared.parsed.siblings
    assert "2301001" in prepared.record.source_url
    assert any("another language" in caution for caution in prepared.cautions)


def test_a_release_in_english_is_not_looked_for_again():
    site = Pib(HINDI)

    prepare(ENGLISH, ENGLISH_ADDRESS, site)

    assert site.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        Gone(ENGLISH_ADDRESS, 404),
        HINDI,  # Hindi once more, though English was asked for
        ENGLISH.replace(b"2301044", b"2309999"),  # the English page of another release
        b"<html><body><h1>404 Page not found</h1></body></html>",
        b"%PDF-1.4 no page at all",
        b"",
    ],
)
def test_where_the_english_page_cannot_be_had_the_notice_is_kept_as_it_came(answer):
    prepared = prepare(HINDI, HINDI_ADDRESS, Pib(answer))

    assert (prepared.record.language, prepared.parsed.key) == ("hi", "pib-2301044")
    assert any("English page" in caution for caution in prepared.cautions)


def test_a_link_to_another_site_is_not_followed_for_its_english_page():
    site = Pib(ENGLISH)
    elsewhere = HINDI.replace(
        b"PressReleasePage.aspx?PRID=2301001", b"https://example.com/PressReleasePage.aspx?PRID=1"
    )

    prepared = prepare(elsewhere, HINDI_ADDRESS, site)

    assert site.asked == []
    assert prepared.record.language == "hi"
