"""`satark preview`: the bot on a local page, without Telegram and without a token."""

from __future__ import annotations

import asyncio

import typer

from bot.alerts.jobs import alerting
from bot.application import build_application, running
from bot.commands.parts import Parts, build_parts, explained_to_operator
from bot.logs import set_up_logging
from bot.preview.conversation import Conversations
from bot.preview.recording import RecordingRequest
from bot.preview.server import build_server
from bot.preview.serving import open_socket, serve
from bot.stopping import stop_on_signals
from knowledge.settings import Settings, read_settings


def preview_command() -> None:
    """Serve the local page until Ctrl+C or SIGTERM, even where a Telegram token is set."""
    with explained_to_operator():
        settings = read_settings()
        set_up_logging()
        asyncio.run(serve_page(settings, build_parts(settings)))


async def serve_page(settings: Settings, parts: Parts, stop: asyncio.Event | None = None) -> None:
    """Serve the page at WEB_LISTEN until `stop` is set, or a signal ends the program. Raises `AddressInUse`."""
    stop = stop or stop_on_signals()
    with open_socket(settings.web_host, settings.web_port) as listening:
        recording = RecordingRequest()
        application = build_application(
            settings, parts.advisor, parts.people, parts.library, request=recording, teller=parts.teller
        )
        async with running(application, parts.jobs), alerting(application, parts.people.engine):
            server = build_server(Conversations(application, recording), host=settings.web_host, port=settings.web_port)
            typer.echo(
                f"Satark is ready: open http://{settings.web_listen} in a browser. Stop it with Ctrl+C.", err=True
            )
            await serve(server, listening, stop)
