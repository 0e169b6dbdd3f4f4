"""The doors of review from Slack: `/kb review`, the buttons of a digest's rows, the modal of an answer."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.answers import groups, offers, open_views
from kbot.answers.facts import Question
from kbot.capture.flags import Finding
from kbot.capture.written import topics_of, written
from kbot.delivery import needs
from kbot.helping import showing as helping
from kbot.helping.facts import Shown
from kbot.house import House
from kbot.library import items
from kbot.people import directory
from kbot.people.viewers import channel_for, member_of, viewer_of
from kbot.post import outbox
from kbot.review import planning, queue, report_views, reports, showing, views
from kbot.review.facts import Look, Row, RowKind
from kbot.slack.incoming import Answer, Command, Press, Reply, Submission
from kbot.slack.modals import show_modal
from kbot.slack.outgoing import View
from kbot.trail.facts import Barrier

Verb = Callable[[Session, Act, str, datetime], None]

VERBS: dict[str, Verb] = {
    views.APPROVE: queue.approve,
    views.REJECT: queue.reject,
    views.VERIFY: queue.verify,
    views.RETIRE: queue.retire,
}
DECIDES = {
    views.APPROVE: RowKind.APPROVE,
    views.REJECT: RowKind.APPROVE,
    views.VERIFY: RowKind.CAME_IN,
    views.RETIRE: RowKind.SAID,
}
"""As what kind of row the receipt of a decision is read."""


async def review(house: House, command: Command) -> Answer:
    """`/kb review`: what there is now, with the same buttons."""
    await member_of(house, command.team, command.person)
    return await _reply(house, command.team, command.person)


async def _reply(
    house: House, team: str, person: str, *, decided: Row | None = None, at: datetime | None = None
) -> Reply:
    """The view as it is now; under a button (`decided` at `at`) in the place of the earlier one, with a receipt."""
    if not await house.unit.read(directory.channels_of_broker, team, person):
        raise BadInput(views.NO_BROKER)
    now = house.now()
    viewer = await showing.broker_viewer(house, team, person)
    look = await house.unit.read(planning.look_now, team, viewer.channels, now)
    desk = await showing.shown(house, viewer, look)
    receipt = None
    if decided is not None:
        about = await house.unit.read(showing.desk, viewer, Look((decided,), now, at or now))
        receipt = next((entry for entry in about.entries if entry.done), None)
    text, blocks = views.review(desk, now, receipt)
    return Reply(text, blocks, replace=decided is not None)


async def stats(house: House, command: Command) -> Answer:
    """`/kb stats`: the published numbers of the workspace, for brokers and admins; `/kb stats csv` as a table."""
    person = await member_of(house, command.team, command.person)
    brokered = await house.unit.read(directory.channels_of_broker, command.team, person.id)
    if not (person.is_admin or brokered):
        raise BadInput(report_views.NOT_FOR_YOU)
    found = await house.unit.read(reports.latest, command.team)
    if found is None:
        return Reply(report_views.NOT_YET)
    as_table = command.rest.strip().lower() == "csv"
    return Reply("The numbers.", report_views.code(found) if as_table else report_views.blocks(found))


async def on_decision(house: House, press: Press) -> Answer:
    """A row's button."""
    return await _decide(house, press, press.action, press.value)


async def on_menu(house: House, press: Press) -> Answer:
    """The other choice, in a row's menu."""
    action, _, item_id = press.value.partition(":")
    if action not in VERBS:
        raise BadInput("I do not know that choice any more.")
    return await _decide(house, press, action, item_id)


async def _decide(house: House, press: Press, action: str, item_id: str) -> Answer:
    await member_of(house, press.team, press.person)
    item = await house.unit.read(items.get, press.team, item_id)
    await _must_see(house, press.team, press.person, item.channel)
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(VERBS[action], act, item_id, house.clock.real())
    if not press.place.is_ephemeral:
        return None  # the digest is shown anew by its letter
    return await _reply(house, press.team, press.person, decided=Row(DECIDES[action], item_id), at=act.at)


async def on_approve_answer(house: House, press: Press) -> Answer:
    """What waits is approved as the answer to an open question: all who asked are told."""
    await member_of(house, press.team, press.person)
    item_id, _, group_id = press.value.partition(":")
    item = await house.unit.read(items.get, press.team, item_id)
    await _must_see(house, press.team, press.person, item.channel)
    if group_id not in {group.id for group in await offers.may_answer(house, press.team, press.person, item)}:
        raise BadInput(open_views.GONE)
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(queue.approve_answer, act, item_id, group_id, house.clock.real())
    if not press.place.is_ephemeral:
        return None
    return await _reply(house, press.team, press.person, decided=Row(RowKind.APPROVE, item_id), at=act.at)


async def on_ask_contributor(house: House, press: Press) -> Answer:
    """The contributor is to say whether it still holds."""
    await member_of(house, press.team, press.person)
    item = await house.unit.read(items.get, press.team, press.value)
    await _must_see(house, press.team, press.person, item.channel)
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(queue.ask_contributor, act, item.id, house.clock.real())
    return Reply(views.asked_contributor(item))


