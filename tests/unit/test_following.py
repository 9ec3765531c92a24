"""How a message is read in a conversation: alone, as the answer to our question, or going on with the matter."""

from __future__ import annotations

import pytest

from knowledge.advisor.following import LONGEST_REMEMBERED, Reading, raise_to_earlier, read_inquiry, remember
from knowledge.advisor.replies import Earlier, Inquiry, Reply
from knowledge.reading.phrases import load_phrasebook
from knowledge.verdicts import Judgement, Reason
from knowledge.vocabulary import Kind, Language, RedFlag, Verdict

LONGEST = 6000
RUSSIA = Earlier("Is helper job in Russia ok?", ("RU",), Verdict.DANGER, Kind.ANSWER)
DUBAI = Earlier("Cleaner in Dubai on visit visa, 1500 dirham", ("AE",), Verdict.DANGER, Kind.ASSESSMENT)
UNPLACED = Earlier("data entry job, 1 lakh salary, is it ok?", (), None, Kind.OFF_TOPIC, "country")
DRIVER = Earlier("Driver job abroad, agent wants 60k before visa", (), Verdict.CAUTION, Kind.ASSESSMENT, "country")
CAPTIVE = Earlier("My brother is locked in a compound in Cambodia", ("KH",), None, Kind.EMERGENCY)


def read(text: str, earlier: Earlier | None = None, **more: object) -> Reading:
    return read_inquiry(Inquiry(text, earlier=earlier, **more), load_phrasebook(), LONGEST)  # type: ignore[arg-type]


def kind_of(reading: Reading) -> Kind:
    return reading.chosen.kind


FOLLOW_UPS = (
    ("and", "and what if they give work visa?"),
    ("the fee, nothing that joins it", "agent wants 80k, is it allowed?"),
    ("but", "But he says it is legal"),
    ("what about", "what about the salary?"),
    ("they", "they said no need to tell my family"),
    ("asks again", "is it safe?"),
    ("then", "then can I go?"),
    ("a currency is no place", "and he wants 500 dollars"),
    ("whom to call", "where do I complain?"),
    ("more of the offer", "salary 2 lakh"),
    ("more of the offer, told", "they said no army"),
    ("off topic alone", "but he said it will be converted"),
    ("a word that also warns others", "koi warning hai kya"),
    ("Hindi", "और अगर वर्क वीजा दें तो?"),
    ("Hindi, the fee", "एजेंट 80 हजार मांग रहा है, क्या यह सही है?"),
    ("Hinglish", "aur agar work visa de to?"),
    ("Hinglish, the fee", "agent 80 hazar maang raha hai, sahi hai kya?"),
    ("Hinglish, asks again", "to ja sakta hu kya?"),
    ("Tamil", "ஆனால் வேலை விசா கொடுத்தால்?"),
    ("Tamil, asks again", "அப்போ போகலாமா?"),
    ("Bengali", "আর যদি কাজের ভিসা দেয়?"),
    ("Bengali, asks again", "তাহলে যাওয়া যাবে?"),
    ("Urdu", "اور اگر ورک ویزا دیں تو؟"),
    ("Punjabi", "ਪਰ ਜੇ ਵਰਕ ਵੀਜ਼ਾ ਦੇਣ ਤਾਂ?"),
    ("Malayalam", "പക്ഷേ വർക്ക് വിസ തന്നാൽ?"),
    ("Telugu", "కానీ వర్క్ వీసా ఇస్తే?"),
    ("Gujarati", "અને વર્ક વિઝા આપે તો?"),
    ("Marathi", "पण वर्क व्हिसा दिला तर?"),
    ("Kannada", "ಆದರೆ ವರ್ಕ್ ವೀಸಾ ಕೊಟ್ಟರೆ?"),
    ("Odia", "କିନ୍ତୁ ୱାର୍କ ଭିସା ଦେଲେ?"),
)


