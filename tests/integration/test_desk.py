"""The desk in a real database: drafts, edits by two people, publishing, undoing, the audit log."""

import datetime as dt
from dataclasses import replace

import pytest
from store_builders import NOON, TODAY, make_advisory

from ingest.verifier import verify
from knowledge import advisories, desk
from knowledge.advisories import as_fields
from knowledge.database import read_session, write_session
from knowledge.desk_models import DraftState
from knowledge.library import load_library
from knowledge.models import AlertRequest
from knowledge.records import BadRecord
from knowledge.vocabulary import Status

MINUTE = dt.timedelta(minutes=1)
ASHA, BINU = "staff 1", "staff 2"


class Desk:
    """The desk with one draft on it."""

    def __init__(self, engine):
        self.engine = engine
        self.at = NOON

    def draft(self, replaces=None, id="test-cambodia-warning", **fields):
        record = make_advisory(id, **fields)
        new = desk.NewDraft(record.id, as_fields(record), "All the words.", ASHA, replaces=replaces)
        return self.does(desk.save_new_draft, new, self.at)

    def does(self, deed, *given, **named):
        self.at += MINUTE
        with write_session(self.engine) as session:
            return deed(session, *given, **named)

    def by(self, who, deed, *given, **named):
        return self.does(deed, *given, by=who, at=self.at + MINUTE, **named)

    def sees(self, draft_id):
        with read_session(self.engine) as session:
            return desk.get_draft(session, draft_id)

    def publishes(self, draft_id, who=ASHA, **named):
        return self.by(who, desk.publish_draft, draft_id, self.sees(draft_id).version, **named)

    @property
    def said(self):
        return load_library(self.engine, TODAY).advisories

    def actions(self, advisory_id):
        with read_session(self.engine) as session:
            return [event.action for event in advisories.list_events(session, advisory_id)]

    def audit(self, object=None):
        with read_session(self.engine) as session:
            return [(entry.by, entry.action) for entry in reversed(desk.list_audit(session, object))]


@pytest.fixture
def situation(either_engine):
    situation = Desk(either_engine)
    yield situation
    assert verify_history(situation.engine) == []  # whatever happened, the public history tells the truth


def verify_history(engine):
    return [problem for problem in verify(engine) if "no vector" not in problem]


def test_a_draft_is_not_said_until_it_is_published(situation):
    draft_id = situation.draft()
    assert situation.said == {}

    published = situation.publishes(draft_id)

    assert (published.newly, list(situation.said)) == (True, [published.advisory_id])
    assert situation.sees(draft_id).state is DraftState.PUBLISHED
    assert situation.actions(published.advisory_id) == ["published"]
    assert situation.audit() == [(ASHA, "drafted"), (ASHA, "published")]


def test_publishing_with_alert_only_asks_for_one(situation):
    published = situation.publishes(situation.draft(), alert=True)

    with read_session(situation.engine) as session:
        assert published.alert_requested
        assert session.query(AlertRequest).count() == 1


def test_the_second_of_two_editors_is_told_who_changed_what_and_loses_nothing(situation):
    draft_id = situation.draft()
    situation.by(ASHA, desk.edit_draft, draft_id, 1, {"countries": "LA, MM"})

    with pytest.raises(desk.ChangedMeanwhile) as refused:
        situation.by(BINU, desk.edit_draft, draft_id, 1, {"severity": "do_not_go"})

    assert (refused.value.by, [one.field for one in refused.value.changes]) == (ASHA, ["countries"])
    assert situation.sees(draft_id).fields["countries"] == ["LA", "MM"]
    repeated = situation.by(BINU, desk.edit_draft, draft_id, refused.value.current.version, {"severity": "do_not_go"})
    assert (repeated.fields["countries"], repeated.fields["severity"]) == (["LA", "MM"], "do_not_go")


def test_a_draft_that_was_changed_is_not_published_unseen(situation):
    draft_id = situation.draft()
    situation.by(ASHA, desk.edit_draft, draft_id, 1, {"severity": "notice"})

    with pytest.raises(desk.ChangedMeanwhile):
        situation.by(BINU, desk.publish_draft, draft_id, 1)

    assert situation.said == {}


