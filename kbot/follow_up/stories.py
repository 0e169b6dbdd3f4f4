"""Stories of a use: written, changed and taken back by their authors alone; and what a colleague says who saw it."""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.follow_up import cases, notes, responses
from kbot.follow_up.drafts import Draft
from kbot.follow_up.facts import Answer, Case, Step, Telling
from kbot.library import items
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.trail import stories
from kbot.trail.facts import Status
from kbot.trail.proof import Story

SAW = "follow_up.saw"
NOTHING_TO_TELL = "There is nothing to tell of it yet: first say in the message how it went."
NOT_ASKED = "That is not asked any more; nothing was changed."


def key(case_id: str) -> str:
    """The key of the letter that asks a colleague whether they saw a use: one of each use, ever."""
    return f"saw:{case_id}"


def tells(case: Case) -> bool:
    """Whether there is something to tell: a use, or a try that did not work."""
    return case.status is not None and (case.status.is_use or case.status is Status.TRIED_NOT_WORKED)


def mine(session: Session, team: str, person: str, case_id: str) -> tuple[Case, Story | None]:
    """A person's own case and what they told of it. Raises BadInput for somebody else's, and if nothing is to tell."""
    case = cases.get(session, team, case_id)
    if case.person != person:
        raise BadInput(responses.FOR_SOMEBODY_ELSE)
    story = stories.get(session, team, case_id)
    if story is None and not tells(case):
        raise BadInput(NOTHING_TO_TELL)
    return case, story


def save(session: Session, act: Act, case_id: str, draft: Draft, real: datetime) -> Case:
    """Keep what somebody tells of their use. Sent off twice it is one. To send it is to allow what it says.

    A colleague who is named is asked once.
    """
    case, _ = mine(session, act.team, act.person, case_id)
    story = Story(
        act.team,
        case.id,
        case.item,
        act.person,
        draft.place,
        draft.happened,
        draft.why,
        draft.advice,
        draft.readers,
        draft.with_name,
        draft.link,
        act.at,
    )
    stories.keep(session, story)
    if items.get(session, act.team, case.item).contributor not in (None, act.person):
        responses.allow(session, act, case, Telling.WITH_NAME if draft.with_name else Telling.WITHOUT_NAME)
    if draft.witness is not None and stories.name_witness(session, act.team, case.id, draft.witness):
        about = {"case": case.id}
        asks = Letter(act.team, key(case.id), SAW, draft.witness, about, proactive=Proactive.CHECK_IN)
        outbox.plan(session, asks, real)
    if notes.is_told(session, case):
        stories.release(session, act.team, [case.id])
    return _shown_anew(session, act, case, Answer.STORY)


def take_back(session: Session, act: Act, case_id: str) -> Case:
    """Nothing of it is shown any more, anywhere; whether the contributor may hear of the use is asked anew."""
    case, story = mine(session, act.team, act.person, case_id)
    if story is None:
        return case
    stories.take_back(session, act.team, case_id)
    if not notes.is_told(session, case):
        responses.allow(session, act, case, Telling.UNASKED)
    outbox.cancel(session, act.team, key(case_id), "its author took it back")
    outbox.refresh(session, act.team, key(case_id))
    return _shown_anew(session, act, case, Answer.NO_STORY)


def _shown_anew(session: Session, act: Act, case: Case, answer: Answer) -> Case:
    """In the message it was asked in, and in the note that tells of it."""
    note = notes.letter_of(session, case)
    if note is not None:
        outbox.refresh(session, act.team, note)
    return responses.note_tap(session, act, case, Step.STORY, answer)


def saw(session: Session, act: Act, case_id: str, *, was_seen: bool) -> None:
    """What a colleague says who was asked. Raises BadInput where they are not asked, or not any more."""
    story = stories.get(session, act.team, case_id)
    if story is None or story.witness != act.person:
        raise BadInput(NOT_ASKED)
    stories.say_seen(session, act.team, case_id, was_seen=was_seen)
    outbox.answered(session, act.team, key(case_id), act.at)
    outbox.refresh(session, act.team, key(case_id))
