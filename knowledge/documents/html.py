"""Knows what of a web page is the notice: main text, title, date, links, attachments. Runs in the child process.

The page's own words only: menus, comment forms, captchas and whatever a person would not see are left out. Official
sites have no common layout, so the place of the text is found by trafilatura and everything that stands there is kept:
a lost sentence of a warning is worse than a line too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from knowledge.documents.dates import FoundDate, describe_doubts, find_dates, find_own_date
from knowledge.documents.document import Document, Link, MediaType, Table, Unreadable, UnreadableReason
from knowledge.documents.legacy_fonts import is_legacy_font, looks_legacy, refuse_legacy
from knowledge.documents.parsing import Given, check_length, language_of, tidy
from knowledge.documents.sniffing import LARGEST_DECODED_BYTES, decode

Element = Any  # lxml has no types of its own

MOST_LINKS = 2000
MOST_ELEMENTS = 50_000  # a long listing has a fifth of that
DEEPEST = 200

_NEVER_READ = "script style template noscript iframe object embed applet svg math canvas audio video head"
_BESIDE = "nav footer aside dialog select option button"
_BESIDE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|footer|sidebar|social|share|sharing|comments?|captcha|"
    r"cookies?|skip|search|login|related|pager|pagination|newsletter|banner|marquee|ticker|topbar|accessibility|back-?to-?top)"
    r"(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
_COMMENT_LINES = re.compile(
    r"^(?:write a comment|post a comment|post comment|leave a (?:comment|reply)|verification code|comments?:?|"
    r"enter (?:the )?(?:verification )?code.*|name \*?|e-?mail \*?|your (?:name|e-?mail|comments?)|go to navigation|"
    r"skip to (?:main )?content|screen reader access|back|print|share|a\+|a-|a|\||\*|back \| print|"
    r"share on (?:facebook|twitter|x|whatsapp|linkedin).*|read this release in:?.*|visitor counter.*|"
    r"\(?release id:? ?\d+\)?)$",
    re.IGNORECASE,
)
_BLOCKS = re.compile(
    "address|article|blockquote|body|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h1|h2|"
    "h3|h4|h5|h6|header|hr|html|legend|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|"
    "ul|caption"
)
_PARAGRAPHS = re.compile("p|h1|h2|h3|h4|h5|h6|blockquote|table|ul|ol|pre|article|section|header|figure|dl|hr|address")
_FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|csv|jpe?g|png|webp)$", re.IGNORECASE)
_ICON_PIXELS = 120  # smaller pictures are no notices
_NOTICE_LETTERS = 60  # less than this on a page is not a text

_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0*(?:\.0*)?(?:[01](?:\.\d+)?px|0)(?![\d.%])|"
    r"opacity\s*:\s*0*(?:\.0+)?\s*(?:;|$|!)|text-indent\s*:\s*-\d{3,}|(?:left|top|margin-left)\s*:\s*-\d{3,}|"
    r"clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|(?<![-\w])(?:height|width|max-height)\s*:\s*0(?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_LONGEST_SHEET = 100_000
_AT_RULE = re.compile(r"@[a-z-]+[^{;]{0,300}(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_CSS_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_WHITE = re.compile(
    r"(?:#fff(?:fff)?|white|rgba?\(\s*25[0-5]\s*,\s*25[0-5]\s*,\s*25[0-5][^)]*\)|transparent)\s*(?:;|$|!)",
    re.IGNORECASE,
)
_COLOURED = re.compile(
    r"bg|banner|head|title|alert|blue|dark|black|primary|danger|warning|red|green|strip|panel|card|badge|label|btn|hero|box",
    re.IGNORECASE,
)


def read(given: Given) -> Document:
    """Read a web page. Raises Unreadable where it is damaged, too large or in a font from before Unicode."""
    root = parse_page(given.data, given.declared_type)
    head_title, published = _title_of_head(root), _date_of_head(root)
    legacy = _uses_legacy_font(root)
    hidden = clean_page(root)
    place = _find_place(root)
    text = check_length(text_of(place))
    if legacy or looks_legacy(text):
        raise refuse_legacy()
    title = _find_title(root, place, head_title)
    found = _find_date(text, place) or published
    links = tuple(_links(root, place, given.address))
    attachments = (*_attached(links), *_pictures(place, given.address, root))
    return Document(
        MediaType.HTML,
        text,
        title=title,
        date=found.date if found else None,
        date_words=found.words if found else None,
        language=language_of(text) or language_of(title or ""),
        links=links,
        attachments=attachments,
        tables=tuple(_tables(place)),
        notes=(
            *(["hidden text left out"] if hidden else []),
            *(
                ["hardly any text: the notice may be in the attachments"]
                if attachments and len(text) < _NOTICE_LETTERS
                else []
            ),
            *(describe_doubts(found, given.today) if found else ()),
        ),
    )


def parse_page(data: bytes, declared_type: str | None = None) -> Element:
    """Decode and parse a page into an lxml tree; source parsers start from it as well. Raises Unreadable."""
    text = decode(data, declared_type)
    if len(text) > LARGEST_DECODED_BYTES:
        raise Unreadable(UnreadableReason.TOO_LARGE, "This page is too large to be a notice. Please paste its text.")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\x00", "")
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        raise _damaged() from None
    if any("xcessive depth" in str(entry.message) for entry in parser.error_log) or _is_monstrous(root):
        raise Unreadable(
            UnreadableReason.DAMAGED,
            "This page is too large or too deeply built to be a notice. Please paste its text.",
        )
    return root


def clean_page(root: Element) -> bool:
    """Take out of the tree what is not the notice or not seen. Returns whether text was hidden from people."""
    hidden = _remove_hidden(root)
    for name in f"{_NEVER_READ} {_BESIDE}".split():
        for element in list(root.iter(name)):
            _remove(element)
    for form in root.iter("form"):
        form.tag = "div"  # ASP.NET pages stand in one form as a whole
    _remove_inputs(root)
    for element in list(root.iter()):
        if _is_beside(element):
            _remove(element)
    return hidden


def text_of(element: Element) -> str:
    """Return the text of an element as people see it: paragraphs separated by blank lines, table rows by line."""
    pieces: list[str] = []
    _write(element, pieces)
    lines = tidy("".join(pieces)).split("\n")
    return tidy("\n".join(line for line in lines if not _COMMENT_LINES.match(line.strip())))


def find_links(root: Element, address: str | None) -> tuple[Link, ...]:
    """List the links of an element with whole addresses: http, https and mailto only, each once."""
    return tuple(_links(root, root, address))


# --- finding the place ------------------------------------------------------------------------------------------------


def _find_place(root: Element) -> Element:
    """The smallest element that holds nearly all that trafilatura takes for the main text, else the whole body."""
    body = root.find("body")
    body = root if body is None else body
    wanted = _main_words(root)
    if not wanted:
        return body
    place = body
    while True:
        inside = next((child for child in place if isinstance(child.tag, str) and _holds(child, wanted)), None)
        if inside is None:
            return place
        place = inside


def _main_words(root: Element) -> list[str]:
    import trafilatura  # a third of a second

    found = trafilatura.extract(
        lxml.html.tostring(root, encoding="unicode"),
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        fast=True,
    )
    lines = [_squeeze(line.strip("-| ")) for line in (found or "").split("\n")]
    return [line for line in lines if len(line) > 20]


def _holds(element: Element, wanted: Sequence[str]) -> bool:
    text = _squeeze("".join(element.itertext()))
    whole = sum(map(len, wanted))
    return sum(len(line) for line in wanted if line in text) >= 0.97 * whole


def _squeeze(text: str) -> str:
    return re.sub(r"[\s|]+", "", text)


# --- what is not the notice -------------------------------------------------------------------------------------------


def _remove_hidden(root: Element) -> bool:
    hiding, whitening = _hiding_selectors(root), _whitening_selectors(root)
    found = False
    for element in list(root.iter()):
        if isinstance(element.tag, str) and _is_hidden(element, hiding, whitening):
            found = found or len("".join(element.itertext()).strip()) > 2
            _remove(element)
    return found


def _is_hidden(element: Element, hiding: frozenset[str], whitening: frozenset[str]) -> bool:
    style = element.get("style") or ""
    if element.get("hidden") is not None or _HIDING_STYLE.search(style) or _is_white_on_white(element, style):
        return element.tag not in ("html", "body")
    if element.tag == "font" and (
        element.get("size") == "0" or (_is_white_word(element.get("color")) and not _has_ground(element))
    ):
        return True
    names = {f"#{element.get('id')}", *(f".{name}" for name in (element.get("class") or "").split())}
    if names & {".active", ".show", ".in"}:  # the open one of several tabs
        return False
    return bool(names & hiding) or (bool(names & whitening) and not _has_ground(element))


def _hiding_selectors(root: Element) -> frozenset[str]:
    """Classes and ids that the page's own style sheet hides. Menus hidden so are lost too, which is no loss."""
    return _selectors(root, lambda declarations: bool(_HIDING_STYLE.search(declarations)))


