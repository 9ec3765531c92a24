"""Knows how to prove that files are read apart: functions that try what a hijacked parser would, inside the child.

`list_isolation_faults` runs them on this very computer; an empty list is good. `satark doctor` and the tests use it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.documents.apart import HOME, PARSING, run_apart
from knowledge.documents.document import Unreadable

_HERE = "knowledge.documents.self_check"


def list_isolation_faults() -> tuple[str, ...]:
    """Try to break out of a child of our own, and say what went through. Takes about a tenth of a second."""
    try:
        found = run_apart(f"{_HERE}:try_everything", b"", {"home": str(HOME)}, limits=PARSING)
    except Unreadable as error:
        return (error.message,)
    return tuple(f"A parser could {what}." for what in found)


def try_everything(_data: bytes, arguments: Mapping[str, Any]) -> list[str]:
    """Runs in the child: name what could be done and should not."""
    attempts = {
        "open a network connection": _connect,
        "open a local socket": lambda: socket.socket(socket.AF_UNIX),
        "make a socket without Python": _make_native_socket,
        "make a socket in a program that it starts": _connect_in_program,
        "leave its process group": os.setsid,
        "end other processes": lambda: os.kill(os.getppid(), 0),
        "write a file": lambda: _write_file(Path(str(arguments["home"])) / "data"),
    }
    return [what for what, attempt in attempts.items() if _goes_through(attempt)]


def call(_data: bytes, arguments: Mapping[str, Any]) -> str:
    """Runs in the child: call a server on this computer."""
    try:
        _connect_to(int(arguments["port"]))
    except PermissionError:
        return "refused"
    return "connected"


def list_environment(_data: bytes, _arguments: Mapping[str, Any]) -> list[str]:
    """Runs in the child: name the variables that it was given."""
    return sorted(os.environ)


def read_file(_data: bytes, arguments: Mapping[str, Any]) -> str:
    """Runs in the child: say whether a file of ours can be read."""
    try:
        Path(str(arguments["path"])).read_bytes()
    except PermissionError:
        return "refused"
    return "read"


def take_memory(_data: bytes, arguments: Mapping[str, Any]) -> int:
    """Runs in the child: take so much memory at once."""
    return len(bytearray(int(arguments["bytes"])))


def take_time(_data: bytes, arguments: Mapping[str, Any]) -> None:
    """Runs in the child: compute (`"busy": true`) or sleep, also in a process of its own, without end."""
    if arguments.get("in_a_program"):
        subprocess.run(["/bin/sleep", "6173"], check=False)
    while True:
        if not arguments.get("busy"):
            time.sleep(1)


def die(_data: bytes, _arguments: Mapping[str, Any]) -> None:
    """Runs in the child: read memory that is not there."""
    ctypes.string_at(0)


def fail(_data: bytes, _arguments: Mapping[str, Any]) -> None:
    """Runs in the child: fail as a parser does that meets what it did not expect."""
    raise KeyError("Root")


def print_something(_data: bytes, _arguments: Mapping[str, Any]) -> str:
    """Runs in the child: write to standard output as some libraries do."""
    os.write(1, b"{}")
    sys.stdout.flush()
    return "answer"


def return_much(_data: bytes, arguments: Mapping[str, Any]) -> str:
    """Runs in the child: give a long answer."""
    return "a" * int(arguments["letters"])


def _goes_through(attempt: Any) -> bool:
    try:
        return attempt() is not False
    except OSError:
        return False


def _connect() -> None:
    socket.socket(socket.AF_INET).close()


def _connect_to(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=1).close()


def _make_native_socket() -> bool:
    return int(ctypes.CDLL(None).socket(socket.AF_INET, socket.SOCK_STREAM, 0)) >= 0


def _connect_in_program() -> bool:
    code = "import socket; socket.socket()"
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - our own
    return done.returncode == 0


def _write_file(folder: Path) -> None:
    path = folder / "self-check"
    path.touch()
    path.unlink()
