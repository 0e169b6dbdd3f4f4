"""A letter at the gate: the facts that the gate asks for, read at this moment."""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.people import directory
from kbot.post import outbox
from kbot.post.gate import WEEK, Word, may_approach
from kbot.post.outbox import Letter


def ask_gate(session: Session, letter: Letter, now: datetime) -> Word:
    """What the gate says of a letter at the moment of sending. `now` is people's time."""
    person = directory.person(session, letter.team, letter.to)
    sent = outbox.proactive_since(session, letter.team, letter.to, now - WEEK)
    return may_approach(person, letter.kind, sent, now)
