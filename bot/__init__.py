"""Telegram, the local page and the command line. Knows nothing of ingest."""
