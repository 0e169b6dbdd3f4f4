"""Until when somebody who means to use something will have tried it. Pure: what they said and now in, a day out."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kbot.act import BadInput
from kbot.delivery import dates
from kbot.trail.facts import Plan

FRIDAY = 4
_DAY = re.compile(r"\b(?:by|on|until|before)\s", re.IGNORECASE)
WITHOUT_A_DAY = timedelta(days=28)
"""For "when it comes up", and words without a day: asked two working days later, so in a month (domain.md 3.4)."""


def until(plan: Plan, words: str, now: datetime, zone: ZoneInfo) -> date:
    """The day, in the person's own zone, by which they mean to have tried it."""
    today = now.astimezone(zone).date()
    if plan is Plan.THIS_WEEK:
        return today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    if plan is Plan.THIS_MONTH:
        return today.replace(day=monthrange(today.year, today.month)[1])
    if plan is Plan.OWN_WORDS:
        for said in (words, *_DAY.split(words)[1:]):
            try:
                return dates.day(said, today)
            except BadInput:
                continue
    return today + WITHOUT_A_DAY
