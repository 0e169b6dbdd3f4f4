"""Check marks on what was delivered: kept as facts. What they change, follow-up says."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kbot.act import Act
from kbot.post.outbox import Letter
from kbot.trail.facts import Ticked, Unticked
from kbot.trail.log import remember


def tick(session: Session, act: Act, letter: Letter, event_ts: str, items: Sequence[str]) -> bool:
    """Somebody put a check mark on what they got: they used it."""
    key, only = f"{letter.key}:{event_ts}", items[0] if len(items) == 1 else None
    fact = Ticked(act.team, key, act.at, act.person, only, letter.key, event_ts, tuple(items))
    return bool(items) and remember(session, fact)


def untick(session: Session, act: Act, letter: Letter, event_ts: str) -> bool:
    """They took it off."""
    key = f"{letter.key}:{event_ts}"
    return remember(session, Unticked(act.team, key, act.at, act.person, None, letter.key, event_ts))
