"""A local Bot API server that is as strict as Telegram where a bot can err, and fails in all the ways it can fail.

`FakeTelegram` is the server with verbs for tests; `python -m tests.hostile_api` runs it as a program of its own.
What it does not know it refuses. Its own tests hold it to Telegram's documented errors.
"""

from .faults import TAKEN, Fault, FaultPlan, Mode
from .flood import UNLIMITED, FloodWatch, Limits
from .journal import Arrival, Journal, read_journal
from .markup import Refused, parse_html, read_text
from .people import FakeTelegram, Person, Room
from .server import Server
from .telegram import BOT, TOKEN, SentMessage, Telegram

__all__ = [
    "BOT",
    "TAKEN",
    "TOKEN",
    "UNLIMITED",
    "Arrival",
    "FakeTelegram",
    "Fault",
    "FaultPlan",
    "FloodWatch",
    "Journal",
    "Limits",
    "Mode",
    "Person",
    "Refused",
    "Room",
    "SentMessage",
    "Server",
    "Telegram",
    "parse_html",
    "read_journal",
    "read_text",
]
