"""Turns what happens into Slack's events: those that the manifest subscribes to and the bot may see."""

import secrets
import time

from kbot.playground import shapes
from kbot.playground.delivery import Courier
from kbot.playground.manifest import Manifest
from kbot.playground.world import (
    APP_ID,
    BOT_USER,
    OTHER_TEAM,
    TEAM_ID,
    Channel,
    Json,
    Kind,
    Message,
    Person,
    View,
    World,
)

SUBSCRIPTION = {Kind.PUBLIC: "message.channels", Kind.PRIVATE: "message.groups", Kind.IM: "message.im"}


class Events:
    def __init__(self, world: World, manifest: Manifest, courier: Courier) -> None:
        self._world = world
        self._manifest = manifest
        self._courier = courier

    # -- messages --

    def posted(self, message: Message) -> None:
        """A new message; a mention in a channel is two events."""
        channel = self._world.channels[message.channel]
        event = shapes.message(self._world, message) | self._strangers(message.user)
        event |= {"channel": message.channel, "event_ts": message.ts}
        for later in ("reactions", "streaming_state"):
            event.pop(later, None)
        if message.subtype == "thread_broadcast" and message.thread_ts:
            root = self._world.find(message.channel, message.thread_ts)
            event["root"] = shapes.message(self._world, root) if root else {}
        if channel.kind is Kind.IM and message.user is not None and message.user == channel.person:
            event |= self._context("app_context", message.user)
        self._in_channel(channel, SUBSCRIPTION[channel.kind], event | {"channel_type": channel.kind.value})
        mentioned = f"<@{BOT_USER}>" in message.text or f"<@{BOT_USER}|" in message.text
        if mentioned and channel.kind is not Kind.IM and message.user != BOT_USER:
            mention = {k: v for k, v in event.items() if k not in ("subtype", "root", "parent_user_id")}
            self._in_channel(channel, "app_mention", mention | {"type": "app_mention"})

    def changed(self, message: Message, before: Json) -> None:
        """`before`: the message's shape before the change. Edits, unfurls and tombstones."""
        channel = self._world.channels[message.channel]
        ts = self._world.new_ts()
        event = {
            "type": "message",
            "subtype": "message_changed",
            "message": shapes.message(self._world, message) | {"source_team": TEAM_ID, "user_team": TEAM_ID},
            "previous_message": before,
            "channel": message.channel,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.kind.value,
        }
        self._in_channel(channel, SUBSCRIPTION[channel.kind], event)

    def deleted(self, channel: Channel, ts: str, before: Json) -> None:
        now = self._world.new_ts()
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "previous_message": before,
            "channel": channel.id,
            "hidden": True,
            "deleted_ts": ts,
            "ts": now,
            "event_ts": now,
            "channel_type": channel.kind.value,
        }
        self._in_channel(channel, SUBSCRIPTION[channel.kind], event)

    def reacted(self, message: Message, user: str, name: str, added: bool) -> None:
        event = {
            "type": "reaction_added" if added else "reaction_removed",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
            "event_ts": self._world.new_ts(),
        }
        if message.user is not None:
            event["item_user"] = message.user
        self._in_channel(self._world.channels[message.channel], str(event["type"]), event)

    # -- channels --

    def joined(self, channel: Channel, user: str, inviter: str | None) -> None:
        event = self._membership("member_joined_channel", channel, user)
        self._in_channel(channel, "member_joined_channel", event | ({"inviter": inviter} if inviter else {}))

    def left(self, channel: Channel, user: str, actor: str) -> None:
        """After `user` is gone from the members."""
        event = self._membership("member_left_channel", channel, user)
        if user == BOT_USER:
            self._send("member_left_channel", event, channel)
            name = "group_left" if channel.kind is Kind.PRIVATE else "channel_left"
            self._send(name, {"type": name, "channel": channel.id, "actor_id": actor} | self._now(), channel)
        else:
            self._in_channel(channel, "member_left_channel", event)

    def archived(self, channel: Channel, user: str) -> None:
        state = "archive" if channel.archived else "unarchive"
        private = channel.kind is Kind.PRIVATE
        name = f"group_{state}" if private else f"channel_{state}"
        event: Json = {"type": name, "channel": channel.id, "user": user} | self._now()
        if private:
            event |= {"actor_id": user} if state == "unarchive" else {"is_moved": 0}
        self._in_channel(channel, name, event)

    def renamed(self, channel: Channel) -> None:
        name = "group_rename" if channel.kind is Kind.PRIVATE else "channel_rename"
        shape = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
            "is_channel": channel.kind is Kind.PUBLIC,
            "is_mpim": False,
        }
        self._in_channel(channel, name, {"type": name, "channel": shape} | self._now())

    def channel_deleted(self, channel: Channel) -> None:
        private = channel.kind is Kind.PRIVATE
        name = "group_deleted" if private else "channel_deleted"
        event: Json = {"type": name, "channel": channel.id, "actor_id": channel.creator} | self._now()
        self._in_channel(channel, name, event | ({"date_deleted": int(time.time())} if private else {}))

    def shared(self, channel: Channel) -> None:
        event = {"type": "channel_shared", "connected_team_id": OTHER_TEAM, "channel": channel.id}
        self._in_channel(channel, "channel_shared", event | self._now())

    def unshared(self, channel: Channel) -> None:
        event: Json = {"type": "channel_unshared", "previously_connected_team_id": OTHER_TEAM, "channel": channel.id}
        self._in_channel(channel, "channel_unshared", event | {"is_ext_shared": channel.is_shared} | self._now())

    # -- people and the app --

    def person_changed(self, person: Person) -> None:
        event = {"type": "user_change", "user": shapes.user(self._world, person), "cache_ts": int(time.time())}
        self._send("user_change", event | self._now())

    def person_joined(self, person: Person) -> None:
        event = {"type": "team_join", "user": shapes.user(self._world, person), "cache_ts": int(time.time())}
        self._send("team_join", event | self._now())

    def home_opened(self, person: Person, tab: str, home: View | None) -> None:
        channel = self._world.direct_message(person.id)
        event: Json = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab}
        if home is not None and tab == "home":
            event["view"] = shapes.view(home)
        self._send("app_home_opened", event | self._context("context", person.id) | self._now())

    def context_changed(self, person: Person) -> None:
        channel = self._world.direct_message(person.id)
        event: Json = {"type": "app_context_changed", "user": person.id, "channel": channel.id}
        self._send("app_context_changed", event | self._context("context", person.id) | self._now())

    def uninstalled(self) -> None:
        self._send("tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})
        self._send("app_uninstalled", {"type": "app_uninstalled"})

    # -- sending --

    def _now(self) -> Json:
        return {"event_ts": self._world.new_ts()}

    def _membership(self, name: str, channel: Channel, user: str) -> Json:
        letter = "G" if channel.kind is Kind.PRIVATE else "C"
        team = self._world.people[user].team_id
        return {"type": name, "user": user, "channel": channel.id, "channel_type": letter, "team": team} | (self._now())

    def _context(self, name: str, user: str) -> Json:
        """What the person looks at, for apps that want to hear of it."""
        if not self._manifest.delivers("app_context_changed"):
            return {}
        return {name: shapes.context(self._world.looking.get(user))}

    def _strangers(self, user: str | None) -> Json:
        """What Slack adds to messages of another organization's people."""
        person = self._world.people.get(user or "")
        if person is None or not person.is_stranger:
            return {}
        return {
            "user_team": person.team_id,
            "source_team": person.team_id,
            "user_profile": {
                "name": person.name,
                "first_name": person.real_name.split()[0],
                "real_name": person.real_name,
                "display_name": person.real_name.split()[0],
                "team": person.team_id,
                "is_restricted": False,
                "is_ultra_restricted": False,
                "avatar_hash": "g0",
                "image_72": "",
            },
        }

    def _in_channel(self, channel: Channel, subscription: str, event: Json) -> None:
        if channel.has(BOT_USER):
            self._send(subscription, event, channel)

    def _send(self, subscription: str, event: Json, channel: Channel | None = None) -> None:
        if not self._manifest.delivers(subscription):
            return
        shared = channel is not None and channel.is_shared
        self._courier.send_event(
            {
                "token": "playground",
                "team_id": TEAM_ID,
                "context_team_id": TEAM_ID,
                "context_enterprise_id": None,
                "api_app_id": APP_ID,
                "event": event,
                "type": "event_callback",
                "event_id": f"Ev{secrets.token_hex(5).upper()}",
                "event_time": int(time.time()),
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": TEAM_ID,
                        "user_id": BOT_USER,
                        "is_bot": True,
                        "is_enterprise_install": False,
                    }
                ],
                "is_ext_shared_channel": shared,
                "event_context": f"4-{secrets.token_hex(8)}",
            }
        )
