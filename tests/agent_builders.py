"""Builders of lists of recruiting agents. Every firm is invented."""

from __future__ import annotations

import datetime as dt

from knowledge.agents import AgentList, AgentQuery, AgentStatus, ListedAgent, Register, Snapshot

TODAY = dt.date(2026, 11, 22)
NUMBER = "B-0123/DEL/PER/1000+/5/9999/2019"


def make_firm(name="Al Noor Manpower", number=NUMBER, status="active", *, listed="registered", valid_until=None):
    return ListedAgent(AgentList(listed), name, number, AgentStatus(status), None, None, valid_until)


def make_warned(name="Sunrise Overseas"):
    return make_firm(name, "", listed="unregistered")


def make_register(*firms, as_of=dt.date(2026, 11, 1)):
    """A register of these firms, each on the list that it says."""
    lists = [Snapshot(kind, as_of, tuple(firm for firm in firms if firm.agent_list is kind)) for kind in AgentList]
    return Register(*(one if one.agents else None for one in lists))


def look_up(register, name=None, number=None, today=TODAY):
    return register.look_up(AgentQuery(name, number), today)
