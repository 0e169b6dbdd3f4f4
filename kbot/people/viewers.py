"""Who may see what, now. The only maker of `Viewer`; Slack is asked each time, nothing is remembered, doubt denies.

A channel may have turned private without an event, and a person may have left a minute ago: hence no cache. Only
whether somebody is a full member, a guest or a stranger is kept for a while.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kbot.act import BadInput
from kbot.house import House
from kbot.people import directory
from kbot.people.facts import Person, Viewer
from kbot.slack.reader import SlackAway
from kbot.slack.words import SlackChannel

FRESH = timedelta(minutes=5)
"""How long (machine's time) what Slack said of a person is taken as true; `user_change` corrects it at once."""

STANDING_KEPT = timedelta(days=1)
"""The same for somebody who only reads along: there may be very many of them."""

MOST_UNKNOWN = 200
"""Of so many readers in a channel Slack is asked before one answer. Where more are unknown, some may be outsiders."""

AT_ONCE = 8


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


@dataclass(frozen=True)
class _Readers:
    """Who reads an answer: `people`, or None for every full member of the workspace, in the channel `place`.

    `outsiders`: guests, strangers or people of unknown standing are among them.
    """

    people: frozenset[str] | None
    place: str | None = None
    outsiders: bool = False


async def viewer_of(
    house: House, team: str, user: str, channels: Iterable[str], *, read_in: str | None = None
) -> Viewer:
    """Which of `channels` this person may see the items of, now.

    `read_in` is a channel where everybody will read the answer: then only what everybody there may see counts. Where
    outsiders read along, that is what was saved in that channel itself, and in private channels with all of them.
    Guests, strangers and people who left see nothing. Raises SlackAway where Slack does not say: nothing is shown
    then, and nothing is claimed either, for "I have nothing on this" would be untrue.
    """
    wanted = sorted(set(channels))
    person = await person_of(house, team, user)
    if person is None or not person.is_member:
        return Viewer(team, user)
    readers = await _readers(house, team, read_in) if read_in else _Readers(frozenset({user}))
    if readers.people is not None and user not in readers.people:
        return Viewer(team, user)
    return await _viewer(house, team, user, wanted, readers)


async def viewer_in(house: House, team: str, place: str, channels: Iterable[str]) -> Viewer:
    """What everybody in the channel `place` may see now: for what kbot says there by itself. On doubt, nothing."""
    readers = await _readers(house, team, place)
    if readers.people is not None and not readers.people:
        return Viewer(team, house.me)
    return await _viewer(house, team, house.me, sorted(set(channels)), readers)


async def _viewer(house: House, team: str, user: str, wanted: Sequence[str], readers: _Readers) -> Viewer:
    open_to = await asyncio.gather(*(_open_to(house, channel, readers) for channel in wanted))
    seen = frozenset(channel for channel, is_open in zip(wanted, open_to, strict=True) if is_open)
    return Viewer(team, user, seen, readers.outsiders)


async def _readers(house: House, team: str, channel: str) -> _Readers:
    """Who reads what is said in a channel: nobody, where another organization reads along."""
    found = await house.slack.channel(channel)
    if found is None or found.is_shared:
        return _Readers(frozenset(), channel)
    inside = await house.slack.members(channel) - {house.me}
    standing = await _standing(house, team, inside)
    readers = frozenset(user for user in inside if user not in standing or standing[user].is_reader)
    outsiders = not inside or any(user not in standing or not standing[user].is_member for user in readers)
    return _Readers(readers if found.is_private or found.is_im else None, channel, outsiders)


async def _standing(house: House, team: str, users: frozenset[str]) -> dict[str, Person]:
    """What these people are here; who is missing is unknown. Slack is asked where its word is older than a day.

    Nobody more is asked about once an outsider is found, nor where more than MOST_UNKNOWN are unknown: one answer
    would take minutes at Slack's rate limits. Either way the channel counts as one where outsiders read along.
    """
    since = house.clock.real() - STANDING_KEPT
    known = await house.unit.read(directory.people_since, team, users, since)
    unknown = sorted(users - known.keys())
    if len(unknown) > MOST_UNKNOWN or any(person.is_reader and not person.is_member for person in known.values()):
        return known
    room = asyncio.Semaphore(AT_ONCE)

    async def ask(user: str) -> Person | None:
        async with room:
            return await person_of(house, team, user)

    found = await asyncio.gather(*(ask(user) for user in unknown))
    return known | {person.id: person for person in found if person is not None}


async def _open_to(house: House, channel: str, readers: _Readers) -> bool:
    found = await house.slack.channel(channel)
    if found is None or found.is_shared or found.is_im:
        return False
    if channel == readers.place:
        return True
    if not found.is_private:
        return not readers.outsiders
    return bool(readers.people) and readers.people is not None and readers.people <= await house.slack.members(channel)


async def channel_for(house: House, channel: str) -> SlackChannel:
    """A channel that kbot works in. Raises BadInput where it is not a member, or outsiders read along."""
    found = await house.slack.channel(channel)
    if found is None or not found.is_member:
        raise BadInput("I am not in this channel, so I cannot know who may see it. Invite me first: /invite @kbot")
    if found.is_shared:
        raise BadInput("This channel is shared with another organization. I save and answer nothing here for now.")
    return found
