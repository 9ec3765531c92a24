"""Language models of several providers, through LangChain's `init_chat_model`. The one door to them.

Nothing of a provider is imported before `build_chat_model` is called, and nothing is connected before `complete` is.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from knowledge.chat_model import ChatMessage, ChatModelFailed, ChatModelUnavailable, Completion, Failure

log = structlog.get_logger(__name__)

MOST_OUTPUT_TOKENS = 1500  # five short claims in any script; Indian scripts take some three tokens a letter group


@dataclass(frozen=True)
class _Provider:
    """What a provider needs: the module that LangChain loads, our extra that installs it, its own option names."""

    module: str
    extra: str
    options: Callable[[float], dict[str, Any]]
    needs_key: bool = True


def _usual(timeout_s: float) -> dict[str, Any]:
    return {"timeout": timeout_s, "max_retries": 0, "max_tokens": MOST_OUTPUT_TOKENS}


def _google(timeout_s: float) -> dict[str, Any]:
    return {"timeout": timeout_s, "max_retries": 0, "max_output_tokens": MOST_OUTPUT_TOKENS}


def _ollama(timeout_s: float) -> dict[str, Any]:
    return {"client_kwargs": {"timeout": timeout_s}, "num_predict": MOST_OUTPUT_TOKENS, "format": "json"}


PROVIDERS = {
    "openai": _Provider("langchain_openai", "openai", _usual),
    "anthropic": _Provider("langchain_anthropic", "anthropic", _usual),
    "google_genai": _Provider("langchain_google_genai", "google-genai", _google),
    "ollama": _Provider("langchain_ollama", "ollama", _ollama, needs_key=False),
}


def build_chat_model(name: str, *, timeout_s: float, url: str | None = None, key: str | None = None) -> LangChainModel:
    """Return the model `provider:name`. `url` is the root of a server of your own; `key` the provider's.

    Connects to nothing. Raises `ChatModelUnavailable` with words for the operator.
    """
    provider_name, separator, model_name = name.partition(":")
    provider = PROVIDERS.get(provider_name)
    if provider is None or not separator or not model_name.strip():
        known = ", ".join(f"{known}:NAME" for known in PROVIDERS)
        raise ChatModelUnavailable(f"CHAT_MODEL is {name!r}. Write it as provider:name, one of {known}.")
    if importlib.util.find_spec(provider.module) is None:
        raise ChatModelUnavailable(
            f"CHAT_MODEL={name} needs a package that is not installed. Run: "
            f".venv/bin/pip install -c requirements/constraints.txt -e '.[{provider.extra}]'"
        )
    options = provider.options(timeout_s) | ({"base_url": url} if url else {}) | ({"api_key": key} if key else {})
    if url and not key and provider.needs_key:
        options["api_key"] = "none"  # a server of one's own often asks for none, but its client wants to hold one
    return LangChainModel(name, _init(provider_name, model_name, options))


def _init(provider: str, model: str, options: dict[str, Any]) -> Any:
    from langchain.chat_models import init_chat_model  # half a second that nobody without a model should wait

    try:
        return init_chat_model(model, model_provider=provider, **options)
    except Exception as error:  # each client refuses wrong options in its own way; its words may hold the key
        raise ChatModelUnavailable(
            f"CHAT_MODEL={provider}:{model} cannot be set up ({type(error).__name__}). Check CHAT_MODEL_KEY and "
            "CHAT_MODEL_URL."
        ) from None


class LangChainModel:
    """One model of LangChain as our `ChatModel`. Its answers are text; tools and pictures are not used."""

    def __init__(self, name: str, client: Any) -> None:
        self.name = name
        self._client = client

    def complete(self, messages: Sequence[ChatMessage], *, timeout_s: float) -> Completion:  # noqa: ARG002 - at its making
        """Return the answer. Raises `ChatModelFailed` for whatever the client raises."""
        from langsmith import tracing_context

        try:
            with tracing_context(enabled=False):  # else an environment variable could send people's words elsewhere
                answer = self._client.invoke([(message.role, message.text) for message in messages])
            return _read(answer)
        except Exception as error:  # the clients have no common errors; the log gets the kind only, never the words
            reason = classify(error)
            log.warning("A call to the language model failed.", reason=reason.value, kind=type(error).__name__)
            raise ChatModelFailed(reason) from None


def _read(answer: Any) -> Completion:
    text = answer.text
    usage = answer.usage_metadata or {}
    return Completion(
        str(text() if callable(text) and not isinstance(text, str) else text),
        int(usage.get("input_tokens", 0)),
        int(usage.get("output_tokens", 0)),
    )


def classify(error: BaseException) -> Failure:
    """Tell from a client's error what happened: by its HTTP status, else by the name of its kind."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    names = " ".join(kind.__name__ for kind in type(error).__mro__).lower()
    if status == 429 or "ratelimit" in names or "resourceexhausted" in names:
        return Failure.RATE_LIMITED
    if status in (400, 401, 402, 403, 404, 422):
        return Failure.REFUSED
    if status == 408 or "timeout" in names or "deadline" in names:
        return Failure.TIME_OUT
    if isinstance(status, int) or "connect" in names:
        return Failure.UNREACHABLE
    return Failure.BROKEN
