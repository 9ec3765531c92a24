import dataclasses

import pytest

from bot.alerts.states import AlertStatus
from bot.alerts.wording import BadWording, Text, find_faults, hash_content, require_good_wording

ACTUAL, TEST = AlertStatus.ACTUAL, AlertStatus.TEST
WARNING = "<b>New official warning: Cambodia</b>\nTyping jobs there were a trap. Do not pay and do not travel. {}"


def make_text(html, language="en", headline="Cambodia: typing jobs", edit=None):
    return Text(language, "subscriber", html, headline, edit)


MARKED = [  # refused in earnest, fine in a test
    "This is a TEST.",
    "test",
    "Test message, please ignore.",
    "This is only a Test!",
    "TESTS are run every week.",
    "test-alert",
    "(test)",
    "<b>TE</b>ST",
    "TEST ALERT",
    "DRILL",
    "This is a drill.",
    "drills",
    "Exercise only.",
    "A mock alert.",
    "Rehearsal of the alerts.",
    "Yeh ek test hai.",
    "Yeh sirf parikshan hai.",
    "यह एक परीक्षण है।",
    "यह टेस्ट संदेश है।",
    "ਇਹ ਇੱਕ ਟੈਸਟ ਹੈ।",
    "ഇതൊരു ടെസ്റ്റ് മാത്രമാണ്.",
    "এটি একটি টেস্ট।",
    "এটি পরীক্ষামূলক বার্তা।",
    "આ એક પરીક્ષણ છે.",
    "ଏହା ଏକ ପରୀକ୍ଷଣ।",
    "یہ صرف ایک ٹیسٹ ہے۔",
]
EITHER_WAY = [  # fine both ways: the word also means an exam, a raid, an ordeal
    "यह केवल अभ्यास है।",
    "ही एक चाचणी आहे.",
    "ഇത് പരീക്ഷണം മാത്രം.",
    "இது ஒரு சோதனை.",
    "ఇది పరీక్ష మాత్రమే.",
    "ಇದು ಪರೀಕ್ಷೆ ಮಾತ್ರ.",
    "یہ آزمائش ہے۔",
]
UNMARKED = [  # fine in earnest, refused as a test
    "",
    "The newest and latest contest.",
    "Attested papers were forged; protest is in vain.",
    "They ask 10,000 rupees for a medical test.",
    "A trade test is promised and never held.",
    "Blood tests and an English test are charged twice.",
    "Oil drilling jobs.",
    "वे मेडिकल टेस्ट के पैसे माँगते हैं।",
    "ടെലിഫോണിൽ മെഡിക്കൽ ടെസ്റ്റ് എന്ന് പറഞ്ഞു.",
    "They said that the exercise of leaving takes a day.",
]


def test_there_are_forty_cases_and_more():
    assert len(MARKED) + len(EITHER_WAY) + len(UNMARKED) >= 40


@pytest.mark.parametrize("words", MARKED)
def test_what_is_marked_as_a_test_is_sent_as_a_test_only(words):
    text = make_text(WARNING.format(words), headline=words)

    assert find_faults(text, TEST) == []
    with pytest.raises(BadWording, match="in earnest"):
        require_good_wording([text], ACTUAL)


@pytest.mark.parametrize("words", EITHER_WAY)
def test_a_word_that_means_other_things_too_marks_a_test_and_stops_no_warning(words):
    text = make_text(WARNING.format(words), headline=words)

    assert (find_faults(text, TEST), find_faults(text, ACTUAL)) == ([], [])


@pytest.mark.parametrize("words", UNMARKED)
def test_what_is_not_marked_is_sent_in_earnest_only(words):
    text = make_text(WARNING.format(words))

    assert find_faults(text, ACTUAL) == []
    assert find_faults(text, TEST) == ["en: it is a test and does not say so"]


def test_one_language_without_the_mark_is_enough_to_refuse_a_test():
    marked = make_text(WARNING.format("TEST"), headline="TEST")

    with pytest.raises(BadWording, match="pa: it is a test"):
        require_good_wording([marked, make_text(WARNING.format(""), "pa")], TEST)


@pytest.mark.parametrize("part", ["headline", "edit"])
def test_the_mark_is_looked_for_in_digest_entry_and_edit_too(part):
    text = dataclasses.replace(make_text(WARNING.format("")), **{part: "TEST TEST"})

    assert find_faults(text, ACTUAL) == ["en: it is meant in earnest and says 'TEST'"]


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("", "hardly any text"),
        ("   \n", "hardly any text"),
        ('<a href="https://mea.gov.in/a">https://mea.gov.in/a-long-address-that-says-nothing</a>', "hardly any text"),
        (WARNING.format("{about}"), "not put in: {about}"),
        (WARNING.format("x" * 4096), "longer than one message"),
    ],
)
def test_a_text_that_is_no_use_is_refused(html, fault):
    with pytest.raises(BadWording, match=fault):
        require_good_wording([make_text(html)], ACTUAL)


def test_the_hash_changes_with_every_part_and_not_with_the_order():
    one, other = make_text("one"), make_text("other", "hi")
    whole = hash_content([one, other], {"audience": ["KH"]})

    assert whole == hash_content([other, one], {"audience": ["KH"]})
    assert (
        len(
            {
                whole,
                hash_content([one], {"audience": ["KH"]}),
                hash_content([one, other], {"audience": ["KH", "RU"]}),
                hash_content([dataclasses.replace(one, html="One"), other], {"audience": ["KH"]}),
                hash_content([dataclasses.replace(one, headline="x"), other], {"audience": ["KH"]}),
                hash_content([dataclasses.replace(one, edit="x"), other], {"audience": ["KH"]}),
                hash_content([dataclasses.replace(one, reader="asker"), other], {"audience": ["KH"]}),
            }
        )
        == 7
    )
