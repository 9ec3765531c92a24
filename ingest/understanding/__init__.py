"""What a machine understands of a notice: the door to `reading_notices` (proposals) and `records` (a draft record)."""

from ingest.understanding.proposals import Basis, Contact, ContactKind, Proposal, Understanding, Who
from ingest.understanding.reading_notices import understand
from ingest.understanding.records import make_advisory_id, make_record

__all__ = [
    "Basis",
    "Contact",
    "ContactKind",
    "Proposal",
    "Understanding",
    "Who",
    "make_advisory_id",
    "make_record",
    "understand",
]
