"""Every fixed text of the bot in English, as it is looked up in the catalogues (`bot/texts.py`). Holds words only.

Texts are Telegram HTML. Values stand in braces and are escaped before they are put in. Texts named `COMMAND_…` and
`BUTTON_…` are plain: Telegram shows them without markup.
"""

# --- first contact -----------------------------------------------------------------------------------------------

START = (
    "<b>Namaste. I am Satark.</b>\n\n"
    "Send me a job offer from abroad, just as you got it: copy it, forward it or type it. "
    "I compare it with official warnings and tell you what to check before you pay or travel.\n\n"
    "I never say that an offer is safe. Nobody can see that from a message."
)
START_LANGUAGE = "Choose your language, or simply send the offer in your own words."
OPERATED_BY = "Satark is run by {operator}."
NOT_GOVERNMENT = "It is not a government service. It repeats what official notices say and names each one."
GOVERNMENT = "It is a government service. It repeats what official notices say and names each one."
OPERATOR_UNKNOWN = "The people who run this copy of Satark have not given their name."
CONTACT = "Contact: {contact}"
ABOUT = (
    "<b>About Satark</b>\n\n"
    "Satark means “be alert”. It reads your message, looks for signs that officials warn of, and compares it with "
    "published warnings about work abroad. Every reply shows what it rests on. Verdicts, numbers and links come from "
    "checked records and are never made up by a machine."
)
HELP = (
    "<b>How to use Satark</b>\n\n"
    "• Send the whole offer as text: country, work, pay, visa, what they ask you to pay, how they contact you.\n"
    "• Or ask a question, for example: “Can I work in Dubai on a visit visa?”\n"
    "• The buttons under a reply show the evidence, what to do next, and helplines.\n"
    "• In a group, reply to an offer and mention me, or write /check and the offer.\n\n"
    "/language changes the language. /helplines shows whom to call. /sources shows where the warnings come from. "
    "/privacy says what is kept."
)
CHECK = (
    "Send the offer as your next message, just as you got it. You can also write it after the command: "
    "<code>/check</code> and then the offer. In a group, answer the offer with /check."
)
PRIVACY = (
    "<b>What is kept, and what is not</b>\n\n"
    "• Your messages are not stored.\n"
    "• My reply is kept for 24 hours so that its buttons work, then deleted. It can contain a few of your own words.\n"
    "• Your language choice is kept, and whether you stopped the bot.\n"
    "• “Helpful” and “Not helpful” are counted without your name and without your message.\n\n"
    "Telegram itself can see what you send to a bot. Do not send passport, Aadhaar or bank numbers."
)
SOURCES = (
    "<b>Where the warnings come from</b>\n\n"
    "The Ministry of External Affairs, Indian missions abroad, the Protector General of Emigrants and the police. "
    "Where I know a notice only through the press, the reply says so.\n\n"
    "Check for yourself: mea.gov.in, emigrate.gov.in and the site of the Indian mission in that country."
)
SOURCES_COUNT = "At present {count} notices are in use. The newest is dated {date}."
SOURCES_COUNT_UNDATED = "At present {count} notices are in use."
HELPLINES = "<b>Whom you can call</b>\n\nEach line is shown with its owner and the date it was last known to be right."
HELPLINES_NONE = (
    "I have no number that I may show at present. The Indian mission in the country you are in, the site madad.gov.in "
    "and the local emergency service are the right places to turn to."
)
HELPLINE_AS_OF = "as of {date}"

# --- language ----------------------------------------------------------------------------------------------------

LANGUAGE = "Choose the language of my replies:"
LANGUAGE_CHOSEN = "Done. I will reply in this language. Now send me the offer or your question."
LANGUAGE_AUTOMATIC_CHOSEN = "Done. I will reply in the language of each message where I can."
BUTTON_AUTOMATIC = "Same as my message"

# --- buttons -----------------------------------------------------------------------------------------------------

