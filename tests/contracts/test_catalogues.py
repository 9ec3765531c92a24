"""What every catalogue of `bot/catalog/` keeps to, whatever its language."""

import re
from collections import Counter
from functools import cache
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from bot.presenters import alert_texts, fixed_texts, reply_texts
from bot.texts import CATALOG_FILE, CATALOG_FOLDER, catalogue_languages, text
from knowledge.vocabulary import Language, Verdict

FIXED = {name: value for name, value in vars(fixed_texts).items() if name.isupper() and isinstance(value, str)}
TEXTS = frozenset(FIXED.values()) | frozenset(reply_texts.ALL_TEXTS) | frozenset(alert_texts.ALL_TEXTS)
CATALOGUES = sorted(path.name for path in CATALOG_FOLDER.iterdir() if (path / CATALOG_FILE).exists())

LONGEST_BUTTON = 20  # letters that fit on half the width of a small phone
LONGEST_COMMAND = 40
LONGEST_NOTICE = 200  # what Telegram shows when a button is pressed
NOTICES = {"BUTTON_TOO_OLD"}

# Words that calm. None may stand in a translation, not even beside a "not": a hurried reader sees the word alone.
CALMING = (
    r"\b(?:safe|genuine|legit|authentic|trustworthy|verified offer)\b",
    r"सुरक्षित|असली (?:है|ऑफ़र|नौकरी)|सच्च[ाी] (?:है|ऑफ़र|नौकरी)|भरोसेमंद|चिंता (?:न|मत)|कोई (?:खतरा|खतरे) नहीं",
    r"\b(?:surakshit|bharosemand|asli (?:hai|offer|naukri)|sach(?:cha|chi) (?:hai|offer|naukri)|sahi offer)\b",
    r"\b(?:chinta (?:na|mat)|tension (?:na|mat)|koi khatra nahi|(?:theek|thik|ok|okay) hai)\b",
    r"സുരക്ഷിത|വിശ്വസനീയ|വിശ്വാസയോഗ്യ|ആധികാരിക|യഥാർത്ഥ (?:ഓഫർ|ജോലി)|ഒറിജിനൽ ഓഫർ|(?:പേടി|വിഷമി|ഭയപ്പെടേ)ക്?കേണ്ട|കുഴപ്പമില്ല|ധൈര്യമായി",
    r"பாதுகாப்பான|நம்பகமான|நம்பகத்தன்மை|உண்மையான (?:ஆஃபர்|வேலை)|அசல் ஆஃபர்|கவலை(?:ப்பட)? ?வேண்டாம்|பயப்பட ?வேண்டாம்|பிரச்சனை இல்லை",
    r"নিরাপদ|সুরক্ষিত|খাঁটি|নির্ভরযোগ্য|বিশ্বাসযোগ্য|বিশ্বস্ত|আসল (?:অফার|চাকরি|কাজ)|ঠিক আছে",
    r"(?:চিন্তা|ভয়) (?:করবেন না|নেই)|নিশ্চিন্ত|কোনও (?:বিপদ|ভয়) নেই",
    r"ନିରାପଦ|ସୁରକ୍ଷିତ|ଖାଣ୍ଟି|ବିଶ୍ୱାସଯୋଗ୍ୟ|ବିଶ୍ୱସ୍ତ|ନିର୍ଭରଯୋଗ୍ୟ|ଅସଲି? (?:ଅଫର|ଚାକିରି|କାମ)",
    r"ଠିକ ଅଛି|(?:ଚିନ୍ତା|ଭୟ) (?:କରନ୍ତୁ ନାହିଁ|ନାହିଁ)|ନିଶ୍ଚିନ୍ତ|କୌଣସି (?:ବିପଦ|ଭୟ) ନାହିଁ",
    r"ਸੁਰੱਖਿਅਤ|ਭਰੋਸੇਯੋਗ|ਭਰੋਸੇਮੰਦ|(?:ਅਸਲੀ|ਸੱਚ[ਾੀ]) (?:ਹੈ|ਆਫ਼ਰ|ਨੌਕਰੀ)|ਠੀਕ ਹੈ|(?:ਫ਼ਿਕਰ|ਚਿੰਤਾ) (?:ਨਾ|ਨਹੀਂ)|ਬੇਫ਼ਿਕਰ|ਕੋਈ ਖ਼ਤਰਾ ਨਹੀਂ",
    r"સુરક્ષિત|સલામત|ભરોસાપાત્ર|વિશ્વસનીય|(?:અસલી|સાચી) (?:છે|ઑફર|નોકરી)",
    r"બરાબર છે|ચિંતા (?:ન|કરશો)|નિશ્ચિંત|કોઈ (?:ખતરો|જોખમ) નથી",
    r"సురక్షిత|భద్రం|నమ్మదగిన|నమ్మకమైన|(?:నిజమైన|అసలైన|అసలు) (?:ఆఫర్|ఉద్యోగం|కంపెనీ)",
    r"ప్రమాదం లేదు|ధైర్యంగా|(?:భయ|ఆందోళన|కంగారు) ?పడ(?:కండి|వద్దు)|పర్వాలేదు",
    r"ಸುರಕ್ಷಿತ|ನಂಬಿಕಸ್ಥ|ನಂಬಲರ್ಹ|ವಿಶ್ವಾಸಾರ್ಹ|(?:ನಿಜವಾದ|ಅಸಲಿ) (?:ಆಫರ್|ಕೆಲಸ|ಕಂಪನಿ)",
    r"ಅಪಾಯ(?:ವಿಲ್ಲ| ಇಲ್ಲ)|ಧೈರ್ಯವಾಗಿ|(?:ಭಯ|ಚಿಂತೆ|ಆತಂಕ) ?(?:ಪಡಬೇಡಿ|ಬೇಡ)|ಪರವಾಗಿಲ್ಲ",
    r"सुरक्षित|विश्वासार्ह|भरवशा|खात्रीशीर|बिनधास्त|निर्धास्त|निश्चिंत|(?:अस्सल|खर[ीा]) (?:आहे|ऑफर|नोकरी)",
    r"(?:काळजी|चिंता) करू नका|घाबरू नका|धोका नाही|ठीक आहे",
    r"محفوظ|قابل اعتماد|بھروسے? ?مند|بے فکر|خطرہ نہیں|گھبرائیں نہیں|فکر (?:نہ|مت)|ٹھیک ہے",
    r"(?:اصلی|سچی) (?:ہے|آفر|نوکری)",
)
NUMBERS = re.compile(r"₹?\d[\d,]*\d|₹\d|\d+")
ADDRESSES = re.compile(r"\b[\w@.-]+\.(?:gov\.in|in)\b|(?<![<\w])/[a-z]+\b")
NAMES = re.compile(r"\b(?:MADAD|PBBY|ECR|ECNR|RPSL|GST|UPI|NORKA|ODEPC|OMCL|TOMCOM)\b")
SIGNS = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\u2139\u25AA]")


