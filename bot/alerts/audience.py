"""Knows whom an alert concerns: countries, topics, or everyone who subscribed. Pure; `matching.py` asks the database.

A person is concerned by a country or a topic they follow, or if they follow all of India's warnings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.alerts.states import Interest
from knowledge.vocabulary import Topic

COUNTRY_CODE = re.compile(r"[A-Z]{2}")


class BadAudience(Exception):
    """The audience is empty, or would reach everyone by mistake; the message says how to name it."""


@dataclass(frozen=True)
class Wish:
    """One thing to hear of. The value is a country code, a topic, or empty for all of India's warnings."""

    interest: Interest
    value: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a value that is not of its kind."""
        well = {
            Interest.COUNTRY: COUNTRY_CODE.fullmatch(self.value) is not None,
            Interest.TOPIC: self.value in set(Topic),
            Interest.ALL_INDIA: self.value == "",
        }
        if not well[self.interest]:
            raise ValueError(f"{self.value!r} is not a {self.interest.value}")


ALL_INDIA = Wish(Interest.ALL_INDIA)


@dataclass(frozen=True)
class Audience:
    """Whom an alert is for. `everyone` is every subscriber, whatever they follow, and has to be said."""

    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    everyone: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored and hashed: sorted, without doubles."""
        return {
            "countries": sorted(set(self.countries)),
            "topics": sorted(set(self.topics)),
            "everyone": self.everyone,
        }

    def concerns(self, wishes: Collection[Wish]) -> bool:
        """Whether somebody with these wishes is meant."""
        if self.everyone:
            return bool(wishes)
        return any(
            wish.interest is Interest.ALL_INDIA
            or (wish.interest is Interest.COUNTRY and wish.value in self.countries)
            or (wish.interest is Interest.TOPIC and wish.value in self.topics)
            for wish in wishes
        )


def read_audience(stored: Mapping[str, Any]) -> Audience:
    """Turn a stored audience back into the value. Raises BadAudience for one that is not whole."""
    try:
        return Audience(tuple(stored["countries"]), tuple(stored["topics"]), stored["everyone"] is True)
    except (KeyError, TypeError) as error:
        raise BadAudience("The stored audience is damaged. Request the alert again.") from error


def audience_of_advisory(countries: Sequence[str], topics: Sequence[str]) -> Audience:
    """Return whom an advisory concerns by itself. Raises BadAudience where it names no country.

    Without a country, "whom it concerns" would silently become everyone or no one (a missing value is how such alerts
    went wrong elsewhere), so staff must say which.
    """
    if not countries:
        raise BadAudience(
            "The advisory names no country. Say whom you mean: --topics (those who follow its topics), "
            "--country XX, or --everyone."
        )
    return checked(Audience(tuple(countries), tuple(topics)))


def checked(audience: Audience) -> Audience:
    """Return the audience if it can be meant. Raises BadAudience for an empty, contradictory or misspelt one."""
    if not (audience.countries or audience.topics or audience.everyone):
        raise BadAudience("The audience is empty. Name a country, a topic, or --everyone.")
    if audience.everyone and (audience.countries or audience.topics):
        raise BadAudience("Name countries and topics, or --everyone, not both.")
    if wrong := [code for code in audience.countries if not COUNTRY_CODE.fullmatch(code)]:
        raise BadAudience(f"Write countries as two capital letters, such as RU. Not understood: {', '.join(wrong)}.")
    if wrong := [topic for topic in audience.topics if topic not in set(Topic)]:
        raise BadAudience(f"Unknown topics: {', '.join(wrong)}. Known: {', '.join(Topic)}.")
    return audience
