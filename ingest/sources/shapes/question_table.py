"""Reads a page of questions and answers in a table, as the Muscat mission prints its announcements and FAQs."""

from __future__ import annotations

from bs4 import Tag

from ingest.parsed import UNKNOWN, ListedItem, ParsedAdvisory, language_of
from ingest.sources.identity import canonical_address, make_key
from ingest.sources.shapes import mission_page
from ingest.sources.shapes.pages import files_of, open_page, tidy, words_of
from ingest.sources.trouble import UnknownShape
from knowledge.documents.document import MediaType

CELLS_OF_A_ROW = 3  # number, question, answer


def parse_listing(data: bytes, address: str) -> tuple[ListedItem, ...]:
    """Return the page itself as the one item where it holds questions, else the notices that it links to."""
    tree = open_page(data, address)
    if not _rows(tree):
        return mission_page.parse_listing(data, address)
    return (ListedItem(make_key(address), canonical_address(address), _title(tree), None),)


def parse_notice(data: bytes, address: str) -> ParsedAdvisory:
    """Return all questions with their answers as one notice without a date; the page prints none.

    Raises UnknownShape where there is no such table, and ErrorPage.
    """
    tree = open_page(data, address)
    rows = _rows(tree)
    if not rows:
        return mission_page.parse_notice(data, address)
    text = "\n\n".join(f"{question}\n{answer}" for _, question, answer in rows)
    title = _title(tree)
    if title is None:
        raise UnknownShape(address)
    return ParsedAdvisory(
        title=title,
        text=text,
        date=None,
        date_precision=UNKNOWN,
        date_words=None,
        language=language_of(text),
        issuer=None,
        address=canonical_address(address),
        key=make_key(address),
        siblings=(),
        attachments=files_of(tree, address),
        media_type=MediaType.HTML,
    )


def _title(tree: Tag) -> str | None:
    return words_of(tree.find(("h1", "h2", "h3"))) or words_of(tree.find("title"))


def _rows(tree: Tag) -> list[tuple[str, str, str]]:
    """Rows of three filled cells whose first is a number; the head row has none."""
    found = []
    for row in tree.find_all("tr"):
        cells = [tidy(cell.get_text(" ")) for cell in row.find_all(("td", "th"), recursive=False)]
        if len(cells) == CELLS_OF_A_ROW and cells[0].strip(".").isdecimal() and all(cells):
            found.append((cells[0], cells[1], cells[2]))
    return found
