"""Fetching from a real TLS server: what is asked, what is followed, what is taken, and what is said when it fails."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import ssl
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpcore
import pytest
import trustme

from ingest.fetching.allowance import Limits
from ingest.fetching.errors import (
    Blocked,
    BlockedReason,
    ErrorPage,
    FetchFailed,
    Gone,
    Refused,
    RefusedReason,
    TooLarge,
    TooSlow,
    Unreachable,
    WrongType,
)
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.pauses import Pauses
from ingest.fetching.user_agent import make_user_agent
from knowledge.documents.document import MediaType
from knowledge.official_hosts import read_official_hosts
from tests.official_site import Asked, Line, Names, OfficialSite, answer, drip, make_authority, official_site, trust

NOW = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)
NOTICE = (
    "<html><head><title>Advisory</title></head><body><h2>Advisory</h2><p>" + "Do not go. " * 100 + "</p></body></html>"
)
PAGE = "https://mea.gov.in/press-releases.htm?dtl/40073/Advisory"
TARGET = "/press-releases.htm?dtl/40073/Advisory"


@dataclass
class Time:
    """A clock that moves only when somebody sleeps."""

    now: dt.datetime = NOW
    slept: list[float] = field(default_factory=list)

    def clock(self) -> dt.datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return make_authority()


@pytest.fixture
def site(authority: trustme.CA) -> Iterator[OfficialSite]:
    with official_site(authority) as serving:
        yield serving


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def time_of_test() -> Time:
    return Time()


@pytest.fixture
def fetcher(site: OfficialSite, names: Names, time_of_test: Time) -> Fetcher:
    return make_fetcher(site, names, time_of_test)


def make_fetcher(
    site: OfficialSite, names: Names, at: Time, limits: Limits | None = None, tls: ssl.SSLContext | None = None
) -> Fetcher:
    return Fetcher(
        read_official_hosts(),
        at.clock,
        at.sleep,
        user_agent=make_user_agent("desk@example.org"),
        resolver=names,
        connector=site.connect,
        tls=tls or site.tls,
        pauses=Pauses(lambda: 0.5),
        limits=limits,
    )


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_a_page_comes_with_its_kind_time_and_marks(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, NOTICE, etag='"v1"', last_modified="Fri, 20 Nov 2026 05:00:00 GMT")

    page = fetcher.fetch(f"{PAGE}#top")

    assert (page.address, page.final_address, page.status, page.media_type) == (PAGE, PAGE, 200, MediaType.HTML)
    assert page.data.decode() == NOTICE
    assert (page.etag, page.last_modified, page.fetched_at) == ('"v1"', "Fri, 20 Nov 2026 05:00:00 GMT", NOW)
    assert page.name == "press-releases.htm"


def test_the_checked_address_is_connected_to_and_the_name_stays_in_host_and_greeting(
    site: OfficialSite, fetcher: Fetcher
) -> None:
    site.says(TARGET, NOTICE)

    fetcher.fetch(PAGE)

    assert site.connected == [("93.184.216.34", 443)]
    assert [(asked.server_name, asked.headers["host"]) for asked in site.asked] == [("mea.gov.in", "mea.gov.in")]


def test_it_says_who_it_is_and_asks_for_nothing_it_cannot_unpack(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, NOTICE)

    fetcher.fetch(PAGE)

    headers = site.asked[0].headers
    assert headers["user-agent"].startswith("Satark/")
    assert "desk@example.org" in headers["user-agent"]
    assert "mozilla" not in headers["user-agent"].lower()
    assert headers["accept-encoding"] == "gzip, identity"
    assert "authorization" not in headers
    assert "cookie" not in headers


def test_what_we_have_already_is_not_sent_again(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, b"", status=304, etag='"v1"', content_length="")

    page = fetcher.fetch(PAGE, etag='"v1"', last_modified="Fri, 20 Nov 2026 05:00:00 GMT")

    assert (page.not_modified, page.data, page.media_type) == (True, b"", None)
    assert site.asked[0].headers["if-none-match"] == '"v1"'
    assert site.asked[0].headers["if-modified-since"] == "Fri, 20 Nov 2026 05:00:00 GMT"


def test_not_modified_without_being_asked_is_a_fault(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, b"", status=304, content_length="")

    with pytest.raises(Unreachable):
        fetcher.fetch(PAGE)


def test_a_kept_mark_that_could_break_a_header_is_left_out(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, NOTICE)

    fetcher.fetch(PAGE, etag='"v1"\r\nX-Injected: 1')

    assert "if-none-match" not in site.asked[0].headers
    assert "x-injected" not in site.asked[0].headers


def test_http_is_upgraded_before_anything_is_sent(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, NOTICE)

    assert fetcher.fetch(PAGE.replace("https", "http")).address == PAGE
    assert site.connected == [("93.184.216.34", 443)]


def test_proxies_of_the_environment_are_not_used(
    site: OfficialSite, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.says(TARGET, NOTICE)

    assert fetcher.fetch(PAGE).status == 200


def test_a_certificate_for_another_name_is_not_taken(authority: trustme.CA, names: Names, time_of_test: Time) -> None:
    with official_site(authority, names=["evil.example"]) as site:
        site.says(TARGET, NOTICE)

        with pytest.raises(Unreachable, match="certificate"):
            make_fetcher(site, names, time_of_test).fetch(PAGE)

        assert site.asked == []


def test_a_certificate_of_an_unknown_authority_is_not_taken(
    site: OfficialSite, names: Names, time_of_test: Time
) -> None:
    site.says(TARGET, NOTICE)

    with pytest.raises(Unreachable, match="certificate"):
        make_fetcher(site, names, time_of_test, tls=trust(make_authority())).fetch(PAGE)


def test_an_unknown_name_is_unreachable_and_says_what_to_do(site: OfficialSite, names: Names, fetcher: Fetcher) -> None:
    names.leads_to("mea.gov.in")

    with pytest.raises(Unreachable, match="paste its text") as failed:
        fetcher.fetch(PAGE)

    assert failed.value.retry_at is not None


def test_the_next_address_of_a_name_is_tried(names: Names, site: OfficialSite, time_of_test: Time) -> None:
    names.leads_to("mea.gov.in", ["2606:2800:220:1::1", "93.184.216.34"])
    site.says(TARGET, NOTICE)
    real = site.connect

    def no_ipv6(address: object, port: int, timeout_s: float) -> httpcore.NetworkStream:
        if ":" in str(address):
            raise httpcore.ConnectError
        return real(address, port, timeout_s)  # type: ignore[arg-type]

    site.connect = no_ipv6  # type: ignore[method-assign]

    assert make_fetcher(site, names, time_of_test).fetch(PAGE).status == 200


# --- Pauses -----------------------------------------------------------------------------------------------------------


def test_a_host_gets_a_pause_and_another_host_does_not_wait(
    site: OfficialSite, fetcher: Fetcher, time_of_test: Time
) -> None:
    site.says(TARGET, NOTICE)

    fetcher.fetch(PAGE)
    fetcher.fetch(PAGE.replace("mea.gov.in", "www.mea.gov.in"))
    assert time_of_test.slept == []

    fetcher.fetch(PAGE)
    assert time_of_test.slept == [3.0]


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_kept_out_is_blocked_with_a_time_to_come_back(status: int, site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, "go away", status=status)

    with pytest.raises(Blocked, match=str(status)) as blocked:
        fetcher.fetch(PAGE)

    assert blocked.value.reason is BlockedReason.STATUS
    assert blocked.value.retry_at == NOW + dt.timedelta(minutes=5) * 0.75


def test_retry_after_is_kept_to_and_nothing_is_asked_before(
    site: OfficialSite, fetcher: Fetcher, time_of_test: Time
) -> None:
    site.says(TARGET, "slow down", status=429, retry_after="3600")
    site.says(TARGET, NOTICE)
    with pytest.raises(Blocked) as blocked:
        fetcher.fetch(PAGE)
    assert blocked.value.retry_at == NOW + dt.timedelta(hours=1)

    time_of_test.now += dt.timedelta(minutes=59)
    with pytest.raises(Blocked) as waiting:
        fetcher.fetch(PAGE)
    assert waiting.value.reason is BlockedReason.WAITING
    assert len(site.asked) == 1

    time_of_test.now += dt.timedelta(minutes=1)
    assert fetcher.fetch(PAGE).status == 200


def test_a_redirect_to_a_host_that_asked_us_to_wait_is_not_followed(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says("/busy", "slow down", status=429, retry_after="3600")
    site.leads(TARGET, "https://www.mea.gov.in/busy")
    with pytest.raises(Blocked):
        fetcher.fetch("https://www.mea.gov.in/busy")

    with pytest.raises(Blocked):
        fetcher.fetch(PAGE)

    assert site.targets() == ["www.mea.gov.in/busy", f"mea.gov.in{TARGET}"]


# --- Redirects --------------------------------------------------------------------------------------------------------


def test_five_redirects_are_followed_and_the_final_address_is_told(site: OfficialSite, fetcher: Fetcher) -> None:
    for step in range(5):
        site.leads(f"/{step}", f"/{step + 1}", status=(301, 302, 303, 307, 308)[step])
    site.says("/5", NOTICE)

    page = fetcher.fetch("https://mea.gov.in/0")

    assert (page.address, page.final_address) == ("https://mea.gov.in/0", "https://mea.gov.in/5")


def test_cookies_are_kept_over_redirects_and_dropped_after_the_fetch(site: OfficialSite, fetcher: Fetcher) -> None:
    def wants_cookie(asked: Asked, line: Line) -> None:
        """PIB: the region lives in a cookie, and without it the same address is sent for again and again."""
        if "region=3" in asked.headers.get("cookie", ""):
            line(answer(NOTICE.encode()))
        else:
            line(
                answer(b"", status=302, location="/PressReleasePage.aspx?PRID=1", set_cookie="region=3; path=/; Secure")
            )

    site.does("/PressReleasePage.aspx?PRID=1", wants_cookie)

    assert fetcher.fetch("https://www.pib.gov.in/PressReleasePage.aspx?PRID=1").status == 200
    fetcher.fetch("https://www.pib.gov.in/PressReleasePage.aspx?PRID=1")

    assert ["cookie" in asked.headers for asked in site.asked] == [False, True, False, True]


def test_cookies_do_not_go_to_another_site(site: OfficialSite, fetcher: Fetcher) -> None:
    site.leads("/a", "https://www.pib.gov.in/b", set_cookie="secret=1; path=/")
    site.says("/b", NOTICE)

    fetcher.fetch("https://mea.gov.in/a")

    assert "cookie" not in site.asked[1].headers


def test_a_path_with_spaces_in_a_redirect_is_understood(site: OfficialSite, fetcher: Fetcher) -> None:
    site.leads("/a", "/docs/Press Release.pdf")
    site.says("/docs/Press%20Release.pdf", b"%PDF-1.4 " + b"x" * 100, content_type="application/pdf")

    page = fetcher.fetch("https://mea.gov.in/a")

    assert (page.media_type, page.name) == (MediaType.PDF, "Press Release.pdf")


# --- Pages that are none ----------------------------------------------------------------------------------------------


def test_the_ministrys_error_page_with_status_200_is_an_error_page(site: OfficialSite, fetcher: Fetcher) -> None:
    site.leads("/travel-advisory.htm", "/error.htm")
    site.says("/error.htm", NOTICE)

    with pytest.raises(ErrorPage) as failed:
        fetcher.fetch("https://mea.gov.in/travel-advisory.htm")

    assert failed.value.final_address == "https://mea.gov.in/error.htm"


def test_a_missing_page_is_gone(site: OfficialSite, fetcher: Fetcher) -> None:
    with pytest.raises(Gone) as failed:
        fetcher.fetch("https://mea.gov.in/nothing")

    assert failed.value.status == 404


def test_a_stub_that_wants_a_browser_is_blocked(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(
        TARGET, "<html><head><title>MEA</title></head><body>Please enable JavaScript to view this site.</body></html>"
    )

    with pytest.raises(Blocked) as blocked:
        fetcher.fetch(PAGE)

    assert blocked.value.reason is BlockedReason.NEEDS_BROWSER
    assert blocked.value.retry_at is not None


def test_a_fault_of_the_site_is_unreachable(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, "oops", status=500)

    with pytest.raises(Unreachable) as failed:
        fetcher.fetch(PAGE)

    assert failed.value.status == 500


# --- Kinds ------------------------------------------------------------------------------------------------------------


def make_office_file(part: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(part, "<x/>")
    return file.getvalue()


_OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("data", "content_type", "kind"),
    [
        (NOTICE.encode(), "text/html", MediaType.HTML),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "text/xml", MediaType.FEED),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "application/atom+xml", MediaType.FEED),
        (b"%PDF-1.7\n" + b"\x00" * 50, "application/pdf", MediaType.PDF),
        (b"%PDF-1.7\n" + b"\x00" * 50, "application/octet-stream", MediaType.PDF),
        (b"name,licence\nExample Agency,B-0000/TEST\n", "text/csv", MediaType.CSV),
        ("सलाह".encode(), "text/plain; charset=utf-8", MediaType.TEXT),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "image/jpeg", MediaType.IMAGE),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "image/png", MediaType.IMAGE),
        (make_office_file("xl/workbook.xml"), f"{_OFFICE}spreadsheetml.sheet", MediaType.XLSX),
        (make_office_file("word/document.xml"), f"{_OFFICE}wordprocessingml.document", MediaType.DOCX),
    ],
)
def test_a_kind_that_content_and_header_agree_on_is_taken(
    data: bytes, content_type: str, kind: MediaType, site: OfficialSite, fetcher: Fetcher
) -> None:
    site.says("/file", data, content_type=content_type)

    assert fetcher.fetch("https://mea.gov.in/file").media_type is kind


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (NOTICE.encode(), "application/pdf"),  # a page served as PDF
        (b"%PDF-1.7\n" + b"\x00" * 50, "text/html"),
        (b"%PDF-1.7\n" + b"\x00" * 50, "image/png"),
        (make_office_file("evil.exe"), f"{_OFFICE}spreadsheetml.sheet"),  # an archive, no workbook
        (b"MZ" + b"\x00" * 50, "application/octet-stream"),
        (b'{"a": 1}', "application/json"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"\x00" * 500, "text/html"),
        (b"", "text/html"),
        (b"GIF89a" + b"\x00" * 50, "image/gif"),
    ],
)
def test_what_content_and_header_do_not_agree_on_is_refused(
    data: bytes, content_type: str, site: OfficialSite, fetcher: Fetcher
) -> None:
    site.says("/file", data, content_type=content_type)

    with pytest.raises(WrongType, match="upload the file"):
        fetcher.fetch("https://mea.gov.in/file")


def test_packed_pages_are_unpacked(site: OfficialSite, fetcher: Fetcher) -> None:
    site.says(TARGET, gzip.compress(NOTICE.encode()), content_encoding="gzip")

    assert fetcher.fetch(PAGE).data.decode() == NOTICE


def test_a_page_packed_in_several_archives_comes_whole(site: OfficialSite, fetcher: Fetcher) -> None:
    halves = NOTICE.encode()[:300], NOTICE.encode()[300:]
    site.says(TARGET, b"".join(map(gzip.compress, halves)), content_encoding="gzip")

    assert fetcher.fetch(PAGE).data.decode() == NOTICE


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip"])
def test_packing_that_was_not_asked_for_or_is_damaged_is_refused(
    encoding: str, site: OfficialSite, fetcher: Fetcher
) -> None:
    site.says(TARGET, gzip.compress(NOTICE.encode())[:-20], content_encoding=encoding)

    with pytest.raises(WrongType):
        fetcher.fetch(PAGE)


# --- Size and time ----------------------------------------------------------------------------------------------------

SHORT = Limits(seconds=1.0, connect_seconds=0.6)
UNHURRIED = Limits(seconds=10.0)  # the size must end it, also on a busy machine
PATIENT_S = 1.6


def endless(first: bytes, piece: bytes) -> object:
    def handler(_asked: Asked, line: Line) -> None:
        line(first)
        while True:
            line(piece)

    return handler


def dripping(data: bytes) -> object:
    return lambda _asked, line: drip(line, data, 0.02)


def silent(_asked: Asked, line: Line) -> None:
    time.sleep(1.2)


def packed_zeros() -> tuple[bytes, bytes]:
    """A packed million of zeros, and a piece to put behind it as often as one likes, for a million more each time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = bytes(1_000_000)
    pieces = [packer.compress(million) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    return pieces[0], pieces[1]


CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n"
GZIPPED = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n"
MILLION, MILLION_MORE = packed_zeros()
ZEROS = MILLION + MILLION_MORE * 2_000  # 2 GB as 2 MB

BOMBS = {
    "zeros_packed_a_thousandfold": (lambda _a, line: line(GZIPPED + ZEROS), TooLarge),
    "packed_text_just_over_the_limit": (
        lambda _a, line: line(GZIPPED + gzip.compress(b"<html>" * 4_200_000)),
        TooLarge,
    ),
    "packed_zeros_without_end": (endless(GZIPPED + MILLION, MILLION_MORE), TooLarge),
    "packed_twice": (lambda _a, line: line(answer(gzip.compress(ZEROS), content_encoding="gzip, gzip")), WrongType),
    "many_archives_one_after_the_other": (endless(GZIPPED, gzip.compress(bytes(100_000)) * 10), TooLarge),
    "a_page_without_end": (endless(PLAIN, b"<p>" * 100_000), TooLarge),
    "chunks_without_end": (endless(CHUNKED, b"10000\r\n" + b"a" * 65_536 + b"\r\n"), TooLarge),
    "tiny_chunks_without_end": (endless(CHUNKED, b"1\r\na\r\n" * 1_000), FetchFailed),
    "a_chunk_with_an_endless_extension": (endless(CHUNKED + b"1;", b"x" * 10_000), FetchFailed),
    "a_chunk_of_two_gigabytes": (endless(CHUNKED + b"7fffffff\r\n", b"a" * 100_000), TooLarge),
    "two_gigabytes_announced": (lambda _a, line: line(answer(b"x", content_length="2147483648")), TooLarge),
    "headers_without_end": (endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 1_000 + b"\r\n"), FetchFailed),
    "one_header_without_end": (endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 10_000), FetchFailed),
    "hints_without_end": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100), FetchFailed),
    "trailers_without_end": (endless(CHUNKED + b"0\r\n", b"X-A: a\r\n" * 100), FetchFailed),
    "a_byte_at_a_time": (dripping(PLAIN + b"<html>" * 1_000), TooSlow),
    "headers_a_byte_at_a_time": (dripping(b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 500), TooSlow),
    "chunks_a_byte_at_a_time": (dripping(CHUNKED + b"1\r\na\r\n" * 500), TooSlow),
    "packed_a_byte_at_a_time": (dripping(GZIPPED + ZEROS[:2_000]), TooSlow),
    "silence_after_the_question": (silent, FetchFailed),
    "silence_in_the_middle": (lambda _a, line: (line(PLAIN + b"<html>"), time.sleep(1.2)), FetchFailed),
    "less_than_announced": (lambda _a, line: line(answer(b"<html>", content_length="5000")), Unreachable),
    "nonsense_instead_of_http": (lambda _a, line: line(b"SSH-2.0-OpenSSH_9.2\r\n"), Unreachable),
    "a_hang_up": (lambda _a, _line: None, Unreachable),
    "a_negative_length": (lambda _a, line: line(answer(b"x", content_length="-1")), Unreachable),
    "two_lengths": (lambda _a, line: line(answer(b"xx", content_length="1\r\nContent-Length: 2")), Unreachable),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_and_slow_sites_end_in_time_and_in_little_memory(
    name: str, site: OfficialSite, names: Names, time_of_test: Time
) -> None:
    handler, expected = BOMBS[name]
    site.does(TARGET, handler)  # type: ignore[arg-type]
    _forget_most_memory()
    before_kb = _most_memory_kb()
    limits = UNHURRIED if expected is TooLarge else SHORT
    began = time.monotonic()

    with pytest.raises(expected):
        make_fetcher(site, names, time_of_test, limits).fetch(PAGE)

    assert time.monotonic() - began < limits.seconds + 0.6
    assert _most_memory_kb() - before_kb < 100_000  # kB; 25 MB may be kept, and be there twice for a moment