def _whitening_selectors(root: Element) -> frozenset[str]:
    """Those that make words white without a colour behind them."""
    return _selectors(root, lambda declarations: _white_text(declarations) and "background" not in declarations)


def _selectors(root: Element, wanted: Callable[[str], bool]) -> frozenset[str]:
    """Plain selectors only, outside @media: what depends on a screen or on more than one class is left alone."""
    found: set[str] = set()
    for sheet in root.iter("style"):
        rules = re.sub(r"/\*.*?\*/", "", (sheet.text or "")[:_LONGEST_SHEET], flags=re.DOTALL)
        for selectors, declarations in _CSS_RULE.findall(_AT_RULE.sub("", rules)):
            if wanted(declarations):
                found |= {one.strip() for one in selectors.split(",") if re.fullmatch(r"\s*[.#][\w-]+\s*", one)}
    return frozenset(found)


def _is_white_on_white(element: Element, style: str) -> bool:
    return _white_text(style) and not _has_ground(element)


def _white_text(style: str) -> bool:
    found = re.search(r"(?<![-\w])color\s*:\s*([^;]+)", style, re.IGNORECASE)
    return bool(found and _is_white_word(found[1]))


def _is_white_word(colour: str | None) -> bool:
    return bool(colour and _WHITE.match(colour.strip() + ";"))


