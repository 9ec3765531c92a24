"""The facts of one message: licence, links, sums, kinds of work; and what of it may be shown again."""

from __future__ import annotations

import pytest

from knowledge.reading.offer import Offer, find_links, host_of, mask_contacts, read_offer
from knowledge.reading.phrases import load_phrasebook
from knowledge.vocabulary import WorkScope


def read(message: str) -> Offer:
    return read_offer(message, load_phrasebook())


@pytest.mark.parametrize(
    ("message", "licence"),
    [
        pytest.param(
            "RA licence B-1234/MUM/PER/1000+/5/9876/2021", "B-1234/MUM/PER/1000+/5/9876/2021", id="the full form"
        ),
        pytest.param("RC no: B-0987/DEL/PART/100/5/1234/2019", "B-0987/DEL/PART/100/5/1234/2019", id="partnership"),
        pytest.param("lic. no B-1456/KER/COM/1000+/5/8765/2022", "B-1456/KER/COM/1000+/5/8765/2022", id="company"),
        pytest.param("b-1234/mum/per/1000+/5/9876/2021 hai", "b-1234/mum/per/1000+/5/9876/2021", id="small letters"),
        pytest.param("B-1234/ MUM / PER/1000+/5/9876/2021", "B-1234/ MUM / PER/1000+/5/9876/2021", id="with blanks"),
        pytest.param(
            "Regd 1234/CHENNAI/PER/500/3/4321/2018", "1234/CHENNAI/PER/500/3/4321/2018", id="no B, city in full"
        ),
        pytest.param(
            "रजिस्ट्रेशन B-१२३४/MUM/PER/1000+/5/9876/2021", "B-१२३४/MUM/PER/1000+/5/9876/2021", id="Indic digits"
        ),
        pytest.param("agency B-1234 says it is registered", "B-1234", id="short form"),
    ],
)
def test_a_licence_number_is_found_as_written(message: str, licence: str) -> None:
    found = read(message).licence

    assert found is not None
    assert licence in found


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("interview on 15/03/2026", id="a date"),
        pytest.param("salary 1500/month, 8/10 hours", id="sums with slashes"),
        pytest.param("driving licence 12345678 needed", id="a driving licence"),
        pytest.param("B-12 Nehru Place, New Delhi", id="an address"),
        pytest.param("GST no 07AAAAA0000A1Z5", id="a tax number"),
        pytest.param("CIN U00000MH2020PTC000000", id="a company's number"),
        pytest.param("hepatitis B-12 vitamin", id="a vitamin"),
        pytest.param("call +91 99999 01234", id="a phone number"),
        pytest.param("passport A1234567", id="a passport number"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_numbers_are_no_licence(message: str) -> None:
    assert read(message).licence is None


@pytest.mark.parametrize(
    ("message", "links"),
    [
        pytest.param(
            "apply at https://jobs.example.com/apply?id=5 now", ["https://jobs.example.com/apply?id=5"], id="https"
        ),
        pytest.param("see www.example.org", ["www.example.org"], id="www"),
        pytest.param("open example-jobs.co.in/dubai", ["example-jobs.co.in/dubai"], id="bare with a path"),
        pytest.param("join t.me/examplejobs", ["t.me/examplejobs"], id="a channel"),
        pytest.param("check emigrate.gov.in or example.net", ["emigrate.gov.in", "example.net"], id="two"),
        pytest.param("HTTPS://EXAMPLE.COM/Form", ["https://example.com/form"], id="capitals"),
        pytest.param("write to hr@example.com", [], id="mail address"),
        pytest.param("fee 3.5 lakh, B.Sc. degree, e.g. cook", [], id="numbers and abbreviations"),
        pytest.param("letter.pdf and photo.jpg attached", [], id="file names"),
        pytest.param("No fee.Only visa charge", [], id="blank forgotten after a full stop"),
        pytest.param("काम है।फीस नहीं", [], id="Hindi"),
    ],
)
def test_links_are_found_as_written(message: str, links: list[str]) -> None:
    assert list(find_links(message)) == links


@pytest.mark.parametrize(
    ("link", "host"),
    [
        pytest.param("https://emigrate.gov.in/ext/", "emigrate.gov.in", id="plain"),
        pytest.param("emigrate.gov.in", "emigrate.gov.in", id="without scheme"),
        pytest.param("https://emigrate.gov.in@evil.example/x", "evil.example", id="true name before an at sign"),
        pytest.param(
            "https://emigrate.gov.in.evil.example", "emigrate.gov.in.evil.example", id="true name as a prefix"
        ),
        pytest.param("HTTP://MEA.GOV.IN", "mea.gov.in", id="capitals"),
        pytest.param("https://mea.gov.in\\@evil.example", "mea.gov.in", id="backslash counts as a slash"),
        pytest.param("https://m%65a.gov.in", "mea.gov.in", id="percent-encoded letter"),
        pytest.param("https://mеa.gov.in", "xn--ma-nlc.gov.in", id="Cyrillic letter becomes punycode"),
        pytest.param("http://mea.gov.in:8080/", "mea.gov.in", id="port"),
        pytest.param("https://ｍｅａ.gov.in", "mea.gov.in", id="full-width letters"),
    ],
)
def test_the_host_is_the_one_a_browser_would_open(link: str, host: str) -> None:
    assert host_of(link) == host


@pytest.mark.parametrize("link", ["", "http://", "https://[::", "https://[abc", "http://%zz"])
def test_what_is_no_address_has_no_host(link: str) -> None:
    assert "." not in host_of(link)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param("call +91 99999 01234 now", "call [number hidden] now", id="with country code"),
        pytest.param("call 9999901234", "call [number hidden]", id="ten digits"),
        pytest.param("call 99999-01234", "call [number hidden]", id="hyphen"),
        pytest.param("call 099999 01234", "call [number hidden]", id="trunk zero"),
        pytest.param("फोन ९९९९९ ०१२३४", "फोन [number hidden]", id="Devanagari digits"),
        pytest.param("mail hr@example.com", "mail […@…]", id="mail"),
        pytest.param("pay to name@upi today", "pay to […@…] today", id="UPI address"),
        pytest.param("see https://example.com/x", "see https[:]//example[.]com/x", id="link"),
        pytest.param("see www.example.com", "see www[.]example[.]com", id="link without scheme"),
        pytest.param("fee Rs 1,25,000 in 2 days", "fee Rs 1,25,000 in 2 days", id="sums stay"),
        pytest.param("licence B-1234/MUM/PER", "licence B-1234/MUM/PER", id="licences stay"),
        pytest.param("वीज़ा के बाद", "वीज़ा के बाद", id="words stay"),
    ],
)
def test_a_quote_shows_no_contacts_and_no_live_links(words: str, shown: str) -> None:
    assert mask_contacts(words) == shown


