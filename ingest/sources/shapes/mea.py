"""Reads the pages of mea.gov.in: listings, press releases, briefings, speeches, travel advisories, English and Hindi.

Two descriptions of the site's markup are known, which disagree and were both seen by others only; the order of the
words on a stored page (section, title, date, body, place, date, comment form) is certain. So both are tried, the words
decide, and a page in which nothing is found is an error, never "nothing new".
"""

from __future__ import annotations

from bs4 import Tag

from ingest.notice_lines import NoticeLines, date_line, is_end, is_furniture, split_notice
from ingest.parsed import DAY, UNKNOWN, ListedItem, ParsedAdvisory, language_of
from ingest.sources.addresses import host_of, join
from ingest.sources.identity import MEA_HOSTS, canonical_address, make_key
from ingest.sources.shapes.pages import files_of, first, links_of, open_page, paragraphs_of, without_chrome, words_of
from ingest.sources.trouble import EmptyListing, UnknownShape
from knowledge.documents.dates import FoundDate
from knowledge.documents.document import Link, MediaType

ROWS = ("table.table-striped tr", "ul.commonListing li")
HEADING = ("h2.PageHead", "h1.PageHead", ".PageHead")
BODY = ("div#ContentText", "div.ContentText")
DATE_BESIDE = "span.fa-calendar"
TITLE_STANDS_IN_FIRST = 6  # paragraphs of a page without a known heading
MEDIA_CENTER = ("media center", "media centre", "मीडिया सेंटर", "मीडिया केंद्र")
SHORTEST_BODY = 40  # characters; with less, the notice is the file that the page shows


def parse_listing(data: bytes, address: str) -> tuple[ListedItem, ...]:
    """Return the rows of a listing. Raises EmptyListing where neither known markup holds one, and ErrorPage."""
    tree = open_page(data, address)
    items = [item for rows in ROWS for row in tree.select(rows) if (item := _listed(row, address))]
    if not items:
        raise EmptyListing(address)
    return tuple({item.address: item for item in items}.values())


def parse_notice(data: bytes, address: str) -> ParsedAdvisory:
    """Return the notice of a detail page. Raises UnknownShape where there is none, and ErrorPage."""
    tree = open_page(data, address)
    heading, body = first(tree, HEADING), first(tree, BODY)
    calendar = tree.select_one(DATE_BESIDE)
    if body is None and any(_listed(row, address) for rows in ROWS for row in tree.select(rows)):
        raise UnknownShape(address)  # a listing: the link led there instead of to the notice
    files = files_of(body or _main(tree), address)
    if body:
        title, lines = words_of(heading), split_notice(paragraphs_of(body), words_of(heading))
    else:
        title, lines = _from_the_words(tree, words_of(heading))
    dated = date_line(words_of(calendar.parent) or "") if calendar and calendar.parent else None
    if dated is None and lines.date is None and body and heading:
        dated = _date_between(tree, heading, body)
    text = "\n\n".join(lines.body)
    if not title or not (text or files):
        raise UnknownShape(address)
    date, words = (dated.date, dated.words) if dated else (lines.date, lines.date_words)
    language = language_of(text or title)
    siblings = _siblings(tree, address)
    return ParsedAdvisory(
        title=title,
        text=text,
        date=date,
        date_precision=DAY if date else UNKNOWN,
        date_words=words,
        language=language,
        issuer=None,
        address=canonical_address(address),
        key=make_key(address),
        siblings=tuple(key for link in siblings if (key := make_key(link.address))),
        attachments=files,
        media_type=MediaType.HTML,
        sibling_links=siblings,
        notice_file=files[0] if files and len(text) < SHORTEST_BODY else None,
    )


def _listed(row: Tag, address: str) -> ListedItem | None:
    """A row counts by its link; a head row has none. One that leads to another host keeps its address."""
    for tag in row.find_all("a", href=True):
        target = join(address, str(tag["href"]))
        title = words_of(tag) or str(tag.get("title") or "") or None
        if target and title and not is_furniture(title):
            dated = date_line((words_of(row) or "").replace(title, " "))
            key = make_key(target) if host_of(target)[0] in MEA_HOSTS else None
            return ListedItem(key, canonical_address(target), title, dated.date if dated else None)
    return None


def _from_the_words(tree: Tag, title: str | None) -> tuple[str | None, NoticeLines]:
    """Read a page by the order of its words alone: what follows "Media Center" is title, date, body."""
    parts = paragraphs_of(_main(tree))
    start = _begin(parts)
    if start is None and title is None:
        return None, NoticeLines((), None, None)
    parts = parts[start or 0 :]
    if title is None:
        near = parts[:TITLE_STANDS_IN_FIRST]
        title = next((part for part in near if not (is_furniture(part) or date_line(part) or is_end(part))), None)
    if title in parts:
        parts = parts[parts.index(title) :]
    return title, split_notice(parts, title)


def _begin(parts: list[str]) -> int | None:
    """Where "Media Center" stands above a notice: the last one with a date soon below it; menus name it too."""
    places = [place for place, part in enumerate(parts) if part.casefold() in MEDIA_CENTER]
    dated = [place for place in places if any(map(date_line, parts[place : place + TITLE_STANDS_IN_FIRST]))]
    return next(iter([*reversed(dated), *places]), None)


def _date_between(tree: Tag, heading: Tag, body: Tag) -> FoundDate | None:
    words = paragraphs_of(tree)
    title = words_of(heading)
    start = words.index(title) if title in words else 0
    begin = next(iter(paragraphs_of(body)), "")
    end = words.index(begin) if begin in words else len(words)
    return next((found for part in words[start : max(end, start) + 1] if (found := date_line(part))), None)


def _siblings(tree: Tag, address: str) -> tuple[Link, ...]:
    """The same number in the other language, where the page links to it."""
    own = make_key(address)
    stem = own.rpartition("-")[0] if own else None
    found = {
        key: link
        for link in links_of(tree, address)
        if stem and (key := make_key(link.address)) and key != own and key.rpartition("-")[0] == stem
    }
    return tuple(found.values())


def _main(tree: Tag) -> Tag:
    return without_chrome(tree)
