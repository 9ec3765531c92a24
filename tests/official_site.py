"""A stand-in for official sites: a real TLS server on loopback that answers for any of their names, as a test tells it.

`Names` and `site.connect` are what a Fetcher takes as resolver and connector: names lead to public addresses, as in
life, and only the connector knows that all of them are served here. The guard in between is the real one.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpcore
import trustme

from ingest.fetching.networks import IPAddress, parse_ip
from ingest.fetching.resolving import NameUnknown

PUBLIC = "93.184.216.34"  # where the names of these tests live; nothing ever connects there
NAMES = ("mea.gov.in", "www.mea.gov.in", "pib.gov.in", "www.pib.gov.in", "www.newsonair.gov.in")
PATIENCE_S = 5.0

Line = Callable[[bytes], None]
Handler = Callable[["Asked", Line], None]


@dataclass(frozen=True)
class Asked:
    """A request as it arrived: the name in the TLS greeting, the target, and the headers with small names."""

    server_name: str | None
    method: str
    target: str
    headers: dict[str, str]


class Names:
    """A resolver that answers as a test tells it, in turn; the last answer stays."""

    def __init__(self) -> None:
        self._answers: dict[str, list[list[str]]] = {name: [[PUBLIC]] for name in NAMES}
        self.looked_up: list[str] = []

    def leads_to(self, name: str, *answers: Sequence[str]) -> None:
        """One list of addresses for each time that the name is looked up."""
        self._answers[name] = [list(answer) for answer in answers]

    def __call__(self, name: str, timeout_s: float) -> list[IPAddress]:
        self.looked_up.append(name)
        answers = self._answers.get(name)
        if not answers:
            raise NameUnknown(name)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [parse_ip(address) for address in answer]


@dataclass
class OfficialSite:
    """The server. Tell it what to answer, then look at what it was asked."""

    port: int
    tls: ssl.SSLContext
    asked: list[Asked] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    _handlers: dict[str, list[Handler]] = field(default_factory=dict)

    def connect(self, address: IPAddress, port: int, timeout_s: float) -> httpcore.NetworkStream:
        """The connector: note where the connection would go, and serve it here."""
        self.connected.append((str(address), port))
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.port, timeout=timeout_s)

    def says(self, target: str, body: bytes | str, *, status: int = 200, **headers: str) -> None:
        """Answer this target with a body; header names are written with underscores."""
        data = body.encode() if isinstance(body, str) else body
        self.does(target, lambda _asked, line: line(answer(data, status=status, **headers)))

    def leads(self, target: str, location: str, *, status: int = 302, **headers: str) -> None:
        """Send whoever asks for this target elsewhere."""
        self.says(target, b"", status=status, location=location, **headers)

    def does(self, target: str, handler: Handler) -> None:
        """Answer this target by hand: raw bytes, slowly, or not at all. Several tellings are followed in turn."""
        self._handlers.setdefault(target, []).append(handler)

    def targets(self) -> list[str]:
        """What was asked for, in order, with the name it was asked of."""
        return [f"{asked.headers['host']}{asked.target}" for asked in self.asked]

    def handle(self, asked: Asked, line: Line) -> None:
        """Note the request and answer it."""
        self.asked.append(asked)
        handlers = self._handlers.get(asked.target)
        if not handlers:
            line(answer(b"<html><body>" + b"no such page " * 90 + b"</body></html>", status=404))
            return
        handler = handlers.pop(0) if len(handlers) > 1 else handlers[0]
        handler(asked, line)


def answer(body: bytes, *, status: int = 200, **headers: str) -> bytes:
    """An HTTP answer as it goes over the line."""
    given = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body)), "connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


def drip(line: Line, data: bytes, every_s: float) -> None:
    """Send a byte at a time."""
    for byte in data:
        line(bytes([byte]))
        time.sleep(every_s)


def make_authority() -> trustme.CA:
    """A certificate authority that only these tests trust; making it takes a moment."""
    return trustme.CA()


def trust(authority: trustme.CA) -> ssl.SSLContext:
    """What a client takes to trust this authority and nobody else."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@contextmanager
def official_site(authority: trustme.CA, names: Sequence[str] = NAMES) -> Iterator[OfficialSite]:
    """Serve the names with a certificate of this authority, until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    greeted: dict[int, str | None] = {}
    context.sni_callback = lambda connection, name, _context: greeted.__setitem__(id(connection), name)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        site = OfficialSite(listener.getsockname()[1], trust(authority))
        stopping = threading.Event()
        threads: list[threading.Thread] = []

        def serve() -> None:
            while not stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = listener.accept()
                    thread = threading.Thread(target=_talk, args=(site, connection, context, greeted), daemon=True)
                    threads.append(thread)
                    thread.start()

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        try:
            yield site
        finally:
            stopping.set()
            for thread in (server, *threads):
                thread.join(PATIENCE_S)


def _talk(
    site: OfficialSite, connection: socket.socket, context: ssl.SSLContext, greeted: dict[int, str | None]
) -> None:
    """Serve one connection; a client that hangs up is part of the test."""
    connection.settimeout(PATIENCE_S)
    with (
        connection,
        contextlib.suppress(OSError, ValueError),
        context.wrap_socket(connection, server_side=True) as line,
    ):
        asked = _read_request(line, greeted.get(id(line)))
        if asked is not None:
            site.handle(asked, line.sendall)
            with contextlib.suppress(OSError):
                line.unwrap()


def _read_request(line: ssl.SSLSocket, server_name: str | None) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = line.recv(65_536)
        if not piece:
            return None
        head += piece
    first, *rest = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in rest)}
    return Asked(server_name, method, target, headers)
