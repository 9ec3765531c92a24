"""A disguise changes no verdict: twenty offers in fifty disguises, and what is shown again stays as it was typed."""

import random
from pathlib import Path

import disguises
import pytest

from knowledge.yaml_files import read_yaml_strings

OFFERS = read_yaml_strings(Path(__file__).parent.parent / "data" / "disguised_offers.yaml")
CHANCE = random.Random(20261122)
PAIRS = [disguises.both(*CHANCE.sample(disguises.ALL, 2)) for _ in range(25)]
WAYS = (*disguises.ALL, *PAIRS)
LEAST = 0.98


def verdict(starter, text):
    return starter.reply(text).verdict


@pytest.fixture(scope="module")
def verdicts(starter):
    """Offer → way → whether the verdict stayed."""
    chance = random.Random(7)
    plain = {name: verdict(starter, text) for name, text in OFFERS.items()}
    return {
        (name, way.__name__): verdict(starter, way(text, chance)) is plain[name]
        for name, text in OFFERS.items()
        for way in WAYS
    }


def test_there_are_twenty_offers_in_fifty_disguises():
    assert len(OFFERS) == 20
    assert len(WAYS) == 50


@pytest.mark.parametrize("name", OFFERS)
def test_each_offer_is_dangerous_undisguised(starter, name):
    assert verdict(starter, OFFERS[name]) == "danger"


def test_hardly_a_disguise_changes_a_verdict(verdicts):
    changed = [key for key, stayed in verdicts.items() if not stayed]

    assert len(changed) <= (1 - LEAST) * len(verdicts), changed


@pytest.mark.parametrize("name", [name for name in OFFERS if not OFFERS[name].isascii()])
def test_quotes_of_indian_scripts_are_cut_byte_for_byte_from_the_message(starter, name):
    text = OFFERS[name].replace(" ", "  ")

    quotes = [flag.quote for flag in starter.reply(text).red_flags]

    assert quotes
    assert all(quote.strip("…") in " ".join(text.split()) for quote in quotes)
