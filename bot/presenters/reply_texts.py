"""The English words of a reply, by key. Holds words only; the other languages are in `bot/catalog/`.

Written for someone who reads slowly and may be afraid: short sentences, no legal language, no blame.
"""

from __future__ import annotations

from knowledge.agents import AgentClass, AgentStatus, Because
from knowledge.vocabulary import RedFlag, Topic, Verdict

VERDICTS = {
    Verdict.DANGER: "🔴 <b>Danger. Do not go. Do not pay.</b>",
    Verdict.CAUTION: "🟠 <b>Be careful. Do not pay and do not travel before you have checked this.</b>",
    Verdict.VERIFY: "🔵 <b>No official warning matches what you wrote. That is no approval. Check before you pay.</b>",
}

REASONS = {
    "pattern_matches": "It matches official warnings about {country}.",
    "pattern_matches_anywhere": "It matches official warnings.",
    "dangerous_flag": "What they offer is not allowed, and people were harmed this way.",
    "many_flags": "It shows {count} warning signs at once.",
    "stay_away": "An official notice on {country} tells Indians not to go there, or to leave.",
    "some_flag": "It shows a warning sign that officials name.",
    "destination_warned": "There are official warnings about work in {country}.",
    "destination_warned_travel": "There are official warnings about {country}.",
    "nothing_matches": "I found no warning sign in your message. I only see what you wrote.",
    "language_not_read": (
        "I cannot read your language well enough yet to look for warning signs. Finding none means nothing."
    ),
    "not_all_read": "I could not read everything that you sent. That I found no more in it means nothing.",
    "said_before": "My warning from before still stands. What you wrote now does not take it away.",
    "trouble": "I could not finish the check just now. Please treat the offer as unchecked.",
}

# What is put back to a person, as the last line of the first screen.
QUESTIONS = {
    "country": "❓ Which country is the job in? Write its name, and I will look again.",
}

FLAGS = {
    RedFlag.VISIT_VISA_WORK: "Work on a tourist or visit visa is never allowed. It cannot simply be changed there.",
    RedFlag.UPFRONT_FEE: "They want money before the visa or contract. Pay nothing before, never to a person's own account.",
    RedFlag.FEE_ABOVE_CAP: "An agent may take at most ₹30,000 + GST (₹35,400) as service charge.",
    RedFlag.UNLICENSED_AGENT: (
        "Only an agent registered with the government may send you. A consultancy, travel shop or sub-agent may not."
    ),
    RedFlag.SOCIAL_MEDIA_RECRUITER: "A recruiter you can reach only on WhatsApp, Telegram or Facebook is a warning sign.",
    RedFlag.UNREALISTIC_PAY: "The pay is far above what this work usually brings. High pay is the bait.",
    RedFlag.NO_SKILLS_NEEDED: "No skill, no interview: a real employer checks whom he hires.",
    RedFlag.SCAM_COMPOUND_ROLE: "Online, chat, typing or call-centre jobs in this region have ended in locked scam compounds.",
    RedFlag.MILITARY_SUPPORT_ROLE: "Work for an army, even as helper, cook or driver, has sent Indians to the war front.",
    RedFlag.TRANSIT_ROUTE: "A way over other countries or over a border is how people get trafficked or held for ransom.",
    RedFlag.PASSPORT_SURRENDER: "Nobody may keep your passport, not the agent and not the employer.",
    RedFlag.URGENCY: "They hurry you so that you cannot check.",
    RedFlag.NO_CONTRACT: "You need a written contract that you can read, before you leave.",
    RedFlag.SECRECY: "They tell you to hide it or to lie. Honest work needs no lie.",
    RedFlag.EMIGRATION_BYPASS: "Emigration clearance cannot be skipped. A so-called setting at the airport is fraud.",
    RedFlag.GOVERNMENT_IMPERSONATION: "Approval by government or embassy is only their claim. Check it on emigrate.gov.in.",
}

TOPICS = {
    Topic.FAKE_JOB: "fake jobs",
    Topic.ARMY_RECRUITMENT: "recruitment into the army",
    Topic.CYBER_SCAM_COMPOUND: "scam compounds",
    Topic.HUMAN_TRAFFICKING: "human trafficking",
    Topic.UNREGISTERED_AGENT: "unregistered agents",
    Topic.ILLEGAL_MIGRATION_ROUTE: "illegal routes",
    Topic.VISA_MISUSE: "misuse of visas",
    Topic.WAR_RISK: "war and fighting",
    Topic.TRAVEL_SAFETY: "danger on travel",
    Topic.DOMESTIC_WORK: "domestic work",
    Topic.LABOUR_RIGHTS: "workers' rights",
    Topic.WEBSITE_FRAUD: "false websites and calls",
    Topic.FEE_OVERCHARGING: "unlawful fees",
    Topic.STUDENT: "students",
}

