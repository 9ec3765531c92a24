"""Serves the local page or the webhook until it is told to stop. Knows sockets and signals."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from bot.troubles import CannotRun


class AddressInUse(CannotRun):
    """The address of page or webhook cannot be used; the message names WEB_LISTEN and says what to do."""


def open_socket(host: str, port: int) -> socket.socket:
    """Take the address before anything else starts. Raises `AddressInUse`."""
    host = host.strip("[]")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        opened = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
        raise AddressInUse(
            f"Nothing can be served at WEB_LISTEN={host}:{port} ({reason}). "
            "Stop the program that uses this address, or set WEB_LISTEN to another one, for example 127.0.0.1:8090."
        ) from None
    return opened


async def serve(app: Starlette, listening: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; requests in progress are finished."""
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=10)
    server = _Server(config)
    stopping = asyncio.create_task(_stop_on(server, stop))
    try:
        await server.serve(sockets=[listening])
    finally:
        stopping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await stopping


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: one place decides when the whole program stops."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _stop_on(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True
