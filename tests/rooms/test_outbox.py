"""Every letter once: planned under its key, sent, found out in doubt, shown anew, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kbot.post import outbox, passing
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter, LetterState, Task
from kbot.post.tables import OutboxRow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
AHEAD = timedelta(days=400)
"""By how much people's time is ahead in these tests: the two clocks are never mixed up."""

LEASE, SETTLE, SECOND = timedelta(seconds=120), timedelta(seconds=60), timedelta(seconds=1)


def letter(key: str = "k1", to: str = "U0BEN", **other: Any) -> Letter:
    return Letter("T1", key, "follow_up.bundle", to, {"item": "i1"}, **other)


def claim(session: Session, at: datetime = NOW, owner: str = "me", people: datetime | None = None) -> list[Task]:
    return outbox.claim(session, owner, at, people or at + AHEAD, LEASE, SETTLE, 8)


def look(session: Session, key: str = "k1") -> OutboxRow:
    session.flush()
    return session.get_one(OutboxRow, ("T1", key), populate_existing=True)


def sent(session: Session, task: Task, at: datetime = NOW) -> bool:
    return outbox.settle(
        session,
        task,
        state=LetterState.SENT,
        channel="D0BEN",
        ts="1.1",
        sent_at=at + AHEAD,
        shown=task.revision,
        attempts=0,
    )


def test_of_two_letters_with_one_key_one_is_planned(session: Session) -> None:
    assert [outbox.plan(session, letter(), NOW), outbox.plan(session, letter(to="U0DOV"), NOW)] == [True, False]
    assert [task.letter.to for task in claim(session)] == ["U0BEN"]


