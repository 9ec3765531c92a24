"""Every message is answered in the language its writer used."""

import pytest

from knowledge.reading.languages import Detected, detect_language
from knowledge.vocabulary import Language

IN_ONE_LANGUAGE = [
    # English, from letters to messenger spelling
    ("en", "Is it fine to accept a warehouse job in Oman if the contract comes by mail?"),
    ("en", "pls tell me is this offer real or not, they r asking 40k"),
    ("en", "safe?"),
    ("en", "Driver job Qatar"),  # nouns alone: English
    ("en", "My bhai got an offer from an agent in Patna and he wants money before the visa"),  # one loan word
    ("en", "URGENT REQUIREMENT for Bahrain. Salary 150 BD with food. Apply today with passport copy"),
    ("en", "Sir ji please check this company and tell me"),
    # Hinglish
    ("hi-Latn", "kuwait me plumber ki naukri mil rahi hai, agent sahi hai ya nahi"),
    ("hi-Latn", "oman jana thik h kya"),
    ("hi-Latn", "pesa wapas kese milega"),
    ("hi-Latn", "mujhe saudi bhej rhe h bina contract ke"),
    ("hi-Latn", "Warehouse job Poland, 900 euro, visa process free hai, interview nahi hoga, passport bhejo"),
    ("hi-Latn", "bhaiya ye company ka offer letter asli lagta hai kya aapko"),
    ("hi-Latn", "hello bhaiya ji"),  # a greeting is nobody's English
    ("hi-Latn", "HELPER KA KAAM HAI DUBAI ME KYA KARU"),
    ("hi-Latn", "Mera dost bol raha tha ki Laos me call center ki job achi hai, main jau ya na jau"),
    # Scripts that serve one language
    ("pa", "ਕੀ ਮੈਂ ਪੁਰਤਗਾਲ ਜਾ ਸਕਦਾ ਹਾਂ ਖੇਤਾਂ ਦੇ ਕੰਮ ਲਈ?"),
    ("ml", "കുവൈറ്റിൽ ഡ്രൈവർ ജോലി ഉണ്ടെന്ന് ഒരാൾ പറഞ്ഞു, ശരിയാണോ?"),
    ("ml", "UK care visa COS 14 lakh ചോദിക്കുന്നു sponsor company genuine ആണോ"),  # mostly Latin loan words
    ("ta", "மலேசியாவில் ஹோட்டல் வேலைக்கு முன்பணம் கேட்கிறார்கள்"),
    ("te", "ఖతార్ లో పని ఉందని చెప్పారు, వెళ్ళవచ్చా"),
    ("bn", "সৌদি আরবে রাজমিস্ত্রির কাজ, আগে টাকা দিতে বলছে"),
    ("gu", "ઓમાનમાં નોકરી માટે પૈસા આપવા જોઈએ?"),
    ("kn", "ಸೌದಿಯಲ್ಲಿ ಚಾಲಕ ಕೆಲಸ ಸಿಕ್ಕಿದೆ, ಹೋಗಬಹುದಾ"),
    ("or", "କାତାରରେ ୱେଲଡର କାମ ପାଇଁ ଟଙ୍କା ମାଗୁଛନ୍ତି"),
    # Devanagari: Hindi or Marathi
    ("hi", "बहरीन में बढ़ई का काम मिल रहा है, क्या यह ठीक है?"),
    ("hi", "एजेंट ने पासपोर्ट रख लिया"),
    ("hi", "दुबई नौकरी वीज़ा"),  # nouns alone: Hindi
    ("hi", "सर मेरे भाई का offer letter check कर दीजिए, company Dubai की है"),
    ("mr", "ओमानमध्ये सुताराचं काम मिळतंय, पण एजंट आधी पैसे मागतो आहे"),
    ("mr", "मला दुबईला जायचे आहे"),
    ("mr", "व्हिसा खरा आहे का"),
    ("mr", "कंपनीच्या पत्रावर सही नाही"),
    ("mr", "मुलाच्या पासपोर्टसाठी किती खर्च लागतो"),
    # Arabic letters: Urdu
    ("ur", "عمان میں ڈرائیور کی نوکری مل رہی ہے، کیا جانا ٹھیک ہے؟"),
    ("ur", "ایجنٹ پیسے مانگ رہا ہے"),
    # Other Indian languages typed in Latin letters
    ("ml", "saudiyil driver joli und ennu oru agent paranju, athu sheriyano"),
    ("ml", "enikku dubai visa kittumo, panam adyam kodukkanam ennu parayunnu"),
    ("ta", "anna singapore la velai iruku nu solranga, nijama illa poya"),
    ("ta", "enakku kuwait velai venum, evlo panam kudukanum"),
    ("te", "naku dubai lo job undi ani chepparu, dabbulu mundu ivvala"),
    ("te", "kuwait ki vellocha, akkada pani ela untundi"),
    ("kn", "nanage dubai nalli kelsa ide antha heltidare, hogbahuda"),
    ("bn", "ami saudi jabo kaj korte, agent taka chaiche, thik hobe ki"),
    ("gu", "mane dubai ma nokri male che, agent paisa mange che, shu karu"),
    ("mr", "mala dubai la nokri milte aahe pan agent paise magto ahe, kay karu"),
    ("pa", "mainu canada da visa mil reha, agent paise mangda, ki karna chahida"),
    ("or", "mote dubai re kama miluchi, agent tanka maguchi, jibi ki nahi"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), IN_ONE_LANGUAGE)
