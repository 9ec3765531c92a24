"""Reads a list of recruiting agents from the tables of a file: which column is what, and whether every row is right.

All rows or none: what is wrong is told row by row, by the number that the row has in the file. Stores nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.agents import AgentList, AgentStatus, ListedAgent, make_name_key, make_number_key
from knowledge.documents.document import Table

MOST_PROBLEMS_SHOWN = 40
LONGEST_CELL = {"name": 160, "number": 80, "address": 600, "state": 80}
SEARCHED_FOR_HEADER = 15  # rows of titles that may stand above the header

Report = Callable[[str, int, int], None]


class Field(StrEnum):
    """What a column can hold."""

    NAME = "name"
    NUMBER = "number"
    STATUS = "status"
    VALID_UNTIL = "valid_until"
    ADDRESS = "address"
    STATE = "state"


REQUIRED = {
    AgentList.REGISTERED: (Field.NAME, Field.NUMBER),
    AgentList.UNREGISTERED: (Field.NAME,),
}


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row; `row` is its number in the file."""

    row: int
    problem: str

    def __str__(self) -> str:
        return f"Row {self.row}: {self.problem}"


class BadList(Exception):
    """A list cannot be taken in; the message names every row that is wrong, and what to do."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        shown = [str(problem) for problem in problems[:MOST_PROBLEMS_SHOWN]]
        left = len(problems) - len(shown)
        more = [f"… and {left} more rows"] if left > 0 else []
        rows = "1 row is" if len(problems) == 1 else f"{len(problems)} rows are"
        head = f"Nothing was stored: {rows} not right. Correct the file, or ask whoever made it, and import it again."
        super().__init__("\n".join([head, *shown, *more]))
        self.problems = tuple(problems)


class NoColumns(Exception):
    """It is not known which column is what; `header` and `proposal` say how far it could be told."""

    def __init__(self, header: Header, proposal: Mapping[Field, int], missing: Sequence[Field]) -> None:
        columns = ", ".join(f"{letter_of(place)} “{words}”" for place, words in enumerate(header.cells) if words)
        need = " and ".join(missing)
        super().__init__(
            f"Row {header.row} looks like the header, but no column for {need} is recognised. Its columns: {columns}. "
            f"Say once which is which, for example: --map {missing[0]}=B. It is remembered for files with this header."
        )
        self.header = header
        self.proposal = dict(proposal)


@dataclass(frozen=True)
class Header:
    """The row that names the columns, and where it stands."""

    table: int
    place: int
    row: int  # its number in the file
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ListRead:
    """All firms of a file, and what staff should know: rows that stood in it twice."""

    agents: tuple[ListedAgent, ...]
    duplicates: tuple[RowProblem, ...]


_HEADER_WORDS: dict[Field, tuple[str, ...]] = {
    Field.NUMBER: (
        r"(?:registration|regn?|rc|ra|licen[cs]e|certificate)\W*(?:cert\w*\W*)?(?:no|num|number|id)\b",
        r"^(?:rc|regn?|licen[cs]e)$",
        r"पंजीकरण|लाइसेंस|रजिस्ट्रेशन",
    ),
    Field.NAME: (
        r"^(?:name|agent|agency|ra)$",
        r"name\W*(?:and address\W*)?of\W*(?:\w+\W*){0,4}(?:agent|agency|firm|company|recruit\w*|ra|entity|person)",
        r"(?:agent|agency|firm|company|ra|recruiter)\W*s?\W*name",
        r"नाम",
    ),
    Field.STATUS: (r"\bstatus\b", r"स्थिति"),
    Field.VALID_UNTIL: (r"valid\w*\W*(?:up\W*to|till|until|to)?", r"expir\w*|date of expiry", r"वैध"),
    Field.ADDRESS: (r"\baddress\b", r"पता"),
    Field.STATE: (r"^state\b", r"\bstate\W*(?:ut)?$", r"राज्य"),
}
_STATUS_WORDS = {
    AgentStatus.ACTIVE: "active valid registered current renewed live running चालू सक्रिय",
    AgentStatus.SUSPENDED: "suspended suspend suspension onhold hold blocked निलंबित",
    AgentStatus.CANCELLED: "cancelled canceled revoked surrendered closed blacklisted debarred cancel रद्द",
    AgentStatus.EXPIRED: "expired lapsed inactive notrenewed",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(r"(?P<d>\d{1,2})[\s./-]+(?P<m>\d{1,2}|[A-Za-z]{3,9})[\s./,-]+(?P<y>\d{4})")
_ISO_DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T]00:00(?::00)?)?")
_NO_VALUE = frozenset({"", "-", "--", "–", "na", "n/a", "nil", "none", "null"})


def find_header(tables: Sequence[Table], columns_of: Callable[[tuple[str, ...]], bool] | None = None) -> Header:
    """Find the row that names the columns. `columns_of` says whether a header is known. Raises BadList."""
    candidates = [
        Header(at, place, table.first_row + place, row)
        for at, table in enumerate(tables)
        for place, row in enumerate(table.rows[:SEARCHED_FOR_HEADER])
        if sum(bool(cell.strip()) for cell in row) >= 2
    ]
    known = [header for header in candidates if columns_of and columns_of(header.cells)]
    if known:
        return known[0]
    named = [header for header in candidates if propose_columns(header.cells)]
    if not named:
        row = candidates[0].row if candidates else (tables[0].first_row if tables else 1)
        raise BadList([RowProblem(row, "no row names the columns (name, registration number, …); add a header row")])
    return max(named, key=lambda header: (len(propose_columns(header.cells)), -header.table, -header.place))


def propose_columns(cells: Sequence[str]) -> dict[Field, int]:
    """Guess from the words of a header which column is what; each column and each field at most once."""
    proposal: dict[Field, int] = {}
    for field, patterns in _HEADER_WORDS.items():
        for pattern in patterns:
            places = [
                place
                for place, cell in enumerate(cells)
                if len(cell) <= 80 and place not in proposal.values() and re.search(pattern, _plain(cell))
            ]
            if places and field not in proposal:
                proposal[field] = places[0]
    return proposal


def make_signature(agent_list: AgentList, cells: Sequence[str]) -> str:
    """Name a header, so that what staff said of its columns is found again for the next file like it."""
    words = "\x1f".join([agent_list.value, *(_plain(cell) for cell in cells)])
    return hashlib.sha256(words.encode()).hexdigest()


def choose_columns(
    header: Header, agent_list: AgentList, known: Mapping[str, int] | None, said: Mapping[Field, int]
) -> dict[Field, int]:
    """Say which column is what: what staff say now, else what they said before, else what the header says.

    Raises NoColumns where a column that is needed cannot be told, and BadList where two fields share a column.
    """
    remembered = {Field(name): place for name, place in (known or {}).items()}
    columns = (remembered or propose_columns(header.cells)) | dict(said)
    missing = [field for field in REQUIRED[agent_list] if field not in columns]
    if missing:
        raise NoColumns(header, columns, missing)
    width = len(header.cells)
    for field, place in columns.items():
        if place >= width:
            raise BadList([RowProblem(header.row, f"has no column {letter_of(place)}, which was given for {field}")])
    if len(set(columns.values())) < len(columns):
        raise BadList([RowProblem(header.row, "one column was given for two fields; give each its own")])
    return columns


def read_list(
    tables: Sequence[Table],
    header: Header,
    columns: Mapping[Field, int],
    agent_list: AgentList,
    report: Report | None = None,
) -> ListRead:
    """Read every row below the header. Raises BadList with all rows that are wrong."""
    rows = list(_rows_below(tables, header))
    agents: list[tuple[int, ListedAgent]] = []
    problems: list[RowProblem] = []
    for count, (number, cells) in enumerate(rows, start=1):
        found = _read_row(cells, columns, agent_list, len(header.cells))
        if isinstance(found, ListedAgent):
            agents.append((number, found))
        else:
            problems += [RowProblem(number, problem) for problem in found]
        if report and (count % 500 == 0 or count == len(rows)):
            report("Reading rows", count, len(rows))
    if not rows:
        problems.append(RowProblem(header.row, "there is no row below the header"))
    kept, duplicates, clashes = _find_duplicates(agents)
    if problems or clashes:
        raise BadList(sorted([*problems, *clashes], key=lambda problem: problem.row))
    return ListRead(tuple(kept), tuple(duplicates))


def letter_of(place: int) -> str:
    """Name a column as spreadsheets do: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, left = divmod(place - 1, 26)
        letters = chr(ord("A") + left) + letters
    return letters


