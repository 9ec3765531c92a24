"""Which contacts a reply may show."""

import datetime as dt
from dataclasses import replace

from knowledge.helplines import (
    CONTROL_ROOM,
    CYBER_LINE,
    MADAD,
    MISSION_LIST,
    TELE_MANAS,
    WORKERS_LINE,
    choose_helplines,
)
from knowledge.records import HelplineRecord
from knowledge.vocabulary import HelplineStatus, Kind, Stage

TODAY = dt.date(2026, 11, 22)
NUMBER = "+91 99999 00001"


def make_helpline(helpline_id="xx-line", **changes):
    base = HelplineRecord(
        id=helpline_id,
        name=helpline_id,
        who_for="everybody",
        country="IN",
        phones=(NUMBER,),
        whatsapp=(NUMBER,),
        email="someone@example.org",
        url="https://example.org",
        hours="24x7",
        seen_in=(),
        as_of="2026-04",
        as_of_month=dt.date(2026, 4, 1),
        official_reprint=False,
        status=HelplineStatus.CURRENT,
        note="another number is +91 99999 00002",
    )
    return replace(base, **changes)


def make_mission(code, **changes):
    defaults = {
        "name": "Embassy of India, Example City (emergency)",
        "country": code,
        "status": HelplineStatus.OLD_VERIFY,
        "official_reprint": True,
        "as_of_month": dt.date(2024, 10, 1),
    }
    return make_helpline(f"{code.lower()}-embassy", **{**defaults, **changes})


GENERAL = (
    make_helpline(WORKERS_LINE),
    make_helpline(MADAD, country=None, phones=(), whatsapp=()),
    make_helpline(CYBER_LINE, phones=("1930",)),
    make_helpline(TELE_MANAS, phones=("14416",)),
    make_helpline(CONTROL_ROOM, status=HelplineStatus.CRISIS_ONLY),
    make_helpline(MISSION_LIST, country=None, phones=(), status=HelplineStatus.OLD_VERIFY),
)


def choose(*rows, kind=Kind.EMERGENCY, countries=("KH",), stage=Stage.ABROAD, **more):
    return choose_helplines((*GENERAL, *rows), kind=kind, countries=countries, stage=stage, today=TODAY, **more)


def ids(rows):
    return [row.id for row in rows]


def the(rows, wanted):
    return next(row for row in rows if row.id == wanted)


def test_in_an_emergency_a_recent_official_reprint_of_the_mission_comes_first_with_its_number():
    chosen = choose(make_mission("KH"))

    assert ids(chosen) == ["kh-embassy", CONTROL_ROOM, WORKERS_LINE, MADAD]
    assert chosen[0].phones == (NUMBER,)


def test_an_old_number_is_not_shown_outside_an_emergency():
    mission = the(choose(make_mission("KH"), kind=Kind.ASSESSMENT, stage=Stage.BEFORE_PAYING), "kh-embassy")

    assert (mission.phones, mission.whatsapp, mission.email) == ((), (), None)
    assert (mission.name, mission.url) == ("Embassy of India, Example City", "https://example.org")


def test_a_number_is_shown_for_36_months_and_not_for_37():
    edge = make_mission("KH", as_of_month=dt.date(2023, 11, 1))
    older = make_mission("KH", as_of_month=dt.date(2023, 10, 1))

    assert the(choose(edge), "kh-embassy").phones == (NUMBER,)
    assert the(choose(older), "kh-embassy").phones == ()


def test_an_old_number_without_a_known_month_is_not_shown():
    assert the(choose(make_mission("KH", as_of_month=None)), "kh-embassy").phones == ()


def test_an_old_number_that_reprints_no_official_notice_is_not_shown():
    assert the(choose(make_mission("KH", official_reprint=False)), "kh-embassy").phones == ()


def test_rows_that_cannot_be_trusted_are_never_chosen():
    for status in (HelplineStatus.MEMORY, HelplineStatus.OUTDATED, HelplineStatus.CONFLICTING):
        chosen = choose(make_mission("KH", status=status))

        assert "kh-embassy" not in ids(chosen)
        assert MISSION_LIST in ids(chosen)


def test_a_crisis_line_is_for_emergencies_abroad_only():
    assert CONTROL_ROOM in ids(choose(make_mission("KH")))
    assert CONTROL_ROOM not in ids(choose(make_mission("KH"), stage=Stage.PAID))
    assert CONTROL_ROOM not in ids(choose(make_mission("KH"), kind=Kind.ASSESSMENT))


def test_another_line_in_the_country_follows_the_mission():
    local = make_helpline(
        "kh-police", country="KH", status=HelplineStatus.OLD_VERIFY, official_reprint=True, name="Police hotline"
    )

    assert ids(choose(make_mission("KH"), local))[:2] == ["kh-embassy", "kh-police"]


def test_without_a_mission_row_the_list_of_missions_is_named():
    assert MISSION_LIST in ids(choose(countries=("HR",), kind=Kind.ANSWER, stage=Stage.BEFORE_PAYING))
    assert MISSION_LIST not in ids(choose(make_mission("KH")))


def test_money_paid_brings_the_cyber_line():
    assert CYBER_LINE in ids(choose(kind=Kind.ASSESSMENT, stage=Stage.PAID))
    assert CYBER_LINE in ids(choose(kind=Kind.EMERGENCY, money_paid=True))
    assert CYBER_LINE not in ids(choose(kind=Kind.ASSESSMENT, stage=Stage.BEFORE_PAYING))


def test_despair_puts_tele_manas_first_whatever_the_kind():
    assert ids(choose(despair=True))[0] == TELE_MANAS
    assert ids(choose(kind=Kind.HELP, countries=(), despair=True)) == [TELE_MANAS]


def test_a_greeting_gets_no_contacts():
    assert choose(kind=Kind.HELP, countries=()) == ()
    assert choose(kind=Kind.OFF_TOPIC, countries=()) == ()


def test_at_most_five_are_shown_and_the_stated_needs_stay():
    chosen = choose(make_mission("KH"), make_mission("TH"), countries=("KH", "TH"), despair=True, money_paid=True)

    assert len(chosen) == 5
    assert {TELE_MANAS, CYBER_LINE, MADAD} <= set(ids(chosen))


def test_a_current_mission_keeps_its_number_in_calm():
    mission = make_mission("ZA", status=HelplineStatus.CURRENT)

    chosen = choose(mission, kind=Kind.ANSWER, countries=("ZA",), stage=Stage.BEFORE_PAYING)

    assert the(chosen, "za-embassy").phones == (NUMBER,)


def test_notes_of_staff_are_never_handed_on():
    assert {row.note for row in choose(make_mission("KH"), despair=True)} == {None}