def test_editing_what_was_published_meanwhile_says_so(situation):
    draft_id = situation.draft()
    situation.publishes(draft_id)

    with pytest.raises(desk.DraftClosed, match="published by staff 1"):
        situation.by(BINU, desk.edit_draft, draft_id, 1, {"severity": "notice"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"countries": "Russia"}, "countries"),
        ({"severity": "terrible"}, "severity"),
        ({"date": "31.12.2025"}, "date"),
        ({"standing": "perhaps"}, "standing"),
        ({"status": "published"}, "status"),
        ({"colour": "red"}, "colour"),
        ({"id": "with space"}, "id"),
        ({"counts": "{"}, "counts"),
        ({"facts": ""}, "facts"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_stored(situation, changes, field):
    draft_id = situation.draft()
    before = situation.sees(draft_id)

    with pytest.raises(BadRecord) as refused:
        situation.by(ASHA, desk.edit_draft, draft_id, 1, changes)

    assert refused.value.field == field
    assert situation.sees(draft_id) == before


def test_a_draft_that_lacks_a_field_says_which_and_is_not_published(situation):
    fields = as_fields(make_advisory()) | {"issuer": None}
    draft_id = situation.does(desk.save_new_draft, desk.NewDraft("test-x", fields, "Words.", ASHA), NOON)

    assert situation.sees(draft_id).problem == "issuer: is missing"
    with pytest.raises(BadRecord, match="issuer"):
        situation.publishes(draft_id)
    situation.by(ASHA, desk.edit_draft, draft_id, 1, {"title": "Still no issuer"})
    situation.by(ASHA, desk.edit_draft, draft_id, 2, {"issuer": "Embassy of Testing"})
    assert situation.publishes(draft_id).newly


def test_new_words_take_the_old_sentences_about_them_away(situation):
    draft_id = situation.draft()

    edited = situation.by(ASHA, desk.edit_draft, draft_id, 1, {"text": "New official words."})

    assert (edited.fields["facts"], edited.fields["text_kind"]) == (["New official words."], "official_words")
    assert edited.fields["gist"] == {}


def test_an_id_that_is_taken_gets_a_number(situation):
    situation.publishes(situation.draft())

    assert situation.sees(situation.draft()).advisory_id.endswith("-2")


def test_a_draft_never_writes_over_an_advisory_it_does_not_replace(situation):
    draft_id = situation.draft()
    with write_session(situation.engine) as session:
        advisories.save_draft(session, make_advisory(title="Another one"), at=NOON)

    with pytest.raises(BadRecord, match="taken already"):
        situation.publishes(draft_id)


def test_undoing_an_edit_puts_the_fields_back(situation):
    draft_id = situation.draft()
    before = situation.sees(draft_id)
    situation.by(ASHA, desk.edit_draft, draft_id, 1, {"countries": "LA"})
    situation.by(ASHA, desk.edit_draft, draft_id, 2, {"severity": "notice"})

    situation.by(BINU, desk.undo, draft_id)
    situation.by(BINU, desk.undo, draft_id)

    assert situation.sees(draft_id).fields == before.fields
    assert situation.audit(desk.name_draft(draft_id))[-2:] == [(BINU, "undone"), (BINU, "undone")]
    with pytest.raises(desk.NothingToUndo):
        situation.by(BINU, desk.undo, draft_id)


def test_undoing_a_publication_takes_it_back_and_opens_the_draft(situation):
    draft_id = situation.draft()
    advisory_id = situation.publishes(draft_id).advisory_id

    situation.by(BINU, desk.undo, draft_id)

    assert (situation.said, situation.sees(draft_id).state) == ({}, DraftState.OPEN)
    assert situation.actions(advisory_id) == ["published", "withdrawn"]
    assert situation.publishes(draft_id).newly
    assert list(situation.said) == [advisory_id]


def test_undoing_a_rejection_opens_the_draft_again(situation):
    draft_id = situation.draft()
    situation.by(ASHA, desk.reject_draft, draft_id, 1, reason="a hoax")

    situation.by(BINU, desk.undo, draft_id)

    assert situation.sees(draft_id).state is DraftState.OPEN


def test_a_draft_that_replaces_an_advisory_is_a_new_version_of_it_and_can_be_undone(situation):
    advisory_id = situation.publishes(situation.draft()).advisory_id
    draft_id = situation.draft(replaces=advisory_id, facts=("The new words.",), gist={})

    published = situation.publishes(draft_id)

    assert (published.newly, situation.said[advisory_id].facts) == (False, ("The new words.",))
    assert situation.actions(advisory_id) == ["published", "updated"]
    situation.by(BINU, desk.undo, draft_id)
    assert situation.said[advisory_id].facts == make_advisory().facts
    assert situation.actions(advisory_id) == ["published", "updated", "updated"]


def test_undoing_a_new_version_lets_what_it_alone_replaced_be_said_again(situation):
    older = situation.publishes(situation.draft(id="test-older")).advisory_id
    advisory_id = situation.publishes(situation.draft()).advisory_id
    draft_id = situation.draft(replaces=advisory_id, supersedes=(older,))
    situation.publishes(draft_id)
    assert list(situation.said) == [advisory_id]

    situation.by(BINU, desk.undo, draft_id)

    assert set(situation.said) == {older, advisory_id}


def test_a_draft_made_before_another_correction_is_not_published_over_it_unasked(situation):
    advisory_id = situation.publishes(situation.draft()).advisory_id
    draft_id = situation.draft(replaces=advisory_id, facts=("Words of the draft.",))
    situation.by(BINU, desk.update_advisory, advisory_id, {"severity": "do_not_go"}, reason="stronger")

    with pytest.raises(desk.AdvisoryChangedMeanwhile, match="staff 2"):
        situation.publishes(draft_id)

    assert situation.publishes(draft_id, over_newer=True).advisory_id == advisory_id


def test_a_correction_is_a_new_version_with_its_reason_and_can_be_undone(situation):
    advisory_id = situation.publishes(situation.draft()).advisory_id

    situation.by(ASHA, desk.update_advisory, advisory_id, {"severity": "do_not_go"}, reason="the ministry said so")

    assert situation.said[advisory_id].severity == "do_not_go"
    with read_session(situation.engine) as session:
        newest = advisories.list_events(session, advisory_id)[-1]
        assert (newest.action, newest.reason) == ("updated", "the ministry said so")
    situation.by(ASHA, desk.undo_advisory, advisory_id)
    assert situation.said[advisory_id].severity == make_advisory().severity


def test_a_withdrawn_advisory_is_said_again_when_that_is_undone(situation):
    advisory_id = situation.publishes(situation.draft()).advisory_id
    situation.by(ASHA, desk.withdraw_advisory, advisory_id, reason="a mistake")
    assert situation.said == {}

    undone = situation.by(ASHA, desk.undo_last)

    assert (undone.action, list(situation.said)) == ("withdrawn", [advisory_id])
    assert situation.actions(advisory_id) == ["published", "withdrawn", "published"]


def test_superseding_is_undone(situation):
    old = situation.publishes(situation.draft(id="test-old")).advisory_id
    new = situation.publishes(situation.draft(id="test-new")).advisory_id
    situation.by(ASHA, desk.supersede_advisory, old, new)
    assert list(situation.said) == [new]

    situation.by(ASHA, desk.undo_advisory, old)

    assert set(situation.said) == {old, new}
    assert situation.actions(old) == ["published", "superseded", "restored"]


def test_one_does_not_undo_over_what_another_did_since(situation):
    draft_id = situation.draft()
    advisory_id = situation.publishes(draft_id).advisory_id
    situation.by(BINU, desk.withdraw_advisory, advisory_id, reason="a mistake")

    with pytest.raises(desk.CannotUndo, match="After you, staff 2 withdrawn"):
        situation.by(ASHA, desk.undo_last)


def test_a_submission_is_handed_to_one_worker_and_again_when_that_one_died(situation):
    submission_id = situation.by(ASHA, desk.submit_text, "Words")
    first = situation.does(desk.claim_submission, "worker 1", NOON)

    assert (first.id, situation.does(desk.claim_submission, "worker 2", NOON + MINUTE)) == (submission_id, None)
    later = situation.does(desk.claim_submission, "worker 2", NOON + 4 * MINUTE)
    assert (later.id, later.attempts) == (submission_id, 2)
    with pytest.raises(desk.LostSubmission):
        situation.does(desk.note_outcome, submission_id, "drafted", "draft 1", at=NOON, worker="worker 1")


def test_what_ends_every_worker_is_refused_at_last(situation):
    submission_id = situation.by(ASHA, desk.submit_file, b"\0" * 9, file_name="x.pdf", reply_to=desk.ReplyTo(5, 6))
    for turn in range(3):
        assert situation.does(desk.claim_submission, "worker", NOON + 4 * turn * MINUTE)

    assert situation.does(desk.claim_submission, "worker", NOON + 12 * MINUTE) is None

    with read_session(situation.engine) as session:
        (told,) = desk.list_untold(session)
        assert (told.id, told.state, told.content, told.reply_to.chat_id) == (submission_id, "refused", None, 5)
    assert situation.does(desk.mark_told, submission_id, NOON)
    with read_session(situation.engine) as session:
        assert desk.list_untold(session) == ()


def test_the_same_content_is_drafted_once(situation):
    draft_id = situation.draft()
    situation.by(ASHA, desk.save_read, draft_id=draft_id, read_hash="a" * 64, file_name="notice.html")

    with pytest.raises(desk.ReadBefore) as refused:
        situation.by(BINU, desk.save_read, draft_id=draft_id, read_hash="a" * 64)

    assert refused.value.draft_id == draft_id


def test_undoing_the_publication_of_a_stored_draft_advisory_withdraws_it(situation):
    with write_session(situation.engine) as session:
        advisories.save_draft(session, replace(make_advisory(), status=Status.DRAFT), at=NOON)
    situation.by(ASHA, desk.publish_advisory, make_advisory().id)

    situation.by(ASHA, desk.undo_advisory, make_advisory().id)

    assert situation.said == {}
