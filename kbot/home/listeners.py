"""The doors of home from Slack: the Home tab, pause and resume, and how kbot behaves in a channel."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.capture import views as capture
from kbot.cards import CARD_MENU, GOOD, NOT_FOR_ME, PLAN, USE
from kbot.delivery.mobilize_views import WIDEN_NO, WIDEN_YES
from kbot.delivery.need_views import HELPED, NOTHING, SAY
from kbot.delivery.views import PLAN_MODAL
from kbot.follow_up import cases
from kbot.follow_up.facts import Answer as Said
from kbot.follow_up.views import ANSWER, MISSING_MODAL, MORE, TO_WHOM_MODAL
from kbot.helping import views as helping
from kbot.home import limits, pausing, setup, setup_views, views
from kbot.home.tab import home_letter, show_anew
from kbot.house import House
from kbot.library import naming, topics
from kbot.library.facts import Topic
from kbot.library.search import tuning
from kbot.people import directory
from kbot.people.facts import Limits, Pace, Person, Policy
from kbot.people.viewers import channel_for, member_of, names, person_of, viewer_of
from kbot.post import inbox, outbox, passing
from kbot.post.gate import WEEK
from kbot.slack.incoming import Answer, Command, Event, Press, Reply, Submission
from kbot.slack.modals import show_modal
from kbot.slack.outgoing import View
from kbot.slack.words import SlackChannel
from kbot.trail.facts import Plan

T = TypeVar("T", Press, Submission)

NOT_HERE = "`/kb setup` works in a channel: type it in the one that you mean."


async def on_home_opened(house: House, event: Event) -> None:
    """Somebody opens the Home tab; the Messages tab is the answers' business."""
    if event.body.get("tab", "home") == "home":
        letter = home_letter(event.team, str(event.body["user"]), event.id)
        await house.unit(inbox.finishing(event, outbox.plan), letter, house.clock.real())


async def pause(house: House, command: Command) -> Answer:
    """`/kb pause`, with or without for how long."""
    person = await member_of(house, command.team, command.person)
    now = house.now()
    until = pausing.parse(command.rest, now, person.zone)
    act = house.act(command.team, person.id, command.channel, f"command:{command.trigger_id}")
    await house.unit(_set_pause, act, until)
    return Reply(views.RESUMED if until is None else views.paused(until, person, now))


async def resume(house: House, command: Command) -> Answer:
    """`/kb resume`: ends a pause and a stop."""
    person = await member_of(house, command.team, command.person)
    act = house.act(command.team, person.id, command.channel, f"command:{command.trigger_id}")
    await house.unit(_set_pause, act, None)
    return Reply(views.RESUMED)


def _set_pause(session: Session, act: Act, until: datetime | None) -> None:
    """None ends a pause and a stop: then what waits is looked at again, and who was left in peace is asked again."""
    directory.pause(session, act, until)
    if until is None:
        cases.ask_again(session, act)
        passing.wake(session, act.team, act.person)


async def limit(house: House, command: Command) -> Answer:
    """`/kb limits`: what came and what waits; with words, how often and when something unasked may come."""
    person = await member_of(house, command.team, command.person)
    act = house.act(command.team, person.id, command.channel, f"command:{command.trigger_id}")
    first, _, rest = command.rest.strip().partition(" ")
    if first.lower() in limits.EVERYBODY:
        return await _limit_everybody(house, act, rest.strip())
    if command.rest:
        wanted = limits.parse(command.rest, person.limits)
        person = await house.unit(_set_limits, act, wanted)
    told = await house.unit.read(passing.ledger, act.team, person.id, house.now() - WEEK)
    text, blocks = views.limits(person, told, house.now())
    return Reply(text, blocks)


def _set_limits(session: Session, act: Act, wanted: Limits) -> Person:
    directory.limit(session, act, wanted)
    passing.wake(session, act.team, act.person)
    person = directory.person(session, act.team, act.person)
    assert person is not None
    return person


async def _limit_everybody(house: House, act: Act, words: str) -> Answer:
    # Slack is asked itself: somebody who was an admin five minutes ago need not be one now.
    asked = await house.slack.user(act.person)
    if asked is None or not asked.is_admin:
        raise BadInput("Only Slack's admins can lower it for everybody; `/kb limits 2` lowers it for you.")
    most = limits.budget(words)
    await house.unit(directory.lower_ceiling, act, most)
    return Reply(views.lowered(most))


