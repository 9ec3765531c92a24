"""Writes how Satark names itself to the sites it reads: honestly. Pretending to be a browser opens no door."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

_LONGEST_CONTACT = 120


def make_user_agent(operator_contact: str | None = None) -> str:
    """Return product, version, what it does, and whom to ask, where the operator says so (OPERATOR_CONTACT)."""
    purpose = "reads official advisories on jobs abroad"
    contact = _header_safe(operator_contact or "")
    return f"Satark/{_version()} ({purpose}{'; contact: ' + contact if contact else ''})"


def _header_safe(contact: str) -> str:
    """Letters that a header may hold inside a comment, and not too many of them."""
    kept = "".join(letter for letter in contact if " " <= letter <= "~" and letter not in "()\\")
    return " ".join(kept.split())[:_LONGEST_CONTACT]


def _version() -> str:
    try:
        return version("satark")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "0"