def read_catalogue(name):
    with (CATALOG_FOLDER / name / CATALOG_FILE).open("rb") as file:
        return read_po(file, locale=name, abort_invalid=True)


@cache
def translations(name):
    return {message.id: message.string for message in read_catalogue(name) if message.id}


def placeholders(words):
    return Counter(field for _, field, _, _ in Formatter().parse(words) if field is not None)


def tags(words):
    return Counter(re.findall(r"</?[a-z]+>", words))


def differing(name, kept):
    """The texts of a catalogue in which what must be kept is not what the English has."""
    return {english: words for english, words in translations(name).items() if kept(english) != kept(words)}


@pytest.fixture(params=CATALOGUES)
def catalogue(request):
    return request.param


def test_hindi_and_hinglish_are_there():
    assert {Language.ENGLISH, Language.HINDI, Language.HINGLISH} <= catalogue_languages()


def test_the_name_of_every_catalogue_is_a_language_of_satark(catalogue):
    assert catalogue.replace("_", "-") in set(Language)


def test_every_catalogue_names_its_language_and_is_utf_8(catalogue):
    headers = dict(read_catalogue(catalogue).mime_headers)

    assert headers["Language"] == catalogue
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


def test_every_text_is_translated(catalogue):
    there = {english for english, words in translations(catalogue).items() if words.strip()}

    assert TEXTS - there == set()