async def on_pause(house: House, press: Press) -> Answer:
    """Pause, in the Home tab, which is shown anew."""
    person = await member_of(house, press.team, press.person)
    await house.unit(_pause, _act(house, press), pausing.parse("", house.now(), person.zone), house.clock.real())
    return None


async def on_resume(house: House, press: Press) -> Answer:
    """Start again, in the Home tab, which is shown anew."""
    await member_of(house, press.team, press.person)
    await house.unit(_pause, _act(house, press), None, house.clock.real())
    return None


async def on_pace(house: House, press: Press) -> Answer:
    """How often what is new comes, in the Home tab, which is shown anew."""
    await member_of(house, press.team, press.person)
    try:
        pace = Pace(press.value)
    except ValueError:
        raise BadInput("I do not know that choice any more.") from None
    await house.unit(_set_pace, _act(house, press), pace, house.clock.real())
    return None


def _set_pace(session: Session, act: Act, pace: Pace, real: datetime) -> None:
    directory.set_pace(session, act, pace)
    outbox.plan(session, home_letter(act.team, act.person, act.key), real)


async def on_ask_day(house: House, press: Press) -> Answer:
    """On which day it is asked how things went, in the Home tab, which is shown anew."""
    person = await member_of(house, press.team, press.person)
    days = {views.ANY_DAY: None, **{str(day): day for day in person.limits.window.days}}
    if press.value not in days:
        raise BadInput("That is not one of your days any more; `/kb limits` says which are.")
    await house.unit(_set_ask_day, _act(house, press), days[press.value], house.clock.real())
    return None


def _set_ask_day(session: Session, act: Act, day: int | None, real: datetime) -> None:
    directory.choose_ask_day(session, act, day)
    passing.wake(session, act.team, act.person)
    outbox.plan(session, home_letter(act.team, act.person, act.key), real)


async def on_interests(house: House, press: Press) -> Answer:
    """What one does, in a form."""
    person = await member_of(house, press.team, press.person)
    does = await house.unit.read(topics.interests, press.team, press.person)
    await house.slack.open_view(press.trigger_id, setup_views.interests_modal(does, next_door=person.next_door))
    return None


async def on_interests_modal(house: House, submission: Submission) -> Answer:
    await member_of(house, submission.team, submission.person)
    already = await house.unit.read(topics.interests, submission.team, submission.person)
    chosen = await _chosen_topics(house, submission, already)
    act = house.act(submission.team, submission.person, "home", f"modal:{submission.view_id}")
    next_door = setup_views.NEXT_DOOR in submission.several(setup_views.NEXT_DOOR)
    await house.unit(_set_interests, act, chosen, next_door=next_door)
    return None


def _set_interests(session: Session, act: Act, chosen: Collection[str], *, next_door: bool) -> None:
    topics.set_interests(session, act, chosen)
    directory.want_next_door(session, act, wanted=next_door)


async def on_community(house: House, press: Press) -> Answer:
    """The channel whose community is the person's own, in the Home tab, which is shown anew."""
    await member_of(house, press.team, press.person)
    channel = await house.slack.channel(press.value)
    if channel is None or channel.is_im or channel.is_shared:
        raise BadInput("I do not know that channel. Please choose a public one, or one that I am in.")
    await house.unit(_choose_home, _act(house, press), channel.id, house.clock.real())
    return None


async def on_no_community(house: House, press: Press) -> Answer:
    """The person does not say any more which community is theirs."""
    await member_of(house, press.team, press.person)
    await house.unit(_choose_home, _act(house, press), None, house.clock.real())
    return None


def _choose_home(session: Session, act: Act, channel: str | None, real: datetime) -> None:
    directory.choose_home(session, act, channel)
    outbox.plan(session, home_letter(act.team, act.person, act.key), real)


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, "home", f"press:{press.trigger_id}")


def _pause(session: Session, act: Act, until: datetime | None, real: datetime) -> None:
    _set_pause(session, act, until)
    outbox.plan(session, home_letter(act.team, act.person, act.key), real)


async def set_up(house: House, command: Command) -> Answer:
    """`/kb setup`: a modal at once (a trigger lives 3 seconds), filled when Slack has told who may; `show` for all."""
    if command.channel.startswith("D"):
        raise BadInput(NOT_HERE)
    if command.rest.lower() == "show":
        return await _show(house, command)
    if command.rest:
        raise BadInput("Say `/kb setup` to change how I work in this channel, or `/kb setup show` to read it.")
    await show_modal(house.slack, command.trigger_id, partial(_filled, house, command))
    return None