@pytest.mark.parametrize(
    "words", ["call (+91) 99999.01234", "call 99999 0 1234", "call 9 9 9 9 9 0 1 2 3 4", "call 99999/01234"]
)
def test_a_phone_number_in_an_odd_dress_is_hidden_too(words: str) -> None:
    assert "1234" not in mask_contacts(words).replace(" ", "")


@pytest.mark.parametrize(
    ("message", "scope"),
    [
        ("Kuwait me housemaid ka kaam", WorkScope.DOMESTIC),
        ("सऊदी में घर का काम, झाड़ू पोछा", WorkScope.DOMESTIC),
        ("UK care assistant visa", WorkScope.CARE),
        ("Staff nurse for Riyadh hospital", WorkScope.NURSING),
        ("mason and shuttering carpenter for Qatar", WorkScope.CONSTRUCTION),
        ("राजमिस्त्री चाहिए दुबई में", WorkScope.CONSTRUCTION),
        ("deck cadet on a merchant ship", WorkScope.SEAFARER),
        ("fruit picking farm worker in Italy", WorkScope.FARM),
        ("heavy driver for Oman", WorkScope.DRIVING),
        ("security guard in Dubai mall", WorkScope.SECURITY),
        ("chat support and data entry in Laos", WorkScope.DIGITAL),
        ("helper in the Russian army camp", WorkScope.MILITARY),
        ("MBBS admission in Georgia", WorkScope.STUDY),
        ("loader and packing helper in Poland", WorkScope.UNSKILLED),
        ("rigger for oil plant shutdown in Iraq", WorkScope.MINING_AND_PLANT),
    ],
)
def test_the_kind_of_work_is_read(message: str, scope: WorkScope) -> None:
    assert scope in read(message).work


@pytest.mark.parametrize(
    ("message", "countries"),
    [
        ("Job in Cambodia, salary 700 dollar", ("KH",)),
        ("दुबई में ड्राइवर की नौकरी", ("AE",)),
        ("Saudi ya Qatar, dono me helper chahiye", ("SA", "QA")),
        ("Mumbai office, work in Romania", ("RO",)),
        ("kuch bhi kaam chalega", ()),
    ],
)
def test_the_destination_is_read(message: str, countries: tuple[str, ...]) -> None:
    assert set(read(message).destinations) == set(countries)


def test_fees_and_pay_are_told_apart() -> None:
    offer = read("Dubai helper. Salary AED 1200 per month. Agent fee Rs 60,000.")

    assert [fee.amount for fee in offer.fees] == [60_000]
    assert [pay.amount for pay in offer.pay] == [1_200]


@pytest.mark.parametrize("message", ["", "   ", "\n\n", "👍🏽", "\u200b", "।", "a" * 4096, "job at https://[abc now"])
def test_any_message_can_be_read(message: str) -> None:
    offer = read(message)

    assert offer.copy.original == message
    assert offer.sums == ()
    assert offer.licence is None
