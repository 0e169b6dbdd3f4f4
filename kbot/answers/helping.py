"""Help with an open question: who may know is asked, seldom, and may say no."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.answers.facts import HELP, Expert, HelpState
from kbot.answers.tables import HelpRow
from kbot.people import asking
from kbot.post import outbox
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.storage.upsert import insert_new

WAITING = (HelpState.ASKED, HelpState.TAKEN)


def key(group: str, person: str) -> str:
    """The key of the letter that asks somebody for help with a question: once."""
    return f"help:{group}:{person}"


def ask(session: Session, act: Act, group: str, experts: Iterable[Expert], real: datetime) -> list[str]:
    """Ask these people for help with an open question. Returns those who were asked now: each once, and none too often.

    People are locked in the order of their ids, so that two who ask the same ones at once wait for each other.
    """
    asked = []
    for expert in sorted(experts, key=lambda expert: expert.person):
        row = {
            "team_id": act.team,
            "group_id": group,
            "person": expert.person,
            "item_id": expert.item.id,
            "asked_by": act.person,
            "state": HelpState.ASKED.value,
            "asked_at": act.at,
        }
        letter_key = key(group, expert.person)
        if asking.take_place(session, act.team, expert.person, letter_key, act.at):
            insert_new(session, HelpRow, row)
            about = {"question": group, "item": expert.item.id}
            letter = Letter(act.team, letter_key, HELP, expert.person, about, proactive=Proactive.HELP)
            outbox.plan(session, letter, real)
            asked.append(expert.person)
    return asked


def asked_for(session: Session, team: str, group: str) -> dict[str, HelpState]:
    """Who was asked for help with a question, and what became of it."""
    query = select(HelpRow.person, HelpRow.state).where(HelpRow.team_id == team, HelpRow.group_id == group)
    return {person: HelpState(state) for person, state in session.execute(query)}


def close(session: Session, team: str, group: str) -> None:
    """The question is answered: nobody is to help any more."""
    closed = session.execute(
        update(HelpRow)
        .where(HelpRow.team_id == team, HelpRow.group_id == group, HelpRow.state.in_(WAITING))
        .values(state=HelpState.CLOSED.value)
        .returning(HelpRow.person)
    )
    keys = [key(group, person) for person in closed.scalars().all()]
    asking.done(session, team, keys)
    for letter in keys:
        outbox.refresh(session, team, letter)


def say(session: Session, act: Act, group: str, state: HelpState) -> str | None:
    """Who was asked says whether they will answer. Returns who had asked them; None when it matters no more."""
    said = session.execute(
        update(HelpRow)
        .where(
            HelpRow.team_id == act.team,
            HelpRow.group_id == group,
            HelpRow.person == act.person,
            HelpRow.state.in_(WAITING),
            HelpRow.state != state,
        )
        .values(state=state.value)
        .returning(HelpRow.asked_by)
    ).scalar_one_or_none()
    session.expire_all()
    if said is not None and state not in WAITING:
        asking.done(session, act.team, [key(group, act.person)])
    outbox.refresh(session, act.team, key(group, act.person))
    return said
