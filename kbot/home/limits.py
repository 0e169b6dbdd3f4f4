"""How often and when somebody wants something unasked. Pure: what was typed in, limits or a sentence out."""

import re
from dataclasses import replace

from kbot.act import BadInput
from kbot.people.facts import MOST_A_WEEK, Limits
from kbot.people.hours import FIRST_HOUR, LAST_HOUR, WORKING_DAYS, Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERYBODY = ("everybody", "everyone", "all")

EXAMPLES = (
    "Say it like this: `/kb limits 2` (a week), `/kb limits 11-15` (o'clock), `/kb limits mon-thu`, several at "
    "once, `/kb limits ask tue` (when I ask how things went), or `/kb limits usual`."
)

_HOURS = re.compile(r"(\d{1,2})(?::00)?-(\d{1,2})(?::00)?")
_FILLING = {"a", "week", "per", "times", "at", "most", "and", "from", "o'clock", "on", "me"}
_ASK, _ANY = "ask", ("any", "anytime", "whenever")


def parse(words: str, now: Limits) -> Limits:
    """The limits that `words` ask for; what they do not name stays. Raises BadInput with examples."""
    typed = re.sub(r"\s*(?:-|–|\bto\b|\buntil\b)\s*", "-", words[:100].lower().replace(",", " ")).split()
    if not set(typed) - _FILLING:
        raise BadInput(f"I do not understand that. {EXAMPLES}")
    limits, asks = now, False
    for word in typed:
        if word == _ASK:
            asks = True
        elif asks and word not in _FILLING:
            limits, asks = replace(limits, ask_day=_ask_day(word)), False
        elif word == "usual":
            limits = Limits()
        elif word.isdecimal():
            limits = replace(limits, budget=budget(word))
        elif hours := _HOURS.fullmatch(word):
            first, last = int(hours[1]), int(hours[2])
            if not FIRST_HOUR <= first < last <= LAST_HOUR:
                raise BadInput(f"The hours lie between {FIRST_HOUR} and {LAST_HOUR}, such as 11-15. {EXAMPLES}")
            limits = replace(limits, window=replace(limits.window, first=first, last=last))
        elif word not in _FILLING:
            limits = replace(limits, window=replace(limits.window, days=_days(word)))
    if asks or (limits.ask_day is not None and limits.ask_day not in limits.window.days):
        raise BadInput(f"Please name one of your own days for that, such as `ask tue`, or `ask any`. {EXAMPLES}")
    return limits


def _ask_day(word: str) -> int | None:
    if word in _ANY:
        return None
    days = _days(word)
    if len(days) != 1:
        raise BadInput(f"One day, please, such as `ask tue`. {EXAMPLES}")
    return next(iter(days))


def budget(word: str) -> int:
    """How often in a week. Raises BadInput for more than what kbot promises, and for nothing at all."""
    number = int(word) if word.isdecimal() and len(word) < 4 else -1
    if number == 0:
        raise BadInput("To hear nothing unasked, say `/kb pause`, or press Stop in any of my messages.")
    if not 0 < number <= MOST_A_WEEK:
        raise BadInput(f"It is {MOST_A_WEEK} a week at most; you can lower that. {EXAMPLES}")
    return number


def _days(word: str) -> frozenset[int]:
    first, dash, last = word.partition("-")
    try:
        begin, end = DAYS.index(first[:3]), DAYS.index((last or first)[:3])
    except ValueError:
        raise BadInput(f"I do not understand that. {EXAMPLES}") from None
    if len(first) < 3 or (dash and len(last) < 3):
        raise BadInput(f"I do not understand that. {EXAMPLES}")
    return frozenset((begin + n) % 7 for n in range((end - begin) % 7 + 1))


def in_words(limits: Limits) -> str:
    """Such as "3 times a week at most, on working days from 10:00 to 16:00"."""
    times, window = {1: "once", 2: "twice"}.get(limits.budget, f"{limits.budget} times"), limits.window
    return f"{times} a week at most, on {_days_in_words(window)} from {window.first}:00 to {window.last}:00"


def asks_in_words(limits: Limits) -> str:
    """On which day it is asked how things went, if that is a day of its own."""
    is_chosen = limits.asks_in != limits.window and limits.ask_day is not None
    return f" How things went I ask on {NAMES[limits.ask_day or 0]}s." if is_chosen else ""


def _days_in_words(window: Window) -> str:
    if window.days == WORKING_DAYS:
        return "working days"
    for begin in range(7):
        run = [(begin + n) % 7 for n in range(len(window.days))]
        if frozenset(run) == window.days:
            return NAMES[begin] if len(run) == 1 else f"{NAMES[begin]} to {NAMES[run[-1]]}"
    return ", ".join(NAMES[day] for day in sorted(window.days))