STEPS = {
    "dont_go": "Do not go, and tell your family about this warning.",
    "pay_nothing": "Pay nothing now, and give nobody your original passport.",
    "keep_passport": "Keep your passport with you.",
    "stop_paying": "Pay nothing more, whatever they threaten or promise.",
    "call_1930": "Money gone by UPI, bank or card: call 1930 at once and report it on cybercrime.gov.in.",
    "keep_proof": "Keep receipts, chats, numbers and the account you paid to. Give them to the police.",
    "check_visa": "Have the visa checked by the Indian mission in that country before you fly. It must be a work visa.",
    "dont_board": "Do not board before the visa, the employer and the contract are checked.",
    "tell_truth": "Tell the immigration officer the truth. Ask him for help if you are being sent.",
    "call_family": "Call your family now and tell them where you are and who sent you.",
    "contact_mission": (
        "Contact the Indian Embassy or Consulate in that country. It can issue papers to come home without a passport."
    ),
    "local_emergency": "In danger right now: call the local emergency number or police of that country.",
    "madad": "File the case on madad.gov.in. A relative in India can do it too.",
    "share_location": "Send your live location, a photo of the building and the agent's number to your family.",
    "keep_copies": "Send a photo of passport, visa and contract to someone you trust.",
    "no_more_money": "Pay nobody who promises release. Tell the police in India about the agent who sent you.",
    "stay_with_us": (
        "You are not alone. Please speak to someone now: Tele-MANAS 14416, day and night, free, many languages. "
        "Stay with someone you trust."
    ),
    "search_register": "On emigrate.gov.in open the list of registered recruiting agents. Search by number and by name.",
    "match_details": "Name, address, branch and dates must match, and the status must be active.",
    "licence_not_enough": "A licence alone is not enough: this job, the employer and the visa still need checking.",
    "send_offer": "Send me the offer as you got it, or ask about a country, a fee, a visa or an agent.",
    "check_agent": "Ask for the agent's licence number and look it up on emigrate.gov.in.",
    "check_mission": "Ask the Indian Embassy or mission in that country whether employer and visa are real.",
    "written_contract": "Get a written contract that you can read, with pay, hours and stay. Keep a copy at home.",
    "work_visa": "Travel only on an employment or work visa.",
    "fee_cap": "Service charge: at most ₹30,000 + GST = ₹35,400, after the visa, by bank, with a receipt.",
    "women_rule": (
        "For domestic work in the Gulf, a woman with an ECR passport must be over 30 years, "
        "and only a state-run agency may send her."
    ),
}

POINTS = {
    "fee": (
        "<b>Fee:</b> a registered agent may take at most ₹30,000 + 18% GST = ₹35,400 as service charge. Visa fee, medical "
        "test and air ticket are outside it. Pay by bank, with a receipt. Asking for more is punishable."
    ),
    "check_agent": (
        "<b>Check an agent:</b> 1. Ask for the licence number and the exact name. 2. Open emigrate.gov.in, list of "
        "registered recruiting agents; search by number, name, state or city (works on a phone). 3. Status must be "
        "active; name, address and dates must match. 4. Look at the list of unregistered agents too. Not being on that "
        "list proves nothing."
    ),
    "sub_agent": (
        "<b>Sub-agents</b> are not allowed. Someone who works under another's licence is not registered. Pay only the "
        "agent whose own number stands on emigrate.gov.in."
    ),
    "ecr": (
        "<b>ECR and ECNR:</b> ECR is stamped for people who have not shown that they passed class 10 (10th). A passport "
        "without the ECR stamp counts as ECNR. With ECR you need emigration clearance for work in listed countries."
    ),
    "clearance": (
        "<b>Emigration clearance</b> is given through emigrate.gov.in by a Protector of Emigrants, before you fly. ECR "
        "passport holders and nurses need it for listed countries such as the Gulf states. For work in Iraq and Iran "
        "get it whatever your passport."
    ),
    "pbby": (
        "<b>PBBY insurance</b> (Pravasi Bharatiya Bima Yojana): ₹10 lakh for death or permanent disability by accident. "
        "Premium ₹275 for 2 years or ₹375 for 3 years. It must be bought for ECR workers going to ECR countries, and "
        "it stays valid when you change employer."
    ),
    "women": (
        "<b>Women in domestic work:</b> with an ECR passport she must be over 30 years for ECR countries, and only "
        "state-run agencies (such as NORKA, ODEPC, OMCL, TOMCOM) may recruit her. For direct hiring the employer "
        "deposits a guarantee with the Indian Embassy, which attests the contract."
    ),
    "madad": (
        "<b>MADAD</b> (madad.gov.in or the app) takes complaints on salary, contract, sponsor, agent, missing persons and "
        "return home. You or a relative in India can file. Attach passport, visa, contract and employer's contact."
    ),
    "cyber_fraud": (
        "<b>Money lost:</b> call 1930 now, day or night, and report on cybercrime.gov.in. Tell your bank at once: the "
        "sooner, the better the chance that the money is stopped."
    ),
    "complaint": (
        "<b>Complain:</b> on emigrate.gov.in, to the Protector of Emigrants, on madad.gov.in, and at any police station. "
        "If the station refuses, send the complaint in writing to the Superintendent of Police and to pge@mea.gov.in."
    ),
    "papers": (
        "<b>Papers:</b> demand letter and power of attorney to the agent, a signed employment contract you can read, "
        "work visa, PBBY insurance, emigration clearance where needed. For domestic and unskilled work the employer has "
        "the contract attested by the Indian Embassy."
    ),
    "passport": "<b>Passport:</b> it belongs to you. Neither agent nor employer may keep it. If it is taken, tell the Indian Embassy.",
    "visa": (
        "<b>Visa:</b> for work only an employment or work visa counts. Tourist, visit and business visa, visa on arrival "
        "and visa-free entry never allow work. Ask the Indian mission there and that country's embassy in India."
    ),
    "seafarer": "<b>Seafarers:</b> check the agency's RPSL licence on dgshipping.gov.in. It must be shown as valid.",
    "nurse": (
        "<b>Nurses</b> for ECR countries are recruited only by state-run agencies (NORKA Roots, ODEPC, OMCL and others), "
        "without a fee, and need emigration clearance."
    ),
    "study": "<b>Study:</b> a student visa is for study. Check the institution yourself, and register with the Indian mission.",
    "agent_not_confirmed": (
        "I cannot confirm any agent or licence number. I have no current copy of the government register, and fraudsters "
        "copy real names and numbers."
    ),
}

