"""A person's own log on both databases: all that they met, with what they said; for their eyes, as they see it now."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kbot.cards import Block
from kbot.follow_up import cases, opening, responses
from kbot.follow_up.facts import BUNDLE, Answer, Form
from kbot.follow_up.tables import CaseRow
from kbot.home import log, log_export, log_views
from kbot.home.log_views import Page, Shelf
from kbot.learning import checks
from kbot.library import items
from kbot.library.facts import Item, ItemKind, ItemState
from kbot.people import directory
from kbot.people.facts import Viewer
from kbot.post import outbox
from kbot.post.outbox import Letter
from kbot.post.tables import OutboxRow
from kbot.trail.facts import Delivered, Intended, MemoryWanted, Plan, ReceiptKind, Received, Status
from kbot.trail.log import remember
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    MONDAY,
    ONCALL,
    PLATFORM,
    TEAM,
    act,
    days,
    follow,
    letters,
    meet,
    saved,
)


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def asks(session: Session, item: Item, words: str = "stuck, what now?", at_days: float = 0) -> None:
    at = FRIDAY + days(at_days)
    remember(session, Received(TEAM, f"got{item.id}", at, BEN, item.id, ReceiptKind.ASKED_FOR, None, words))
    follow(session)


def says(session: Session, item: Item, *answers: Answer) -> str:
    case = log.case_of(session, act(BEN), item.id)
    for n, answer in enumerate(answers):
        responses.respond(session, act(BEN, FRIDAY + timedelta(minutes=n)), case.id, answer)
    follow(session)
    return case.id


def logged(session: Session, *channels: str, person: str = BEN) -> log_views.Log:
    who = directory.person(session, TEAM, person)
    assert who is not None
    return log.read(session, Viewer(TEAM, person, frozenset(channels)), who)


def shown(session: Session, *channels: str, where: Page | None = None) -> str:
    return read(log_views.page(logged(session, *(channels or (PLATFORM,))), where or Page(), MONDAY)[1])


def read(blocks: list[Block]) -> str:
    lines = []
    for block in blocks:
        lines += [block["text"]["text"]] if "text" in block else []
        parts = block.get("elements", ())
        lines += [" ".join(e["text"] if block["type"] == "context" else f"[{e['text']['text']}]" for e in parts)]
    return "\n".join(line for line in lines if line)


def test_it_is_empty_at_first(session: Session) -> None:
    assert shown(session) == log_views.EMPTY


def test_all_that_came_with_what_was_said_of_it(session: Session) -> None:
    asked_for, sent, planned = saved(session, "Asked"), saved(session, "Sent"), saved(session, "Planned")
    asks(session, asked_for)
    says(session, asked_for, Answer.SOLVED, Answer.TELL_NAMED)
    remember(session, Delivered(TEAM, "d", FRIDAY - days(1), BEN, sent.id, "follows"))
    at, by = FRIDAY - days(2), "2026-12-04"
    remember(session, Intended(TEAM, "i", at, BEN, planned.id, Plan.THIS_WEEK, by))
    remember(session, MemoryWanted(TEAM, "m", FRIDAY, BEN, sent.id))
    follow(session)
    text = shown(session)
    assert (
        "*Asked*\nUsed it, it helped · 2 days ago · told with your name\n_You asked: stuck, what now? · 2 days" in text
    )
    assert "*Sent*\nTo remember: I ask in a day at the earliest\n_I sent it to you · 3 days ago_" in text
    assert "*Planned*\nYou mean to use it until Friday 4 December" in text
    assert "[Change my answer] [Help me remember this] [Delete]" in text
    assert text.endswith("[Export] [Delete all I said]\nOnly you see this.")


@pytest.mark.parametrize(
    ("answer", "shelf"),
    [
        (Answer.NOT_YET, Shelf.TO_TRY),
        (Answer.USED, Shelf.USED),
        (Answer.ADAPTED, Shelf.USED),
        (Answer.TRIED, Shelf.NOT_WORKED),
        (Answer.THINKING, Shelf.MIND),
        (Answer.NOT_FOR_ME, None),
    ],
)
def test_each_answer_has_its_shelf(session: Session, answer: Answer, shelf: Shelf | None) -> None:
    item = saved(session)
    says(session, item, answer)
    (entry,) = logged(session, PLATFORM).entries
    assert [s for s in Shelf if entry.is_on(s) and s is not Shelf.ALL] == ([shelf] if shelf else [])


def test_a_recall_is_there_when_it_has_arrived(session: Session) -> None:
    item = saved(session)
    asks(session, item)
    items.take_away(session, act(CLEO), item.id, ItemState.RETIRED)
    follow(session)
    assert not logged(session, PLATFORM).entries[0].is_on(Shelf.RECALLED)
    (row,) = letters(session, "recall:")
    row.state, row.sent_at = "sent", FRIDAY + days(1)
    assert logged(session, PLATFORM).entries[0].is_on(Shelf.RECALLED)
    assert "Not current any more: I told you yesterday" in shown(session)


def test_a_long_life_is_read_page_by_page(session: Session) -> None:
    for n in range(12):
        asks(session, saved(session, f"Thing {n:02d}"), at_days=n / 24)
    first, last = shown(session), shown(session, where=Page(n=2))
    assert ("*Thing 11*" in first, "*Thing 06*" in first, "[Older]" in first, "[Newer]" in first) == (
        True,
        False,
        True,
        False,
    )
    assert ("*Thing 00*" in last, "[Older]" in last, "[Newer]" in last) == (True, False, True)
    assert "Only you see this. Page 3 of 3." in last
    assert shown(session, where=Page(n=99)) == last, "a page that is gone is the last one"
    assert Page.parse("nonsense:x") == Page()


def test_what_may_not_be_seen_any_more_is_not_named_and_can_be_deleted(session: Session) -> None:
    secret, gone = saved(session, "The secret way", channel=ONCALL), saved(session, "Better forgotten")
    for item in (secret, gone):
        asks(session, item)
        says(session, item, Answer.SOLVED)
    items.take_away(session, act(ANA), gone.id, ItemState.WITHDRAWN)
    assert "The secret way" in shown(session, PLATFORM, ONCALL)
    text = shown(session, PLATFORM)
    exported = str(log_export.files(logged(session, PLATFORM), MONDAY))
    for words in ("The secret way", "Better forgotten", "Drain the queue"):
        assert words not in text
        assert words not in exported
    assert "_an item you can no longer see_" in text
    assert "_an item that was taken back_" in text
    assert text.count("[Delete]") == 2
    log.delete_entry(session, act(BEN), secret.id)
    assert shown(session, PLATFORM).count("[Delete]") == 1


def test_it_is_ones_own_alone(session: Session) -> None:
    asks(session, saved(session))
    assert logged(session, PLATFORM, person=CLEO).entries == []
    assert logged(session, PLATFORM, person=ANA).entries == []


def test_change_brings_the_question_back_with_its_buttons(session: Session) -> None:
    item = saved(session)
    asks(session, item)
    case = says(session, item, Answer.SOLVED)
    again = responses.respond(session, act(BEN), log.case_of(session, act(BEN), item.id).id, Answer.CHANGE)
    assert (again.id, again.status) == (case, None)
    says(session, item, Answer.NOT_WORKED)
    assert cases.get(session, TEAM, case).status is Status.TRIED_NOT_WORKED
    assert logged(session, PLATFORM).entries[0].is_on(Shelf.NOT_WORKED)


def test_of_what_was_only_sent_one_may_say_how_it_went(session: Session) -> None:
    item = saved(session)
    remember(session, Delivered(TEAM, "d", FRIDAY, BEN, item.id, "follows"))
    assert "[Say how it went]" in shown(session)
    case = log.case_of(session, act(BEN), item.id)
    assert case.person == BEN
    assert opening.report(session, act(BEN), item.id).id == case.id


def test_the_messages_about_it_are_shown_anew(session: Session) -> None:
    item = saved(session)
    remember(session, MemoryWanted(TEAM, "m", FRIDAY, BEN, item.id))
    follow(session)
    due = FRIDAY + days(6.2)
    assert checks.plan(session, TEAM, BEN, due, FRIDAY)
    (row,) = letters(session, "check:")
    before = row.revision
    log.delete_all(session, act(BEN))
    session.refresh(row)
    assert row.revision == before + 1
    assert outbox.where(session, TEAM, row.key) is None


def test_taken_away_it_holds_everything_in_both_forms(session: Session) -> None:
    item = saved(session, 'Stuck "again"?')
    asks(session, item, "how\n# not a heading")
    case = says(session, item, Answer.PARTLY)
    responses.say_missing(session, act(BEN), case, "the <last> step")
    files = {file.name: file.content for file in log_export.files(logged(session, PLATFORM), MONDAY)}
    found = json.loads(files["my-log.json"])
    assert found["person"] == BEN
    (entry,) = found["log"]
    assert entry["title"] == 'Stuck "again"?'
    assert entry["came"] == [{"at": FRIDAY.isoformat(), "how": "asked", "words": "how\n# not a heading"}]
    (answer, *_) = [one for one in entry["answers"] if one["status"]]
    assert (answer["status"], answer["outcome"], answer["missing"]) == ("applied_as_is", "partly", "the <last> step")
    text = files["my-log.md"]
    assert '## Stuck "again"?' in text
    assert '- 2026-11-20: asked: "how # not a heading"' in text
    assert '- what was missing: "the <last> step"' in text
    assert "- 2026-11-20: Used it, it helped partly" in text


def asked_three_months_later(session: Session, monkeypatch: pytest.MonkeyPatch) -> tuple[Item, str, str]:
    """Ben used it, and is asked whether he still does: the item, the case and its letter."""
    monkeypatch.setattr(opening, "SUSTAIN_SHARE", 1.0)
    item = saved(session, "Drain the queue")
    items.revise(session, act(ANA), item.id, item.lines, kind=ItemKind.HOW_TO)
    says(session, item, Answer.USED)
    later = select(CaseRow).where(CaseRow.form == Form.SUSTAIN)
    row = session.scalars(later).one()
    letter = Letter(TEAM, "ask:sustain", BUNDLE, BEN)
    outbox.plan(session, letter, FRIDAY)
    row.state, row.letter, row.asked_at, row.asks_made = "asked", letter.key, FRIDAY + days(90), 1
    session.execute(update(OutboxRow).where(OutboxRow.key == letter.key).values(state="sent", sent_at=row.asked_at))
    session.flush()
    session.expire_all()
    return item, session.scalars(later).one().id, letter.key


def test_what_was_said_three_months_later_is_there_and_in_what_one_takes_away(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, case, _ = asked_three_months_later(session, monkeypatch)
    (entry,) = logged(session, PLATFORM).entries
    assert [shelf for shelf in Shelf if entry.is_on(shelf)] == [Shelf.ALL, Shelf.USED]
    assert entry.at < FRIDAY + days(1), "to be asked is nothing that one did"
    assert log.case_of(session, act(BEN), item.id).id != case, "what may be changed is what was said of the use"
    responses.respond(session, act(BEN, FRIDAY + days(91)), case, Answer.REGULARLY)
    who = directory.person(session, TEAM, BEN)
    assert who is not None
    mine = log.read(session, Viewer(TEAM, BEN, frozenset({PLATFORM})), who)
    text = read(log_views.page(mine, Page(), FRIDAY + days(91))[1])
    assert "Used it · 3 months ago\nAsked again: Use it regularly · today" in text
    files = {file.name: file.content for file in log_export.files(mine, FRIDAY + days(91))}
    assert "- 2027-02-19: asked again: Use it regularly" in files["my-log.md"]
    answers = json.loads(files["my-log.json"])["log"][0]["answers"]
    assert [one["more"] for one in answers if one["asked"]] == [{"sustain": "regularly"}]


def test_the_message_that_asked_three_months_later_is_shown_anew_too(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, _, letter = asked_three_months_later(session, monkeypatch)
    before = session.get_one(OutboxRow, (TEAM, letter)).revision
    log.delete_entry(session, act(BEN), item.id)
    assert session.get_one(OutboxRow, (TEAM, letter), populate_existing=True).revision == before + 1
