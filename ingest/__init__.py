"""Brings official sources and curated records into the store. Knows no Telegram."""