# What the official lists of agents say, by class of the finding.
AGENTS = {
    AgentClass.EXACT: "🔎 <b>This agent stands on the official list. Registered is not safe.</b>",
    AgentClass.LOOK_ALIKE: "⚠️ <b>Not confirmed: the official list has something similar, not the same.</b>",
    AgentClass.SUSPENDED: "⛔ <b>The official list shows this agent as suspended or cancelled. Do not pay.</b>",
    AgentClass.EXPIRED: "⛔ <b>The registration of this agent has run out. Do not pay.</b>",
    AgentClass.LISTED_UNREGISTERED: "⛔ <b>This name stands on the official list of unregistered agents. Do not pay.</b>",
    AgentClass.NOT_FOUND: "⚠️ <b>I do not find this agent on the official list. Do not pay before you have checked.</b>",
}
AGENT_BECAUSE = {
    Because.SAME_SOUND: "The list is in English. Compare the name letter by letter.",
    Because.SHARED_NAME: "Several entries fit. Send me the whole licence number: only the number tells them apart.",
    Because.OTHER_NAME: "This number belongs to a firm with another name. Fraudsters use the numbers of others.",
    Because.OTHER_NUMBER: "The firm with this name has another number. Compare every digit.",
    Because.LIKE_NUMBER: "The number is not the same. Compare every digit.",
    Because.LIKE_NAME: "The name is not the same. Compare every letter: fraudsters use names that look like real ones.",
}
AGENT_STATUS = {
    AgentStatus.ACTIVE: "active",
    AgentStatus.SUSPENDED: "suspended",
    AgentStatus.CANCELLED: "cancelled",
    AgentStatus.EXPIRED: "expired",
}
AGENT_REGISTERED = "Registered agents: <b>{name}</b>, {number}"
AGENT_UNREGISTERED = "Unregistered agents: <b>{name}</b>"
AGENT_VALID_UNTIL = "valid until {date}"
AGENT_LIST_DATE = "List of registered agents as of {date}."
AGENT_UNREGISTERED_DATE = "List of unregistered agents as of {date}."
AGENT_LIST_OLD = "My copy of the list is older than 90 days: look on emigrate.gov.in how it stands today."
EMERGENCY = "🆘 <b>First get help. You are not to blame.</b>"
EMERGENCY_FOR = "For {country}:"
AGENT = "🔎 <b>I cannot confirm this agent. Check it yourself on emigrate.gov.in, before you pay.</b>"
ANSWER = "ℹ️ <b>What official sources say</b>"
OFF_TOPIC = (
    "I only help with work, study and travel abroad: offers, agents, fees, visas, warnings, and help in trouble."
)
GREETING = "Namaste. I compare job offers from abroad with official warnings."
NOT_FOUND = "The advisories I have say nothing about this. That is no approval."
YOU_WROTE = "You wrote: <i>{quote}</i>"
PICTURE_SAYS = "I read in the picture: <i>{quote}</i>"
FILE_SAYS = "In the file: <i>{quote}</i>"
MORE_SIGNS = "… more signs: {count}. See Evidence."
RECRUITER = "No message can prove a recruiter. Look up the licence number on emigrate.gov.in."
IN_SHORT = "In short: {summary}"
IN_SHORT_REPORTED = "In short, as reported by {outlet}: {summary}"
IN_SHORT_PRESS = "In short, as reported in the press: {summary}"
OFFICIAL_WORDS = "“{summary}”"
IN_ENGLISH = "(in English)"
AS_OF = "as of {date}"
RULE = "⚖️ {title} ({issuer})"
SOURCE = "Source"
UNDATED = "no date known"
REPORTED_ON = "reported {date}"
RESTS_ON = "It rests on: {name}"
DO_NOW = "👉 <b>What to do now</b>"
CALL = "☎️ <b>Whom to call</b>"
EVIDENCE = "📄 <b>What this rests on</b>"
NO_NUMBER = "No confirmed number; use the site."
PUBLISHED_CONFIRM = "published {date}, confirm on {site}"
CRISIS_ONLY = "only open in a declared crisis"
AS_KNOWN = "as of {date}"
COUNTS = "🔢 <b>Official numbers</b>"
FALLBACK_LANGUAGE = "I cannot write your language yet. Here it is in English, then in Hindi."
TROUBLE_SEARCH = "My search is not working at the moment; this rests on fixed rules and standing warnings."
STALE_SOURCE = "The site of {issuer} could last be read on {date}. A newer notice may stand there: look there too."
OPERATOR_CONTACT = "You can also reach the people who run this service: {contact}"

