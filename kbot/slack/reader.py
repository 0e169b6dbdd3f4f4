"""What kbot asks Slack. Each answer is parsed into slack/words.py; on doubt it is None, or SlackAway."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from kbot.slack.words import SlackChannel, SlackMessage, SlackQuiet, SlackUser

log = logging.getLogger(__name__)

PAGE = 200
NOT_THERE = {
    "channel_not_found",
    "user_not_found",
    "users_not_found",
    "user_not_visible",
    "message_not_found",
    "thread_not_found",
    "not_in_channel",
    "missing_scope",
    "is_archived",
    "method_not_supported_for_channel_type",
    "access_denied",
    "no_permission",
    "not_visible",
}


class SlackAway(Exception):
    """Slack did not answer, or not in a way that can be used. Trying again later may help."""

    sentence = (
        "Slack does not answer me right now, so I could not check who may see what. Please try again in a minute."
    )
    """What a person is told who waits for it."""


class SlackReader:
    """Reads from Slack's Web API. Retrying a read is harmless, so the SDK may do it; one lasting 429 is passed on."""

    def __init__(self, token: str, base_url: str) -> None:
        self._client = AsyncWebClient(
            token=token,
            base_url=base_url,
            timeout=10,
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(max_retry_count=2),
                AsyncServerErrorRetryHandler(max_retry_count=2),
                AsyncRateLimitErrorRetryHandler(max_retry_count=2),
            ],
        )

    async def _ask(self, method: str, **arguments: Any) -> Mapping[str, Any] | None:
        try:
            answer = await self._client.api_call(method, params=arguments, http_verb="GET")
            return answer.data if isinstance(answer.data, dict) else None
        except SlackApiError as error:
            code = error.response.get("error") if isinstance(error.response.data, dict) else None
            if code in NOT_THERE:
                return None
            raise SlackAway(f"{method}: {code or error.response.status_code}") from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackAway(f"{method}: {type(error).__name__}") from None

    async def _pages(self, method: str, **arguments: Any) -> AsyncIterator[Mapping[str, Any] | None]:
        cursor = ""
        while True:
            answer = await self._ask(method, **arguments, **({"cursor": cursor} if cursor else {}))
            yield answer
            cursor = ((answer or {}).get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def message(self, channel: str, ts: str) -> SlackMessage | None:
        """One message, also when it is a reply in a thread. None when it is not there or may not be read."""
        # history answers with the nearest parent for a reply's ts, hence the comparison.
        answer = await self._ask("conversations.history", channel=channel, latest=ts, inclusive=True, limit=1)
        if answer is None:
            return None
        return self._one(channel, ts, answer) or await self.reply(channel, ts, ts)

    async def reply(self, channel: str, thread_ts: str, ts: str) -> SlackMessage | None:
        """One reply of a thread, which is named by its root or by any of its replies."""
        arguments = {"channel": channel, "ts": thread_ts, "oldest": ts, "inclusive": True, "limit": PAGE}
        async for answer in self._pages("conversations.replies", **arguments):
            if found := self._one(channel, ts, answer):
                return found
        return None

    @staticmethod
    def _one(channel: str, ts: str, answer: Mapping[str, Any] | None) -> SlackMessage | None:
        for message in (answer or {}).get("messages") or ():
            if message.get("ts") == ts and message.get("subtype") != "tombstone":
                return SlackMessage.parse(channel, message)
        return None

    async def permalink(self, channel: str, ts: str) -> str | None:
        """The address of a message."""
        answer = await self._ask("chat.getPermalink", channel=channel, message_ts=ts)
        return (answer or {}).get("permalink")

    async def user(self, user: str) -> SlackUser | None:
        """A person, None when Slack knows nobody of that id here."""
        answer = await self._ask("users.info", user=user)
        return SlackUser.parse(answer["user"]) if answer else None

    async def quiet(self, user: str) -> SlackQuiet | None:
        """When this person is not to be disturbed, None when Slack does not tell."""
        answer = await self._ask("dnd.info", user=user)
        return SlackQuiet.parse(answer) if answer else None

    async def channel(self, channel: str) -> SlackChannel | None:
        """A channel as it is now, None when kbot cannot see it."""
        answer = await self._ask("conversations.info", channel=channel)
        return SlackChannel.parse(answer["channel"]) if answer else None

    async def members(self, channel: str) -> frozenset[str]:
        """Who is in the channel now: every page of it, or nobody at all when a page is missing."""
        everyone: set[str] = set()
        async for answer in self._pages("conversations.members", channel=channel, limit=PAGE):
            if answer is None:
                return frozenset()
            everyone.update(answer.get("members") or ())
        return frozenset(everyone)

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a modal and return its id. A trigger works once, within 3 seconds."""
        answer = await self._once("views.open", trigger_id=trigger_id, view=view)
        return str(answer["view"]["id"])

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Put other content into a modal; one that the person has closed meanwhile stays closed."""
        try:
            await self._once("views.update", view_id=view_id, view=view)
        except SlackAway as away:
            if not str(away).endswith(": not_found"):
                raise

    async def set_status(self, channel: str, thread_ts: str, status: str) -> None:
        """Show (or with "" end) the sign that kbot is at work in a conversation. Nobody is hurt when it fails."""
        try:
            await self._once("assistant.threads.setStatus", channel_id=channel, thread_ts=thread_ts, status=status)
        except SlackAway as error:
            log.info("no status is shown: %s", error)

    async def set_prompts(self, channel: str, prompts: Mapping[str, str]) -> None:
        """Offer questions (short title -> what it asks) in a conversation with kbot. Nobody is hurt when it fails."""
        given = [{"title": title, "message": message} for title, message in prompts.items()]
        try:
            await self._once("assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=given)
        except SlackAway as error:
            log.info("no prompts are offered: %s", error)

    async def give_files(self, person: str, files: Mapping[str, str], comment: str) -> None:
        """Put files (name -> text) into a person's own messages with kbot, in one message. In doubt it says so: who
        asked for them may ask again."""
        try:
            channel = (await self._once("conversations.open", users=person))["channel"]["id"]
            uploads = [{"filename": name, "content": text, "title": name} for name, text in files.items()]
            await self._client.files_upload_v2(file_uploads=uploads, channel=channel, initial_comment=comment)
        except SlackApiError as error:
            data = error.response.data if isinstance(error.response.data, dict) else {}
            raise SlackAway(f"files: {data.get('error') or error.response.status_code}") from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackAway(f"files: {type(error).__name__}") from None

    async def _once(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        try:
            answer = await self._client.api_call(method, json=arguments)
            return answer.data if isinstance(answer.data, dict) else {}
        except SlackApiError as error:
            data = error.response.data if isinstance(error.response.data, dict) else {}
            raise SlackAway(f"{method}: {data.get('error') or error.response.status_code}") from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackAway(f"{method}: {type(error).__name__}") from None
