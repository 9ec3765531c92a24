"""Somebody asks about a recruiter on Telegram while staff bring lists in. Every firm is invented."""

from __future__ import annotations

import datetime as dt

import pytest
from agent_builders import NUMBER, make_firm, make_warned
from fake_advisor import make_helpline, make_library
from sqlalchemy import insert

from bot.presenters import fixed_texts
from knowledge import agent_lists, helpline_changes
from knowledge.advisor.advisor import Advisor
from knowledge.agent_lists import NewList
from knowledge.agents import AgentList, RegisterKeeper
from knowledge.database import write_session
from knowledge.models import LibraryState
from knowledge.rules import save_helplines
from knowledge.vocabulary import Language

AT = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)
NOT_SAFE = "this job, the employer and the visa still need checking"


@pytest.fixture
def advisor(people, clock):
    """The real advisor, without search, over lists that staff may bring in while it runs."""
    with write_session(people.engine) as session:
        session.execute(insert(LibraryState).values(id=1, version=1))
    library = make_library(make_helpline())
    spoken = frozenset(Language)
    register = RegisterKeeper(people.engine, clock).current
    return Advisor(lambda: library, lambda: None, spoken=spoken, current_register=register)


@pytest.fixture
def staff(people):
    def bring_in(*firms, listed=AgentList.REGISTERED, as_of=dt.date(2026, 10, 20), content="a"):
        with write_session(people.engine) as session:
            new = NewList(listed, as_of, firms, content, "list.csv")
            return agent_lists.save_list(session, new, by="cli:asha", at=AT, confirmed=True).id

    return bring_in


async def ask(telegram, words):
    asha = telegram.person(11)
    asha.says(words)
    [answer] = await asha.hears(1)
    return answer.text


async def test_without_a_list_nobody_is_confirmed(telegram, bot):
    answer = await ask(telegram, f"/agent {NUMBER}")

    assert "I cannot confirm this agent" in answer


async def test_a_registered_firm_is_shown_with_its_number_the_day_of_the_list_and_a_caution(telegram, bot, staff):
    staff(make_firm())

    answer = await ask(telegram, f"/agent {NUMBER}")

    assert "Registered is not safe" in answer
    assert f"Al Noor Manpower, {NUMBER}, active" in answer
    assert "as of 20 October 2026" in answer
    assert NOT_SAFE in answer


@pytest.mark.parametrize(
    "question",
    [
        "Is Al Noor Manpower registered?",
        "kya al noor manpower registered hai?",
        "क्या अल नूर मैनपावर रजिस्टर्ड है?",
        "അൽ നൂർ മാൻപവർ രജിസ്റ്റർ ചെയ്തതാണോ?",
        "அல் நூர் மேன்பவர் பதிவு செய்யப்பட்டதா?",
        "అల్ నూర్ మ్యాన్‌పవర్ రిజిస్టర్ అయిందా?",
        f"Is licence {NUMBER} valid?",
        NUMBER,
    ],
)
async def test_a_plain_question_finds_the_firm_in_every_script(telegram, bot, staff, question):
    staff(make_firm())

    answer = await ask(telegram, question)

    assert f"Al Noor Manpower, {NUMBER}" in answer.replace("</b>", "").replace("\u2068", "").replace("\u2069", "")


async def test_a_look_alike_is_never_confirmed_and_shows_what_to_compare(telegram, bot, staff):
    staff(make_firm())

    answer = await ask(telegram, "Is Al Nour Manpower registered?")

    assert "Not confirmed" in answer
    assert f"Al Noor Manpower, {NUMBER}" in answer
    assert "Registered is not safe" not in answer


async def test_a_name_on_the_list_of_unregistered_agents_is_warned_of(telegram, bot, staff):
    staff(make_firm())
    staff(make_warned(), listed=AgentList.UNREGISTERED)

    answer = await ask(telegram, "/agent sunrise overseas")

    assert "official list of unregistered agents" in answer
    assert "Do not pay" in answer


async def test_an_old_list_is_said_to_be_old(telegram, bot, staff):
    staff(make_firm(), as_of=dt.date(2026, 5, 1))

    answer = await ask(telegram, "/agent Al Noor Manpower")

    assert "as of 1 May 2026" in answer
    assert "older than 90 days" in answer


async def test_a_list_taken_back_is_not_answered_from_any_more(telegram, bot, staff, people):
    number = staff(make_firm())
    with write_session(people.engine) as session:
        agent_lists.undo_list(session, number, by="cli:asha", at=AT)

    assert "I cannot confirm this agent" in await ask(telegram, "/agent Al Noor Manpower")


async def test_the_command_without_words_is_explained(telegram, bot):
    assert fixed_texts.AGENT_HELP[:30] in await ask(telegram, "/agent")


async def test_a_suspended_number_in_an_offer_is_named_in_the_reply_to_the_offer(telegram, bot, staff):
    staff(make_firm(status="suspended"))
    offer = (
        f"Electrician vacancy in Qatar, salary 1800 QAR, food and stay free, 2 years contract, interview in Kochi on "
        f"Sunday. RA licence {NUMBER}. Should I go?"
    )

    answer = await ask(telegram, offer)

    assert "suspended" in answer
    assert NOT_SAFE in answer


async def test_a_second_person_approves_a_changed_helpline_in_telegram(telegram, bot, people):
    with write_session(people.engine) as session:
        save_helplines(session, [make_helpline()], at=AT)
        line = make_helpline().id
        changes = {"phones": ["+91 99999 00042"]}
        change = helpline_changes.propose_change(session, line, changes, by="cli:asha", at=AT, reason="official site")
    staff_member, stranger = telegram.person(900), telegram.person(12)

    stranger.says(f"/approve_helpline {change}")
    [refusal] = await stranger.hears(1)
    staff_member.says("/helpline_changes")
    [card] = await staff_member.hears(1)
    staff_member.says(f"/approve_helpline {change}")
    *_, done = await staff_member.hears(2)

    assert refusal.text == fixed_texts.UNKNOWN_COMMAND
    assert "+91 99999 00042" in card.text
    assert "is made" in done.text
    with write_session(people.engine) as session:
        assert helpline_changes.get_helpline(session, line, AT).record.phones == ("+91 99999 00042",)
