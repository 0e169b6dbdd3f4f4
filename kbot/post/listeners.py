"""The doors of the post from Slack: letters for a channel that has another id now, or other readers."""

from kbot.house import House
from kbot.people.viewers import person_of
from kbot.post import inbox, outbox
from kbot.slack.incoming import Event


async def on_channel_id_changed(house: House, event: Event) -> None:
    """What waits for the channel, and what can be shown anew in it, goes with it."""
    old, new = str(event.body["old_channel_id"]), str(event.body["new_channel_id"])
    await house.unit(outbox.rename_channel, event.team, old, new)


async def on_shared(house: House, event: Event) -> None:
    """Another organization reads along in a channel from now on, with all that was said in it, or does no more."""
    now = house.clock.real()
    await house.unit(inbox.finishing(event, outbox.refresh_channel), event.team, str(event.body["channel"]), now)


async def on_joined(house: House, event: Event) -> None:
    """Whoever comes in reads what kbot said there before: an outsider, or anybody in a private channel, may be somebody
    who could not see it at its source."""
    user, channel = str(event.body["user"]), str(event.body["channel"])
    if user == house.me or not await house.unit.read(outbox.any_in, event.team, channel):
        return
    person = await person_of(house, event.team, user)
    if person is not None and not person.is_reader:
        return
    found = await house.slack.channel(channel)
    if person is None or not person.is_member or found is None or found.is_private:
        await house.unit(outbox.refresh_channel, event.team, channel, house.clock.real())


EVENTS = {
    "channel_id_changed": on_channel_id_changed,
    "channel_shared": on_shared,
    "channel_unshared": on_shared,
    "member_joined_channel": on_joined,
}
