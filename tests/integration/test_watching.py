"""Watching a source in a real database: what is news, what is not, what staff are told. The site is made up."""

import datetime as dt
import threading
import time
from dataclasses import replace

import pytest
from store_builders import NOON, TODAY, make_engine

import ingest.pipeline
from ingest.fetching.errors import Blocked, BlockedReason, ErrorPage, Gone, Refused, RefusedReason
from ingest.fetching.fetched import Fetched
from ingest.sources import reading
from ingest.sources.registry import find_source
from ingest.watch_loop import Loop
from ingest.watching import LONGEST_BACK_OFF, MOST_NEW_A_POLL, Watcher, back_off, make_plan
from ingest.working import Worker
from knowledge import desk
from knowledge.database import read_session, write_session
from knowledge.desk.sources import SeenView
from knowledge.desk_models import DraftState
from knowledge.documents.document import MediaType
from knowledge.library import load_library
from knowledge.models import AlertRequest

RIYADH = find_source("embassy-riyadh")
HOME = RIYADH.listings[0]
WORDS = (
    "The Embassy of India, Riyadh advises Indian nationals not to accept fake job offers of {} work in Saudi Arabia."
)


class Site:
    """The site of a mission: a listing and notices, each of which may misbehave. Also the fetcher that reads it."""

    def __init__(self, clock):
        self.pages, self.troubles, self.clock, self.asked = {}, {}, clock, []

    def publishes(self, slug, work="driving", title=None):
        page = f"<h1>{title or f'Advisory on {work} jobs'}</h1><p>Posted on: November 20, 2026 | Back | Print</p>"
        self.pages[self.address(slug)] = (
            f"<html><body><article>{page}<p>{WORDS.format(work)}</p></article></body></html>"
        )

    def removes(self, slug):
        del self.pages[self.address(slug)]

    def fails_with(self, trouble, slug=None):
        self.troubles[self.address(slug) if slug else HOME] = trouble

    def is_well_again(self):
        self.troubles.clear()

    def address(self, slug):
        return f"https://www.eoiriyadh.gov.in/page/{slug}/"

    def fetch(self, address, *, etag=None, last_modified=None):
        self.asked.append(address)
        if address in self.troubles:
            raise self.troubles[address]
        if address != HOME and address not in self.pages:
            raise Gone(address, 404)
        page = self.listing() if address == HOME else self.pages[address]
        same = etag is not None and etag == str(hash(page))
        return Fetched(
            address=address,
            final_address=address,
            status=304 if same else 200,
            media_type=None if same else MediaType.HTML,
            data=b"" if same else page.encode(),
            fetched_at=self.clock(),
            etag=None if same else str(hash(page)),
            not_modified=same,
            declared_type="text/html",
        )

    def listing(self):
        rows = "".join(f'<li><a href="{address}">Notice number {address[-9:-1]}</a></li>' for address in self.pages)
        return f"<html><body><article><h1>News</h1><ul>{rows}</ul></article></body></html>"


class Situation:
    """A watcher on a made-up site, a clock that goes on when told, and staff who look."""

    def __init__(self, folder):
        self.engine = make_engine(folder)
        self.now = NOON
        self.site = Site(lambda: self.now)
        self.source = RIYADH
        self.watcher = Watcher(self.engine, self.site, lambda: self.now, worker="watcher 1")

    def polls(self, **options):
        return self.watcher.poll(self.source, **{"force": True, **options})

    def polls_later(self, **duration):
        self.now += dt.timedelta(**duration)
        return self.polls()

    def drafts(self):
        with read_session(self.engine) as session:
            return desk.list_drafts(session, open_only=False)

    def told(self):
        with read_session(self.engine) as session:
            return [notice.words for notice in desk.list_untold_notices(session)]

    def state(self):
        with read_session(self.engine) as session:
            return desk.find_source_state(session, self.source.id, self.now)

    def publishes_drafts(self):
        with write_session(self.engine) as session:
            for draft in desk.list_drafts(session):
                desk.publish_draft(session, draft.id, draft.version, by="staff 1", at=self.now)

    @property
    def said(self):
        return load_library(self.engine, TODAY).advisories


