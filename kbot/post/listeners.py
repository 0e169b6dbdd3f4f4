"""The door of the post from Slack: letters for a channel that has another id now."""

from kbot.house import House
from kbot.post import outbox
from kbot.slack.incoming import Event


async def on_channel_id_changed(house: House, event: Event) -> None:
    """What waits for the channel, and what can be shown anew in it, goes with it."""
    old, new = str(event.body["old_channel_id"]), str(event.body["new_channel_id"])
    await house.unit(outbox.rename_channel, event.team, old, new)


EVENTS = {"channel_id_changed": on_channel_id_changed}
