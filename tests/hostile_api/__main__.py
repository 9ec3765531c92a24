"""`python -m tests.hostile_api`: the server as a program, for the local page, soaks and trying things by hand.

Beside the Bot API it answers on /control: POST /control/fault {mode, chat_id?, share?, seed?, times?, …},
POST /control/message {person_id, text}, GET /control/arrivals?since=N.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from .faults import Fault, Mode
from .flood import UNLIMITED, Limits
from .people import FakeTelegram
from .server import build_app
from .telegram import TOKEN


def main() -> None:
    """Serve until Ctrl+C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile_api", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN, help="the token that bots must show")
    parser.add_argument("--journal", type=Path, help="file for the arrival log (JSON lines)")
    parser.add_argument("--unlimited", action="store_true", help="do not enforce 30/s, 1/s a chat and 20/min a group")
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen))


async def _serve(chosen: argparse.Namespace) -> None:
    fake = FakeTelegram(chosen.token, limits=UNLIMITED if chosen.unlimited else Limits(), journal=chosen.journal)
    app = build_app(fake.state)
    control = _Control(fake)
    app.router.add_post("/control/fault", control.fault)
    app.router.add_post("/control/message", control.message)
    app.router.add_get("/control/arrivals", control.arrivals)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", chosen.port)
    await site.start()
    port = runner.addresses[0][1]
    print(
        f"Hostile Bot API: TELEGRAM_API_BASE_URL=http://127.0.0.1:{port} TELEGRAM_BOT_TOKEN={chosen.token}", flush=True
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    fake.state.stopping = True
    await runner.cleanup()
    fake.state.journal.close()


class _Control:
    def __init__(self, fake: FakeTelegram) -> None:
        self._fake = fake

    async def fault(self, request: web.Request) -> web.Response:
        wanted: dict[str, Any] = await request.json()
        given = {
            name: wanted[name] for name in ("retry_after", "new_chat_id", "seconds", "description") if name in wanted
        }
        fault = Fault(Mode(wanted["mode"]), **given)
        if "chat_id" in wanted:
            self._fake.faults.fail_chat(int(wanted["chat_id"]), fault, wanted.get("times"))
        elif "share" in wanted:
            self._fake.faults.fail_share(fault, float(wanted["share"]), int(wanted.get("seed", 0)))
        else:
            self._fake.faults.fail_next(fault, int(wanted.get("times", 1)))
        return web.json_response({"ok": True})

    async def message(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        self._fake.person(int(wanted["person_id"])).says(str(wanted["text"]))
        return web.json_response({"ok": True})

    async def arrivals(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", 0))
        return web.json_response([asdict(arrival) for arrival in self._fake.arrivals()[since:]])


if __name__ == "__main__":
    main()
