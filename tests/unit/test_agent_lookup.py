"""What is said of a recruiting agent: never more than the lists have. Every firm is invented."""

from __future__ import annotations

import datetime as dt

import pytest
from agent_builders import NUMBER, TODAY, look_up, make_firm, make_register, make_warned
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.agents import AgentClass, AgentStatus, Because, make_number_key

WAYS_OF_WRITING = [
    "b-0123/del/per/1000+/5/9999/2019",
    " B - 0123 / DEL / PER / 1000+ / 5 / 9999 / 2019 ",
    "B-०१२३/DEL/PER/१०००+/५/९९९९/२०१९",
    "Ｂ-0123/DEL/PER/1000+/5/9999/2019",
    "B 0123 DEL PER 1000 5 9999 2019",
    "B–0123\\DEL\\PER\\1000+\\5\\9999\\2019",
    "RC No. B-0123/DEL/PER/1000+/5/9999/2019",
    "B-0123/\u200bDEL/PER/1000+/5/9999/2019",
]
NEARLY = [
    ("B-0124/DEL/PER/1000+/5/9999/2019", "another digit"),
    ("B-0132/DEL/PER/1000+/5/9999/2019", "swapped digits"),
    ("B-0123/DEL/PER/1000+/5/9999/2018", "another year"),
    ("B-0123/MUM/PER/1000+/5/9999/2019", "another city"),
    ("B-O123/DEL/PER/1000+/5/9999/2019", "a letter for a digit"),
    ("В-0123/DEL/PER/1000+/5/9999/2019", "a Cyrillic letter"),
    ("B-0123", "only its beginning"),
    ("0123/DEL/PER/1000+/5/9999/2019", "without its letter"),
]


@pytest.mark.parametrize("written", WAYS_OF_WRITING)
def test_ways_of_writing_a_number_are_one_number(written):
    found = look_up(make_register(make_firm()), number=written)

    assert (found.agent_class, found.because) == (AgentClass.EXACT, Because.SAME_NUMBER)


@pytest.mark.parametrize(("written", "why"), NEARLY)
def test_a_number_that_is_only_like_it_is_never_confirmed(written, why):
    found = look_up(make_register(make_firm()), number=written)

    assert found.agent_class is not AgentClass.EXACT, why
    assert make_number_key(written) != make_number_key(NUMBER)


def test_a_number_that_differs_in_one_digit_is_shown_beside_the_listed_one():
    found = look_up(make_register(make_firm()), number="B-0124/DEL/PER/1000+/5/9999/2019")

    assert found.agent_class is AgentClass.LOOK_ALIKE
    assert found.listings[0].number == NUMBER


def test_a_name_is_confirmed_only_when_no_other_firm_has_it():
    alone = make_register(make_firm())
    shared = make_register(make_firm(), make_firm(number="B-0777/MUM/PER/50/5/1/2020"))

    assert look_up(alone, "al noor manpower").agent_class is AgentClass.EXACT
    found = look_up(shared, "al noor manpower")
    assert (found.agent_class, found.because) == (AgentClass.LOOK_ALIKE, Because.SHARED_NAME)
    assert len(found.listings) == 2


@pytest.mark.parametrize(
    "asked", ["Al Nour Manpower", "Al Noor Overseas", "Al Noor", "Al Noor Manpowers", "अल नूरी मैनपावर"]
)
def test_a_near_miss_is_shown_with_the_listed_spelling_and_number(asked):
    found = look_up(make_register(make_firm()), asked)

    assert found.agent_class is AgentClass.LOOK_ALIKE
    assert (found.listings[0].name, found.listings[0].number) == ("Al Noor Manpower", NUMBER)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("suspended", AgentClass.SUSPENDED), ("cancelled", AgentClass.SUSPENDED), ("expired", AgentClass.EXPIRED)],
)
def test_who_may_no_longer_recruit_is_not_confirmed(status, expected):
    register = make_register(make_firm(status=status))

    assert look_up(register, number=NUMBER).agent_class is expected
    assert look_up(register, "Al Noor Manpower").agent_class is expected


def test_an_entry_that_ran_out_since_is_expired_on_the_next_day():
    register = make_register(make_firm(valid_until=TODAY))

    assert look_up(register, number=NUMBER).agent_class is AgentClass.EXACT
    tomorrow = look_up(register, number=NUMBER, today=TODAY + dt.timedelta(days=1))
    assert tomorrow.agent_class is AgentClass.EXPIRED
    assert tomorrow.listings[0].status is AgentStatus.EXPIRED


def test_a_name_on_the_list_of_unregistered_agents_is_never_confirmed_though_a_firm_has_it():
    register = make_register(make_firm("Sunrise Overseas"), make_warned("Sunrise Overseas"))

    found = look_up(register, "Sunrise Overseas Pvt Ltd")

    assert found.agent_class is AgentClass.LISTED_UNREGISTERED
    assert {listing.agent_list.value for listing in found.listings} == {"registered", "unregistered"}


def test_the_number_of_another_firm_is_not_confirmed():
    register = make_register(make_firm(), make_firm("Blue Kite Travels", "B-0500/MUM/PER/50/5/7/2020"))

    found = look_up(register, "Blue Kite Travels", NUMBER)

    assert (found.agent_class, found.because) == (AgentClass.LOOK_ALIKE, Because.OTHER_NAME)


def test_a_listed_name_with_a_number_that_is_not_its_own_is_not_confirmed():
    found = look_up(make_register(make_firm()), "Al Noor Manpower", "B-8888/GOA/PER/50/5/7/2011")

    assert (found.agent_class, found.because) == (AgentClass.LOOK_ALIKE, Because.OTHER_NUMBER)


def test_what_no_list_has_is_not_found():
    found = look_up(make_register(make_firm()), "Copper Pot Bakery")

    assert (found.agent_class, found.listings) == (AgentClass.NOT_FOUND, ())


def test_a_list_older_than_ninety_days_is_called_old():
    taken = dt.date(2026, 8, 24)

    fresh = look_up(make_register(make_firm(), as_of=taken), "x", today=taken + dt.timedelta(days=90))
    old = look_up(make_register(make_firm(), as_of=taken), "x", today=taken + dt.timedelta(days=91))

    assert (fresh.is_old, old.is_old) == (False, True)
    assert old.registered_as_of == taken


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=40))
def test_whatever_is_asked_only_the_listed_name_or_number_confirms(name, number):
    found = look_up(make_register(make_firm(), make_warned()), name, number)

    if found.agent_class is AgentClass.EXACT:
        assert make_number_key(number) == make_number_key(NUMBER) or "noor" in name.casefold()