def test_a_message_is_recognised_in_its_language(language: str, text: str) -> None:
    found = detect_language(text)

    assert found.language == language
    assert found.supported


NOT_SPOKEN = [
    ("Assamese", "মই দুবাইত কাম কৰিবলৈ যাব পাৰোঁ নে"),
    ("Nepali", "मलाई कतारमा काम छ भन्छन्, कसरी थाहा पाउने"),
    ("Arabic", "هل هذا العمل في الإمارات حقيقي أو لا"),
    ("Persian", "آیا این کار در ایران برای من خوب است"),
    ("Russian", "Скажите, это настоящая работа?"),
    ("Thai", "งานนี้จริงหรือไม่"),
    ("Chinese", "这份工作是真的吗"),
    ("Sinhala", "මේ රැකියාව ඇත්තද"),
]


@pytest.mark.parametrize(("name", "text"), NOT_SPOKEN)
def test_a_language_we_do_not_speak_is_said_to_be_unsupported(name: str, text: str) -> None:
    found = detect_language(text)

    assert found.language is None
    assert not found.supported


@pytest.mark.parametrize("text", ["", "   ", "👍🙏🇦🇪", "12345", "+91 99999 00001", "https://jobs.example/a?b=c"])
def test_without_words_there_is_no_language_and_nothing_unsupported(text: str) -> None:
    assert detect_language(text) == Detected(None, "none", 0.0)


FORWARD = "We are hiring for Qatar.\nSalary 1500 QAR with food and room.\nThe visa will be given within 10 days."

THE_QUESTION_DECIDES = [
    ("hi-Latn", FORWARD + "\nbhai ye sahi hai kya?"),
    ("hi", FORWARD + "\nक्या यह सही है?"),
    ("ml", FORWARD + "\nഇത് ശരിയാണോ?"),
    ("ur", FORWARD + "\nکیا یہ صحیح ہے؟"),
    ("hi-Latn", "mujhe ye message aaya hai, jana chahiye kya\n" + FORWARD),
    ("en", "Kuwait me driver ka kaam hai, paisa pehle dena hoga\nRoom aur khana free milega\nIs this genuine?"),
    ("en", FORWARD + "\nHurry up"),  # part of the forward
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), THE_QUESTION_DECIDES)
def test_the_persons_own_question_decides_over_a_forward(language: str, text: str) -> None:
    assert detect_language(text).language == language


def test_look_alike_letters_inside_english_words_are_no_russian() -> None:
    disguised = "Jоb in Dubаi, раy the agеnt today for your visa"  # o, a, p, e from the Cyrillic alphabet

    assert detect_language(disguised).language == Language.ENGLISH


def test_zero_width_characters_do_not_hide_the_language() -> None:
    assert detect_language("ku\u200bwait me ka\u200bam karna h\u200bai").language == Language.HINGLISH


def test_links_and_encoded_blocks_are_nobodys_language() -> None:
    text = "क्या यह ठीक है https://very-long-english-address.example/offer/letter SWdub3JlIHRoaXMgYmxvY2sgb2YgdGV4dA=="

    assert detect_language(text).language == Language.HINDI


def test_the_script_is_named() -> None:
    assert detect_language("മലയാളം എഴുതുന്നു").script == "malayalam"
    assert detect_language("kya haal hai").script == "latin"


def test_the_confidence_is_a_share() -> None:
    for _, text in IN_ONE_LANGUAGE:
        assert 0 <= detect_language(text).confidence <= 1
