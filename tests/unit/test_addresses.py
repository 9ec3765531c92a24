"""Which address may be asked for, and its canonical form."""

from __future__ import annotations

from urllib.parse import urlsplit

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetching.addresses import Address, canonical_address, redirect_address
from ingest.fetching.errors import REFUSED_WORDS, Refused, RefusedReason

HOSTS = frozenset({"mea.gov.in", "www.mea.gov.in"})
HERE = Address("https://mea.gov.in/a/b?c", "mea.gov.in", "/a/b?c")


@pytest.mark.parametrize(
    ("given_address", "canonical"),
    [
        ("https://mea.gov.in/x", "https://mea.gov.in/x"),
        ("http://mea.gov.in/x", "https://mea.gov.in/x"),  # upgraded
        ("http://mea.gov.in:80/x", "https://mea.gov.in/x"),
        ("https://mea.gov.in:443/x", "https://mea.gov.in/x"),
        ("HTTPS://WWW.MEA.GOV.IN/X", "https://www.mea.gov.in/X"),
        ("mea.gov.in", "https://mea.gov.in/"),  # as people type it
        ("www.mea.gov.in/x?y=1", "https://www.mea.gov.in/x?y=1"),
        ("  https://mea.gov.in/x\n", "https://mea.gov.in/x"),
        ("https://mea.gov.in/x#part", "https://mea.gov.in/x"),
        ("https://mea.gov.in/a/../b/./c", "https://mea.gov.in/b/c"),
        (
            "https://mea.gov.in/हिंदी?शब्द",
            "https://mea.gov.in/%E0%A4%B9%E0%A4%BF%E0%A4%82%E0%A4%A6%E0%A5%80?%E0%A4%B6%E0%A4%AC%E0%A5%8D%E0%A4%A6",
        ),
        ("https://mea.gov.in/press-releases.htm?dtl/40073/A_b", "https://mea.gov.in/press-releases.htm?dtl/40073/A_b"),
        ("https://mea.gov.in/x?next=https://evil.example/", "https://mea.gov.in/x?next=https://evil.example/"),
        ("https://mea.gov.in/a@b:c", "https://mea.gov.in/a@b:c"),
    ],
)
def test_an_official_address_has_one_form(given_address: str, canonical: str) -> None:
    address = canonical_address(given_address, HOSTS)

    assert address.text == canonical
    assert f"https://{address.host}{address.target}" == canonical


@pytest.mark.parametrize(
    ("given_address", "reason"),
    [
        ("hello", RefusedReason.NOT_AN_ADDRESS),
        ("", RefusedReason.NOT_AN_ADDRESS),
        ("https://", RefusedReason.NOT_AN_ADDRESS),
        ("https://mea.gov.in:99999/", RefusedReason.NOT_AN_ADDRESS),
        ("https://mea.gov.in/" + "a" * 4_000, RefusedReason.TOO_LONG),
        ("https://mea.gov.in/\u200b", RefusedReason.ODD_LETTERS),
        ("http://evil.example\\@mea.gov.in/", RefusedReason.ODD_LETTERS),
        ("ftp://mea.gov.in/", RefusedReason.NOT_A_WEB_ADDRESS),
        ("https:mea.gov.in", RefusedReason.NOT_A_WEB_ADDRESS),
        ("https://mea.gov.in@evil.example/", RefusedReason.CREDENTIALS),
        ("https://mea.gov.in:22/", RefusedReason.WRONG_PORT),
        ("http://mea.gov.in:443/", RefusedReason.WRONG_PORT),
        ("http://2130706433/", RefusedReason.BARE_NUMBERS),
        ("http://[::1]/", RefusedReason.BARE_NUMBERS),
        ("https://mea%2egov.in/", RefusedReason.DISGUISED),
        ("https://mea。gov.in/", RefusedReason.DISGUISED),
        ("https://mea.gov.in./", RefusedReason.DISGUISED),
        ("https://evil.example/", RefusedReason.NOT_OFFICIAL),
        ("https://sub.mea.gov.in/", RefusedReason.NOT_OFFICIAL),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(given_address: str, reason: RefusedReason) -> None:
    with pytest.raises(Refused, match="paste its text, or upload the file") as refused:
        canonical_address(given_address, HOSTS)

    assert refused.value.reason is reason
    assert str(refused.value).startswith(REFUSED_WORDS[reason])


def test_every_reason_has_words() -> None:
    assert set(REFUSED_WORDS) == set(RefusedReason)


def test_an_address_in_a_refusal_cannot_steer_a_terminal() -> None:
    with pytest.raises(Refused) as refused:
        canonical_address("https://mea.gov.in/\x1b]0;evil\x07\u202e", HOSTS)

    assert refused.value.address.isprintable()


@pytest.mark.parametrize(
    ("location", "goes_to"),
    [
        ("/x", "https://mea.gov.in/x"),
        ("x", "https://mea.gov.in/a/x"),
        ("?d", "https://mea.gov.in/a/b?d"),
        ("../x#y", "https://mea.gov.in/x"),
        ("//www.mea.gov.in/x", "https://www.mea.gov.in/x"),
        ("https://www.mea.gov.in", "https://www.mea.gov.in/"),
        ("/a file.pdf", "https://mea.gov.in/a%20file.pdf"),
        ("", "https://mea.gov.in/a/b?c"),
    ],
)
def test_a_redirect_is_read_against_the_page_it_came_from(location: str, goes_to: str) -> None:
    if not location:  # nowhere to go
        with pytest.raises(Refused):
            redirect_address(HERE, location, HOSTS)
        return

    assert redirect_address(HERE, location, HOSTS).text == goes_to


def test_a_redirect_is_never_upgraded_from_http() -> None:
    with pytest.raises(Refused) as refused:
        redirect_address(HERE, "http://mea.gov.in/x", HOSTS)

    assert refused.value.reason is RefusedReason.NOT_SECURE


_PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "https:",
        "//",
        "mea.gov.in",
        "evil.example",
        "@",
        ":",
        "\\",
        "/",
        "?",
        "#",
        "%2e",
        "。",
        ".",
        "\t",
        " ",
        "\u200b",
        "[::1]",
        "127.1",
        "443",
        ":80",
        "xn--",
        "%00",
        "%40",
        ";",
        "&",
        "a",
        "é",
    ]
)


@given(st.one_of(st.lists(_PIECES, max_size=8).map("".join), st.text(max_size=60)))
def test_whatever_is_given_only_listed_names_come_out_and_all_parsers_agree(given_address: str) -> None:
    try:
        address = canonical_address(given_address, HOSTS)
    except Refused:
        return

    assert address.host in HOSTS
    assert address.text.isascii()
    assert urlsplit(address.text).hostname == address.host
    assert ada_url.URL(address.text).href == address.text
    assert canonical_address(address.text, HOSTS) == address


@given(st.one_of(st.lists(_PIECES, max_size=8).map("".join), st.text(max_size=60)))
def test_wherever_a_redirect_leads_only_listed_names_come_out(location: str) -> None:
    try:
        address = redirect_address(HERE, location, HOSTS)
    except Refused:
        return

    assert address.host in HOSTS
    assert ada_url.URL(address.text).href == address.text
    assert address.text.startswith("https://")
