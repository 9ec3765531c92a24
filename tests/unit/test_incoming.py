"""What is read of an update before it is stored: its number and its chat, from whatever comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incoming import describe_shape, find_chat_id, find_private_chat, read_incoming

CHAT = {"id": 11, "type": "private"}

IN_A_CHAT = [
    ("a message", {"message": {"chat": CHAT, "from": {"id": 12}}}, 11),
    (
        "a press belongs to the chat of its message",
        {"callback_query": {"from": {"id": 12}, "message": {"chat": CHAT}}},
        11,
    ),
    ("a press under an inline message has a sender only", {"callback_query": {"from": {"id": 12}}}, 12),
    ("a change of membership", {"my_chat_member": {"chat": CHAT, "from": {"id": 12}}}, 11),
    ("a group", {"message": {"chat": {"id": -1001234567890}}}, -1001234567890),
    ("a kind that we do not know yet", {"hologram": {"chat": CHAT}}, 11),
    ("a poll has none", {"poll": {"id": "5"}}, None),
    ("no content at all", {}, None),
    ("a chat that is a word", {"message": {"chat": "11"}}, None),
    ("a chat id that is a word", {"message": {"chat": {"id": "11"}}}, None),
    ("a chat id that is true", {"message": {"chat": {"id": True}}}, None),
    ("a chat id beyond 52 bits", {"message": {"chat": {"id": 2**60}}}, None),
    ("content that is a list", {"message": [1]}, None),
]

NO_UPDATES = [
    None,
    5,
    "update",
    [],
    [{"update_id": 1}],
    {},
    {"update_id": None},
    {"update_id": "1"},
    {"update_id": 1.0},
    {"update_id": True},
    {"update_id": -1},
    {"update_id": 2**63},
    {"id": 1},
]


@pytest.mark.parametrize(("_", "content", "chat_id"), IN_A_CHAT, ids=[row[0] for row in IN_A_CHAT])
def test_the_chat_of_an_update_is_found(_, content, chat_id):
    assert find_chat_id({"update_id": 1, **content}) == chat_id


@pytest.mark.parametrize("found", NO_UPDATES)
def test_what_has_no_usable_number_is_no_update(found):
    assert read_incoming(found) is None


@pytest.mark.parametrize("update_id", [0, 1, 2**31, 2**53, 2**63 - 1])
def test_every_number_that_the_database_holds_is_taken(update_id):
    incoming = read_incoming({"update_id": update_id, "message": {"chat": CHAT}})

    assert (incoming.update_id, incoming.chat_id) == (update_id, 11)


def test_half_characters_and_zero_bytes_are_stored_as_ascii():
    incoming = read_incoming({"update_id": 1, "message": {"chat": CHAT, "text": "a\ud83d\x00é"}})

    assert incoming.raw.isascii()
    assert json.loads(incoming.raw)["message"]["text"] == "a\ud83d\x00é"


def test_an_update_nested_too_deeply_is_taken_and_cannot_be_read_later():
    nested: dict = {}
    for _ in range(100_000):
        nested = {"a": nested}

    incoming = read_incoming({"update_id": 1, "message": nested})

    with pytest.raises(ValueError, match="Expecting"):
        json.loads(incoming.raw)


@pytest.mark.parametrize(
    ("content", "chat_id"),
    [
        ({"message": {"chat": CHAT}}, 11),
        ({"callback_query": {"message": {"chat": CHAT}}}, 11),
        ({"my_chat_member": {"chat": CHAT}}, None),  # nobody waits for an answer
        ({"message": {"chat": {"id": -5}}}, None),  # a group
    ],
)
def test_only_somebody_in_a_private_chat_waits_for_an_answer(content, chat_id):
    assert find_private_chat(json.dumps({"update_id": 1, **content})) == chat_id


def test_the_shape_of_an_update_holds_nothing_of_a_person():
    update = {
        "update_id": 1,
        "message": {"chat": {"id": 4455667788}, "text": "Helper job", "entities": [{"offset": 0}], "नाम": "Asha"},
    }

    shape = describe_shape(json.dumps(update))

    assert json.loads(shape)["message"]["text"] == "str"
    for personal in ("4455667788", "Helper", "Asha", "नाम"):
        assert personal not in shape


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query", "chat", "from", "id"]), _JSON))
def test_no_json_breaks_the_reading(update):
    incoming = read_incoming(update)

    if incoming is not None:
        describe_shape(incoming.raw)
        find_private_chat(incoming.raw)
