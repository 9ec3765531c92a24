"""The `satark` command: puts the commands of `bot/commands/` together."""

from __future__ import annotations

import typer

from bot.commands.alerts import app as alerts_app
from bot.commands.check import check_command
from bot.commands.health import doctor_command, models_command, status_command
from bot.commands.search import search_command

app = typer.Typer(
    help="Satark: does an overseas job offer match official warnings?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("check", help="Check one offer, or a file of them.")(check_command)
app.command("search", help="Show the passages that a question finds.")(search_command)
app.command("models", help="Show the embedding model and build it where it is missing.")(models_command)
app.command("status", help="Show what is loaded, and how new it is.")(status_command)
app.command("doctor", help="Check that everything Satark needs is in place.")(doctor_command)
app.add_typer(alerts_app, name="alerts")


# The three that serve conversations load the Telegram library, which takes a second: only when they are asked for.


@app.command("run", help="Serve Telegram, or the local page where no token is set.")
def _run() -> None:
    from bot.commands.run import run_command

    run_command()


@app.command("preview", help="Serve the local page.")
def _preview() -> None:
    from bot.commands.preview import preview_command

    preview_command()


@app.command("chat", help="Talk to Satark in the terminal.")
def _chat() -> None:
    from bot.commands.chat import chat_command

    chat_command()


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
