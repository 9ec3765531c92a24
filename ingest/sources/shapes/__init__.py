"""Parsers of the official sites: pure functions of the bytes of a page and its address."""