SERIES = {
    "indians_recruited_russian_army": "Indians recruited into the Russian forces",
    "indians_in_russian_army_serving": "Indians then still in the Russian forces",
    "indians_discharged_russian_army": "Indians released from the Russian forces",
    "indians_dead_russian_army": "Indians dead in the Russian forces",
    "indians_missing_russian_army": "Indians in the Russian forces reported missing",
    "indians_rescued_cambodia": "Indians rescued from Cambodia",
    "indians_rescued_laos": "Indians rescued from Laos",
    "indians_rescued_myanmar": "Indians rescued from Myanmar",
    "indians_rescued_sea_compounds": "Indians rescued from job rackets in Cambodia, Laos and Myanmar",
    "indians_flown_home_mae_sot": "Indians flown home from the Thai-Myanmar border",
    "indians_deported_from_us_this_year": "Indians deported from the US since January 2025",
    "unregistered_agents_listed": "unregistered agents listed on eMigrate",
}

ISSUERS = {
    "Ministry of External Affairs (MEA)": "Ministry of External Affairs (MEA)",
    "Emigration Act 1983": "Emigration Act 1983",
    "eMigrate portal (MEA)": "eMigrate portal (MEA)",
    "Central Bureau of Investigation (CBI)": "Central Bureau of Investigation (CBI)",
    "National Investigation Agency (NIA)": "National Investigation Agency (NIA)",
    "Bureau of Immigration": "Bureau of Immigration",
    "Directorate General of Shipping": "Directorate General of Shipping",
    "Ministry of Home Affairs, I4C": "Ministry of Home Affairs, cyber crime centre (I4C)",
}
# Short names of the lines that are shown most, by id of the helpline.
LINES = {
    "in-overseas-workers-helpline-owrc-now-pravasi-bharatiya-saha": "Overseas workers' helpline (Government of India)",
    "all-madad-consular-grievance-portal": "MADAD complaint portal (MEA)",
    "in-national-cyber-crime-helpline-i4c-home-ministry": "National cyber crime helpline",
    "in-tele-manas-national-tele-mental-health-helpline-ministry": "Tele-MANAS, help in despair (Government of India)",
    "in-protector-general-of-emigrants-mea-oe-pge-division-new-de": "Protector General of Emigrants (MEA)",
    "in-mea-control-situation-room-new-delhi": "MEA control room, New Delhi",
    "all-mea-directory-of-indian-missions-abroad": "List of Indian missions abroad (MEA)",
}
EMBASSY = "Indian Embassy, {country}"
ALL_TEXTS: tuple[str, ...] = (
    *VERDICTS.values(), *REASONS.values(), *FLAGS.values(), *TOPICS.values(), *STEPS.values(), *POINTS.values(),
    *SERIES.values(), *ISSUERS.values(), *LINES.values(), *AGENTS.values(), *AGENT_BECAUSE.values(),
    *AGENT_STATUS.values(), *QUESTIONS.values(),
    *(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)),
)  # fmt: skip
