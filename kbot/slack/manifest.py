"""The app's manifest: what kbot asks Slack for. `kbot manifest` prints it; a test holds it against the listeners."""

from typing import Any

BOT_SCOPES = (
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
)
OPTIONAL_SCOPES = ("channels:join", "usergroups:read", "files:read")

BOT_EVENTS = (
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
)

SAVE_AS_KNOWLEDGE = "save_as_knowledge"
DO_WE_KNOW_THIS = "do_we_know_this"
ADD_KNOWLEDGE = "add_knowledge"
BUILD_ON_THIS = "build_on_this"

PROMPTS = {
    "Find what we know": "How do we ...",
    "A first question": "Who knows how our deploys work?",
}
"""What is offered in kbot's Messages tab, short title -> question, to whom nothing else can be offered."""


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP at `url` (the address under which Slack reaches kbot)."""
    settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": list(BOT_EVENTS)},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": False,
    }
    command = {
        "command": "/kb",
        "description": "Ask, add, follow up, see what you learned",
        "usage_hint": "ask | add | follow | need | lineage | used | learned | limits | pause | setup | stats | help",
        "should_escape": True,
    }
    if url is not None:
        address = url.rstrip("/")
        address = address if address.endswith("/slack/events") else address + "/slack/events"
        settings["event_subscriptions"]["request_url"] = address
        settings["interactivity"] |= {"request_url": address, "message_menu_options_url": address}
        command["url"] = address
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "kbot",
            "description": "Puts what your team knows to use, and learns whether it worked.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "kbot", "always_online": True},
            "agent_view": {
                "agent_description": (
                    "Ask what your colleagues already know. Every answer names its source, and says how often it was "
                    "used and whether it worked."
                ),
                "suggested_prompts": [{"title": title, "message": asked} for title, asked in PROMPTS.items()],
            },
            "shortcuts": [
                {
                    "name": "Save as knowledge",
                    "type": "message",
                    "callback_id": SAVE_AS_KNOWLEDGE,
                    "description": "Save this message for others to find and apply",
                },
                {
                    "name": "Do we know this?",
                    "type": "message",
                    "callback_id": DO_WE_KNOW_THIS,
                    "description": "Search what the team knows about this message",
                },
                {
                    "name": "Build on this",
                    "type": "message",
                    "callback_id": BUILD_ON_THIS,
                    "description": "Adapt, extend or correct what is saved of this message",
                },
                {
                    "name": "Add knowledge",
                    "type": "global",
                    "callback_id": ADD_KNOWLEDGE,
                    "description": "Write something down for others",
                },
            ],
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": settings,
    }
