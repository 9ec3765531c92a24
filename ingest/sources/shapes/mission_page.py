"""Reads notices of missions and of All India Radio: a heading, often a "Posted on:" line, text, files, pictures.

Each site is built differently and no markup is documented, so this looks for what all have: the heading of the notice
and the words that follow it. What identifies a notice differs more; `ingest/sources/identity.py` knows it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from ingest.indian_day import parse_timestamp
from ingest.notice_lines import NoticeLines, date_line, is_furniture, split_notice
from ingest.parsed import DAY, UNKNOWN, ListedItem, ParsedAdvisory, language_of
from ingest.sources.addresses import host_of, join
from ingest.sources.identity import canonical_address, has_token, key_by_words, make_key
from ingest.sources.shapes.pages import files_of, open_page, paragraphs_of, tidy, without_chrome, words_of
from ingest.sources.trouble import EmptyListing, UnknownShape
from knowledge.documents.document import Link, MediaType

CONTENT = (
    "article",
    "main",
    "[itemprop=articleBody]",
    ".entry-content",
    ".news-detail, .news-details, .news_detail",
    ".notice-detail, .notice-details, .noticeDetail",
    ".inner-content, .innerContent, .inner_content, .page-content, .content-area, .contentArea",
    "#content, #main-content, #maincontent, #ContentPlaceHolder1, .content",
)
HEADINGS = ("h1", "h2", "h3", "h4", ".page-title", ".pagetitle", ".heading", ".title", "b", "strong")
RANKS = ("h1", "h2", "h3", "h4")
FEWEST_WORDS_BELOW = 20  # letters that are no link
SHORTEST_TEXT = 40  # characters; with less, the page holds no notice of its own words
LONGEST_TITLE = 300
# What listings of missions link to. A menu links to sections, which have no such path.
_NOTICE_PATH = re.compile(
    r"/section/news/[^/]+|/page/[^/]+|/news_letter_detail|/notice/display/\d+|/news/[^/]+|/alert[^/]*/[^/]+|/press[^/]*/[^/]+"
    r"|dispnews|/[a-z]+(?:-[a-z]+)+\.php$|/pages\?id=|pages\?.*nextid=|/home/[^/]+/|/(?:hi|ur)/[^/]+$|/(?:docs?|uploads?|files?|pdf)/.+\.(?:pdf|jpe?g|png)",
    re.IGNORECASE,
)
_SITE_NAME = re.compile(
    r"^(?:(?:embassy|high commission|consulate(?: general)?|permanent mission) of india\b.{0,60}|all india radio.{0,40}"
    r"|भारत का? (?:राज)?दूतावास.{0,40}|welcome to .{0,80})$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Found:
    title: str
    lines: NoticeLines
    tree: Tag


def parse_listing(data: bytes, address: str) -> tuple[ListedItem, ...]:
    """Return the notices that a page lists outside its menus. Raises EmptyListing and ErrorPage."""
    page = open_page(data, address)
    without_chrome(page, lists_too=False)
    tree = _content(page)
    items: dict[str, ListedItem] = {}
    for tag in tree.find_all("a", href=True):
        target = join(address, str(tag["href"]))
        title = _title_of_link(tag)
        if not target or not title or is_furniture(title) or target == address:
            continue
        if not _NOTICE_PATH.search(target.split("://", 1)[-1]):
            continue
        row = tag.find_parent(("li", "tr", "article", "p")) or tag.parent
        date = _date_in_row(row, title) if row is not None else None
        items.setdefault(target, ListedItem(_listed_key(target, title, date), canonical_address(target), title, date))
    if not items:
        raise EmptyListing(address)
    return tuple(items.values())


def parse_notice(data: bytes, address: str) -> ParsedAdvisory:
    """Return the notice of a page. Raises UnknownShape without a heading with words or a picture, and ErrorPage."""
    tree = open_page(data, address)
    stamped = _timestamp(tree)
    found = _find_notice(tree)
    if found is None:
        raise UnknownShape(address)
    text = "\n\n".join(found.lines.body)
    files = files_of(found.tree, address)
    if len(text) < SHORTEST_TEXT and not files:
        raise UnknownShape(address)
    date = found.lines.date or stamped
    host = host_of(address)[0]
    return ParsedAdvisory(
        title=found.title,
        text=text,
        date=date,
        date_precision=DAY if date else UNKNOWN,
        date_words=found.lines.date_words,
        language=language_of(text if len(text) >= SHORTEST_TEXT else found.title),
        issuer=None,
        address=canonical_address(address),
        key=key_by_words(host, found.title, date) if has_token(address) else make_key(address),
        siblings=(),
        attachments=files,
        media_type=MediaType.HTML,
        notice_file=_notice_file(files) if len(text) < SHORTEST_TEXT else None,
        notes=("the notice is a picture or file",) if len(text) < SHORTEST_TEXT else (),
    )


def _listed_key(address: str, title: str, date: dt.date | None) -> str | None:
    """Behind a token, a row without a day does not say which notice it is: the notice itself may have one."""
    if has_token(address):
        return key_by_words(host_of(address)[0], title, date) if date else None
    return make_key(address)


def _content(tree: BeautifulSoup) -> Tag:
    found = [tag for selector in CONTENT for tag in tree.select(selector)]
    return max(found, key=lambda tag: len(tag.get_text(strip=True)), default=None) or tree


def _find_notice(tree: BeautifulSoup) -> _Found | None:
    """By its heading, else by the page's title, else by a heading as bare as "Press release"."""
    page_title = _page_title(tree)
    without_chrome(tree)
    content = _content(tree)
    headings = [heading for selector in HEADINGS for heading in content.select(selector) or tree.select(selector)]
    titles = [title for heading in headings if _has_words_below(heading) and (title := _heading_words(heading))]
    telling = [title for title in titles if not is_furniture(title)]
    for title in (*telling, *([page_title] if page_title else ()), *titles):
        lines = split_notice(_after(content, title), title)
        if lines.body or content.find("img") or content.find("a"):
            return _Found(title, lines, content)
    return None