async def _filled(house: House, command: Command) -> View:
    found = await _may_set_up(house, command.team, command.person, command.channel)
    is_admin = found.person.is_admin
    known = await house.unit.read(tuning.tuning, command.team) if is_admin else None
    follows = await _followed(house, command.team, command.person, command.channel)
    return setup_views.modal(found.channel, found.policy, known, follows)


async def _known(house: House, team: str, person: str) -> list[Topic]:
    """The topics that this person may know of."""
    viewer = await viewer_of(house, team, person, await house.unit.read(topics.channels, team))
    return [one.topic for one in await house.unit.read(partial(topics.listed, most=1000), viewer)]


async def _followed(house: House, team: str, person: str, channel: str) -> list[Topic]:
    """What a channel follows, as far as this person may know of it."""
    follows = await house.unit.read(topics.followed, team, channel)
    known = await _known(house, team, person) if follows else []
    return [topic for topic in follows if topic in known]


async def _chosen_topics(house: House, submission: Submission, already: Collection[Topic]) -> list[str]:
    """The topics that the form names, by id, some of which are chosen `already`. Raises BadInput at the field for one
    that there is none of, as far as this person may know."""
    names = naming.several(submission.text(naming.FIELD), setup.MOST_FOLLOWED)
    found = [await house.unit.read(topics.find, submission.team, name) for name in names]
    if not set(found) - set(already):
        return [topic.id for topic in found if topic is not None]
    known = await _known(house, submission.team, submission.person)
    for name, topic in zip(names, found, strict=True):
        if topic is None or topic not in (*known, *already):
            near = naming.nearest(name, [one.name for one in known])
            raise BadInput(naming.unknown(name, near), naming.FIELD)
    return [topic.id for topic in found if topic is not None]


async def _show(house: House, command: Command) -> Answer:
    await member_of(house, command.team, command.person)
    channel, policy = await _channel(house, command.team, command.channel)
    brokers = await names(house, command.team, policy.brokers)
    known = await house.unit.read(tuning.tuning, command.team)
    follows = await _followed(house, command.team, command.person, command.channel)
    text, blocks = setup_views.in_words(channel, policy, brokers, known, follows)
    return Reply(text, blocks)


async def _channel(house: House, team: str, channel: str) -> tuple[SlackChannel, Policy]:
    found = await channel_for(house, channel)
    if found.is_im:
        raise BadInput(NOT_HERE)
    return found, await house.unit.read(directory.policy_of, team, channel, is_private=found.is_private)


@dataclass(frozen=True)
class _SetUp:
    """Who sets up what; `members` are who is in a private channel, None for a public one."""

    person: Person
    channel: SlackChannel
    policy: Policy
    members: frozenset[str] | None


async def _may_set_up(house: House, team: str, user: str, channel: str) -> _SetUp:
    """Raises BadInput for whoever may not set this channel up."""
    # Slack is asked itself: somebody who was an admin five minutes ago need not be one now.
    asked = await house.slack.user(user)
    if asked is not None:
        await house.unit(directory.remember_person, team, asked, house.clock.real())
    person = await member_of(house, team, user)
    found, policy = await _channel(house, team, channel)
    members = await house.slack.members(channel) if found.is_private else None
    is_inside = members is None or person.id in members
    if not is_inside or not setup.may_set_up(person, found, policy):
        raise BadInput(setup.NOT_YOURS)
    return _SetUp(person, found, policy, members)


async def on_setup_modal(house: House, submission: Submission) -> Answer:
    """The modal is sent off: who may is asked again, and what was chosen is kept."""
    team, channel_id = submission.team, str(submission.metadata["channel"])
    found = await _may_set_up(house, team, submission.person, channel_id)
    channel = found.channel
    policy = setup.policy(
        channel,
        mode=submission.text(setup.MODE),
        typed_emojis=submission.text(setup.EMOJIS),
        publication=submission.text(setup.PUBLICATION) or found.policy.publication.value,
        brokers=submission.several(setup.BROKERS),
        day=submission.text(setup.DAY),
        hour=submission.text(setup.HOUR),
        community=submission.text(setup.COMMUNITY),
        asks=setup.ASKS in submission.several(setup.ASKS),
    )
    brokers = [await _broker(house, team, user) for user in policy.brokers]
    setup.check_brokers(brokers, policy.publication, found.members)
    already = await house.unit.read(topics.followed, team, channel_id)
    follows = await _chosen_topics(house, submission, already)
    followed = [str(topic) for topic in submission.metadata.get("follows", ())]
    chosen = None
    if found.person.is_admin and setup.ANSWER_FROM in submission.values:
        chosen = (_part(submission, setup.ANSWER_FROM), _part(submission, setup.SURE_FROM))
    act = house.act(team, submission.person, channel_id, f"modal:{submission.view_id}")
    await house.unit(_set_up, act, policy, chosen, follows, followed)
    return Reply(setup_views.kept(channel, policy, {person.id: person.name for person in brokers}))


