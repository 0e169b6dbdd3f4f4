"""The doors of people from Slack: somebody changed, a channel changed, kbot was removed."""

import logging

from kbot.house import House
from kbot.people import directory
from kbot.slack.incoming import Event
from kbot.slack.words import SlackUser

log = logging.getLogger(__name__)


async def on_user_change(house: House, event: Event) -> None:
    """A person's zone, name or standing changed: kept at once, for people kbot has met."""
    user = SlackUser.parse(event.body["user"])
    if await house.unit.read(directory.person, event.team, user.id) is not None:
        await house.unit(directory.remember_person, event.team, user, house.clock.real())


async def on_team_join(house: House, event: Event) -> None:
    """Somebody new: nothing unasked for their first days, so kbot keeps since when they are here."""
    user = SlackUser.parse(event.body["user"])
    await house.unit(directory.remember_joined, event.team, user, house.clock.real(), house.now())


async def on_channel_news(house: House, event: Event) -> None:
    """News about a channel or its members. Nothing is kept of either: Slack is asked at the moment of showing, so
    that an event that never arrives can leak nothing."""


async def on_channel_id_changed(house: House, event: Event) -> None:
    """Slack gave a channel another id: its set-up and its brokers go with it."""
    old, new = str(event.body["old_channel_id"]), str(event.body["new_channel_id"])
    await house.unit(directory.rename_channel, event.team, old, new)


async def on_uninstalled(house: House, event: Event) -> None:
    """kbot was removed from the workspace, or its tokens were revoked: Slack refuses everything from now on."""
    log.error("kbot was removed from workspace %s (%s)", event.team, event.type)


async def on_app_context(house: House, event: Event) -> None:
    """What the person looks at beside the conversation. kbot does not watch: slack/firehose.py drops it."""


EVENTS = {
    "user_change": on_user_change,
    "team_join": on_team_join,
    "channel_id_changed": on_channel_id_changed,
    "app_uninstalled": on_uninstalled,
    "tokens_revoked": on_uninstalled,
    "app_context_changed": on_app_context,
    **dict.fromkeys(
        (
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
        ),
        on_channel_news,
    ),
}
