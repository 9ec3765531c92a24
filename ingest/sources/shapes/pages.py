"""Knows how any page is taken apart: decoded, freed of what is no notice, cut into paragraphs. Knows no site."""

from __future__ import annotations

import copy
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from ingest.sources.addresses import join
from ingest.sources.trouble import ErrorPage, UnknownShape
from knowledge.documents.document import Link

# fmt: off
BLOCKS = (
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
)
# fmt: on
CELLS = ("td", "th")
NO_WORDS = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "select",
    "button",
    "input",
    "textarea",
)
CHROME = ("nav", "header", "footer", "aside")
# Names that sites give to their menus and tools. A form is none of them: PIB's whole page stands in one.
_CHROME_NAME = re.compile(
    r"^(?:(?:main|top|side|left|right|site|page|mega|quick|sub)?[-_]?(?:menu|nav|navbar|navigation|sidebar|header|footer)"
    r"|breadcrumbs?|share|sharing|social(?:-?\w+)?|search(?:-?\w+)?|cookie\w*|skip\w*|language-?switch\w*|pagination"
    r"|visitors?|related\w*|comments?|comment-?\w+|accessibility)$",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\D|$)|opacity\s*:\s*0(?:\D|$)"
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|csv|jpe?g|png|webp|tiff?)(?:$|\?)", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|tiff?)(?:$|\?)", re.IGNORECASE)
_DECORATION = re.compile(
    r"logo|icon|emblem|banner|sprite|flag|pixel|captcha|loader|arrow|button|/theme|social", re.IGNORECASE
)

_ERROR_ADDRESS = re.compile(
    r"/(?:error|404|notfound|pagenotfound|customerror)(?:[-_]?page)?(?:\.\w+)?/?$", re.IGNORECASE
)
_ERROR_WORDS = re.compile(
    r"^\W*(?:error\b.{0,40}|.{0,40}page (?:you .{0,40} )?(?:not found|cannot be found|does not exist).{0,40}"
    r"|404\b.{0,60}|access denied.{0,60}|forbidden\W*"
    r"|.{0,60}(?:browser is not supported|update your browser|enable javascript|checking your browser).{0,120}"
    r"|.{0,30}under maintenance.{0,60}|पृष्ठ नहीं मिला.{0,40})\W*$",
    re.IGNORECASE,
)
ERROR_PAGE_IS_SHORT = 600  # characters beside its menus; a longer page whose heading speaks of an error is a page
MOST_BROKEN_LETTERS = 0.02  # share of letters that no encoding of a real page leaves behind


def open_page(data: bytes, address: str) -> BeautifulSoup:
    """Return the page as a tree without scripts, hidden words and form fields.

    Raises ErrorPage where it is the site's error page, whatever its status was, and UnknownShape where it is no page.
    """
    if _ERROR_ADDRESS.search(address.split("?")[0]):
        raise ErrorPage(address)
    soup = BeautifulSoup(_decode(data, address), "lxml")
    for tag in soup.find_all(NO_WORDS):
        if tag.name != "input":  # the hidden field of a PIB template holds the text
            tag.extract()
    for tag in [tag for tag in soup.find_all(True) if _is_hidden(tag)]:
        tag.extract()
    _refuse_error(soup, address)
    return soup


def without_chrome(tree: Tag, *, lists_too: bool = True) -> Tag:
    """Take menus, headers, footers and tools out of a tree (it is changed) and return it.

    `lists_too`: also blocks that are nothing but links, which a listing itself is.
    """
    for tag in [tag for tag in tree.find_all(True) if _is_chrome(tag)]:
        tag.extract()
    for tag in _menus(tree) if lists_too else ():
        tag.extract()
    return tree


def paragraphs_of(tree: Tag) -> list[str]:
    """Return the text of a tree, block by block, without empty ones. A line break stays one; cells stand apart."""
    return [part for part in (tidy(part) for part in _raw_paragraphs(tree)) if part]