BUTTON_EVIDENCE = "Evidence"
BUTTON_WHAT_TO_DO = "What to do"
BUTTON_HELPLINES = "Helplines"
BUTTON_LANGUAGE = "Other language"
BUTTON_HELPFUL = "Helpful"
BUTTON_NOT_HELPFUL = "Not helpful"
BUTTON_SAMPLE = "Try a sample offer"
BUTTON_TOO_OLD = (
    "This button no longer works: I keep a reply for 24 hours only. Please send the offer again and I will check it "
    "again."
)
FEEDBACK_THANKS = "Thank you. This helps to make Satark better."
FEEDBACK_ALREADY = "Your answer was already counted. Thank you."

# --- sample ------------------------------------------------------------------------------------------------------

SAMPLE_INTRODUCTION = "<b>This is an invented offer, and below is what I say about it:</b>"
SAMPLE = (
    "Urgent hiring for Cambodia! Computer typing job, 1 lakh rupees monthly, training given, freshers can apply. "
    "You fly on a tourist visa and the company changes it later. Registration 40,000 rupees by UPI. "
    "Message on Telegram only."
)

# --- what cannot be read -----------------------------------------------------------------------------------------

PICTURE = (
    "I cannot read pictures yet. Please copy or type the words of the offer and send them as text, then I can check "
    "them. Not being able to read it says nothing about the offer: do not pay or travel on it."
)
PICTURE_WITH_CAPTION = "I cannot read the picture yet. I checked only the words that you wrote with it."
FILE_WITH_CAPTION = "I cannot open the file yet. I checked only the words that you wrote with it."
DOCUMENT = (
    "I cannot open files yet. Please copy or type the important words: country, work, pay, visa, what you shall pay, "
    "who asks. Then I can check them."
)
VOICE = (
    "I cannot listen to voice messages or videos yet. Please write it in your own words, in any Indian language or in "
    "English. If someone is in danger, write one short line and I will show you whom to call."
)
OTHER_CONTENT = "I can read text only. Please send the offer or your question in words."
UNKNOWN_COMMAND = "I do not know this command. Send the offer as text, or see /help."

# --- limits and trouble ------------------------------------------------------------------------------------------

TOO_MANY = (
    "You have sent many messages in a short time. Please wait {wait} and send the offer again. If someone is in "
    "danger now, write that: such messages are always answered."
)
WAIT_A_MINUTE = "a minute"
WAIT_UNTIL_TOMORROW = "until tomorrow"
APOLOGY = (
    "I am sorry: something went wrong on my side and I could not check this message. That says nothing about the "
    "offer. Do not pay and do not travel until you have verified it. Please send it again in a few minutes."
)
APOLOGY_CONTACT = "If it is urgent, contact the people who run Satark: {contact}"
EMERGENCY_CONTACT = "You can also reach the people who run Satark: {contact}"

# --- the plain reply that goes out when the full one cannot be worded ---------------------------------------------

PLAIN_DANGER = "DANGER. Do not go and do not pay."
PLAIN_CAUTION = "CAUTION. Do not pay or travel before you have verified this."
PLAIN_VERIFY = "VERIFY. No official warning matched. That is no approval: verify before you pay or travel."
PLAIN_EMERGENCY = (
    "Help first: turn to the Indian mission where you are, to the local emergency service, or to madad.gov.in."
)
PLAIN_OTHER = "I could not word my full reply. Please send your message again in a few minutes."
PLAIN_RESTS_ON = "This rests on:"
PLAIN_HELPLINES = "Whom you can call:"

# --- for staff ---------------------------------------------------------------------------------------------------

STAFF_TROUBLE = "Satark had trouble: <code>{error}</code> at <code>{place}</code>. Details are in the log."

# --- command menu ------------------------------------------------------------------------------------------------

COMMAND_START = "Start and choose a language"
COMMAND_CHECK = "Check a job offer"
COMMAND_HELPLINES = "Whom to call"
COMMAND_SOURCES = "Where the warnings come from"
COMMAND_LANGUAGE = "Change the language"
COMMAND_HELP = "How to use Satark"
COMMAND_ABOUT = "Who runs Satark"
COMMAND_PRIVACY = "What is kept"
