"""The doors of follow-up from Slack: the taps, `/kb used`, pause and stop in a message."""

from datetime import timedelta

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.follow_up import cases, opening, relays, responses, views
from kbot.follow_up.facts import Answer as Said
from kbot.follow_up.facts import Case
from kbot.follow_up.showing import asked
from kbot.house import House
from kbot.library.looking import look_up, show
from kbot.library.search.thresholds import NAMED
from kbot.people import directory
from kbot.people.viewers import member_of, person_of
from kbot.slack.incoming import Answer, Command, Press, Reply, Submission
from kbot.slack.mrkdwn import plain

PAUSE = timedelta(days=7)


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")


async def on_answer(house: House, press: Press) -> Answer:
    """A tap on a case: the message shows its next step; an ephemeral one is replaced here."""
    case_id, _, answer = press.value.partition(":")
    try:
        said = Said(answer)
    except ValueError:
        raise BadInput("I do not know that answer any more.") from None
    case = await house.unit(responses.respond, _act(house, press), case_id, said)
    return await _replaced(house, press, case)


async def _replaced(house: House, press: Press, case: Case) -> Answer:
    if not press.place.is_ephemeral and press.modal is None:
        return None
    shown = await asked(house, case.team, case.person, [case])
    blocks = views.case_blocks(shown[0], house.now())
    if press.place.view_id is not None:
        await house.slack.update_view(press.place.view_id, views.in_log(blocks))
        return None
    return Reply("Noted.", blocks, replace=True)


async def on_missing(house: House, press: Press) -> Answer:
    case = await house.unit.read(cases.get, press.team, press.value)
    if case.person != press.person:
        raise BadInput("This question is for somebody else.")
    await house.slack.open_view(press.trigger_id, views.missing_modal(case))
    return None


async def on_missing_modal(house: House, submission: Submission) -> Answer:
    words = submission.text("missing")
    if not words:
        raise BadInput("Please say what was missing, or press Cancel.", "missing")
    act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
    await house.unit(responses.say_missing, act, str(submission.metadata["case"]), words)
    return None


async def on_to_whom(house: House, press: Press) -> Answer:
    """To whom it was passed on, in a form."""
    case = await house.unit.read(relays.mine, press.team, press.person, press.value)
    await house.slack.open_view(press.trigger_id, views.to_whom_modal(case))
    return None


async def on_to_whom_modal(house: House, submission: Submission) -> Answer:
    named = submission.several(views.WHOM)
    if not named:
        raise BadInput("Please name somebody, or press Cancel.", views.WHOM)
    for one in named:
        person = await person_of(house, submission.team, one)
        if one == submission.person or person is None or not person.is_member:
            raise BadInput("Please name colleagues: full members of this workspace, and not yourself.", views.WHOM)
    act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
    await house.unit(relays.passed_on, act, str(submission.metadata["case"]), named)
    return None


async def on_pause(house: House, press: Press) -> Answer:
    person = await member_of(house, press.team, press.person)
    until = house.now() + PAUSE
    await house.unit(directory.pause, _act(house, press), until)
    day = until.astimezone(person.zone).strftime("%A %-d %B")
    return Reply(f"Paused: I ask and send nothing of my own before {day}. `/kb resume` ends the pause.")


async def on_stop(house: House, press: Press) -> Answer:
    await member_of(house, press.team, press.person)
    await house.unit(directory.stop, _act(house, press))
    return Reply("I've stopped asking. Everything you saved stays in my Home tab. `/kb resume` starts again.")


async def on_ask_again(house: House, press: Press) -> Answer:
    """Start again, in the last note, which is shown anew."""
    await member_of(house, press.team, press.person)
    await house.unit(cases.ask_again, _act(house, press))
    return None


async def on_stay_quiet(house: House, press: Press) -> Answer:
    return Reply(views.STAYS_QUIET)


async def on_who_sees(house: House, press: Press) -> Answer:
    case = await house.unit.read(cases.get, press.team, press.value)
    shown = await asked(house, case.team, press.person, [case]) if case.person == press.person else []
    item = shown[0].item if shown else None
    name = shown[0].names.get(item.contributor or "") if item and item.is_named else None
    return Reply(views.WHO_SEES_THIS.format(contributor=name or "The person who shared it"))


async def used(house: House, command: Command) -> Answer:
    """`/kb used words`: report a use at any time; without words, of what came to the person lately."""
    person = await member_of(house, command.team, command.person)
    words = plain(command.rest)
    if words:
        wanted = (await look_up(house, command.team, person.id, words, lower_by=NAMED)).items
    else:
        recent = await house.unit.read(cases.of_person, command.team, person.id)
        wanted = tuple(dict.fromkeys(case.item for case in recent))[:3]
    found = await show(house, command.team, person.id, wanted)
    if not found.items:
        raise BadInput("I find nothing like that. Say a few of its words: /kb used restart the importer")
    text, blocks = views.which_used(found.items)
    return Reply(text, blocks)


async def on_used_this(house: House, press: Press) -> Answer:
    await member_of(house, press.team, press.person)
    found = await show(house, press.team, press.person, [press.value])
    if not found.items:
        raise BadInput("That is not there any more, or not for you to see.")
    place = press.place
    key = f"used:{place.channel}:{place.ts}:{press.value}"  # one message tells of one use, however often it is pressed
    act = house.act(press.team, press.person, place.channel or "", key)
    case = await house.unit(_report_use, act, press.value)
    return await _replaced(house, press, case)


def _report_use(session: Session, act: Act, item: str) -> Case:
    return responses.respond(session, act, opening.report(session, act, item).id, Said.USED)


PRESSES = {
    **{f"{views.ANSWER}.{answer.value}": on_answer for answer in Said},
    views.MORE: on_answer,
    views.MISSING: on_missing,
    views.TO_WHOM: on_to_whom,
    views.PAUSE: on_pause,
    views.STOP: on_stop,
    views.WHO_SEES: on_who_sees,
    views.ASK_AGAIN: on_ask_again,
    views.STAY_QUIET: on_stay_quiet,
    views.USED_THIS: on_used_this,
}
SUBMISSIONS = {views.MISSING_MODAL: on_missing_modal, views.TO_WHOM_MODAL: on_to_whom_modal}
WORDS = {"used": used}
