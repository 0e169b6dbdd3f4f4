"""Suggestions: who asks others in a channel is told, alone, what may answer; rarely enough to be welcome.

Nobody asked kbot, so a suggestion is proactive; but it is worth something only while its reader is writing, and rings
for nobody. Hence it keeps no hours and costs nothing of the week's budget, which letters of more weight need; it comes
after all of them instead, and is left unsaid where they and earlier suggestions have used the budget up.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.answers.facts import SUGGESTION
from kbot.people import directory
from kbot.people.facts import MOST_A_WEEK
from kbot.post import outbox, passing
from kbot.post.gate import WEEK, Held
from kbot.post.outbox import Letter
from kbot.trail.facts import Suggested
from kbot.trail.log import of_person, remember, since

MOST_IN_A_CHANNEL = 3
"""A day; one person gets one a day, over all channels."""


def suggest(session: Session, act: Act, ts: str, item: str, real: datetime) -> bool:
    """Tell who wrote the message `ts` in the channel of this act of an item. False where enough was suggested today."""
    today = act.at.date()
    midnight = act.at.replace(hour=0, minute=0, second=0, microsecond=0)
    person = directory.person(session, act.team, act.person)
    if _unasked_this_week(session, act) >= (person.limits.budget if person else MOST_A_WEEK):
        held = Letter(act.team, f"suggestion:{act.person}:{today}", SUGGESTION, act.person)
        outbox.plan(session, held, real)
        outbox.cancel(session, act.team, held.key, Held.BUDGET)
        return False
    told = sum(fact.channel == act.place for fact in since(session, Suggested, act.team, midnight))
    if told >= MOST_IN_A_CHANNEL:
        return False
    if not remember(session, Suggested(act.team, f"{act.person}:{today}", act.at, act.person, item, act.place)):
        return False
    # The number is part of the key: of two at once one goes out, so that there are never more than may be.
    letter = Letter(
        act.team,
        f"suggestion:{act.place}:{today}:{told}",
        SUGGESTION,
        act.person,
        {"channel": act.place, "ts": ts, "item": item},
    )
    return outbox.plan(session, letter, real)


def _unasked_this_week(session: Session, act: Act) -> int:
    letters = passing.got_since(session, act.team, act.person, act.at - WEEK)
    suggested = [fact for fact in of_person(session, Suggested, act.team, act.person) if fact.at > act.at - WEEK]
    return len(letters) + len(suggested)
