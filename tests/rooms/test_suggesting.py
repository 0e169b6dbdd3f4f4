"""How much is suggested a day and a week, on both databases."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kbot.answers import suggestions
from kbot.post import outbox, passing
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter, LetterState
from tests.rooms.desk import ANA, BEN, CLEO, DOV, FRIDAY, ONCALL, PLATFORM, REAL, TEAM, act, days, letters

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


def got(session: Session, who: str, n: int) -> None:
    """So many letters have come to them unasked."""
    for i in range(n):
        outbox.plan(session, Letter(TEAM, f"{who}{i}", "answers.help", who, proactive=Proactive.HELP), REAL)
        (task,) = outbox.claim(session, "me", REAL, FRIDAY, days(1), days(1), 1)
        session.flush()
        assert outbox.settle(session, task, state=LetterState.SENT, sent_at=FRIDAY, passed_at=FRIDAY, shown=0)
        session.expire_all()


def test_it_comes_after_all_else_that_is_unasked_and_takes_nothing_from_it(session: Session) -> None:
    got(session, BEN, 2)
    assert told(session, BEN, PLATFORM)
    assert len(passing.got_since(session, TEAM, BEN, FRIDAY - days(7))) == 2, "it costs no budget"
    assert not told(session, BEN, PLATFORM, TOMORROW), "three in a week"
    (held,) = letters(session, f"suggestion:{BEN}:", state="cancelled")
    assert held.error == "the week's budget is used up"
    assert told(session, BEN, PLATFORM, FRIDAY + days(7.1))


def test_who_had_three_unasked_messages_this_week_gets_no_suggestion(session: Session) -> None:
    got(session, BEN, 3)
    assert not told(session, BEN, PLATFORM)
    assert told(session, ANA, PLATFORM), "others do"
