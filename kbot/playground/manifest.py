"""The app's manifest as far as it decides what a workspace allows and delivers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCOPE_OF_EVENT = {
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "channel_left": {"channels:read"},
    "channel_archive": {"channels:read"},
    "channel_unarchive": {"channels:read"},
    "channel_rename": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_shared": {"channels:read", "groups:read"},
    "channel_unshared": {"channels:read", "groups:read"},
    "group_left": {"groups:read"},
    "group_archive": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "group_rename": {"groups:read"},
    "group_deleted": {"groups:read"},
    "user_change": {"users:read"},
    "team_join": {"users:read"},
}
"""Any one of the scopes is enough; events that are not listed need none."""


@dataclass(frozen=True)
class Command:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    callback_id: str
    name: str
    is_message: bool


@dataclass(frozen=True)
class Manifest:
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    home_tab: bool
    messages_tab: bool
    interactive: bool
    is_agent: bool
    suggested_prompts: tuple[Mapping[str, str], ...]

    @classmethod
    def parse(cls, manifest: Mapping[str, Any]) -> "Manifest":
        """Raises KeyError or TypeError when the manifest lacks what every app has."""
        features = manifest["features"]
        settings = manifest["settings"]
        home = features.get("app_home", {})
        return cls(
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            commands=tuple(
                Command(
                    c["command"],
                    c.get("description", ""),
                    c.get("usage_hint", ""),
                    bool(c.get("should_escape", False)),
                )
                for c in features.get("slash_commands", ())
            ),
            shortcuts=tuple(
                Shortcut(s["callback_id"], s["name"], s["type"] == "message") for s in features.get("shortcuts", ())
            ),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
            interactive=bool(settings.get("interactivity", {}).get("is_enabled", False)),
            is_agent="agent_view" in features,
            suggested_prompts=tuple(features.get("agent_view", {}).get("suggested_prompts", ())),
        )

    def delivers(self, event: str) -> bool:
        """Whether an event is subscribed to and the app may read it."""
        if event == "app_context_changed" and not self.is_agent:
            return False
        needed = SCOPE_OF_EVENT.get(event)
        return event in self.events and (needed is None or bool(needed & self.scopes))

    def command(self, name: str) -> Command | None:
        return next((c for c in self.commands if c.command == name), None)


DEFAULT: Mapping[str, Any] = {
    "display_information": {"name": "kbot"},
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "kbot", "always_online": True},
        "agent_view": {
            "agent_description": "Ask what your colleagues already know.",
            "suggested_prompts": [{"title": "Find what we know", "message": "How do we ..."}],
        },
        "shortcuts": [
            {"name": "Save as knowledge", "type": "message", "callback_id": "save_as_knowledge"},
            {"name": "Do we know this?", "type": "message", "callback_id": "do_we_know_this"},
            {"name": "Add knowledge", "type": "global", "callback_id": "add_knowledge"},
        ],
        "slash_commands": [
            {
                "command": "/kb",
                "description": "Ask, add, follow, see what you learned",
                "usage_hint": "ask | add | follow | learned | setup | help",
                "should_escape": True,
            }
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "assistant:write",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "dnd:read",
                "emoji:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "reactions:read",
                "reactions:write",
                "team:read",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_context_changed",
                "app_mention",
                "app_uninstalled",
                "tokens_revoked",
                "message.channels",
                "message.groups",
                "message.im",
                "reaction_added",
                "reaction_removed",
                "member_joined_channel",
                "member_left_channel",
                "channel_left",
                "group_left",
                "channel_archive",
                "channel_unarchive",
                "group_archive",
                "group_unarchive",
                "channel_rename",
                "group_rename",
                "channel_deleted",
                "group_deleted",
                "channel_id_changed",
                "channel_shared",
                "channel_unshared",
                "team_join",
                "user_change",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
"""Used until the app hands over its own."""
