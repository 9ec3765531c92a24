"""Knows by what an official page is known again, over mirrors, spellings of its address and formats. Pure.

A key is made of what identifies the notice, never of what only decorates or changes: MEA's titles behind the number,
the tokens that Doha's site makes anew at each visit.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import unicodedata
from urllib.parse import parse_qs, unquote

from ingest.sources.addresses import canonical, host_of, query_of

MEA_HOSTS = ("www.mea.gov.in", "mea.gov.in", "fsi.mea.gov.in", "www.fsi.mea.gov.in", "meacms.mea.gov.in")
PIB_HOSTS = ("www.pib.gov.in", "pib.gov.in")
AIR_HOSTS = ("newsonair.gov.in", "www.newsonair.gov.in")

# The page's name tells the kind; press releases and speeches share one series of numbers.
_MEA_KINDS = {
    "press-releases": "press",
    "speeches-statements": "speech",
    "media-briefings": "briefing",
    "advisories-details": "advisory",
}
_MEA_PAGE = re.compile(r"^/(?P<page>[a-z-]+?)(?P<hindi>-hi)?(?:\.html?)?$", re.IGNORECASE)
_MEA_ITEM = re.compile(r"^dtl/(?P<number>\d{1,7})(?:/(?P<title>.*))?$", re.IGNORECASE | re.DOTALL)
_MEA_ADVISORY = re.compile(r"^(?P<number>\d{1,7})=?$")
_MEA_FILE = re.compile(r"^/images/(?:[\w-]+/)*(?P<name>[^/]+)\.(?:pdf|jpe?g|png)$", re.IGNORECASE)
_IIS = re.compile(r"\.aspx?$", re.IGNORECASE)
LONGEST_SLUG = 80


def make_key(address: str) -> str | None:
    """Return the key of the notice behind an address, or None where the address cannot say which notice it is."""
    host, path = host_of(address)
    if host in MEA_HOSTS:
        return _mea_key(address, path)
    if host in PIB_HOSTS:
        return _pib_key(address)
    if host in AIR_HOSTS:
        return _air_key(path)
    if not host or has_token(address) or (path == "/" and not query_of(address)):
        return None  # a site's first page is no notice
    plain = canonical(address).removeprefix("https://")
    # IIS takes any case; elsewhere "vbmOe" and "vbmoe" are two notices.
    return f"page-{plain.casefold() if _IIS.search(path) else plain}"


def canonical_address(address: str) -> str:
    """Return the address to show and to compare: one host, https, the same title for every spelling of it."""
    host, path = host_of(address)
    if host in MEA_HOSTS:
        return _mea_address(address, path)
    if host in PIB_HOSTS and (number := _pib_number(address)):
        return f"https://www.pib.gov.in/PressReleasePage.aspx?PRID={number}"
    return address.split("#")[0]


def key_by_words(host: str, title: str, date: dt.date | None) -> str:
    """Return the key of a notice whose address identifies nothing: its host, day and title."""
    return f"titled-{host.removeprefix('www.')}-{date or 'undated'}-{slug(title)}"


def has_token(address: str) -> bool:
    """Tell whether an address carries an encrypted token (base64 of JSON with iv, value and mac), new at each visit."""
    values = (value for values in parse_qs(query_of(address)).values() for value in values)
    return any(_is_token(value) for value in values)


def slug(words: str) -> str:
    """Return words as one lower-case word with hyphens, in whatever script; cut to a bearable length."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    kept = "".join(
        letter if letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc") else " " for letter in plain
    )
    return "-".join(kept.split())[:LONGEST_SLUG].strip("-")


def _mea_key(address: str, path: str) -> str | None:
    page, query = _MEA_PAGE.match(path), query_of(address)
    if page:
        name = page["page"].casefold()
        kind, language = _MEA_KINDS.get(name, name), "hi" if page["hindi"] else "en"
        item = _MEA_ADVISORY.match(query) if kind == "advisory" else _MEA_ITEM.match(query)
        return f"mea-{kind}-{int(item['number'])}-{language}" if item else None
    file = _MEA_FILE.match(unquote(path))
    return f"mea-file-{slug(file['name'])}" if file else None


def _mea_address(address: str, path: str) -> str:
    query = query_of(address)
    item = _MEA_ITEM.match(query)
    if item:
        title = re.sub(r"[\s+_]+", "_", (item["title"] or "").strip(" +_/"))
        query = f"dtl/{int(item['number'])}" + (f"/{title}" if title else "")
    return f"https://www.mea.gov.in{path}{'?' + query if query else ''}"


def _pib_key(address: str) -> str | None:
    number = _pib_number(address)
    if number:
        return f"pib-{number}"
    old = re.search(r"(?:^|&)relid=(\d+)", query_of(address), re.IGNORECASE)
    return f"pib-relid-{int(old[1])}" if old else None


def _pib_number(address: str) -> int | None:
    found = re.search(r"(?:^|&)PRID=(\d+)", query_of(address), re.IGNORECASE)
    return int(found[1]) if found else None


def _air_key(path: str) -> str | None:
    parts = [part for part in unquote(path).split("/") if part]
    if not parts or parts == ["hi"] or parts == ["ur"]:
        return None
    language = parts[0] if parts[0] in ("hi", "ur") else "en"
    return f"air-{language}-{slug(parts[-1])}"


def _is_token(value: str) -> bool:
    """Short hashed ids such as "Ng,," are stable; what unpacks to a JSON object with iv, value and mac is not."""
    if not value.startswith("eyJ"):
        return False
    try:
        unpacked = json.loads(base64.urlsafe_b64decode(value.replace(" ", "+") + "=" * (-len(value) % 4)))
    except ValueError:
        return True  # cut or altered on the way, but no stable id begins like this
    return isinstance(unpacked, dict)
