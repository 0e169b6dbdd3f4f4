"""Every setting: its type, default, unit and a sentence. The environment is the only source."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kbot.act import BadInput

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^https?://")]


def default_database_url() -> str:
    """The SQLite file in the user's data folder."""
    return f"sqlite:///{user_data_path('kbot', appauthor=False) / 'kbot.db'}"


def default_model_folder() -> Path:
    """A folder in the user's data folder."""
    return user_data_path("kbot", appauthor=False) / "models"


class EmbedderKind(StrEnum):
    MINILM = "minilm"  # what texts mean: all-MiniLM-L6-v2, on this machine
    HASHED = "hashed"  # which words they share: a stand-in that needs nothing


class Settings(BaseSettings):
    """What can be set from outside. Names are `KBOT_*`, and Slack's own `SLACK_*` for Slack's things."""

    model_config = SettingsConfigDict(env_prefix="KBOT_", env_ignore_empty=True, extra="ignore", frozen=True)

    slack_bot_token: SecretStr | None = Field(
        None, validation_alias="SLACK_BOT_TOKEN", description="The bot's token (`xoxb-...`); needed to run."
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validation_alias="SLACK_APP_TOKEN",
        description="The app-level token (`xapp-...`). With it kbot connects by Socket Mode, else it serves HTTP.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="Proves that an HTTP request came from Slack.",
    )
    slack_api_url: Url = Field("https://slack.com/api/", description="Base address of Slack's Web API.")
    database_url: str = Field(
        default_factory=default_database_url,
        description="`sqlite:///path` or `postgresql://user:password@host/name`. Default: a file in your data folder.",
    )
    embedder: EmbedderKind = Field(
        EmbedderKind.MINILM,
        description="How texts are compared: `minilm` by what they mean, `hashed` by which words they share.",
    )
    model_folder: Path = Field(
        default_factory=default_model_folder,
        description="Where the language model's graph is kept, 23 MB. Default: a folder in your data folder.",
    )
    http_host: str = Field("127.0.0.1", description="Address that the HTTP server listens on.")
    http_port: int = Field(3000, ge=0, le=65535, description="Port of `/slack/events`, `/healthz` and `/readyz`.")
    clock_file: Path | None = Field(
        None,
        description="A file with the seconds that people's time is ahead. For the playground and tests only.",
    )
    lease_seconds: Seconds = Field(120, description="Seconds after which work of a dead process is taken over.")
    reconcile_seconds: Seconds = Field(
        60, description="Seconds to wait before kbot looks whether a message in doubt has arrived."
    )
    late_seconds: Seconds = Field(120, description="Seconds after which an answer says that it is late.")
    tick_seconds: Seconds = Field(
        2, description="Seconds between two looks at what time has brought: follow-ups, digests, lapses."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged.")

    @classmethod
    def load(cls) -> "Settings":
        """Read the environment. Raises BadInput with one sentence that names the first wrong setting."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]).upper()
            name = (
                name if name.startswith("SLACK_") and name != "SLACK_API_URL" else f"KBOT_{name.removeprefix('KBOT_')}"
            )
            raise BadInput(f"{name} cannot be used: {first['msg']}. See docs/settings.md.") from None