def test_the_limit_over_the_line_holds_by_itself(site: OfficialSite, fetcher: Fetcher) -> None:
    site.does(TARGET, lambda _asked, line: line(PLAIN + b"<p>" + bytes(10_000_000)))  # would fit once unpacked

    with pytest.raises(TooLarge) as failed:
        fetcher.fetch(PAGE)

    assert failed.value.most_bytes == Limits().wire_bytes


def test_a_large_page_within_the_limits_is_taken(site: OfficialSite, fetcher: Fetcher) -> None:
    page = b"<html>" + b"Do not go. " * 2_000_000  # 22 MB

    site.says(TARGET, gzip.compress(page, 1), content_encoding="gzip")

    assert fetcher.fetch(PAGE).data == page


def test_a_greeting_that_never_comes_ends_in_time(names: Names, time_of_test: Time, site: OfficialSite) -> None:
    """A server that takes the connection and then says nothing, not even the beginning of TLS."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        site.port = deaf.getsockname()[1]
        began = time.monotonic()

        with pytest.raises((TooSlow, Unreachable)):
            make_fetcher(site, names, time_of_test, SHORT).fetch(PAGE)

        assert time.monotonic() - began < PATIENT_S


def test_many_slow_redirects_share_one_time(site: OfficialSite, names: Names, time_of_test: Time) -> None:
    def slowly(asked: Asked, line: Line) -> None:
        time.sleep(0.4)
        line(answer(b"", status=302, location=f"/{int(asked.target[1:]) + 1}"))

    for step in range(9):
        site.does(f"/{step}", slowly)

    with pytest.raises(TooSlow):
        make_fetcher(site, names, time_of_test, SHORT).fetch("https://mea.gov.in/0")


def test_a_name_that_takes_too_long_to_look_up_ends_in_time(site: OfficialSite, time_of_test: Time) -> None:
    def never(_host: str, timeout_s: float) -> list[object]:
        time.sleep(timeout_s)
        raise TimeoutError

    began = time.monotonic()
    with pytest.raises((TooSlow, Unreachable)):
        make_fetcher(site, never, time_of_test, SHORT).fetch(PAGE)  # type: ignore[arg-type]

    assert time.monotonic() - began < PATIENT_S


def test_a_redirect_loop_is_ended(site: OfficialSite, fetcher: Fetcher) -> None:
    site.leads("/a", "/b")
    site.leads("/b", "/a")

    with pytest.raises(Refused) as refused:
        fetcher.fetch("https://mea.gov.in/a")

    assert refused.value.reason is RefusedReason.REDIRECT_LOOP


def _most_memory_kb() -> int:
    """The most memory that this process held since it was last forgotten, with the server of the test inside."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def _forget_most_memory() -> None:
    """Let the kernel begin anew: the most is what there is now."""
    Path("/proc/self/clear_refs").write_text("5")
