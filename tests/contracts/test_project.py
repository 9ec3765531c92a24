"""What the files around the code keep to: settings, commands, pins, documents, and nothing that names a machine."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from knowledge.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_OURS = {".git", ".venv", "build", "data", "results", "__pycache__", "node_modules"}  # by git or by .gitignore
OUR_DATA = {ROOT / "knowledge" / "data", ROOT / "tests" / "data"}
WORDS = {".py", ".md", ".toml", ".yaml", ".txt", ".ini", ".sh", ".html", ".css", ".js", ".example", ".po", ".mako", ""}
SECRET = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}|(?:sk|ghp|hf)[-_][A-Za-z0-9]{20,}")
# Put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("download", "pytorch", "org"), ("huggingface", "co"))
]
MACHINE_PATH = re.compile(r"(?<![\w./:-])/(?:home|root|work|Users)/\w+")


def files_of_the_project(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name != ".ci"
            if path in OUR_DATA or not (hidden or path.name in NOT_OURS or path.name.endswith(".egg-info")):
                yield from files_of_the_project(path)
        elif path.suffix in WORDS and path.name != ".env":
            yield path


TEXTS = {path: path.read_text(encoding="utf-8") for path in files_of_the_project()}
DOCUMENTS = [path for path in TEXTS if path.suffix == ".md" and "advisories" not in path.parts]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def settings_in_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_the_example_lists_every_setting_and_no_other():
    assert list(settings_in_example()) == [name.upper() for name in Settings.model_fields]


def test_every_setting_of_the_example_has_a_line_that_explains_it():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    unexplained = [line for before, line in pairwise(lines) if line[:1].isupper() and before[:2] != "# "]

    assert unexplained == []


def test_the_example_can_be_copied_as_it_is(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    copied = Settings(_env_file=ROOT / ".env.example")

    assert copied == Settings(_env_file=None)


@pytest.mark.parametrize("target", ["run", "test", "check", "evals", "bench", "help"])
def test_make_help_lists_what_the_makefile_does(target):
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert re.search(rf"^make {target}\s+\w", listed.stdout, flags=re.MULTILINE)


def test_set_up_installs_the_pytorch_that_is_pinned():
    constraints = (ROOT / "requirements" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = next(line for line in constraints if line.startswith("torch=="))

    assert f" {pinned}\n" in TEXTS[ROOT / "requirements" / "set_up.sh"]
    assert pinned in PROJECT["optional-dependencies"]["ingest"]


def test_every_dependency_is_pinned():
    constraints = (ROOT / "requirements" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {normal_name(line.split("==")[0]) for line in constraints if "==" in line}
    wanted = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]

    assert [one for one in wanted if normal_name(re.split(r"[\[<>=~!]", one)[0]) not in pinned] == []


def normal_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def test_the_changelog_begins_with_the_version_of_the_project():
    versions = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", TEXTS[ROOT / "CHANGELOG.md"], flags=re.MULTILINE)

    assert versions[0] == PROJECT["version"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", TEXTS[path])

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_documents_name_exist(path):
    named = re.findall(r"`((?:knowledge|bot|ingest|tests|evals|benchmarks|docs|requirements)/[\w./-]+)`", TEXTS[path])

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_decisions_are_numbered_without_gaps():
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_date_context_decision_status_and_consequences(path):
    page = TEXTS[path]

    assert re.match(rf"# {int(path.name[:4])}\. \S.*\n\nDate: \d{{4}}-\d\d-\d\d\n", page)
    assert re.findall(r"^## (.+)$", page, flags=re.MULTILINE) == ["Context", "Decision", "Status", "Consequences"]


def test_the_floors_of_the_evaluation_of_offers_allow_no_false_reassurance():
    floors = tomllib.loads(TEXTS[ROOT / "evals" / "offers" / "floor.toml"])

    assert floors["overall"]["false_reassurance"] == 0


def test_no_file_names_a_package_registry():
    assert [str(path) for path, text in TEXTS.items() if any(host in text for host in REGISTRY_HOSTS)] == []


def test_no_file_names_a_folder_of_somebodys_machine():
    assert [f"{path}: {found[0]}" for path, text in TEXTS.items() if (found := MACHINE_PATH.findall(text))] == []


def test_no_file_holds_what_looks_like_a_secret():
    assert [str(path) for path, text in TEXTS.items() if SECRET.search(text)] == []
