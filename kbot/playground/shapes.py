"""How Slack writes things down: users, channels, messages and views as its API and events show them."""

import copy

from kbot.playground.clock import utc_offset
from kbot.playground.world import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    OTHER_TEAM,
    TEAM_ID,
    Channel,
    Json,
    Kind,
    Looking,
    Message,
    Person,
    View,
    World,
)

DOMAIN = "harbor"


def permalink(channel: str, ts: str, thread_ts: str | None = None) -> str:
    link = f"https://{DOMAIN}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    if thread_ts and thread_ts != ts:
        link += f"?thread_ts={thread_ts}&cid={channel}"
    return link


def user(world: World, person: Person) -> Json:
    shape: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": {
            "title": person.title,
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.real_name.split()[0],
            "display_name_normalized": person.real_name.split()[0],
            "first_name": person.real_name.split()[0],
            "last_name": " ".join(person.real_name.split()[1:]),
            "phone": "",
            "skype": "",
            "status_text": person.status[0],
            "status_text_canonical": "",
            "status_emoji": person.status[1],
            "status_emoji_display_info": [],
            "status_expiration": person.status[2],
            "avatar_hash": "g" + person.id.lower(),
            **{f"image_{size}": "" for size in (24, 32, 48, 72, 192, 512)},
            "fields": {},
            "team": person.team_id,
        },
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 1_760_000_000,
    }
    if person.is_bot:
        shape["profile"] |= {"api_app_id": person.app_id, "bot_id": person.bot_id}
    if person.deleted:
        return shape
    shape |= {
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz.split("/")[-1].replace("_", " ") + " time",
        "tz_offset": utc_offset(person.tz),
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        "locale": "en-US",
    }
    if person.is_stranger:
        # Who shares a channel with the app is no stranger to it: then the other team_id alone tells.
        shape["is_stranger"] = world.is_unknown(person)
    return shape


def context(looking: Looking | None) -> Json:
    """What somebody looks at, the most relevant first; empty where it is nothing that an app may know of."""
    if looking is None:
        return {}
    entities: list[Json] = [{"type": "slack#/types/channel_id", "value": looking.channel, "team_id": TEAM_ID}]
    if looking.thread_ts is not None:
        at = {"message_ts": looking.thread_ts, "channel_id": looking.channel}
        entities.insert(0, {"type": "slack#/types/message_context", "value": at, "team_id": TEAM_ID})
    return {"entities": entities}


def channel(it: Channel, asking: str = BOT_USER) -> Json:
    if it.kind is Kind.IM:
        return {
            "id": it.id,
            "created": it.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": TEAM_ID,
            "user": it.person,
            "is_user_deleted": False,
            "priority": 0,
        }
    private = it.kind is Kind.PRIVATE
    return {
        "id": it.id,
        "name": it.name,
        "name_normalized": it.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "created": it.created,
        "creator": it.creator,
        "is_archived": it.archived,
        "is_general": it.name == "general",
        "unlinked": 0,
        "is_shared": it.is_shared,
        "is_org_shared": False,
        "is_ext_shared": it.is_shared,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [TEAM_ID, OTHER_TEAM] if it.is_shared else [TEAM_ID],
        "context_team_id": TEAM_ID,
        "updated": it.created * 1000,
        "is_member": it.has(asking),
        "topic": {"value": it.topic, "creator": it.creator if it.topic else "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def bot_profile(world: World, bot_id: str) -> Json:
    owner = next((p for p in world.people.values() if p.bot_id == bot_id), None)
    return {
        "id": bot_id,
        "app_id": owner.app_id or "" if owner else "A0WEBHOOK",
        "name": owner.name if owner else "webhook",
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
        "deleted": False,
        "updated": 1_760_000_000,
        "team_id": TEAM_ID,
    }


def message(world: World, it: Message, metadata: bool = False) -> Json:
    """As history, replies and events' inner messages show it. `metadata`: include_all_metadata was asked."""
    shape: Json = {"type": "message", "ts": it.ts, "text": it.text}
    if it.subtype is not None:
        shape["subtype"] = it.subtype
    if it.is_tombstone:
        return shape | {"user": "USLACKBOT", "hidden": True} | _thread(world, it)
    if it.user is not None:
        shape["user"] = it.user
        shape["team"] = world.people[it.user].team_id if it.user in world.people else TEAM_ID
    if it.client_msg_id is not None:
        shape["client_msg_id"] = it.client_msg_id
    if it.bot_id is not None:
        shape["bot_id"] = it.bot_id
        if it.subtype != "bot_message":
            shape |= {
                "app_id": APP_ID if it.bot_id == BOT_ID else "A0OTHER",
                "bot_profile": bot_profile(world, it.bot_id),
            }
    if it.username is not None:
        shape["username"] = it.username
    for name, value in (("blocks", it.blocks), ("attachments", it.attachments), ("files", it.files)):
        if value:
            shape[name] = copy.deepcopy(value)
    if it.files:
        shape |= {"upload": False, "display_as_bot": False}
    if it.edited is not None:
        shape["edited"] = {"user": it.edited[0], "ts": it.edited[1]}
    if it.streaming:
        shape["streaming_state"] = "in_progress"
    if it.metadata is not None and metadata:
        shape["metadata"] = it.metadata
    if it.reactions:
        shape["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in it.reactions.items()
        ]
    return shape | it.more | _thread(world, it)


def _thread(world: World, it: Message) -> Json:
    if it.thread_ts is None:
        return {}
    if it.is_reply:
        root = world.find(it.channel, it.thread_ts)
        return {"thread_ts": it.thread_ts} | ({"parent_user_id": root.user} if root and root.user else {})
    replies = world.replies(it.channel, it.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user or reply.bot_id or "" for reply in replies))
    return {
        "thread_ts": it.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
        "reply_users": users[:5],
        "is_locked": False,
        "subscribed": False,
    }


def view(it: View) -> Json:
    """As `views.*` answers it and interactions carry it."""
    content = it.content
    modal = content["type"] == "modal"
    shape: Json = {
        "id": it.id,
        "team_id": TEAM_ID,
        "type": content["type"],
        "blocks": copy.deepcopy(content["blocks"]),
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "state": {"values": copy.deepcopy(it.typed)},
        "hash": it.hash,
        "clear_on_close": content.get("clear_on_close", False),
        "notify_on_close": content.get("notify_on_close", False),
        "root_view_id": it.root,
        "previous_view_id": it.previous,
        "app_id": APP_ID,
        "external_id": content.get("external_id", ""),
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }
    if modal:
        shape |= {
            "title": content["title"],
            "close": content.get("close"),
            "submit": content.get("submit"),
            "submit_disabled": content.get("submit_disabled", False),
        }
    return shape
