"""Places are recognised in every way of writing, look-alike words are not, and the end of a journey comes first."""

import time

import pytest

from knowledge.reading.countries import destinations, find_countries, stops


def codes(text: str) -> list[str]:
    """Each country once, in the order of the message."""
    return list(dict.fromkeys(mention.code for mention in find_countries(text)))


NAMED = [
    # Names in thirteen ways of writing, with the endings that the languages put on them
    ("Job in Cambodia", ["KH"]),
    ("रूस में काम", ["RU"]),
    ("थाइलैंड जाना है", ["TH"]),
    ("Roos me kaam hai", ["RU"]),
    ("ਕੈਨੇਡਾ ਵਿੱਚ ਕੰਮ", ["CA"]),
    ("സൗദിയിലേക്ക് പോകണം", ["SA"]),
    ("ഖത്തറിലെ ജോലി", ["QA"]),
    ("மலேசியாவுக்கு போகலாமா", ["MY"]),
    ("ரஷ்யாவில் வேலை", ["RU"]),
    ("కువైట్‌లో పని", ["KW"]),
    ("జపాన్‌కు వెళ్ళాలి", ["JP"]),  # the nasal of the name before the consonant of the ending
    ("ಇರಾನ್‌ನಲ್ಲಿ ಕೆಲಸ", ["IR"]),
    ("ಬಹ್ರೇನ್‌ನಲ್ಲಿದ್ದೇನೆ", ["BH"]),  # in Bahrain, and the verb written onto it
    ("ಮಲೇಷ್ಯಾದಲ್ಲಿ ಕೆಲಸ", ["MY"]),
    ("సింగపూర్ లో ఉద్యోగం", ["SG"]),
    ("রাশিয়ায় কাজ", ["RU"]),
    ("মালয়েশিয়াতে কাজ", ["MY"]),
    ("ઓમાનમાં નોકરી", ["OM"]),
    ("कुवेतमध्ये काम", ["KW"]),
    ("दुबईला जायचे आहे", ["AE"]),
    ("ರಷ್ಯಾದಲ್ಲಿ ಕೆಲಸ", ["RU"]),
    ("ಲಾವೋಸ್‌ಗೆ ಹೋಗಬೇಕು", ["LA"]),
    ("କାତାରରେ କାମ", ["QA"]),
    ("کمبوڈیا میں نوکری", ["KH"]),
    ("மால்டாவில் வேலை", ["MT"]),  # a name that is also a fruit, with an ending
    ("మాల్టాలో పని", ["MT"]),
    ("মাল্টায় কাজ", ["MT"]),
    ("માલ્ટામાં નોકરી", ["MT"]),
    ("माल्टामध्ये नोकरी", ["MT"]),
    ("ಮಾಲ್ಟಾದಲ್ಲಿ ಕೆಲಸ", ["MT"]),
    ("ମାଲ୍ଟାରେ କାମ", ["MT"]),
    # Cities, regions and compounds
    ("Sihanoukville office", ["KH"]),
    ("office in KK Park", ["MM"]),
    ("Golden Triangle SEZ", ["LA"]),
    ("helper for Belgorod", ["RU"]),
    ("Abu-Dhabi hotel", ["AE"]),
    ("Ras Al Khaimah", ["AE"]),
    ("சிங்கப்பூர் அல்லது துபாய்", ["SG", "AE"]),
    ("மஸ்கட் வேலை", ["OM"]),
    ("ബാങ്കോക്കിൽ നിന്ന്", ["TH"]),
    ("বাগদাদে হোটেলের কাজ", ["IQ"]),
    ("ریاض میں ڈرائیور", ["SA"]),
    ("Bamako and Kayes", ["ML"]),
    ("bus to Mae Sot", ["TH", "MM"]),  # a border town stands for both sides
    # Misspellings
    ("combodia job", ["KH"]),
    ("kambodiya jana hai", ["KH"]),
    ("thailend visa", ["TH"]),
    ("rasiya army", ["RU"]),
    ("malasia factory", ["MY"]),
    ("qater helper", ["QA"]),
    ("izrail caregiver", ["IL"]),
    ("jarmani nurse", ["DE"]),
    ("polend warehouse", ["PL"]),
    ("kazakhistan oil camp", ["KZ"]),
    ("azerbaizan hotel", ["AZ"]),
    ("Myanmaar border", ["MM"]),
    ("saudhi arabia driver", ["SA"]),
    # Typed in Latin letters with an Indian ending
    ("dubaiyil joli", ["AE"]),
    ("kuwaitlo pani", ["KW"]),
    ("singaporela velai", ["SG"]),
    # Peoples, flags, domains, currencies
    ("Russian army helper", ["RU"]),
    ("इजरायली परिवार", ["IL"]),
    ("🇷🇸 warehouse", ["RS"]),
    ("apply at careers.hotel.co.uk", ["GB"]),
    ("salary 1800 AED", ["AE"]),
    ("#DubaiJobs", ["AE"]),
    ("Dubaiയിൽ ജോലി", ["AE"]),  # an Indian ending written onto a Latin name
    ("துபாயில் வேலை", ["AE"]),
    # Disguises
    ("Cam\u200bbodia", ["KH"]),
    ("Dubаi", ["AE"]),  # the second last letter is Cyrillic
    ("𝐐𝐚𝐭𝐚𝐫 job", ["QA"]),
    # Home is told apart
    ("Delhi office, job in Doha", ["IN", "QA"]),
]


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_a_place_is_recognised(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


LOOK_ALIKES = [
    ("a woman is coming", []),  # not Oman
    ("contact us now", []),  # not the United States
    ("CONTACT US TODAY", []),
    ("us ne paise liye", []),  # Hindi "that one"
    ("US visa", ["US"]),
    ("U.S. work permit", ["US"]),
    ("salary 500 US dollar", []),
    ("it is fine", []),  # not Italy
    ("bungalow me mali ka kaam", []),  # a gardener
    ("Mali ka kaam hai Delhi me", ["IN"]),
    ("माली की नौकरी", []),
    ("tower job in Mali", ["ML"]),
    ("mali africa me tower ka kaam", ["ML"]),
    ("মালিক টাকা দেয় না", []),  # an employer, not Mali
    ("رات کو شام کے بعد", []),  # evening, not Syria
    ("مالی مدد چاہیے", []),  # financial, not Mali
    ("Nigeria oil job", ["NG"]),  # not Niger
    ("brother Chad told me", []),
    ("Jordan shoes factory", []),
    ("Jordan garment factory", ["JO"]),
    ("irani chai ki dukan", []),
    ("turkey farm helper", []),
    ("Turkey hotel job", ["TR"]),
    ("no khatra, खतरे की बात", []),  # danger, not Qatar
    ("रसीद दे दी", []),  # a receipt, not Russia
    ("ज़मानत के पैसे", []),  # a deposit, not Ajman
    ("मिश्रा जी एजेंट हैं", []),  # a surname, not Egypt
    ("ताई मला मदत करा", []),  # elder sister, not Thai
    ("சிறிய வேலை", []),  # small, not Syria
    ("ഞാൻ മാലിന്യം എടുക്കുന്ന ജോലി", []),  # waste, not Mali
    ("chinese cook required", []),
    ("marble polish ka kaam", []),
    ("jersey factory", []),
]


@pytest.mark.parametrize(("text", "expected"), LOOK_ALIKES)
def test_a_word_that_only_looks_like_a_place_is_not_one(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_mention_knows_its_own_words() -> None:
    text = "नौकरी दुबई में है"

    (mention,) = find_countries(text)

    assert (mention.words, mention.kind) == ("दुबई", "city")
    assert text[mention.start : mention.end] == mention.words


JOURNEYS = [
    # text, destinations, stops
    ("Job in Qatar", ("QA",), ()),
    ("Delhi to Dubai, cleaner", ("AE",), ()),
    ("Delhi to Bangkok then Laos", ("LA", "TH"), ("TH",)),
    ("Mumbai → Baku → Serbia", ("RS", "AZ"), ("AZ",)),
    ("Libya job via Dubai", ("LY",), ("AE",)),
    ("oman ka kaam hai sharjah hoke jana hai", ("OM",), ("AE",)),
    ("लीबिया का काम, दुबई होते हुए", ("LY",), ("AE",)),
    ("पहले बैंकॉक जाना है फिर म्यांमार", ("MM", "TH"), ("TH",)),
    ("pehle Tehran utrenge phir Australia", ("AU", "IR"), ("IR",)),
    ("Australia via Tehran with a hotel stay of five days", ("AU", "IR"), ("IR",)),  # the person would stay there
    ("Laos, Bangkok airport pe gadi aayegi", ("LA", "TH"), ("TH",)),
    ("துபாய் வழியா லிபியா", ("LY",), ("AE",)),
    ("دبئی کے راستے لیبیا", ("LY",), ("AE",)),
    ("USA, via Guatemala and Mexico", ("US",), ("GT", "MX")),
    ("agent from Dubai offers a job in Cambodia", ("KH",), ()),
    ("cambodia me kaam, dubai wala agent", ("KH",), ()),
    ("my cousin in Canada says Croatia is good", ("HR",), ()),
    ("I worked in Kuwait, now an offer from Oman", ("OM",), ()),
    ("Chinese company in Cambodia", ("KH",), ()),
    ("45k baht salary, office in Myawaddy", ("MM",), ()),
    ("Serbia now, Italy also possible later", ("RS",), ()),
    ("Dubai or Qatar, which is better", ("AE", "QA"), ()),
    ("agent is from Dubai", ("AE",), ()),  # nothing else is named: keep it
    ("Indian embassy in Moscow", ("RU",), ()),
    ("20 din pehle Panama se phone aya, America jana tha", ("PA", "US"), ()),
    ("India to India", (), ()),
    ("no place at all", (), ()),
]


@pytest.mark.parametrize(("text", "ends", "between"), JOURNEYS)
def test_the_end_of_a_journey_comes_before_its_stops(
    text: str, ends: tuple[str, ...], between: tuple[str, ...]
) -> None:
    mentions = find_countries(text)

    assert destinations(text, mentions) == ends
    assert stops(text, mentions) == between


def test_a_long_message_is_read_within_a_few_milliseconds() -> None:
    text = "Dubai me helper ka kaam, Kuwait aur Qatar bhi available hai, jaldi sampark karo. " * 13
    find_countries(text)

    started = time.perf_counter()
    find_countries(text)

    assert time.perf_counter() - started < 0.02  # about 1 ms; generous for a busy machine
