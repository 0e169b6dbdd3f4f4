"""chat.startStream, chat.appendStream, chat.stopStream: a message that grows."""

from kbot.playground import shapes
from kbot.playground.blocks import Surface, check_blocks, with_ids
from kbot.playground.calls import Args, Refused, joined, message_at, method
from kbot.playground.local import LocalSlack
from kbot.playground.methods.chat import metadata
from kbot.playground.world import BOT_ID, BOT_USER, Json, Kind, Message

MARKDOWN_LIMIT = 12_000


@method("chat.startStream", "chat:write", json=True)
def start(slack: LocalSlack, args: Args) -> Json:
    channel = joined(slack, args)
    thread_ts = args.text("thread_ts")
    if slack.world.find(channel.id, thread_ts) is None:
        raise Refused("thread_not_found")
    if channel.kind is not Kind.IM:
        for name in ("recipient_user_id", "recipient_team_id"):
            if args.maybe(name) is None:
                raise Refused(f"missing_{name}", f"{name} is needed in channels")
    text = _streamed(args)
    message = Message(
        channel.id,
        slack.world.new_ts(),
        BOT_USER,
        text,
        _markdown(text),
        thread_ts,
        bot_id=BOT_ID,
        streaming=True,
    )
    slack.post(message)
    slack.world.statuses.pop((channel.id, thread_ts), None)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.appendStream", "chat:write", json=True)
def append(slack: LocalSlack, args: Args) -> Json:
    message = _open_stream(slack, args)
    added = _streamed(args)
    if not added:
        raise Refused("no_text")
    message.text += added
    message.blocks = _markdown(message.text)
    slack.changed()
    return {"channel": message.channel, "ts": message.ts}


@method("chat.stopStream", "chat:write", json=True)
def stop(slack: LocalSlack, args: Args) -> Json:
    message = _open_stream(slack, args)
    before = shapes.message(slack.world, message)
    given = args.json("blocks")
    if given:
        result = check_blocks(given, Surface.MESSAGE)
        if result.problems:
            raise Refused(result.error, messages=[str(p) for p in result.problems])
    message.text += _streamed(args)
    message.blocks = _markdown(message.text) + with_ids(given or [], slack.world.number)
    message.streaming = False
    if args.given.get("metadata") is not None:
        message.metadata = metadata(args)
    slack.events.changed(message, before)
    slack.changed()
    shown = shapes.message(slack.world, message)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


def _open_stream(slack: LocalSlack, args: Args) -> Message:
    message = message_at(slack, joined(slack, args), args.text("ts"))
    if not message.streaming or message.user != BOT_USER:
        raise Refused("message_not_in_streaming_state")
    return message


def _streamed(args: Args) -> str:
    text = args.text("markdown_text", "")
    for chunk in args.json("chunks") or []:
        if chunk.get("type") == "markdown_text":
            text += str(chunk.get("text", ""))
        elif chunk.get("type") not in ("task_update", "plan_update", "blocks"):
            raise Refused("invalid_chunks", f"unknown chunk {chunk.get('type')!r}")
    if len(text) > MARKDOWN_LIMIT:
        raise Refused("msg_too_long")
    return text


def _markdown(text: str) -> list[Json]:
    return [{"type": "markdown", "block_id": "stream", "text": text}] if text else []
