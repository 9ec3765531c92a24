"""Which firm a message asks about. Every firm is invented."""

from __future__ import annotations

import pytest

from knowledge.agent_queries import read_agent_argument, read_agent_query

NAMES = [
    ("Is Peacock Manpower registered?", "Peacock Manpower"),
    ("kya peacock manpower registered hai", "peacock manpower"),
    ("IS PEACOCK MANPOWER REGISTERED?", "PEACOCK MANPOWER"),
    ("My aunt knows Peacock Manpower Consultancy in Kochi. Is it registered?", "Peacock Manpower Consultancy"),
    ("peacock manpower genuine hai kya", "peacock manpower"),
    ("is new peacock manpower registered", "new peacock manpower"),
    ("Is Real Peacock Manpower genuine?", "Real Peacock Manpower"),
    ("Star of Kochi Travels licence?", "Star of Kochi Travels"),
    ("Is “Gulf Peacock” fine?", "Gulf Peacock"),
    ("क्या मयूर मैनपावर रजिस्टर्ड है?", "मयूर मैनपावर"),
    ("മയൂർ മാൻപവർ രജിസ്റ്റർ ചെയ്തതാണോ?", "മയൂർ മാൻപവർ"),
    ("மயூர் மேன்பவர் பதிவு செய்யப்பட்டதா?", "மயூர் மேன்பவர்"),
    ("మయూర్ ట్రావెల్స్ రిజిస్టర్ అయిందా?", "మయూర్ ట్రావెల్స్"),
    ("I want to work in Qatar", None),
    ("Is my agent registered?", None),
    ("", None),
]
NUMBERS = [
    ("Is licence B-0123/DEL/PER/1000+/5/9999/2019 valid?", "B-0123/DEL/PER/1000+/5/9999/2019"),
    ("RC no b 0123 del per 1000+ 5 9999 2019 please check", "b 0123 del per 1000+ 5 9999 2019"),
    ("लाइसेंस B-०१२३/MUM/PER/1000+/5/9876/2021 असली है क्या?", "B-0123/MUM/PER/1000+/5/9876/2021"),
    ("call +91 99999 01234, salary 1200/1500, 2 years", None),
    ("Room B-12/4, Kochi 682001", None),
]


@pytest.mark.parametrize(("message", "name"), NAMES)
def test_the_whole_name_is_taken_and_nothing_of_the_question(message, name):
    assert read_agent_query(message).name == name


@pytest.mark.parametrize(("message", "number"), NUMBERS)
def test_a_registration_number_is_found_in_any_message(message, number):
    assert read_agent_query(message).number == number


def test_a_number_and_a_name_in_one_message_are_both_taken():
    query = read_agent_query("Peacock Travels shows B-0123/DEL/PER/1000+/5/9999/2019. Is that licence real?")

    assert (query.name, query.number) == ("Peacock Travels", "B-0123/DEL/PER/1000+/5/9999/2019")


@pytest.mark.parametrize(
    ("argument", "name"), [("Peacock", "Peacock"), ("is peacock registered?", "peacock"), ("मयूर", "मयूर")]
)
def test_after_the_command_everything_is_the_name(argument, name):
    assert read_agent_argument(argument).name == name


def test_after_the_command_a_part_of_a_number_is_a_number():
    assert read_agent_argument("0123/DEL").number == "0123/DEL"
