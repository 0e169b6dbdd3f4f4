"""To whom somebody passed an item on: theirs to say and to take back. Nobody gets a message by it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kbot.act import Act, BadInput
from kbot.follow_up import cases, responses
from kbot.follow_up.facts import Answer, Case, Step
from kbot.trail.facts import PassedOn, Status
from kbot.trail.log import remember


def mine(session: Session, team: str, person: str, case_id: str) -> Case:
    """A person's own case that says that they passed it on. Raises BadInput for another one."""
    case = cases.get(session, team, case_id)
    if case.person != person:
        raise BadInput(responses.FOR_SOMEBODY_ELSE)
    if case.status is not Status.PASSED_ON:
        raise BadInput(responses.ANSWERED_OTHERWISE)
    return case


def passed_on(session: Session, act: Act, case_id: str, people: Sequence[str]) -> Case:
    """They say to whom. Sent off twice it is said once."""
    case = mine(session, act.team, act.person, case_id)
    for person in dict.fromkeys(people):
        key = f"{case.id}:{person}:{act.key}"
        remember(session, PassedOn(act.team, key, act.at, act.person, case.item, person))
    return responses.note_tap(session, act, case, Step.TO_WHOM, Answer.TO_WHOM)
