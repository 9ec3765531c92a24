"""Sums as people type them: how much, in which money, per what, for what; and the digits that are no money."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from knowledge.reading.matching import make_matching_copy
from knowledge.reading.money import Purpose, Sum, find_sums
from knowledge.reading.phrases import load_phrasebook

PAY, FEE, OTHER = Purpose.PAY, Purpose.FEE, Purpose.OTHER


class Row(NamedTuple):
    """A message with one sum: how much of which money, for what, per what."""

    message: str
    amount: float
    currency: str
    purpose: Purpose
    period: str | None = None


ROWS = (
    # a word for asking that asks for something else than money
    Row("call centre Cambodia, 850 dollar, angrezi aana chahiye", 850, "USD", OTHER),
    Row("cook Beirut, 500 dollar, work visa lagega", 500, "USD", OTHER),
    Row("450 dollar chahiye agent ko", 450, "USD", FEE),
    # lakh and its spellings
    Row("agent ki fees 2 lakh hai", 200_000, "INR", FEE),
    Row("agent fee 1.5 lac", 150_000, "INR", FEE),
    Row("total kharcha 3 lacs lagega", 300_000, "INR", FEE),
    Row("kharcha 2.75 L hai agent ka", 275_000, "INR", FEE),
    Row("agent charge 4lakh", 400_000, "INR", FEE),
    Row("एजेंट की फीस 2 लाख रुपये", 200_000, "INR", FEE),
    Row("consultancy fee 1 crore, are they mad", 10_000_000, "INR", FEE),
    # thousand and its spellings
    Row("salary 45k per month", 45_000, "INR", PAY, "month"),
    Row("tankhwah 30 hazar mahina", 30_000, "INR", PAY, "month"),
    Row("salary 28 hajar", 28_000, "INR", PAY),
    Row("वेतन 35 हज़ार महीना", 35_000, "INR", PAY, "month"),
    Row("registration fee 5 thousand rupees", 5_000, "INR", FEE),
    Row("processing charge 80K", 80_000, "INR", FEE),
    # written out with separators and signs
    Row("agent fee Rs. 1,25,000", 125_000, "INR", FEE),
    Row("agent fee Rs 30000/- only", 30_000, "INR", FEE),
    Row("service charge ₹35,400", 35_400, "INR", FEE),
    Row("fees 120,000 INR", 120_000, "INR", FEE),
    Row("security deposit 25000", 25_000, "INR", FEE),
    Row("salary: 55,000 rupees monthly", 55_000, "INR", PAY, "month"),
    # number words
    Row("agent ko teen lakh dena hai", 300_000, "INR", FEE),
    Row("fees dedh lakh", 150_000, "INR", FEE),
    Row("fees dhai lakh hogi", 250_000, "INR", FEE),
    Row("saadhe teen lakh fees", 350_000, "INR", FEE),
    Row("sava do lakh fees", 225_000, "INR", FEE),
    Row("paune do lakh fees", 175_000, "INR", FEE),
    Row("साढ़े चार लाख फीस", 450_000, "INR", FEE),
    Row("ढाई लाख फीस", 250_000, "INR", FEE),
    Row("salary pachas hazar mahina", 50_000, "INR", PAY, "month"),
    Row("तनख्वाह साठ हज़ार महीना", 60_000, "INR", PAY, "month"),
    Row("agent fee two lakh", 200_000, "INR", FEE),
    Row("salary forty five thousand per month", 45_000, "INR", PAY, "month"),
    # digits of Indian scripts, full-width digits
    Row("फीस ₹१,५०,००० है", 150_000, "INR", FEE),
    Row("फीस २ लाख", 200_000, "INR", FEE),
    Row("ফি ৫০,০০০ rupees agent fee", 50_000, "INR", FEE),
    Row("agent fee ௩ lakh", 300_000, "INR", FEE),
    Row("agent fee ４５０００", 45_000, "INR", FEE),
    # ranges count with their upper end
    Row("salary 30-35 hazar", 35_000, "INR", PAY),
    Row("salary 50,000 to 60,000 per month", 60_000, "INR", PAY, "month"),
    Row("agent fee 2 se 3 lakh", 300_000, "INR", FEE),
    Row("salary 1200-1500 AED", 1_500, "AED", PAY),
    # foreign money
    Row("salary 1800 dirham", 1_800, "AED", PAY),
    Row("salary AED 2,200 per month", 2_200, "AED", PAY, "month"),
    Row("salary SAR 1400", 1_400, "SAR", PAY),
    Row("वेतन 1500 रियाल", 1_500, "SAR", PAY),
    Row("salary 110 KD", 110, "KWD", PAY),
    Row("salary KWD 95 monthly", 95, "KWD", PAY, "month"),
    Row("salary QAR 1300", 1_300, "QAR", PAY),
    Row("salary OMR 140", 140, "OMR", PAY),
    Row("salary BHD 120", 120, "BHD", PAY),
    Row("salary $900 per month", 900, "USD", PAY, "month"),
    Row("salary 1000 dollar mahina", 1_000, "USD", PAY, "month"),
    Row("agent fee 2000 USDT", 2_000, "USD", FEE),
    Row("salary €1,850 per month", 1_850, "EUR", PAY, "month"),
    Row("agent fee 3000 euros", 3_000, "EUR", FEE),
    Row("salary RM 1800", 1_800, "MYR", PAY),
    Row("salary 25000 baht", 25_000, "THB", PAY),
    Row("वेतन 90,000 रूबल", 90_000, "RUB", PAY),
    Row("salary 5000 zloty", 5_000, "PLN", PAY),
    Row("salary 6500 shekel", 6_500, "ILS", PAY),
    Row("salary S$ 1200", 1_200, "SGD", PAY),
    Row("salary 200000 yen monthly", 200_000, "JPY", PAY, "month"),
    # pay for another period than a month
    Row("£12 per hour", 12, "GBP", PAY, "hour"),
    Row("18 CAD/hr", 18, "CAD", PAY, "hour"),
    Row("pay 1500 rupees per day", 1_500, "INR", PAY, "day"),
    Row("500 euro a week", 500, "EUR", PAY, "week"),
    Row("28,000 pounds per year", 28_000, "GBP", PAY, "year"),
    Row("CTC 12 lakh per annum", 1_200_000, "INR", PAY, "year"),
    Row("package 9 LPA salary", 900_000, "INR", PAY, "year"),
    Row("15 dollar ghanta", 15, "USD", PAY, "hour"),
    # no word for fee or pay but a verb of asking, giving or getting
    Row("agent 2 lakh maang raha hai", 200_000, "INR", FEE),
    Row("wo bole 60 hazar dena padega", 60_000, "INR", FEE),
    Row("एजेंट 70 हज़ार माँग रहा है", 70_000, "INR", FEE),
    Row("you must pay 40,000 rupees to the agent", 40_000, "INR", FEE),
    Row("agent ko 15000 rupaye bheje", 15_000, "INR", FEE),
    Row("wahan 1200 dirham milega", 1_200, "AED", PAY),
    Row("हर महीने 55 हज़ार मिलेंगे", 55_000, "INR", PAY),
    Row("you will earn 900 dollar monthly", 900, "USD", PAY, "month"),
    Row("stipend 600 euro per month", 600, "EUR", PAY, "month"),
    # spoken numbers: hundreds, ranges, ones after the hundreds, "a lakh and a quarter"
    Row("Rs.7,000/- fees", 7_000, "INR", FEE),
    Row("sawa lakh fees", 125_000, "INR", FEE),
    Row("सवा लाख फीस", 125_000, "INR", FEE),
    Row("salary barah sau riyal", 1_200, "SAR", PAY),
    Row("12 sau dirham tankhwah", 1_200, "AED", PAY),
    Row("salary ek sau bees dinar", 120, "KWD", PAY),
    Row("ek hazar do sau riyal salary", 1_200, "SAR", PAY),
    Row("fees das pandrah hazar", 15_000, "INR", FEE),
    Row("fees do dhai lakh", 250_000, "INR", FEE),
    Row("salary pachhattar hazar", 75_000, "INR", PAY),
    Row("पचपन हज़ार फीस", 55_000, "INR", FEE),
    Row("he wants 65 grand for Oman", 65_000, "INR", FEE),
    # a price, by what one is sent or the visa is had for
    Row("90 hazar me bhej dega", 90_000, "INR", FEE),
    Row("azad visa 1.3 lakh ka hai", 130_000, "INR", FEE),
    Row("सवा लाख में सऊदी भेज देगा", 125_000, "INR", FEE),
    Row("for 90k he can get me a job in Doha", 90_000, "INR", FEE),
    Row("2 lakh dekar Malaysia jana theek hai kya", 200_000, "INR", FEE),
    # "pay" as an order or as wages; who gives
    Row("you will pay 3 lakh to the agent", 300_000, "INR", FEE),
    Row("pay INR 4,999 to the below number", 4_999, "INR", FEE),
    Row("they pay 1500 euro and food", 1_500, "EUR", PAY),
    Row("they will give 55000 and two way ticket", 55_000, "INR", PAY),
    Row("din ke 6000 rupees mazdoori", 6_000, "INR", PAY, "day"),
    # debts, damages, ransoms, studies, weddings
    Row("ghar banane me 8 lakh lagenge", 800_000, "INR", OTHER),
    Row("शादी में 5 लाख लगे थे", 500_000, "INR", OTHER),
    Row("my boss has not paid 1.5 lakh salary", 150_000, "INR", OTHER),
    Row("they want 4 lakh to let him go", 400_000, "INR", OTHER),
    Row("kafeel 8000 riyal maang raha exit ke liye", 8_000, "SAR", OTHER),
    Row("tuition fee is 18 lakh", 1_800_000, "INR", OTHER),
    # money that is neither pay nor the agent's fee
    Row("mere upar 4 lakh ka karz hai", 400_000, "INR", OTHER),
    Row("PBBY insurance cover of 10 lakh", 1_000_000, "INR", OTHER),
    Row("ticket ka 22,000 rupees airline ko diya", 22_000, "INR", OTHER),
)

NO_MONEY = (
    ("call +91 99999 01234", "phone number"),
    ("call 9999901234 for the job", "phone number without blanks"),
    ("whatsapp +91-99999-01234 only", "phone number, then the word only"),
    ("99999 01234 pe fees pucho", "phone number beside the word for fee"),
    ("फोन ९९९९९ ०१२३४", "phone number in Devanagari digits"),
    ("I finished ITI in 2019", "year"),
    ("salary structure of 2024", "year beside the word for pay"),
    ("fees rules of 1983 Act", "year of a law"),
    ("contract from 2025 to 2027", "years"),
    ("RA licence B-1234/MUM/PER/1000+/5/9876/2021", "licence number"),
    ("RC no B-0987/DEL/PART/100/5/1234/2020 fees ke liye", "licence number beside the word for fee"),
    ("age 21 to 45", "ages"),
    ("umar 35 saal", "age"),
    ("उम्र 28 साल", "age in Hindi"),
    ("interview on 15/03/2026", "date"),
    ("flight 12-08-2026 ko hai", "date with hyphens"),
    ("15 March 2026 ko interview", "date with the month's name"),
    ("duty 8 hours 6 days", "hours and days of work"),
    ("2 saal ka contract", "length of a contract"),
    ("only 5 seats left", "seats"),
    ("50 vacancies for helpers", "vacancies"),
    ("passed 10th and 12th class", "school classes"),
    ("pin code 400053", "pin code"),
    ("flat 1204 sector 62", "address"),
    ("height 170 cm weight 65 kg", "body measures"),
    ("load 20000 kg per trip", "weight"),
    ("channel has 50k followers", "followers"),
    ("room for 4 persons", "persons"),
    ("ek din me do baar khana", "number words of daily speech"),
    ("char log ek room me", "number words for people"),
    ("form number 12345678", "form number"),
    ("Aadhaar 0000 1111 2222 do", "identity number"),
    ("call +91-9999901234 for fees", "phone number joined to its country code"),
    ("room no 2045 me raho", "room number"),
    ("flight AI 9123 se jana", "flight number"),
    ("IELTS 6.5 band chahiye", "test score"),
    ("24x7 helpline", "round the clock"),
    ("shift 9 to 5", "hours of a shift"),
    ("notice dated 12.03.2025", "date with dots"),
    ("company since 1998", "year of founding"),
    ("10th pass ya 12th pass", "school classes, Hinglish"),
    ("section 420 ka case", "section of a law"),
    ("800 km door hai", "distance"),
    ("45 din me visa, 90 din ka probation", "days"),
    ("visa no 123456789 check karo", "visa number"),
    ("call 1930 or 1800113090", "helplines"),
    ("", "nothing"),
)


def sums_of(message: str) -> tuple[Sum, ...]:
    return find_sums(make_matching_copy(message), load_phrasebook())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.message)
def test_a_sum_is_read_with_its_amount_money_purpose_and_period(row: Row) -> None:
    found = [Row(row.message, sum_.amount, sum_.currency, sum_.purpose, sum_.period) for sum_ in sums_of(row.message)]

    assert found == [row._replace(amount=pytest.approx(row.amount))]


@pytest.mark.parametrize(("message", "remark"), NO_MONEY, ids=[remark for _, remark in NO_MONEY])
def test_other_numbers_are_no_money(message: str, remark: str) -> None:
    assert sums_of(message) == ()


@pytest.mark.parametrize(
    ("message", "amounts"),
    [
        ("salary 25 hazar, agent fee 90 hazar", [(25_000, PAY), (90_000, FEE)]),
        ("agent fee 90 hazar, salary 25 hazar", [(90_000, FEE), (25_000, PAY)]),
        ("salary 1500 riyal, service charge 30,000 + GST", [(1_500, PAY), (30_000, FEE)]),
        ("फीस 2 लाख, वेतन 40 हज़ार महीना", [(200_000, FEE), (40_000, PAY)]),
        ("Salary: AED 1200\nAgent fee: Rs 60,000\nCall +91 99999 01234", [(1_200, PAY), (60_000, FEE)]),
        ("1 lakh advance, baaki 2 lakh visa ke baad agent ko", [(100_000, FEE), (200_000, FEE)]),
    ],
)
def test_each_sum_of_a_message_keeps_its_own_purpose(message: str, amounts: list[tuple[float, Purpose]]) -> None:
    assert [(sum_.amount, sum_.purpose) for sum_ in sums_of(message)] == amounts


@pytest.mark.parametrize(
    ("message", "least", "most"),
    [
        pytest.param("salary 60,000 per month", 60_000, 60_000, id="a month's rupees are themselves"),
        pytest.param("salary 12 lakh per annum", 100_000, 100_000, id="a year is shared over twelve months"),
        pytest.param("£12 per hour", 200_000, 400_000, id="an hour counts as a month of full work"),
        pytest.param("pay 1000 rupees per day", 24_000, 31_000, id="a day counts as a month of working days"),
        pytest.param("500 euro a week", 150_000, 300_000, id="a week counts a bit more than fourfold"),
        pytest.param("salary 1500 AED", 25_000, 50_000, id="foreign pay is compared in rupees"),
    ],
)
def test_pay_of_every_period_is_compared_by_the_month(message: str, least: float, most: float) -> None:
    (pay,) = sums_of(message)

    assert least <= pay.monthly_inr <= most


def test_a_sum_says_where_it_stands() -> None:
    message = "Qatar, agent fee Rs 50,000 cash"

    (fee,) = sums_of(message)

    assert make_matching_copy(message).quote(fee.start, fee.end) == "Rs 50,000"
