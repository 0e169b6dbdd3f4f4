"""What kbot proves itself to Slack with, as the operator has set it, and who Slack says it is."""

import asyncio
import logging

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from kbot.act import BadInput
from kbot.settings import Settings

log = logging.getLogger(__name__)

TRIES_TO_REACH_SLACK = 10


def tokens(settings: Settings) -> tuple[str, str | None, str | None]:
    """The bot's token, and either the secret that signs requests (HTTP) or the app-level token (Socket Mode)."""
    if settings.slack_bot_token is None:
        raise BadInput(
            "SLACK_BOT_TOKEN is not set. Make an app from `kbot manifest`, install it, and set its bot token."
        )
    token = _copied(settings.slack_bot_token, "SLACK_BOT_TOKEN")
    if settings.slack_app_token is not None:
        return token, None, _copied(settings.slack_app_token, "SLACK_APP_TOKEN")
    if settings.slack_signing_secret is None:
        raise BadInput("Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET to serve HTTP.")
    return token, _copied(settings.slack_signing_secret, "SLACK_SIGNING_SECRET"), None


def _copied(secret: SecretStr, name: str) -> str:
    """What somebody has copied from Slack's page, without the blanks and line ends that came along."""
    text = secret.get_secret_value().strip()
    if not text.isascii() or not text.isprintable():
        raise BadInput(f"{name} has characters in it that Slack's never has. Copy it again from your app's page.")
    return text


async def who_am_i(client: AsyncWebClient) -> str:
    """kbot's own user id. Slack may be away for a moment; a refused token is final."""
    for attempt in range(1, TRIES_TO_REACH_SLACK + 1):
        try:
            return str((await client.auth_test())["user_id"])
        except SlackApiError as error:
            code = error.response.get("error") if isinstance(error.response.data, dict) else error.response.status_code
            if not isinstance(error.response.data, dict) and error.response.status_code < 429:
                raise BadInput(f"What answers at {client.base_url} is not Slack. Check KBOT_SLACK_API_URL.") from None
            if error.response.status_code < 429:
                raise BadInput(f"Slack refuses SLACK_BOT_TOKEN ({code}). Copy it again from your app's page.") from None
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            code = type(error).__name__
        if attempt < TRIES_TO_REACH_SLACK:
            log.warning("Slack does not answer (%s); trying again", code)
            await asyncio.sleep(min(attempt, 5))
    raise BadInput(f"Slack does not answer at {client.base_url} ({code}). Check the network and KBOT_SLACK_API_URL.")
