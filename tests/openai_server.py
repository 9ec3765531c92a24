"""An OpenAI-compatible server on loopback that answers as scripted, so that the real client's code runs in tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ScriptedServer:
    """What the server does next, and what it was asked. `url` is the root that CHAT_MODEL_URL takes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.let_go = threading.Event()
        self._answer: Callable[[BaseHTTPRequestHandler], None] = _completion("{}")

    def replies_with(self, text: str) -> None:
        self._answer = _completion(text)

    def replies_by(self, make: Callable[[dict[str, Any]], str | int]) -> None:
        """Answer what a function makes of the question: a text, or an HTTP status that is a refusal."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            made = make(self.asked[-1])
            if isinstance(made, int):
                _send(request, made, json.dumps(_refusal()).encode())
            else:
                _completion(made)(request)

        self._answer = answer

    def sends(self, body: bytes) -> None:
        """Answer 200 with a body that may be anything."""
        self._answer = lambda request: _send(request, 200, body)

    def refuses_with(self, status: int) -> None:
        self._answer = lambda request: _send(request, status, json.dumps(_refusal()).encode())

    def never_answers(self) -> None:
        self._answer = lambda _request: _wait(self.let_go)

    def drips(self) -> None:
        """Send a byte now and then, which no time-out between two bytes ever notices."""

        def drip(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", "100000")
            request.end_headers()
            while not self.let_go.wait(0.05):
                request.wfile.write(b" ")
                request.wfile.flush()

        self._answer = drip

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length", 0))
        self.asked.append(json.loads(request.rfile.read(length)))
        self.keys.append(request.headers.get("Authorization"))
        self._answer(request)


@contextmanager
def running_openai_server() -> Iterator[ScriptedServer]:
    """Return a server while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # the client has given up, as some tests want it to
                script.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    script = ScriptedServer(f"http://127.0.0.1:{server.server_port}/v1")
    serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    try:
        yield script
    finally:
        script.let_go.set()
        server.shutdown()
        server.server_close()
        serving.join()


def _completion(text: str) -> Callable[[BaseHTTPRequestHandler], None]:
    body = {
        "id": "scripted-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150},
    }
    return lambda request: _send(request, 200, json.dumps(body).encode())


def _refusal() -> dict[str, Any]:
    return {"error": {"message": "scripted refusal", "type": "scripted", "code": None, "param": None}}


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def _wait(event: threading.Event) -> None:
    event.wait(30)