def _has_ground(element: Element) -> bool:
    """Whether it stands on a colour or picture of its own, as the white words of a heading do."""
    for one in (element, *element.iterancestors()):
        style = one.get("style") or ""
        ground = re.search(r"background(?:-color)?\s*:\s*([^;]+)", style, re.IGNORECASE)
        if ground:
            return not _is_white_word(ground[1]) or "url(" in ground[1]
        if one.get("bgcolor"):
            return not _is_white_word(one.get("bgcolor"))
        if _COLOURED.search(one.get("class") or ""):
            return True  # a style sheet elsewhere colours it: kept, for a heading must not be lost
    return False


def _remove_inputs(root: Element) -> None:
    """Take out each field with the small block around it: labels, captcha, buttons. The page around that stays."""
    for field in list(root.iter("textarea", "input")):
        if field.get("type", "text").lower() in ("hidden", "submit", "image", "button", "checkbox", "radio"):
            _remove(field)
            continue
        block, parent = field, field.getparent()
        while parent is not None and parent.tag in (
            "td",
            "tr",
            "table",
            "tbody",
            "div",
            "p",
            "label",
            "span",
            "fieldset",
            "li",
        ):
            if (
                len(_squeeze("".join(parent.itertext()))) > 160
                or parent.find(".//h1") is not None
                or parent.find(".//h2") is not None
            ):
                break
            block, parent = parent, parent.getparent()
        if block.getparent() is not None:
            _remove(block)


