"""Which countries a message is about: the door to `mentions` (who is named) and `routes` (what part each plays)."""

from knowledge.reading.mentions import CountryMention, find_countries
from knowledge.reading.routes import destinations, stops

__all__ = ["CountryMention", "destinations", "find_countries", "stops"]
