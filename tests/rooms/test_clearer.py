"""What comes of a barrier by itself, on both databases: new words for who found the old ones unclear, and evidence."""

from datetime import datetime

from sqlalchemy.orm import Session

from kbot.capture import flags
from kbot.follow_up import jobs, note_views, notes
from kbot.follow_up.facts import NOTE
from kbot.helping import requests, states
from kbot.helping.facts import TurnState
from kbot.library import items
from kbot.library.facts import Item, ItemKind, Lines
from kbot.post.gate import Proactive
from kbot.post.outbox import Letter
from kbot.trail import log
from kbot.trail.facts import Barrier, Helper, HelpWanted, Hindered, Responded
from kbot.trail.log import remember
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    MONDAY,
    REAL,
    TEAM,
    act,
    days,
    follow,
    letters,
)


def revises(session: Session, item: Item, words: str, by: str = ANA) -> None:
    flags.edit(session, act(by), item.id, Lines(item.lines.title, words), ItemKind.HOW_TO)
    follow(session)


def hinders(session: Session, person: str, item: Item, barrier: Barrier, day: float = 0) -> None:
    doing = act(person, FRIDAY + days(day))
    remember(session, Hindered(TEAM, doing.key, doing.at, person, item.id, barrier, "case"))
    follow(session)


def test_new_words_answer_who_waits_and_are_told_once_to_whoever_found_the_old_ones_unclear(
    session: Session, item: Item
) -> None:
    for person in (BEN, DOV):
        hinders(session, person, item, Barrier.UNCLEAR, -1)
    hinders(session, CLEO, item, Barrier.NO_TIME, -1)
    doing = act(BEN, FRIDAY - days(1))
    remember(session, HelpWanted(TEAM, "w", doing.at, BEN, item.id, Helper.CONTRIBUTOR, "case", Barrier.UNCLEAR))
    follow(session)
    (request,) = requests.to_route(session)
    requests.ask_next(session, TEAM, request.id, {ANA}, doing.at, REAL)
    revises(session, item, "First drain the queue, then restart.")
    revises(session, item, "First drain the queue, then restart it with --resume.")
    (turn,) = states.get(session, TEAM, request.id).answers
    assert (turn.helper, turn.state, turn.made_clearer) == (ANA, TurnState.ANSWERED, True)
    assert [letter.to for letter in letters(session, "help_answer:")] == [BEN]
    assert [letter.to for letter in letters(session, "clearer:")] == [DOV], "Ben has it as his answer"
    assert items.get(session, TEAM, item.id).version == 3


def notes_of(session: Session, at: datetime) -> list[str]:
    """Ana's notes, in words, when she is told all that she may hear at this moment."""
    for team, person in notes.contributors_to_tell(session):
        notes.plan_note(session, team, person, at, REAL)
    said = []
    for row in letters(session, "note:"):
        became = jobs._became(session, Letter(TEAM, row.key, NOTE, ANA))
        said.append(str(note_views.note(became, {}, at)))
    return said


def test_the_contributor_hears_in_her_weekly_note_that_it_is_not_clear(session: Session, item: Item) -> None:
    hinders(session, ANA, item, Barrier.UNCLEAR)
    hinders(session, BEN, item, Barrier.UNCLEAR)
    hinders(session, BEN, item, Barrier.UNCLEAR)
    assert notes.contributors_to_tell(session) == [], "one person, however often, beside herself"
    hinders(session, DOV, item, Barrier.UNCLEAR)
    assert not [letter for letter in letters(session, "") if letter.priority == Proactive.FEED], "no letter of its own"
    assert notes_of(session, FRIDAY) == [], "not in the week in which they said so"
    (note,) = notes_of(session, MONDAY)
    assert "2 people wanted to use it, and it was not clear to them how" in note
    assert "Clarify it" in note
    assert not [trace for trace in (BEN, DOV, "Ben", "Dov") if trace in note]
    assert len(notes_of(session, MONDAY + days(7))) == 1, "once"


def test_new_words_are_thanked_for_in_the_note_and_may_be_unclear_again(session: Session, item: Item) -> None:
    for person in (BEN, DOV):
        hinders(session, person, item, Barrier.UNCLEAR)
    notes_of(session, MONDAY)
    (letter,) = letters(session, "note:")
    before = letter.revision
    revises(session, item, "Drain it.", ANA)
    (letter,) = letters(session, "note:")
    assert letter.revision > before
    assert "Thank you for the new words" in notes_of(session, MONDAY)[0]
    for person in (DOV, CLEO):
        hinders(session, person, item, Barrier.UNCLEAR, 4)
    assert len(notes_of(session, MONDAY + days(7))) == 2


def test_made_clearer_before_the_note_nobody_hears_of_it(session: Session, item: Item) -> None:
    for person in (BEN, DOV):
        hinders(session, person, item, Barrier.UNCLEAR)
    revises(session, item, "Drain it.", ANA)
    assert notes_of(session, MONDAY) == []


def test_a_note_that_never_left_is_told_in_the_next_one(session: Session, item: Item) -> None:
    for person in (BEN, DOV):
        hinders(session, person, item, Barrier.UNCLEAR)
    notes_of(session, MONDAY)
    (letter,) = letters(session, "note:")
    letter.state = "lapsed"
    session.flush()
    assert notes.lapsed(session) == [(TEAM, letter.key)]
    notes.tell_later(session, TEAM, letter.key)
    assert len(notes_of(session, MONDAY + days(7))) == 1


def test_who_is_not_convinced_is_shown_what_became_of_it(session: Session, item: Item) -> None:
    hinders(session, BEN, item, Barrier.NO_TIME)
    assert letters(session, "for_others:") == []
    hinders(session, BEN, item, Barrier.NOT_CONVINCED)
    assert [letter.to for letter in letters(session, "for_others:")] == [BEN]
    assert log.about_item(session, Responded, TEAM, [item.id]) == []
