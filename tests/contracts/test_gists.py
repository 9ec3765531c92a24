"""What every gist keeps to: the one sentence that the first screen of a reply says of a warning or a rule."""

import re
from pathlib import Path

import pytest

import knowledge
from knowledge.advisor import answering
from knowledge.records import read_advisories, read_gists, read_rules
from knowledge.vocabulary import Language, Severity, Status

DATA = Path(knowledge.__file__).parent / "data"
ADVISORIES = read_advisories(DATA / "advisories")
RULES = read_rules(DATA / "rules")
TOLD = [
    record
    for record in ADVISORIES
    if record.status is Status.PUBLISHED
    and record.superseded_by is None
    and (record.standing or record.severity is not Severity.NOTICE)
]
WITH_GIST = [record for record in (*ADVISORIES, *RULES) if record.gist]

LANGUAGES = {Language.ENGLISH, Language.HINDI, Language.HINGLISH}
MOST_WORDS_OF_A_NOTICE = 22
MOST_WORDS_OF_A_RULE = 18
HINDI_TAKES_MORE = 6  # words: Hindi splits "agent's" or "rescued" into two or three
LONG_NUMBERS = {"30000", "35400"}  # the lawful fee, without and with GST
SHORT_LINES = {"1930"}

CALMING = re.compile(
    r"\bsafe(?:ly|ty)?\b|\bsecure\b|\btrusted\b|\btrustworthy\b|\breliable\b|\bno (?:risk|danger|problem)\b|\bworry\b"
    r"|सुरक्षित|भरोसेमंद|बेफ़?िक्र|निश्चिंत|चिंता|कोई (?:खतरा|दिक्कत|परेशानी) नहीं"
    r"|surakshit|bharosemand|befikr|nishchint|\bchinta\b|\btension\b|koi (?:khatra|dikkat|pareshani) nahi",
    re.IGNORECASE,
)
DEVANAGARI = re.compile(r"[\u0900-\u097f]")


def every_sentence():
    return [(record, code, words) for record in WITH_GIST for code, words in record.gist.items()]


def numbers_in(words):
    return set(re.findall(r"\d+", words.replace(",", "")))


def own_text(record):
    return " ".join(record.facts) if hasattr(record, "facts") else f"{record.title} {record.text}"


def test_every_standing_or_warning_notice_has_a_gist_in_all_languages():
    assert len(TOLD) > 100
    assert [record.id for record in TOLD if set(record.gist) != LANGUAGES] == []


def test_every_rule_has_a_gist_in_all_languages():
    """A reply may cite any rule: for a red flag, for a fixed answer, for a country, or because it was found."""
    assert [rule.id for rule in RULES if set(rule.gist) != LANGUAGES] == []


def test_the_rules_that_fixed_answers_name_exist():
    named = {rule_id for rules in answering._RULES.values() for rule_id in rules}

    assert named <= {rule.id for rule in RULES}


@pytest.mark.parametrize(
    ("records", "most"), [(TOLD, MOST_WORDS_OF_A_NOTICE), (RULES, MOST_WORDS_OF_A_RULE)], ids=["notices", "rules"]
)
def test_a_gist_is_short(records, most):
    too_long = [
        (record.id, code, len(words.split()))
        for record in records
        for code, words in record.gist.items()
        if len(words.split()) > most + (0 if code == Language.ENGLISH else HINDI_TAKES_MORE)
    ]

    assert too_long == []


def test_a_gist_is_one_closed_line():
    assert [(record.id, code) for record, code, words in every_sentence() if not re.search(r"[.?।]$", words)] == []
    assert [(record.id, code) for record, code, words in every_sentence() if "\n" in words] == []


def test_a_gist_is_written_in_the_letters_of_its_language():
    wrong = [
        (record.id, code)
        for record, code, words in every_sentence()
        if bool(DEVANAGARI.search(words)) != (code == Language.HINDI)
    ]

    assert wrong == []


def test_a_gist_never_calms():
    found = [(record.id, code, hit[0]) for record, code, words in every_sentence() if (hit := CALMING.search(words))]

    assert found == []


@pytest.mark.parametrize(
    "calming", ["This agent is safe.", "No risk there.", "यह एजेंट भरोसेमंद है।", "Wahan koi khatra nahi hai."]
)
def test_the_search_for_calming_words_finds_them(calming):
    assert CALMING.search(calming)


def test_a_gist_says_no_number_that_its_record_does_not():
    added = [
        (record.id, code, number)
        for record, code, words in every_sentence()
        for number in numbers_in(words) - numbers_in(own_text(record))
    ]

    assert added == []


def test_a_gist_holds_no_long_numbers():
    """Numbers of people age, and telephone numbers live with the helplines."""
    long = [
        (record.id, code, run)
        for record, code, words in every_sentence()
        for run in re.findall(r"\d(?:[ -]?\d)*", words.replace(",", ""))
        if len(re.sub(r"\D", "", run)) > 4 and run not in LONG_NUMBERS | SHORT_LINES
    ]

    assert long == []


def test_a_gist_counts_no_people():
    people = re.compile(
        r"\b\d+ (?:\w+ )?(?:Indians?|people|men|women|workers|youths|log|logon)\b"
        r"|\d+ (?:भारतीय|लोग|कामगार|युवक|औरत|मर्द)"
    )
    lawful = {"rule-A4"}  # a small agent may recruit 100 workers: a limit, not a count

    found = [(record.id, code) for record, code, words in every_sentence() if people.search(words)]

    assert [(record_id, code) for record_id, code in found if record_id not in lawful] == []


# --- the ten other languages: `knowledge/data/languages/<code>/gists.yaml` ---

GISTS = read_gists(DATA / "languages")
OTHER_LANGUAGES = sorted(set(Language) - LANGUAGES)
MOST_WORDS_ELSEWHERE = 28  # words: scripts that write endings apart need more


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_record_with_a_gist_has_one_in_each_language(language):
    missing = [record.id for record in WITH_GIST if language not in GISTS.get(record.id, {})]

    assert missing == []


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_the_gists_of_a_language_are_short_and_invent_no_number(language):
    english = {record.id: record.gist["en"] for record in WITH_GIST}
    bad = [
        name
        for name, words in GISTS.items()
        if language in words
        and (
            len(words[language].split()) > MOST_WORDS_ELSEWHERE
            or set(re.findall(r"\d{4,}", words[language].replace(",", "")))
            - set(re.findall(r"\d{4,}", english[name].replace(",", "")))
            or CALMING.search(words[language])
        )
    ]

    assert bad == []