async def on_still_holds(house: House, press: Press) -> Answer:
    """It does: the contributor vouches for it."""
    await member_of(house, press.team, press.person)
    act = house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")
    await house.unit(_still_holds, act, press, house.clock.real())
    return None


def _still_holds(session: Session, act: Act, press: Press, real: datetime) -> None:
    queue.still_holds(session, act, press.value, real)
    letter = outbox.letter_at(session, act.team, press.place.channel, press.place.ts)
    if letter is not None:
        outbox.refresh(session, act.team, letter.key)


async def _must_see(house: House, team: str, person: str, channel: str) -> None:
    """Raises NotABroker for whoever is no broker of the channel, or may not see it, now."""
    await house.unit.read(queue.check_broker, team, person, channel)
    viewer = await viewer_of(house, team, person, [channel])
    if channel not in viewer.channels:
        raise queue.NotABroker


async def on_answer(house: House, press: Press) -> Answer:
    """Write the answer: a modal, filled when it is clear who may."""
    await show_modal(house.slack, press.trigger_id, partial(_filled_with_question, house, press))
    return None


async def _filled_with_question(house: House, press: Press) -> View:
    question = await _question(house, press.team, press.person, press.value)
    if not question.is_open:
        raise BadInput(queue.ANSWERED_MEANWHILE)
    return views.answer_modal(question)


async def _question(house: House, team: str, person: str, question_id: str) -> Question:
    await member_of(house, team, person)
    question = (await house.unit.read(groups.get, team, question_id)).question
    await _must_see(house, team, person, question.channel)
    return question


async def on_answer_modal(house: House, submission: Submission) -> Answer:
    """The answer is sent off: saved where the question was asked, and whoever asked is told."""
    lines, kind = written(submission)
    team, person = submission.team, submission.person
    question = await _question(house, team, person, str(submission.metadata["question"]))
    channel = await channel_for(house, question.channel)
    policy = await house.unit.read(directory.policy_of, team, channel.id, is_private=channel.is_private)
    act = house.act(team, person, channel.id, f"modal:{submission.view_id}")
    finding = Finding(channel.id, person, lines, None, kind, topics_of(submission))
    await house.unit(queue.answer, act, question.id, policy, finding, house.clock.real())
    return Reply(views.SAVED)


async def on_write(house: House, press: Press) -> Answer:
    """A broker writes down what somebody needs: a modal, filled when it is clear who may."""
    await show_modal(house.slack, press.trigger_id, partial(_filled_with_need, house, press))
    return None


async def _filled_with_need(house: House, press: Press) -> View:
    need = await house.unit.read(needs.get, press.team, press.value)
    await member_of(house, press.team, press.person)
    await _must_see(house, press.team, press.person, need.channel or "")
    return views.write_modal(need)


async def on_write_barrier(house: House, press: Press) -> Answer:
    """A broker writes down the way out of what stands in the way of many."""
    await member_of(house, press.team, press.person)
    try:
        barrier = Barrier(press.value)
    except ValueError:
        raise BadInput("I do not know that any more.") from None
    await house.slack.open_view(press.trigger_id, views.barrier_modal(barrier))
    return None


async def on_route(house: House, press: Press) -> Answer:
    """ "Route to ...": the form, filled when it is clear who may."""
    await show_modal(house.slack, press.trigger_id, partial(_filled_with_help, house, press))
    return None


async def _filled_with_help(house: House, press: Press) -> View:
    return views.route_modal(await _help(house, press.team, press.person, press.value))


async def _help(house: House, team: str, person: str, request_id: str) -> Shown:
    """A request for help, for a broker of its item's channel. Raises BadInput for everybody else."""
    await member_of(house, team, person)
    shown = await helping.shown_to(house, team, person, request_id)
    if shown.item is None:
        raise queue.NotABroker
    await _must_see(house, team, person, shown.item.channel)
    return shown


async def on_route_modal(house: House, submission: Submission) -> Answer:
    """Somebody is chosen: they must want to be asked, and may see what it is about."""
    team, helper = submission.team, submission.text(views.HELPER)
    shown = await _help(house, team, submission.person, str(submission.metadata["request"]))
    if not await helping.may_be_asked(house, shown.request, helper):
        raise BadInput(views.NOT_TO_BE_ASKED, views.HELPER)
    act = house.act(team, submission.person, "", f"modal:{submission.view_id}")
    try:
        await house.unit(queue.route_help, act, shown.request.id, helper, house.clock.real())
    except BadInput as bad:
        raise BadInput(bad.sentence, views.HELPER) from None
    return None


PRESSES = {
    **dict.fromkeys(VERBS, on_decision),
    views.MENU: on_menu,
    views.APPROVE_ANSWER: on_approve_answer,
    views.ASK_CONTRIBUTOR: on_ask_contributor,
    views.STILL_HOLDS: on_still_holds,
    views.ANSWER: on_answer,
    views.WRITE: on_write,
    views.WRITE_BARRIER: on_write_barrier,
    views.ROUTE: on_route,
}
SUBMISSIONS = {views.ANSWER_MODAL: on_answer_modal, views.ROUTE_MODAL: on_route_modal}
WORDS = {"review": review, "stats": stats}
