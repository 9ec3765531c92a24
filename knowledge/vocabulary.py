"""The closed sets of words that every part of Satark shares. Knows names only; decides nothing."""

from enum import StrEnum


class Kind(StrEnum):
    """What a reply is (`evals/README.md`, *Kinds of reply*)."""

    ASSESSMENT = "assessment"
    ANSWER = "answer"
    EMERGENCY = "emergency"
    AGENT = "agent"
    OFF_TOPIC = "off_topic"
    HELP = "help"


class Verdict(StrEnum):
    """How strongly a reply warns. There is no word for "safe", on purpose."""

    DANGER = "danger"
    CAUTION = "caution"
    VERIFY = "verify"

    @property
    def rank(self) -> int:
        """0 for verify, 1 for caution, 2 for danger."""
        return ("verify", "caution", "danger").index(self.value)


def higher(first: Verdict | None, second: Verdict | None) -> Verdict | None:
    """The stronger of two verdicts; None counts as weakest. Verdicts are only ever combined upwards."""
    found = [verdict for verdict in (first, second) if verdict is not None]
    return max(found, key=lambda verdict: verdict.rank, default=None)


class Language(StrEnum):
    """The thirteen ways of writing of the contract: ISO 639-1 codes, and `hi-Latn` for Hinglish."""

    ENGLISH = "en"
    HINDI = "hi"
    HINGLISH = "hi-Latn"
    PUNJABI = "pa"
    MALAYALAM = "ml"
    TAMIL = "ta"
    TELUGU = "te"
    BENGALI = "bn"
    GUJARATI = "gu"
    MARATHI = "mr"
    KANNADA = "kn"
    ODIA = "or"
    URDU = "ur"


class RedFlag(StrEnum):
    """What an offer may show that officials warn of (`evals/README.md`, *Red flags*)."""

    VISIT_VISA_WORK = "visit_visa_work"
    UPFRONT_FEE = "upfront_fee"
    FEE_ABOVE_CAP = "fee_above_cap"
    UNLICENSED_AGENT = "unlicensed_agent"
    SOCIAL_MEDIA_RECRUITER = "social_media_recruiter"
    UNREALISTIC_PAY = "unrealistic_pay"
    NO_SKILLS_NEEDED = "no_skills_needed"
    SCAM_COMPOUND_ROLE = "scam_compound_role"
    MILITARY_SUPPORT_ROLE = "military_support_role"
    TRANSIT_ROUTE = "transit_route"
    PASSPORT_SURRENDER = "passport_surrender"
    URGENCY = "urgency"
    NO_CONTRACT = "no_contract"
    SECRECY = "secrecy"
    EMIGRATION_BYPASS = "emigration_bypass"
    GOVERNMENT_IMPERSONATION = "government_impersonation"


class Topic(StrEnum):
    """What an advisory is about (`evals/README.md`, *Topics*)."""

    FAKE_JOB = "fake_job"
    ARMY_RECRUITMENT = "army_recruitment"
    CYBER_SCAM_COMPOUND = "cyber_scam_compound"
    HUMAN_TRAFFICKING = "human_trafficking"
    UNREGISTERED_AGENT = "unregistered_agent"
    ILLEGAL_MIGRATION_ROUTE = "illegal_migration_route"
    VISA_MISUSE = "visa_misuse"
    WAR_RISK = "war_risk"
    TRAVEL_SAFETY = "travel_safety"
    DOMESTIC_WORK = "domestic_work"
    LABOUR_RIGHTS = "labour_rights"
    WEBSITE_FRAUD = "website_fraud"
    FEE_OVERCHARGING = "fee_overcharging"
    STUDENT = "student"


class AdvisoryKind(StrEnum):
    """What kind of publication an advisory is."""

    ADVISORY = "advisory"
    TRAVEL_ADVISORY = "travel_advisory"
    PRESS_RELEASE = "press_release"
    MEDIA_BRIEFING = "media_briefing"
    EMBASSY_NOTICE = "embassy_notice"
    PARLIAMENT_ANSWER = "parliament_answer"
    COURT_STATEMENT = "court_statement"
    BACKGROUND = "background"


class Severity(StrEnum):
    """How strongly a notice speaks, as its facts word it."""

    DO_NOT_GO = "do_not_go"
    LEAVE = "leave"
    AVOID_NON_ESSENTIAL = "avoid_non_essential"
    WARNING = "warning"
    NOTICE = "notice"


class WorkScope(StrEnum):
    """Kinds of work a warning covers; ALL means any work in that country."""

    ALL = "all"
    MILITARY = "military"
    DIGITAL = "digital"
    DOMESTIC = "domestic"
    CARE = "care"
    NURSING = "nursing"
    CONSTRUCTION = "construction"
    MINING_AND_PLANT = "mining_and_plant"
    UNSKILLED = "unskilled"
    SEAFARER = "seafarer"
    FARM = "farm"
    DRIVING = "driving"
    SECURITY = "security"
    STUDY = "study"


class Status(StrEnum):
    """Where an advisory stands in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class SourceTier(StrEnum):
    """How close the stored words are to the official page."""

    OFFICIAL_PAGE = "official_page"
    OFFICIAL_LINK = "official_link"
    PRESS_OR_SECONDARY = "press_or_secondary"


class TextKind(StrEnum):
    """Whether a text is the official wording or our own summary of it. Only the first may stand in quotation marks."""

    OFFICIAL_WORDS = "official_words"
    SUMMARY = "summary"


class HelplineStatus(StrEnum):
    """How far a helpline row may be trusted (README, rule 5)."""

    CURRENT = "current"
    CRISIS_ONLY = "crisis_only"
    OLD_VERIFY = "old_verify"
    OUTDATED = "outdated"
    CONFLICTING = "conflicting"
    MEMORY = "memory"


class Stage(StrEnum):
    """How far the person has gone along the offer."""

    BEFORE_PAYING = "before_paying"
    PAID = "paid"
    VISA_ISSUED = "visa_issued"
    AT_AIRPORT = "at_airport"
    ABROAD = "abroad"