def _is_beside(element: Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in ("html", "body", "main", "article"):
        return False
    if element.get("role") in ("navigation", "banner", "search", "contentinfo", "dialog", "menu", "menubar"):
        return True
    marks = f"{element.get('id') or ''} {element.get('class') or ''}"
    if marks.strip() and _BESIDE_WORDS.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", marks)):
        return not _is_most_of_page(element)
    return element.tag in ("ul", "ol", "div", "table") and _is_menu(element)


def _is_most_of_page(element: Element) -> bool:
    """A layout may call its whole content "menu-wrapper"; what holds half of the page's prose is not beside it."""
    paragraphs = [len(paragraph.text_content()) for paragraph in element.iter("p")]
    everything = [len(paragraph.text_content()) for paragraph in element.getroottree().getroot().iter("p")]
    return sum(paragraphs) > 0.5 * max(1, sum(everything)) and sum(paragraphs) > 200


def _is_menu(element: Element) -> bool:
    """Many short links and hardly a word beside them; dates beside the links make it a listing."""
    links = list(element.iter("a"))
    if len(links) < 6:
        return False
    text = _squeeze(element.text_content())
    linked = sum(len(_squeeze(link.text_content())) for link in links)
    longest = max(len(link.text_content().strip()) for link in links)
    return (
        linked >= 0.95 * len(text)
        and longest <= 40
        and not any(_FILES.search(link.get("href") or "") for link in links)
    )


def _remove(element: Element) -> None:
    if element.getparent() is not None:
        element.drop_tree()


# --- text -------------------------------------------------------------------------------------------------------------


def _write(element: Element, pieces: list[str]) -> None:
    """Write text and breaks in the order of the page. Depth is bounded by DEEPEST, see `_is_monstrous`."""
    if not isinstance(element.tag, str):
        return
    if element.tag == "br":
        pieces.append("\n")
        return
    if element.tag == "table" and _is_data(element):
        pieces.append("\n\n" + "\n".join(" | ".join(row).strip(" |") for row in _rows(element)) + "\n\n")
        return
    around = "\n\n" if _PARAGRAPHS.fullmatch(element.tag) else "\n" if _BLOCKS.fullmatch(element.tag) else ""
    if element.tag == "li":
        around = "\n"
    pieces.append(around)
    pieces.append(_flat(element.text))
    for child in element:
        _write(child, pieces)
        pieces.append(_flat(child.tail))
    pieces.append(around)


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _is_data(table: Element) -> bool:
    """A table of data has several rows and columns of short cells; others only arrange the page."""
    if table.find(".//table") is not None or any(
        element.tag in ("h1", "h2", "ul", "ol", "form") for element in table.iter()
    ):
        return False
    rows = _rows(table)
    wide = [row for row in rows if len(row) > 1]
    return len(wide) >= 2 and len(wide) >= 0.5 * len(rows) and all(len(cell) < 600 for row in wide for cell in row)


def _rows(table: Element) -> list[tuple[str, ...]]:
    rows = []
    for row in table.iter("tr"):
        cells = tuple(tidy(" ".join(cell.itertext())).replace("\n", " ") for cell in row if cell.tag in ("td", "th"))
        if any(cells):
            rows.append(cells)
    return rows


def _tables(place: Element) -> Iterator[Table]:
    for number, table in enumerate((one for one in place.iter("table") if _is_data(one)), start=1):
        yield Table(f"table {number}", tuple(_rows(table)))


# --- title, date, links -----------------------------------------------------------------------------------------------


def _find_title(root: Element, place: Element, head_title: str | None) -> str | None:
    """The heading of the text: inside it, else the last before it, else what the page calls itself."""
    headings = [one for one in root.iter("h1", "h2", "h3") if tidy(one.text_content())]
    inside = [one for one in headings if one is place or place in one.iterancestors()]
    order = {element: position for position, element in enumerate(root.iter())}
    before = [one for one in headings if order[one] < order[place]]
    for one in (*_by_rank(inside), *reversed(before)):
        text = tidy(one.text_content()).replace("\n", " ")
        if 8 <= len(text) <= 400 and not _COMMENT_LINES.match(text):
            return text
    return head_title


def _by_rank(headings: Sequence[Element]) -> list[Element]:
    return sorted(headings, key=lambda one: str(one.tag))


def _title_of_head(root: Element) -> str | None:
    shared = root.xpath("string(//meta[@property='og:title']/@content)").strip()
    own = str(root.findtext(".//title") or "").strip()
    title = re.split(r"\s+[|–—-]\s+(?=[^|–—-]{3,60}$)|\s*\|\s*", tidy(own).replace("\n", " "))[0] if own else ""
    return shared or title or None


def _date_of_head(root: Element) -> FoundDate | None:
    """What a page says for machines; only used where its words say nothing."""
    for path in (
        "//meta[@property='article:published_time']/@content",
        "//meta[@itemprop='datePublished']/@content",
        "//meta[translate(@name,'DATE','date')='date']/@content",
        "//main//time/@datetime|//article//time/@datetime",
    ):
        for value in root.xpath(path):
            found = find_dates(str(value)[:10])
            if found:
                return found[0]
    return None


def _find_date(text: str, place: Element) -> FoundDate | None:
    """In the text, else in the lines around it: on many sites the date stands above the text, under the heading."""
    found = find_own_date(text)
    around = place.getparent()
    while found is None and around is not None and around.tag not in ("html",):
        found = find_own_date(text_of(around))
        around = around.getparent()
    return found


def _links(root: Element, place: Element, address: str | None) -> Iterator[Link]:
    base = _base(root, address)
    seen: set[str] = set()
    for element in place.iter("a", "area", "embed"):
        whole = _whole(element.get("href"), base)
        if whole and whole not in seen and len(seen) < MOST_LINKS:
            seen.add(whole)
            yield Link(whole, tidy(element.text_content() or element.get("title") or "").replace("\n", " ")[:300])


def _base(root: Element, address: str | None) -> str | None:
    own = root.xpath("string(//base/@href)")
    return urljoin(address or "", str(own)) if own else address


def _whole(href: str | None, base: str | None) -> str | None:
    if not href or href.strip().startswith("#"):
        return None
    try:
        whole = urljoin(base or "", href.strip())
        scheme = urlsplit(whole).scheme
    except ValueError:
        return None
    return whole if scheme in ("http", "https", "mailto") or (not scheme and not base) else None


def _attached(links: Sequence[Link]) -> Iterator[Link]:
    return (link for link in links if _FILES.search(urlsplit(link.address).path))


def _pictures(place: Element, address: str | None, root: Element) -> Iterator[Link]:
    """Some notices are only a picture on the page."""
    base = _base(root, address)
    for picture in place.iter("img"):
        whole = _whole(picture.get("src"), base)
        if whole and re.search(r"\.(?:jpe?g|png|webp)$", urlsplit(whole).path, re.IGNORECASE) and not _is_icon(picture):
            yield Link(whole, (picture.get("alt") or "").strip()[:300])


def _is_icon(picture: Element) -> bool:
    sizes = [re.match(r"\d+", picture.get(side) or "") for side in ("width", "height")]
    small = any(
        size and int(size[0]) < _ICON_PIXELS and not (picture.get("width") or "").endswith("%") for size in sizes
    )
    return small or bool(
        re.search(r"logo|icon|emblem|banner|flag|arrow|spacer", picture.get("src") or "", re.IGNORECASE)
    )


def _uses_legacy_font(root: Element) -> bool:
    """Whether more than a few words stand in such a font."""
    letters = 0
    for element in root.iter("font", "span", "p", "div", "td"):
        face = element.get("face") or "".join(re.findall(r"font-family\s*:\s*([^;,]+)", element.get("style") or ""))
        if face and is_legacy_font(face):
            letters += len(re.findall(r"[A-Za-z]", element.text_content()))
    return letters >= 20


def _is_monstrous(root: Element) -> bool:
    deepest = elements = 0
    depth = 0
    for event, _ in lxml.etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        elements += event == "start"
        if deepest > DEEPEST or elements > MOST_ELEMENTS:
            return True
    return False


def _damaged() -> Unreadable:
    return Unreadable(
        UnreadableReason.DAMAGED, "This page cannot be read: it seems to be damaged. Please paste its text."
    )
