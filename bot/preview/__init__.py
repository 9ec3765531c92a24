"""The bot without Telegram: the real application over a request that records, in a local page or in the terminal."""