@pytest.fixture
def situation(tmp_path, monkeypatch):
    # In this process, which is quicker; that the child reads the same is tested in test_source_reading
    monkeypatch.setattr(reading, "read_listing", reading.parse_listing)
    monkeypatch.setattr(ingest.pipeline, "read_notice", reading.parse_notice)
    situation = Situation(tmp_path)
    situation.site.publishes("driving-jobs")
    return situation


def test_the_first_load_of_a_source_is_no_news(situation):
    report = situation.polls()

    (draft,) = situation.drafts()
    assert (report.first_load, draft.from_first_load, draft.source_id) == (True, True, RIYADH.id)
    assert situation.told() == []
    assert situation.said == {}


def test_a_new_notice_becomes_a_draft_and_staff_are_told_once(situation):
    situation.polls()
    situation.site.publishes("farm-jobs", "farm")

    report = situation.polls_later(days=1)
    situation.polls_later(minutes=5)

    assert len(report.drafted) == 1
    assert not situation.drafts()[0].from_first_load
    assert len(situation.told()) == 1
    assert "a new notice" in situation.told()[0]


def test_an_unchanged_notice_is_neither_drafted_nor_told(situation):
    situation.polls()

    report = situation.polls_later(days=2)

    assert (report.unchanged, report.drafted, len(situation.drafts())) == (1, [], 1)
    assert situation.told() == []


def test_a_changed_notice_is_a_draft_of_a_new_version(situation):
    situation.polls()
    situation.publishes_drafts()
    situation.site.publishes("driving-jobs", "lorry driving", title="Advisory on driving jobs")

    situation.polls_later(days=2)

    (advisory_id,) = situation.said
    newest = situation.drafts()[0]
    assert (newest.replaces, newest.state) == (advisory_id, DraftState.OPEN)
    assert "a changed notice" in situation.told()[0]


def test_a_page_that_only_changed_its_dress_is_unchanged(situation):
    situation.polls()
    address = situation.site.address("driving-jobs")
    situation.site.pages[address] = situation.site.pages[address].replace("</body>", "<i></i></body>")

    report = situation.polls_later(days=2)

    assert (report.drafted, report.unchanged) == ([], 1)


def test_what_staff_rejected_does_not_come_back_by_itself(situation):
    situation.polls()
    with write_session(situation.engine) as session:
        desk.reject_draft(session, 1, 1, by="staff 1", at=situation.now)
    address = situation.site.address("driving-jobs")
    situation.site.pages[address] = situation.site.pages[address].replace("</body>", "<i></i></body>")

    report = situation.polls_later(days=2)

    assert report.drafted == []


def test_a_notice_that_is_gone_is_told_after_a_day_and_never_withdrawn_by_itself(situation):
    situation.site.publishes("farm-jobs", "farm")
    situation.polls()
    situation.publishes_drafts()
    situation.site.removes("farm-jobs")

    first = situation.polls_later(days=1)
    assert (first.gone, situation.told()) == ([], [])
    second = situation.polls_later(days=1, minutes=1)

    assert len(second.gone) == 1
    assert "is gone since" in situation.told()[0]
    assert len(situation.said) == 2
    situation.polls_later(days=2)
    assert len(situation.told()) == 1


@pytest.mark.parametrize(
    ("trouble", "standing"),
    [
        (Blocked(HOME, BlockedReason.STATUS, status=403), "blocked"),
        (ErrorPage(HOME, "https://www.eoiriyadh.gov.in/error.htm"), "moved"),
        (Gone(HOME, 404), "moved"),
        (Refused(HOME, RefusedReason.TOO_MANY_REDIRECTS), "moved"),
        (RuntimeError("a fault of ours"), "error"),
    ],
)
def test_a_source_that_cannot_be_read_is_said_aloud_once_and_again_when_it_is_well(situation, trouble, standing):
    situation.polls()
    situation.site.fails_with(trouble)

    report = situation.polls_later(days=1)
    situation.polls_later(days=1)

    assert report.standing == standing
    assert situation.state().standing == standing
    assert len(situation.told()) == 1
    situation.site.is_well_again()
    situation.polls_later(days=1)
    assert situation.state().is_well
    assert "can be read again" in situation.told()[1]