def place_of(column: str) -> int | None:
    """Return the place of a column that is named as spreadsheets do, or by its number from 1; None for other words."""
    if re.fullmatch(r"[A-Za-z]{1,2}", column):
        place = 0
        for letter in column.upper():
            place = place * 26 + ord(letter) - ord("A") + 1
        return place - 1
    return int(column) - 1 if re.fullmatch(r"[1-9]\d{0,2}", column) else None


def parse_day(words: str) -> dt.date | None:
    """Read a day as Indian lists write it (31/12/2026, 31-Dec-2026, 2026-12-31); None where it is none."""
    found = _ISO_DAY.fullmatch(words) or _DAY.fullmatch(words)
    if not found:
        return None
    month = found["m"].lower()
    number = int(month) if month.isdigit() else next((n for n, m in enumerate(_MONTHS, 1) if month.startswith(m)), 0)
    try:
        return dt.date(int(found["y"]), number, int(found["d"]))
    except ValueError:
        return None


def _rows_below(tables: Sequence[Table], header: Header) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of the header's table and of those after it (a PDF has one a page), without repeated headers."""
    names = tuple(map(_plain, header.cells))
    for at, table in enumerate(tables[header.table :]):
        start = header.place + 1 if at == 0 else 0
        for place, row in enumerate(table.rows[start:], start=start):
            if any(cell.strip() for cell in row) and tuple(map(_plain, row)) != names:
                yield table.first_row + place, row


