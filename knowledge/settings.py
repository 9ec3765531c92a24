"""Every setting of Satark, read once from the environment or `.env`. A wrong value stops the start and is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

BUNDLED_MODEL = "bundled:multilingual-e5-small"


class BadSettings(Exception):
    """A setting has a wrong value; the message names each such setting and says what is wrong."""


class Settings(BaseSettings):
    """The settings of `.env.example`. Secrets are `SecretStr`, so that neither `repr` nor a log shows them."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    telegram_bot_token: SecretStr | None = None
    telegram_api_base_url: str = "https://api.telegram.org"
    telegram_webhook_url: str | None = None
    telegram_webhook_secret: SecretStr | None = Field(default=None, validate_default=True)
    web_listen: str = "127.0.0.1:8080"
    staff_ids: Annotated[tuple[int, ...], NoDecode] = ()
    operator_name: str | None = None
    operator_contact: str | None = None
    operator_is_government: bool = False
    database_url: str | None = None
    data_dir: Path = Path("data")
    embedding_model: str = BUNDLED_MODEL
    chat_model: str | None = None
    chat_model_url: str | None = None
    chat_model_key: SecretStr | None = None
    chat_model_price: Annotated[tuple[float, float] | None, NoDecode] = None
    chat_timeout_s: float = Field(default=8.0, ge=1, le=60)
    chat_at_once: int = Field(default=4, ge=1, le=64)
    chat_calls_per_person: int = Field(default=20, ge=0)
    chat_calls_per_day: int = Field(default=2000, ge=0)
    alert_approvals: int = Field(default=2, ge=1, le=5)
    alert_rate_per_second: int = Field(default=25, ge=1, le=1000)

    @field_validator("staff_ids", mode="before")
    @classmethod
    def split_staff_ids(cls, value: object) -> object:
        """Accept `123, 456` as well as one number."""
        if isinstance(value, str):
            parts = [part.strip() for part in value.replace(";", ",").split(",") if part.strip()]
            if not all(re.fullmatch(r"-?[0-9]+", part) for part in parts):
                raise ValueError("write Telegram ids as numbers with commas between, for example 12345, 67890")
            return tuple(int(part) for part in parts)
        return (value,) if isinstance(value, int) else value

    @field_validator("telegram_webhook_url")
    @classmethod
    def require_an_address_telegram_can_post_to(cls, value: str | None) -> str | None:
        """Refuse what Telegram would refuse; plain http only for a Bot API server on this machine."""
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            on_this_machine = parts.hostname in ("127.0.0.1", "localhost", "::1")
            secure = parts.scheme == "https" and parts.port in (None, 443, 80, 88, 8443)
        except ValueError:
            raise ValueError("this is no address; write it as https://host/path") from None
        if not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ValueError("write it as https://host/path, without user name, question mark or #")
        if not secure and not (parts.scheme == "http" and on_this_machine):
            raise ValueError("Telegram posts only to https, on port 443, 80, 88 or 8443")
        if parts.path.rstrip("/") == "/healthz":
            raise ValueError("/healthz is taken; choose another path")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def require_a_secret_beside_the_address(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Without a secret anybody who finds the address could speak as Telegram."""
        if value is None:
            if info.data.get("telegram_webhook_url"):
                raise ValueError("set it too when TELEGRAM_WEBHOOK_URL is set, to 32 random letters and digits")
        elif not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("16 to 256 letters, digits, _ and - are allowed")
        return value

    @field_validator("chat_model")
    @classmethod
    def read_none_as_no_model(cls, value: str | None) -> str | None:
        """Take `none` for no model: an empty variable would let that of `.env` hold, as for every setting."""
        return None if value is not None and value.strip().casefold() == "none" else value

    @field_validator("chat_model_url")
    @classmethod
    def require_an_address_of_a_server(cls, value: str | None) -> str | None:
        """Refuse what no client could call; words of people travel there, so plain http is for one's own network."""
        if value is not None and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
            raise ValueError("write it as https://host/path, for example http://127.0.0.1:8000/v1")
        return value

    @field_validator("chat_model_price", mode="before")
    @classmethod
    def split_price(cls, value: object) -> object:
        """Accept `0.15/0.60`: dollars for a million tokens in and out."""
        if not isinstance(value, str):
            return value
        if not re.fullmatch(r"\d+(\.\d+)?\s?/\s?\d+(\.\d+)?", value.strip()):
            raise ValueError("write dollars per million tokens in and out, for example 0.15/0.60")
        return tuple(float(part) for part in value.split("/"))

    @field_validator("web_listen")
    @classmethod
    def require_host_and_port(cls, value: str) -> str:
        """Refuse anything but host:port, so that the mistake is named at the start."""
        host, separator, port = value.rpartition(":")
        if not (host and separator and port.isdigit() and int(port) < 65536):
            raise ValueError("write it as host:port, for example 127.0.0.1:8080")
        return value

    @property
    def resolved_database_url(self) -> str:
        """DATABASE_URL, or SQLite inside DATA_DIR."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'satark.sqlite3'}"

    @property
    def web_host(self) -> str:
        """The host part of WEB_LISTEN."""
        return self.web_listen.rpartition(":")[0]

    @property
    def web_port(self) -> int:
        """The port part of WEB_LISTEN."""
        return int(self.web_listen.rpartition(":")[2])


def read_settings() -> Settings:
    """Read the settings from the environment and `.env`. Raises BadSettings, which never shows a value (a secret?)."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"{str(part['loc'][0]).upper()}: {part['msg'].removeprefix('Value error, ')}"
            for part in error.errors(include_input=False)
        ]
        raise BadSettings("Correct the settings (environment or .env): " + "; ".join(wrong)) from None