def _part(submission: Submission, field: str) -> float | None:
    return setup.part(submission.text(field), field)


def _set_up(
    session: Session,
    act: Act,
    policy: Policy,
    chosen: tuple[float | None, float | None] | None,
    follows: Collection[str],
    followed: Collection[str],
) -> None:
    """`follows` are the topics that the form names now, `followed` those that it named when it was opened: what else
    the channel follows, the person may not know of."""
    directory.set_up(session, act, policy)
    for topic in follows:
        topics.follow(session, act, topic, policy.channel)
    for topic in set(followed) - set(follows):
        topics.unfollow(session, act, topic, policy.channel)
    known = tuning.tuning(session, act.team)
    if chosen is not None and chosen != (known.chosen_answer, known.chosen_sure):
        tuning.choose(session, act, *chosen)
        directory.write_down(session, act, "workspace", f"answer from: {chosen[0]} sure from: {chosen[1]}")


async def _broker(house: House, team: str, user: str) -> Person:
    person = await person_of(house, team, user)
    if person is None:
        raise BadInput("Slack does not know one of these people any more.", setup.BROKERS)
    return person


def shown_anew(
    listeners: Mapping[str, Callable[[House, T], Awaitable[Answer]]],
) -> dict[str, Callable[[House, T], Awaitable[Answer]]]:
    """The same listeners; what can be answered in the Home tab and in a message shows the tab anew, wherever it was."""
    return {name: partial(_then_shown, one) if name in IN_BOTH else one for name, one in listeners.items()}


async def _then_shown(listener: Callable[[House, T], Awaitable[Answer]], house: House, did: T) -> Answer:
    try:
        return await listener(house, did)
    finally:  # also what was answered before: then the tab is behind
        real = house.clock.real()  # in the key: a form may be sent off again after an error
        await house.unit(show_anew, house.act(did.team, did.person, "home", f"shown:{real.timestamp()}"), real)


IN_BOTH = frozenset(
    {
        *(f"{ANSWER}.{answer.value}" for answer in Said),
        *(f"{PLAN}.{plan.value}" for plan in Plan),
        *(f"{SAY}.{state.value}" for state, _ in (*HELPED, *NOTHING)),
        *(MORE, PLAN, USE, GOOD, NOT_FOR_ME, CARD_MENU, WIDEN_YES, WIDEN_NO),
        *(capture.KEEP_WORDS, capture.LET_GO, capture.TAKE_OVER, capture.KEEP_OLD),
        *(helping.HELP, helping.NOT_NOW, helping.NOT_ME, helping.DID_IT, helping.NOT_QUITE, helping.MODAL),
        *(capture.FINE, capture.YES, capture.UNNAMED, capture.NAMED, capture.REFUSE, capture.MENU),
        *(MISSING_MODAL, TO_WHOM_MODAL, PLAN_MODAL, capture.EDIT_MODAL, setup_views.INTERESTS_MODAL),
    }
)
"""What asks in the Home tab and in a message: action ids, and the forms that they open."""

EVENTS = {"app_home_opened": on_home_opened}
PRESSES = {
    views.PAUSE: on_pause,
    views.RESUME: on_resume,
    views.PACE: on_pace,
    views.ASK_DAY: on_ask_day,
    views.INTERESTS: on_interests,
    views.COMMUNITY: on_community,
    views.NO_COMMUNITY: on_no_community,
}
SUBMISSIONS = {setup_views.SETUP_MODAL: on_setup_modal, setup_views.INTERESTS_MODAL: on_interests_modal}
WORDS = {"setup": set_up, "pause": pause, "resume": resume, "limits": limit}
