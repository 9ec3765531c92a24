"""Presenters: a value goes in, a message comes out."""
