"""Decides which contacts a reply may show, and in what order (README, rule 5). Takes values, stores nothing.

A number is shown only where it can be answered for. What may not show its number still helps by name and site: the
mission of the country, and the ministry's list of missions. Notes never leave this file: they may hold stale numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from knowledge.records import HelplineRecord
from knowledge.vocabulary import HelplineStatus, Kind, Stage

WORKERS_LINE = "in-overseas-workers-helpline-owrc-now-pravasi-bharatiya-saha"
CONTROL_ROOM = "in-mea-control-situation-room-new-delhi"
MADAD = "all-madad-consular-grievance-portal"
CYBER_LINE = "in-national-cyber-crime-helpline-i4c-home-ministry"
TELE_MANAS = "in-tele-manas-national-tele-mental-health-helpline-ministry"
AGENT_COMPLAINTS = "in-protector-general-of-emigrants-mea-oe-pge-division-new-de"
MISSION_LIST = "all-mea-directory-of-indian-missions-abroad"

MOST_SHOWN = 5  # more than a frightened person reads
MOST_COUNTRIES = 2
OLDEST_MONTHS = 36  # rule 5: an old official number is shown no longer than this

_SILENT_KINDS = (Kind.OFF_TOPIC, Kind.HELP)
_MISSION_NAMES = ("Embassy of India", "High Commission of India", "Consulate General of India")
_NEVER = (HelplineStatus.MEMORY, HelplineStatus.OUTDATED, HelplineStatus.CONFLICTING)


def choose_helplines(
    helplines: Iterable[HelplineRecord],
    *,
    kind: Kind,
    countries: Sequence[str],
    stage: Stage,
    today: dt.date,
    despair: bool = False,
    money_paid: bool = False,
) -> tuple[HelplineRecord, ...]:
    """Choose the contacts of a reply: most useful first, at most five, without numbers that may not be shown.

    `countries` are those the message is about; `despair` means talk of ending one's life; `money_paid` adds the
    cyber line at any stage (a stage of PAID does so too).
    """
    rows = [row for row in helplines if row.status not in _NEVER]
    by_id = {row.id: row for row in rows}
    abroad = [code for code in countries if code != "IN"][:MOST_COUNTRIES]
    wanted: list[HelplineRecord | None] = []
    if despair:
        wanted.append(by_id.get(TELE_MANAS))
    if kind not in _SILENT_KINDS:
        if kind is Kind.EMERGENCY:
            wanted += _for_emergency(rows, by_id, abroad, stage, today)
        wanted.append(_cyber_line(by_id, stage, money_paid))
        wanted += _for_everyone(rows, by_id, kind, abroad)
    return _first_of_each(wanted)


def may_show_number(row: HelplineRecord, *, emergency: bool, abroad: bool, today: dt.date) -> bool:
    """Whether rule 5 lets the numbers of this row be shown."""
    if row.status is HelplineStatus.CURRENT:
        return True
    if row.status is HelplineStatus.CRISIS_ONLY:
        return emergency and abroad
    if row.status is HelplineStatus.OLD_VERIFY:
        return emergency and row.official_reprint and _is_recent(row.as_of_month, today)
    return False


def without_numbers(row: HelplineRecord) -> HelplineRecord:
    """Keep name and site only."""
    return replace(row, phones=(), whatsapp=(), email=None, hours=None, note=None)


def is_mission(row: HelplineRecord) -> bool:
    """Whether the row is an Indian embassy, high commission or consulate."""
    return row.name.startswith(_MISSION_NAMES)


def _for_emergency(
    rows: list[HelplineRecord],
    by_id: dict[str, HelplineRecord],
    countries: list[str],
    stage: Stage,
    today: dt.date,
) -> list[HelplineRecord | None]:
    """Who can act now: the mission, another line in that country, the ministry's control room, the workers' line."""
    abroad = stage is Stage.ABROAD
    missions: list[HelplineRecord | None] = []
    others: list[HelplineRecord | None] = []
    for code in countries:
        reachable = [row for row in rows if _reachable(row, code, abroad, today)]
        missions.append(next(filter(is_mission, reachable), None) or _mission_by_name(rows, code))
        others.append(next((row for row in reachable if not is_mission(row)), None))
    control_room = by_id.get(CONTROL_ROOM) if abroad else None
    return [*missions, *others, control_room, by_id.get(WORKERS_LINE)]


def _for_everyone(
    rows: list[HelplineRecord], by_id: dict[str, HelplineRecord], kind: Kind, countries: list[str]
) -> list[HelplineRecord | None]:
    """Where to ask and complain in calm."""
    missions = [_mission_by_name(rows, code) for code in countries]
    mission_list = by_id.get(MISSION_LIST) if countries and not any(missions) else None
    if kind is Kind.EMERGENCY:  # its missions are chosen already
        return [by_id.get(MADAD), mission_list]
    return [by_id.get(WORKERS_LINE), *missions, by_id.get(MADAD), mission_list, by_id.get(AGENT_COMPLAINTS)]


def _reachable(row: HelplineRecord, code: str, abroad: bool, today: dt.date) -> bool:
    has_number = bool(row.phones or row.whatsapp)
    return row.country == code and has_number and may_show_number(row, emergency=True, abroad=abroad, today=today)


def _mission_by_name(rows: list[HelplineRecord], code: str) -> HelplineRecord | None:
    """Find the mission of a country: with its numbers where they are current, else by name and site."""
    missions = sorted((row for row in rows if row.country == code and is_mission(row)), key=_mission_rank)
    if not missions:
        return None
    best = missions[0]
    return best if best.status is HelplineStatus.CURRENT else _plain_mission(best)


def _mission_rank(row: HelplineRecord) -> tuple[bool, bool, bool, int, str]:
    """Put current first, then with a site, an embassy before a consulate, the plain name before a section of it."""
    consulate = row.name.startswith("Consulate")
    return (row.status is not HelplineStatus.CURRENT, row.url is None, consulate, len(row.name), row.id)


def _plain_mission(row: HelplineRecord) -> HelplineRecord:
    """Without numbers a row that was opened for one event or section stands for the mission as such."""
    name = row.name.split("(")[0].split(":")[0].strip()
    return replace(without_numbers(row), name=name)


def _cyber_line(by_id: dict[str, HelplineRecord], stage: Stage, money_paid: bool) -> HelplineRecord | None:
    return by_id.get(CYBER_LINE) if money_paid or stage is Stage.PAID else None


def _is_recent(month: dt.date | None, today: dt.date) -> bool:
    if month is None:
        return False
    age = (today.year - month.year) * 12 + today.month - month.month
    return 0 <= age <= OLDEST_MONTHS


def _first_of_each(wanted: Iterable[HelplineRecord | None]) -> tuple[HelplineRecord, ...]:
    """Each contact once, five at most; the lines that answer a stated need are never the ones cut off."""
    chosen: dict[str, HelplineRecord] = {}
    for row in wanted:
        if row is not None:
            chosen.setdefault(row.id, replace(row, note=None))
    while len(chosen) > MOST_SHOWN:
        del chosen[next(key for key in reversed(chosen) if key not in (MADAD, CYBER_LINE, TELE_MANAS))]
    return tuple(chosen.values())
