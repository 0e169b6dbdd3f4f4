"""How much is suggested a day, on both databases."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kbot.answers import suggestions
from tests.rooms.desk import ANA, BEN, CLEO, DOV, FRIDAY, ONCALL, PLATFORM, REAL, act

TOMORROW = FRIDAY + timedelta(days=1)


def told(session: Session, who: str, where: str, at: datetime = FRIDAY) -> bool:
    return suggestions.suggest(session, act(who, at, where), "1.2", "item", REAL)


def test_a_person_gets_one_a_day_over_all_channels(session: Session) -> None:
    assert told(session, BEN, PLATFORM)
    assert not told(session, BEN, PLATFORM)
    assert not told(session, BEN, ONCALL)
    assert told(session, ANA, PLATFORM)
    assert told(session, BEN, PLATFORM, TOMORROW)


def test_a_channel_gets_three_a_day(session: Session) -> None:
    for who in (ANA, BEN, CLEO):
        assert told(session, who, PLATFORM)
    assert not told(session, DOV, PLATFORM)
    assert told(session, DOV, ONCALL), "another channel has its own"
    assert told(session, ANA, PLATFORM, TOMORROW)
