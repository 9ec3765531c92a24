"""Whether a model's word is taken that the cited records do not answer the question. Pure.

It is taken only where nothing is lost by it: no verdict, no sign, no fixed explanation. Then the reply says that the
advisories do not say, names no record beside the point, and tells where to ask.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.advisor.guarding.claims import Answer
from knowledge.advisor.replies import Reply
from knowledge.vocabulary import Kind

WHERE_TO_ASK = ("check_mission",)


def is_not_said(answer: Answer, reply: Reply) -> bool:
    """Whether the reply may become "the advisories do not say"."""
    if answer.answered or answer.claims or answer.plea is not None:
        return False
    is_bare = reply.verdict is None and not reply.red_flags and not reply.points and reply.agent is None
    return reply.kind is Kind.ANSWER and is_bare


def not_said(reply: Reply) -> Reply:
    """The reply without the records that do not answer; steps and contacts stay."""
    return replace(
        reply,
        citations=(),
        told=(),
        stale_sources=(),
        missing_from_advisories=True,
        steps=reply.steps or WHERE_TO_ASK,
    )
