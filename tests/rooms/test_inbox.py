"""Every event once: stored, leased, done or set aside, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.post import inbox
from kbot.post.inbox import MOST_FAILURES, InboxState, Leased
from kbot.post.tables import InboxRow
from kbot.slack.incoming import Event
from kbot.storage.upsert import insert_new

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LEASE = timedelta(seconds=120)
SECOND = timedelta(seconds=1)


def arrives(session: Session, event_id: str = "Ev1", at: datetime = NOW, error: str | None = None) -> bool:
    columns = [column.name for column in inbox.RECEIVED.columns]
    values = inbox.arrived("T1", event_id, "reaction_added", '{"words": 1}', at, error)
    return insert_new(session, InboxRow, dict(zip(columns, values, strict=True)))


def claimed(session: Session, at: datetime = NOW, owner: str = "me", most: int = 8) -> list[str]:
    return [leased.event_id for leased in inbox.claim(session, owner, at, LEASE, most)]


def event(event_id: str = "Ev1") -> Event:
    return Event("T1", event_id, "reaction_added", {})


def look(session: Session, event_id: str = "Ev1") -> InboxRow:
    session.flush()
    return session.get_one(InboxRow, ("T1", event_id), populate_existing=True)


def test_an_event_is_stored_once(session: Session) -> None:
    assert [arrives(session), arrives(session)] == [True, False]
    assert claimed(session) == ["Ev1"]


def test_what_is_leased_is_not_leased_again_until_the_lease_ends(session: Session) -> None:
    arrives(session)
    assert claimed(session) == ["Ev1"]
    assert claimed(session, NOW + LEASE - SECOND, "another") == []
    assert not inbox.anything_waits(session, NOW + LEASE - SECOND)
    assert claimed(session, NOW + LEASE, "another") == ["Ev1"]


def test_the_oldest_come_first_and_never_too_many(session: Session) -> None:
    for n in (3, 1, 2):
        arrives(session, f"Ev{n}", NOW - n * SECOND)
    assert claimed(session, most=2) == ["Ev3", "Ev2"]
    assert claimed(session, most=2) == ["Ev1"]


def test_done_forgets_the_words_and_keeps_the_key(session: Session) -> None:
    arrives(session)
    claimed(session)
    inbox.done(session, event())
    assert (look(session).state, look(session).body) == (InboxState.DONE, "")
    assert claimed(session, NOW + 2 * LEASE) == []
    assert arrives(session) is False, "a repeat is known"


def test_finishing_is_done_in_the_same_transaction(session: Session) -> None:
    arrives(session)
    claimed(session)
    assert inbox.finishing(event(), lambda session, what: what.upper())(session, "saved") == "SAVED"
    assert look(session).state == InboxState.DONE

    def breaks(session: Session) -> None:
        raise ZeroDivisionError

    arrives(session, "Ev2")
    with pytest.raises(ZeroDivisionError):
        inbox.finishing(event("Ev2"), breaks)(session)
    assert look(session, "Ev2").state == InboxState.NEW


def test_a_failure_steps_aside_and_comes_back_later(session: Session) -> None:
    arrives(session)
    leased = inbox.claim(session, "me", NOW, LEASE, 8)[0]
    inbox.failed(session, leased, "SlackAway", NOW, timedelta(seconds=4), for_ever=False)
    assert claimed(session, NOW + 3 * SECOND) == []
    assert claimed(session, NOW + 4 * SECOND) == ["Ev1"]
    assert look(session).body, "its words are still needed"


def failures(session: Session) -> Iterator[Leased]:
    at = NOW
    while found := inbox.claim(session, "me", at, LEASE, 1):
        inbox.failed(session, found[0], "KeyError", at, SECOND, for_ever=False)
        at += SECOND
        yield found[0]


def test_after_eight_failures_it_is_dead_and_keeps_its_words(session: Session) -> None:
    arrives(session)
    assert len(list(failures(session))) == MOST_FAILURES == 8
    assert (look(session).state, look(session).body) == (InboxState.DEAD, '{"words": 1}')


def test_what_cannot_be_read_is_dead_at_once(session: Session) -> None:
    arrives(session, error="not an event")
    assert claimed(session) == []
    assert look(session).error == "not an event"


def test_a_failure_after_the_effect_undoes_nothing(session: Session) -> None:
    arrives(session)
    leased = inbox.claim(session, "me", NOW, LEASE, 8)[0]
    inbox.done(session, event())
    inbox.failed(session, leased, "late", NOW, SECOND, for_ever=True)
    assert look(session).state == InboxState.DONE


def test_a_death_in_the_middle_is_not_held_against_the_event(session: Session) -> None:
    arrives(session)
    for n in range(20):
        assert claimed(session, NOW + n * LEASE) == ["Ev1"]
    inbox.release_all(session)
    assert claimed(session, NOW) == ["Ev1"]
    assert look(session).state == InboxState.NEW


def test_only_what_is_done_is_forgotten(session: Session) -> None:
    for event_id in ("Ev1", "Ev2", "Ev3"):
        arrives(session, event_id, NOW - timedelta(days=40))
    inbox.done(session, event("Ev1"))
    arrives(session, "Ev4")
    inbox.done(session, event("Ev4"))
    inbox.purge(session, NOW - timedelta(days=30))
    assert list(session.scalars(select(InboxRow.event_id).order_by(InboxRow.event_id))) == ["Ev2", "Ev3", "Ev4"]
