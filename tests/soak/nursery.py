"""Gives birth to lives of the bot that can be killed: a process that has loaded everything and forks on request.

Loading the program takes seconds and a fork milliseconds, so that hundreds of kills fit into minutes. It reads one JSON
object a line, forks, and writes the number of the new process; an empty line ends it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from fake_advisor import make_library, make_reply
from pydantic import SecretStr
from serving import _die_at_commit

from bot.application import build_application, running
from bot.gate import UNLIMITED, Gate
from bot.handling import InboxWorker, handling
from bot.inbox import Inbox
from bot.jobs import now_utc
from bot.logs import set_up_logging
from bot.people import Limits, People
from bot.polling import poll
from bot.preview.serving import open_socket
from bot.stopping import stop_on_signals
from bot.webhook import WebhookAddress, receive_by_webhook
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.database import build_engine
from knowledge.settings import Settings

SECRET = "invented_secret-of-the-tests-0001"


class Echo:
    """An advisor whose reply quotes the message, so that each message and its reply can be told together."""

    def reply(self, inquiry: Inquiry) -> Reply:
        return make_reply(quote=inquiry.text)

    def is_emergency(self, text: str) -> bool:
        return False


def main() -> None:
    """Fork one life for each line."""
    for line in sys.stdin:
        if not line.strip():
            return
        child = os.fork()
        if child == 0:
            _be_born(json.loads(line))
        print(child, flush=True)
        _bury_the_dead()


def _be_born(life: dict[str, Any]) -> None:
    os.close(0)
    written = os.fdopen(os.open(life["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT), "w")
    try:
        set_up_logging(secrets=[life["token"]], level="ERROR", stream=written)
        engine = build_engine(life["database_url"])
        if die := life.get("die"):
            _die_at_commit(engine, die["commit"], before=die["before"])
        asyncio.run(_live(life, People(engine, now_utc)))
    except BaseException:
        written.write(traceback.format_exc())
        written.flush()
        os._exit(1)
    os._exit(0)


async def _live(life: dict[str, Any], people: People) -> None:
    stop = stop_on_signals()
    settings = Settings(_env_file=None, telegram_bot_token=SecretStr(life["token"]), telegram_api_base_url=life["url"])
    application = build_application(
        settings,
        Echo(),
        people,
        make_library,
        gate=Gate(UNLIMITED),
        limits=Limits(now_utc, per_minute=10_000, per_day=100_000),
    )
    async with running(application):
        lease = dt.timedelta(seconds=life["lease_s"])
        inbox = Inbox(people.engine, now_utc, bot_id=application.bot.id, lease=lease)
        async with handling(InboxWorker(application, inbox)) as worker:
            if port := life.get("webhook_port"):
                address = WebhookAddress(f"http://127.0.0.1:{port}/telegram", SECRET)
                listening = open_socket("127.0.0.1", port)
                await receive_by_webhook(application, worker, stop, address=address, listening=listening)
            else:
                await poll(application, worker, stop)


def _bury_the_dead() -> None:
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
