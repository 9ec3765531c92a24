"""The server on the wire: real HTTP on a loopback port, in a thread of its own, with every way in which HTTP fails."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from typing import Any
from urllib.parse import parse_qs

from aiohttp import ClientSession, ClientTimeout, web

from .faults import Fault, Mode
from .telegram import Answered, NotTaken, Telegram, read_value

STALL_S = 60.0
SLOW_S = 2.0
WEBHOOK_ANSWER_S = 60.0
_FIRST_RETRY_S = 0.05
_LONGEST_RETRY_S = 5.0  # Telegram waits up to two minutes; tests cannot


def build_app(telegram: Telegram) -> web.Application:
    """Build the web application; it also delivers updates to a webhook where one is set."""
    app = web.Application(client_max_size=60 * 1024 * 1024)
    app.router.add_route("*", "/bot{token}/{method}", _Calls(telegram).answer)
    app.router.add_get("/file/bot{token}/{path:.+}", _Calls(telegram).fetch)
    app.cleanup_ctx.append(lambda _app: _delivering(telegram))
    return app


class Server:
    """Serves one `Telegram` on a loopback port from a thread. `url` is what TELEGRAM_API_BASE_URL takes."""

    def __init__(self, telegram: Telegram, port: int = 0) -> None:
        self._telegram = telegram
        self._listening = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        """Stop at once; open requests are cut."""
        self._telegram.stopping = True
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)
        self._telegram.journal.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        runner = web.AppRunner(build_app(self._telegram), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, self._listening).start()
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()


class _Calls:
    """Takes HTTP calls of the bot."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._telegram.token:
            return _refusal(Answered(401, "Unauthorized"))
        try:
            return web.Response(body=await self._telegram.fetch_file(request.match_info["path"]))
        except Answered as answered:
            return _refusal(answered)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._telegram.token:
            return _refusal(Answered(401, "Unauthorized"))
        try:
            outcome = await self._telegram.call(request.match_info["method"], await _read_parameters(request))
        except Answered as answered:
            return _refusal(answered)
        except NotTaken as lost:
            return await _lose(request, lost.fault)
        return await _deliver(request, {"ok": True, "result": outcome.result}, outcome.fault)


async def _deliver(request: web.Request, body: dict[str, Any], fault: Fault) -> web.StreamResponse:
    """Answer a call that was done, as far as the fault lets the answer through."""
    match fault.mode:
        case Mode.DELIVER_THEN_DROP:
            return await _lose(request, fault)
        case Mode.STALL:
            await asyncio.sleep(fault.seconds or STALL_S)
        case Mode.SLOW:
            await asyncio.sleep(fault.seconds or SLOW_S)
        case Mode.HALF_BODY:
            return await _break_off(request)
        case Mode.WRONG_JSON:
            return web.Response(body=b"{", content_type="application/json")
    return web.json_response(body)


async def _lose(request: web.Request, fault: Fault) -> web.StreamResponse:
    """End the connection without an answer; a reset ends it at once, as a broken router does."""
    transport = request.transport
    if transport is not None:
        if fault.mode is Mode.RESET and (wire := transport.get_extra_info("socket")) is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    await asyncio.sleep(0)
    return web.Response(status=500)  # nobody sees it


async def _break_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "400", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"ok":true,"resu')
    if request.transport is not None:
        request.transport.close()
    return response


def _refusal(answered: Answered) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": answered.status, "description": answered.description}
    headers = {}
    if answered.parameters:
        body["parameters"] = answered.parameters
    if wait := answered.parameters.get("retry_after"):
        headers["Retry-After"] = str(wait)
    return web.json_response(body, status=answered.status, headers=headers)


async def _read_parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        given = await request.json()
        return {name: read_value(name, v) if isinstance(v, str) else v for name, v in given.items()}
    if request.content_type.startswith("multipart/"):
        return {name: read_value(name, v) if isinstance(v, str) else v for name, v in (await request.post()).items()}
    body = parse_qs((await request.read()).decode(), keep_blank_values=True)
    found = {**{name: values[0] for name, values in body.items()}, **request.query}
    return {name: read_value(name, value) for name, value in found.items()}


# --- webhook: one queue for each chat, the next update only after the earlier one was taken ---


async def _delivering(telegram: Telegram) -> Any:
    async with ClientSession(timeout=ClientTimeout(total=WEBHOOK_ANSWER_S)) as session:
        task = asyncio.create_task(_deliver_updates(telegram, session))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _deliver_updates(telegram: Telegram, session: ClientSession) -> None:
    queues: dict[object, asyncio.Task[None]] = {}
    while True:
        if telegram.webhook:
            waiting: dict[object, dict[str, Any]] = {}
            for update in telegram.waiting_updates():
                waiting.setdefault(_queue_of(update), update)
            for queue, update in waiting.items():
                if queue not in queues or queues[queue].done():
                    queues[queue] = asyncio.create_task(_deliver_update(telegram, session, update))
        await asyncio.sleep(0.01)


async def _deliver_update(telegram: Telegram, session: ClientSession, update: dict[str, Any]) -> None:
    wait = _FIRST_RETRY_S
    while hook := telegram.webhook:
        allowed = hook["allowed_updates"]
        if allowed and not set(update) & set(allowed):
            telegram.drop_update(update["update_id"])
            return
        if await _post_update(session, hook, update):
            telegram.drop_update(update["update_id"])
            return
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_RETRY_S)


async def _post_update(session: ClientSession, hook: dict[str, Any], update: dict[str, Any]) -> bool:
    secret = {"X-Telegram-Bot-Api-Secret-Token": hook["secret_token"]} if hook["secret_token"] else {}
    try:
        async with session.post(hook["url"], json=update, headers=secret, allow_redirects=False) as answer:
            return 200 <= answer.status < 300
    except Exception:  # whatever is wrong at the bot's side, Telegram tries again
        return False


def _queue_of(update: dict[str, Any]) -> object:
    """Return what orders an update: its chat, or for a press the person."""
    for content in update.values():
        if isinstance(content, dict):
            return (content.get("chat") or content.get("from") or {}).get("id")
    return None
