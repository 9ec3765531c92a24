"""Indian text in fonts from before Unicode is noticed, and honest English is not."""

from __future__ import annotations

import pytest

from knowledge.documents.legacy_fonts import is_legacy_font, looks_legacy

OLD_HINDI = (
    "lHkh Hkkjrh; ukxfjdksa dks lykg nh tkrh gS fd os fons'k esa ukSdjh ds >wBs izLrkoksa ls lko/kku jgsaA "
    "Hkqxrku djus ls igys ,tsaV dh tkap djsaA fdlh Hkh i;ZVd ohtk ij dke ds fy, u tk,aA"
)
ENGLISH = (
    "Indian nationals are advised to exercise caution and to verify the credentials of recruiting agents. The MEA, the "
    "PGE and the PoE (Delhi) can be reached at +91 99999 00001 or cons.example@mea.gov.in; see http://www.mea.gov.in/x.htm."
)
LIST_OF_NAMES = (
    "SHRI KRISHNA MANPOWER PVT LTD\nB-0001/DEL/PART/1000+/5/0001/2020\nM/s GRT Tmplts & Trdng Co.\nH.No. 12-A/3\n" * 5
)
ROMAN_HINDI = (
    "Bhai mujhe Dubai me naukri mili hai, kya yeh sahi hai? Agent paise maang raha hai, kya karun main ab batao."
)
ABBREVIATIONS = (
    "No. T-17011/2/2024-OE.II | F.No. Z-11025/1 | MoU b/w GoI & GCC | PBBY, ECR, ECNR, OEP, RA, FE, PDOT, MADAD, ICWF"
)


def test_old_hindi_is_noticed_by_its_letters() -> None:
    assert looks_legacy(OLD_HINDI)


def test_one_old_paragraph_among_english_ones_is_noticed() -> None:
    assert looks_legacy(f"{ENGLISH}\n\n{OLD_HINDI}\n\n{ENGLISH}")


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        ENGLISH.upper(),
        LIST_OF_NAMES,
        ROMAN_HINDI,
        ABBREVIATIONS,
        "भारतीय नागरिकों को सलाह दी जाती है MEA।",
        "",
        "12 345",
    ],
)
def test_other_text_is_not(text: str) -> None:
    assert not looks_legacy(text)


@pytest.mark.parametrize(
    "name", ["Kruti Dev 010", "ABCDEF+KrutiDev010", "DevLys-010", "4CGandhi", "Bamini", "ML-TTKarthika", "AnmolLipi"]
)
def test_old_fonts_are_known_by_name(name: str) -> None:
    assert is_legacy_font(name)


@pytest.mark.parametrize(
    "name", ["NotoSansDevanagari", "Mangal", "Arial Unicode MS", "Nirmala UI", "Times New Roman", "Kokila", ""]
)
def test_unicode_fonts_are_not(name: str) -> None:
    assert not is_legacy_font(name)
