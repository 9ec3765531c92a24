"""Looks up recruiting agents in dated copies of the official lists, and says what may be said of one. Never "nearly".

A firm counts as found only where its number is the same, or where its name is, letter by letter or by ear across
scripts, and no other firm shares it. Whatever is merely like a listed firm is called so, with the listed name and
number to compare: a confirmation of a look-alike would be worse than none.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from knowledge import state
from knowledge.agent_names import NameForm, is_same_sound, is_same_spelling, make_skeleton, read_name
from knowledge.database import read_session
from knowledge.models import Agent, AgentSnapshot

OLD_AFTER = dt.timedelta(days=90)  # an older copy is still used, and said to be old
MOST_LISTINGS = 3  # firms shown to compare with
_NEAREST_LOOKED_AT = 25
_MOST_OF_ONE_SOUND = 200
_MOST_OTHER_SIGNS = 2  # of a number that is like another
_SHARE_OF_NAME = 0.5  # of the letters of a name that a part of it must have to be like it
_SHORTEST_PART = 4  # letters of the only word that two names share


class AgentList(StrEnum):
    """Which official list."""

    REGISTERED = "registered"
    UNREGISTERED = "unregistered"


class AgentStatus(StrEnum):
    """How a registered agent stands on the list."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class AgentClass(StrEnum):
    """What a look-up came to."""

    EXACT = "exact"
    LOOK_ALIKE = "look_alike"
    SUSPENDED = "suspended"  # or cancelled: the listing says which
    EXPIRED = "expired"
    LISTED_UNREGISTERED = "listed_unregistered"
    NOT_FOUND = "not_found"


class Because(StrEnum):
    """Why a look-up came to what it did, for the words."""

    SAME_NUMBER = "same_number"
    SAME_NAME = "same_name"
    SAME_SOUND = "same_sound"  # across scripts
    SHARED_NAME = "shared_name"  # several firms have it: the number decides
    OTHER_NAME = "other_name"  # the number belongs to a firm of another name
    OTHER_NUMBER = "other_number"  # the firm of this name has another number
    LIKE_NUMBER = "like_number"
    LIKE_NAME = "like_name"
    NOTHING = "nothing"


@dataclass(frozen=True)
class ListedAgent:
    """One firm as a list has it. `status` is that of today: an entry that ran out is expired."""

    agent_list: AgentList
    name: str
    number: str
    status: AgentStatus
    address: str | None = None
    state: str | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True)
class AgentQuery:
    """Which firm is asked about: its name, its number, or both, in the person's own writing."""

    name: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class AgentFinding:
    """What the lists say of one firm that was asked about. The days are those of the copies that were searched."""

    agent_class: AgentClass
    because: Because
    asked_name: str | None
    asked_number: str | None
    listings: tuple[ListedAgent, ...]
    registered_as_of: dt.date | None
    unregistered_as_of: dt.date | None
    is_old: bool

    @property
    def confirms(self) -> bool:
        """Whether the firm stands on the list as active. Even then the job, the employer and the visa may be false."""
        return self.agent_class is AgentClass.EXACT


@dataclass(frozen=True)
class Snapshot:
    """One list as it stood on one day, held in memory."""

    agent_list: AgentList
    as_of: dt.date
    agents: tuple[ListedAgent, ...]


