"""Ways to get round approval. Each tries to let something go out that two people did not see and want as it is."""

import datetime as dt

import pytest
from alert_builders import ASHA, BALA, CHITRA, HOUR, MINUTE, SECOND, STAFF
from sqlalchemy import update

from bot.alerts import approval, lifecycle
from bot.alerts.approval import NotApproved, Refusal
from bot.alerts.audience import Audience
from bot.alerts.models import Alert, AlertText
from bot.alerts.states import AlertState, AlertStatus, Place

ANONYMOUS_ADMIN, CHANNEL_POSTS, TELEGRAM_ITSELF = 1087968824, 136817688, 777000
OUTSIDER = 6666


class Desk:
    """The staff desk over one situation, with two approvals needed."""

    def __init__(self, situation, status=AlertStatus.ACTUAL):
        self.situation = situation
        situation.publishes()
        situation.subscribes(1)
        situation.subscribes(2, is_canary=True)
        self.alert_id = situation.requests(status=status)

    @property
    def text_hash(self):
        return self.situation.read(lifecycle.get_alert, self.alert_id).text_hash

    def opens(self, staff_id=ASHA, place=Place.TELEGRAM, staff=STAFF):
        return self.situation.write(
            approval.open_prompt, self.alert_id, staff_id=staff_id, place=place, staff_ids=staff, at=self.situation.now
        )

    def answers(self, prompt, staff_id=ASHA, typed=None, chat_id=None, staff=STAFF, needed=2):
        token = prompt if isinstance(prompt, str) else prompt.token
        return self.situation.write(
            approval.approve,
            token,
            prompt.must_type if typed is None else typed,
            staff_id=staff_id,
            chat_id=staff_id if chat_id is None else chat_id,
            staff_ids=staff,
            needed=needed,
            at=self.situation.now,
        )

    def approves(self, staff_id=ASHA, **how):
        return self.answers(self.opens(staff_id), staff_id, **how)

    def previews_on_command_line(self):
        return self.opens(None, Place.COMMAND_LINE)

    def types_command(self, staff_id=ASHA, text_hash=None, is_test=False, staff=STAFF, needed=2):
        return self.situation.write(
            approval.approve_from_command_line,
            self.alert_id,
            self.text_hash if text_hash is None else text_hash,
            staff_id=staff_id,
            is_test=is_test,
            staff_ids=staff,
            needed=needed,
            at=self.situation.now,
        )

    def sets(self, table, **values):
        key = table.id if table is Alert else table.alert_id
        self.situation.write(
            lambda session: session.execute(update(table).where(key == self.alert_id).values(**values))
        )


# --- the same person twice -----------------------------------------------------------------------------------------


def same_person_twice(desk):
    desk.approves(ASHA)
    desk.approves(ASHA)


def same_person_from_both_places(desk):
    desk.approves(ASHA)
    desk.previews_on_command_line()
    desk.types_command(ASHA)


def same_person_from_both_places_the_other_way(desk):
    desk.previews_on_command_line()
    desk.types_command(ASHA)
    desk.approves(ASHA)


def same_person_with_two_open_questions(desk):
    first, second = desk.opens(ASHA), desk.opens(ASHA)
    desk.answers(first, ASHA)
    desk.answers(second, ASHA)


def button_pressed_twice(desk):
    prompt = desk.opens(ASHA)
    desk.answers(prompt, ASHA)
    desk.answers(prompt, ASHA)


def button_replayed_next_day(desk):
    prompt = desk.opens(ASHA)
    desk.answers(prompt, ASHA)
    desk.situation.later(dt.timedelta(days=1))
    desk.answers(prompt, ASHA)


def same_person_again_after_the_first_ran_out(desk):
    desk.approves(ASHA)
    desk.situation.later(2 * HOUR)
    desk.approves(ASHA)