def test_an_empty_listing_is_a_fault_and_not_nothing_new(situation):
    situation.polls()
    situation.site.pages.clear()

    report = situation.polls_later(days=1)

    assert report.standing == "empty"
    assert "a fault and not 'nothing new'" in situation.told()[0]


def test_a_source_not_read_for_too_long_is_stale(situation):
    situation.polls()
    situation.now += RIYADH.fresh_within + dt.timedelta(minutes=1)

    assert situation.state().standing == "stale"
    with read_session(situation.engine) as session:
        assert [view.id for view in desk.list_unwell(session, situation.now)] == [RIYADH.id]


def test_one_bad_notice_does_not_hide_the_others(situation):
    situation.site.publishes("farm-jobs", "farm")
    situation.site.fails_with(RuntimeError("a parser's fault"), "driving-jobs")

    report = situation.polls()

    assert (len(report.troubles), len(report.drafted)) == (1, 1)
    assert situation.state().is_well


def test_a_failing_source_is_left_alone_for_longer_and_longer(situation):
    assert [back_off(failures) for failures in (0, 1, 2)] == [dt.timedelta(minutes=n) for n in (15, 30, 60)]
    assert back_off(99) == LONGEST_BACK_OFF
    situation.site.fails_with(Blocked(HOME, BlockedReason.STATUS, status=403, retry_at=NOON + dt.timedelta(hours=5)))

    situation.polls()

    assert situation.state().next_at == NOON + dt.timedelta(hours=5)
    assert situation.polls(force=False) is None


def test_two_watchers_do_not_poll_one_source_at_once(situation):
    other = Watcher(situation.engine, situation.site, lambda: situation.now, worker="watcher 2")
    asked = []

    def stop():
        asked.append(other.poll(RIYADH, force=True))
        return False

    situation.polls(stop=stop)

    assert asked == [None]


def test_only_the_policy_of_a_source_lets_a_plain_notice_out_and_never_with_an_alert(situation):
    situation.source = replace(RIYADH, may_index_without_person=True)

    report = situation.polls()

    assert list(situation.said) == report.published
    assert len(report.published) == 1
    with read_session(situation.engine) as session:
        assert session.query(AlertRequest).count() == 0


def test_what_asks_for_a_person_stays_a_draft_whatever_the_policy(situation):
    situation.source = replace(RIYADH, may_index_without_person=True)
    situation.polls()
    situation.site.publishes("driving-work", "lorry driving", title="Advisory on driving jobs")  # similar is not same

    report = situation.polls_later(days=1)

    assert (report.published, len(report.drafted)) == ([], 1)


def seen(key, read_at=None, failures=0, gone_at=None):
    return SeenView(key, "https://x", None, None, None, read_at, None, gone_at, None, None, failures)


def test_the_plan_reads_what_is_new_first_and_a_few_old_ones_again():
    long_ago = NOON - dt.timedelta(days=9)
    known = {f"new-{n}": seen(f"new-{n}") for n in range(50)}
    known |= {f"old-{n}": seen(f"old-{n}", long_ago + dt.timedelta(minutes=n)) for n in range(20)}
    known |= {
        "fresh": seen("fresh", NOON),
        "gone": seen("gone", long_ago, gone_at=long_ago),
        "bad": seen("bad", failures=9),
    }

    plan = make_plan(list(known), known, NOON)

    assert plan.left == 50 - MOST_NEW_A_POLL
    assert [key for key in plan.to_read if key.startswith("old")] == [f"old-{n}" for n in range(5)]
    assert not {"fresh", "gone", "bad"} & set(plan.to_read)


