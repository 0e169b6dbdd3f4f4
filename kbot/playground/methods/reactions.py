"""reactions.*"""

import re

from kbot.playground import shapes
from kbot.playground.calls import Args, Refused, method
from kbot.playground.emoji import EMOJI
from kbot.playground.local import LocalSlack
from kbot.playground.methods.conversations import reactable
from kbot.playground.world import BOT_USER, Json

_SKIN_TONE = re.compile(r"::skin-tone-[2-6]$")


def known_emoji(slack: LocalSlack, name: str) -> bool:
    plain = _SKIN_TONE.sub("", name)
    return plain in EMOJI or plain in slack.world.emoji


@method("reactions.add", "reactions:write", json=True)
def add(slack: LocalSlack, args: Args) -> Json:
    name = args.text("name")
    message = reactable(slack, args)
    if slack.world.channels[message.channel].archived:
        raise Refused("is_archived")
    if not known_emoji(slack, name):
        raise Refused("invalid_name", f"no emoji is called {name!r}")
    if not slack.react(message, BOT_USER, name):
        raise Refused("already_reacted")
    return {}


@method("reactions.remove", "reactions:write", json=True)
def remove(slack: LocalSlack, args: Args) -> Json:
    name = args.text("name")
    if not slack.unreact(reactable(slack, args), BOT_USER, name):
        raise Refused("no_reaction")
    return {}


@method("reactions.get", "reactions:read")
def get(slack: LocalSlack, args: Args) -> Json:
    message = reactable(slack, args)
    shown = shapes.message(slack.world, message)
    shown["permalink"] = shapes.permalink(message.channel, message.ts, message.thread_ts)
    return {"type": "message", "channel": message.channel, "message": shown}
