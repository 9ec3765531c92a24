"""Makes the chat model of the settings, with its limits. Where none is set, nothing of a provider is even imported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from knowledge.chat.limited import LimitedChatModel, Limits
from knowledge.chat.usage import CountsUsage
from knowledge.settings import Settings


def build_limited_model(
    settings: Settings, usage: CountsUsage, clock: Callable[[], dt.datetime]
) -> LimitedChatModel | None:
    """Return the model of CHAT_MODEL behind its limits; None where it is empty. Raises `ChatModelUnavailable`."""
    if not settings.chat_model:
        return None
    from knowledge.chat.providers import build_chat_model

    limits = Limits(
        timeout_s=settings.chat_timeout_s,
        at_once=settings.chat_at_once,
        per_person=settings.chat_calls_per_person,
        per_day=settings.chat_calls_per_day,
    )
    key = settings.chat_model_key.get_secret_value() if settings.chat_model_key else None
    model = build_chat_model(settings.chat_model, timeout_s=limits.timeout_s, url=settings.chat_model_url, key=key)
    return LimitedChatModel(model, limits, usage, clock)
