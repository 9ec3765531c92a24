"""`satark check`: one message, or a file of messages, through the same advisor and wording as everywhere else."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
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
from knowledge.advisor.replies import Inquiry, ReadFrom, Reply
from knowledge.advisor.unread import SURELY_READ, mark_quotes, without_all_words
from knowledge.documents.document import Unreadable
from knowledge.documents.reading import read_document
from knowledge.settings import read_settings
from knowledge.vocabulary import Language

NOTHING_TO_CHECK = (
    'Nothing to check. Write the offer after the command, as in: satark check "Helper in Russia, tourist visa", '
    "or pass it on standard input."
)
NOT_TEXT = (
    "This is not text. Please type or paste the words of the offer, or pass a photo, PDF or Word file with --file."
)
NOT_READ = "That it cannot be read says nothing about the offer: do not pay and do not travel on it."


def check_command(
    message: Annotated[str | None, typer.Argument(metavar="TEXT", help="The offer or question.")] = None,
    file: Annotated[Path | None, typer.Option(help="Read the offer from a photo, PDF, Word or text file.")] = None,
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
        given = _read_message(message, file)
        _check_one(build_parts(settings, use_index=False), given, language, operator, as_json=as_json, explain=explain)


@dataclass(frozen=True)
class _Given:
    """What there is to check. `read_from` None: typed. `is_sure`: all of it was read, and well."""

    words: str
    read_from: ReadFrom | None = None
    is_sure: bool = True


def _check_one(
    parts: Parts, given: _Given, language: Language | None, operator: Operator, *, as_json: bool, explain: bool
) -> None:
    inquiry = Inquiry(given.words, language)
    if explain and isinstance(parts.advisor, Advisor):
        print_explanation(parts.advisor.explain(inquiry), Console(stderr=as_json))
    reply = parts.advisor.reply(inquiry)
    if given.read_from:
        reply = mark_quotes(reply, "", given.read_from)
    if not given.is_sure:
        reply = without_all_words(reply)
    reply = _told(parts, inquiry, reply)
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
        inquiry = Inquiry(line.text, language)
        reply = _told(parts, inquiry, parts.advisor.reply(inquiry))
        typer.echo(json.dumps({"id": line.id, "reply": _to_json(reply, operator)}, ensure_ascii=False))
    return int(any(isinstance(line, BadLine) for line in lines))


def _told(parts: Parts, inquiry: Inquiry, reply: Reply) -> Reply:
    """The reply of the rules, told by the language model where there is one."""
    return parts.teller.tell(inquiry, reply) if parts.teller else reply


def _to_json(reply: Reply, operator: Operator) -> dict[str, Any]:
    return to_json(reply, present(reply, operator=operator))


def _read_message(message: str | None, file: Path | None) -> _Given:
    if message is None and file is not None:
        given = _read_file(file)
    else:
        given = _Given(message if message is not None else _decode(_standard_input()))
    if not is_text(given.words):
        raise CannotRun(NOT_TEXT)
    if not given.words.strip():
        raise CannotRun(NOTHING_TO_CHECK)
    if len(given.words) > LONGEST_MESSAGE:
        typer.echo(f"The message is long: only its first {LONGEST_MESSAGE:,} characters are read.", err=True)
        return replace(given, is_sure=given.read_from is None)
    return given


def _read_file(file: Path) -> _Given:
    """Return the words of a text file as they are, and of a photo or document as far as they can be read."""
    content = _read_bytes(file)
    if (words := _find_text(content)) is not None:
        return _Given(words)
    try:
        document = read_document(content, name=file.name)
    except Unreadable as refusal:
        raise CannotRun(f"{refusal.message}\n{NOT_READ}") from None
    if document.confidence is None:
        return _Given(document.text, ReadFrom.FILE)
    typer.echo(f"Read from a picture, {document.confidence:.0%} sure. Compare what is quoted with it.", err=True)
    return _Given(document.text, ReadFrom.PICTURE, is_sure=document.confidence >= SURELY_READ)


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
    words = _find_text(content)
    if words is None:
        raise CannotRun(NOT_TEXT)
    return words


def _find_text(content: bytes) -> str | None:
    """Return the words of plain text in UTF-8, as a terminal or an editor writes it; None for anything else."""
    if b"\0" in content or content.startswith(b"%PDF-"):
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