class Register:
    """Both lists, ready for looking up. Never changes; thread-safe."""

    def __init__(self, registered: Snapshot | None, unregistered: Snapshot | None) -> None:
        self.registered = registered
        self.unregistered = unregistered
        self._registered = _Names(registered.agents if registered else ())
        self._unregistered = _Names(unregistered.agents if unregistered else ())

    def look_up(self, query: AgentQuery, today: dt.date) -> AgentFinding:
        """Say what the lists have on the firm that is asked about. Takes any text; the empty query finds nothing."""
        found = self._by_number(query, today) if query.number else None
        agent_class, because, listings = found or self._by_name(query, today)
        return AgentFinding(
            agent_class=agent_class,
            because=because,
            asked_name=query.name,
            asked_number=query.number,
            listings=tuple(_as_of_today(agent, today) for agent in listings[:MOST_LISTINGS]),
            registered_as_of=self.registered.as_of if self.registered else None,
            unregistered_as_of=self.unregistered.as_of if self.unregistered else None,
            is_old=self.registered is not None and today - self.registered.as_of > OLD_AFTER,
        )

    def _by_number(self, query: AgentQuery, today: dt.date) -> _Found | None:
        """What the number says; None where only the name can help."""
        same = self._registered.with_number(query.number or "")
        if same and query.name and not any(_may_be(query.name, agent) for agent in same):
            return AgentClass.LOOK_ALIKE, Because.OTHER_NAME, same
        if len(same) == 1:
            warned = self._unregistered.same(read_name(same[0].name))  # somebody uses the firm's name without licence
            return _class_of(same[0], today), Because.SAME_NUMBER, (*same, *warned[:1])
        if same:
            return AgentClass.LOOK_ALIKE, Because.SHARED_NAME, same
        like = self._registered.like_number(query.number or "")
        if like:
            return AgentClass.LOOK_ALIKE, Because.LIKE_NUMBER, like
        if query.name:
            by_name = self._by_name(query, today)
            if by_name[0] in (AgentClass.EXACT, AgentClass.SUSPENDED, AgentClass.EXPIRED):
                return AgentClass.LOOK_ALIKE, Because.OTHER_NUMBER, by_name[2]
            return by_name
        return AgentClass.NOT_FOUND, Because.NOTHING, ()

    def _by_name(self, query: AgentQuery, today: dt.date) -> _Found:
        name = read_name(query.name or "")
        if not name.written:
            return AgentClass.NOT_FOUND, Because.NOTHING, ()
        warned = self._unregistered.same(name)
        same = self._registered.same(name)
        because = (
            Because.SAME_NAME
            if any(is_same_spelling(name, read_name(a.name)) for a in same + warned)
            else (Because.SAME_SOUND)
        )
        if warned:
            return AgentClass.LISTED_UNREGISTERED, because, (*warned[:2], *same)
        if len(same) == 1:
            return _class_of(same[0], today), because, same
        if same:
            return AgentClass.LOOK_ALIKE, Because.SHARED_NAME, same
        like = _nearest(name, (*self._registered.like(name), *self._unregistered.like(name)))
        if like:
            return AgentClass.LOOK_ALIKE, Because.LIKE_NAME, like
        return AgentClass.NOT_FOUND, Because.NOTHING, ()


_Found = tuple[AgentClass, Because, tuple[ListedAgent, ...]]


class _Names:
    """The firms of one list by number, spelling and sound."""

    def __init__(self, agents: Sequence[ListedAgent]) -> None:
        self._agents = tuple(agents)
        self._forms = tuple(read_name(agent.name) for agent in agents)
        self._by_number = _group(make_number_key(agent.number) for agent in agents)
        self._by_spelling = _group(form.written for form in self._forms)
        self._by_skeleton = _group(form.skeleton for form in self._forms)
        self._by_word = _group_many(form.loose_words for form in self._forms)
        self._wholes = [form.loose for form in self._forms]
        self._cores = [form.loose_core for form in self._forms]
        self._tamil_cores = [make_skeleton(core) for core in self._cores]
        self._skeletons = [form.skeleton for form in self._forms]
        self._has_indic = not all(form.is_latin for form in self._forms)
        self._compact_numbers = [_compact(make_number_key(agent.number)) for agent in agents]
        self._numbers = [make_number_key(agent.number) for agent in agents]

    def with_number(self, number: str) -> tuple[ListedAgent, ...]:
        """The firms with exactly this number."""
        key = make_number_key(number)
        return self._at(self._by_number.get(key, ())) if key else ()

    def like_number(self, number: str) -> tuple[ListedAgent, ...]:
        """The firms whose number differs by one sign, or begins or ends as this part of a number does."""
        key = make_number_key(number)
        if sum(letter.isdigit() for letter in key) < 3:
            return ()
        hits = extract(
            _compact(key),
            self._compact_numbers,
            scorer=OSA.distance,
            score_cutoff=_MOST_OTHER_SIGNS,
            limit=MOST_LISTINGS,
        )
        near = [at for _, _, at in hits]
        parts = [at for at, whole in enumerate(self._numbers) if _is_part_of_number(key, whole)]
        return self._at(dict.fromkeys([*near, *parts[:MOST_LISTINGS]]))

    def same(self, name: NameForm) -> tuple[ListedAgent, ...]:
        """The firms of exactly this name: by letters, else by ear across scripts."""
        spelled = self._by_spelling.get(name.written, ())
        if spelled:
            return self._at(spelled)
        return self._at(at for at in self._near_in_sound(name) if is_same_sound(name, self._forms[at]))

    def _near_in_sound(self, name: NameForm) -> list[int]:
        """Where the consonants differ in one at most: letters such as ड़ are heard in two ways."""
        if name.is_latin and not self._has_indic:
            return []
        near = extract(name.skeleton, self._skeletons, scorer=OSA.distance, score_cutoff=1,
                       limit=_MOST_OF_ONE_SOUND)  # fmt: skip
        return [at for _, _, at in near]

    def like(self, name: NameForm) -> tuple[ListedAgent, ...]:
        """The firms whose name is like this one: nearly the same, or one is a good part of the other."""
        near = (*self._by_skeleton.get(name.skeleton, ()), *self._near_cores(name), *self._near_wholes(name))
        found = dict.fromkeys([*near, *self._parts(name)])
        return self._at(found)

    def _near_cores(self, name: NameForm) -> list[int]:
        core, cores = name.loose_core, self._cores
        if name.is_tamil:
            core, cores = make_skeleton(core), self._tamil_cores
        if not core:
            return []
        most = _most_differences(len(core))
        hits = extract(core, cores, scorer=OSA.distance, score_cutoff=max(most, 1),
                       limit=_NEAREST_LOOKED_AT)  # fmt: skip
        return [at for _, distance, at in hits if distance <= most or self._differs_in_one(name, at)]

    def _near_wholes(self, name: NameForm) -> list[int]:
        """Where one sound of the whole name differs, be it in the word of the trade ("Manpowers")."""
        hits = extract(name.loose, self._wholes, scorer=OSA.distance, score_cutoff=1, limit=_NEAREST_LOOKED_AT)
        return [at for _, _, at in hits] if len(name.loose) > _SHORTEST_PART else []

    def _differs_in_one(self, name: NameForm, at: int) -> bool:
        """Short names such as initials are alike only where the rest of the name is the same."""
        return bool(OSA.distance(name.loose, self._forms[at].loose, score_cutoff=1) <= 1)

    def _parts(self, name: NameForm) -> list[int]:
        candidates = {at for word in name.loose_words for at in self._by_word.get(word, ())}
        return sorted(at for at in candidates if _is_good_part(name.loose_words, self._forms[at].loose_words))

    def _at(self, places: Iterable[int]) -> tuple[ListedAgent, ...]:
        return tuple(self._agents[at] for at in places)


