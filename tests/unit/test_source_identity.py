"""By what an official page is known again: over mirrors, spellings and languages, and never more than that."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest

from ingest.sources.addresses import canonical, join
from ingest.sources.identity import canonical_address, has_token, key_by_words, make_key
from ingest.sources.registry import ANY_PAGE, source_for

TOKEN = base64.b64encode(json.dumps({"iv": "a", "value": "b", "mac": "c"}).encode()).decode()


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.mea.gov.in/press-releases.htm?dtl/40073/Some_title", "mea-press-40073-en"),
        ("http://fsi.mea.gov.in/press-releases.htm?dtl/40073", "mea-press-40073-en"),
        ("HTTPS://MEACMS.MEA.GOV.IN/Press-Releases.htm?DTL/40073/Cut+ti", "mea-press-40073-en"),
        ("https://www.mea.gov.in/press-releases.htm?dtl%2F40073%2FSome_title", "mea-press-40073-en"),
        ("https://mea.gov.in/press-releases-hi.htm?dtl/40073/x", "mea-press-40073-hi"),
        ("https://mea.gov.in/Speeches-Statements.htm?dtl/32427/A+B", "mea-speech-32427-en"),
        ("https://mea.gov.in/media-briefings.htm?dtl/32428/A", "mea-briefing-32428-en"),
        ("https://meacms.mea.gov.in/advisories-details-hi.htm?30", "mea-advisory-30-hi"),
        ("https://www.mea.gov.in/advisories-details?75=", "mea-advisory-75-en"),
        ("https://www.mea.gov.in/advisories-details.htm?75", "mea-advisory-75-en"),
        ("https://mea.gov.in/bilateral-documents.htm?dtl/39000/x", "mea-bilateral-documents-39000-en"),
        ("https://mea.gov.in/Images/CPV/557-en-01-04-12-2025.pdf", "mea-file-557-en-01-04-12-2025"),
        ("https://mea.gov.in/images/CPV/557-en-01-04-12-2025.PDF", "mea-file-557-en-01-04-12-2025"),
        ("https://www.mea.gov.in/press-releases.htm?51/Press_Releases", None),
        ("https://www.pib.gov.in/PressReleseDetailm.aspx?PRID=2301044&reg=3&lang=1", "pib-2301044"),
        ("https://pib.gov.in/Pressreleaseshare.aspx?prid=2301044", "pib-2301044"),
        ("http://pib.gov.in/newsite/erelcontent.aspx?relid=151200", "pib-relid-151200"),
        ("https://www.pib.gov.in/allRel.aspx", None),
        ("https://newsonair.gov.in/hi/%E0%A4%95-%E0%A4%96/", "air-hi-क-ख"),
        ("https://www.newsonair.gov.in/hi/क-ख", "air-hi-क-ख"),
        ("https://newsonair.gov.in/hi/", None),
        ("http://www.indembkwt.org/DispNews.aspx?ID=942", "page-indembkwt.org/dispnews.aspx?id=942"),
        (f"https://indianembassyqatar.gov.in/eoidhpages?id={TOKEN}", None),
        ("https://www.eoiriyadh.gov.in/", None),
        ("mailto:cons.doha@mea.gov.in", None),
    ],
)
def test_a_key_is_made_of_what_identifies_the_notice(address: str, key: str | None) -> None:
    assert make_key(address) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://mea.gov.in/press-releases.htm?dtl/40073", "https://mea.gov.in/press-releases.htm?dtl/40074"),
        ("https://mea.gov.in/press-releases.htm?dtl/40073", "https://mea.gov.in/media-briefings.htm?dtl/40073"),
        ("https://mea.gov.in/advisories-details.htm?30", "https://mea.gov.in/advisories-details-hi.htm?30"),
        ("https://indianembassyrabat.gov.in/pages?id=vbmOe", "https://indianembassyrabat.gov.in/pages?id=vbmoe"),
        ("https://eoiriyadh.gov.in/page/a/", "https://eoibaghdad.gov.in/page/a/"),
        ("https://mea.gov.in/press-releases.htm?dtl/40073", "https://mea.gov.in.evil.example/press-releases.htm?dtl/40073"),
    ],
)  # fmt: skip
def test_two_notices_never_share_a_key(one: str, other: str) -> None:
    assert make_key(one) != make_key(other)


def test_ids_in_another_order_and_tracking_marks_name_the_same_page() -> None:
    first = "https://indianembassyrabat.gov.in/pages?id=vbmOe&subid=Pdy7a&nextid=7ax9b"
    second = "http://www.indianembassyrabat.gov.in/pages?nextid=7ax9b&id=vbmOe&subid=Pdy7a&utm_source=x#top"

    assert make_key(first) == make_key(second)


def test_an_encrypted_token_identifies_nothing_but_short_ids_do() -> None:
    assert has_token(f"https://indianembassyqatar.gov.in/eoidhpages?id={TOKEN}&subid=NzE,")
    assert not has_token("https://indianembassyqatar.gov.in/eoidhpages?id=Ng,,&subid=NzE,&nextid=NTE,")


def test_a_notice_behind_a_token_is_known_by_host_day_and_title() -> None:
    day = dt.date(2027, 3, 8)

    assert key_by_words("www.a.gov.in", "Visit  Visas!", day) == key_by_words("a.gov.in", "visit visas", day)
    assert key_by_words("a.gov.in", "Visit visas", day) != key_by_words("a.gov.in", "Visit visas", None)


def test_the_address_to_show_is_one_for_all_mirrors_and_spellings() -> None:
    shown = {
        canonical_address("http://meacms.mea.gov.in/press-releases.htm?dtl/40073/A+long+title"),
        canonical_address("https://mea.gov.in/press-releases.htm?dtl/40073/A_long_title"),
    }

    assert shown == {"https://www.mea.gov.in/press-releases.htm?dtl/40073/A_long_title"}


@pytest.mark.parametrize(
    "link", ["javascript:print()", "mailto:a@example.in", "tel:1930", "ftp://example.in/x", "http://"]
)
def test_a_link_that_is_no_web_address_leads_nowhere(link: str) -> None:
    assert join("https://www.mea.gov.in/x", link) is None


def test_an_address_is_read_as_browsers_read_it() -> None:
    """Python's own parser takes the official host for the host of this one."""
    crafted = "http://evil.example\\@www.mea.gov.in/press-releases.htm?dtl/40073"

    assert source_for(crafted) is ANY_PAGE
    assert canonical(crafted).startswith("https://evil.example/")