def _has_words_below(heading: Tag) -> bool:
    """Tell a notice's heading from a sidebar's: below that one there are links only, up to the next of its rank."""
    words = 0
    for element in heading.next_elements:
        if isinstance(element, Tag):
            if element.name == "img":
                return True
            if element.name in RANKS and heading.name in RANKS and element.name <= heading.name:
                return False
        elif not element.find_parent("a") and heading not in element.parents:
            words += len(str(element).strip())
            if words >= FEWEST_WORDS_BELOW:
                return True
    return False


def _heading_words(heading: Tag) -> str | None:
    title = words_of(heading)
    if title is None or len(title) > LONGEST_TITLE:
        return None
    return None if date_line(title) or _SITE_NAME.match(title) else tidy(title)


def _after(content: Tag, title: str) -> list[str]:
    """The paragraphs below the title; all of them where it stands outside. The date may stand above the title."""
    parts = paragraphs_of(content)
    place = next((place for place, part in enumerate(parts) if " ".join(part.split()) == title), None)
    if place is None:
        return parts
    above = [part for part in parts[:place] if date_line(part)]
    return [*above, *parts[place:]]


def _page_title(tree: BeautifulSoup) -> str | None:
    words = words_of(tree.find("title"))
    if words is None:
        return None
    parts = [part.strip() for part in re.split(r"\s[|:–—-]\s|\|", words)]
    return next((part for part in parts if part and not (_SITE_NAME.match(part) or is_furniture(part))), None)


def _timestamp(tree: BeautifulSoup) -> dt.date | None:
    """The machine's date of publication, where the page carries one."""
    for selector, name in (
        ('meta[property="article:published_time"]', "content"),
        ('meta[itemprop="datePublished"]', "content"),
        ("article time[datetime], .entry-date[datetime], time.published[datetime]", "datetime"),
    ):
        tag = tree.select_one(selector)
        if tag is not None and (date := parse_timestamp(str(tag.get(name) or ""))):
            return date
    return None


def _title_of_link(tag: Tag) -> str | None:
    words = words_of(tag) or str(tag.get("title") or "")
    picture = tag.find("img")
    if not words and picture is not None:
        words = str(picture.get("alt") or "")
    words = tidy(words)
    return (
        None
        if not words or words.casefold() in ("read more", "more", "view", "details", "download", "click here")
        else words
    )


def _date_in_row(row: Tag, title: str) -> dt.date | None:
    dated = [
        found
        for part in paragraphs_of(row)
        for piece in part.replace(title, "|").split("|")
        if (found := date_line(piece))
    ]
    return dated[0].date if dated else None


def _notice_file(files: tuple[Link, ...]) -> Link | None:
    return files[0] if files else None
