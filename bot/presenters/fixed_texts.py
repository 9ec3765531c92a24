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
SEND_PICTURES = (
    "📷 You can also send a clear picture of the offer, or a PDF or Word file. I read it and do not keep it. "
    "Check that a picture shows country, work, pay, visa and what you shall pay."
)
CHECK = (
    "Send the offer as your next message, just as you got it. You can also write it after the command: "
    "<code>/check</code> and then the offer. In a group, answer the offer with /check."
)
AGENT_HELP = (
    "Write the agent's licence number or exact name after the command, for example "
    "<code>/agent B-0123/DEL/PER/1000+/5/9999/2019</code>. The number is surer than the name. "
    "I look it up in the official lists that I have."
)
PRIVACY = (
    "<b>What is kept, and what is not</b>\n\n"
    "• Your message is stored only until it is answered, so that it is not lost if my machine fails. Then its words "
    "are deleted. If I cannot answer it within a day, they are deleted too.\n"
    "• My reply is kept for 24 hours so that its buttons work. It can contain a few of your own words. Telephone, "
    "passport, Aadhaar and account numbers in them are made unreadable first.\n"
    "• Your language choice is kept. If you stop the bot, it is deleted after 28 days.\n"
    "• If you ask for alerts: what you want to hear of, and when you agreed. 28 days after you end them this is "
    "deleted. Which alerts went to you, and on which notices my replies to you rested, is kept for 90 days, so that a "
    "correction can reach you.\n"
    "• “Helpful” and “Not helpful” are counted without your name and without your message.\n"
    "• All this is kept under your Telegram ID, without your name.\n\n"
    "/my_data shows what is stored about you. /delete_me deletes it.\n\n"
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

# --- what is stored about a person, and deleting it ----------------------------------------------------------------

MY_DATA = "<b>What is stored about you</b>"
MY_DATA_NOTHING = "Nothing is stored about you. Only this message is, until it is answered."
MY_DATA_LANGUAGE = "• The language you chose: {name}."
MY_DATA_STOPPED = "• You stopped the bot on {date}."
MY_DATA_REPLIES = "• My replies of the last 24 hours, for their buttons: {count}. The last one is deleted on {date}."
MY_DATA_ALERTS = "• Your alerts, to which you agreed on {date}: {wishes}."
MY_DATA_ALERTS_NONE = "nothing chosen"
MY_DATA_ALL_INDIA = "all of India's warnings"
MY_DATA_PAUSED = "• Your alerts are paused until {date}."
MY_DATA_ALERTS_ENDED = "• You ended your alerts on {date}. This is deleted after 28 days."
MY_DATA_DELIVERIES = "• Alerts that went to you in the last 90 days: {count}."
MY_DATA_VERDICTS = "• Notices on which my replies to you rested in the last 90 days, for corrections: {count}."
MY_DATA_NO_CORRECTIONS = "• You do not want corrections of my replies."
MY_DATA_APPROVALS = "• Alerts that you approved as staff: {count}. These stay on record."
MY_DATA_KEY = (
    "It is stored under your Telegram ID {number}, without your name and without your messages. /delete_me deletes it. "
    "/privacy says how long each thing is kept."
)
DELETE_ME = (
    "<b>Shall I delete everything about you?</b>\n\n"
    "Your language, your alerts and my replies are deleted at once. You will get no alerts any more, and the buttons "
    "under my replies stop working. It cannot be undone. The messages in this chat stay: you can delete them yourself."
)
DELETED = (
    "Done. Nothing is stored about you any more. If you write to me again, I will answer as if we had never met. "
    "You can delete this chat in Telegram too."
)
DELETED_NOT = "Nothing was deleted."
DELETE_TOO_LATE = "I did not delete anything: this button is too old. If you still want it, write /delete_me again."
DELETE_FAILED = (
    "I could not delete it just now: something went wrong on my side. Please write /delete_me again in a few minutes."
)
ONLY_IN_PRIVATE = "Please ask me this in our private chat: it is about you, and here others read along."
BUTTON_DELETE = "Delete everything"
BUTTON_DELETE_NOT = "Do not delete"

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
VOICE = (
    "I cannot listen to voice messages or videos yet. Please write it in your own words, in any Indian language or in "
    "English. If someone is in danger, write one short line and I will show you whom to call."
)
OTHER_CONTENT = "I can read text only. Please send the offer or your question in words."
UNKNOWN_COMMAND = "I do not know this command. Send the offer as text, or see /help."

# --- pictures and files ------------------------------------------------------------------------------------------

READING_PICTURE = "I am reading your picture. This can take a minute."
READING_FILE = "I am reading your file. This can take a minute."
READ_WORDS = "I read this in it:"
READ_FROM_PICTURE = (
    "I read this from a picture. Please compare the words and figures that I quote with what you see there."
)
HARD_TO_READ = (
    "Parts of the picture were hard to read, so I may have missed something. Please type the important words too, or "
    "send a sharper picture."
)
ONLY_BEGINNING_READ = "It is long, and I read only its beginning. Please send the part about pay, visa and fees too."
SOME_NOT_READ = "Some of what you sent could not be read. I checked the rest."
ONLY_YOUR_WORDS = "I checked only the words that you wrote with it."
WORDS_FIRST = (
    "I answered your words first. If an offer stands in what you sent with them, please send it again without words."
)
PICTURE_UNREADABLE = (
    "I could not read this picture. Please send a sharper one: in good light, straight, with only the offer in view. "
    "Or type its important words: country, work, pay, visa, what you shall pay, who asks."
)
FILE_UNREADABLE = (
    "I could not read this file. Please send a clear picture of it, or type its important words: country, work, pay, "
    "visa, what you shall pay, who asks."
)
FILE_TOO_LARGE = (
    "This is too large for me. Please send a picture of only the page with the offer, or type its important words."
)
FILE_LOCKED = (
    "This file is locked with a password, so I cannot read it. Please send a picture of the offer, or type its "
    "important words. Do not send me the password."
)
FILE_WRONG_KIND = (
    "I cannot read this kind of file. I read pictures, PDF and Word files. Please send a picture of the offer, or type "
    "its important words. Do not install an app that a recruiter sends you as a file."
)
FILE_BUSY = (
    "Too many files are being read just now, so I did not get to this one. Please send it again in some minutes, or "
    "type its important words."
)
FILE_NOT_FETCHED = "I could not get this from Telegram. Please send it again, or type its important words."
TOO_MANY_FILES = (
    "You have sent many pictures or files in a short time. Please type the important words, or wait ten minutes and "
    "send it again. If someone is in danger now, write that: such messages are always answered."
)
NOT_READ_PROVES_NOTHING = "That I could not read it says nothing about the offer: do not pay and do not travel on it."
PRIVACY_FILES = (
    "• Pictures and files are read and then dropped. They are not stored, and neither are the words in them."
)

# --- letting staff see a question --------------------------------------------------------------------------------

PRIVACY_QUESTIONS = (
    "• If an answer did not help, you can let staff see your question. Only then is it stored: for 90 days, with "
    "telephone, passport, Aadhaar and account numbers made unreadable. So that you can still choose this, it stays in "
    "my working memory for an hour, and nowhere else."
)
PRIVACY_CONVERSATION = (
    "• So that you can ask further questions, I remember your last messages and my answers for twenty minutes, in my "
    "working memory and nowhere else. /start makes me forget them at once."
)
SHOW_STAFF = (
    "Shall the people who run Satark see this question, so that they can add what is missing? Telephone, passport, "
    "Aadhaar and account numbers in it are made unreadable. It is kept for 90 days. /my_data shows it, /delete_me "
    "deletes it."
)
SHOWN_TO_STAFF = "Thank you. Staff can see the question now. If you want it deleted: /delete_me"
SHOW_STAFF_TOO_LATE = (
    "I do not have your question any more: I keep it for an hour only. Please send it again and then press the button "
    "under my new reply."
)
BUTTON_SHOW_STAFF = "Yes, show staff"
BUTTON_ASK_STAFF = "Ask staff"
MY_DATA_QUESTIONS = "• Questions that you let staff see: {count}. Each is deleted after 90 days."

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
INTERRUPTED = (
    "I was interrupted while I was answering you. If you do not see my answer above, please send your message again. "
    "Until then do not pay and do not travel."
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
STAFF_PARKED = "Satark set a message aside that it could not answer (<code>{reason}</code>). Details are in the log."

# --- command menu ------------------------------------------------------------------------------------------------

COMMAND_START = "Start and choose a language"
COMMAND_AGENT = "Look up a recruiting agent"
COMMAND_CHECK = "Check a job offer"
COMMAND_HELPLINES = "Whom to call"
COMMAND_SOURCES = "Where the warnings come from"
COMMAND_LANGUAGE = "Change the language"
COMMAND_HELP = "How to use Satark"
COMMAND_ABOUT = "Who runs Satark"
COMMAND_PRIVACY = "What is kept"
COMMAND_MY_DATA = "What is stored about you"
COMMAND_DELETE_ME = "Delete what is stored about you"

# --- alerts: asking for them, changing and stopping them ---------------------------------------------------------

COMMAND_SUBSCRIBE = "Hear of new warnings"
COMMAND_ALERTS = "Your alerts: change or stop"
COMMAND_UNSUBSCRIBE = "Stop all alerts"
SUBSCRIBE = (
    "🔔 <b>New warnings</b>\n\n"
    "Of what shall I tell you? Choose below, or write the country after the command: <code>/subscribe Kuwait</code>"
)
SUBSCRIBE_CONSENT = (
    "🔔 <b>{wishes}</b>\n\n"
    "I write to you when there is a new official warning about this. For that I keep the number of this chat, your "
    "choice and your language. You can stop at any time, and /delete_me deletes it. Shall I?"
)
SUBSCRIBED = "✅ You will hear of new warnings: {wishes}.\n\nChange or stop: /alerts"
SUBSCRIBED_NOT = "All right. Nothing is stored."
COUNTRY_NOT_FOUND = "I do not know this country. Write it like this: <code>/subscribe Kuwait</code>"
BUTTON_ALL_WARNINGS = "All warnings"
BUTTON_CONSENT = "Yes, tell me"
BUTTON_NO = "No"
BUTTON_TELL_ME = "Tell me of news"
ALERTS_YOURS = "🔔 <b>Your alerts</b>\n\nAbout: {wishes}\nHow often: {pace}\nAt night: {night}"
ALERTS_PAUSED = "Paused until {date}."
ALERTS_NONE = "You have no alerts at present. /subscribe starts them."
ALERTS_STOPPED = "🔕 Stopped. You will get no more alerts. /subscribe starts them again."
PACE_NOW = "at once"
PACE_DAILY = "once a day, at 9 in the morning"
PACE_WEEKLY = "once a week, on Monday morning"
NIGHT_QUIET = "quiet from 22:00 to 07:00, but for danger to life"
NIGHT_ANY = "at any hour"
BUTTON_AT_ONCE = "At once"
BUTTON_DAILY = "Once a day"
BUTTON_WEEKLY = "Once a week"
BUTTON_QUIET = "Quiet at night"
BUTTON_ANY_HOUR = "At any hour"
BUTTON_PAUSE = "Pause for 7 days"
BUTTON_GO_ON = "End the pause"
BUTTON_WHY_NOTHING = "Why nothing came?"
BUTTON_STOP_ALL = "Stop all"
BUTTON_NO_CORRECTIONS = "No corrections"
BUTTON_CORRECTIONS = "Corrections on"
CORRECTIONS_OFF = "Done. I will not write to you when a notice that I named in an answer is taken back."
CORRECTIONS_ON = "Done. I will write to you when a notice that I named in an answer is taken back."
CORRECTIONS_NOTE = (
    "If a notice named here is changed or taken back within 90 days, I will tell you. Not wanted: /alerts"
)
ADMINS_ONLY = "Only an admin of the group or channel can do this."
CHANNEL_UNKNOWN = "I cannot see this channel. Make me its admin first, then write <code>/subscribe @channel</code>."
WHY_NOTHING_NEW = "There was no new warning about what you chose."
WHY_NOTHING_QUIET = "It is your quiet time until {date}."
WHY_NOTHING_TOGETHER = "You get alerts together. The next ones come on {date}."
WHY_NOTHING_URGENT = "Only danger to life is sent here."
WHY_NOTHING_ON_ITS_WAY = "An alert is on its way to you."
WHY_NOTHING_FAILED = "The newest alert could not be delivered to you."
ALERTS_LANGUAGE = "Language: {name}. Another one: /language"
BUTTON_WHY = "Why did I get this?"
WHY_YOU_CHOSE = "I sent you this on {date} because you chose: {wishes} (on {since})."
WHY_YOU_HAD_CHOSEN = "I sent you this on {date} because you had chosen it then. You have stopped that since."
WHY_FOR_EVERYONE = "I sent you this on {date} because it went to everyone who has alerts."
WHY_YOU_HAD_IT = "I sent you this on {date} because you had the message that it corrects or takes back."
WHY_YOU_ASKED = (
    "I sent you this on {date} because an answer of mine had named the notice that it corrects or takes back."
)
WHY_NOT_KNOWN = "I sent no alert here in the last 90 days, or I do not know of it any more. Your alerts: /alerts"
WHY_CHANGE = "Change or stop: /alerts"
CHANNEL_SUBSCRIBED = (
    "✅ {channel} now gets India's warnings of danger to life, and nothing else.\n\n"
    "To stop: <code>/unsubscribe {channel}</code>"
)
CHANNEL_STOPPED = "🔕 Stopped. {channel} gets no more alerts."
CHANNEL_NONE = "{channel} has no alerts. <code>/subscribe {channel}</code> starts them."
