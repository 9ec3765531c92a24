"""Unpacks an answer while it arrives, and stops as soon as it grows too large: two kilobytes can hold two gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_GZIP = 31  # zlib's way to say: with a gzip header
_PIECE = 262_144  # bytes unpacked at a time, so that memory grows only with what is kept
ACCEPTED = "gzip, identity"


class TooMuchUnpacked(Exception):
    """The content is larger than it may be."""


class CannotUnpack(Exception):
    """The content is packed in a way that was not asked for, is damaged, or breaks off."""


def unpack(pieces: Iterable[bytes], encoding: str, most_bytes: int) -> bytes:
    """Return the content of an answer with this Content-Encoding. Raises TooMuchUnpacked and CannotUnpack."""
    packed_as = encoding.strip().lower()
    if packed_as in ("", "identity"):
        return _gather(pieces, most_bytes)
    if packed_as in ("gzip", "x-gzip"):
        return _gather(_gunzipped(pieces), most_bytes)
    raise CannotUnpack


def _gather(pieces: Iterable[bytes], most_bytes: int) -> bytes:
    content = bytearray()
    for piece in pieces:
        if len(content) + len(piece) > most_bytes:
            raise TooMuchUnpacked
        content += piece
    return bytes(content)


def _gunzipped(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """Yield small unpacked pieces of one archive, or of several one after the other, which gzip allows."""
    unpacker = zlib.decompressobj(_GZIP)
    arrived = False
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof:
                unpacker = zlib.decompressobj(_GZIP)
            arrived = True
            try:
                yield unpacker.decompress(rest, _PIECE)
            except zlib.error:
                raise CannotUnpack from None
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if arrived and not unpacker.eof:
        raise CannotUnpack
