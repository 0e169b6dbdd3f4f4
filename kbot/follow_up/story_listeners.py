"""The doors of stories from Slack: the form, taking back, and what a colleague says who saw a use."""

from functools import partial

from kbot.act import Act, BadInput
from kbot.follow_up import drafts, note_views, stories, story_views, views
from kbot.follow_up.showing import asked
from kbot.house import House
from kbot.library import items
from kbot.people.viewers import member_of, person_of, viewer_of
from kbot.slack.incoming import Answer, Press, Reply, Submission
from kbot.slack.modals import show_modal
from kbot.slack.outgoing import View, sentence_view

ONESELF = "Please name a colleague, not yourself, or leave it empty."
NOBODY = "I can ask full members of this workspace only. Please name another colleague, or leave it empty."
UNSEEING = "They cannot see this item, so I may not ask them. Please name another colleague, or leave it empty."


def _act(house: House, press: Press) -> Act:
    return house.act(press.team, press.person, press.place.channel or "", f"press:{press.trigger_id}")


async def on_story(house: House, press: Press) -> Answer:
    """Write two lines, or change those that were written."""
    await show_modal(house.slack, press.trigger_id, partial(_form, house, press))
    return None


async def _form(house: House, press: Press) -> View:
    case, story = await house.unit.read(stories.mine, press.team, press.person, press.value)
    shown = (await asked(house, case.team, case.person, [case]))[0]
    if shown.item is None and story is None:
        raise BadInput("This was about an item that you can no longer see, so there is nothing to tell.")
    item = shown.item if shown.item is not None else await house.unit.read(items.get, case.team, case.item)
    return story_views.modal(shown, item, story)


async def on_story_modal(house: House, submission: Submission) -> Answer:
    """The form is sent off: kept as it is, or a sentence in the field that does not fit."""
    draft = drafts.draft(submission)
    case_id = str(submission.metadata["case"])
    case, _ = await house.unit.read(stories.mine, submission.team, submission.person, case_id)
    if draft.witness is not None:
        await _check_witness(house, submission.team, submission.person, draft.witness, case.item)
    act = house.act(submission.team, submission.person, "", f"modal:{submission.view_id}")
    await house.unit(stories.save, act, case_id, draft, house.clock.real())
    return Reply(story_views.KEPT)


async def _check_witness(house: House, team: str, author: str, witness: str, item: str) -> None:
    if witness == author:
        raise BadInput(ONESELF, drafts.WITNESS)
    person = await person_of(house, team, witness)
    if person is None or not person.is_member:
        raise BadInput(NOBODY, drafts.WITNESS)
    viewer = await viewer_of(house, team, witness, await house.unit.read(items.channels_of, team, [item]))
    if not await house.unit.read(items.show, viewer, [item]):
        raise BadInput(UNSEEING, drafts.WITNESS)


async def on_take_back(house: House, press: Press) -> Answer:
    """In the form: nothing of it is left."""
    await house.unit(stories.take_back, _act(house, press), press.value)
    if press.place.view_id is not None:
        await house.slack.update_view(press.place.view_id, sentence_view(story_views.TAKEN_BACK))
    return None


async def on_saw(house: House, press: Press) -> Answer:
    """A colleague saw it, or did not; their message is shown anew."""
    await member_of(house, press.team, press.person)
    was_seen = press.action == story_views.SAW
    await house.unit(stories.saw, _act(house, press), press.value, was_seen=was_seen)
    return None


async def on_thank(house: House, press: Press) -> Answer:
    """Slack opens the conversation with who is thanked; kbot has no part in it."""
    return None


PRESSES = {
    **{f"{note_views.THANK}.{n}": on_thank for n in range(note_views.MOST_THANKED)},
    views.STORY: on_story,
    story_views.TAKE_BACK: on_take_back,
    story_views.SAW: on_saw,
    story_views.NOT_SEEN: on_saw,
}
SUBMISSIONS = {story_views.STORY_MODAL: on_story_modal}
