"""users.*, bots.info, team.info, auth.test, emoji.list, apps.connections.open"""

from kbot.playground import shapes
from kbot.playground.calls import Args, Key, Refused, method, page
from kbot.playground.local import LocalSlack
from kbot.playground.world import BOT_ID, BOT_USER, TEAM_ID, Json


@method("auth.test", json=True)
def auth_test(slack: LocalSlack, args: Args) -> Json:
    return {
        "url": f"https://{shapes.DOMAIN}.slack.com/",
        "team": slack.world.team_name,
        "user": slack.world.people[BOT_USER].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("api.test", json=True, key=Key.NONE)
def api_test(slack: LocalSlack, args: Args) -> Json:
    return {"args": args.given}


@method("team.info", "team:read")
def team_info(slack: LocalSlack, args: Args) -> Json:
    return {
        "team": {
            "id": TEAM_ID,
            "name": slack.world.team_name,
            "url": f"https://{shapes.DOMAIN}.slack.com/",
            "domain": shapes.DOMAIN,
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


@method("bots.info", "users:read")
def bots_info(slack: LocalSlack, args: Args) -> Json:
    bot_id = args.text("bot", BOT_ID)
    owner = next((p for p in slack.world.people.values() if p.bot_id == bot_id), None)
    if owner is None:
        raise Refused("bot_not_found")
    profile = shapes.bot_profile(slack.world, bot_id)
    return {"bot": profile | {"user_id": owner.id}}


@method("users.info", "users:read")
def users_info(slack: LocalSlack, args: Args) -> Json:
    person = slack.world.people.get(args.text("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": shapes.user(slack.world, person)}


@method("dnd.info", "dnd:read")
def dnd_info(slack: LocalSlack, args: Args) -> Json:
    """The next hours, or those of now. Its moments move with people's clock, as Slack's own clock would."""
    person = slack.world.people.get(args.text("user"))
    if person is None:
        raise Refused("user_not_found")
    begins, ends = person.quiet or (1, 1)  # as Slack answers for somebody without such hours
    return {"dnd_enabled": person.quiet is not None, "next_dnd_start_ts": int(begins), "next_dnd_end_ts": int(ends)}


@method("users.list", "users:read")
def users_list(slack: LocalSlack, args: Args) -> Json:
    some, metadata = page(slack, list(slack.world.people.values()), args, default=200)
    return {"members": [shapes.user(slack.world, p) for p in some], "response_metadata": metadata, "cache_ts": 0}


@method("emoji.list", "emoji:read")
def emoji_list(slack: LocalSlack, args: Args) -> Json:
    return {"emoji": dict(slack.world.emoji), "cache_ts": slack.world.new_ts()}


@method("apps.connections.open", json=True, key=Key.APP)
def connections_open(slack: LocalSlack, args: Args) -> Json:
    return {"url": slack.socket_url()}