@pytest.mark.parametrize(("remark", "text"), FOLLOW_UPS, ids=lambda value: value)
def test_a_follow_up_is_read_with_the_place_of_the_matter_before(remark, text):
    reading = read(text, RUSSIA)

    assert reading.offer.destinations == ("RU",)
    assert reading.at_least is Verdict.DANGER
    assert kind_of(reading) in (Kind.ANSWER, Kind.ASSESSMENT)


STANDS_ALONE = (
    ("another place", "Helper job in Kuwait, is it ok?"),
    ("another place after and", "and what about Canada?"),
    ("Hindi, another place", "और कुवैत में ड्राइवर?"),
    ("a job at home", "and jobs in Mumbai?"),
    ("thanks", "thanks"),
    ("thanks for more", "ok thank you, I will not send my passport"),
    ("thanks, Hindi", "धन्यवाद"),
    ("thanks, Tamil", "நன்றி"),
    ("a greeting", "hello"),
    ("about the bot", "but who are you?"),
    ("off topic", "and who won the cricket match?"),
    ("off topic, Hinglish", "aur aaj ka mausam kaisa hai?"),
    ("nothing that is said", "hmm"),
    ("no question", "to kal milte hain"),
    ("an agent by name", "Is Sunrise Overseas Manpower registered?"),
    ("an offer of its own, another work", "Nurse vacancy, salary 90,000, free food, apply now"),
    (
        "an advertisement",
        "✅ Urgent hiring\n✅ Cleaner, driver\n✅ Salary 80,000, free food\n📞 +91 99999 01234",
    ),
    ("a long story", "I want to tell you something about my cousin and his studies. " * 8),
    ("warns others", "and beware, this is a fake agent, share with all"),
)


@pytest.mark.parametrize(("remark", "text"), STANDS_ALONE, ids=lambda value: value[:40])
def test_in_doubt_a_message_stands_alone(remark, text):
    reading = read(text, RUSSIA)

    assert reading.at_least is None
    assert reading.offer.destinations == read(text).offer.destinations


def test_without_anything_before_every_message_stands_alone():
    for _, text in (*FOLLOW_UPS, *STANDS_ALONE):
        assert read(text).at_least is None
        assert read(text).inquiry == Inquiry(text)


def test_small_talk_before_is_nothing_to_go_on_with():
    assert read("and is it safe?", Earlier("hello", (), None, Kind.HELP)).at_least is None


def test_the_place_of_the_matter_may_be_named_again():
    assert read("but what if in Dubai they give work visa?", DUBAI).at_least is Verdict.DANGER


def test_who_asks_for_an_agent_asks_nothing_else():
    assert read("and Sunrise Overseas?", RUSSIA, about_agent=True).at_least is None


ANSWERS = (
    ("the country", "Cambodia", ("KH",)),
    ("in a sentence", "It is in Cambodia bro", ("KH",)),
    ("with the question again", "Cambodia, is it ok?", ("KH",)),
    ("a city", "Phnom Penh", ("KH",)),
    ("Hindi", "कंबोडिया में", ("KH",)),
    ("Hinglish", "Cambodia me hai bhai", ("KH",)),
    ("Tamil", "கம்போடியா", ("KH",)),
    ("Bengali", "কম্বোডিয়া", ("KH",)),
    ("Urdu", "کمبوڈیا", ("KH",)),
    ("not known", "I don't know", ()),
    ("not known, Hinglish", "pata nahi, usne nahi bataya", ()),
    ("not known, Tamil", "தெரியாது", ()),
    ("only a region", "somewhere in Gulf", ()),
    ("more of the offer", "he wants 50000", ()),
    ("only its place, Bengali", "মিয়ানমার", ("MM",)),
)


@pytest.mark.parametrize(("remark", "text", "countries"), ANSWERS, ids=lambda value: str(value))
def test_the_answer_to_our_question_is_read_with_the_offer(remark, text, countries):
    reading = read(text, DRIVER)

    assert DRIVER.text in reading.inquiry.text
    assert text in reading.inquiry.text
    assert reading.offer.destinations == countries
    assert reading.at_least is Verdict.CAUTION
    assert kind_of(reading) is Kind.ASSESSMENT