class RegisterKeeper:
    """Hands out the current register, read anew only when staff have brought in or taken back a list. Thread-safe."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: tuple[int, dt.date] | None = None
        self._held: tuple[tuple[int | None, ...], Register | None] = ((), None)

    def current(self) -> Register | None:
        """Return both lists as they stand, or None where staff have not brought in any. Raises DatabaseUnavailable."""
        today = self._clock().date() + dt.timedelta(days=1)  # India may be a day ahead of UTC
        if self._seen != (state.read_version(self._engine), today):
            with self._lock:
                self._look_again(today)
        return self._held[1]

    def _look_again(self, today: dt.date) -> None:
        with read_session(self._engine) as session:
            seen = (state.get_version(session), today)
            rows = [find_newest_snapshot(session, today, agent_list) for agent_list in AgentList]
            ids = tuple(row.id if row else None for row in rows)
            if ids != self._held[0]:
                self._held = (ids, Register(*(_read_snapshot(session, row) for row in rows)) if any(rows) else None)
        self._seen = seen


def load_register(session: Session, today: dt.date) -> Register | None:
    """Read both lists as they stand on a day, or None where there is none."""
    rows = [find_newest_snapshot(session, today, agent_list) for agent_list in AgentList]
    return Register(*(_read_snapshot(session, row) for row in rows)) if any(rows) else None


def find_newest_snapshot(
    session: Session, today: dt.date, agent_list: AgentList = AgentList.REGISTERED
) -> AgentSnapshot | None:
    """Return the newest copy of a list that is not of the future and was not taken back, or None."""
    query = select(AgentSnapshot).where(
        AgentSnapshot.taken_on <= today, AgentSnapshot.agent_list == agent_list, AgentSnapshot.undone_at.is_(None)
    )
    return session.scalars(query.order_by(AgentSnapshot.taken_on.desc(), AgentSnapshot.id.desc()).limit(1)).first()


@lru_cache(maxsize=65536)
def make_number_key(number: str) -> str:
    """Bring a registration number into one form: capitals and ASCII digits, its parts divided by one stroke.

    Spaces, kinds of strokes and dashes, "No.", "RC" and the plus of "1000+" do not count; every letter and digit does.
    """
    text = "".join(_ascii_digit(letter) for letter in unicodedata.normalize("NFKC", number)).upper()
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    parts: list[str] = re.findall(r"\d+|[^\W\d_]+", text)
    while len(parts) > 1 and parts[0] in _BEFORE_NUMBER:
        parts = parts[1:]
    return "/".join(parts)


_BEFORE_NUMBER = frozenset(
    {
        "RC",
        "RA",
        "NO",
        "NUMBER",
        "REG",
        "REGD",
        "REGN",
        "LIC",
        "LICENCE",
        "LICENSE",
        "REGISTRATION",
        "MEA",
        "लाइसेंस",
        "नंबर",
        "नं",
    }
)


def make_name_key(name: str) -> str:
    """Bring a firm's name into the form by which it is the same: see `knowledge/agent_names.py`."""
    return read_name(name).written