def test_no_translation_is_left_over_from_an_english_text_that_changed(catalogue):
    assert set(translations(catalogue)) - TEXTS == set()


def test_no_translation_waits_for_a_second_look(catalogue):
    assert [message.id for message in read_catalogue(catalogue) if message.id and message.fuzzy] == []


def test_every_translation_keeps_the_values_to_put_in(catalogue):
    assert differing(catalogue, placeholders) == {}


def test_every_translation_keeps_the_markup(catalogue):
    assert differing(catalogue, tags) == {}


def test_every_translation_keeps_the_signs(catalogue):
    assert differing(catalogue, SIGNS.findall) == {}


def test_every_translation_keeps_sums_and_telephone_numbers(catalogue):
    assert differing(catalogue, lambda words: set(NUMBERS.findall(words))) == {}


def test_every_translation_keeps_addresses_and_commands(catalogue):
    assert differing(catalogue, lambda words: set(ADDRESSES.findall(words))) == {}


def test_every_translation_keeps_the_official_abbreviations(catalogue):
    assert differing(catalogue, lambda words: set(NAMES.findall(words))) == {}


def test_every_translation_keeps_its_paragraphs(catalogue):
    assert differing(catalogue, lambda words: words.count("\n")) == {}


def test_no_translation_calms(catalogue):
    calming = [
        words
        for words in translations(catalogue).values()
        if any(re.search(pattern, words, re.IGNORECASE) for pattern in CALMING)
    ]

    assert calming == []


@pytest.mark.parametrize("words", ["Yeh offer asli hai", "यह नौकरी सुरक्षित है", "This is safe", "Sab theek hai"])
def test_a_word_that_calms_is_noticed(words):
    assert any(re.search(pattern, words, re.IGNORECASE) for pattern in CALMING)


def test_hinglish_is_written_in_latin_letters():
    assert [words for words in translations("hi_Latn").values() if re.search(r"[\u0900-\u097F]", words)] == []


@pytest.mark.parametrize("name", [name for name in FIXED if name.startswith("BUTTON_") and name not in NOTICES])
def test_every_button_fits_on_a_small_phone(catalogue, name):
    label = translations(catalogue)[FIXED[name]]

    assert len(label) <= LONGEST_BUTTON
    assert "<" not in label


@pytest.mark.parametrize("name", [name for name in FIXED if name.startswith("COMMAND_")])
def test_every_command_has_a_short_description(catalogue, name):
    description = translations(catalogue)[FIXED[name]]

    assert len(description) <= LONGEST_COMMAND
    assert "<" not in description


@pytest.mark.parametrize("name", sorted(NOTICES))
def test_every_notice_is_shown_whole(catalogue, name):
    assert len(translations(catalogue)[FIXED[name]]) <= LONGEST_NOTICE


def test_the_evidence_button_is_called_what_the_reply_calls_it(catalogue):
    words = translations(catalogue)

    assert words[fixed_texts.BUTTON_EVIDENCE] in words[reply_texts.MORE_SIGNS]


def test_the_verdicts_are_told_apart(catalogue):
    words = translations(catalogue)

    assert len({words[reply_texts.VERDICTS[verdict]] for verdict in Verdict}) == len(Verdict)


@pytest.mark.parametrize("language", sorted(catalogue_languages() - {Language.ENGLISH}))
def test_the_bot_speaks_from_the_catalogue(language):
    words = translations(language.value.replace("-", "_"))
    spoken = {english: text(language, english, **_sevens(english)) for english in TEXTS}

    assert spoken == {english: words[english].format(**_sevens(english)) for english in TEXTS}


def test_the_bot_speaks_english_without_a_catalogue():
    assert text(Language.ENGLISH, reply_texts.ANSWER) == reply_texts.ANSWER


def _sevens(message):
    """Something to put in for every value of a text."""
    return dict.fromkeys(placeholders(message), "7")