def tidy(text: str) -> str:
    """Return a text with plain spaces, composed letters and no control characters; line breaks stay."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter == "\n" or unicodedata.category(letter) != "Cc"
    )
    lines = (" ".join(line.replace("\u200b", "").replace("\ufeff", "").split()) for line in plain.split("\n"))
    return "\n".join(line for line in lines if line).strip(" |")


def words_of(tag: Tag | None) -> str | None:
    """Return the words of a tag on one line, or None where there are none."""
    return (" ".join(tag.get_text(" ").split()) or None) if tag else None


def links_of(tree: Tag, address: str) -> Iterator[Link]:
    """Yield the web links of a tree, whole."""
    for tag in tree.find_all("a", href=True):
        target = join(address, str(tag["href"]))
        if target:
            yield Link(target, words_of(tag) or str(tag.get("title") or ""))


def files_of(tree: Tag, address: str) -> tuple[Link, ...]:
    """Return the files that a tree links to and the pictures it shows, each once; ornaments are left out."""
    found = [link for link in links_of(tree, address) if _FILE.search(link.address)]
    for picture in tree.find_all("img", src=True):
        target = join(address, str(picture["src"]))
        if target and _PICTURE.search(target) and not _DECORATION.search(target) and not _is_small(picture):
            found.append(Link(target, str(picture.get("alt") or "")))
    by_address: dict[str, Link] = {}
    for link in found:
        if link.words or link.address not in by_address:
            by_address.setdefault(link.address, link)
    return tuple(by_address.values())


def first(tree: Tag, selectors: Iterable[str]) -> Tag | None:
    """Return the first tag that one of the selectors finds, in the order of the selectors."""
    return next((tag for selector in selectors if (tag := tree.select_one(selector)) is not None), None)


def _decode(data: bytes, address: str) -> str | bytes:
    """Valid UTF-8 is UTF-8, whatever the page declares; for the rest the parser looks at the declaration."""
    if data[:4].strip().startswith((b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"\x1f\x8b")):
        raise UnknownShape(address)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data


def _is_hidden(tag: Tag) -> bool:
    if tag.name == "input":
        return False
    return tag.has_attr("hidden") or bool(_HIDDEN_STYLE.search(str(tag.get("style") or "").lower()))


def _is_chrome(tag: Tag) -> bool:
    if tag.name in ("body", "html", "form", "h1", "h2", "h3"):
        return False
    if tag.name in CHROME:
        return not (tag.name == "header" and tag.find_parent(("article", "main")))
    names = (*_as_list(tag.get("class")), *_as_list(tag.get("id")))
    return any(_CHROME_NAME.match(name) for name in names)


# So many links that make up nearly all of a block's letters; the block is looked for so far above a link.
LINKS_OF_A_MENU, SHARE_OF_A_MENU, LEVELS_ABOVE_A_LINK = 5, 0.85, 8


def _menus(tree: Tag) -> list[Tag]:
    """Return the blocks that are nothing but links."""
    found: dict[int, tuple[Tag, list[int]]] = {}  # by id: tags compare and hash by their whole content
    for link in tree.find_all("a"):
        for block in itertools.islice(link.parents, LEVELS_ABOVE_A_LINK):
            if block.name in ("ul", "ol", "table", "div"):
                found.setdefault(id(block), (block, []))[1].append(len(link.get_text(strip=True)))
    full = [(block, letters) for block, letters in found.values() if len(letters) >= LINKS_OF_A_MENU]
    return [block for block, letters in full if sum(letters) > SHARE_OF_A_MENU * len(block.get_text(strip=True))]


def _raw_paragraphs(tree: Tag) -> Iterator[str]:
    parts: list[str] = []
    block: Tag | None = None
    cell: Tag | None = None
    for element in tree.descendants:
        if isinstance(element, Tag):
            if element.name == "br":
                parts.append("\n")
            continue
        if isinstance(element, Comment) or not isinstance(element, NavigableString):
            continue
        own_block, own_cell = element.find_parent(BLOCKS), element.find_parent(CELLS)
        if own_block is not block:
            yield from _at_blank_lines(parts)
            parts, block = [], own_block
        elif own_cell is not cell and "".join(parts).strip():
            parts.append(" | ")
        cell = own_cell
        parts.append(re.sub(r"\s+", " ", str(element)))
    yield from _at_blank_lines(parts)


def _at_blank_lines(parts: list[str]) -> list[str]:
    return re.split(r"\n\s*\n", "".join(parts))


def _refuse_error(soup: BeautifulSoup, address: str) -> None:
    text = soup.get_text(" ", strip=True)
    letters = sum(1 for letter in text if letter == "\ufffd" or unicodedata.category(letter) in ("Cc", "Co", "Cn"))
    if letters > MOST_BROKEN_LETTERS * max(1, len(text)):
        raise UnknownShape(address)
    said = [words_of(tag) or "" for tag in soup.find_all(("title", "h1", "h2"))]
    said += [text] if len(text) <= ERROR_PAGE_IS_SHORT else []
    if any(_ERROR_WORDS.match(words) for words in said):
        rest = without_chrome(copy.copy(soup)).get_text(" ", strip=True)
        if len(rest) <= ERROR_PAGE_IS_SHORT:
            raise ErrorPage(address)


def _is_small(picture: Tag) -> bool:
    sizes = [str(picture.get(side) or "").removesuffix("px") for side in ("width", "height")]
    return any(size.isdigit() and int(size) < SMALLEST_NOTICE for size in sizes)


SMALLEST_NOTICE = 120  # pixels; nothing can be read on a smaller picture


def _as_list(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)] if value else []
