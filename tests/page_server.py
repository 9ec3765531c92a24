"""Serves the local page for a test, in a thread of its own, on a free loopback port."""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server

from bot.commands.parts import Parts
from bot.commands.preview import serve_page
from knowledge.settings import Settings

PATIENCE_S = 15.0


@contextmanager
def served_page(parts: Parts, port: int | None = None) -> Iterator[str]:
    """The address of a page that answers with these parts; with `port`, the same address as before a restart."""
    port = port or _free_port()
    settings = Settings(
        _env_file=None,
        web_listen=f"127.0.0.1:{port}",
        operator_name="Example Foundation",
        operator_contact="help@example.org",
    )
    stopping: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        stopping.append((asyncio.get_running_loop(), stop))
        await serve_page(settings, parts, stop)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        loop, stop = stopping[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_for(address: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            opener.open(address, timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "the page did not start"
            time.sleep(0.05)
