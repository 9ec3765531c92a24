"""Knows how Satark and its index process speak: one JSON object, and vectors as rows of float32 behind it.

Plain JSON and numbers, no pickles: what comes out of a broken process can do no more than be refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from knowledge.embedding.embedder import Vectors

NONE = np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True)
class Message:
    """What one side says to the other."""

    fields: Mapping[str, Any]
    vectors: Vectors


def send(connection: Connection, fields: Mapping[str, Any], vectors: Vectors = NONE) -> None:
    """Send a message. Raises OSError where the other side is gone."""
    rows = np.ascontiguousarray(vectors, dtype="<f4")
    head = json.dumps({"shape": rows.shape} | dict(fields)).encode()
    connection.send_bytes(b"%d\n%b%b" % (len(head), head, rows.tobytes()))


def receive(connection: Connection) -> Message:
    """Wait for a message. Raises EOFError or OSError where the other side is gone, ValueError where it is garbled."""
    content = memoryview(connection.recv_bytes())
    line_end = bytes(content[:20]).index(b"\n") + 1
    head_end = line_end + int(bytes(content[:line_end]))
    fields = json.loads(bytes(content[line_end:head_end]))
    shape = fields.pop("shape")
    return Message(fields, np.frombuffer(content[head_end:], dtype="<f4").reshape(shape))
