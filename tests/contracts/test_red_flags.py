"""Every red flag passes the same contract: it is seen where a message shows it, and not where only its words stand.

Each row holds two messages that differ in what matters: the first shows the flag, the second must not. What else the
two may show is left open here. A new red flag needs at least six rows.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from knowledge.reading.offer import read_offer
from knowledge.reading.phrases import load_phrasebook
from knowledge.reading.red_flags import ShownFlag, find_red_flags
from knowledge.vocabulary import RedFlag

FEWEST_ROWS = 6


class Pair(NamedTuple):
    """What makes the difference, a message that shows the flag, and one that does not."""

    remark: str
    shows: str
    innocent: str


PAIRS: dict[RedFlag, tuple[Pair, ...]] = {
    RedFlag.VISIT_VISA_WORK: (
        Pair(
            "work or sightseeing",
            "Going to Dubai for a packing job, the agent is arranging a 60 days tourist visa for it.",
            "Going to Dubai with my parents for sightseeing, the agency is arranging a 60 days tourist visa.",
        ),
        Pair(
            "the visa is denied to be one for visitors",
            "Visit visa pe Oman le jayenge, wahan supermarket me kaam lagwa denge",
            "Employment visa pe Oman le jayenge, supermarket me kaam hai, visit visa nahi hai",
        ),
        Pair(
            "tourist or work visa, in Hindi",
            "टूरिस्ट वीज़ा पर मलेशिया भेज रहे हैं, वहाँ होटल में वेटर का काम है",
            "वर्क वीज़ा पर मलेशिया भेज रहे हैं, वहाँ होटल में वेटर का काम है",
        ),
        Pair(
            "changed over there, or issued before the flight",
            "Abhi visitor visa milega, Bahrain pahunchne ke baad work permit me change ho jayega, welder ka kaam",
            "Bahrain ka work permit pehle aa gaya hai, uske baad hi flight hogi, welder ka kaam",
        ),
        Pair(
            "visa on arrival as the way to work",
            "Thailand gives visa on arrival so no work visa required, you start the warehouse job next day",
            "Thailand gives visa on arrival to tourists, but for my warehouse job the employer sent a proper work visa",
        ),
        Pair(
            "visa-free entry to work or to travel",
            "Malaysia Indians ke liye visa free hai, seedha jao aur factory me kaam join karo",
            "Malaysia Indians ke liye visa free hai, family ke saath 5 din ghumne jana hai",
        ),
        Pair(
            "the employer forbids it",
            "Company says come on a visit visa first for the cleaning job in Sharjah, they will convert it inside",
            "Company clearly wrote nobody should come on a visit visa for the cleaning job in Sharjah, "
            "they send an employment visa",
        ),
        Pair(
            "e-visa for work or for a tour",
            "ई-वीज़ा से रूस चले जाओ, वहीं पर गोदाम में नौकरी पक्की है",
            "ई-वीज़ा से रूस घूमने जा रहे हैं, आठ दिन का टूर पैकेज है",
        ),
        Pair(
            "the worker's, or his wife's who visits him",
            "I am called to Doha as a waiter and the ticket came with a visit visa",
            "I am a waiter in Doha with a work visa, now my wife will come on a visit visa to see me",
        ),
        Pair(
            "holiday visa, status changed inside",
            "Georgia hotel job: enter with tourist sticker, after landing we make your residence card",
            "Georgia hotel job: work visa first from the embassy, after landing we make your residence card",
        ),
        Pair(
            "a longer story in Hinglish",
            "Mere chacha ka ladka Abu Dhabi bula raha hai, bola abhi 90 din ka visit lagwa ke aa ja, "
            "restaurant me lag jayega",
            "Mere chacha ka ladka Abu Dhabi me restaurant me hai, bola company se pehle work visa lagwa, tab aana",
        ),
        Pair(
            "what the visa is called",
            "The visa copy says TOURIST SHORT STAY and the job is forklift operator in Bahrain",
            "The visa copy says EMPLOYMENT and the job is forklift operator in Bahrain",
        ),
        Pair(
            "Hindi: made permanent there",
            "अभी विज़िट वीज़ा मिलेगा, दो महीने बाद वहीं परमानेंट वीज़ा बन जाएगा, दुबई, सफाई का काम",
            "अभी काम वाला वीज़ा मिलेगा, दो साल बाद वहीं नवीनीकरण होगा, दुबई, सफाई का काम",
        ),
    ),
    RedFlag.UPFRONT_FEE: (
        Pair(
            "before or after the visa",
            "20,000 advance jama karo tabhi visa file lagegi, Kuwait driver job",
            "Visa aane ke baad hi 20,000 dena hai raseed ke saath, advance kuch nahi, Kuwait driver job",
        ),
        Pair(
            "refundable deposit",
            "A refundable security deposit of Rs 15,000 is needed before the offer letter, Qatar mason job",
            "No deposit is taken for the Qatar mason job; service charge Rs 15,000 plus GST by cheque after the visa "
            "is stamped, with receipt",
        ),
        Pair(
            "registration fee by UPI",
            "ओमान के काम के लिए पहले 10 हज़ार रजिस्ट्रेशन फीस इस UPI पर भेजो",
            "ओमान का काम है, वीज़ा लगने से पहले एक रुपया भी नहीं देना है",
        ),
        Pair(
            "to the recruiter, or to the medical centre itself",
            "Pay medical and processing charges 8500 on my Google Pay first, then interview for Bahrain",
            "Medical fee 8500 you pay directly at the approved medical centre and nothing to us, job in Bahrain",
        ),
        Pair(
            "half before, or all after",
            "Half payment in cash before, balance after visa. Romania butcher job, 30,000",
            "Full payment only after visa by bank transfer with bill. Romania butcher job, 30,000 + GST",
        ),
        Pair(
            "a person's own account",
            "Agent wants 25k in his personal account before he shows the contract, Saudi plumber",
            "Agent never asked any money before the contract, Saudi plumber, 25k after visa against receipt",
        ),
        Pair(
            "token money in Hindi",
            "बीस हज़ार टोकन दे दो तभी सीट पक्की होगी, सिंगापुर में काम",
            "सिंगापुर में काम, कंपनी ने साफ लिखा है कि हम किसी उम्मीदवार से पैसा नहीं लेते",
        ),
        Pair(
            "crypto as fee, or pay into the bank",
            "Paise crypto me bhejne ko bol rahe hain, 200 dollar USDT, Dubai visa ke liye",
            "Salary bank account me aayegi, 2000 dirham, Dubai, visa ka kharcha company degi",
        ),
        Pair(
            "already sent, or nothing asked",
            "I have already sent 12000 by PhonePe to book my seat for the Poland job",
            "I asked how to book a seat for the Poland job, they said interview first and no payment at all now",
        ),
        Pair(
            "before the offer letter",
            "Offer letter tabhi denge jab 6000 file charge bhar doge, Croatia ka kaam hai",
            "Offer letter de diya hai, file charge kuch nahi liya, Croatia ka kaam hai",
        ),
        Pair(
            "a longer story in Hindi",
            "भैया एजेंट कह रहा है पहले फाइल खर्च के 15 हज़ार दो तब वीज़ा के कागज़ लगेंगे, बहरीन की नौकरी है",
            "भैया एजेंट कह रहा है वीज़ा देखकर ही 15 हज़ार बैंक से देना, रसीद मिलेगी, बहरीन की नौकरी है",
        ),
        Pair(
            "training fee that must be paid first",
            "To join the Malta hotel job you must first buy their training kit for 9,500 rupees by UPI",
            "The Malta hotel trains you after joining, nothing to buy and nothing to pay by UPI",
        ),
        Pair(
            "scan and pay",
            "QR code bheja hai, 5000 scan karke bhejo tabhi interview link milega, Ireland job",
            "QR code scan karke form kholo, form free hai, interview link mail pe aayega, Ireland job",
        ),
    ),
    RedFlag.FEE_ABOVE_CAP: (
        Pair(
            "far above or at the cap",
            "Total kharcha 2.5 lakh lagega, UAE factory helper, visa ke baad dena",
            "Total service charge 30,000 + 18% GST, UAE factory helper, visa ke baad dena",
        ),
        Pair(
            "above or at the cap with tax",
            "The agency's service charge is Rs 45,000 for the Oman job, after visa",
            "The agency's service charge with tax is Rs 35,400 for the Oman job, after visa",
        ),
        Pair(
            "number words in Hindi",
            "डेढ़ लाख रुपये एजेंट की फीस है, सऊदी ड्राइवर का काम",
            "पच्चीस हज़ार रुपये एजेंट की फीस है, सऊदी ड्राइवर का काम",
        ),
        Pair(
            "which sum is the fee",
            "Agent fees 90 hazar lagega, salary 25 hazar, Kuwait",
            "Agent fees 20 hazar lagega, salary 90 hazar, Kuwait",
        ),
        Pair(
            "foreign money charged or paid",
            "They charge 1500 euro for the Portugal job file",
            "They pay 1500 euro per month in the Portugal job and charge nothing",
        ),
        Pair(
            "instalments that together pass the cap",
            "Pehle 20 hazar, phir medical ke baad 20 hazar, phir visa pe 20 hazar dena hai, Bahrain job",
            "Ek hi baar 20 hazar dena hai visa ke baad, Bahrain job",
        ),
        Pair(
            "paid to the agent or earned there",
            "My friend gave 3 lakh to this agent for the Croatia job",
            "My friend now earns 3 lakh in the Croatia job",
        ),
        Pair(
            "the agent's charge or the insured sum",
            "Our charge is 10 lakh for Canada warehouse job, insurance is included",
            "Our charge is 30,000 for the Qatar warehouse job, insurance cover of 10 lakh is included",
        ),
        Pair(
            "a fee or one's own loan",
            "Canada ki naukri ke liye agent ko 8 lakh dena padega, zameen bech kar",
            "Canada ki naukri me agent ek paisa nahi le raha, mere upar pehle se 8 lakh ka ghar ka loan hai",
        ),
        Pair(
            "package price",
            "Malaysia hotel package only 85k all inclusive, visa ticket medical",
            "Malaysia hotel job, visa ticket medical all free by company, you get 85k joining salary",
        ),
        Pair(
            "no word for fee, only what he takes",
            "Wo 1 lakh 80 hazar le raha hai Azerbaijan bhejne ka",
            "Wo ek bhi rupaya nahi le raha Azerbaijan bhejne ka, 1 lakh 80 hazar to shaadi ka kharcha tha",
        ),
        Pair(
            "per head in Hindi",
            "हर लड़के से 95 हज़ार ले रहे हैं, कतर भेजने के",
            "हर लड़के से 29 हज़ार ले रहे हैं वीज़ा के बाद, कतर भेजने के",
        ),
        Pair(
            "the price stands before the word",
            "3.75L all in, Latvia student-cum-work, agent from our district",
            "All in 28k after visa, Kuwait driver, agent from our district",
        ),
        Pair(
            "what is paid for the visa, or as salary beside it",
            "Dubai, visa ka kharcha 2000 dirham agent ko dena hai, salary bank account me aayegi",
            "Dubai, salary bank account me aayegi, 2000 dirham, visa ka kharcha company degi",
        ),
    ),
    RedFlag.UNLICENSED_AGENT: (
        Pair(
            "without licence or with its number",
            "Agent has no RA licence but says nobody checks it, Oman job",
            "Agent showed RA licence B-1234/MUM/PER/1000+/5/9876/2021 and told me to check it, Oman job",
        ),
        Pair(
            "licence said to be needless",
            "Direct visa hai isliye licence ki zarurat nahi hoti, Saudi mason",
            "Hum registered recruiting agent hain, RC number board par likha hai, Saudi mason",
        ),
        Pair(
            "a sub-agent, or none",
            "Gaon me ek sub agent hai jo Mumbai wali company ke liye ladke bhejta hai, Kuwait",
            "Koi sub agent nahi hai, seedha Mumbai ke registered office me baat hui, RC no bhi dikhaya, Kuwait",
        ),
        Pair(
            "consultancy, or the employer itself",
            "Nayi Udaan Immigration Consultancy in Jalandhar is giving me a Poland factory job",
            "The Poland factory itself hired me through its own careers page, no consultancy in between",
        ),
        Pair(
            "travel shop gives the job, or only the ticket",
            "हमारे शहर का ट्रैवल एजेंसी वाला कुवैत में नौकरी लगवा रहा है",
            "ट्रैवल एजेंसी से सिर्फ टिकट ली है, कुवैत की नौकरी सरकारी पंजीकृत भर्ती एजेंट से मिली है",
        ),
        Pair(
            "no licence, or one that was found",
            "लाइसेंस नहीं है लेकिन भरोसे का आदमी है, दुबई भेज देगा",
            "लाइसेंस है, नंबर सरकारी पोर्टल पर मिल गया, दुबई भेज देगा",
        ),
        Pair(
            "applied for, or valid",
            "License abhi apply kiya hai, aane wala hai, tab tak bina license ke Qatar bhej rahe hain",
            "License 2028 tak valid hai, portal par dikh raha hai, Qatar bhej rahe hain",
        ),
        Pair(
            "works without registration",
            "He says registration with the ministry is only a formality and he works without it, Bahrain job",
            "He says registration with the ministry is compulsory and gave me his registration number, Bahrain job",
        ),
        Pair(
            "the agency's licence, or the driver's",
            "Driver job in Qatar through an agency without licence",
            "Driver job in Qatar, those without a Gulf driving licence can also apply, the company interviews directly",
        ),
        Pair(
            "a man in the village",
            "गाँव का एक दलाल है, उसका कोई रजिस्ट्रेशन नहीं, ओमान भेजता है",
            "शहर में पंजीकृत एजेंसी है, उसका आरए नंबर बोर्ड पर है, ओमान भेजती है",
        ),
        Pair(
            "says the portal is not for them",
            "We are not on the government list, we have our own direct tie-up, Serbia jobs",
            "We are on the government list, our registration number is printed on the letter, Serbia jobs",
        ),
    ),
    RedFlag.SOCIAL_MEDIA_RECRUITER: (
        Pair(
            "only WhatsApp, or an office too",
            "Saudi job, the man talks only on WhatsApp, no office and no address",
            "Saudi job, you may WhatsApp or come to the office in Andheri for the interview",
        ),
        Pair(
            "only messages, or met in person",
            "Instagram pe ad dekha Malta job ka, ab tak sab baat DM me hi ho rahi hai",
            "Instagram pe ad dekha Malta job ka, phir unke office jakar HR se mila aur company email se letter aaya",
        ),
        Pair(
            "Telegram group in Hindi",
            "टेलीग्राम ग्रुप में जुड़ो, वहीं से जर्मनी की नौकरी मिलेगी, कोई ऑफिस नहीं है",
            "जर्मनी की नौकरी है, इंटरव्यू कंपनी के दफ्तर में हुआ, टेलीग्राम पर कुछ नहीं",
        ),
        Pair(
            "Messenger, or test centre",
            "Facebook se agent mila Cyprus job ka, sirf messenger par reply karta hai",
            "Company ka Facebook page bhi hai par Cyprus ki bharti trade test centre me hui",
        ),
        Pair(
            "WhatsApp only, or mail and walk-in",
            "Packing job Kuwait, send CV on WhatsApp +91 99999 01234 only, no calls",
            "Packing job Kuwait, send CV to jobs@example.com or come to the walk-in interview on Sunday",
        ),
        Pair(
            "the recruiter, or the family",
            "Recruiter deals on WhatsApp only, never seen his face, Oman salesman",
            "I sent a photo of my Oman contract to my family on WhatsApp, I met the recruiter in his office",
        ),
        Pair(
            "a channel that recruits, or one that told of this bot",
            "A Telegram channel admin is giving the job in Serbia, I know nobody else there",
            "A friend on Telegram told me of this bot. My job in Serbia is from the company's HR whom I met in Delhi",
        ),
        Pair(
            "Hindi: only WhatsApp calls",
            "एजेंट सिर्फ व्हाट्सऐप पर बात करता है, कभी मिला नहीं, कतर का काम",
            "एजेंट के दफ्तर में मिलकर बात हुई, कतर का काम, व्हाट्सऐप पर बस पता भेजा था",
        ),
        Pair(
            "everything by voice notes",
            "Sab kuch WhatsApp voice note pe hi hota hai, na office ka pata na company ka naam, Poland packing job",
            "Company ke HR ne video interview liya, office ka pata aur email diya, Poland packing job",
        ),
        Pair(
            "comment and get a message",
            "Comment INTERESTED below this reel and we DM you the Dubai job, nothing else needed",
            "Apply on the hotel's careers page for the Dubai job, the reel is only about the beach",
        ),
    ),
    RedFlag.UNREALISTIC_PAY: (
        Pair("cleaner", "Dubai cleaner job, salary 1.8 lakh a month", "Dubai cleaner job, salary 1200 dirham a month"),
        Pair("helper in Hindi", "सऊदी में हेल्पर का काम, 3 लाख महीना", "सऊदी में हेल्पर का काम, 1200 रियाल महीना"),
        Pair(
            "data entry",
            "Cambodia data entry, fresher, 2500 USD per month",
            "Cambodia data entry, fresher, 400 USD per month",
        ),
        Pair("housemaid", "Kuwait housemaid ki salary 900 KD", "Kuwait housemaid ki salary 120 KD"),
        Pair(
            "by the hour it is ordinary",
            "Canada fruit picker job, pay 9 lakh per month",
            "Canada fruit picker job, pay 17 CAD per hour",
        ),
        Pair(
            "euros",
            "Germany hotel cleaner job, 12000 euro per month",
            "Germany hotel cleaner job, 2100 euro per month",
        ),
        Pair("rubles and lakh", "Russia me helper, 2.8 lakh mahina milega", "Russia me helper, 55 hazar mahina milega"),
        Pair(
            "low work or a trained trade",
            "Singapore dishwasher job, 5 lakh per month",
            "Singapore software engineer job, 5 lakh per month",
        ),
        Pair("ringgit", "Malaysia packing job 8000 ringgit monthly", "Malaysia packing job 2000 ringgit monthly"),
        Pair(
            "the large sum is the pay, or the fee",
            "Dubai helper job, agent fee 1200 dirham, salary 3 lakh",
            "Dubai helper job, salary 1200 dirham, agent fee 3 lakh",
        ),
        Pair(
            "a month or a year",
            "Oman me cook ki naukri, 3 lakh har mahine",
            "Oman me cook ki naukri, saal ka 3 lakh banega",
        ),
        Pair(
            "incentives in Hindi",
            "थाईलैंड में चैटिंग का काम, 2 लाख 50 हज़ार हर महीने पक्का",
            "थाईलैंड में रसोइए का काम, 45 हज़ार हर महीने पक्का",
        ),
        Pair(
            "weekly pay",
            "Helper in Serbia, they promise 1 lakh per week",
            "Helper in Serbia, they promise 15,000 rupees per week",
        ),
    ),
    RedFlag.NO_SKILLS_NEEDED: (
        Pair(
            "nothing asked, or experience and test",
            "Croatia farm job, no experience, no interview, anyone can join",
            "Croatia farm job, two years experience and a trade test compulsory",
        ),
        Pair(
            "unlettered or schooled",
            "Anpadh bhi chalega, koi tajurba nahi chahiye, Qatar ka kaam",
            "5 saal ka tajurba aur 10th pass hona zaroori, Qatar ka kaam",
        ),
        Pair(
            "interview in Hindi",
            "बिना इंटरव्यू सीधा सिलेक्शन, पोलैंड वेयरहाउस",
            "इंटरव्यू में पास होने पर ही सिलेक्शन, पोलैंड वेयरहाउस",
        ),
        Pair(
            "language test and degree",
            "Canada job, IELTS nahi chahiye, degree nahi chahiye, bas passport do",
            "Canada job, IELTS 6 band aur degree dono chahiye",
        ),
        Pair(
            "freshers",
            "Qatar vacancy: freshers welcome, no skill required, direct selection without any test",
            "Qatar vacancy: freshers not accepted, certificate and practical test required",
        ),
        Pair(
            "failed or passed school",
            "Koi bhi chalega, 10th fail bhi apply kare, Romania factory",
            "10th pass minimum aur English test hoga, Romania factory",
        ),
        Pair(
            "what they say, or what the person lacks",
            "They told me experience does not matter at all for the Japan job, direct joining",
            "I have no experience, which training do I need before I can apply for a job in Japan?",
        ),
        Pair(
            "craft in Hindi",
            "कोई हुनर नहीं चाहिए, कोई भी आदमी चलेगा, रूस में काम",
            "प्लंबर का हुनर चाहिए, ट्रेड टेस्ट मुंबई में होगा, रूस में काम",
        ),
        Pair(
            "no interview, or no fee for it",
            "There is no interview for the Bahrain driver job, you just send the passport scan",
            "There is no interview fee for the Bahrain driver job, interview and road test are on Monday",
        ),
        Pair(
            "training replaces skill, or is demanded",
            "UK care visa, no English test, no experience certificate, they arrange everything",
            "UK care visa, English test at B1 and a police certificate are needed",
        ),
        Pair(
            "only the passport counts, in Hindi",
            "बस पासपोर्ट होना चाहिए, पढ़ाई-लिखाई कुछ नहीं पूछेंगे, इटली",
            "पासपोर्ट के साथ आईटीआई का सर्टिफिकेट और तीन साल का अनुभव माँगा है, इटली",
        ),
    ),
    RedFlag.SCAM_COMPOUND_ROLE: (
        Pair(
            "chat work or a trade",
            "Laos me casino company, chat support aur typing ka kaam",
            "Laos me hydropower project, electrician ka kaam",
        ),
        Pair(
            "where it is",
            "Customer service for a crypto platform, office in Myawaddy, Myanmar",
            "Customer service for a bank, office in Krakow, Poland",
        ),
        Pair(
            "marketing or kitchen, in Hindi",
            "थाईलैंड में डिजिटल मार्केटिंग का काम, होटल में रहना",
            "थाईलैंड में शेफ का काम, होटल में रहना",
        ),
        Pair(
            "data entry or a mill",
            "Phnom Penh me data entry operator chahiye, hostel free",
            "Phnom Penh me rice mill mechanic chahiye, hostel free",
        ),
        Pair(
            "gaming or garments",
            "Vietnam gaming company needs telecallers who know Hindi",
            "Vietnam garment factory needs line supervisors who know stitching",
        ),
        Pair(
            "online casino or medical school",
            "Manila online gaming office, marketing executive, good incentives",
            "Manila medical college, MBBS seat, hostel and mess fees",
        ),
        Pair(
            "telesales or yoga",
            "Bangkok telesales executive for crypto investment, Hindi speaking",
            "Bangkok yoga teacher in a resort, Hindi speaking guests",
        ),
        Pair(
            "the work there, or the person's work here",
            "They picked me for data entry in Siem Reap, Cambodia",
            "I do data entry in Pune and want to see the temples in Siem Reap, Cambodia on holiday",
        ),
        Pair(
            "call centre or plantation",
            "Malaysia call center job, phone par logon se baat karni hai",
            "Malaysia palm plantation job, bagaan me kaam karna hai",
        ),
        Pair(
            "Hindi: computer work at the border",
            "म्यांमार बॉर्डर के पास कंप्यूटर पर ऑनलाइन चैटिंग का काम",
            "म्यांमार बॉर्डर के पास सड़क बनाने का काम, भारतीय कंपनी",
        ),
        Pair(
            "social media work in a resort zone",
            "Golden Triangle Laos, social media handling executive, free room in the company building",
            "Vientiane Laos, bakery chef, free room in the company building",
        ),
        Pair(
            "Hinglish: foreigners to be chatted with",
            "Thailand me computer pe foreigners se chat karke investment karwana hai, typing 25 wpm",
            "Thailand me foreigners ko khana serve karna hai, waiter, English bolni aani chahiye",
        ),
    ),
    RedFlag.MILITARY_SUPPORT_ROLE: (
        Pair(
            "army kitchen or hotel kitchen",
            "Russia me army camp ke kitchen me helper ka kaam",
            "Russia me hotel ke kitchen me helper ka kaam",
        ),
        Pair(
            "for the army, or a father who served",
            "Driver job in Russia, you bring supplies to soldiers of the army",
            "My father is retired from the Indian army. Driver job in Kuwait with an oil company",
        ),
        Pair(
            "barracks or the name of a school",
            "Loader job in Belarus, stay in army barracks",
            "I studied at Army Public School. Loader job in Bahrain port, stay in company camp",
        ),
        Pair(
            "with the army, or a surname",
            "Fauj ke saath loader ka kaam hai, Russia",
            "Agent ka naam Dilbag Fauji hai, loader ka kaam hai, Dubai mall",
        ),
        Pair(
            "which ministry, in Hindi",
            "रूस में हेल्पर, रक्षा मंत्रालय के साथ एक साल का कॉन्ट्रैक्ट",
            "रूस में हेल्पर, श्रम मंत्रालय के नियम से एक साल का कॉन्ट्रैक्ट",
        ),
        Pair(
            "guards a base, or ex-servicemen preferred",
            "Security guard for a military base near the Ukraine border, Russia side",
            "Security guard for a shopping mall in Dubai, ex-army men preferred",
        ),
        Pair(
            "the army, or an army of workers",
            "Masons needed to build positions for the army, Donetsk",
            "A whole army of masons is needed for the stadium site, Riyadh",
        ),
        Pair(
            "trenches for soldiers or for cables",
            "Dig trenches and carry stretchers for soldiers, no fighting, 2 lakh, Russia",
            "Dig trenches for laying cables, no night work, 1500 riyal, Doha",
        ),
        Pair(
            "the front or the front office",
            "Cook job in Russia, near the front line but they say it is safe",
            "Front office and cook job in a Moscow hotel, near the metro line",
        ),
        Pair(
            "Hindi: in the army or no army work",
            "सेना में भर्ती, रूस, सिर्फ सामान ढोने का काम, लड़ना नहीं",
            "इराक में निर्माण का काम, निजी कंपनी, सेना का कोई काम नहीं",
        ),
        Pair(
            "drone workshop for the war, or a toy shop",
            "Ukraine border pe Russian troops ke liye kitchen aur safai, 1.9 lakh",
            "Moscow ke mall me kitchen aur safai, 60 hazar, Delhi me interview",
        ),
        Pair(
            "ministry contract in English",
            "They want me to sign with the Ministry of Defence of Russia but call it a helper's contract",
            "They want me to sign with a dairy farm in Russia, a helper's contract",
        ),
        Pair(
            "a cadet's hobby",
            "Bunkers banane ka kaam, fauji ilaka, Russia, mazdoor chahiye",
            "NCC cadet raha hu, Russia me dairy farm par mazdoor chahiye, company ka naam likha hai",
        ),
    ),
    RedFlag.TRANSIT_ROUTE: (
        Pair(
            "legs by road, or a layover",
            "Pehle Armenia, wahan se gaadi me border paar karke Europe, packing ka kaam",
            "Armenia me packing ka kaam, Delhi se flight, Sharjah airport par 3 ghante ka layover",
        ),
        Pair(
            "dunki or direct",
            "Dunki laga kar Italy pahuncha denge, khet me kaam",
            "Seedhi flight se Italy, khet me kaam, seasonal work visa laga hua",
        ),
        Pair(
            "river in Hindi",
            "रात में नदी पार करके सर्बिया से आगे ले जाएंगे, होटल का काम",
            "सर्बिया में नदी किनारे होटल का काम, सीधी फ्लाइट",
        ),
        Pair(
            "first stop elsewhere, or worked elsewhere before",
            "First you stay in Dubai for 15 days, then Serbia, and from there a car takes you to Italy",
            "I worked in Dubai for 15 months, now I have an Italian work visa and a direct flight from Delhi",
        ),
        Pair(
            "on foot over the border, or a job there",
            "They will take us to Mexico and we walk over the border into America",
            "Factory job in Mexico City, direct flight and work permit from the company",
        ),
        Pair(
            "forest or direct flight",
            "Belarus tak flight, uske baad jungle se Poland ghusna hai, warehouse job",
            "Poland ka work visa Delhi me stamp hua, Warsaw ki direct flight, warehouse job",
        ),
        Pair(
            "van over the river, or van to the hotel",
            "Land in Bangkok, then a van to Mae Sot and over the river at night",
            "Land in Bangkok, then the company's van to the hotel in the city where you cook",
        ),
        Pair(
            "stops of a journey, or steps of a process",
            "First Ethiopia, then Brazil, there another agent brings you further to the USA",
            "First interview, then medical, then the Brazil work visa, there the company picks you up",
        ),
        Pair(
            "smuggled over, or driving for a living",
            "We cross from Croatia to Slovenia hidden in a truck, then Germany",
            "Truck driver in Croatia, your work is driving to Slovenia and Germany every week",
        ),
        Pair(
            "via a third country in Hindi",
            "दिल्ली से दुबई, दुबई से निकारागुआ, वहाँ से पैदल अमेरिका पहुँचाएँगे",
            "दिल्ली से अमेरिका सीधी उड़ान, एच-2बी वीज़ा दूतावास से लगा है",
        ),
        Pair(
            "by boat",
            "From Libya a boat brings us over the sea to Italy at night, then farm work",
            "Deck hand on a ferry in Italy, the boat goes to Sardinia at night, work visa stamped",
        ),
    ),
    RedFlag.PASSPORT_SURRENDER: (
        Pair(
            "original or copy",
            "Original passport office me jama karna hoga, kaam khatam hone par wapas milega, Oman",
            "Passport ki copy office me jama karni hogi, original apne paas rakhna, Oman",
        ),
        Pair(
            "kept, or refused to keep",
            "The company keeps the passports of all workers for two years, Qatar",
            "They refused to keep my passport and told me to hold it myself, Qatar",
        ),
        Pair(
            "who has it, in Hindi",
            "पासपोर्ट एजेंट ने अपने पास रख लिया है, बहरीन का काम",
            "पासपोर्ट मेरे पास ही है, एजेंट ने केवल फोटोकॉपी ली, बहरीन का काम",
        ),
        Pair(
            "to the firm's man, or to the visa centre",
            "Give your passport to our man at the airport, the company will hold it, Malaysia job",
            "I gave my passport to VFS for visa stamping and got it back, Malaysia job",
        ),
        Pair(
            "kept by the employer, or by the office that stamps it",
            "Company ne training ke liye passport rakh liya hai, Poland ka kaam hai",
            "Dutavas ne visa ke liye passport rakh liya hai, Poland ka kaam hai, kitne din lagenge",
        ),
        Pair(
            "left with the owner, or with an authority",
            "They left my passport with the owner of the hotel, a job in Malta",
            "They left my passport with the embassy of Malta for the permit, a job in Malta",
        ),
        Pair(
            "will be, or never will be",
            "Passport will be held by the sponsor till the contract ends, Kuwait cook",
            "Passport will never be held by the sponsor, the contract says so, Kuwait cook",
        ),
        Pair(
            "asked for, or brought back",
            "Courier your original passport to us now, Saudi job",
            "The courier brought my passport home with the Saudi visa in it",
        ),
        Pair(
            "held back, or only to be renewed",
            "Agent is not returning my passport unless I pay, Jordan tailor job",
            "My passport must be renewed before I apply for the Jordan tailor job",
        ),
        Pair(
            "taken on arrival, or passport control",
            "Dubai utarte hi company passport le legi, do saal baad degi",
            "Dubai utarte hi passport control par line lagti hai, uske baad company ki gaadi milegi",
        ),
        Pair(
            "as security",
            "Passport security ke taur pe agent ke paas rahega jab tak poora paisa na de du, Saudi",
            "Security guard ka kaam hai, passport mere paas rahega, Saudi",
        ),
        Pair(
            "Hindi: the company will keep",
            "पहुँचते ही पासपोर्ट कंपनी में जमा करना पड़ेगा, मलेशिया",
            "पहुँचते ही पासपोर्ट पर मुहर लगेगी और वापस मिल जाएगा, मलेशिया",
        ),
    ),
    RedFlag.URGENCY: (
        Pair(
            "last seats, or time enough",
            "Only 3 seats left for the Poland job, confirm today",
            "There are enough seats for the Poland job, confirm when you have read the papers",
        ),
        Pair(
            "tomorrow or next month",
            "Kal subah tak confirm karo warna ye Qatar wali seat kisi aur ko de denge",
            "Agle mahine tak aaram se soch kar batana, Qatar wali seat aapki hai",
        ),
        Pair(
            "days or months, in Hindi",
            "तीन दिन में निकलना है, दुबई का टिकट हो गया",
            "तीन महीने में वीज़ा आएगा, फिर दुबई का टिकट होगा",
        ),
        Pair(
            "the flight is urgent, or the plea to the bot",
            "UK care job, urgent departure, flight tomorrow night, pack your bag",
            "Please reply urgently, is this UK care job genuine? Flight would be in March",
        ),
        Pair(
            "pressed by the agent, or asking the bot",
            "Agent bola jaldi paisa do nahi to seat chali jayegi, Qatar driver",
            "Jaldi batao bhai ye offer sahi hai kya, Qatar driver",
        ),
        Pair(
            "pressure, or none",
            "Hurry up, offer closes tonight, Bahrain salesman",
            "No hurry, offer is open for two months, Bahrain salesman",
        ),
        Pair(
            "to leave, or days of leave",
            "You have to leave within 2 days for the Oman site",
            "You get 30 days paid leave every year at the Oman site",
        ),
        Pair(
            "last day to pay, or days of duty",
            "आज रात तक पैसा जमा करो, कल मौका नहीं मिलेगा, ओमान",
            "हफ्ते में छह दिन ड्यूटी, आठ घंटे रोज, ओमान",
        ),
        Pair(
            "a flight tonight or after two months",
            "Visa ready, flight aaj raat ki hai, abhi decide karo, Malta",
            "Visa ready, flight do mahine baad ki hai, ghar par salah kar lo, Malta",
        ),
        Pair(
            "the seat will go",
            "If you do not transfer by 5 pm your Portugal file goes to the next boy",
            "If you have questions on your Portugal file, office is open till 5 pm",
        ),
        Pair(
            "Hindi: few left",
            "सिर्फ दो सीट बची हैं, जल्दी करो, जर्मनी",
            "हर साल दो बार भर्ती होती है, सोच समझकर आवेदन करो, जर्मनी",
        ),
    ),
    RedFlag.NO_CONTRACT: (
        Pair(
            "there, or here",
            "Contract wahan pahunch kar milega, Saudi mason",
            "Contract yahin mil gaya jaane se pehle, Saudi mason",
        ),
        Pair(
            "by word of mouth, or signed",
            "No written agreement, everything is only verbal, Kuwait tailor",
            "A written agreement signed by the employer is in my hand, Kuwait tailor",
        ),
        Pair(
            "language, in Hindi",
            "कॉन्ट्रैक्ट सिर्फ अरबी में है, समझ नहीं आता, फिर भी साइन करने को बोल रहे हैं, कुवैत",
            "कॉन्ट्रैक्ट हिन्दी में दिया है, पढ़कर समझ लिया, फिर साइन किया, कुवैत",
        ),
        Pair(
            "Russian alone or with English beside",
            "Contract is only in Russian, I cannot read it and they do not translate, Moscow factory",
            "Contract is in Russian and English side by side, I have read it, Moscow factory",
        ),
        Pair(
            "refused, or given",
            "Offer letter ya agreement nahi denge, bole zubaan ka bharosa karo, Oman",
            "Offer letter aur agreement dono de diye, padh liya, Oman",
        ),
        Pair(
            "after or before",
            "The agreement is given after arrival in Cyprus, hotel job",
            "The agreement was given before departure to Cyprus, hotel job",
        ),
        Pair(
            "sent without one, or nobody sent without one",
            "They want me to fly to Jordan without any contract",
            "They say nobody should fly to Jordan without a contract, and gave me mine",
        ),
        Pair(
            "no paper, or no change of paper, in Hindi",
            "लिखित में कुछ नहीं दे रहे, बोले कतर पहुंचकर एग्रीमेंट होगा",
            "लिखित एग्रीमेंट मिल गया है, बोले कतर पहुंचकर उसमें कोई बदलाव नहीं होगा",
        ),
        Pair(
            "no contract, or a contractor",
            "No contract paper is given for the site work in Dubai",
            "The contractor gave the signed contract for the site work in Dubai, no night shift",
        ),
        Pair(
            "papers later",
            "Flight se pehle koi kagaz nahi, wahan company sign karwayegi, Malaysia",
            "Flight se pehle saare kagaz de diye, company ne sign kiye hue hain, Malaysia",
        ),
        Pair(
            "asked to sign unread",
            "They made me sign a paper in Chinese that I could not read, Laos hotel",
            "They gave me the paper in Hindi and English to read for a week, Laos hotel",
        ),
    ),
    RedFlag.SECRECY: (
        Pair(
            "do not tell, or do tell",
            "Do not tell your family where you are going, Laos job",
            "Do tell your family where you are going and leave the address, Oman job",
        ),
        Pair(
            "a lie at the airport, or the truth",
            "Airport pe bolna ghumne ja raha hu, Malaysia ka kaam",
            "Airport pe sach bolna ki kaam ke liye ja raha hu, visa dikha dena, Malaysia ka kaam",
        ),
        Pair(
            "tell nobody, in Hindi",
            "एजेंट बोला किसी को मत बताना, रूस का काम है",
            "मैंने घर में सबको बता दिया है, रूस का काम है",
        ),
        Pair(
            "a secret offer, or private data",
            "Keep this offer secret till you fly, Cambodia job",
            "We keep your personal data confidential, see the privacy policy, Qatar job",
        ),
        Pair(
            "what to answer the officer",
            "Immigration officer pooche to student bolna, Thailand job",
            "Immigration officer pooche to contract dikha dena, Bahrain job",
        ),
        Pair(
            "a made-up uncle, or a real one",
            "When the officer asks, say you are visiting your uncle, the job starts in Dubai next day",
            "I am visiting my uncle in Dubai for two weeks and come back",
        ),
        Pair(
            "ordered silence, or lack of news",
            "They told me not to talk about the Russia job to anybody in the village",
            "Nobody told me what the salary of the Oman job is",
        ),
        Pair(
            "the agent's wish, or the person's to this bot",
            "Agent says never show these messages to the police, Serbia job",
            "Please do not tell the agent that I asked you about the Serbia job",
        ),
        Pair(
            "hide the work, or never share a code",
            "घर वालों से छुपाकर निकलना है, एजेंट ने कहा, थाईलैंड",
            "अपना OTP और बैंक पासवर्ड किसी को मत बताना, यह थाईलैंड की कंपनी ने भी लिखा है",
        ),
        Pair(
            "what to say at home, in Hinglish",
            "Ghar pe bolna Mumbai ja raha hu, asli jagah mat batana, Myanmar",
            "Ghar pe sab bata diya hai, Mumbai se flight hai, Oman",
        ),
        Pair(
            "hide papers",
            "Hide the job letter in the bag and show only the hotel booking to the officer, Vietnam",
            "Keep the job letter in the hand bag and show it to the officer, Bahrain",
        ),
        Pair(
            "Hindi: a false answer",
            "एयरपोर्ट पर पूछे तो कहना रिश्तेदार से मिलने जा रहे हैं, काम का नाम मत लेना, दुबई",
            "एयरपोर्ट पर पूछे तो सही बताना कि काम के लिए जा रहे हैं, दुबई",
        ),
        Pair(
            "a false answer, or what stands on a paper",
            "He says tell the officer TOURIST and not one word of the forklift job in Bahrain",
            "The visa copy says TOURIST SHORT STAY and the job is forklift operator in Bahrain",
        ),
        Pair(
            "what to say at the counter, or which visa it is",
            "Bola airport pe kehna 90 din ghumne ja raha hu, kaam ka naam mat lena, Abu Dhabi restaurant",
            "Bola abhi 90 din ka visit visa lagega, baad me dekhenge, Abu Dhabi restaurant",
        ),
        Pair(
            "nobody may know, or nobody may go unprotected",
            "They say nobody should know that I fly to Jordan for the tailor job",
            "They say nobody should fly to Jordan without reading the contract of the tailor job",
        ),
    ),
    RedFlag.EMIGRATION_BYPASS: (
        Pair(
            "said to be needless, or done",
            "ECR passport hai par clearance ki jarurat nahi, airport pe setting hai, Kuwait",
            "ECR passport hai to clearance emigrate portal se hoga, uske baad flight, Kuwait",
        ),
        Pair(
            "skip, or never skip",
            "We skip the emigration clearance, it only wastes time, Saudi helper",
            "Never skip the emigration clearance, it protects you, Saudi helper",
        ),
        Pair(
            "without the Protector's clearance, or with it",
            "POE clearance ke bina nikaal denge, Oman",
            "POE clearance ho gaya hai, Oman",
        ),
        Pair(
            "portal, in Hindi",
            "ई-माइग्रेट पर रजिस्ट्रेशन मत कराना, उसकी ज़रूरत नहीं, कतर का काम",
            "ई-माइग्रेट पर रजिस्ट्रेशन करा दिया है, नंबर आ गया, कतर का काम",
        ),
        Pair(
            "sent through a neighbour, or truly not required",
            "ECR passport is no problem, we send you through Nepal so there is no emigration check, Saudi",
            "My passport is ECNR because I passed class 10, so emigration clearance is not required, Saudi",
        ),
        Pair(
            "the agent's claim, or the person's question",
            "He says with an ECR passport no emigration clearance is needed for Qatar if we go his way",
            "Is emigration clearance needed for Qatar with an ECR passport?",
        ),
        Pair(
            "false stamp, or a true one",
            "Passport pe nakli ECNR stamp laga denge taaki emigration na ho, Bahrain",
            "Passport pehle se ECNR hai, 10th pass hu, Bahrain",
        ),
        Pair(
            "a man at the counter, or check-in",
            "एयरपोर्ट पर हमारा आदमी है, बिना इमिग्रेशन क्लियरेंस के निकलवा देगा, कुवैत",
            "एयरपोर्ट पर काउंटर पाँच पर चेक-इन होगा, इमिग्रेशन क्लियरेंस हो चुका है, कुवैत",
        ),
        Pair(
            "another exit",
            "ECR passport walo ko Kathmandu se bhejte hain taaki emigration wale na roke, Qatar",
            "ECR passport walo ka clearance Lucknow POE office se karate hain, Qatar",
        ),
        Pair(
            "no portal",
            "Do not register on eMigrate, it delays you, we know people in the airport, Saudi",
            "The employer registered the demand on eMigrate, wait for the approval, Saudi",
        ),
    ),
    RedFlag.GOVERNMENT_IMPERSONATION: (
        Pair(
            "said, or asked",
            "This is a government scheme so trust us, 200 vacancies for helpers in Austria",
            "200 vacancies for helpers in Austria. Is this a government scheme?",
        ),
        Pair(
            "approval as proof, or a hint to check",
            "We are MEA approved so no need to check anything, Libya job",
            "They told me to check them on the MEA website myself, Libya job",
        ),
        Pair(
            "the embassy's approval, or a contract that it attested",
            "Indian embassy has approved this company, so your money is safe, Iraq job",
            "The employer got my contract attested at the Indian embassy, as the rule says, Iraq job",
        ),
        Pair(
            "look-alike or true address",
            "Register for the Kuwait job at www.emigrate-gov-in.com/apply",
            "Look up the agent of the Kuwait job at www.emigrate.gov.in",
        ),
        Pair(
            "stamp of the ministry, in Hindi",
            "विदेश मंत्रालय से मंज़ूर कंपनी है, मुहर लगी है, इसलिए शक मत करो, इज़राइल का काम",
            "विदेश मंत्रालय की वेबसाइट पर खुद जांच लो, इज़राइल का काम",
        ),
        Pair(
            "in the government's name, or plainly private",
            "Agent bolta hai sarkar ne khud approve kiya hai ye Russia project, isliye tension mat lo",
            "Agent bolta hai hum private hain, sarkar se koi approval nahi hai, khud check kar lo, Russia project",
        ),
        Pair(
            "a letter that vouches, or a relative in office",
            "They show a High Commission certificate that says this Malaysia job is genuine",
            "My uncle is a clerk in a government office, he asked me to check this Malaysia job",
        ),
        Pair(
            "vouched for, or warned of",
            "MEA certified 100% genuine recruitment for Cambodia",
            "MEA has warned of fake recruitment for Cambodia",
        ),
        Pair(
            "a made-up agency, or the state's own",
            "Government of India authorised our Telegram group to send workers to Germany",
            "The state government's overseas manpower corporation holds the interview for nurses to Germany",
        ),
        Pair(
            "a portal of the ministry that is none",
            "Apply for Dubai job on official portal mea-india-jobs.org and pay there",
            "Apply for the Dubai job on the company's own site careers.example.com, nothing to pay",
        ),
        Pair(
            "a made-up government scheme",
            "भारत सरकार की योजना है, सरकार ने ही हमें विदेश भेजने का अधिकार दिया है, पैसा सुरक्षित है, जापान",
            "भारत सरकार की वेबसाइट पर जापान जाने की जानकारी पढ़ी, एजेंट ने सरकार का नाम नहीं लिया",
        ),
        Pair(
            "an officer's call",
            "A man says he calls from the Ministry of External Affairs and selected me for Canada, pay the file charge",
            "A man from the Canadian company called, he said the Ministry of External Affairs has no part in it",
        ),
    ),
}

# Offers with nothing that officials warn of: a licensed agency or the employer, a work visa, the lawful charge.
HONEST = (
    "Hotel waiter in Doha. Employment visa, contract in English and Hindi, interview in Jaipur, 2 years experience. "
    "1,400 riyal. Service charge Rs 30,000 + GST after visa by cheque, with receipt. "
    "RA licence B-1234/MUM/PER/1000+/5/9876/2021",
    "Riyadh hospital staff nurse, BSc and 2 years experience, interview in Kochi, the state's own agency, "
    "contract given to read, no charge to the nurse",
    "Japan caregiver under the SSW scheme, N4 and skill test passed, contract signed with the employer, "
    "training in Delhi",
    "मस्कट में प्लंबर, वर्क वीज़ा, दिल्ली में ट्रेड टेस्ट हुआ, कॉन्ट्रैक्ट हिन्दी में मिला, वीज़ा के बाद 30,000 + जीएसटी रसीद के साथ, "
    "लाइसेंस B-1234/DEL/PER/1000+/5/9876/2021",
    "Kuwait me AC technician, ITI aur 3 saal tajurba maanga, company ka interview Lucknow me, employment visa, "
    "contract padh liya, 30,000 + GST visa ke baad cheque se",
    "German hospital hires me directly, B2 language certificate, recognition done, visa appointment at the consulate, "
    "2900 euro per month, no agent in between",
    "Software engineer in Singapore, four interview rounds with the company, Employment Pass approved, offer letter on "
    "company mail, 6500 SGD",
    "Israel construction worker through the government to government scheme, skill test by NSDC, contract in Hindi, "
    "salary 6100 shekel",
)


def flags_of(message: str) -> tuple[ShownFlag, ...]:
    return find_red_flags(read_offer(message, load_phrasebook()))


def codes_of(message: str) -> set[RedFlag]:
    return {flag.code for flag in flags_of(message)}


def rows_of(side: str) -> list[object]:
    return [
        pytest.param(flag, getattr(pair, side), id=f"{flag}: {pair.remark}")
        for flag, pairs in PAIRS.items()
        for pair in pairs
    ]


@pytest.mark.parametrize("flag", RedFlag)
def test_every_flag_has_enough_rows(flag: RedFlag) -> None:
    assert len(PAIRS[flag]) >= FEWEST_ROWS


@pytest.mark.parametrize(("flag", "message"), rows_of("shows"))
def test_a_message_that_shows_the_flag_is_flagged(flag: RedFlag, message: str) -> None:
    assert flag in codes_of(message)


@pytest.mark.parametrize(("flag", "message"), rows_of("innocent"))
def test_a_message_that_only_looks_like_it_is_not_flagged(flag: RedFlag, message: str) -> None:
    assert flag not in codes_of(message)


@pytest.mark.parametrize("message", HONEST)
def test_an_honest_offer_shows_no_flag(message: str) -> None:
    assert codes_of(message) == set()


@pytest.mark.parametrize(("flag", "message"), rows_of("shows"))
def test_a_flag_is_quoted_in_the_persons_own_words(flag: RedFlag, message: str) -> None:
    own_words = " ".join(message.split())

    for shown in flags_of(message):
        quoted = [
            re.sub(r"\[[:.]\]", lambda mark: mark.group()[1], part) for part in shown.quote.split("[number hidden]")
        ]
        for part in quoted:
            assert part.rstrip("…").strip() in own_words


@pytest.mark.parametrize(("flag", "message"), rows_of("shows"))
def test_flags_come_in_the_order_of_the_contract_and_once_each(flag: RedFlag, message: str) -> None:
    codes = [shown.code for shown in flags_of(message)]

    assert codes == [code for code in RedFlag if code in codes]


@pytest.mark.parametrize("message", ["", " ", "👍", "1234", "hello", "।", "https://example.com"])
def test_a_message_without_an_offer_shows_no_flag(message: str) -> None:
    assert flags_of(message) == ()


def test_a_quote_hides_phone_numbers() -> None:
    message = "Packing job Kuwait, send CV on WhatsApp +91 99999 01234 only, no calls"

    assert not any("99999" in shown.quote for shown in flags_of(message))


@pytest.mark.parametrize(
    ("disguised", "flag"),
    [
        pytest.param("Dubai packing job on v\u200bisit vi\u200bsa", RedFlag.VISIT_VISA_WORK, id="zero-width spaces"),
        pytest.param("Dubai packing job on vіsіt vіsа", RedFlag.VISIT_VISA_WORK, id="Cyrillic look-alikes"),
        pytest.param("Dubai packing job on ｖｉｓｉｔ ｖｉｓａ", RedFlag.VISIT_VISA_WORK, id="full-width letters"),
        pytest.param("Dubai packing job on 𝐯𝐢𝐬𝐢𝐭 𝐯𝐢𝐬𝐚", RedFlag.VISIT_VISA_WORK, id="mathematical letters"),
        pytest.param("Dubai packing job on *visit* _visa_", RedFlag.VISIT_VISA_WORK, id="chat formatting"),
        pytest.param("Dubai packing job on VISIT  VISA", RedFlag.VISIT_VISA_WORK, id="capitals and blanks"),
        pytest.param("दुबई की नौकरी, एजेंट की फीस ₹१,५०,००० है", RedFlag.FEE_ABOVE_CAP, id="Devanagari digits"),
    ],
)
def test_a_disguise_does_not_hide_a_flag(disguised: str, flag: RedFlag) -> None:
    assert flag in codes_of(disguised)
