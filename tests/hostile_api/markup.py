"""Reads HTML as strictly as Telegram does and refuses in its words. Follows the parser of the official server.

A `<` always begins a tag, only the documented tags exist, each must be closed in order, attributes need quotes or a
plain word, and four names plus numbers are entities; anything else behind an `&` stays as it is.
"""

from __future__ import annotations

import re

_PLAIN_TAGS = ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre")
TAGS = frozenset({*_PLAIN_TAGS, "a", "blockquote", "tg-spoiler", "tg-emoji", "span"})
LONGEST_TEXT_UNITS = 4096  # counted in UTF-16 units, after the markup is taken away
LONGEST_CAPTION_UNITS = 1024
LARGEST_RAW_BYTES = 32 * 1024  # before the markup is taken away
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#x(?P<hex>[0-9a-fA-F]{1,6})|(?P<name>[a-zA-Z]+));?")
_ATTRIBUTE = re.compile(
    r"""\s+(?P<name>[^\s=<>/"']+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[A-Za-z0-9._-]+))?""",
)


class Refused(Exception):
    """A call that Telegram refuses with 400; the words are its description, without "Bad Request: "."""


def read_text(raw: str, parse_mode: str | None, *, longest: int = LONGEST_TEXT_UNITS) -> str:
    """Return what a person sees of a message. Raises `Refused` as Telegram does."""
    try:
        size = len(raw.encode())
    except UnicodeEncodeError:
        raise Refused("strings must be encoded in UTF-8") from None
    if size > LARGEST_RAW_BYTES:
        raise Refused("message is too long")
    if parse_mode not in (None, "", "HTML"):
        raise Refused("unsupported parse_mode")
    shown = (parse_html(raw) if parse_mode == "HTML" else raw).strip()
    if not shown:
        raise Refused("message text is empty")
    if utf16_units(shown) > longest:
        raise Refused("message is too long")
    return shown


def parse_html(html: str) -> str:
    """Return the words that Telegram shows; raises `Refused` for markup that it does not take."""
    shown: list[str] = []
    open_tags: list[str] = []
    place = 0
    while place < len(html):
        next_place = _find_special(html, place)
        shown.append(html[place:next_place])
        place = next_place
        if place == len(html):
            break
        is_tag = html[place] == "<"
        place = _read_tag(html, place, open_tags) if is_tag else _read_entity(html, place, shown)
    if open_tags:
        raise Refused(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1]}\"")
    return "".join(shown)


def utf16_units(text: str) -> int:
    """Return the length as Telegram counts it: a character outside the basic plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _find_special(html: str, place: int) -> int:
    found = [at for at in (html.find("<", place), html.find("&", place)) if at >= 0]
    return min(found, default=len(html))


def _read_entity(html: str, place: int, shown: list[str]) -> int:
    found = _ENTITY.match(html, place)
    character = _decode(found) if found else None
    if found is None or character is None:
        shown.append("&")
        return place + 1
    shown.append(character)
    return found.end()


def _decode(found: re.Match[str]) -> str | None:
    if found["name"]:
        return _NAMED.get(found["name"])
    number = int(found["decimal"]) if found["decimal"] else int(found["hex"], 16)
    return chr(number) if 0 < number < 0x10FFFF and not 0xD800 <= number < 0xE000 else None


def _read_tag(html: str, place: int, open_tags: list[str]) -> int:
    offset = len(html[:place].encode(errors="replace"))
    closing = html.startswith("</", place)
    name = re.compile(r"[^\s>]*").match(html, place + (2 if closing else 1))
    name_end = name.end() if name else place
    if name_end == len(html):
        raise _Unparsable(f"Unclosed {'end' if closing else 'start'} tag at byte offset {offset}")
    tag = html[place + (2 if closing else 1) : name_end].lower()
    if not closing:
        return _open(html, name_end, tag, offset, open_tags)
    end = html.find(">", name_end)
    _close(tag, html[name_end : end if end >= 0 else len(html)], offset, open_tags)
    return end + 1


class _Unparsable(Refused):
    def __init__(self, words: str) -> None:
        super().__init__(f"can't parse entities: {words}")


def _close(tag: str, rest: str, offset: int, open_tags: list[str]) -> None:
    if not open_tags:
        raise _Unparsable(f"Unexpected end tag at byte offset {offset}")
    expected = open_tags.pop()
    if rest.strip() or (tag and tag != expected):
        raise _Unparsable(f'Unmatched end tag at byte offset {offset}, expected "</{expected}>", found "</{tag}>"')


def _open(html: str, place: int, tag: str, offset: int, open_tags: list[str]) -> int:
    if tag not in TAGS:
        raise _Unparsable(f'Unsupported start tag "{tag}" at byte offset {offset}')
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(html, place):
        if found["value"] is None and (tag, found["name"]) != ("blockquote", "expandable"):
            raise _Unparsable(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {offset}'
            )
        attributes[found["name"]] = (found["value"] or "").strip("\"'")
        place = found.end()
    end = re.compile(r"\s*>").match(html, place)
    if end is None:
        raise _Unparsable(f'Unexpected end of name token or unclosed start tag "{tag}" at byte offset {offset}')
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _Unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    open_tags.append(tag)
    return end.end()
