"""Why something could not be fetched, in words that tell staff what to do instead.

FetchFailed
├── Refused       never asked for: the address, or where it leads, is not allowed
├── Blocked       the site answers, but not to us (403, 429, 503, a stub, a log-in page)
├── Unreachable   no answer that can be used
│   └── Gone      the site says that there is no such page (404, 410)
├── ErrorPage     an error page that pretends to be a page (status 200)
├── WrongType     the content is of no kind we read, or not of the kind that the site says
├── TooLarge      more bytes than we take
└── TooSlow       more time than we take
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

INSTEAD = "You can still add the notice: paste its text, or upload the file, and give its official address with it."
_LONGEST_SHOWN = 200


class RefusedReason(StrEnum):
    """What is wrong with an address."""

    NOT_AN_ADDRESS = "not_an_address"
    TOO_LONG = "too_long"
    ODD_LETTERS = "odd_letters"
    NOT_A_WEB_ADDRESS = "not_a_web_address"
    NOT_SECURE = "not_secure"
    CREDENTIALS = "credentials"
    WRONG_PORT = "wrong_port"
    BARE_NUMBERS = "bare_numbers"
    DISGUISED = "disguised"
    NOT_OFFICIAL = "not_official"
    FORMER = "former"
    FORBIDDEN_NETWORK = "forbidden_network"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_LOOP = "redirect_loop"


class BlockedReason(StrEnum):
    """How a site keeps us out."""

    STATUS = "status"
    NEEDS_BROWSER = "needs_browser"
    CAPTCHA = "captcha"
    LOGIN = "login"
    WAITING = "waiting"


REFUSED_WORDS = {
    RefusedReason.NOT_AN_ADDRESS: "This is not a web address. Copy it from the address bar of the browser.",
    RefusedReason.TOO_LONG: "This address is too long to be one of a notice.",
    RefusedReason.ODD_LETTERS: "This address holds letters that do not belong into one (spaces, invisible ones, line "
    "breaks, backslashes). Copy it again from the address bar of the browser.",
    RefusedReason.NOT_A_WEB_ADDRESS: "Only addresses that begin with https:// can be opened.",
    RefusedReason.NOT_SECURE: "The site leads to an address without https, which anybody on the way could change.",
    RefusedReason.CREDENTIALS: "This address has a user name before the site's name, a common trick of fake links.",
    RefusedReason.WRONG_PORT: "This address names a door (port) that official sites do not use.",
    RefusedReason.BARE_NUMBERS: "This address has numbers where the name of a site belongs.",
    RefusedReason.DISGUISED: "The name of the site is written in a disguised way.",
    RefusedReason.NOT_OFFICIAL: "This site is not on the list of official sites.",
    RefusedReason.FORMER: "This site was official once and is so no more.",
    RefusedReason.FORBIDDEN_NETWORK: "The name of the site leads into a private network, so it was not opened.",
    RefusedReason.TOO_MANY_REDIRECTS: "The site sends us on and on without showing a page.",
    RefusedReason.REDIRECT_LOOP: "The site sends us round in a circle.",
}
BLOCKED_WORDS = {
    BlockedReason.STATUS: "The site does not let this machine in.",
    BlockedReason.NEEDS_BROWSER: "The site shows its pages only to a browser.",
    BlockedReason.CAPTCHA: "The site asks for a check that only a person can do.",
    BlockedReason.LOGIN: "The site asks for a log-in.",
    BlockedReason.WAITING: "The site has asked us to wait.",
}


class FetchFailed(Exception):
    """The page could not be fetched; the message says why and what staff can do instead."""

    def __init__(self, address: str, words: str) -> None:
        """Take the address as asked for and what happened, in one or two sentences."""
        super().__init__(f"{words} {INSTEAD}")
        self.address = shown(address)


class Refused(FetchFailed):
    """The address, or where it leads, is not allowed. Nothing was sent to a place that is not allowed."""

    def __init__(self, address: str, reason: RefusedReason, detail: str = "") -> None:
        """Take the address, what is wrong with it, and a further sentence if there is more to say."""
        super().__init__(address, f"{REFUSED_WORDS[reason]} {detail}".strip())
        self.reason = reason


class Blocked(FetchFailed):
    """The site keeps us out. What we have of it stays, and is stale; `retry_at` says when to ask again."""

    def __init__(
        self, address: str, reason: BlockedReason, *, retry_at: dt.datetime | None = None, status: int | None = None
    ) -> None:
        """Take how it keeps us out, from when on it may be asked again (UTC), and the status of its answer."""
        words = BLOCKED_WORDS[reason]
        if status is not None and reason is BlockedReason.STATUS:
            words += f" (It answered {status}.)"
        if retry_at is not None:
            words += f" It will be asked again after {retry_at:%d %B %Y, %H:%M} UTC."
        super().__init__(address, words)
        self.reason = reason
        self.retry_at = retry_at
        self.status = status


class Unreachable(FetchFailed):
    """No answer that can be used: no such name, no connection, a broken certificate, a fault of the site."""

    def __init__(
        self, address: str, words: str, *, retry_at: dt.datetime | None = None, status: int | None = None
    ) -> None:
        """Take what happened in a sentence, from when on to ask again (UTC), and the status if there was one."""
        super().__init__(address, words)
        self.retry_at = retry_at
        self.status = status


class Gone(Unreachable):
    """The site says that there is no such page (404, 410): moved, withdrawn, or never there."""

    def __init__(self, address: str, status: int) -> None:
        """Take the address and the status."""
        super().__init__(address, f"The site has no page at this address (it answered {status}).", status=status)


class ErrorPage(FetchFailed):
    """The site answered 200 with an error page instead of the page that was asked for."""

    def __init__(self, address: str, final_address: str) -> None:
        """Take the address asked for and the one that was shown."""
        super().__init__(address, "The site shows its error page at this address. It may be mistyped or moved.")
        self.final_address = final_address


class WrongType(FetchFailed):
    """The content is of no kind that we read, or the site calls it by another name than its content has."""


class TooLarge(FetchFailed):
    """The answer has more bytes than we take, as sent or once unpacked."""

    def __init__(self, address: str, most_bytes: int, *, unpacked: bool) -> None:
        """Take the limit that was passed, and whether it is that of the unpacked content."""
        what = "unpacks to" if unpacked else "has"
        super().__init__(address, f"The page {what} more than {most_bytes / 1_000_000:g} MB.")
        self.most_bytes = most_bytes


class TooSlow(FetchFailed):
    """The answer did not arrive in time."""

    def __init__(self, address: str, most_seconds: float) -> None:
        """Take how long was waited."""
        super().__init__(address, f"The site did not send the page within {most_seconds:g} seconds.")
        self.most_seconds = most_seconds


def shown(address: str) -> str:
    """An address as it may be printed: cut, and without letters that could steer a terminal or hide."""
    return "".join(letter if letter.isprintable() else "�" for letter in address[:_LONGEST_SHOWN])
