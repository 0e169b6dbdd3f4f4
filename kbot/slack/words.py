"""Slack's things as plain facts: a message, a person, a channel. Parsed once, here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONTENT_SUBTYPES = frozenset({"file_share", "thread_broadcast", "me_message", "bot_message"})
"""Subtypes of messages that carry somebody's words; every other subtype is news about the channel."""


_SKIN_TONE = re.compile(r"::?skin-tone-\d:?")
_ALIASES = {"thumbsup": "+1", "thumbsdown": "-1", "electric_light_bulb": "bulb"}


def emoji_name(reaction: str) -> str:
    """Slack's name of an emoji without its skin tone, by its first name where it has several."""
    name = _SKIN_TONE.sub("", reaction)
    return _ALIASES.get(name, name)


@dataclass(frozen=True)
class SlackMessage:
    """A message as Slack keeps it. `user` is None for a webhook or a bot without a user."""

    channel: str
    ts: str
    user: str | None
    is_bot: bool
    text: str
    thread_ts: str | None = None
    edited_ts: str | None = None
    files: tuple[str, ...] = ()
    has_content: bool = True

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @classmethod
    def parse(cls, channel: str, message: Mapping[str, Any]) -> "SlackMessage":
        """Read a message of an event, a shortcut's payload or an answer of the Web API."""
        subtype = message.get("subtype")
        is_bot = bool(message.get("bot_id")) or subtype == "bot_message"
        edited = message.get("edited") or {}
        return cls(
            channel=channel,
            ts=str(message["ts"]),
            user=message.get("user") or None,
            is_bot=is_bot,
            text=str(message.get("text") or ""),
            thread_ts=message.get("thread_ts"),
            edited_ts=edited.get("ts"),
            files=tuple(str(file.get("name") or file.get("title") or "file") for file in message.get("files") or ()),
            has_content=subtype is None or subtype in CONTENT_SUBTYPES,
        )


@dataclass(frozen=True)
class SlackUser:
    """A person as Slack knows them. `tz` is an IANA name, None when Slack does not tell."""

    id: str
    team: str
    name: str
    tz: str | None
    is_admin: bool
    is_guest: bool
    is_stranger: bool
    is_bot: bool
    deleted: bool
    status_text: str = ""
    status_emoji: str = ""
    status_until: float = 0
    """In Unix seconds; 0 when the person has set no end."""

    @classmethod
    def parse(cls, user: Mapping[str, Any]) -> "SlackUser":
        profile = user.get("profile") or {}
        names = (
            profile.get("display_name"),
            profile.get("real_name"),
            user.get("real_name"),
            user.get("name"),
        )
        return cls(
            id=str(user["id"]),
            team=str(user.get("team_id") or ""),
            name=next((str(name) for name in names if name), str(user["id"])),
            tz=user.get("tz") or None,
            is_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_stranger=bool(user.get("is_stranger")),
            is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
            deleted=bool(user.get("deleted")),
            status_text=str(profile.get("status_text") or ""),
            status_emoji=emoji_name(str(profile.get("status_emoji") or "").strip(":")),
            status_until=float(profile.get("status_expiration") or 0),
        )


@dataclass(frozen=True)
class SlackQuiet:
    """A person's do-not-disturb hours: the next ones, or those of now. In Unix seconds; both 0 when there are none.

    A snooze that somebody has set by hand is not told to apps.
    """

    begins: float = 0
    ends: float = 0

    @classmethod
    def parse(cls, answer: Mapping[str, Any]) -> "SlackQuiet":
        if not answer.get("dnd_enabled"):
            return cls()
        return cls(float(answer.get("next_dnd_start_ts") or 0), float(answer.get("next_dnd_end_ts") or 0))


@dataclass(frozen=True)
class SlackChannel:
    """A channel as it is now. `is_member` says whether kbot is in it."""

    id: str
    name: str
    creator: str | None
    is_private: bool
    is_im: bool
    is_shared: bool
    is_archived: bool
    is_member: bool

    @classmethod
    def parse(cls, channel: Mapping[str, Any]) -> "SlackChannel":
        is_im = bool(channel.get("is_im") or channel.get("is_mpim"))
        # On doubt it is private: then only its members see what comes from it.
        is_open = channel.get("is_private", not channel.get("is_channel")) is False and not channel.get("is_group")
        is_private = not is_open and not is_im
        return cls(
            id=str(channel["id"]),
            name=str(channel.get("name") or ""),
            creator=channel.get("creator"),
            is_private=is_private,
            is_im=is_im,
            is_shared=any(channel.get(k) for k in ("is_ext_shared", "is_pending_ext_shared", "is_org_shared")),
            is_archived=bool(channel.get("is_archived")),
            # Slack leaves it out for DMs, and an app sees a private channel only from inside.
            is_member=bool(channel.get("is_member", True)),
        )
