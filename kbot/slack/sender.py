"""Sends to Slack, once per call: the SDK's own retries are off, because a retry of an accepted message posts it twice
(46 of 100 when connections were cut after acceptance, measured). A doubt is said as `Unknown` and found out by `find`.
"""

import logging
import uuid
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from kbot.slack.outgoing import (
    Never,
    Outcome,
    Outgoing,
    Post,
    PublishHome,
    React,
    Sent,
    TryAgain,
    Unknown,
    Whisper,
)

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
METADATA = "kbot_out"
MARK = "kbot:"
"""Begins the block_id of the first block: history shows it also without the scope that metadata needs."""

PAGES_OF_HISTORY = 10
_IDS = uuid.UUID("6f0cbb2c-5a0e-4c51-9a53-7e7bbd0e4f5c")

DOUBTFUL = {
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "duplicate_message_not_found",
    "duplicate_channel_not_found",
}
LATER = {"ratelimited", "rate_limited", "message_limit_exceeded"}
READS = {"conversations.history", "conversations.replies"}
DONE = {"already_reacted", "no_reaction"}
ORDINARY = {
    "is_archived": "nobody reads an archived channel",
    "channel_not_found": "the channel is deleted, or kbot was put out of it",
    "not_in_channel": "kbot was put out of the channel",
    "message_not_found": "the message is deleted",
    "thread_not_found": "the thread is deleted",
    "user_not_in_channel": "the person is not in the channel any more",
    "user_disabled": "the person has left",
    "user_not_found": "the person has left",
    "users_not_found": "the person has left",
    "user_not_visible": "the person belongs to another organization",
    "cannot_dm_bot": "an app reads nothing",
}
"""Nobody is there to read it. Every other refusal is kbot's trouble."""


class Sender:
    """Carries one outgoing thing to Slack and says what is known of it afterwards."""

    def __init__(self, token: str, base_url: str) -> None:
        self._client = AsyncWebClient(token=token, base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        self._dms: dict[str, str] = {}

    async def send(self, team: str, key: str, outgoing: Outgoing) -> Outcome:
        """Show `outgoing`. `key` marks a Post, so that it can be found again after a doubt."""
        match outgoing:
            case Post():
                return await self._post(team, key, outgoing)
            case Whisper(channel, person, text, blocks, thread_ts):
                return await self._call(
                    "chat.postEphemeral",
                    channel=channel,
                    user=person,
                    text=text,
                    blocks=blocks,
                    thread_ts=thread_ts,
                )
            case React(channel, ts, name, off):
                return await self._call(
                    "reactions.remove" if off else "reactions.add", channel=channel, timestamp=ts, name=name
                )
            case PublishHome(person, blocks):
                return await self._call("views.publish", user_id=person, view={"type": "home", "blocks": blocks})

    async def update(self, channel: str, ts: str, key: str, post: Post) -> Outcome:
        """Show a message that is there in its new form."""
        return await self._call(
            "chat.update",
            channel=channel,
            ts=ts,
            text=post.text,
            blocks=marked(post.blocks, key),
            metadata=_metadata(key),
        )

    async def _post(self, team: str, key: str, post: Post) -> Outcome:
        channel = await self.channel_of(post.to)
        if not isinstance(channel, str):
            return channel
        return await self._call(
            "chat.postMessage",
            channel=channel,
            text=post.text,
            blocks=marked(post.blocks, key),
            thread_ts=post.thread_ts,
            metadata=_metadata(key),
            client_msg_id=str(uuid.uuid5(_IDS, f"{team}|{key}")),  # sent always, relied on never
            unfurl_links=False,
            unfurl_media=False,
        )

    async def channel_of(self, to: str) -> str | Never | TryAgain:
        """The channel for a person or a channel; opening a DM changes nothing, so any doubt means: again."""
        if not to.startswith(("U", "W")):
            return to
        if to not in self._dms:
            answer = await self._raw("conversations.open", users=to)
            if not isinstance(answer, Mapping):
                return answer if isinstance(answer, Never | TryAgain) else TryAgain(answer.reason)
            self._dms[to] = str(answer["channel"]["id"])
        return self._dms[to]

    async def find(self, post: Post, key: str) -> Sent | Unknown | None:
        """Look whether a Post with this key is there. None: certainly not. Unknown: it cannot be told.

        Slack's own order is used, never kbot's clock: a thread is read whole, a channel from its end backwards.
        """
        channel = await self.channel_of(post.to)
        if not isinstance(channel, str):
            return Unknown(channel.reason)
        arguments: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 100}
        method = "conversations.history"
        if post.thread_ts:
            method, arguments["ts"] = "conversations.replies", post.thread_ts
        for _ in range(PAGES_OF_HISTORY):
            answer = await self._raw(method, **arguments)
            if not isinstance(answer, Mapping):
                return Unknown(answer.reason)
            for message in answer.get("messages") or ():
                if is_marked(message, key):
                    return Sent(channel, str(message["ts"]))
            arguments["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                return None
        return Unknown(f"{method}: not among the newest messages")

    async def _call(self, method: str, **arguments: Any) -> Outcome:
        answer = await self._raw(method, **arguments)
        if isinstance(answer, Mapping):
            return Sent(answer.get("channel"), answer.get("ts"))
        if isinstance(answer, Never) and answer.reason.split(": ")[-1] in DONE:
            return Sent()
        return answer

    async def _raw(self, method: str, **arguments: Any) -> Mapping[str, Any] | TryAgain | Never | Unknown:
        given = {name: value for name, value in arguments.items() if value is not None and value != []}
        try:
            if method in READS:
                answer = await self._client.api_call(method, http_verb="GET", params=given)
            else:
                answer = await self._client.api_call(method, json=given)
            return answer.data if isinstance(answer.data, dict) else Unknown(f"{method}: no JSON")
        except SlackApiError as error:
            return self._refused(method, error)
        except aiohttp.ClientConnectorError as error:
            return TryAgain(f"{method}: {type(error).__name__}")  # not a byte was written
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return Unknown(f"{method}: {type(error).__name__}")

    @staticmethod
    def _refused(method: str, error: SlackApiError) -> TryAgain | Never | Unknown:
        response = error.response
        data = response.data if isinstance(response.data, dict) else {}
        code = str(data.get("error") or "")
        if response.status_code == 429 or code in LATER:
            return TryAgain(f"{method}: ratelimited", after=float(response.headers.get("Retry-After", 30)))
        if response.status_code >= 500 or code in DOUBTFUL or not code:
            return Unknown(f"{method}: {code or response.status_code}")
        return Never(f"{method}: {code}", ORDINARY.get(code))


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA, "event_payload": {"k": key}}


def marked(blocks: Any, key: str) -> list[dict[str, Any]]:
    """The blocks with the key in the first block's id, where there is none yet."""
    out = [dict(block) for block in blocks]
    if out and "block_id" not in out[0]:
        out[0]["block_id"] = (MARK + key)[:255]
    return out


def is_marked(message: Mapping[str, Any], key: str) -> bool:
    """Whether a message in history carries the key, in its metadata or in a block's id."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == METADATA and (metadata.get("event_payload") or {}).get("k") == key:
        return True
    mark = (MARK + key)[:255]
    return any(block.get("block_id") == mark for block in message.get("blocks") or ())