def test_an_offer_without_a_country_becomes_one_by_the_answer():
    reading = read("Cambodia", UNPLACED)

    assert RedFlag.SCAM_COMPOUND_ROLE in {flag.code for flag in reading.flags}
    assert kind_of(reading) is Kind.ASSESSMENT


NO_ANSWERS = (
    ("thanks", "thanks"),
    ("another work, another question", "is Canada good for a student visa?"),
    ("an offer", "Nurse vacancy in Oman, salary 90,000, free food, call +91 99999 01234"),
    ("an emergency", "my brother is locked in a compound in Myanmar, they beat him"),
    ("off topic", "who won the match"),
    ("help", "hello"),
)


@pytest.mark.parametrize(("remark", "text"), NO_ANSWERS, ids=lambda value: value[:40])
def test_what_is_no_answer_to_our_question_is_not_read_with_the_offer(remark, text):
    reading = read(text, DRIVER)

    assert DRIVER.text not in reading.inquiry.text
    assert reading.offer.destinations == read(text).offer.destinations


def test_a_place_alone_is_no_answer_where_nothing_was_asked():
    assert read("Cambodia", RUSSIA).offer.destinations == ("KH",)
    assert read("Cambodia", RUSSIA).at_least is None


def test_the_answer_is_read_even_after_a_very_long_offer():
    long_offer = Earlier("Driver job abroad. " * 400, (), None, Kind.ASSESSMENT, "country")

    assert read("Kuwait", long_offer).offer.destinations == ("KW",)
    assert len(read("Kuwait", long_offer).inquiry.text) <= LONGEST


# --- nothing is lost or lowered ---


EMERGENCIES = (
    "my brother is beaten in the camp in Kuwait, they took his passport and pay nothing",
    "Mera bhai Laos me band hai, bachao",
    "I want to end my life",
)


@pytest.mark.parametrize("text", EMERGENCIES)
@pytest.mark.parametrize("earlier", [RUSSIA, DRIVER, UNPLACED, DUBAI], ids=lambda one: one.text[:20])
def test_an_emergency_by_itself_is_one_whatever_went_before(text, earlier):
    reading = read(text, earlier)

    assert kind_of(reading) is Kind.EMERGENCY
    assert reading.offer.destinations == read(text).offer.destinations


def test_somebody_in_need_need_not_name_the_place_again():
    reading = read("they beat him every day", CAPTIVE)

    assert kind_of(reading) is Kind.EMERGENCY
    assert reading.offer.destinations == ("KH",)


@pytest.mark.parametrize("text", ["what should we do", "she is crying", "wo marte hai", "they want 2 lakh"])
def test_who_asks_on_in_an_emergency_is_still_in_it(text):
    reading = read(text, CAPTIVE)

    assert kind_of(reading) is Kind.EMERGENCY
    assert reading.offer.destinations == ("KH",)


def test_a_question_about_procedure_is_answered_in_an_emergency_too():
    assert kind_of(read("how do I complain on MADAD portal?", CAPTIVE)) is Kind.ANSWER


@pytest.mark.parametrize("text", ["thanks", "hello", "who won the cricket match?"])
def test_small_talk_is_no_emergency_because_one_went_before(text):
    assert kind_of(read(text, CAPTIVE)) in (Kind.HELP, Kind.OFF_TOPIC)


def test_somebody_who_despairs_in_an_emergency_abroad_keeps_the_mission():
    assert read("I want to end my life", CAPTIVE).offer.destinations == ("KH",)


@pytest.mark.parametrize("earlier", [RUSSIA, DUBAI, DRIVER, CAPTIVE], ids=lambda one: one.text[:20])
@pytest.mark.parametrize(
    "text",
    [
        "and they say tell the officer at the airport you visit an uncle",
        "pay 2 lakh before visa, passport stays with agent",
        "Kuwait, go on tourist visa and change it there, tell nobody",
        "usne bola visit visa pe jao wahan job visa ban jayega",
    ],
)
def test_no_red_flag_of_a_message_is_lost_by_what_went_before(text, earlier):
    alone = {flag.code for flag in read(text).flags}

    assert alone <= {flag.code for flag in read(text, earlier).flags}


