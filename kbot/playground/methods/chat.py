"""chat.*: what the bot posts, changes and deletes, and what answers a response_url."""

from kbot.playground import shapes
from kbot.playground.blocks import Surface, check_blocks, with_ids
from kbot.playground.calls import Args, Refused, joined, message_at, method
from kbot.playground.local import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, LocalSlack
from kbot.playground.words import broadcasts
from kbot.playground.world import BOT_ID, BOT_USER, Ephemeral, Json, Kind, Message

TEXT_LIMIT = 40_000
METADATA_BYTES = 16_000


@method("chat.postMessage", "chat:write", json=True)
def post_message(slack: LocalSlack, args: Args) -> Json:
    channel = joined(slack, args)
    text, blocks = content(slack, args, "chat.postMessage")
    thread_ts = args.maybe("thread_ts")
    if thread_ts is not None:
        root = slack.world.find(channel.id, thread_ts)
        if root is None:
            raise Refused("thread_not_found")
        if root.is_reply:
            slack.journal.violation("reply_to_a_reply", "chat.postMessage", "thread_ts must be the root's ts")
            thread_ts = root.thread_ts
    broadcast = thread_ts is not None and args.flag("reply_broadcast")
    message = slack.post(
        Message(
            channel.id,
            slack.world.new_ts(),
            BOT_USER,
            text,
            blocks,
            thread_ts,
            subtype="thread_broadcast" if broadcast else None,
            bot_id=BOT_ID,
            attachments=args.json("attachments") or [],
            metadata=metadata(args),
        )
    )
    slack.world.statuses.pop((channel.id, thread_ts or ""), None)
    shown = shapes.message(slack.world, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral", "chat:write", json=True)
def post_ephemeral(slack: LocalSlack, args: Args) -> Json:
    channel = joined(slack, args)
    user = args.text("user")
    text, blocks = content(slack, args, "chat.postEphemeral")
    if not channel.has(user) or slack.world.people[user].deleted:
        raise Refused("user_not_in_channel")
    ephemeral = slack.show_only_to(user, channel.id, text, blocks, args.maybe("thread_ts"))
    return {"message_ts": ephemeral.ts}


@method("chat.update", "chat:write", json=True)
def update(slack: LocalSlack, args: Args) -> Json:
    channel = joined(slack, args)
    message = message_at(slack, channel, args.text("ts"))
    if message.user != BOT_USER:
        raise Refused("cant_update_message")
    if message.streaming:
        raise Refused("streaming_state_conflict")
    before = shapes.message(slack.world, message)
    text, blocks = content(slack, args, "chat.update")
    if args.given.get("text") is not None:
        message.text = text
    if args.given.get("blocks") is not None:
        message.blocks = blocks
    if args.given.get("attachments") is not None:
        message.attachments = args.json("attachments") or []
    if args.given.get("metadata") is not None:
        message.metadata = metadata(args)
    message.edited = (BOT_USER, slack.world.new_ts())
    slack.events.changed(message, before)
    slack.changed()
    shown = shapes.message(slack.world, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write", json=True)
def delete(slack: LocalSlack, args: Args) -> Json:
    channel = joined(slack, args)
    message = message_at(slack, channel, args.text("ts"))
    if message.user != BOT_USER:
        raise Refused("cant_delete_message")
    slack.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(slack: LocalSlack, args: Args) -> Json:
    channel = slack.world.channels.get(args.text("channel"))
    if channel is None or (channel.kind is not Kind.PUBLIC and not channel.has(BOT_USER)):
        raise Refused("channel_not_found")
    message = message_at(slack, channel, args.text("message_ts"))
    return {
        "channel": channel.id,
        "permalink": shapes.permalink(channel.id, message.ts, message.thread_ts),
    }


def content(slack: LocalSlack, args: Args, where: str) -> tuple[str, list[Json]]:
    """Text and blocks of a message, checked as Slack checks them. Raises Refused."""
    text = args.text("text", "")
    given = args.json("blocks")
    if not text and not given and not args.given.get("attachments"):
        raise Refused("no_text")
    blocks: list[Json] = []
    if given is not None:
        result = check_blocks(given, Surface.MESSAGE)
        if result.problems:
            messages = [str(problem) for problem in result.problems]
            raise Refused(result.error, messages=messages, errors=messages)
        blocks = with_ids(given, slack.world.number)
    if blocks and not text:
        slack.journal.violation("no_fallback_text", where, "blocks without text: notifications are empty")
    if len(text) > TEXT_LIMIT:
        slack.journal.violation("message_truncated", where, f"{len(text)} characters of text")
        text = text[:TEXT_LIMIT]
    loud = broadcasts(text, blocks)
    if args.maybe("parse") == "full" or args.flag("link_names"):
        slack.journal.violation("link_names", where, "people's words would become mentions and links")
    if loud:
        slack.journal.violation("broadcast_mention", where, ", ".join(loud))
    return text, blocks


def metadata(args: Args) -> Json | None:
    given = args.json("metadata")
    if given is None:
        return None
    valid = isinstance(given, dict) and isinstance(given.get("event_type"), str)
    if not valid or not isinstance(given.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(str(given)) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}


def respond(slack: LocalSlack, key: str, args: Args, now: float) -> Json | str:
    """A use of a response_url. Raises Refused with Slack's plain word for it."""
    url = slack.response_urls.get(key)
    if url is None:
        raise Refused("invalid_url")
    if now - url.made > RESPONSE_URL_SECONDS:
        raise Refused("expired_url")
    url.uses += 1
    if url.uses > RESPONSE_URL_USES:
        raise Refused("used_url", f"used {url.uses} times, 5 are allowed")
    source = slack.world.find(url.channel, url.source_ts) if url.source_ts else None
    shown = slack.world.ephemerals.get(url.ephemeral or "")
    if args.flag("delete_original"):
        if shown is not None:
            slack.world.ephemerals.pop(shown.key)
            slack.changed()
        elif source is not None and source.user == BOT_USER:
            slack.delete(source)
        return "ok"
    text, blocks = content(slack, args, "response_url")
    if args.flag("replace_original"):
        _replace(slack, source, shown, text, blocks, args)
        return "ok"
    thread_ts = args.maybe("thread_ts")
    if args.text("response_type", "ephemeral") == "in_channel":
        post = Message(url.channel, slack.world.new_ts(), BOT_USER, text, blocks, thread_ts, bot_id=BOT_ID)
        slack.post(post)
    else:
        slack.show_only_to(url.person, url.channel, text, blocks, thread_ts)
    return "ok"


def _replace(
    slack: LocalSlack,
    source: Message | None,
    shown: Ephemeral | None,
    text: str,
    blocks: list[Json],
    args: Args,
) -> None:
    if shown is not None:
        shown.text = text
        shown.blocks = blocks
    elif source is not None and source.user == BOT_USER:
        before = shapes.message(slack.world, source)
        source.text = text
        if args.given.get("blocks") is not None:
            source.blocks = blocks
        source.edited = (BOT_USER, slack.world.new_ts())
        slack.events.changed(source, before)
    slack.changed()
