"""`satark run`: serves Telegram where a token is set, else the same application on the local page."""

from __future__ import annotations

import asyncio

import typer
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.alerts.jobs import alerting
from bot.application import build_application, running
from bot.commands.parts import Parts, build_parts, explained_to_operator
from bot.commands.preview import serve_page
from bot.desk_jobs import telling_staff
from bot.handling import InboxWorker, handling
from bot.inbox import Inbox
from bot.jobs import now_utc
from bot.logs import set_up_logging
from bot.polling import poll
from bot.preview.serving import open_socket
from bot.stopping import stop_on_signals
from bot.troubles import CannotRun
from bot.webhook import WebhookAddress, receive_by_webhook
from knowledge.settings import Settings, read_settings

REFUSED_BY_TELEGRAM = (
    "Telegram does not accept the token in TELEGRAM_BOT_TOKEN. Copy it again from @BotFather into .env, or leave "
    "TELEGRAM_BOT_TOKEN empty to use Satark on the local page."
)


def run_command() -> None:
    """Serve people until Ctrl+C or SIGTERM: on Telegram, or on the local page where no token is set."""
    with explained_to_operator():
        settings = read_settings()
        set_up_logging(secrets=list_secrets(settings))
        run(settings, build_parts(settings))


def run(settings: Settings, parts: Parts) -> None:
    """Serve until told to stop. Raises `CannotRun` or `AddressInUse` with words for the operator."""
    if settings.telegram_bot_token is None:
        asyncio.run(serve_page(settings, parts))
    else:
        asyncio.run(_serve_telegram(settings, parts))


def list_secrets(settings: Settings) -> list[str]:
    """Return the values that must never be written anywhere."""
    secrets = (settings.telegram_bot_token, settings.telegram_webhook_secret, settings.chat_model_key)
    return [secret.get_secret_value() for secret in secrets if secret]


async def _serve_telegram(settings: Settings, parts: Parts) -> None:
    stop = stop_on_signals()
    address = _webhook_address(settings)
    listening = open_socket(settings.web_host, settings.web_port) if address else None
    try:
        application = build_application(settings, parts.advisor, parts.people, parts.library, teller=parts.teller)
        async with running(application, parts.jobs):
            typer.echo(f"Satark answers on Telegram as @{application.bot.username}. Stop it with Ctrl+C.", err=True)
            inbox = Inbox(parts.people.engine, now_utc, bot_id=application.bot.id)
            async with (
                alerting(application, parts.people.engine) as sender,
                telling_staff(application, parts.people.engine, leads=lambda: sender.leads),
                handling(InboxWorker(application, inbox)) as worker,
            ):
                if address and listening:
                    await receive_by_webhook(application, worker, stop, address=address, listening=listening)
                else:
                    await poll(application, worker, stop)
    except InvalidToken:
        raise CannotRun(REFUSED_BY_TELEGRAM) from None
    except NetworkError as error:
        raise CannotRun(
            f"Telegram cannot be reached at {settings.telegram_api_base_url} ({type(error).__name__}). Check the "
            "network, and TELEGRAM_API_BASE_URL if you have set it."
        ) from None
    except TelegramError as error:
        raise CannotRun(f"Telegram refused to start ({type(error).__name__}). Try again in some minutes.") from None
    finally:
        if listening:
            listening.close()


def _webhook_address(settings: Settings) -> WebhookAddress | None:
    """Return where Telegram shall post updates; None where the bot asks for them itself."""
    if not (settings.telegram_webhook_url and settings.telegram_webhook_secret):
        return None
    return WebhookAddress(settings.telegram_webhook_url, settings.telegram_webhook_secret.get_secret_value())
