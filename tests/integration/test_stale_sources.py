"""A reply that rests on a notice of a source which has not been read for too long says when it last was."""

import datetime as dt

import pytest
from store_builders import NOON, make_advisory, make_engine

from bot.commands.health import _look_at_sources, _source_facts
from bot.presenters.reply import Operator, present
from knowledge import advisories
from knowledge.advisor.advisor import Advisor
from knowledge.advisor.replies import Inquiry
from knowledge.database import write_session
from knowledge.desk import sources
from knowledge.desk.sources import SourceFacts
from knowledge.desk_models import SourceStanding
from knowledge.library import LibraryKeeper
from knowledge.settings import Settings
from knowledge.stale_sources import StaleSource, StaleSourcesKeeper, stale_of

DAY = dt.timedelta(days=1)
EMBASSY = SourceFacts("embassy", "The embassy's page", "Embassy of Testing", ("embassy.example",), 2 * DAY)
QUESTION = "I have a job offer in Cambodia for typing work. Is it safe?"


class Situation:
    def __init__(self, folder):
        self.engine, self.now, self.folder = make_engine(folder), NOON, folder
        with write_session(self.engine) as session:
            advisories.save_draft(session, make_advisory(), at=NOON)
            advisories.publish(session, make_advisory().id, by="staff 1", at=NOON)
        library = LibraryKeeper(self.engine, lambda: self.now)
        stale = StaleSourcesKeeper(self.engine, lambda: self.now)
        self.advisor = Advisor(library.current, lambda: None, current_stale=stale.current)

    def reads(self, facts=EMBASSY):
        with write_session(self.engine) as session:
            sources.take_source(session, facts, "watcher", at=self.now, until=self.now + DAY, force=True)
            sources.note_read(session, facts.id, at=self.now, next_at=self.now + DAY, complete=True)

    def is_blocked(self, facts=EMBASSY):
        with write_session(self.engine) as session:
            sources.take_source(session, facts, "watcher", at=self.now, until=self.now + DAY, force=True)
            blocked = SourceStanding.BLOCKED
            sources.note_failure(session, facts.id, blocked, "403", at=self.now, next_at=self.now + DAY)

    def says(self):
        reply = self.advisor.reply(Inquiry(QUESTION))
        assert reply.citations
        return present(reply, operator=Operator(name="Test", contact=None)).text


@pytest.fixture
def situation(tmp_path):
    return Situation(tmp_path)


def test_a_reply_says_when_a_stale_source_was_last_read(situation):
    situation.reads()
    assert "could last be read" not in situation.says()

    situation.now += 3 * DAY

    assert "The site of Embassy of Testing could last be read on 22 November 2026" in situation.says()


def test_a_source_that_keeps_us_out_now_is_said_at_once(situation):
    situation.reads()
    situation.now += dt.timedelta(hours=2)

    situation.is_blocked()

    assert "could last be read on 22 November 2026" in situation.says()


def test_a_source_that_was_never_read_changes_no_reply(situation):
    situation.is_blocked()

    assert "could last be read" not in situation.says()


def test_a_stale_source_of_somebody_else_changes_no_reply(situation):
    situation.reads(SourceFacts("other", "Other", "Embassy of Elsewhere", ("elsewhere.example",), DAY))
    situation.now += 9 * DAY

    assert "could last be read" not in situation.says()


def test_a_notice_is_known_by_its_site_and_without_an_address_by_its_issuer():
    source = StaleSource("embassy", "Embassy of Testing", ("embassy.example",), NOON)

    assert stale_of("Anybody", "https://embassy.example/notice", [source]) is source
    assert stale_of("embassy of testing", None, [source]) is source
    assert stale_of("Embassy of Testing", "https://paper.example/story", [source]) is None


def test_status_and_doctor_name_what_cannot_be_read(situation, monkeypatch):
    settings = Settings(_env_file=None, database_url=str(situation.engine.url))
    monkeypatch.setattr("bot.commands.health.now_utc", lambda: situation.now)
    situation.reads()
    assert _look_at_sources(settings).well
    assert _source_facts(situation.engine) == {"sources_watched": 1, "sources_not_readable": None}

    situation.is_blocked()

    finding = _look_at_sources(settings)
    assert (finding.well, "embassy (blocked)" in finding.words) == (False, True)
    assert "refuses us" in _source_facts(situation.engine)["sources_not_readable"]
