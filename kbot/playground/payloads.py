"""The bodies of interactions and commands, as Slack sends them."""

import time

from kbot.playground import shapes
from kbot.playground.elements import choices
from kbot.playground.rich_text import as_sent
from kbot.playground.typed import NoSuchChoice
from kbot.playground.world import (
    APP_ID,
    TEAM_ID,
    Channel,
    Ephemeral,
    Json,
    Kind,
    Message,
    Person,
    View,
    World,
)


def action_ts() -> str:
    return f"{time.time():.6f}"


def _about(person: Person) -> Json:
    return {
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team_id,
        },
        "api_app_id": APP_ID,
        "token": "playground",
        "team": {"id": TEAM_ID, "domain": shapes.DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    if channel.kind is Kind.IM:
        return "directmessage"
    return "privategroup" if channel.kind is Kind.PRIVATE else channel.name


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel_name(channel)}


def on_message(
    world: World, person: Person, message: Message, actions: list[Json], state: Json, trigger: str, url: str
) -> Json:
    channel = world.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": False,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    return {
        "type": "block_actions",
        **_about(person),
        "container": container,
        "trigger_id": trigger,
        "channel": _channel(channel),
        "message": shapes.message(world, message),
        "state": {"values": state},
        "response_url": url,
        "actions": actions,
    }


def on_ephemeral(
    world: World, person: Person, it: Ephemeral, actions: list[Json], state: Json, trigger: str, url: str
) -> Json:
    """Without `message`: Slack keeps no ephemeral messages."""
    container: Json = {
        "type": "message",
        "message_ts": it.ts,
        "channel_id": it.channel,
        "is_ephemeral": True,
    }
    if it.thread_ts is not None:
        container["thread_ts"] = it.thread_ts
    return {
        "type": "block_actions",
        **_about(person),
        "container": container,
        "trigger_id": trigger,
        "channel": _channel(world.channels[it.channel]),
        "state": {"values": state},
        "response_url": url,
        "actions": actions,
    }


def on_view(person: Person, view: View, actions: list[Json], trigger: str) -> Json:
    return {
        "type": "block_actions",
        **_about(person),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger,
        "view": shapes.view(view),
        "actions": actions,
    }


def message_shortcut(world: World, person: Person, message: Message, callback_id: str, trigger: str, url: str) -> Json:
    return {
        "type": "message_action",
        **_about(person),
        "action_ts": action_ts(),
        "channel": _channel(world.channels[message.channel]),
        "callback_id": callback_id,
        "trigger_id": trigger,
        "response_url": url,
        "message_ts": message.ts,
        "message": shapes.message(world, message),
    }


def global_shortcut(person: Person, callback_id: str, trigger: str) -> Json:
    return {
        "type": "shortcut",
        **_about(person),
        "action_ts": action_ts(),
        "callback_id": callback_id,
        "trigger_id": trigger,
    }


def submission(person: Person, view: View, trigger: str) -> Json:
    return {
        "type": "view_submission",
        **_about(person),
        "trigger_id": trigger,
        "view": shapes.view(view),
        "response_urls": [],
    }


def closed(person: Person, view: View, is_cleared: bool) -> Json:
    return {"type": "view_closed", **_about(person), "view": shapes.view(view), "is_cleared": is_cleared}


def command(
    world: World,
    person: Person,
    channel: Channel,
    name: str,
    text: str,
    escape: bool,
    trigger: str,
    url: str,
) -> Json:
    """Form fields, all strings."""
    return {
        "token": "playground",
        "team_id": TEAM_ID,
        "team_domain": shapes.DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": as_sent(text, world, labels=True) if escape else text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }


def action(block: Json, it: Json, value: str | None, state: Json | None) -> Json:
    """One entry of `actions`. `state`: what a menu or an input now holds. Raises NoSuchChoice."""
    kind = it["type"]
    shape: Json = {"type": kind, "block_id": block["block_id"], "action_id": it["action_id"]}
    if kind in ("button", "icon_button"):
        shape["text"] = it["text"]
        shape |= {key: it[key] for key in ("value", "style", "url") if key in it}
    elif kind == "feedback_buttons":
        both = [it["positive_button"], it["negative_button"]]
        pressed = _meant(both, value)
        shape |= {"value": pressed["value"], "text": pressed["text"]}
    elif kind == "overflow":
        shape["selected_option"] = _meant(choices(it), value)
    elif state is not None:
        shape |= {key: held for key, held in state.items() if key != "type"}
        if "placeholder" in it:
            shape["placeholder"] = it["placeholder"]
    return shape | {"action_ts": action_ts()}


def _meant(options: list[Json], value: str | None) -> Json:
    """The option with this value or these visible words."""
    for option in options:
        if value in (option["value"], option["text"]["text"]):
            return option
    raise NoSuchChoice(value or "", [option["text"]["text"] for option in options])
