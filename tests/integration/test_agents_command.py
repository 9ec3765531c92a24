"""`satark-ingest agents` at a terminal, with real files. Every firm is invented."""

import csv
import io
import json

import openpyxl
import pytest
from agent_builders import NUMBER, TODAY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle
from typer.testing import CliRunner

from ingest.commands import agents
from ingest.commands.agents import agents_app, neutralise
from ingest.commands.parts import USER_ERRORS
from knowledge.agents import load_register
from knowledge.database import build_engine, read_session

HEADER = ["S.No", "RC Number", "Name of Recruiting Agent", "Address", "State", "Status", "Valid Upto"]
ROWS = [
    ["1", NUMBER, "Al Noor Manpower", "12 Example Road, Delhi", "Delhi", "Active", "31/12/2029"],
    [
        "2",
        "B-0500/MUM/PER/50/5/7/2020",
        "Blue Kite Travels",
        "1 Sea Face, Mumbai",
        "Maharashtra",
        "Suspended",
        "01-Jan-2030",
    ],
    [
        "3",
        "B-0600/CHN/PER/50/5/7/2020",
        "Red Lamp Overseas",
        "5 Temple St, Chennai",
        "Tamil Nadu",
        "Active",
        "2030-06-30",
    ],
]


class Terminal:
    """Somebody of the staff with files and a database of their own."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.url = f"sqlite:///{folder / 'satark.sqlite3'}"
        monkeypatch.setenv("DATABASE_URL", self.url)
        monkeypatch.setenv("COLUMNS", "300")
        monkeypatch.chdir(folder)

    def run(self, *arguments):
        self.result = CliRunner().invoke(agents_app, [str(argument) for argument in arguments])
        error = self.result.exception
        if error is not None and not isinstance(error, (SystemExit, *USER_ERRORS, *agents.USER_ERRORS)):
            raise error
        self.refusal = "" if error is None or isinstance(error, SystemExit) else str(error)
        return self.result.exit_code

    def run_json(self, *arguments):
        assert self.run(*arguments, "--json") == 0, self.refusal or self.result.output
        return json.loads(self.result.stdout)

    def imports(self, file, listed="registered", as_of="2026-10-01", *more):
        return self.run("import", file, "--list", listed, "--as-of", as_of, "--yes", *more)

    @property
    def lists(self):
        return self.run_json("list")

    def csv(self, rows, name="list.csv", encoding="utf-8"):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return self.bytes(text.getvalue().encode(encoding), name)

    def xlsx(self, rows, name="list.xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(self.folder / name)
        return self.folder / name

    def pdf(self, rows, name="list.pdf"):
        lined = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black")])
        SimpleDocTemplate(str(self.folder / name), pagesize=landscape(A4)).build([Table(rows, style=lined)])
        return self.folder / name

    def bytes(self, data, name):
        (self.folder / name).write_bytes(data)
        return self.folder / name


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    return Terminal(tmp_path, monkeypatch)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_read_with_its_columns_dates_and_status(terminal, kind):
    title = ["List of registered recruiting agents", *[""] * 6]
    file = getattr(terminal, kind)([title, HEADER, *ROWS])

    assert terminal.imports(file) == 0, terminal.refusal

    [view] = terminal.lists
    assert (view["agent_list"], view["as_of"], view["agents"], view["is_used"]) == ("registered", "2026-10-01", 3, True)
    firms = terminal.run_json("show", view["id"])["firms"]
    assert [firm["status"] for firm in firms] == ["active", "suspended", "active"]
    assert [firm["valid_until"] for firm in firms] == ["2029-12-31", "2030-01-01", "2030-06-30"]


def test_columns_are_proposed_once_and_then_remembered(terminal):
    file = terminal.csv([HEADER, *ROWS])

    terminal.run("import", file, "--list", "registered", "--as-of", "2026-10-01")
    assert "--map number=B" in terminal.refusal
    assert "--yes" in terminal.refusal

    assert terminal.imports(file) == 0
    later = terminal.csv([HEADER, *ROWS[:1], *ROWS], name="later.csv")
    assert terminal.run("import", later, "--list", "registered", "--as-of", "2026-11-01") == 0


def test_columns_with_strange_names_are_mapped_by_staff_once(terminal):
    rows = [["a", "b", "c"], ["x", NUMBER, "Al Noor Manpower"]]
    file = terminal.csv(rows)

    terminal.run("import", file, "--list", "registered", "--as-of", "2026-10-01")
    assert terminal.refusal

    header = [["code", "who", "where"], [NUMBER, "Al Noor Manpower", "Delhi"]]
    mapped = terminal.csv([["code", "name of firm", "where"], *header[1:]], name="mapped.csv")
    terminal.run("import", mapped, "--list", "registered", "--as-of", "2026-10-01")
    assert "--map number=B" in terminal.refusal
    assert terminal.run("import", mapped, "--list", "registered", "--as-of", "2026-10-01", "--map", "number=code") == 0
    again = terminal.csv([["code", "name of firm", "where"], *header[1:]], name="again.csv")
    assert terminal.run("import", again, "--list", "registered", "--as-of", "2026-11-01") == 0


def test_the_same_row_twice_is_reported_and_kept_once(terminal):
    file = terminal.csv([HEADER, *ROWS, ROWS[0]])

    said = terminal.run_json("import", file, "--list", "registered", "--as-of", "2026-10-01", "--yes")

    assert said["agents"] == 3
    assert said["duplicates"] == ["Row 5: the same as row 2; kept once"]


def test_a_dry_run_stores_nothing(terminal):
    terminal.imports(terminal.csv([HEADER, *ROWS]), "registered", "2026-10-01")

    assert terminal.imports(terminal.csv([HEADER, *ROWS[:2]], name="b.csv"), "registered", "2026-11-01", "--dry-run",
                            "--confirm") == 0  # fmt: skip
    assert len(terminal.lists) == 1


def test_look_up_undo_diff_and_export_work_from_the_terminal(terminal):
    terminal.imports(terminal.csv([HEADER, *ROWS]), "registered", "2026-10-01")
    changed = [
        [*ROWS[0][:5], "Suspended", ROWS[0][6]],
        *ROWS[1:],
        ["4", "B-0700/DEL/PER/5/5/7/2021", "Tin Drum Travels", "", "", "Active", ""],
    ]
    terminal.imports(terminal.csv([HEADER, *changed], name="b.csv"), "registered", "2026-11-01")
    newest = terminal.lists[0]["id"]

    diff = terminal.run_json("diff", newest)
    assert [firm["name"] for firm in diff["new"]] == ["Tin Drum Travels"]
    assert [change["fields"] for change in diff["stopped"]] == [["status"]]
    assert terminal.run("look-up", NUMBER) == 1
    assert "suspended" in terminal.result.output
    assert "Registered is not safe" in terminal.result.output
    assert terminal.run("undo", newest, "--reason", "wrong file") == 0
    assert terminal.run("look-up", "al noor", "manpower") == 0
    assert "exact" in terminal.result.output
    assert terminal.run("export", terminal.lists[-1]["id"], "out.csv") == 0
    assert "Blue Kite Travels" in (terminal.folder / "out.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("cell", ["=1+1", "+91", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_an_exported_cell_never_runs_in_a_spreadsheet(cell):
    assert neutralise(cell) == f"'{cell}"
    assert neutralise("Al Noor") == "Al Noor"


def test_the_list_of_unregistered_agents_needs_names_only(terminal):
    rows = [
        ["Sl No", "Name of Agent", "Address", "State"],
        ["1", "Sunrise Overseas", "Kollam", "Kerala"],
        ["2", "Moon Travels", "", ""],
    ]

    assert terminal.imports(terminal.csv(rows), "unregistered") == 0, terminal.refusal

    with read_session(build_engine(terminal.url)) as session:
        register = load_register(session, TODAY)
    assert register.unregistered is not None
    assert register.registered is None


def test_ten_thousand_agents_come_in_at_once(terminal):
    rows = [
        [str(n), f"B-{n:05d}/DEL/PER/100/5/{n}/2020", f"Invented Firm {n} Overseas", "", "", "Active", ""]
        for n in range(10_000)
    ]

    assert terminal.imports(terminal.csv([HEADER, *rows])) == 0, terminal.refusal

    assert terminal.lists[0]["agents"] == 10_000


def good(change=None, place=None, extra=()):
    """A list of three with one cell changed: `place` is (row of the file, column from 0)."""
    rows = [list(row) for row in [HEADER, *ROWS]]
    if place is not None:
        rows[place[0] - 1][place[1]] = change
    return [*rows, *extra]


MALFORMED = [
    ("no name", good("", (3, 2)), "Row 3"),
    ("no number", good("", (2, 1)), "Row 2"),
    ("a dash as number", good("-", (4, 1)), "Row 4"),
    ("a number of a spreadsheet", good("1.23E+15", (2, 1)), "Row 2"),
    ("a date as number", good("12/05/2020", (3, 1)), "Row 3"),
    ("a name as number", good("Al Noor", (3, 1)), "Row 3"),
    ("one number for two firms", good(NUMBER, (4, 1)), "Row 4"),
    ("an unknown status", good("Purple", (2, 5)), "Row 2"),
    ("an empty status", good("", (3, 5)), "Row 3"),
    ("a day that does not exist", good("31/02/2029", (2, 6)), "Row 2"),
    ("a month that does not exist", good("01-Foo-2029", (4, 6)), "Row 4"),
    ("a day of another age", good("01/01/1899", (3, 6)), "Row 3"),
    ("a day in two figures", good("1/2/29", (3, 6)), "Row 3"),
    ("a formula as name", good("=HYPERLINK(1)", (2, 2)), "Row 2"),
    ("a formula with plus", good("+cmd|'/C calc'!A0", (3, 2)), "Row 3"),
    ("a formula with at", good("@SUM(A1:A9)", (4, 3)), "Row 4"),
    ("a name without letters", good("12345", (2, 2)), "Row 2"),
    ("a web address as name", good("www.alnoor.example", (3, 2)), "Row 3"),
    ("a mail address as name", good("jobs@alnoor.example", (3, 2)), "Row 3"),
    ("a name that is a story", good("Al Noor " * 40, (2, 2)), "Row 2"),
    ("broken letters", good("Al NoÃ¼r Manpower", (4, 2)), "Row 4"),
    ("a replaced letter", good("Al No\ufffdr", (4, 2)), "Row 4"),
    ("an address as long as a book", good("12 Example Road, " * 60, (2, 3)), "Row 2"),
    ("cells moved by a comma", [HEADER, [*ROWS[0], "more"], *ROWS[1:]], "Row 2"),
    ("no header", ROWS, "Row 1"),
    ("a header and no rows", [HEADER], "Row 1"),
    ("several at once", good("", (2, 2), [["9", "", "", "", "", "?", "?"]]), "Row 5"),
    ("a look-alike letter in the number", good("В-0123/DEL/PER/1000+/5/9999/2019", (2, 1)), "Row 2"),
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("why", "rows", "named"), MALFORMED, ids=[case[0] for case in MALFORMED])
def test_a_malformed_list_is_refused_whole_and_its_row_named(terminal, kind, why, rows, named):
    file = getattr(terminal, kind)(rows)

    code = terminal.imports(file)

    assert code != 0
    assert named in terminal.refusal, terminal.refusal
    assert terminal.lists == []


@pytest.mark.parametrize(
    ("why", "data", "name"),
    [
        ("a zip called xlsx", b"PK\x05\x06" + b"\0" * 18, "list.xlsx"),
        ("nothing at all", b"", "list.csv"),
        ("zeros", b"\0" * 4000, "list.csv"),
        ("a quotation mark that never closes", b'Name,RC Number\n"Al Noor,B-0123/DEL/PER/1/5/1/2020\n', "list.csv"),
        ("a program", b"\x7fELF" + b"\0" * 500, "list.csv"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_plain_words(terminal, why, data, name):
    assert terminal.imports(terminal.bytes(data, name)) != 0
    assert terminal.refusal
    assert "Traceback" not in terminal.refusal


@pytest.mark.parametrize("as_of", ["2031-01-01", "yesterday", "1990-01-01", ""])
def test_a_day_that_cannot_be_is_a_wrong_usage(terminal, as_of):
    assert terminal.imports(terminal.csv([HEADER, *ROWS]), "registered", as_of) == 2


def test_a_list_in_a_pdf_table_is_read(terminal):
    file = terminal.pdf([HEADER, *ROWS])

    assert terminal.imports(file) == 0, terminal.refusal
    assert terminal.lists[0]["agents"] == 3
