"""Knows how addresses are compared: read as browsers read them, without what does not tell pages apart. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import ada_url

# Marks that sites and mail programmes add to a link; the page is the same without them.
_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|mc_[ce]id|igshid|ref_src)$")


def host_of(address: str) -> tuple[str, str]:
    """Return host and path of an address as a browser takes them; ("", "") where it is no web address."""
    parsed = _parse(address)
    return (parsed.hostname.rstrip("."), parsed.pathname) if parsed else ("", "")


def join(base: str, link: str) -> str | None:
    """Return where a link of a page leads, or None where it is no web address (mailto, javascript, nonsense)."""
    try:
        whole = str(ada_url.join_url(base, link.strip()))
    except ValueError:
        return None
    return whole.split("#")[0] if _parse(whole) else None


def canonical(address: str) -> str:
    """Return one form of an address: https, lower-case host without www, no fragment, no tracking, sorted query.

    It serves to compare and as a key, not to be opened. An address that cannot be read comes back as it is.
    """
    parsed = _parse(address)
    if parsed is None:
        return address
    host = parsed.hostname.rstrip(".").removeprefix("www.")
    path = quote(unquote(parsed.pathname), safe="/:@!$&'()*+,;=~") or "/"
    pairs = parse_qsl(parsed.search.removeprefix("?"), keep_blank_values=True)
    query = urlencode(sorted((name, value) for name, value in pairs if not _TRACKING.match(name)))
    return f"https://{host}{path.rstrip('/') or '/'}{'?' + query if query else ''}"


def query_of(address: str) -> str:
    """Return what stands after the question mark, percent-encoding undone."""
    return unquote(urlsplit(address).query)


def _parse(address: str) -> ada_url.URL | None:
    try:
        parsed = ada_url.URL(address.strip())
    except ValueError:
        return None
    return parsed if parsed.protocol in ("http:", "https:") and parsed.hostname else None
