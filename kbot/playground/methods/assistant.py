"""assistant.threads.* and blocks.validate"""

from kbot.playground.blocks import Surface, check_blocks
from kbot.playground.calls import Args, Key, Refused, method
from kbot.playground.local import LocalSlack
from kbot.playground.view_rules import check_view
from kbot.playground.world import BOT_USER, Channel, Json

PROMPTS = 4


@method("assistant.threads.setStatus", "assistant:write", json=True)
def set_status(slack: LocalSlack, args: Args) -> Json:
    channel = slack.world.channels.get(args.text("channel_id"))
    if channel is None or not channel.has(BOT_USER):
        raise Refused("channel_not_found")
    thread_ts = args.text("thread_ts")
    if slack.world.find(channel.id, thread_ts) is None:
        raise Refused("thread_not_found")
    status = args.text("status", "")
    if status:
        slack.world.statuses[(channel.id, thread_ts)] = status
    else:
        slack.world.statuses.pop((channel.id, thread_ts), None)
    slack.changed()
    return {}


@method("assistant.threads.setSuggestedPrompts", "assistant:write", json=True)
def set_suggested_prompts(slack: LocalSlack, args: Args) -> Json:
    """Without `thread_ts`, as in an agent's Messages tab, they stand for the whole conversation."""
    channel = _conversation(slack, args)
    thread_ts = args.maybe("thread_ts")
    if thread_ts is not None and slack.world.find(channel.id, thread_ts) is None:
        raise Refused("thread_not_found")
    prompts = args.json("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= PROMPTS:
        raise Refused("invalid_arguments", messages=[f"prompts must be 1 to {PROMPTS}"])
    for prompt in prompts:
        words = [prompt.get("title"), prompt.get("message")] if isinstance(prompt, dict) else []
        if not words or not all(isinstance(word, str) and word.strip() for word in words) or len(prompt) > len(words):
            raise Refused("invalid_arguments", messages=["each prompt needs a title and a message, and nothing else"])
    slack.world.prompts[channel.person or ""] = prompts
    slack.changed()
    return {}


@method("assistant.threads.setTitle", "assistant:write", json=True)
def set_title(slack: LocalSlack, args: Args) -> Json:
    channel = _conversation(slack, args)
    args.text("title")
    if slack.world.find(channel.id, args.text("thread_ts")) is None:
        raise Refused("thread_not_found")
    return {}


@method("blocks.validate", json=True, key=Key.NONE)
def validate(slack: LocalSlack, args: Args) -> Json:
    """Answers problems and never notes a violation: asking is what it is for."""
    given = [name for name in ("blocks", "message", "view") if args.given.get(name)]
    if len(given) != 1:
        raise Refused("invalid_arguments", messages=["give exactly one of blocks, message and view"])
    value = args.json(given[0])
    if given[0] == "view":
        problems = check_view(value, value.get("type", "modal") if isinstance(value, dict) else "modal")
    else:
        blocks = value.get("blocks") if given[0] == "message" and isinstance(value, dict) else value
        problems = check_blocks(blocks, Surface.MESSAGE).problems
    if not problems:
        return {}
    return {
        "ok": False,
        "error": f"invalid_{given[0]}",
        "errors": [
            {"code": "failed_constraint", "message": p.message, "pointer": p.pointer, "field": p.field}
            for p in problems
        ],
    }


def _conversation(slack: LocalSlack, args: Args) -> Channel:
    """Only the app's own conversation with a person is an assistant's."""
    channel = slack.world.channels.get(args.text("channel_id"))
    if channel is None or channel.person is None:
        raise Refused("channel_not_found")
    return channel
