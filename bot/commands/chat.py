"""`satark chat`: a conversation with the bot in the terminal; from a pipe, each line is one message."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.application import build_application, running
from bot.commands.parts import Parts, build_parts, explained_to_operator
from bot.jobs import now_utc
from bot.logs import set_up_logging
from bot.people import Limits
from bot.preview.conversation import Conversations, Turn
from bot.preview.recording import Button, RecordingRequest, Shown
from knowledge.settings import Settings, read_settings

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # an offer must not steer the terminal
YOU = 1  # the chat id of the terminal
NO_LIMIT = 1_000_000  # whoever sits at this terminal runs the program
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strike",
    "code": "cyan",
}


def chat_command() -> None:
    """Talk to Satark here. A number presses a button, a backslash at the end of a line continues it, Ctrl+D ends."""
    with explained_to_operator():
        settings = read_settings()
        set_up_logging(level="ERROR")
        asyncio.run(_chat(settings, build_parts(settings)))


async def _chat(settings: Settings, parts: Parts) -> None:
    recording = RecordingRequest()
    limits = Limits(now_utc, per_minute=NO_LIMIT, per_day=NO_LIMIT)
    application = build_application(
        settings,
        parts.advisor,
        parts.people,
        parts.library,
        request=recording,
        limits=limits,
        teller=parts.teller,
    )
    async with running(application, parts.jobs):
        await converse(Conversations(application, recording), Console(), read_messages())


async def converse(conversations: Conversations, console: Console, messages: Iterator[str]) -> None:
    """Answer each message in turn. A number presses the button that has it under the latest message with buttons."""
    buttons: dict[str, tuple[Button, int]] = {}
    while (message := await asyncio.to_thread(next, messages, None)) is not None:
        if message in buttons:
            button, message_id = buttons[message]
            turn = await conversations.press(YOU, button.data or "", message_id)
        else:
            turn = await conversations.say(YOU, message)
        buttons = show_turn(console, turn) or buttons


def show_turn(console: Console, turn: Turn) -> dict[str, tuple[Button, int]]:
    """Print what the bot showed; returns the buttons that can now be pressed, by their numbers."""
    buttons: dict[str, tuple[Button, int]] = {}
    for shown in turn.shown:
        numbered = {str(len(buttons) + place): button for place, button in enumerate(_pressable(shown), start=1)}
        console.print(_panel(shown, numbered))
        buttons.update({number: (button, shown.message_id) for number, button in numbered.items()})
    for toast in turn.toasts:
        console.print(Text(f"({toast})", style="italic"))
    return buttons


def read_messages() -> Iterator[str]:
    """Yield the messages of the terminal or a pipe, without empty ones; a backslash at the end joins the next line."""
    lines: list[str] = []
    while (line := _read_line(continued=bool(lines))) is not None:
        lines.append(line.removesuffix("\\"))
        if line.endswith("\\"):
            continue
        if message := "\n".join(lines).strip():
            yield message
        lines = []
    if message := "\n".join(lines).strip():
        yield message


def _read_line(*, continued: bool) -> str | None:
    """One line without its end, or None at the end of the input."""
    if sys.stdin.isatty():
        try:
            return input("... " if continued else "You: ")
        except EOFError:
            return None
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


def _pressable(shown: Shown) -> list[Button]:
    return [button for row in shown.buttons for button in row if button.data]


def _panel(shown: Shown, numbered: dict[str, Button]) -> Panel:
    words = to_rich(shown.html) if shown.is_html else Text(shown.html)
    if numbered:
        words.append("\n\n")
        words.append("   ".join(f"[{number}] {button.label}" for number, button in numbered.items()), style="cyan")
    time = dt.datetime.now().astimezone().strftime("%H:%M")
    return Panel(words, title="Satark", title_align="left", subtitle=time, subtitle_align="right", border_style="dim")


def to_rich(html: str) -> Text:
    """Telegram HTML as styled text for the terminal; the address of a link follows it in brackets."""
    reader = _RichReader()
    reader.feed(_CONTROLS.sub("", html))
    reader.close()
    return reader.text


class _RichReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            _, address = self._open.pop()
            if address:
                self.text.append(f" ({address})", style="dim")

    def handle_data(self, data: str) -> None:
        styles = [_STYLES[tag] for tag, _ in self._open if tag in _STYLES]
        self.text.append(data, style=" ".join(styles))