def same_person_listed_twice_as_staff(desk):
    desk.approves(ASHA, staff=(ASHA, ASHA, BALA))
    desk.approves(ASHA, staff=(ASHA, ASHA, BALA))


def command_line_twice_by_one(desk):
    desk.previews_on_command_line()
    desk.types_command(ASHA)
    desk.types_command(ASHA)


# --- the command line proves nobody's identity ---------------------------------------------------------------------


def command_line_twice_with_two_ids(desk):
    desk.previews_on_command_line()
    desk.types_command(ASHA)
    desk.types_command(BALA)


def command_line_twice_with_two_previews(desk):
    desk.previews_on_command_line()
    desk.types_command(ASHA)
    desk.previews_on_command_line()
    desk.types_command(CHITRA)


def command_line_without_a_preview(desk):
    desk.approves(BALA)
    desk.types_command(ASHA)


def command_line_with_a_preview_of_20_minutes_ago(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.situation.later(20 * MINUTE)
    desk.types_command(ASHA)


def command_line_on_somebodys_question_in_telegram(desk):
    desk.approves(BALA)
    desk.opens(ASHA)
    desk.types_command(ASHA)


def command_line_question_answered_in_telegram(desk):
    desk.approves(BALA)
    desk.answers(desk.previews_on_command_line(), ASHA)


def command_line_with_the_last_digits_only(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(ASHA, text_hash=desk.text_hash[-4:])


def command_line_with_the_first_digits_only(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(ASHA, text_hash=desk.text_hash[:16])


def command_line_with_no_hash(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(ASHA, text_hash="")


def command_line_with_another_hash(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(ASHA, text_hash="0" * 64)


def command_line_with_a_hash_of_odd_letters(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(ASHA, text_hash="é" * 64)


def command_line_by_an_outsider(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(OUTSIDER)


def command_line_by_nobody(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(0)


def command_line_alone_where_no_staff_is_set(desk):
    desk.previews_on_command_line()
    desk.types_command(ASHA, staff=())


# --- who is no staff, or not alone ---------------------------------------------------------------------------------


def outsider_opens_the_question(desk):
    desk.approves(ASHA)
    desk.opens(OUTSIDER)


def outsider_presses_a_forwarded_button(desk):
    desk.approves(ASHA)
    desk.answers(desk.opens(BALA), OUTSIDER)


def staff_presses_a_button_forwarded_by_a_colleague(desk):
    desk.approves(ASHA)
    desk.answers(desk.opens(ASHA), BALA)


def demoted_between_question_and_answer(desk):
    desk.approves(ASHA)
    desk.answers(desk.opens(BALA), BALA, staff=(ASHA, CHITRA))


def demoted_after_his_approval(desk):
    desk.approves(ASHA)
    desk.approves(BALA, staff=(BALA, CHITRA))


def demoted_after_his_approval_on_the_command_line(desk):
    desk.previews_on_command_line()
    desk.types_command(ASHA)
    desk.approves(BALA, staff=(BALA, CHITRA))


def in_a_group(desk):
    desk.approves(ASHA)
    desk.approves(BALA, chat_id=-100500)


def in_the_private_chat_of_somebody_else(desk):
    desk.approves(ASHA)
    desk.approves(BALA, chat_id=ASHA)


def anonymous_admin(desk):
    desk.approves(ASHA)
    desk.answers(desk.opens(ANONYMOUS_ADMIN, staff=(*STAFF, ANONYMOUS_ADMIN)), ANONYMOUS_ADMIN)


def anonymous_admin_who_was_listed_as_staff(desk):
    desk.approves(ASHA)
    desk.answers(desk.opens(BALA), ANONYMOUS_ADMIN, staff=(*STAFF, ANONYMOUS_ADMIN))


def channel_that_was_listed_as_staff(desk):
    desk.approves(ASHA)
    desk.opens(CHANNEL_POSTS, staff=(*STAFF, CHANNEL_POSTS))


def telegrams_own_account_listed_as_staff(desk):
    desk.approves(ASHA)
    desk.opens(TELEGRAM_ITSELF, staff=(*STAFF, TELEGRAM_ITSELF))


def group_that_was_listed_as_staff(desk):
    desk.approves(ASHA)
    desk.opens(-100500, staff=(*STAFF, -100500))


def shared_account_on_the_command_line(desk):
    desk.approves(ASHA)
    desk.previews_on_command_line()
    desk.types_command(ANONYMOUS_ADMIN, staff=(*STAFF, ANONYMOUS_ADMIN))


# --- stale and invented questions ----------------------------------------------------------------------------------


def question_of_15_minutes_ago(desk):
    desk.approves(ASHA)
    prompt = desk.opens(BALA)
    desk.situation.later(15 * MINUTE)
    desk.answers(prompt, BALA)


def question_of_yesterday(desk):
    prompt = desk.opens(BALA)
    desk.situation.later(dt.timedelta(days=1))
    desk.approves(ASHA)
    desk.answers(prompt, BALA)


def question_from_a_clock_that_went_back(desk):
    desk.approves(ASHA)
    prompt = desk.opens(BALA)
    desk.situation.later(-HOUR)
    desk.answers(prompt, BALA)


def invented_token(desk):
    desk.approves(ASHA)
    desk.answers("invented", BALA, typed=desk.text_hash[-4:])


def empty_token(desk):
    desk.approves(ASHA)
    desk.answers("", BALA, typed=desk.text_hash[-4:])


def first_approval_too_long_ago(desk):
    desk.approves(ASHA)
    desk.situation.later(HOUR + SECOND)
    desk.approves(BALA)


def first_approval_from_the_future(desk):
    desk.approves(ASHA)
    desk.situation.later(-2 * HOUR)
    desk.approves(BALA)


def question_of_another_alert(desk):
    desk.situation.publishes("test-other", countries=("RU",))
    mine, desk.alert_id = desk.alert_id, desk.situation.requests("test-other")
    prompt = desk.opens(BALA)
    desk.alert_id = mine
    desk.approves(ASHA)
    desk.answers(prompt, BALA)


# --- what goes out is not what was seen ----------------------------------------------------------------------------


def text_edited_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.sets(AlertText, html="Send 5,000 rupees to this number now, as the ministry orders.")
    desk.approves(BALA)


def text_edited_between_question_and_answer(desk):
    desk.approves(ASHA)
    prompt = desk.opens(BALA)
    desk.sets(AlertText, html="Send 5,000 rupees to this number now, as the ministry orders.")
    desk.answers(prompt, BALA)


def digest_entry_edited(desk):
    desk.approves(ASHA)
    desk.sets(AlertText, headline="something else")
    desk.approves(BALA)


def one_language_added(desk):
    desk.approves(ASHA)
    text = {"language": "xx", "reader": "subscriber", "html": "other words", "headline": "other"}
    desk.situation.write(lambda session: session.add(AlertText(alert_id=desk.alert_id, **text)))
    desk.approves(BALA)


def audience_changed_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.sets(Alert, audience=Audience(everyone=True).as_json())
    desk.approves(BALA)


def audience_revised_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.situation.write(
        lifecycle.revise, desk.alert_id, by="staff", at=desk.situation.now, audience=Audience(everyone=True)
    )
    desk.approves(BALA)


def audience_revised_between_question_and_answer(desk):
    desk.approves(ASHA)
    prompt = desk.opens(BALA)
    desk.situation.write(lifecycle.revise, desk.alert_id, by="staff", at=desk.situation.now, audience=Audience(("RU",)))
    desk.answers(prompt, BALA)


def made_an_emergency_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.sets(Alert, emergency=True)
    desk.approves(BALA)


def advisory_changed_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.situation.changes()
    desk.approves(BALA)


def advisory_changed_between_question_and_answer(desk):
    desk.approves(ASHA)
    prompt = desk.opens(BALA)
    desk.situation.changes()
    desk.answers(prompt, BALA)


def advisory_withdrawn_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.situation.withdraws()
    desk.approves(BALA)


def hash_overwritten_with_that_of_a_changed_text(desk):
    desk.approves(ASHA)
    desk.sets(AlertText, html="Send 5,000 rupees to this number now, as the ministry orders.")
    changed = desk.situation.read(lambda session: lifecycle.hash_of(session, session.get_one(Alert, desk.alert_id)))
    desk.sets(Alert, text_hash=changed)
    desk.approves(BALA)


def advisory_named_another(desk):
    desk.approves(ASHA)
    desk.situation.publishes("test-other", countries=("RU",))
    desk.sets(Alert, advisory_id="test-other")
    desk.approves(BALA)


# --- test and earnest mixed up -------------------------------------------------------------------------------------


def word_for_tests_typed_for_an_alert_in_earnest(desk):
    desk.approves(ASHA)
    desk.approves(BALA, typed="TEST")


def nothing_typed(desk):
    desk.approves(ASHA)
    desk.approves(BALA, typed="")


def yes_typed(desk):
    desk.approves(ASHA)
    desk.approves(BALA, typed="yes")


def first_digits_typed_for_the_last(desk):
    desk.approves(ASHA)
    desk.approves(BALA, typed=desk.text_hash[:4] if desk.text_hash[:4] != desk.text_hash[-4:] else "none")


def digits_with_more_behind_them(desk):
    desk.approves(ASHA)
    desk.approves(BALA, typed=f"{desk.text_hash[-4:]} cancel")


def rehearsal_turned_into_earnest_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.sets(Alert, status=AlertStatus.TEST)
    desk.approves(BALA)


def earnest_approved_as_a_test_on_the_command_line(desk):
    desk.approves(BALA)
    desk.previews_on_command_line()
    desk.types_command(ASHA, is_test=True)


# --- not waiting any more ------------------------------------------------------------------------------------------


def cancelled_between_the_approvals(desk):
    desk.approves(ASHA)
    desk.situation.write(lifecycle.cancel, desk.alert_id, by="staff", reason="no", at=desk.situation.now)
    desk.approves(BALA)


def cancelled_between_question_and_answer(desk):
    desk.approves(ASHA)
    prompt = desk.opens(BALA)
    desk.situation.write(lifecycle.cancel, desk.alert_id, by="staff", reason="no", at=desk.situation.now)
    desk.answers(prompt, BALA)


def expired_between_the_approvals(desk):
    desk.situation.later(dt.timedelta(hours=72) - MINUTE)
    desk.approves(ASHA)
    desk.situation.later(2 * MINUTE)
    desk.approves(BALA)


ATTEMPTS = [
    (same_person_twice, Refusal.ALREADY),
    (same_person_from_both_places, Refusal.ALREADY),
    (same_person_from_both_places_the_other_way, Refusal.ALREADY),
    (same_person_with_two_open_questions, Refusal.ALREADY),
    (button_pressed_twice, Refusal.USED),
    (button_replayed_next_day, Refusal.USED),
    (same_person_again_after_the_first_ran_out, None),
    (same_person_listed_twice_as_staff, Refusal.ALREADY),
    (command_line_twice_by_one, Refusal.ALREADY),
    (command_line_twice_with_two_ids, Refusal.SECOND_COMMAND_LINE),
    (command_line_twice_with_two_previews, Refusal.SECOND_COMMAND_LINE),
    (command_line_without_a_preview, Refusal.TOO_LATE),
    (command_line_with_a_preview_of_20_minutes_ago, Refusal.TOO_LATE),
    (command_line_on_somebodys_question_in_telegram, Refusal.TOO_LATE),
    (command_line_question_answered_in_telegram, Refusal.UNKNOWN_PROMPT),
    (command_line_with_the_last_digits_only, Refusal.WRONG_HASH),
    (command_line_with_the_first_digits_only, Refusal.WRONG_HASH),
    (command_line_with_no_hash, Refusal.WRONG_HASH),
    (command_line_with_another_hash, Refusal.WRONG_HASH),
    (command_line_with_a_hash_of_odd_letters, Refusal.WRONG_HASH),
    (command_line_by_an_outsider, Refusal.NOT_STAFF),
    (command_line_by_nobody, Refusal.NOT_STAFF),
    (command_line_alone_where_no_staff_is_set, Refusal.NOT_STAFF),
    (outsider_opens_the_question, Refusal.NOT_STAFF),
    (outsider_presses_a_forwarded_button, Refusal.NOT_STAFF),
    (staff_presses_a_button_forwarded_by_a_colleague, Refusal.NOT_YOURS),
    (demoted_between_question_and_answer, Refusal.NOT_STAFF),
    (demoted_after_his_approval, None),
    (demoted_after_his_approval_on_the_command_line, None),
    (in_a_group, Refusal.NOT_PRIVATE),
    (in_the_private_chat_of_somebody_else, Refusal.NOT_PRIVATE),
    (anonymous_admin, Refusal.NOT_PRIVATE),
    (anonymous_admin_who_was_listed_as_staff, Refusal.NOT_PRIVATE),
    (channel_that_was_listed_as_staff, Refusal.NOT_PRIVATE),
    (telegrams_own_account_listed_as_staff, Refusal.NOT_PRIVATE),
    (group_that_was_listed_as_staff, Refusal.NOT_PRIVATE),
    (shared_account_on_the_command_line, Refusal.NOT_PRIVATE),
    (question_of_15_minutes_ago, Refusal.TOO_LATE),
    (question_of_yesterday, Refusal.TOO_LATE),
    (question_from_a_clock_that_went_back, Refusal.TOO_LATE),
    (invented_token, Refusal.UNKNOWN_PROMPT),
    (empty_token, Refusal.UNKNOWN_PROMPT),
    (first_approval_too_long_ago, None),
    (first_approval_from_the_future, None),
    (question_of_another_alert, None),
    (text_edited_between_the_approvals, Refusal.CHANGED),
    (text_edited_between_question_and_answer, Refusal.CHANGED),
    (digest_entry_edited, Refusal.CHANGED),
    (one_language_added, Refusal.CHANGED),
    (audience_changed_between_the_approvals, Refusal.CHANGED),
    (audience_revised_between_the_approvals, None),
    (audience_revised_between_question_and_answer, Refusal.UNKNOWN_PROMPT),
    (made_an_emergency_between_the_approvals, Refusal.CHANGED),
    (advisory_changed_between_the_approvals, Refusal.CHANGED),
    (advisory_changed_between_question_and_answer, Refusal.CHANGED),
    (advisory_withdrawn_between_the_approvals, Refusal.CHANGED),
    (hash_overwritten_with_that_of_a_changed_text, None),
    (advisory_named_another, Refusal.CHANGED),
    (word_for_tests_typed_for_an_alert_in_earnest, Refusal.WRONG_WORDS),
    (nothing_typed, Refusal.WRONG_WORDS),
    (yes_typed, Refusal.WRONG_WORDS),
    (first_digits_typed_for_the_last, Refusal.WRONG_WORDS),
    (digits_with_more_behind_them, Refusal.WRONG_WORDS),
    (rehearsal_turned_into_earnest_between_the_approvals, Refusal.CHANGED),
    (earnest_approved_as_a_test_on_the_command_line, Refusal.WRONG_WORDS),
    (cancelled_between_the_approvals, Refusal.NOT_WAITING),
    (cancelled_between_question_and_answer, Refusal.NOT_WAITING),
    (expired_between_the_approvals, Refusal.NOT_WAITING),
]


@pytest.mark.parametrize(("attempt", "refusal"), ATTEMPTS, ids=[attempt.__name__ for attempt, _ in ATTEMPTS])
def test_nothing_goes_out_that_two_people_did_not_approve_as_it_is(lite, attempt, refusal):
    desk = Desk(lite)

    refused = None
    try:
        attempt(desk)
    except NotApproved as problem:
        refused = problem.reason
    lite.turns()

    assert refused is refusal
    assert lite.state(desk.alert_id) not in (AlertState.APPROVED, AlertState.RUNNING, AlertState.DONE)
    assert lite.claims() == ()


def test_there_are_sixty_attempts_and_more():
    assert len(ATTEMPTS) >= 60


# --- the way it is meant -------------------------------------------------------------------------------------------


def test_two_people_in_telegram_let_an_alert_go_out(situation):
    desk = Desk(situation)

    first, second = desk.approves(ASHA), desk.approves(BALA)
    situation.turns()

    assert (first.approved, second.approved) == (False, True)
    assert sorted(claim.chat_id for claim in situation.claims()) == [1, 2]


def test_one_of_the_two_may_sit_at_the_command_line(lite):
    desk = Desk(lite)

    desk.previews_on_command_line()
    desk.types_command(ASHA)

    assert desk.approves(BALA).approved


def test_one_approval_is_enough_where_the_operator_decided_so(lite):
    assert Desk(lite).approves(ASHA, needed=1).approved


def test_three_people_where_the_operator_wants_three(lite):
    desk = Desk(lite)

    assert [desk.approves(who, needed=3).approved for who in STAFF] == [False, False, True]


def test_somebody_whose_approval_ran_out_may_approve_again(lite):
    desk = Desk(lite)
    desk.approves(ASHA)
    lite.later(2 * HOUR)
    desk.approves(BALA)

    assert desk.approves(ASHA).approved


def test_an_alert_that_was_revised_can_be_approved_anew(lite):
    desk = Desk(lite)
    desk.approves(ASHA)
    lite.changes()
    lite.write(lifecycle.revise, desk.alert_id, by="staff", at=lite.now)

    desk.approves(ASHA)

    assert desk.approves(BALA).approved


def test_live_and_test_ask_for_different_words(lite):
    live = Desk(lite)
    lite.publishes("test-other")
    test_id = lite.requests("test-other", status=AlertStatus.TEST)
    in_earnest = live.opens()
    live.alert_id = test_id
    rehearsal = live.opens()

    assert (in_earnest.must_type, in_earnest.is_test) == (in_earnest.text_hash[-4:], False)
    assert (rehearsal.must_type, rehearsal.is_test) == ("TEST", True)
    with pytest.raises(NotApproved):
        live.answers(rehearsal, typed=rehearsal.text_hash[-4:])


def test_the_question_says_how_many_people_it_is_about(lite):
    assert Desk(lite).opens().recipients == 2


def test_what_changed_after_the_last_approval_does_not_go_out(situation):
    desk = Desk(situation)
    desk.approves(ASHA)
    desk.approves(BALA)
    situation.changes()

    [news] = situation.turns()

    assert news.kind == "stopped"
    assert "changed" in news.words
    assert situation.claims() == ()


def test_a_text_changed_in_the_database_after_the_last_approval_does_not_go_out(lite):
    desk = Desk(lite)
    desk.approves(ASHA)
    desk.approves(BALA)
    desk.sets(AlertText, html="Send 5,000 rupees to this number now, as the ministry orders.")

    lite.turns()

    assert lite.state(desk.alert_id) is AlertState.STOPPED


def test_every_approval_is_on_record(lite):
    from bot.alerts import audit

    desk = Desk(lite)
    desk.approves(ASHA)
    desk.approves(BALA)

    entries = lite.read(audit.list_entries, desk.alert_id)

    assert [(entry.action, entry.by) for entry in entries] == [
        ("request", "staff"),
        ("approve", f"staff {ASHA}"),
        ("approve", f"staff {BALA}"),
    ]
