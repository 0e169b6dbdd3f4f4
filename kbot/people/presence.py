"""Whether somebody is there to be written to: do-not-disturb, and a status that says "away". Pure.

Of do-not-disturb Slack tells apps the hours (`dnd.info`), never a snooze set by hand. The status is in the profile that
`users.info` answers with; there is no field for "out of office", so its emoji and its words are read.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from kbot.slack.words import SlackQuiet, SlackUser

AWAY_EMOJIS = frozenset(
    {"palm_tree", "face_with_thermometer", "beach_with_umbrella", "beach_umbrella", "no_entry", "no_entry_sign"}
)
"""Slack's own "Vacationing" and "Out sick", and those that people take for the same."""

AWAY_WORDS = re.compile(
    r"\b(?:ooo|ooto|out of (?:the )?office|out sick|off sick|sick|day off|off today|vacation(?:ing)?|holidays?|"
    r"on leave|(?:parental|maternity|paternity|sick|annual) leave|pto|afk|away|urlaub|krank|abwesend|elternzeit|"
    r"vacances|congés?|absente?|malade|férias|ausente|vacaciones|ferie|malattia)\b",
    re.IGNORECASE,
)


FAR = timedelta(days=366)


@dataclass(frozen=True)
class Presence:
    """How a person is to be found now. Moments are people's time.

    `quiet_until`: not to be disturbed until then. `away_until`: when their being away ends, where they said so.
    """

    quiet_until: datetime | None = None
    is_away: bool = False
    away_until: datetime | None = None


HERE = Presence()


def presence(user: SlackUser, quiet: SlackQuiet, now: datetime) -> Presence:
    """What Slack says of a person, read at this moment (people's time)."""
    seconds = now.timestamp()
    is_quiet = quiet.begins <= seconds < quiet.ends
    is_over = 0 < user.status_until <= seconds
    is_away = not is_over and says_away(user.status_text, user.status_emoji)
    return Presence(
        quiet_until=_moment(quiet.ends, now) if is_quiet else None,
        is_away=is_away,
        away_until=_moment(user.status_until, now) if is_away and user.status_until else None,
    )


def says_away(text: str, emoji: str) -> bool:
    """Whether a status says that somebody does not work now."""
    return emoji in AWAY_EMOJIS or AWAY_WORDS.search(text) is not None


def _moment(seconds: float, now: datetime) -> datetime:
    """A moment of Slack's; what is further away than a year is looked at again in a year."""
    return now + timedelta(seconds=min(seconds - now.timestamp(), FAR.total_seconds()))
