"""Knows how a serving program gets ready, so that the first person in a language does not wait longer than others."""

from __future__ import annotations

from collections.abc import Callable

from bot.presenters.reply import Operator, present
from knowledge.advisor.replies import Inquiry, Reply
from knowledge.collecting import leave_out_what_is_there
from knowledge.embedding.centring import sample_questions


def get_ready(reply: Callable[[Inquiry], Reply]) -> None:
    """Answer a question of our own in each language: what is read on first use is there then, and stays.

    Takes some seconds, and is meant for a thread beside the first conversations. Raises what `reply` raises.
    """
    for question in sample_questions():
        present(reply(Inquiry(question)), operator=Operator())
    leave_out_what_is_there()
