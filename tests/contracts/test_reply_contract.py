"""What outsiders rely on: the fields and closed sets of `satark check --json` and `satark search --json`."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import pytest
from command_line import NO_MODEL, CommandLine
from starter_store import copy_database

from knowledge.records import read_advisories, read_helplines, read_rules
from knowledge.starter import STARTER_FOLDER

KINDS = {"assessment", "answer", "emergency", "agent", "off_topic", "help"}
VERDICTS = {"danger", "caution", "verify"}
LANGUAGES = {"en", "hi", "hi-Latn", "pa", "ml", "ta", "te", "bn", "gu", "mr", "kn", "or", "ur"}
FLAGS = {
    "visit_visa_work",
    "upfront_fee",
    "fee_above_cap",
    "unlicensed_agent",
    "social_media_recruiter",
    "unrealistic_pay",
    "no_skills_needed",
    "scam_compound_role",
    "military_support_role",
    "transit_route",
    "passport_surrender",
    "urgency",
    "no_contract",
    "secrecy",
    "emigration_bypass",
    "government_impersonation",
}
TOPICS = {
    "fake_job",
    "army_recruitment",
    "cyber_scam_compound",
    "human_trafficking",
    "unregistered_agent",
    "illegal_migration_route",
    "visa_misuse",
    "war_risk",
    "travel_safety",
    "domestic_work",
    "labour_rights",
    "website_fraud",
    "fee_overcharging",
    "student",
}
REPLY = {
    "kind": str,
    "verdict": str | None,
    "language": str,
    "countries": list,
    "red_flags": list,
    "citations": list,
    "next_steps": list,
    "helplines": list,
    "screen": str,
    "text": str,
}
FLAG = {"code": str, "quote": str, "rests_on": str | None}
CITATION = {
    "id": str,
    "type": str,
    "issuer": str,
    "title": str | None,
    "date": str | None,
    "as_of": str | None,
    "url": str | None,
    "reported_by": str | None,
    "countries": list,
    "topics": list,
    "quote": str,
    "quote_kind": str,
}
RESULT = {"advisory": str, "passage": str, "score": float}

CASES = {
    "offer-danger": "Helper in Russia, 2 lakh a month, tourist visa, agent asks 3.5 lakh",
    "offer-compound": "Chat support job in Laos, 90000 salary, no interview, only on Telegram, come this week",
    "offer-caution": "Welder for Kuwait, 150 KD, agent wants 20,000 before the visa",
    "offer-verify": "Forklift operator in Poland, 1,100 euro a month, work visa, written contract, no fee",
    "offer-hindi": "मलेशिया में पैकिंग का काम, टूरिस्ट वीज़ा पर, एजेंट 80 हज़ार मांग रहा है",
    "offer-hinglish": "dubai me cleaner ka kaam, visit visa pe jao, 70 hazar do, passport agent rakhega",
    "offer-impersonation": "Apply on http://mea-gov-jobs.example for Malaysia, visit visa, pay 50,000 by UPI first",
    "country": "Is it good to go to Cambodia for work?",
    "travel": "Can I travel to Iran now?",
    "procedure": "How much may an agent charge?",
    "emergency": "My brother is locked in a compound in Myanmar, they took his passport and beat him, please help",
    "despair": "I want to end my life",
    "agent": "Is Sunrise Manpower Overseas, licence B-1234/MUM/PER/1000+/5/12345/2022 registered?",
    "greeting": "hello",
    "off-topic": "Who won the cricket match yesterday?",
    "foreign-language": "Мне предложили работу помощником в Дубае, зарплата высокая",
    "punjabi": "ਕੀ ਮੈਂ ਪੁਰਤਗਾਲ ਜਾ ਸਕਦਾ ਹਾਂ ਖੇਤਾਂ ਦੇ ਕੰਮ ਲਈ?",
    "empty": "",
    "emoji": "😀",
    "odd": "Helper in \u202eRussia\u202c {0} %s <b>tourist</b> visa \u0007",
}
ADVISORIES = {record.id: record for record in read_advisories(STARTER_FOLDER / "advisories")}
RULES = {record.id: record for record in read_rules(STARTER_FOLDER / "rules")}
HELPLINES = {record.id for record in read_helplines(STARTER_FOLDER / "helplines")}
QUESTIONS = {"russia": "army helper job in Russia", "hindi": "लाओस में नौकरी", "fee": "how much may an agent charge"}


@pytest.fixture(scope="module")
def run(starter_folder, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("contract")
        yield CommandLine(patch, copy_database(starter_folder, folder / "data"), folder).run


@pytest.fixture(scope="module")
def checked(run, tmp_path_factory):
    """The reply to every case, from one run."""
    result = run("check", "--batch", write_batch(tmp_path_factory.mktemp("batch"), CASES))
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def replies(checked):
    return {line["id"]: line["reply"] for line in checked}


def write_batch(folder, texts):
    file = folder / "cases.jsonl"
    lines = [json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in texts.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def assert_fields(value, fields):
    assert list(value) == list(fields)
    for name, kind in fields.items():
        assert isinstance(value[name], kind), (name, value[name])


@pytest.fixture(params=CASES)
def reply(request, replies):
    return replies[request.param]


def test_a_batch_answers_every_line_in_order(checked):
    assert [list(line) for line in checked] == [["id", "reply"]] * len(CASES)
    assert [line["id"] for line in checked] == list(CASES)


def test_a_reply_has_the_fields_of_the_contract_and_no_others(reply):
    assert_fields(reply, REPLY)
    for flag in reply["red_flags"]:
        assert_fields(flag, FLAG)
    for citation in reply["citations"]:
        assert_fields(citation, CITATION)


def test_every_value_is_of_its_closed_set(reply):
    assert reply["kind"] in KINDS
    assert reply["verdict"] in VERDICTS | {None}
    assert reply["language"] in LANGUAGES
    assert {flag["code"] for flag in reply["red_flags"]} <= FLAGS
    assert {citation["type"] for citation in reply["citations"]} <= {"advisory", "rule"}
    assert {citation["quote_kind"] for citation in reply["citations"]} <= {"official_words", "summary"}
    assert {topic for citation in reply["citations"] for topic in citation["topics"]} <= TOPICS


def test_the_kind_decides_whether_there_is_a_verdict(reply):
    if reply["kind"] == "assessment":
        assert reply["verdict"] in VERDICTS
    if reply["kind"] in ("emergency", "agent", "off_topic", "help"):
        assert reply["verdict"] is None
        assert reply["red_flags"] == []


def test_the_cases_meet_every_kind_and_verdict(replies):
    assert {reply["kind"] for reply in replies.values()} == KINDS
    assert {reply["verdict"] for reply in replies.values()} == VERDICTS | {None}


def test_countries_are_iso_codes(reply):
    lists = [reply["countries"], *(citation["countries"] for citation in reply["citations"])]

    assert all(len(code) == 2 and code.isalpha() and code.isupper() for codes in lists for code in codes)


def test_a_day_is_written_as_year_month_day(reply):
    days = [citation[name] for citation in reply["citations"] for name in ("date", "as_of")]

    assert all(dt.date.fromisoformat(day).isoformat() == day for day in days if day)


def test_every_flag_rests_on_a_citation(reply):
    cited = {citation["id"] for citation in reply["citations"]}

    assert {flag["rests_on"] for flag in reply["red_flags"]} <= cited
    assert len(cited) == len(reply["citations"])


def test_every_citation_is_a_record_that_can_be_looked_up(reply):
    for citation in reply["citations"]:
        record = {"advisory": ADVISORIES, "rule": RULES}[citation["type"]][citation["id"]]
        assert (citation["issuer"], citation["title"]) == (record.issuer, record.title)
        assert (citation["url"], citation["reported_by"]) == (record.source_url, record.reported_by)
        assert citation["quote_kind"] == record.text_kind.value
        assert citation["date"] == (record.date.isoformat() if record.date else None)


def test_every_helpline_is_a_record_that_can_be_looked_up(reply):
    assert set(reply["helplines"]) <= HELPLINES


def test_the_text_holds_the_screen_the_steps_and_the_quotes(reply):
    assert reply["screen"].strip()
    assert reply["screen"] in reply["text"]
    assert all(step in reply["text"] for step in reply["next_steps"])
    for citation in reply["citations"]:
        assert citation["quote"][:150] in reply["text"]
        assert citation["url"] is None or citation["url"] in reply["text"]


def test_the_language_is_that_of_the_text(replies):
    languages = {name: reply["language"] for name, reply in replies.items()}

    assert languages["offer-danger"] == languages["foreign-language"] == "en"
    assert languages["punjabi"] == "pa"
    assert languages["offer-hindi"] == "hi"
    assert languages["offer-hinglish"] == "hi-Latn"


def test_one_reply_is_the_same_alone_and_in_a_batch(run, replies):
    result = run("check", CASES["offer-danger"], "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == replies["offer-danger"]


def test_a_chosen_language_is_answered_in(run):
    result = run("check", CASES["offer-danger"], "--json", "--language", "hi")

    assert json.loads(result.stdout)["language"] == "hi"


def test_a_language_that_does_not_exist_is_a_wrong_use(run):
    assert run("check", "hello", "--language", "xx").exit_code == 2


def test_standard_output_carries_nothing_but_the_reply(starter_folder, tmp_path):
    environment = {
        "DATA_DIR": str(copy_database(starter_folder, tmp_path / "data")),
        "EMBEDDING_MODEL": NO_MODEL,
        "PATH": "",
    }

    done = subprocess.run(
        [sys.executable, "-m", "bot", "check", "--json"],
        input=CASES["offer-hindi"].encode(),
        capture_output=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )

    assert done.returncode == 0
    assert_fields(json.loads(done.stdout.decode()), REPLY)
    assert NO_MODEL in done.stderr.decode()


def test_search_gives_ranked_passages_of_records(run):
    result = run("search", QUESTIONS["russia"], "--json")
    found = json.loads(result.stdout)

    assert result.exit_code == 0
    assert list(found) == ["id", "results"]
    assert found["results"]
    for one in found["results"]:
        assert_fields(one, RESULT)


def test_a_batch_of_questions_is_answered_line_by_line(run, tmp_path):
    result = run("search", "--batch", write_batch(tmp_path, QUESTIONS), "--limit", "5")
    lines = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert [line["id"] for line in lines] == list(QUESTIONS)
    assert all(0 < len(line["results"]) <= 5 for line in lines)
    assert {one["advisory"] for line in lines for one in line["results"]} <= {*ADVISORIES, *RULES}
    first = [ADVISORIES[one["advisory"]] for one in lines[0]["results"] if one["advisory"] in ADVISORIES]
    assert any("RU" in record.countries for record in first)
