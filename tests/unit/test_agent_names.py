"""Names of recruiting agents across scripts and spellings. Every firm is invented."""

from __future__ import annotations

import pytest

from knowledge.agent_names import is_same_sound, is_same_spelling, read_name

SAME_SPELLING = [
    ("Peacock Overseas", "PEACOCK  OVERSEAS", "case and spaces"),
    ("Peacock Overseas", "M/s. Peacock Overseas Pvt. Ltd.", "what the law adds"),
    ("Peacock Overseas", "Peacock Overseas (P) Ltd", "the p of a private firm"),
    ("Peacock Manpower", "Pea-cock Man Power", "spaces and hyphens"),
    ("Peacock & Sons Travels", "Peacock and Sons Travels", "the sign for and"),
    ("P K Travels", "P.K. Travels", "initials"),
    ("Peacock Overseas", "Ｐeacock Overseas", "full-width letters"),
    ("मयूर ओवरसीज़", "मयूर ओवरसीज", "a dot that is left out"),
]
OTHER_SPELLING = [
    ("Peacock Overseas", "Peacok Overseas", "a letter less"),
    ("Peacock Overseas", "Peacock Oversea", "another last letter"),
    ("Peacock Overseas", "Peacock Travels", "another trade"),
    ("Peacock Overseas", "Peacock", "the trade left out"),
    ("Peacock Overseas", "New Peacock Overseas", "a word more"),
    ("Peacock Overseas", "Реacock Overseas", "Cyrillic look-alikes"),
    ("Noori Travels", "Noorie Travels", "a vowel more"),
    ("Peacock Overseas", "", "nothing"),
]
SAME_SOUND = [
    ("Mayur Overseas", "मयूर ओवरसीज"),
    ("Mayur Overseas", "മയൂർ ഓവർസീസ്"),
    ("Mayur Overseas", "மயூர் ஓவர்சீஸ்"),
    ("Mayur Overseas", "మయూర్ ఓవర్సీస్"),
    ("Mayur Overseas", "ময়ূর ওভারসিজ"),
    ("Mayur Overseas", "મયૂર ઓવરસીઝ"),
    ("Mayur Overseas", "ਮਯੂਰ ਓਵਰਸੀਜ਼"),
    ("Mayur Overseas", "ಮಯೂರ್ ಓವರ್ಸೀಸ್"),
    ("D K Travels", "डी के ट्रैवल्स"),
    ("Parvati Manpower Consultants", "पार्वती मैन पावर कंसल्टेंट्स"),
    ("Zaheer Placement", "ज़हीर प्लेसमेंट"),
    ("Sri Durga Travels", "శ్రీ దుర్గా ట్రావెల్స్"),
]
OTHER_SOUND = [
    ("Mayur Overseas", "मयूरी ओवरसीज", "a vowel more at the end"),
    ("Mayura Overseas", "मयूर ओवरसीज", "a vowel less at the end"),
    ("Mayur Overseas", "मयूर ट्रैवल्स", "another trade"),
    ("Mayur Overseas", "नया मयूर ओवरसीज", "a word more"),
    ("Mayur Overseas", "मयूर", "the trade left out"),
    ("Mour Overseas", "मूर ओवरसीज", "another vowel"),
    ("Mayur Overseas", "മയൂരി ഓവർസീസ്", "a vowel more, Malayalam"),
    ("Mayur Overseas", "மயூரா ஓவர்சீஸ்", "a vowel more, Tamil"),
    ("Mayur Overseas", "మయూరి ఓవర్సీస్", "a vowel more, Telugu"),
]


@pytest.mark.parametrize(("one", "other", "why"), SAME_SPELLING)
def test_case_spaces_and_legal_forms_are_no_part_of_a_name(one, other, why):
    assert is_same_spelling(read_name(one), read_name(other)), why


@pytest.mark.parametrize(("one", "other", "why"), OTHER_SPELLING)
def test_one_letter_more_or_less_is_another_name(one, other, why):
    assert not is_same_spelling(read_name(one), read_name(other)), why


@pytest.mark.parametrize(("latin", "indic"), SAME_SOUND)
def test_a_name_is_known_by_ear_in_every_script_of_india(latin, indic):
    assert is_same_sound(read_name(latin), read_name(indic))
    assert is_same_sound(read_name(indic), read_name(latin))


@pytest.mark.parametrize(("latin", "indic", "why"), OTHER_SOUND)
def test_what_sounds_different_is_another_name(latin, indic, why):
    assert not is_same_sound(read_name(latin), read_name(indic)), why


def test_two_latin_names_are_never_the_same_by_ear():
    assert not is_same_sound(read_name("Mayur Overseas"), read_name("Mayoor Overseas"))


@pytest.mark.parametrize("odd", ["", "…", "\u200d", "्", "ा", "🙂 🙂", "\x00", "a" * 5000, "ക" * 3000, "ﷺ", "&&&"])
def test_any_text_can_be_read_as_a_name(odd):
    name = read_name(odd)

    assert isinstance(name.loose, str)
    assert not is_same_sound(name, read_name("Mayur Overseas"))
