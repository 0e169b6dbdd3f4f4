"""What people tell of a use: who reads it, what is counted of it, and that taking it back takes it back everywhere."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.cards import card
from kbot.follow_up import notes, opening, responses
from kbot.follow_up import stories as told
from kbot.follow_up.drafts import Draft
from kbot.follow_up.facts import Answer, Case, Step, Telling, Told
from kbot.follow_up.steps import next_step
from kbot.library import items
from kbot.library.facts import Item
from kbot.people import directory
from kbot.post.tables import OutboxRow
from kbot.trail import stories
from kbot.trail.evidence import evidence
from kbot.trail.facts import Confirmed, Outcome, Responded, Status
from kbot.trail.log import remember
from kbot.trail.proof import Evidence, Readers, Story
from tests.rooms.desk import (
    ANA,
    BEN,
    CLEO,
    DOV,
    FRIDAY,
    ONCALL,
    PLATFORM,
    REAL,
    TEAM,
    act,
    days,
    follow,
    letters,
    meet,
    saved,
    set_up,
)

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
SUPPORT = "C0SUPPORT"


@pytest.fixture(autouse=True)
def everybody(session: Session) -> None:
    meet(session, ANA, BEN, CLEO, DOV)


def responded(
    session: Session, item: Item, person: str, outcome: Outcome | None = Outcome.HELPED, *, case: str = "", n: int = 0
) -> None:
    status = Status.APPLIED_AS_IS if outcome else Status.TRIED_NOT_WORKED
    case = case or f"case-{person}"
    fact = Responded(TEAM, f"{case}:{n}", FRIDAY + days(n), person, item.id, status, outcome, case)
    remember(session, fact)


def story(item: Item, person: str, place: str = "night shift", **other: object) -> Story:
    told = {
        "happened": "Drained twice.",
        "why": "",
        "advice": "",
        "readers": Readers.EVERYONE,
        "with_name": True,
        "link": "",
        "told_at": FRIDAY,
        **other,
    }
    return Story(TEAM, f"case-{person}", item.id, person, place, **told)  # type: ignore[arg-type]


def said_of(session: Session, item: Item) -> Evidence:
    return evidence(session, TEAM, [item.id])[item.id]


def test_where_it_worked_and_where_not_is_told_if_their_authors_let_everybody_read_it(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    responded(session, item, CLEO, None)
    responded(session, item, DOV, None)
    stories.keep(session, story(item, BEN))
    stories.keep(session, story(item, CLEO, "EU tenant"))
    stories.keep(session, story(item, DOV, "secret place", readers=Readers.CONTRIBUTOR))
    said = said_of(session, item)
    assert said.in_words == ("used by 1 (reported), worked for 1 of 3 (night shift), did not work for 2 (EU tenant)")
    assert [one.person for one in said.successes + said.failures] == [BEN, CLEO]


def test_without_a_name_it_is_read_from_the_note_on_that_told_of_it(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN, with_name=False))
    assert said_of(session, item).successes == ()
    stories.release(session, TEAM, [f"case-{BEN}"])
    assert "(night shift)" in said_of(session, item).in_words


def test_taken_back_nothing_of_it_is_left(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN, link="https://tickets.test/1"))
    assert said_of(session, item).linked == 1
    assert stories.take_back(session, TEAM, f"case-{BEN}")
    assert not stories.take_back(session, TEAM, f"case-{BEN}")
    assert said_of(session, item) == Evidence(used=1, helped=1)


def test_told_twice_it_is_one_and_what_the_colleague_said_stays(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN))
    assert stories.name_witness(session, TEAM, f"case-{BEN}", CLEO)
    assert not stories.name_witness(session, TEAM, f"case-{BEN}", DOV), "one colleague is asked"
    stories.say_seen(session, TEAM, f"case-{BEN}", was_seen=True)
    stories.keep(session, story(item, BEN, "day shift"))
    said = said_of(session, item)
    assert (said.seen, [one.place for one in said.successes]) == (1, ["day shift"])
    stories.say_seen(session, TEAM, f"case-{BEN}", was_seen=False)
    assert said_of(session, item).seen == 0


def test_a_story_of_a_use_that_has_another_word_by_now_counts_no_more(session: Session) -> None:
    item = saved(session)
    responded(session, item, BEN)
    stories.keep(session, story(item, BEN))
    responded(session, item, BEN, None, case="a later case", n=1)
    assert said_of(session, item).failures == ()


def test_who_did_the_same_before_confirms_it_once(session: Session) -> None:
    item = saved(session)
    for n in range(2):
        remember(session, Confirmed(TEAM, f"c{n}", FRIDAY, BEN, item.id, True))
    assert said_of(session, item) == Evidence(confirmed=1, confirmed_by=(BEN,))
    assert "confirmed by Ben" in str(card(item, {BEN: "Ben"}, said_of(session, item), NOW)[-1])
    remember(session, Confirmed(TEAM, "c3", FRIDAY + days(1), BEN, item.id, False))
    assert said_of(session, item) == Evidence(confirmed=1), "their latest word counts"


# -- learned


def label(session: Session, item: Item) -> str:
    known = items.get(session, TEAM, item.id)
    return str(card(known, {}, said_of(session, item), NOW)[-1])


def home(session: Session, person: str, channel: str | None) -> None:
    directory.choose_home(session, act(person), channel)


def worked_for_three(session: Session) -> Item:
    item = saved(session)
    for person in (BEN, CLEO, DOV):
        responded(session, item, person)
    return item


def test_worked_for_three_and_one_from_outside_is_learned(session: Session) -> None:
    item = worked_for_three(session)
    home(session, BEN, PLATFORM)
    assert "learned" not in label(session, item), "where the others are from nobody knows"
    home(session, CLEO, SUPPORT)
    assert f"*learned*: worked for 3, one from outside <#{PLATFORM}>" in label(session, item)
    home(session, CLEO, None)
    assert "learned" not in label(session, item)


def test_channels_of_one_community_are_no_border(session: Session) -> None:
    item = worked_for_three(session)
    home(session, CLEO, SUPPORT)
    set_up(session, channel=PLATFORM, community="Run & Ops")
    set_up(session, channel=SUPPORT, community="run & ops")
    assert "learned" not in label(session, item)
    home(session, DOV, ONCALL)
    assert "*learned*: worked for 3, one from outside Run &amp; Ops" in label(session, item)


def test_a_community_goes_with_its_channel(session: Session) -> None:
    set_up(session, channel=SUPPORT, community="Ops")
    home(session, CLEO, SUPPORT)
    directory.rename_channel(session, TEAM, SUPPORT, "C0NEW")
    session.expire_all()
    assert directory.policy_of(session, TEAM, "C0NEW").community == "Ops"
    known = directory.person(session, TEAM, CLEO)
    assert known
    assert known.home_channel == "C0NEW"


# -- written, changed and taken back


def used(session: Session, item: Item, *, telling: Answer | None = None) -> Case:
    """Ben reports that it helped, unasked."""
    case = opening.report(session, act(BEN), item.id)
    for answer in (Answer.USED, Answer.HELPED, *((telling,) if telling else ())):
        case = responses.respond(session, act(BEN), case.id, answer)
    return case


def draft(**other: object) -> Draft:
    what = {"place": "night shift", "happened": "Drained twice.", "why": "", "advice": "", "link": "", "witness": None}
    return Draft(**{**what, "readers": Readers.EVERYONE, "with_name": True, **other})  # type: ignore[arg-type]


def told_to_ana(session: Session, now: datetime = NOW) -> list[Told]:
    follow(session)
    if not notes.plan_note(session, TEAM, ANA, now, REAL):
        return []
    return notes.of_letter(session, TEAM, letters(session, "note:")[-1].key)


def test_to_send_it_is_to_allow_what_it_says(session: Session) -> None:
    case = used(session, saved(session), telling=Answer.TELL_NOT)
    written = told.save(session, act(BEN, FRIDAY + days(0.1)), case.id, draft(), REAL)
    assert (written.telling, written.taps[Step.STORY]) == (Telling.WITH_NAME, Answer.STORY)
    assert next_step(written, ANA) is Step.DONE
    [line] = told_to_ana(session)
    assert line.with_name
    assert line.story
    assert line.story.happened == "Drained twice."


def test_sent_off_twice_it_is_one_and_changed_it_is_the_last(session: Session) -> None:
    item = saved(session)
    case = used(session, item)
    once = act(BEN)
    for place in ("night shift", "night shift", "day shift"):
        told.save(session, once, case.id, draft(place=place, witness=CLEO), REAL)
    assert [one.place for one in stories.of_items(session, TEAM, [item.id])] == ["day shift"]
    assert [row.to for row in letters(session, "saw:")] == [CLEO], "the colleague is asked once"


def test_taken_back_it_is_gone_and_telling_is_asked_anew(session: Session) -> None:
    item = saved(session)
    case = used(session, item, telling=Answer.TELL_NAMED)
    told.save(session, act(BEN), case.id, draft(witness=CLEO), REAL)
    after = told.take_back(session, act(BEN, FRIDAY + days(0.1)), case.id)
    assert stories.get(session, TEAM, case.id) is None
    assert (after.telling, next_step(after, ANA)) == (Telling.UNASKED, Step.TELLING)
    assert [row.error for row in letters(session, "saw:", state="cancelled")] == ["its author took it back"]
    assert told_to_ana(session) == []
    assert told.take_back(session, act(BEN), case.id) == after, "taking back what is gone changes nothing"


def test_after_the_note_it_leaves_the_note_too(session: Session) -> None:
    case = used(session, saved(session))
    told.save(session, act(BEN), case.id, draft(), REAL)
    assert told_to_ana(session)[0].story
    note = letters(session, "note:")[-1]
    told.take_back(session, act(BEN), case.id)
    assert notes.of_letter(session, TEAM, note.key)[0].story is None
    assert session.get_one(OutboxRow, (TEAM, note.key), populate_existing=True).revision == 1


def test_whoever_it_is_not_for_cannot_write_read_or_take_it(session: Session) -> None:
    case = used(session, saved(session))
    told.save(session, act(BEN), case.id, draft(), REAL)
    for verb in (
        lambda: told.save(session, act(DOV), case.id, draft(), REAL),
        lambda: told.take_back(session, act(DOV), case.id),
        lambda: told.mine(session, TEAM, DOV, case.id),
    ):
        with pytest.raises(BadInput, match="for somebody else"):
            verb()
    with pytest.raises(BadInput, match="not asked any more"):
        told.saw(session, act(DOV), case.id, was_seen=True)


def test_before_a_use_there_is_nothing_to_tell_but_what_was_told_can_always_be_taken_back(session: Session) -> None:
    case = opening.report(session, act(BEN), saved(session).id)
    with pytest.raises(BadInput, match="first say in the message how it went"):
        told.save(session, act(BEN), case.id, draft(), REAL)
    for answer in (Answer.TRIED,):
        responses.respond(session, act(BEN), case.id, answer)
    told.save(session, act(BEN), case.id, draft(), REAL)
    responses.respond(session, act(BEN), case.id, Answer.CHANGE)
    told.take_back(session, act(BEN), case.id)
    assert stories.get(session, TEAM, case.id) is None


def test_a_colleague_says_whether_they_saw_it_and_may_change_it(session: Session) -> None:
    item = saved(session)
    case = used(session, item)
    told.save(session, act(BEN), case.id, draft(witness=CLEO), REAL)
    follow(session)
    for was_seen, seen in ((True, 1), (True, 1), (False, 0)):
        told.saw(session, act(CLEO), case.id, was_seen=was_seen)
        assert said_of(session, item).seen == seen
    told.take_back(session, act(BEN), case.id)
    with pytest.raises(BadInput, match="not asked any more"):
        told.saw(session, act(CLEO), case.id, was_seen=True)
