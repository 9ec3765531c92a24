"""The English words of alerts. Holds words only; the other languages are in `bot/catalog/`.

An alert goes to many people at once, so each sentence must hold for everyone who reads it. `{…}` are values. Texts are
Telegram HTML. A word for "test" or "drill" stands only in texts whose name begins with TEST_, and must stand in each
of those, in every language: an alert in earnest that says "test", or a test that does not, is refused.
"""

from __future__ import annotations

from knowledge.vocabulary import Severity

# --- head: what this message is ----------------------------------------------------------------------------------

HEAD = "🔔 <b>New official warning: {about}</b>"
HEAD_NOTICE = "🔔 <b>New official notice: {about}</b>"
HEAD_EMERGENCY = "🚨 <b>Danger to life: {about}</b>"
HEAD_UPDATE = "🔁 <b>Correction of an earlier alert: {about}</b>"
HEAD_CANCEL = "❌ <b>Withdrawn: {about}</b>"
ABOUT_WORK_ABROAD = "work abroad"

# --- body --------------------------------------------------------------------------------------------------------

UPDATE_MEANING = "I told you of this notice before. It has changed. Only this new message counts."
CANCEL_MEANING = (
    "I told you of this notice before. It has been taken back and no longer counts. Please do not pass the old message "
    "on, and tell those to whom you sent it. That is no approval of any offer or journey."
)
UPDATE_MEANING_ASKER = (
    "When you asked me, my answer also rested on this notice. It has changed. This is how it reads now."
)
CANCEL_MEANING_ASKER = (
    "When you asked me, my answer also rested on this notice. It has been taken back and no longer counts. That is no "
    "approval of any offer: my other warnings stand. Send me the offer again and I will check it again."
)
DO = {
    Severity.DO_NOT_GO: "👉 Do not go there now, whatever job you are promised.",
    Severity.LEAVE: "👉 If you are there: do what the Indian mission says, leave while you can. Do not go there.",
    Severity.AVOID_NON_ESSENTIAL: "👉 Do not go there now unless you must. Ask the Indian mission before you go.",
    Severity.WARNING: "👉 If you have such an offer: do not pay and do not travel. Send it to me and I will check it.",
    Severity.NOTICE: "👉 Read the notice before you pay or travel.",
}
TELL_OTHERS = "Tell people whom it may concern."

# --- foot: why, and how to stop ----------------------------------------------------------------------------------

WHY = "You get this because you asked for alerts about {about} or a related topic, or for all of India's warnings."
WHY_TOPICS = "You get this because you asked for alerts about such topics, or for all of India's warnings."
WHY_EVERYONE = "You get this because you asked for alerts. This one goes to everybody who did."
WHY_CORRECTION = "You get this because I sent you the earlier message."
WHY_ASKER = "I tell you this once, because you heard of it from me. To have no more of these: /alerts"
STOP = "Change or stop: /alerts"
NUMBER = "Alert {number}, {moment} (India)"

# --- what the earlier message becomes ----------------------------------------------------------------------------

EDIT_UPDATE = "🔁 <b>Replaced by a newer message.</b> This one no longer counts:"
EDIT_CANCEL = "❌ <b>Withdrawn. This no longer counts. Do not pass it on:</b>"

# --- tests, which go to staff's own accounts only ----------------------------------------------------------------

TEST_HEAD = "🧪🧪🧪 <b>TEST. This is only a TEST of Satark's alerts. It is not a warning.</b>"
TEST_FOOT = "🧪 TEST. Nothing has happened. Do not pass this message on."

# --- digest ------------------------------------------------------------------------------------------------------

DIGEST = "🗞 <b>Official warnings since your last digest</b>"
DIGEST_FOOT = "Send me a country's name to read more. Change or stop: /alerts"

ALL_TEXTS: tuple[str, ...] = (
    *DO.values(),
    *(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)),
)
