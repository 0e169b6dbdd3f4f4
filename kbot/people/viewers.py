"""Who may see what, now. The only maker of `Viewer`; Slack is asked each time, nothing is remembered, doubt denies.

A channel may have turned private without an event, and a person may have left a minute ago: hence no cache.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from kbot.act import BadInput
from kbot.house import House
from kbot.people import directory
from kbot.people.facts import Person, Viewer
from kbot.slack.reader import SlackAway
from kbot.slack.words import SlackChannel

FRESH = timedelta(minutes=5)
"""How long (machine's time) what Slack said of a person is taken as true; `user_change` corrects it at once."""


async def person_of(house: House, team: str, user: str) -> Person | None:
    """The person as Slack knows them. None when Slack knows nobody of that id; SlackAway when nothing can be told."""
    fetched = await house.unit.read(directory.fetched_at, team, user)
    now = house.clock.real()
    if fetched is not None and abs(now - fetched) < FRESH:
        return await house.unit.read(directory.person, team, user)
    found = await house.slack.user(user)
    if found is None:
        return None
    return await house.unit(directory.remember_person, team, found, now)


async def member_of(house: House, team: str, user: str) -> Person:
    """A full member of the workspace. Raises BadInput with a polite sentence for everybody else."""
    person = await person_of(house, team, user)
    if person is None or person.is_stranger:
        raise BadInput("I only work for members of this workspace for now. Please ask a colleague here to help you.")
    if person.is_guest:
        raise BadInput("I do not work for guests yet. Please ask a full member of this workspace to help you.")
    if person.is_bot or person.deleted:
        raise BadInput("I only work for people who are members of this workspace.")
    return person


async def names(house: House, team: str, users: Iterable[str]) -> dict[str, str]:
    """Names of people by id; who cannot be found keeps the id."""
    found: dict[str, str] = {}
    for user in set(users):
        try:
            person = await person_of(house, team, user)
        except SlackAway:
            person = None
        found[user] = person.name if person else user
    return found


async def viewer_of(
    house: House, team: str, user: str, channels: Iterable[str], *, read_in: str | None = None
) -> Viewer:
    """Which of `channels` this person may see the items of, now.

    `read_in` is a channel where everybody will read the answer: then only what everybody there may see counts.
    Guests, strangers and people who left see nothing. Raises SlackAway where Slack does not say: nothing is shown
    then, and nothing is claimed either, for "I have nothing on this" would be untrue.
    """
    wanted = sorted(set(channels))
    person = await person_of(house, team, user)
    if person is None or not person.is_member:
        return Viewer(team, user)
    readers = await _readers(house, read_in) if read_in else frozenset({user})
    if readers is not None and user not in readers:
        return Viewer(team, user)
    open_to = await asyncio.gather(*(_open_to(house, channel, readers) for channel in wanted))
    return Viewer(team, user, frozenset(c for c, is_open in zip(wanted, open_to, strict=True) if is_open))


async def _readers(house: House, channel: str) -> frozenset[str] | None:
    """Who reads what is said in a channel; None: every full member may. Nobody, where outsiders read along."""
    found = await house.slack.channel(channel)
    if found is None or found.is_shared:
        return frozenset()
    if found.is_private or found.is_im:
        return await house.slack.members(channel) - {house.me}
    return None


async def _open_to(house: House, channel: str, readers: frozenset[str] | None) -> bool:
    found = await house.slack.channel(channel)
    if found is None or found.is_shared or found.is_im:
        return False
    if not found.is_private:
        return True
    return bool(readers) and readers is not None and readers <= await house.slack.members(channel)


async def channel_for(house: House, channel: str) -> SlackChannel:
    """A channel that kbot works in. Raises BadInput where it is not a member, or outsiders read along."""
    found = await house.slack.channel(channel)
    if found is None or not found.is_member:
        raise BadInput("I am not in this channel, so I cannot know who may see it. Invite me first: /invite @kbot")
    if found.is_shared:
        raise BadInput("This channel is shared with another organization. I save and answer nothing here for now.")
    return found
