"""What a file is, and how its bytes become text: the content decides, not the name."""

from __future__ import annotations

import pytest

from knowledge.documents.document import MediaType, Unreadable, UnreadableReason
from knowledge.documents.sniffing import decode, sniff

HINDI = "भारतीय नागरिकों को सलाह दी जाती है। 2025\n"


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"%PDF-1.7\n", "notice.html", MediaType.PDF),
        (b"\xef\xbb\xbf\n%PDF-1.7\n", None, MediaType.PDF),
        (b"\x89PNG\r\n\x1a\n", "notice.jpg", MediaType.IMAGE),
        (b"\xff\xd8\xff\xe0", "notice.pdf", MediaType.IMAGE),
        (b"<!DOCTYPE html><p>a", "x.aspx", MediaType.HTML),
        (b"<?xml version='1.0'?>\n<!-- a --><html><body>a", None, MediaType.HTML),
        (b"<?xml version='1.0'?><rss version='2.0'><channel>", None, MediaType.FEED),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "x.xml", MediaType.FEED),
        (b"---\nid: a\n---\ntext", None, MediaType.MARKDOWN),
        (b'{"id": "a"}\n{"id": "b"}\n', None, MediaType.JSON_LINES),
        (b"name,phone\na,b\n", "agents.csv", MediaType.CSV),
        (b"A notice in words.", "notice.txt", MediaType.TEXT),
        (b"BM is how this text begins, and it is no picture", None, MediaType.TEXT),
        (b"MZ too", None, MediaType.TEXT),
        ("<html><p>अ".encode("utf-16-le"), None, MediaType.HTML),
    ],
)
def test_the_content_tells_what_a_file_is(data: bytes, name: str | None, media_type: MediaType) -> None:
    assert sniff(data, name) is media_type


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"GIF89a" + bytes(9), "a.gif", UnreadableReason.NOT_SUPPORTED),
        (b"\0\0\0\x18ftypheic", "a.jpg", UnreadableReason.NOT_SUPPORTED),
        (b"<svg xmlns='a'>", None, UnreadableReason.NOT_SUPPORTED),
        (b"MZ\x90\0\x03", "a.pdf", UnreadableReason.NOT_SUPPORTED),
        (b"<html><body>404", "a.pdf", UnreadableReason.TYPE_MISMATCH),
        (b"<html><body>404", "a.jpg", UnreadableReason.TYPE_MISMATCH),
        (b"   \n", None, UnreadableReason.NO_TEXT),
        (b"PK\x03\x04 cut", "a.docx", UnreadableReason.DAMAGED),
        (bytes(range(256)) * 3 + bytes(200), None, UnreadableReason.NOT_SUPPORTED),
    ],
)
def test_what_satark_does_not_read_is_refused_kindly(data: bytes, name: str | None, reason: UnreadableReason) -> None:
    with pytest.raises(Unreadable) as refused:
        sniff(data, name)

    assert refused.value.reason is reason
    assert "Please" in refused.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", [None, "text/html; charset=iso-8859-1", "text/html; charset=windows-1252"])
def test_hindi_survives_whatever_is_declared(encoding: str, declared: str | None) -> None:
    data = f"<p>{HINDI} 1234</p>".encode(encoding)

    assert HINDI in decode(data, declared)


def test_cp1252_is_what_remains() -> None:
    assert decode("“Beware” – says the Ministry’s notice".encode("cp1252")) == "“Beware” – says the Ministry’s notice"


def test_a_declared_encoding_counts_where_the_text_is_not_utf_8() -> None:
    text = "предупреждение"

    assert decode(text.encode("koi8-r"), "text/plain; charset=koi8-r") == text


@pytest.mark.parametrize(
    "declared", ["text/plain; charset=zlib_codec", "text/plain; charset=nonsense", "x; charset=rot13"]
)
def test_a_declared_encoding_that_is_none_is_ignored(declared: str) -> None:
    assert decode(b"caf\xe9", declared) == "café"


def test_a_text_cut_inside_its_last_letter_is_still_utf_8() -> None:
    assert decode(HINDI.encode()[:-2]).startswith("भारतीय")