def _read_row(
    cells: tuple[str, ...], columns: Mapping[Field, int], agent_list: AgentList, width: int
) -> ListedAgent | list[str]:
    """One firm, or what is wrong with its row."""
    extra = [cell for cell in cells[width:] if cell.strip()]
    if extra:
        return [f"has {len(cells)} cells, the header {width}; a comma or a line end inside a cell moves the others"]
    values = {field: _cell(cells, place) for field, place in columns.items()}
    problems = [*_problems_of_text(values), *_problems_of_name(values[Field.NAME])]
    number = values.get(Field.NUMBER, "")
    number = "" if number.casefold() in _NO_VALUE else number
    if agent_list is AgentList.REGISTERED:
        problems += _problems_of_number(number)
    status, wrong_status = _read_status(values.get(Field.STATUS), agent_list)
    valid_until, wrong_day = _read_day(values.get(Field.VALID_UNTIL, ""))
    problems += [*wrong_status, *wrong_day]
    if problems:
        return problems
    return ListedAgent(
        agent_list,
        values[Field.NAME],
        number,
        status,
        values.get(Field.ADDRESS) or None,
        values.get(Field.STATE) or None,
        valid_until,
    )


def _cell(cells: tuple[str, ...], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def _problems_of_text(values: Mapping[Field, str]) -> Iterator[str]:
    for field, value in values.items():
        longest = LONGEST_CELL.get(field, 80)
        if len(value) > longest:
            yield f"{field} has {len(value)} letters; more than {longest} is no {field}"
        if "\ufffd" in value or _MOJIBAKE.search(value):
            yield f"{field} “{_short(value)}” has broken letters; save the file as UTF-8"
        if value[:1] in ("=", "@", "\t") or re.match(r"[+-](?!\d*$)\s*\w*[(\d]*.*[()!|]", value):
            yield f"{field} “{_short(value)}” begins like a formula; paste the table as values only"
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cn") and letter not in _JOINERS for letter in value):
            yield f"{field} “{_short(value)}” holds signs that cannot be seen; type it anew"


_JOINERS = "\u200c\u200d"  # needed in Indian scripts
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf©¤¨¶¼]|â€|à¤|à¥|ï¿½")


