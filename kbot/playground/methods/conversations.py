"""conversations.*: what the bot can know of channels, their members and their past."""

from kbot.playground import shapes
from kbot.playground.calls import HISTORY, READ, Args, Refused, message_at, method, need_scope, page, readable
from kbot.playground.local import LocalSlack
from kbot.playground.world import BOT_USER, Channel, Json, Kind, Message

TYPES = {"public_channel": Kind.PUBLIC, "private_channel": Kind.PRIVATE, "im": Kind.IM, "mpim": None}


@method("conversations.info")
def info(slack: LocalSlack, args: Args) -> Json:
    channel = readable(slack, args)
    shape = shapes.channel(channel)
    if args.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    return {"channel": shape}


@method("conversations.list")
def list_(slack: LocalSlack, args: Args) -> Json:
    found = [c for c in _of_types(slack, args) if c.kind is Kind.PUBLIC or c.has(BOT_USER)]
    return _listed(slack, args, found)


@method("users.conversations")
def of_user(slack: LocalSlack, args: Args) -> Json:
    user = args.text("user", BOT_USER)
    if user not in slack.world.people:
        raise Refused("user_not_found")
    found = [c for c in _of_types(slack, args) if c.has(user) and (c.kind is Kind.PUBLIC or c.has(BOT_USER))]
    return _listed(slack, args, found)


@method("conversations.members")
def members(slack: LocalSlack, args: Args) -> Json:
    channel = readable(slack, args)
    some, metadata = page(slack, channel.members, args)
    return {"members": some, "response_metadata": metadata}


@method("conversations.history")
def history(slack: LocalSlack, args: Args) -> Json:
    """Newest first, without replies: `latest=ts&inclusive&limit=1` of a reply finds the message before it."""
    channel = _heard(slack, args)
    found = _within(slack.world.top_level(channel.id), args)[::-1]
    some, metadata = page(slack, found, args)
    return _messages(slack, args, some, metadata)


@method("conversations.replies")
def replies(slack: LocalSlack, args: Args) -> Json:
    """The root and its replies, oldest first; the `ts` of a reply answers that reply alone."""
    channel = _heard(slack, args)
    ts = args.text("ts")
    root = slack.world.find(channel.id, ts)
    if root is None:
        raise Refused("thread_not_found")
    thread = [root] if root.is_reply else slack.world.replies(channel.id, ts)
    found = _within(thread, args)
    if not root.is_reply:
        found = [root, *found]
    some, metadata = page(slack, found, args, default=1000)
    return _messages(slack, args, some, metadata)


@method("conversations.open", "im:write", json=True)
def open_(slack: LocalSlack, args: Args) -> Json:
    users = args.words("users")
    if len(users) != 1:
        raise Refused("users_list_not_supplied" if not users else "not_supported_here")
    person = slack.world.people.get(users[0])
    if person is None:
        raise Refused("user_not_found")
    if person.is_bot:
        raise Refused("cannot_dm_bot")
    if person.deleted:
        raise Refused("user_disabled")
    known = any(c.person == person.id for c in slack.world.channels.values())
    channel = slack.world.direct_message(person.id)
    shape = shapes.channel(channel) if args.flag("return_im") else {"id": channel.id}
    slack.changed()
    return {"channel": shape} | ({"no_op": True, "already_open": True} if known else {})


@method("conversations.join", json=True)
def join(slack: LocalSlack, args: Args) -> Json:
    need_scope(slack, "channels:join")
    channel = slack.world.channels.get(args.text("channel"))
    if channel is None or channel.kind is Kind.PRIVATE:
        raise Refused("channel_not_found")
    if channel.kind is Kind.IM:
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    slack.join(channel, BOT_USER)
    return {"channel": shapes.channel(channel)}


@method("conversations.leave", json=True)
def leave(slack: LocalSlack, args: Args) -> Json:
    need_scope(slack, "channels:write")
    channel = readable(slack, args)
    slack.leave(channel, BOT_USER)
    return {}


def _of_types(slack: LocalSlack, args: Args) -> list[Channel]:
    wanted = args.words("types") or ["public_channel"]
    if not set(wanted) <= set(TYPES):
        raise Refused("invalid_types")
    kinds = {TYPES[name] for name in wanted} - {None}
    need_scope(slack, *(READ[kind] for kind in kinds if kind is not None))
    no_archived = args.flag("exclude_archived")
    return [
        channel
        for channel in slack.world.channels.values()
        if channel.kind in kinds and not (no_archived and channel.archived)
    ]


def _listed(slack: LocalSlack, args: Args, found: list[Channel]) -> Json:
    some, metadata = page(slack, found, args)
    shown = [shapes.channel(c) | {"num_members": len(c.members)} for c in some]
    return {"channels": shown, "response_metadata": metadata}


def _heard(slack: LocalSlack, args: Args) -> Channel:
    """A conversation whose messages the bot may read: it must be a member."""
    channel = readable(slack, args, HISTORY)
    if not channel.has(BOT_USER):
        raise Refused("not_in_channel")
    return channel


def _within(messages: list[Message], args: Args) -> list[Message]:
    try:
        oldest = float(args.text("oldest", "0"))
        latest = float(args.text("latest", "inf"))
    except ValueError:
        raise Refused("invalid_ts_latest") from None
    if args.flag("inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _messages(slack: LocalSlack, args: Args, some: list[Message], metadata: Json) -> Json:
    all_metadata = args.flag("include_all_metadata")
    shown = [shapes.message(slack.world, m, metadata=all_metadata) for m in some]
    more = bool(metadata["next_cursor"])
    answer: Json = {"messages": shown, "has_more": more}
    return answer | ({"response_metadata": metadata} if more else {})


def reactable(slack: LocalSlack, args: Args) -> Message:
    """The message named by `channel` and `timestamp`, in a conversation that the bot is in."""
    channel = slack.world.channels.get(args.text("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    if not channel.has(BOT_USER):
        raise Refused("not_in_channel" if channel.kind is Kind.PUBLIC else "channel_not_found")
    return message_at(slack, channel, args.text("timestamp"))
