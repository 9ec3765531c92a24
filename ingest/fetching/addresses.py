r"""Decides which address may be asked for, and writes it in its one canonical form. Opens nothing.

Browsers follow the WHATWG rules and Python's own parser does not; whoever checks by one and connects by the other can
be led astray (`http://evil.example\@mea.gov.in/`). Here `ada_url` (WHATWG) decides, and an address is refused wherever
what a person reads and what a machine would open could differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import ada_url

from ingest.fetching.errors import Refused, RefusedReason

LONGEST_ADDRESS = 4_000  # characters; a slug in an Indian script takes nine for each letter
HTTPS_PORT = 443
_WEB = re.compile(r"(?i)(https?)://([^/?#]+)")
_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:")
_PLAIN_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_HOST_AND_PORT = re.compile(r"([^:]*)(?::([0-9]{0,9}))?")
_OWN_PORTS = {"http": ("", "80"), "https": ("", "443")}
_NO_HOST_NAME = (ada_url.HostType.IPV4, ada_url.HostType.IPV6)


class AllowedHosts(Protocol):
    """Says whether a host name may be asked: `OfficialHosts`, or any set of names."""

    def __contains__(self, host: object, /) -> bool: ...


@dataclass(frozen=True)
class Address:
    """An address that may be asked for: always https, port 443, a listed name, no fragment.

    `text` is the whole of it, `host` the bare lower-case name, `target` path and query as they go over the line.
    """

    text: str
    host: str
    target: str

    def __str__(self) -> str:
        return self.text


def canonical_address(given: str, allowed_hosts: AllowedHosts) -> Address:
    """Return what may be asked for where a person or a source gave this address.

    Plain `http://` is upgraded, so nothing is ever sent in the open; a bare `mea.gov.in/x` is understood.
    Raises Refused.
    """
    text = given.strip()
    _refuse_odd_letters(text)
    if _PLAIN_HOST.fullmatch(text.split("/")[0].lower()) and "." in text.split("/")[0]:
        text = f"https://{text}"
    return _checked(text, given, allowed_hosts)


def redirect_address(current: Address, location: str, allowed_hosts: AllowedHosts) -> Address:
    """Return where a redirect leads, by the same rules; from here on plain http is refused, not upgraded.

    Raises Refused, with the address as the site gave it.
    """
    text = location.strip(" ")
    _refuse_odd_letters(text.replace(" ", ""))  # some sites leave spaces in file names
    scheme = _SCHEME.match(text)
    if scheme and not _WEB.match(text):
        raise Refused(location, RefusedReason.NOT_A_WEB_ADDRESS)
    if scheme and scheme.group().lower() == "http:":
        raise Refused(location, RefusedReason.NOT_SECURE)
    try:
        joined = str(ada_url.URL(text, current.text).href)
    except ValueError:
        raise Refused(location, RefusedReason.NOT_AN_ADDRESS) from None
    return _checked(joined, location, allowed_hosts)


def _checked(text: str, given: str, allowed_hosts: AllowedHosts) -> Address:
    written = _WEB.match(text)
    if written is None:
        raise Refused(given, _why_no_web_address(text))
    scheme, authority = written.group(1).lower(), written.group(2)
    if "@" in authority:
        raise Refused(given, RefusedReason.CREDENTIALS)
    try:
        url = ada_url.URL(text)
    except ValueError:
        raise Refused(given, RefusedReason.NOT_AN_ADDRESS) from None
    host = str(url.hostname)
    _refuse_wrong_host(url, host, authority, given)
    if _port(authority) not in _OWN_PORTS[scheme]:
        raise Refused(given, RefusedReason.WRONG_PORT)
    if host not in allowed_hosts:
        raise Refused(given, *_why_not_allowed(host, allowed_hosts))
    target = f"{url.pathname}{url.search}"
    address = Address(f"https://{host}{target}", host, target)
    _refuse_what_others_read_otherwise(address, given)
    return address


def _refuse_odd_letters(text: str) -> None:
    """Refuse what a parser would silently drop or turn: control and invisible letters, backslashes, white space."""
    if len(text) > LONGEST_ADDRESS:
        raise Refused(text, RefusedReason.TOO_LONG)
    if not text:
        raise Refused(text, RefusedReason.NOT_AN_ADDRESS)
    if "\\" in text or not text.isprintable() or any(letter.isspace() for letter in text):
        raise Refused(text, RefusedReason.ODD_LETTERS)


def _refuse_wrong_host(url: ada_url.URL, host: str, authority: str, given: str) -> None:
    """The name must be spelled out: what is written is what is opened."""
    if url.host_type in _NO_HOST_NAME:
        raise Refused(given, RefusedReason.BARE_NUMBERS)
    written = _HOST_AND_PORT.fullmatch(authority)
    if written is None:
        raise Refused(given, RefusedReason.DISGUISED if "%" in authority else RefusedReason.NOT_AN_ADDRESS)
    if written.group(1).lower() != host or not _PLAIN_HOST.fullmatch(host):
        raise Refused(given, RefusedReason.DISGUISED)


def _refuse_what_others_read_otherwise(address: Address, given: str) -> None:
    """Refuse where Python's own parser sees another host, for other parts of the desk may use it."""
    try:
        parts = urlsplit(address.text)
        same = parts.scheme == "https" and parts.hostname == address.host and parts.port is None
    except ValueError:
        same = False
    if not same:
        raise Refused(given, RefusedReason.DISGUISED)


def _why_no_web_address(text: str) -> RefusedReason:
    other_scheme = _SCHEME.match(text) and not text.lower().startswith(("https://", "http://"))
    return RefusedReason.NOT_A_WEB_ADDRESS if other_scheme else RefusedReason.NOT_AN_ADDRESS


def _why_not_allowed(host: str, allowed_hosts: AllowedHosts) -> tuple[RefusedReason, str]:
    """Say more where the name was official once."""
    find_former = getattr(allowed_hosts, "find_former", None)
    former = find_former(host) if find_former else None
    if former is not None:
        return RefusedReason.FORMER, f"Look for the notice on {former.now}."
    return RefusedReason.NOT_OFFICIAL, ""


def _port(authority: str) -> str:
    return authority.partition(":")[2]
