"""What staff see of the desk: escaped, complete, honest about doubt. Buttons carry little and are read strictly."""

from __future__ import annotations

import datetime as dt

import pytest
from hostile_api import parse_html
from hypothesis import given
from hypothesis import strategies as st

from bot.attachments import Trouble
from bot.presenters import desk as cards
from bot.presenters import fixed_texts
from bot.presenters.files import MOST_WORDS_SHOWN, present_read_words, present_trouble
from bot.presenters.splitting import split_html
from bot.presenters.worklist import parse_asking_press, present_question
from knowledge.advisor.replies import ReadFrom
from knowledge.desk import EDITABLE, DraftView, FieldChange, NearView, ProposalView, SubmissionView
from knowledge.desk_models import DraftState, SubmissionKind, SubmissionState
from knowledge.vocabulary import Language
from knowledge.worklist import QuestionView, Sort, Why

NOON = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)
TODAY = NOON.date()


def make_view(**more) -> DraftView:
    given = {
        "id": 12,
        "version": 3,
        "state": DraftState.OPEN,
        "advisory_id": "mea-2026-10-30-helpers",
        "fields": {"issuer": "MEA", "date": "2026-10-30", "countries": ["RU"], "facts": ["A fact."]},
        "proposals": {},
        "text": "All that was read.",
        "replaces": None,
        "near": (),
        "contradictions": (),
        "notes": (),
        "identity": None,
        "source_id": None,
        "submission_id": 1,
        "from_first_load": False,
        "created_at": NOON,
        "created_by": "staff 900",
        "changed_at": NOON,
        "changed_by": "staff 900",
        "problem": None,
    }
    return DraftView(**{**given, **more})


def test_a_field_shows_its_confidence_and_the_words_it_rests_on():
    card = cards.present_card(make_view(proposals={"countries": ProposalView(["RU"], 0.93, ("near Moscow",))}), TODAY)

    assert "<b>countries</b>: RU <i>(93%, “near Moscow”)</i>" in card


def test_a_field_that_staff_changed_says_what_the_machine_had_proposed():
    card = cards.present_card(make_view(proposals={"countries": ProposalView(["KH"], 0.93, ("Phnom Penh",))}), TODAY)

    assert "the machine proposed KH" in card


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ({"problem": "kind: is missing"}, "kind: is missing"),
        ({"fields": {"date": "2027-01-01"}}, "in the future"),
        ({"fields": {"date": "2025-01-01"}}, "old notice that moved"),
        ({"fields": {}}, "no date"),
        ({"proposals": {"issuer": ProposalView("MEA", 0.5, ())}}, "not sure of: issuer"),
        ({"from_first_load": True}, "not news"),
        ({"notes": ("Read from a picture, 61 % sure.",)}, "61 % sure"),
    ],
)
def test_everything_odd_is_warned_of(more, warning):
    assert any(warning in line for line in cards.find_warnings(make_view(**more), TODAY))


def test_a_draft_without_oddities_warns_of_nothing():
    assert cards.find_warnings(make_view(), TODAY) == []


EVIL = "</b></code><a href='https://evil.example'>Approve</a> &amp; \u202eevil\u202c \x1b[2J\x00"


