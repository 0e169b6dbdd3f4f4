"""Random histories of delivery: never the same item twice, nowhere one that its reader may not see then.

Channels turn private and public again, people come into them and leave them, become guests and full members again, and
are deactivated: between being chosen and being written to, in a Home tab, or in a channel where others read along.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.clock import Clock
from kbot.delivery import jobs, mailing, mobilizing
from kbot.delivery.facts import CARD, TO_CHANNEL, State
from kbot.delivery.tables import DeliveryRow
from kbot.home import jobs as home
from kbot.home.tab import home_letter
from kbot.house import House
from kbot.library import items, topics
from kbot.library.facts import Item, ItemState
from kbot.library.tables import WordsRow
from kbot.meaning.hashed import HashEmbedder
from kbot.people import directory
from kbot.people.facts import Pace
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.tables import OutboxRow
from kbot.settings import Settings
from kbot.slack.outgoing import Post, PublishHome
from kbot.slack.reader import SlackReader
from kbot.slack.words import SlackChannel, SlackUser
from kbot.storage.units import Units
from tests.examples import examples
from tests.rooms.desk import ANA, BEN, CLEO, DOV, ONCALL, PLATFORM, REAL, TEAM, ZONES, act, follow, meet, saved, set_up

PEOPLE = (ANA, BEN, CLEO, DOV)
CHANNELS = (PLATFORM, ONCALL)
KBOT = "U0KBOT"


class Slack(SlackReader):
    """A workspace with two channels, private or not, whose members come and go."""

    def __init__(self) -> None:
        super().__init__("xoxb-1", "http://127.0.0.1:9/")
        self.inside = {PLATFORM: {*PEOPLE, KBOT}, ONCALL: {ANA, BEN, KBOT}}
        self.private = {ONCALL}
        self.guests: set[str] = set()
        self.left: set[str] = set()

    async def channel(self, channel: str) -> SlackChannel | None:
        return SlackChannel(channel, channel, ANA, channel in self.private, False, False, False, True)

    async def members(self, channel: str) -> frozenset[str]:
        return frozenset(self.inside[channel])

    async def user(self, user: str) -> SlackUser | None:
        return self.known(user)

    def known(self, user: str) -> SlackUser:
        is_guest, is_gone = user in self.guests, user in self.left
        return SlackUser(user, TEAM, user, ZONES.get(user), False, is_guest, False, user == KBOT, is_gone)


@dataclass
class World:
    """What there is, and what was sent to whom."""

    house: House
    slack: Slack
    items: list[Item] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)

    def may_see(self, reader: str, item: Item) -> bool:
        """Whether a person, or all who read along in a channel, may see it now."""
        if item.id in self.gone:
            return False
        if reader in PEOPLE:
            return self._is_open(reader, item)
        if reader == item.channel:
            return True
        slack, here = self.slack, self.slack.inside[reader] - {KBOT}
        everybody = set() if reader in slack.private else {*PEOPLE} - slack.guests
        return all(self._is_open(one, item, among_others=True) for one in (here | everybody) - slack.left)

    def _is_open(self, person: str, item: Item, *, among_others: bool = False) -> bool:
        """A guest sees nothing alone, and among others what is private and theirs as well."""
        slack = self.slack
        is_private = item.channel in slack.private
        if person in slack.left or (person in slack.guests and not (among_others and is_private)):
            return False
        return not is_private or person in slack.inside[item.channel]


def _begin(session: Session) -> None:
    meet(session, *PEOPLE)
    for person in PEOPLE:
        directory.set_pace(session, act(person), Pace.AT_ONCE)
    for channel in (PLATFORM, ONCALL):
        set_up(session, CLEO, channel=channel)
    topics.give(session, act(ANA), saved(session, "The first").id, ["deploys"])


def _publish(session: Session, channel: str) -> Item:
    item = saved(session, f"Item {uuid4().hex}.", channel=channel, contributor=CLEO, by=DOV)
    topics.give(session, act(ANA), item.id, ["deploys"])
    follow(session)
    session.execute(update(WordsRow).values(vector=b""))  # as if read: no vector is asked for
    return items.get(session, TEAM, item.id)


def _follow_topic(session: Session, follower: str) -> None:
    found = topics.find(session, TEAM, "deploys")
    assert found is not None
    if follower in PEOPLE:
        topics.follow(session, act(follower), found.id)
    else:
        topics.follow(session, act(CLEO), found.id, follower)


def _changed(session: Session, user: SlackUser) -> None:
    """What Slack tells of a person at once."""
    directory.remember_person(session, TEAM, user, Clock(None).real())


def _pending(session: Session) -> list[Letter]:
    mine = OutboxRow.kind.in_((CARD, TO_CHANNEL))
    rows = session.scalars(select(OutboxRow).where(mine, OutboxRow.state == "pending"))
    return [outbox.letter_of(row) for row in rows]


def _settled(session: Session, letter: Letter, state: str) -> None:
    session.execute(
        update(OutboxRow).where(OutboxRow.key == letter.key).values(state=state, sent_at=REAL, channel="D", ts="1.1")
    )


def _offer(session: Session) -> None:
    """What waits lies in the Home tab instead."""
    session.execute(update(DeliveryRow).where(DeliveryRow.state == State.WAITING).values(state=State.OFFERED.value))


def _take_away(session: Session, item: Item) -> None:
    items.take_away(session, act(CLEO), item.id, ItemState.WITHDRAWN)
    follow(session)


async def _send(world: World) -> None:
    await jobs.plan_letters(world.house)
    for letter in await world.house.unit.read(_pending):
        written = await jobs.LETTERS[letter.kind](world.house, letter)
        if isinstance(written, Post):
            shown = json.dumps(list(written.blocks))
            for item in world.items:
                if f"*{item.lines.title}*" in shown or f"|{item.lines.title}>" in shown:
                    assert world.may_see(letter.to, item), "shown to somebody who may not see it now"
                    world.sent[letter.to, item.id] += 1
        await world.house.unit(_settled, letter, "sent" if isinstance(written, Post) else "cancelled")
    await jobs.plan_letters(world.house)


async def _look(world: World) -> None:
    """Everybody opens their Home tab; what one contributed oneself may always be there."""
    for person in PEOPLE:
        tab = await home.view(world.house, home_letter(TEAM, person, "look"))
        assert isinstance(tab, PublishHome)
        shown = json.dumps(list(tab.blocks))
        for item in world.items:
            if item.lines.title in shown and person != item.contributor:
                assert world.may_see(person, item), "in the tab of somebody who may not see it now"


STEPS = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from([PLATFORM, ONCALL])),
    st.tuples(st.just("follow"), st.sampled_from([*PEOPLE, PLATFORM, ONCALL])),
    st.tuples(st.just("inside"), st.sampled_from([f"{channel} {person}" for channel in CHANNELS for person in PEOPLE])),
    st.tuples(st.just("private"), st.sampled_from(CHANNELS)),
    st.tuples(st.just("guest"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("leave"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("mobilize"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("choose"), st.none()),
    st.tuples(st.just("plan"), st.none()),
    st.tuples(st.just("send"), st.none()),
    st.tuples(st.just("offer"), st.none()),
    st.tuples(st.just("look"), st.none()),
    st.tuples(st.just("take away"), st.none()),
)


async def _do(world: World, step: str, what: str | None) -> None:
    unit = world.house.unit
    if step == "publish" and what:
        world.items.append(await unit(_publish, what))
    elif step == "follow" and what:
        await unit(_follow_topic, what)
    elif step == "inside" and what:
        channel, person = what.split()
        world.slack.inside[channel] ^= {person}
    elif step == "private" and what:
        world.slack.private ^= {what}
    elif step in ("guest", "leave") and what:
        if step == "guest":
            world.slack.guests ^= {what}
        else:
            world.slack.left ^= {what}
        await unit(_changed, world.slack.known(what))
    elif step == "mobilize" and what and world.items and world.items[-1].id not in world.gone:
        await unit(mobilizing.send_on, act(CLEO), world.items[-1].id, [what], None, "", REAL)
    elif step == "choose":
        await jobs.choose_recipients(world.house)
    elif step == "plan":
        for team, recipient in await unit.read(mailing.waiting, world.house.now()):
            await unit(mailing.plan, team, recipient, world.house.now(), REAL)
    elif step == "send":
        await _send(world)
    elif step == "offer":
        await unit(_offer)
    elif step == "look":
        await _look(world)
    elif step == "take away" and world.items:
        world.gone.add(world.items[0].id)
        await unit(_take_away, world.items[0])


@settings(max_examples=examples(3), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=5, max_size=30))
async def test_never_twice_and_never_what_they_may_not_see(units: Units, steps: list[tuple[str, str | None]]) -> None:
    slack = Slack()
    world = World(House(units, Clock(None), slack, Settings(), KBOT, HashEmbedder()), slack)
    await units(_begin)
    for step, what in steps:
        await _do(world, step, what)
    for step in ("choose", "send", "send", "look"):
        await _do(world, step, None)
    assert max(world.sent.values(), default=0) <= 1
    rows = await units.read(lambda session: session.execute(select(DeliveryRow.item_id, DeliveryRow.recipient)).all())
    assert len(set(rows)) == len(rows)
