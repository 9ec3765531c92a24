"""Knows which sites are official (`knowledge/data/official_hosts.yaml`): exact names only. Opens nothing.

A name is official because it is listed, never because of how it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.yaml_files import read_yaml

HOSTS_FILE = Path(__file__).parent / "data" / "official_hosts.yaml"


@dataclass(frozen=True)
class OfficialHost:
    """A site: its main name, who publishes there, its further names, and where the name was seen."""

    host: str
    owner: str
    also: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True)
class FormerHost:
    """A name that was official once and is so no more, with the name that took its place."""

    host: str
    owner: str
    now: str


class OfficialHosts:
    """The list of official sites. `host in hosts` is true for a listed name and for nothing else."""

    def __init__(self, hosts: Iterable[OfficialHost], former: Iterable[FormerHost] = ()) -> None:
        """Take the sites. Raises ValueError if a name stands there twice, or is not a plain lower-case name."""
        self._by_name: dict[str, OfficialHost] = {}
        for site in hosts:
            for name in (site.host, *site.also):
                _require_plain_name(name)
                if name in self._by_name:
                    raise ValueError(f"{HOSTS_FILE.name}: {name} stands there twice")
                self._by_name[name] = site
        self._former = {old.host: old for old in former}
        for name in self._former.keys() & self._by_name.keys():
            raise ValueError(f"{HOSTS_FILE.name}: {name} is both official and former")

    def find(self, host: str) -> OfficialHost | None:
        """Find the site behind a name (letter case does not matter), or None."""
        return self._by_name.get(host.lower())

    def find_former(self, host: str) -> FormerHost | None:
        """Find what an abandoned official name was, or None."""
        return self._former.get(host.lower())

    def __contains__(self, host: object) -> bool:
        return isinstance(host, str) and self.find(host) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


@cache
def read_official_hosts(path: Path = HOSTS_FILE) -> OfficialHosts:
    """Read the list. Raises ValueError naming what is wrong, OSError and yaml.YAMLError."""
    content: dict[str, Any] = read_yaml(path)
    return OfficialHosts(
        [
            OfficialHost(str(row["host"]), str(row["owner"]), tuple(row.get("also", ())), str(row["seen"]))
            for row in content["hosts"]
        ],
        [FormerHost(str(row["host"]), str(row["owner"]), str(row["now"])) for row in content["former"]],
    )


def _require_plain_name(name: str) -> None:
    labels = name.split(".")
    plain = all(label and label.strip("-") == label and label.replace("-", "").isalnum() for label in labels)
    if not (plain and name.isascii() and name == name.lower() and len(labels) > 1 and not labels[-1].isdigit()):
        raise ValueError(f"{HOSTS_FILE.name}: {name!r} is no plain host name")