@pytest.mark.parametrize(
    "html",
    [
        cards.present_card(
            make_view(
                advisory_id=EVIL,
                text=EVIL,
                replaces=EVIL,
                source_id=EVIL,
                notes=(EVIL,),
                problem=EVIL,
                fields=dict.fromkeys(EDITABLE, EVIL),
                proposals={"title": ProposalView(EVIL, 0.4, (EVIL,))},
                near=(NearView(EVIL, 0.9, (EVIL,)),),
                contradictions=({EVIL: EVIL},),
            ),
            TODAY,
        ),
        cards.present_conflict(EVIL, NOON, (FieldChange("title", EVIL, EVIL),), EVIL),
        cards.present_field_question(make_view(fields={"title": EVIL}), "title"),
        cards.present_bad_value("title", EVIL),
        cards.present_publish_question(make_view(advisory_id=EVIL, problem=EVIL), alert=True, approvals=2),
        cards.present_outcome(
            SubmissionView(1, SubmissionKind.LINK, EVIL, NOON, SubmissionState.REFUSED, link=EVIL, outcome=EVIL)
        ),
        present_question(QuestionView(1, EVIL, Sort(Why.NOT_HELPFUL, "answer", "en", (EVIL,)), NOON)),
        present_read_words(Language.ENGLISH, [EVIL]),
    ],
)
def test_words_from_outside_are_never_markup(html):
    shown = parse_html(html)

    assert "<a href='https://evil.example'>Approve</a>" in shown or "evil.example" not in shown
    assert "<a href" not in html


def test_signs_that_steer_the_screen_are_taken_out_of_a_card_and_joiners_stay():
    shown = cards.clean("a\u202eb\x1b\u0000c\nd क्\u200dष")

    assert shown == "abc\nd क्\u200dष"


@given(st.text(max_size=400), st.lists(st.text(max_size=200), max_size=4))
def test_any_words_make_a_card_that_telegram_takes_in_parts(words, facts):
    card = cards.present_card(make_view(text=words, fields={"title": words, "facts": facts}), TODAY)

    for part in split_html(card):
        assert len(parse_html(part).encode("utf-16-le")) // 2 <= 4096


@pytest.mark.parametrize("draft", [make_view(id=10**11, version=10**8)])
def test_every_button_fits_into_what_telegram_carries_and_is_read_back(draft):
    keyboards = [
        cards.card_keyboard(draft),
        cards.fields_keyboard(draft),
        cards.publish_keyboard(draft, alert=True),
        cards.publish_keyboard(draft, alert=False, over=True),
        cards.undo_keyboard(draft, sure=True),
        cards.adding_keyboard(),
        cards.offer_keyboard(),
        cards.question_keyboard(7),
    ]
    for button in (one for keyboard in keyboards for row in keyboard.inline_keyboard for one in row):
        assert len(str(button.callback_data).encode()) <= 64
        assert cards.parse_desk_press(str(button.callback_data)) is not None


def test_a_closed_draft_offers_only_undo():
    [[button]] = cards.card_keyboard(make_view(state=DraftState.PUBLISHED)).inline_keyboard

    assert "Undo" in button.text


@pytest.mark.parametrize(
    "data", [None, "", "v1:dk", "v1:dk:xx:1", "v1:dk:ef:1:2:id", "v1:dk:ef:1:2:status", "v1:dk:show:-1", "v2:dk:show:1"]
)
def test_what_we_did_not_make_is_not_read(data):
    assert cards.parse_desk_press(data) is None


@given(st.text(max_size=70))
def test_any_button_data_is_read_or_refused_without_an_error(data):
    cards.parse_desk_press(data)
    cards.parse_desk_press("v1:dk:" + data)
    parse_asking_press("v1:wl:" + data)


@pytest.mark.parametrize("field", EDITABLE)
def test_the_question_for_every_field_says_what_may_be_sent(field):
    assert "Allowed" in cards.present_field_question(make_view(), field)


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("source", ReadFrom)
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.HINDI, Language.URDU])
def test_whatever_could_not_be_read_says_that_this_proves_nothing(trouble, source, language):
    words = present_trouble(language, [trouble, trouble], source)

    assert parse_html(words)
    if language is Language.ENGLISH:
        assert "says nothing about the offer" in words
        assert words.count(words.partition("\n")[0]) == 1


def test_only_the_beginning_of_what_was_read_is_shown():
    shown = parse_html(present_read_words(Language.ENGLISH, ["word " * 1000]))

    assert len(shown) < MOST_WORDS_SHOWN + 80
    assert shown.startswith(fixed_texts.READ_WORDS)