def _class_of(agent: ListedAgent, today: dt.date) -> AgentClass:
    status = _as_of_today(agent, today).status
    by_status = {AgentStatus.ACTIVE: AgentClass.EXACT, AgentStatus.EXPIRED: AgentClass.EXPIRED}
    return by_status.get(status, AgentClass.SUSPENDED)


def _as_of_today(agent: ListedAgent, today: dt.date) -> ListedAgent:
    """An entry that ran out is expired, whatever the list said on its day."""
    ran_out = agent.valid_until is not None and agent.valid_until < today
    if agent.status is not AgentStatus.ACTIVE or not ran_out:
        return agent
    return ListedAgent(agent.agent_list, agent.name, agent.number, AgentStatus.EXPIRED, agent.address, agent.state,
                       agent.valid_until)  # fmt: skip


def _may_be(name: str, agent: ListedAgent) -> bool:
    """Whether a name beside a number may be that firm's: the same, or the same with its trade left out."""
    asked, listed = read_name(name), read_name(agent.name)
    if is_same_spelling(asked, listed) or is_same_sound(asked, listed):
        return True
    shorter = NameForm(asked.core, asked.core), NameForm(listed.core, listed.core)
    return set(asked.words) <= set(listed.words) and is_same_spelling(*shorter)


def _nearest(name: NameForm, agents: tuple[ListedAgent, ...]) -> tuple[ListedAgent, ...]:
    """The most similar first."""

    def difference(agent: ListedAgent) -> tuple[int, int]:
        form = read_name(agent.name)
        core = OSA.distance(name.loose_core, form.loose_core)
        return core, OSA.distance(name.loose, form.loose)

    return tuple(sorted(agents, key=difference))


def _most_differences(length: int) -> int:
    """How many sounds may differ between names that are alike: none in the shortest, three in long ones."""
    return 0 if length <= 2 else 1 if length <= 5 else 2 if length <= 10 else 3


def _is_good_part(words: tuple[str, ...], of: tuple[str, ...]) -> bool:
    """Whether the shorter of two names stands in the longer one, word by word, and makes up a good part of it."""
    shorter, longer = sorted((words, of), key=len)
    if not shorter or not any(longer[at : at + len(shorter)] == shorter for at in range(len(longer))):
        return False
    letters = len("".join(shorter))
    enough = len(shorter) > 1 or letters >= _SHORTEST_PART or len(longer) <= 2
    return enough and letters >= _SHARE_OF_NAME * len("".join(longer))


def _compact(key: str) -> str:
    """A number without strokes, with letters and digits that look alike made one; for finding, never for confirming."""
    return key.replace("/", "").translate(_LOOK_ALIKE_SIGNS)


_LOOK_ALIKE_SIGNS = str.maketrans("OQIL", "0011")


def _is_part_of_number(part: str, whole: str) -> bool:
    """Whether a number was given without its beginning or its end, by whole parts ("B-0123", or without the B)."""
    return part != whole and (whole.startswith(part + "/") or whole.endswith("/" + part))


def _group(keys: Iterable[str]) -> dict[str, tuple[int, ...]]:
    return _group_many((key,) if key else () for key in keys)


def _group_many(keys: Iterable[Iterable[str]]) -> dict[str, tuple[int, ...]]:
    groups: dict[str, list[int]] = {}
    for at, some in enumerate(keys):
        for key in dict.fromkeys(some):
            groups.setdefault(key, []).append(at)
    return {key: tuple(places) for key, places in groups.items()}


def _ascii_digit(letter: str) -> str:
    return str(unicodedata.digit(letter)) if letter.isdigit() else letter


def _read_snapshot(session: Session, row: AgentSnapshot | None) -> Snapshot | None:
    if row is None:
        return None
    agent_list = AgentList(row.agent_list)
    columns = (Agent.name, Agent.number, Agent.status, Agent.address, Agent.state, Agent.valid_until)
    stored = session.execute(select(*columns).where(Agent.snapshot_id == row.id).order_by(Agent.id))
    agents = tuple(
        ListedAgent(agent_list, name, number, AgentStatus(status), address, state, valid_until)
        for name, number, status, address, state, valid_until in stored
    )
    return Snapshot(agent_list, row.taken_on, agents)
