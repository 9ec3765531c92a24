"""Reads releases of pib.gov.in in all its templates, and its feed and list of releases.

Fields have ids (#Titleh2, #PrDateTime, ...), the text stands in one of three places, and the whole page in one form.
Each language has a number of its own, so a number is no identity by itself: `siblings` names the others, and
`sibling_links` leads there, because PIB may answer in Hindi when English was asked for.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from ingest.notice_lines import date_line, split_notice
from ingest.parsed import DAY, UNKNOWN, ListedItem, ParsedAdvisory, language_of
from ingest.sources.identity import canonical_address, make_key
from ingest.sources.shapes import feed
from ingest.sources.shapes.pages import files_of, first, links_of, open_page, paragraphs_of, words_of
from ingest.sources.trouble import EmptyListing, UnknownShape
from knowledge.documents.dates import find_dates
from knowledge.documents.document import Link, MediaType

TITLE = ("#Titleh2", "#titleh2", "#ltrTitlee")
SUBTITLE = ("#Subtitleh3", "#ltrSubtitle")
MINISTRY = ("#MinistryName", "#ministryname")
POSTED = ("#PrDateTime", "#prdatetime")
BODY = (".innner-page-main-about-us-content-right-part", "#PdfDiv", ".content-area")  # three n's: theirs
HIDDEN_BODY = 'input[id*="ltrDescriptionn"]'
LANGUAGES = "div.ReleaseLang, .ReleaseLang"
_NUMBER = re.compile(r"Release ID\s*:?\s*(\d{5,8})", re.IGNORECASE)
_SIGNATURE = re.compile(r"^(?:\*{2,}|[A-Z]{2,6}(?:/[A-Z]{1,6})+|\(?Release ID.*|\(?रिलीज़? आईडी.*)$", re.IGNORECASE)


def parse_listing(data: bytes, address: str) -> tuple[ListedItem, ...]:
    """Return the entries of PIB's feed or of its page of all releases. Raises EmptyListing and ErrorPage."""
    if feed.is_feed(data):
        return tuple(_item(item.address, item.title, item) for item in feed.parse_listing(data, address))
    tree = open_page(data, address)
    found = {link.address: link for link in links_of(tree, address) if make_key(link.address) and link.words}
    if not found:
        raise EmptyListing(address)
    return tuple(_item(link.address, link.words, None) for link in found.values())


def parse_notice(data: bytes, address: str) -> ParsedAdvisory:
    """Return the release. Raises UnknownShape where neither a title nor a text is found, and ErrorPage."""
    tree = open_page(data, address)
    title, ministry = words_of(first(tree, TITLE)), words_of(first(tree, MINISTRY))
    subtitle, posted = words_of(first(tree, SUBTITLE)), words_of(first(tree, POSTED)) or ""
    others = _other_languages(tree, address)
    own = make_key(address) or _key_in_words(tree)
    body = _body(tree)
    if body is None:
        raise UnknownShape(address)
    files = files_of(body, address)
    for tag in [tag for name in (*TITLE, *SUBTITLE, *MINISTRY, *POSTED, LANGUAGES) for tag in body.select(name)]:
        tag.extract()
    lines = split_notice(_without_signature(paragraphs_of(body)), title)
    title = title or words_of(tree.find("h2"))
    if not title or not (lines.body or files):
        raise UnknownShape(address)
    dated = next(iter(find_dates(posted)), None)
    date, words = (dated.date, dated.words) if dated else (lines.date, lines.date_words)
    text = "\n\n".join((*([subtitle] if subtitle else []), *(part for part in lines.body if part != subtitle)))
    return ParsedAdvisory(
        title=title,
        text=text,
        date=date,
        date_precision=DAY if date else UNKNOWN,
        date_words=words,
        language=language_of(text or title),
        issuer=ministry,
        address=canonical_address(address),
        key=own,
        siblings=tuple(key for link in others if (key := make_key(link.address)) and key != own),
        attachments=files,
        media_type=MediaType.HTML,
        sibling_links=others,
        notice_file=files[0] if files and not text else None,
    )


def _item(address: str, title: str | None, listed: ListedItem | None) -> ListedItem:
    return ListedItem(make_key(address), canonical_address(address), title, listed.date if listed else None)


def _body(tree: BeautifulSoup) -> Tag | None:
    hidden = tree.select_one(HIDDEN_BODY)
    if hidden is not None and str(hidden.get("value") or "").strip():
        return BeautifulSoup(str(hidden["value"]), "lxml")
    found = first(tree, BODY)
    if found is not None and words_of(found):
        return found
    title = first(tree, TITLE)
    return title.parent.parent if title is not None and title.parent is not None else None


def _other_languages(tree: Tag, address: str) -> tuple[Link, ...]:
    own = make_key(address)
    found = {
        link.address: Link(canonical_address(link.address), link.words)
        for part in tree.select(LANGUAGES)
        for link in links_of(part, address)
        if (key := make_key(link.address)) and key != own
    }
    return tuple(found.values())


def _key_in_words(tree: Tag) -> str | None:
    found = _NUMBER.search(tree.get_text(" "))
    return f"pib-{int(found[1])}" if found else None


def _without_signature(paragraphs: list[str]) -> list[str]:
    """Stars, the writers' initials and the release number at the foot are no part of the release."""
    kept = [part for part in paragraphs if not _SIGNATURE.match(part.strip())]
    return [part for part in kept if not (date_line(part) and "pib" in part.casefold())]
