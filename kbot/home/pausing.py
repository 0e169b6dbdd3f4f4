"""For how long somebody wants to hear nothing unasked. Pure: words in, a moment out."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kbot.act import BadInput
from kbot.people.hours import local_moment

USUAL = timedelta(days=7)
LONGEST = timedelta(days=366)

_DAYS = {"day": 1, "week": 7, "month": 30}
_FOR = re.compile(r"(?:for )?(\d{1,3}|an?|one|two|three|four) ?(day|week|month)s?")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_UNTIL = re.compile(r"(?:until |till )?(\d{4}-\d{1,2}-\d{1,2})")
_OFF = ("off", "end", "stop", "no")

EXAMPLES = "Say it like this: `/kb pause`, `/kb pause 2 weeks`, `/kb pause until 2026-12-24`, or `/kb pause off`."


def parse(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Until when (UTC) `words` ask for silence; None ends a pause, no words mean a week.

    The pause ends at the beginning of a local day. Raises BadInput with examples for anything else.
    """
    words = " ".join(words[:100].lower().split())
    if words in _OFF:
        return None
    today = now.astimezone(zone).date()
    day = _day(words, today)
    if day <= today:
        raise BadInput(f"That day has begun already. {EXAMPLES}")
    if day > today + LONGEST:
        raise BadInput(f"A pause lasts a year at most. {EXAMPLES}")
    return local_moment(day, 0, zone)


def _day(words: str, today: date) -> date:
    if not words:
        return today + USUAL
    if found := _FOR.fullmatch(words):
        number = _NUMBERS.get(found[1]) or int(found[1])
        return today + timedelta(days=number * _DAYS[found[2]])
    if found := _UNTIL.fullmatch(words):
        try:
            return date(*(int(part) for part in found[1].split("-")))
        except ValueError:
            raise BadInput(f"There is no such day. {EXAMPLES}") from None
    raise BadInput(f"I do not understand for how long. {EXAMPLES}")


def in_words(until: datetime, zone: ZoneInfo, now: datetime) -> str:
    """The day on which a pause ends, as the person's calendar shows it."""
    day = until.astimezone(zone).date()
    is_near = day - now.astimezone(zone).date() < timedelta(days=300)
    return day.strftime("%A %-d %B" if is_near else "%A %-d %B %Y")
