"""The hostile Bot API without a network: the bot's requests reach it directly, in the time of the running loop."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hostile_api.faults import Fault, Mode
from hostile_api.flood import Limits
from hostile_api.telegram import TOKEN, Answered, NotTaken, Telegram, read_value
from telegram.request import BaseRequest, RequestData
from virtual_time import virtual_now

from bot.aiohttp_request import AiohttpRequest, MaybeSent
from bot.application import SatarkBot
from bot.gate import Gate, Pace

READ_TIMEOUT_S = 30.0


class SimulatedRequest(BaseRequest):
    """Hands requests to a `Telegram`, after half the latency, and its answers back after the other half."""

    def __init__(self, telegram: Telegram, latency_s: float) -> None:
        self.telegram = telegram
        self.latency_s = latency_s
        self.outage_until = 0.0

    @property
    def read_timeout(self) -> float | None:
        return READ_TIMEOUT_S

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    parse_json_payload = staticmethod(AiohttpRequest.parse_json_payload)

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **_timeouts: Any
    ) -> tuple[int, bytes]:
        await asyncio.sleep(self.latency_s / 2)
        if virtual_now() < self.outage_until:
            raise MaybeSent("No answer (outage).")
        if "/file/bot" in url:
            return await self._fetch(url.rpartition(f"/file/bot{self.telegram.token}/")[2])
        name, parameters = url.rpartition("/")[2], _read(request_data)
        try:
            outcome = await self.telegram.call(name, parameters)
        except Answered as answered:
            await asyncio.sleep(self.latency_s / 2)
            body = {"ok": False, "description": answered.description, "parameters": answered.parameters or None}
            return answered.status, json.dumps(body).encode()
        except NotTaken:
            raise MaybeSent("The connection was cut.") from None
        await asyncio.sleep(self.latency_s / 2)
        return await _spoil(outcome.fault, json.dumps({"ok": True, "result": outcome.result}).encode())

    async def _fetch(self, path: str) -> tuple[int, bytes]:
        try:
            return 200, await self.telegram.fetch_file(path)
        except Answered as answered:
            return answered.status, json.dumps({"ok": False, "description": answered.description}).encode()


def _read(request_data: RequestData | None) -> dict[str, Any]:
    """Return the parameters as a server reads them: what holds JSON may come as its text."""
    given = request_data.parameters if request_data else {}
    return {name: read_value(name, value) if isinstance(value, str) else value for name, value in given.items()}


async def _spoil(fault: Fault, body: bytes) -> tuple[int, bytes]:
    if fault.mode is Mode.STALL:
        await asyncio.sleep(READ_TIMEOUT_S)
    if fault.mode in (Mode.STALL, Mode.DELIVER_THEN_DROP, Mode.HALF_BODY):
        raise MaybeSent("No answer came.")
    if fault.mode is Mode.SLOW:
        await asyncio.sleep(2)
    return 200, b"{" if fault.mode is Mode.WRONG_JSON else body


class Simulation:
    """A bot with its gate in front of a simulated Telegram. Build it inside `run_virtually`."""

    def __init__(self, *, pace: Pace | None = None, limits: Limits | None = None, latency_s: float = 0.08) -> None:
        self.telegram = Telegram(TOKEN, limits=limits or Limits(), idle=True, clock=virtual_now)
        self.gate = Gate(pace, monotonic=virtual_now)
        self.request = SimulatedRequest(self.telegram, latency_s)
        self.bot = SatarkBot(TOKEN, request=self.request, get_updates_request=self.request, rate_limiter=self.gate)

    def taken(self) -> dict[int, list[float]]:
        """Return when each person got a message."""
        got: dict[int, list[float]] = {}
        for arrival in self.telegram.journal.arrivals():
            if arrival.taken and arrival.method == "sendMessage" and arrival.chat_id is not None:
                got.setdefault(arrival.chat_id, []).append(arrival.at)
        return got
