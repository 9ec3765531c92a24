"""`satark check`: one message, or a file of messages, through the same advisor and wording as everywhere else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from bot.commands.batch import BadLine, Question, is_text, read_batch
from bot.commands.explaining import print_explanation
from bot.commands.parts import Parts, build_parts, explained_to_operator
from bot.logs import set_up_logging
from bot.presenters.reply import Operator, present
from bot.presenters.reply_json import to_json
from bot.troubles import CannotRun
from knowledge.advisor.advisor import LONGEST_MESSAGE, Advisor
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.settings import read_settings
from knowledge.vocabulary import Language

NOTHING_TO_CHECK = (
    'Nothing to check. Write the offer after the command, as in: satark check "Helper in Russia, tourist visa", '
    "or pass it on standard input."
)
NOT_TEXT = "This is not text. A photo or PDF cannot be read yet: please type or paste the words of the offer."


def check_command(
    message: Annotated[str | None, typer.Argument(metavar="TEXT", help="The offer or question.")] = None,
    file: Annotated[Path | None, typer.Option(help="Read the message from a text file.")] = None,
    batch: Annotated[Path | None, typer.Option(help="JSON lines with id and text; one reply a line comes out.")] = None,
    language: Annotated[Language | None, typer.Option(help="Answer in this language.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")] = False,
    explain: Annotated[bool, typer.Option(help="Show every step that led to the reply.")] = False,
) -> None:
    """Check an offer or answer a question, in the terminal."""
    with explained_to_operator():
        settings = read_settings()
        set_up_logging(secrets=[])
        operator = Operator(settings.operator_name, settings.operator_contact, settings.operator_is_government)
        if batch is not None:
            lines = read_batch(batch, allow_empty=True)
            raise typer.Exit(_check_all(build_parts(settings), lines, operator, language))
        inquiry = Inquiry(_read_message(message, file), language)
        _check_one(build_parts(settings, use_index=False), inquiry, operator, as_json=as_json, explain=explain)


def _check_one(parts: Parts, inquiry: Inquiry, operator: Operator, *, as_json: bool, explain: bool) -> None:
    if explain and isinstance(parts.advisor, Advisor):
        print_explanation(parts.advisor.explain(inquiry), Console(stderr=as_json))
    reply = _reply(parts, inquiry)
    if as_json:
        typer.echo(json.dumps(_to_json(reply, operator), ensure_ascii=False, indent=2))
    else:
        typer.echo(present(reply, operator=operator).text)


def _check_all(parts: Parts, lines: list[Question | BadLine], operator: Operator, language: Language | None) -> int:
    """Answer every good line and name every bad one; 1 if there was a bad one, else 0."""
    for line in track(lines, description="Checking", console=Console(stderr=True), disable=not sys.stderr.isatty()):
        if isinstance(line, BadLine):
            typer.echo(f"Line {line.number}: {line.problem}", err=True)
            continue
        reply = _reply(parts, Inquiry(line.text, language))
        typer.echo(json.dumps({"id": line.id, "reply": _to_json(reply, operator)}, ensure_ascii=False))
    return int(any(isinstance(line, BadLine) for line in lines))


def _reply(parts: Parts, inquiry: Inquiry) -> Reply:
    """The advisor's reply, told by the language model where there is one."""
    reply = parts.advisor.reply(inquiry)
    return parts.teller.tell(inquiry, reply) if parts.teller else reply


def _to_json(reply: Reply, operator: Operator) -> dict[str, Any]:
    return to_json(reply, present(reply, operator=operator))


def _read_message(message: str | None, file: Path | None) -> str:
    if message is None:
        message = _decode(_read_bytes(file) if file is not None else _standard_input())
    if not is_text(message):
        raise CannotRun(NOT_TEXT)
    if not message.strip():
        raise CannotRun(NOTHING_TO_CHECK)
    if len(message) > LONGEST_MESSAGE:
        typer.echo(f"The message is long: only its first {LONGEST_MESSAGE:,} characters are read.", err=True)
    return message


def _standard_input() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise CannotRun(NOTHING_TO_CHECK)
    return sys.stdin.buffer.read()


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}.") from None


def _decode(content: bytes) -> str:
    if b"\0" in content:
        raise CannotRun(NOT_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRun(NOT_TEXT) from None