def test_the_worker_drafts_what_staff_send_and_refuses_with_words(situation):
    worker = Worker(situation.engine, situation.site.fetch, lambda: situation.now, worker="worker 1")
    with write_session(situation.engine) as session:
        link = desk.submit_link(session, situation.site.address("driving-jobs"), by="staff 1", at=NOON)
        gone = desk.submit_link(session, situation.site.address("nowhere"), by="staff 1", at=NOON)
        words = desk.submit_text(session, f"Advisory on farm jobs\n\n{WORDS.format('farm')}", by="staff 2", at=NOON)
        again = desk.submit_text(session, f"Advisory on farm jobs\n\n{WORDS.format('farm')}", by="staff 1", at=NOON)
        table = desk.submit_file(session, b"name,number\nA,1\nB,2\n", by="staff 1", at=NOON, file_name="agents.csv")

    while worker.work_one() is not None:
        pass

    with read_session(situation.engine) as session:
        outcome = {number: desk.get_submission(session, number) for number in (link, gone, words, again, table)}
    assert [outcome[n].state for n in (link, gone, words, again, table)] == [
        "drafted",
        "refused",
        "drafted",
        "unchanged",
        "refused",
    ]
    assert "no page at this address" in outcome[gone].outcome
    assert outcome[again].draft_id == outcome[words].draft_id
    assert "satark-ingest agents" in outcome[table].outcome


def test_a_fault_of_ours_refuses_one_submission_and_the_worker_goes_on(situation):
    situation.site.fails_with(RuntimeError("a fault"), "driving-jobs")
    worker = Worker(situation.engine, situation.site.fetch, lambda: situation.now, worker="worker 1")
    with write_session(situation.engine) as session:
        bad = desk.submit_link(session, situation.site.address("driving-jobs"), by="staff 1", at=NOON)
        good = desk.submit_text(session, f"Advisory\n\n{WORDS.format('farm')}", by="staff 2", at=NOON)

    while worker.work_one() is not None:
        pass

    with read_session(situation.engine) as session:
        assert desk.get_submission(session, bad).state == "refused"
        assert desk.get_submission(session, good).state == "drafted"


def test_two_workers_at_once_draft_each_submission_once(situation):
    with write_session(situation.engine) as session:
        numbers = [
            desk.submit_text(session, f"Advisory {n}\n\n{WORDS.format(f'number {n}')}", by="staff 1", at=NOON)
            for n in range(8)
        ]

    def work(name):
        worker = Worker(situation.engine, situation.site.fetch, lambda: situation.now, worker=name)
        while worker.work_one() is not None:
            pass

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(draft.submission_id for draft in situation.drafts()) == numbers


def test_a_worker_that_lost_its_submission_stores_nothing(situation):
    with write_session(situation.engine) as session:
        desk.submit_link(session, situation.site.address("driving-jobs"), by="staff 1", at=NOON)
    other = Worker(situation.engine, situation.site.fetch, lambda: NOON + dt.timedelta(hours=1), worker="worker 2")

    def fetch(address, **conditions):
        if not situation.drafts():
            other.work_one()  # took it over, because this worker was silent for too long
        return situation.site.fetch(address, **conditions)

    Worker(situation.engine, fetch, lambda: situation.now, worker="worker 1").work_one()

    assert [draft.created_at for draft in situation.drafts()] == [NOON + dt.timedelta(hours=1)]


def test_the_loop_reads_what_staff_hand_in_while_a_source_fails_and_stops_when_told(situation):
    situation.site.fails_with(RuntimeError("a fault"))
    stop = threading.Event()
    loop = Loop(situation.engine, lambda: situation.site, lambda: situation.now, worker="watcher 1")
    running = threading.Thread(target=loop.run, args=([RIYADH], stop), kwargs={"embed": lambda: 1 // 0})
    running.start()
    with write_session(situation.engine) as session:
        desk.submit_text(session, f"Advisory on farm jobs\n\n{WORDS.format('farm')}", by="staff 2", at=NOON)

    give_up_at = time.monotonic() + 30
    while not situation.drafts() and time.monotonic() < give_up_at:
        time.sleep(0.05)
    stop.set()
    running.join(30)

    assert not running.is_alive()
    assert len(situation.drafts()) == 1
    assert situation.state().standing == "error"