def _problems_of_name(name: str) -> Iterator[str]:
    if name.casefold() in _NO_VALUE:
        yield "the name is empty"
    elif sum(letter.isalpha() for letter in name) < 2 or not make_name_key(name):
        yield f"“{_short(name)}” is no name"
    elif re.search(r"https?://|www\.|@", name):
        yield f"“{_short(name)}” is an address, no name"


def _problems_of_number(number: str) -> Iterator[str]:
    if not number:
        yield "the registration number is empty"
        return
    key = make_number_key(number)
    digits = sum(letter.isdigit() for letter in key)
    if re.fullmatch(r"[\d.,]+[eE]\+?\d+", number):
        yield f"the registration number “{_short(number)}” was changed by the spreadsheet; format the column as text"
    elif digits < 3 or not re.search(r"[A-Z]", key) or not re.fullmatch(r"[A-Z0-9/]+", key):
        yield f"“{_short(number)}” is no registration number such as B-0123/DEL/PER/1000+/5/9999/2019"
    elif parse_day(number):
        yield f"“{_short(number)}” is a date, no registration number"


def _read_status(words: str | None, agent_list: AgentList) -> tuple[AgentStatus, list[str]]:
    if words is None or agent_list is AgentList.UNREGISTERED:
        return AgentStatus.ACTIVE, []  # a list without this column leaves out who is not active
    if words.casefold() in _NO_VALUE:
        return AgentStatus.ACTIVE, ["the status is empty; the list must say active, suspended, cancelled or expired"]
    key = "".join(letter for letter in words.casefold() if letter.isalpha() or unicodedata.category(letter)[0] == "M")
    for status, spellings in _STATUS_WORDS.items():
        if key in spellings.split():
            return status, []
    known = "active, suspended, cancelled or expired"
    return AgentStatus.ACTIVE, [f"the status “{_short(words)}” is not known; write {known}"]


def _read_day(words: str) -> tuple[dt.date | None, list[str]]:
    if words.casefold() in _NO_VALUE:
        return None, []
    day = parse_day(words)
    if day is None or not 1983 <= day.year <= 2100:  # the Emigration Act is of 1983
        return None, [f"“{_short(words)}” is no day that I can read; write it as 31/12/2026"]
    return day, []


def _find_duplicates(
    agents: Sequence[tuple[int, ListedAgent]],
) -> tuple[list[ListedAgent], list[RowProblem], list[RowProblem]]:
    """Keep each firm once. The very same row again is reported; one number for two different rows is a mistake."""
    first: dict[str, tuple[int, ListedAgent]] = {}
    kept: list[ListedAgent] = []
    duplicates: list[RowProblem] = []
    clashes: list[RowProblem] = []
    for number, agent in agents:
        key = make_number_key(agent.number) or repr((make_name_key(agent.name), agent.address, agent.state))
        if key not in first:
            first[key] = (number, agent)
            kept.append(agent)
        elif first[key][1] == agent:
            duplicates.append(RowProblem(number, f"the same as row {first[key][0]}; kept once"))
        else:
            clashes.append(
                RowProblem(number, f"the registration number stands in row {first[key][0]} too, for another entry")
            )
    return kept, duplicates, clashes


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def _short(words: str) -> str:
    return words if len(words) <= 40 else words[:39] + "…"
