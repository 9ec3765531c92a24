"""Pages that are none, and notices that must not be taken for such."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from ingest.fetching.errors import Blocked, BlockedReason
from ingest.fetching.pretences import LOOKED_AT, Pretence, find_pretence, is_error_address, visible_text

AT = "https://mea.gov.in/page"
WORDS = "Indian nationals are advised not to accept such offers. " * 30
COMMENT_FORM = "<form>Write a Comment <input type=text> Verification Code captcha <input type=submit></form>"


def judge(page: str, final: str = AT, asked: str = AT) -> Pretence | None:
    return find_pretence(page.encode(), asked, final)


@pytest.mark.parametrize(
    ("page", "pretence"),
    [
        ("<title>MEA</title><p>Please enable JavaScript to continue.</p>", Pretence.NEEDS_BROWSER),
        ("<p>This site requires a modern browser.</p>", Pretence.NEEDS_BROWSER),
        ("<p>JavaScript is required</p>", Pretence.NEEDS_BROWSER),
        (
            "<html><title>E-migrate</title><body><div id=root></div><script src=/app.js></script></body>",
            Pretence.NEEDS_BROWSER,
        ),
        ("<title>Just a moment...</title><p>Checking your browser before access.</p>", Pretence.CAPTCHA),
        ("<p>Please solve the CAPTCHA to go on</p><img src=c.png>", Pretence.CAPTCHA),
        ("<p>Are you a human?</p>", Pretence.CAPTCHA),
        ("<p>The requested URL was rejected. Your support ID is: 123</p>", Pretence.KEPT_OUT),
        ("<h1>Access Denied</h1><p>You don't have permission.</p>", Pretence.KEPT_OUT),
        ("<form><input name=u><input type='password'></form>", Pretence.LOGIN),
        ("<title>404 - File or directory not found.</title>", Pretence.ERROR_PAGE),
        ("<title>Page not found | MEA</title><p>Sorry</p>", Pretence.ERROR_PAGE),
        ("<title>Runtime Error</title><p>An application error occurred.</p>", Pretence.ERROR_PAGE),
        ("<p>Page cannot be found</p>", Pretence.ERROR_PAGE),
    ],
)
def test_a_page_that_is_none_is_recognised(page: str, pretence: Pretence) -> None:
    assert judge(page) is pretence


@pytest.mark.parametrize(
    "page",
    [
        f"<title>Advisory</title><p>{WORDS}</p>{COMMENT_FORM}",  # MEA's comment form
        f"<p>{WORDS}</p><noscript>Please enable JavaScript</noscript>",
        f"<p>{WORDS} Access denied to the camps.</p>",
        "<title>Notice</title><p>Office closed on 26 January.</p>",
        "<title>Notice</title><img src=/docs/notice.jpg>",  # a notice as a picture
        "<title>Notice</title><a href=/docs/notice.pdf>Notice</a><script></script>",
        "<p>Consular access has been denied to the detained.</p>",
        "<title>Advisory on fake log-in pages</title><p>Do not type your password on unknown sites.</p>",
        "<title>सूचना</title><p>कृपया ध्यान दें</p>",
    ],
)
def test_a_notice_is_not_taken_for_a_stub(page: str) -> None:
    assert judge(page) is None


@pytest.mark.parametrize(
    "path", ["/error.htm", "/error-hi.htm", "/Error.HTM", "/404.html", "/PageNotFound.aspx", "/not-found", "/a/errors/"]
)
def test_the_address_of_an_error_page_tells(path: str) -> None:
    assert is_error_address(path)
    assert judge(f"<p>{WORDS}</p>", final=f"https://mea.gov.in{path}") is Pretence.ERROR_PAGE


@pytest.mark.parametrize(
    "path", ["/press-releases.htm", "/", "/errors-in-visas.htm", "/terror.htm", "/404040.htm", "/errata.htm"]
)
def test_other_addresses_are_no_error_pages(path: str) -> None:
    assert not is_error_address(path)


def test_being_sent_to_a_long_log_in_page_is_recognised() -> None:
    page = f"<title>Login</title><p>{WORDS}</p><input type=password>"

    assert judge(page, final="https://mea.gov.in/user/login") is Pretence.LOGIN
    assert judge(page) is None


def test_text_is_what_a_person_sees() -> None:
    page = (
        "<p>One<!-- no --> &amp; <b>two</b></p><script>var x = '<p>no</p>'</script><style>p{}</style>İ<p>three<br>four"
    )

    assert visible_text(page) == "One & two İ three four"


@pytest.mark.parametrize("piece", ["<script", "<!--", "<", "<a ", "<title", "<input ", "&", "<style><", "<p><!-- -"])
def test_no_page_takes_long_to_judge(piece: str) -> None:
    page = piece * (LOOKED_AT // len(piece))
    began = time.perf_counter()

    judge(page)

    assert time.perf_counter() - began < 2.0


def test_blocked_says_when_it_will_be_asked_again_and_how_to_go_on_without() -> None:
    blocked = Blocked(AT, BlockedReason.CAPTCHA, retry_at=dt.datetime(2026, 11, 20, 6, 5, tzinfo=dt.UTC))

    assert "20 November 2026, 06:05 UTC" in str(blocked)
    assert "paste its text" in str(blocked)