def test_sending_is_written_down_before_the_call(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    task = claim(session)[0]
    assert (task.in_doubt, task.ts, task.attempts) == (False, None, 1)
    assert look(session).state == LetterState.SENDING
    assert claim(session, NOW + LEASE - SECOND) == []


def test_in_a_channel_with_other_readers_what_stands_there_is_shown_anew(session: Session) -> None:
    for key in ("there", "elsewhere", "a whisper", "waits"):
        outbox.plan(session, letter(key), NOW)
    tasks = {task.letter.key: task for task in claim(session)}
    del tasks["waits"]
    for key, task in tasks.items():
        channel, ts = ("C2" if key == "elsewhere" else "C1"), (None if key == "a whisper" else f"{key}.1")
        outbox.settle(session, task, state=LetterState.SENT, channel=channel, ts=ts, shown=task.revision)
    session.expire_all()
    assert outbox.any_in(session, "T1", "C1")
    assert not any(outbox.any_in(session, *other) for other in (("T1", "C3"), ("T2", "C1")))
    outbox.refresh_channel(session, "T2", "C1", NOW)
    outbox.refresh_channel(session, "T1", "C1", NOW)
    assert [(task.letter.key, task.ts) for task in claim(session)] == [("there", "there.1")]


def test_of_much_that_is_shown_anew_the_newest_comes_first_and_nothing_new_waits_for_it(session: Session) -> None:
    for n in range(20):
        outbox.plan(session, letter(f"k{n:02}"), NOW - timedelta(days=1))
    for _ in range(3):
        for task in claim(session):
            outbox.settle(
                session, task, state=LetterState.SENT, channel="C1", ts=f"{task.letter.key[1:]}.1", shown=task.revision
            )
    session.expire_all()
    outbox.refresh_channel(session, "T1", "C1", NOW)
    assert [task.letter.key for task in claim(session)] == ["k19"]
    outbox.plan(session, letter("new"), NOW + SECOND)
    assert [task.letter.key for task in claim(session, NOW + 60 * SECOND)][:3] == ["new", "k18", "k17"]


def test_what_was_sent_stays_sent(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    assert sent(session, claim(session)[0])
    assert claim(session, NOW + 10 * LEASE) == []
    found = outbox.where(session, "T1", "k1")
    assert found is not None
    assert (found.channel, found.ts, found.at) == ("D0BEN", "1.1", NOW + AHEAD)


def test_after_a_death_in_the_call_it_is_in_doubt_and_not_simply_sent_again(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    claim(session)
    again = claim(session, NOW + LEASE, "another")
    assert [(task.in_doubt, task.ts) for task in again] == [(True, None)]
    assert look(session).state == LetterState.UNKNOWN


def test_a_fresh_doubt_is_left_to_settle_first(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    task = claim(session)[0]
    outbox.settle(session, task, state=LetterState.UNKNOWN, last_try=NOW, lease_until=NOW)
    assert claim(session, NOW + SETTLE - SECOND) == []
    assert claim(session, NOW + SETTLE)[0].in_doubt


def test_who_lost_the_lease_settles_nothing(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    mine = claim(session)[0]
    theirs = claim(session, NOW + LEASE, "another")[0]
    assert sent(session, theirs)
    assert not outbox.settle(session, mine, state=LetterState.PENDING)
    assert look(session).state == LetterState.SENT


def test_a_lease_is_renewed_only_by_who_holds_it(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    mine = claim(session)[0]
    assert outbox.renew(session, mine, NOW + LEASE - SECOND, LEASE)
    assert claim(session, NOW + LEASE, "another") == []
    theirs = claim(session, NOW + 2 * LEASE, "another")[0]
    assert theirs.in_doubt
    assert not outbox.renew(session, mine, NOW + 2 * LEASE, LEASE)


def test_an_operator_who_looks_at_a_restart_finds_no_lease(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    claim(session)
    outbox.release_all(session, NOW + SECOND)
    assert claim(session, NOW + SETTLE + SECOND)[0].in_doubt, "it may have left all the same"


def test_a_letter_waits_for_peoples_time_not_for_the_machines(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    task = claim(session)[0]
    until = NOW + AHEAD + timedelta(hours=3)
    outbox.settle(session, task, state=LetterState.PENDING, not_before=until)
    assert claim(session, NOW + LEASE, people=until - SECOND) == []
    assert not outbox.anything_due(session, NOW + LEASE, until - SECOND, SETTLE)
    assert outbox.anything_due(session, NOW + LEASE, until, SETTLE)
    assert len(claim(session, NOW + LEASE, people=until)) == 1


def test_changed_facts_show_it_anew_in_its_place(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    sent(session, claim(session)[0])
    outbox.refresh(session, "T1", "k1")
    task = claim(session)[0]
    assert (task.channel, task.ts, task.revision) == ("D0BEN", "1.1", 1)
    outbox.settle(session, task, shown=task.revision)
    assert claim(session) == []


def test_facts_that_change_while_it_is_shown_are_shown_too(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    sent(session, claim(session)[0])
    outbox.refresh(session, "T1", "k1")
    task = claim(session)[0]
    outbox.refresh(session, "T1", "k1")
    outbox.settle(session, task, shown=task.revision)
    assert [anew.revision for anew in claim(session)] == [2]


def test_facts_that_change_before_it_is_sent_cost_no_second_message(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    outbox.refresh(session, "T1", "k1")
    sent(session, claim(session)[0])
    assert claim(session, NOW + LEASE) == []


def test_a_refresh_of_what_is_not_there_is_nothing(session: Session) -> None:
    outbox.refresh(session, "T1", "nothing")
    assert claim(session) == []


def test_only_what_has_not_left_can_be_taken_back(session: Session) -> None:
    for key in ("k1", "k2"):
        outbox.plan(session, letter(key), NOW)
    assert outbox.cancel(session, "T1", "k1", "not wanted") is True
    task = claim(session)[0]
    assert task.letter.key == "k2"
    assert outbox.cancel(session, "T1", "k2", "too late") is False
    assert (look(session, "k1").state, look(session, "k1").error) == (LetterState.CANCELLED, "not wanted")


def test_the_budget_counts_proactive_letters_that_arrived_in_peoples_time(session: Session) -> None:
    for n, proactive in enumerate((Proactive.BUNDLE, Proactive.FEED, None)):
        outbox.plan(session, letter(f"k{n}", proactive=proactive), NOW)
    for task in claim(session):
        at = NOW + timedelta(days=int(task.letter.key[1]))
        outbox.settle(session, task, state=LetterState.SENT, sent_at=at + AHEAD, passed_at=at + AHEAD)
    outbox.plan(session, letter("k9", proactive=Proactive.FEED), NOW)
    found = passing.got_since(session, "T1", "U0BEN", NOW + AHEAD + timedelta(hours=1))
    assert found == [(Proactive.FEED, NOW + AHEAD + timedelta(days=1))]
    assert passing.got_since(session, "T1", "U0DOV", NOW) == []
    assert passing.got_since(session, "T2", "U0BEN", NOW) == []


def test_a_message_leads_back_to_its_letter(session: Session) -> None:
    outbox.plan(session, letter(), NOW)
    sent(session, claim(session)[0])
    found = outbox.letter_at(session, "T1", "D0BEN", "1.1")
    assert found is not None
    assert found.key == "k1"
    assert outbox.letter_at(session, "T1", "D0BEN", "1.2") is None
    assert outbox.letter_at(session, "T1", None, None) is None


@pytest.mark.parametrize("state", [LetterState.DEAD, LetterState.CANCELLED, LetterState.LAPSED])
def test_what_has_ended_is_never_claimed(session: Session, state: LetterState) -> None:
    outbox.plan(session, letter(), NOW)
    outbox.settle(session, claim(session)[0], state=state)
    assert claim(session, NOW + timedelta(days=30)) == []