@pytest.mark.parametrize(
    ("verdict", "at_least", "raised"),
    [
        (Verdict.VERIFY, Verdict.DANGER, Verdict.DANGER),
        (Verdict.CAUTION, Verdict.DANGER, Verdict.DANGER),
        (Verdict.DANGER, Verdict.CAUTION, Verdict.DANGER),
        (Verdict.CAUTION, Verdict.VERIFY, Verdict.CAUTION),
        (Verdict.VERIFY, None, Verdict.VERIFY),
    ],
)
def test_a_verdict_is_only_ever_raised_by_what_went_before(verdict, at_least, raised):
    judgement = raise_to_earlier(Judgement(verdict, Reason.NOTHING_MATCHES, ()), at_least)

    assert judgement is not None
    assert judgement.verdict is raised
    assert (judgement.reason is Reason.SAID_BEFORE) == (raised is not verdict)


def test_a_reply_without_a_verdict_gets_none_by_what_went_before():
    assert raise_to_earlier(None, Verdict.DANGER) is None


# --- what is remembered ---


def reply(kind: Kind, verdict: Verdict | None, *countries: str, question: str = "") -> Reply:
    return Reply(kind, verdict, Language.ENGLISH, countries=countries, question=question)


def test_an_inquiry_and_its_verdict_are_remembered():
    remembered = remember(Inquiry(RUSSIA.text), reply(Kind.ANSWER, Verdict.DANGER, "RU"))

    assert remembered == RUSSIA


def test_the_question_that_was_put_back_is_remembered_with_what_it_is_about():
    assert remember(Inquiry(UNPLACED.text), reply(Kind.OFF_TOPIC, None, question="country")) == UNPLACED


@pytest.mark.parametrize("kind", [Kind.HELP, Kind.OFF_TOPIC])
def test_small_talk_is_nothing_to_remember(kind):
    assert remember(Inquiry("hello"), reply(kind, None)) is None
    assert remember(Inquiry("hello", earlier=RUSSIA), reply(kind, None)) is RUSSIA


@pytest.mark.parametrize(
    "then",
    [reply(Kind.AGENT, None), reply(Kind.ANSWER, None), reply(Kind.ANSWER, None, "AE")],
    ids=["agent", "procedure", "procedure there"],
)
def test_a_look_aside_leaves_the_verdict_of_the_matter(then):
    assert remember(Inquiry("what is PBBY?", earlier=DUBAI), then) is DUBAI


def test_another_matter_takes_the_place_of_the_one_before():
    remembered = remember(
        Inquiry("Nurse job in Kuwait, contract shown", earlier=RUSSIA), reply(Kind.ASSESSMENT, Verdict.VERIFY, "KW")
    )

    assert remembered == Earlier("Nurse job in Kuwait, contract shown", ("KW",), Verdict.VERIFY, Kind.ASSESSMENT)


def test_an_offer_stays_with_the_answer_to_our_question():
    remembered = remember(Inquiry("Cambodia", earlier=UNPLACED), reply(Kind.ASSESSMENT, Verdict.DANGER, "KH"))

    assert remembered is not None
    assert remembered.text == f"{UNPLACED.text}\nCambodia"
    assert remembered.question == ""


def test_the_question_stays_open_while_the_country_is_not_told():
    remembered = remember(Inquiry("he wants 50000", earlier=DRIVER), reply(Kind.ASSESSMENT, Verdict.CAUTION))

    assert remembered is not None
    assert remembered.question == "country"
    assert remembered.text == f"{DRIVER.text}\nhe wants 50000"


def test_what_is_remembered_does_not_grow_without_end():
    earlier = DUBAI
    for _ in range(200):
        inquiry = Inquiry("and what if they give a work visa, is it right then?", earlier=earlier)
        earlier = remember(inquiry, reply(Kind.ANSWER, Verdict.DANGER, "AE")) or earlier

    assert len(earlier.text) <= LONGEST_REMEMBERED
