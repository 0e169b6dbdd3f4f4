"""The rules of the weekly digest: when it comes, what finds room in it, what a row says when it is done."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kbot.answers.facts import OpenQuestion, Question
from kbot.helping.facts import Request, RequestState, Shown
from kbot.library.facts import Consent, Item, ItemKind, ItemState, Lines, WaitsFor
from kbot.people.facts import DigestTime
from kbot.review import digest, views
from kbot.review.facts import Became, Desk, Done, Entry, Look, Numbers, Row, RowKind
from kbot.trail.facts import Barrier, Decision, Helper, Hindered, Reviewed
from kbot.trail.proof import Evidence

BERLIN, TOKYO, NEW_YORK = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Tokyo", "America/New_York"))
WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def time(day: int, hour: int, set_at: datetime = LONG_AGO, channel: str = "C1") -> DigestTime:
    return DigestTime("T1", "CLEO", channel, day, hour, set_at)


def test_the_earliest_time_of_all_channels_counts() -> None:
    times = [time(4, 9), time(1, 15, channel="C2"), time(1, 16, channel="C3")]
    assert digest.moment(times, BERLIN, WEDNESDAY) == datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (BERLIN, datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (TOKYO, datetime(2026, 11, 23, 2, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 11, 23, 16, tzinfo=UTC)),
    ],
)
def test_the_hour_is_the_brokers_own(zone: ZoneInfo, expected: datetime) -> None:
    assert digest.moment([time(0, 11)], zone, WEDNESDAY) == expected


def test_an_hour_that_the_clock_skips_still_comes() -> None:
    sunday = datetime(2026, 3, 29, 12, tzinfo=UTC)  # 02:00 becomes 03:00 in Berlin
    assert digest.moment([time(6, 2)], BERLIN, sunday) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_was_over_when_it_was_set_begins_next_week() -> None:
    set_on_wednesday = time(0, 11, set_at=WEDNESDAY)
    assert digest.moment([set_on_wednesday], BERLIN, WEDNESDAY) is None
    next_week = WEDNESDAY + timedelta(days=7)
    assert digest.moment([set_on_wednesday], BERLIN, next_week) == datetime(2026, 11, 30, 10, tzinfo=UTC)


def test_the_week_is_the_brokers_own() -> None:
    sunday_evening = datetime(2026, 11, 29, 20, tzinfo=UTC)  # Monday morning in Tokyo
    assert digest.key("CLEO", BERLIN, sunday_evening) == "digest:CLEO:2026-W48"
    assert digest.key("CLEO", TOKYO, sunday_evening) == "digest:CLEO:2026-W49"


@pytest.mark.parametrize(
    ("days_since_previous", "days_back"), [(None, 28), (2, 7), (7, 7), (14, 14), (28, 28), (90, 28)]
)
def test_a_digest_begins_where_the_one_before_ended(days_since_previous: int | None, days_back: int) -> None:
    previous = None if days_since_previous is None else WEDNESDAY - timedelta(days=days_since_previous)
    assert digest.since(WEDNESDAY, previous) == WEDNESDAY - timedelta(days=days_back)


def test_no_kind_of_row_pushes_another_one_out() -> None:
    found = {kind: [f"{kind}{n}" for n in range(20)] for kind in RowKind}
    rows, more = digest.choose(found)
    assert len(rows) == digest.MOST_ROWS
    assert more == 20 * len(RowKind) - digest.MOST_ROWS
    assert {kind: sum(row.kind is kind for row in rows) for kind in RowKind} == digest.SHARE


def test_the_rest_finds_room_in_the_order_of_importance() -> None:
    rows, more = digest.choose(
        {RowKind.CAME_IN: [f"in{n}" for n in range(9)], RowKind.CHECK: [f"c{n}" for n in range(9)]}
    )
    assert [row.id for row in rows] == [f"c{n}" for n in range(9)] + [f"in{n}" for n in range(6)]
    assert more == 3


def test_a_look_survives_being_kept_in_a_letter() -> None:
    look = Look((Row(RowKind.SAID, "i1"), Row(RowKind.QUESTION, "q1")), LONG_AGO, WEDNESDAY, 4)
    assert Look.of_about(look.to_about()) == look


@pytest.mark.parametrize(
    ("evidence", "checked", "goes"),
    [
        (Evidence(), False, False),
        (Evidence(used=2, helped=2), False, False),
        (Evidence(used=1, helped=1, failed=1), False, True),
        (Evidence(used=2, helped=2, failed=1), False, False),
        (Evidence(failed=2), True, True),
        (Evidence(used=3, helped=3, failed=2), True, False),
        (Evidence(used=1, made_worse=1), True, True),
        (Evidence(used=5, helped=4, made_worse=1), True, False),
        (Evidence(doubted=1), True, False),
    ],
)
def test_what_failed_is_checked_and_what_mostly_failed_goes(evidence: Evidence, checked: bool, goes: bool) -> None:
    assert digest.needs_a_check(evidence) is checked
    assert digest.should_go(evidence) is goes


def item(state: ItemState, *, waits_for: WaitsFor = WaitsFor.NOTHING, verified_at: datetime | None = None) -> Item:
    return Item(
        team="T1",
        id="i1",
        kind=ItemKind.HOW_TO,
        state=state,
        waits_for=waits_for,
        consent=Consent.GIVEN,
        channel="C1",
        contributor="ANA",
        is_named=True,
        flagger="BEN",
        version=1,
        lines=Lines("Importer <stuck>?", "Drain the queue first."),
        source=None,
        created_at=WEDNESDAY - timedelta(days=3),
        published_at=None,
        until=None,
        verified_by="CLEO" if verified_at else None,
        verified_at=verified_at,
    )


def decided(decision: Decision) -> Reviewed:
    return Reviewed("T1", "k", WEDNESDAY, "CLEO", "i1", decision)


def request(state: RequestState = RequestState.ASKED, *, days: float = 0, with_broker: bool = False) -> Request:
    """Ben wants help since so many days before Wednesday."""
    at = WEDNESDAY - timedelta(days=days)
    first, unclear = Helper.CONTRIBUTOR, Barrier.UNCLEAR
    return Request("T1", "h1", "BEN", "i1", "case", first, unclear, state, at, False, with_broker, ())


def test_help_is_the_brokers_after_three_working_days_or_when_nobody_is_left() -> None:
    assert not digest.help_is_late(request(days=2.9), BERLIN, WEDNESDAY)
    assert digest.help_is_late(request(days=5), BERLIN, WEDNESDAY), "from Friday to Wednesday"
    assert digest.help_is_late(request(with_broker=True), BERLIN, WEDNESDAY)
    assert not digest.help_is_late(request(with_broker=True, days=-1), BERLIN, WEDNESDAY)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (request(), None),
        (request(RequestState.OPEN), None),
        (request(RequestState.BROKER, with_broker=True), None),
        (request(with_broker=True), Done(Became.SENT_ON)),
        (request(RequestState.ANSWERED), Done(Became.ANSWERED)),
        (request(RequestState.RESOLVED), Done(Became.ANSWERED)),
        (request(RequestState.WITHDRAWN), Done(Became.NOT_NEEDED)),
        (request(RequestState.GONE), Done(Became.NOT_NEEDED)),
    ],
)
def test_what_became_of_a_request_for_help(asked: Request, expected: Done | None) -> None:
    assert digest.help_became(asked) == expected


def hindered(barrier: Barrier, *people: str, item: str = "i1") -> list[Hindered]:
    return [Hindered("T1", f"{person}{item}{barrier}", WEDNESDAY, person, item, barrier, "c") for person in people]


FOUR = ("U1", "U2", "U3", "U4")


def test_what_is_in_the_way_is_told_from_five_people_on() -> None:
    assert digest.in_the_way(hindered(Barrier.NO_TIME, *FOUR)) is None
    assert digest.in_the_way(hindered(Barrier.NO_TIME, *FOUR, "U4", item="i2")) is None, "a person counts once"
    assert digest.in_the_way(hindered(Barrier.NO_TIME, *FOUR, "U5")) == (Barrier.NO_TIME, 5)
    more = hindered(Barrier.NEED_OK, *FOUR, "U5", "U6", item="i2")
    assert digest.in_the_way([*hindered(Barrier.NO_TIME, *FOUR, "U5"), *more]) == (Barrier.NEED_OK, 6)
    thought_better = hindered(Barrier.FORGOT, "U5")
    assert digest.in_the_way([*hindered(Barrier.NO_TIME, *FOUR, "U5"), *thought_better]) is None
    assert digest.in_the_way(hindered(Barrier.UNCLEAR, *FOUR, "U5")) is None, "its contributor is asked, not a broker"


@pytest.mark.parametrize(("people", "said"), [(5, 5), (6, 5), (9, 5), (10, 10), (14, 10)])
def test_one_person_more_cannot_be_told_from_two_digests(people: int, said: int) -> None:
    assert digest.at_least(people) == said


BROKER = WaitsFor.BROKER
BEFORE, AFTER = WEDNESDAY - timedelta(minutes=1), WEDNESDAY + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "seen", "decision", "expected"),
    [
        (RowKind.APPROVE, item(ItemState.CANDIDATE, waits_for=BROKER), None, None),
        (RowKind.APPROVE, item(ItemState.CANDIDATE, waits_for=WaitsFor.TIME), None, Done(Became.MOVED_ON)),
        (RowKind.APPROVE, item(ItemState.PUBLISHED), Decision.APPROVED, Done(Became.APPROVED, "CLEO")),
        (RowKind.APPROVE, item(ItemState.PUBLISHED), None, Done(Became.PUBLISHED)),
        (RowKind.APPROVE, item(ItemState.REJECTED), Decision.REJECTED, Done(Became.REJECTED, "CLEO")),
        (RowKind.APPROVE, item(ItemState.REJECTED), None, Done(Became.TAKEN_BACK)),
        (RowKind.APPROVE, item(ItemState.REJECTED), Decision.APPROVED, Done(Became.TAKEN_BACK)),
        (RowKind.APPROVE, item(ItemState.WITHDRAWN), None, Done(Became.TAKEN_BACK)),
        (RowKind.CAME_IN, item(ItemState.PUBLISHED), Decision.APPROVED, None),
        (RowKind.CAME_IN, item(ItemState.PUBLISHED, verified_at=BEFORE), None, None),
        (RowKind.CAME_IN, item(ItemState.PUBLISHED, verified_at=AFTER), None, Done(Became.VERIFIED, "CLEO")),
        (RowKind.CAME_IN, item(ItemState.WITHDRAWN), None, Done(Became.TAKEN_BACK)),
        (RowKind.CAME_IN, item(ItemState.CANDIDATE, waits_for=BROKER), None, Done(Became.TAKEN_BACK)),
        (RowKind.SAID, item(ItemState.RETIRED), Decision.RETIRED, Done(Became.RETIRED, "CLEO")),
        (RowKind.CHECK, item(ItemState.RETIRED), None, Done(Became.RETIRED)),
        (RowKind.CAME_IN, item(ItemState.SUPERSEDED), None, Done(Became.REPLACED)),
    ],
)
def test_a_row_says_what_became_of_it(
    kind: RowKind, seen: Item, decision: Decision | None, expected: Done | None
) -> None:
    assert digest.became(kind, seen, decided(decision) if decision else None, WEDNESDAY) == expected


def question(words: str = "how do I get <!channel> a badge?") -> Question:
    return Question("T1", "q1", "BEN", "C1", None, words, WEDNESDAY - timedelta(days=2), True, True, (), True, 0)


def asked() -> OpenQuestion:
    return OpenQuestion("q1", question(), frozenset({"BEN"}), WEDNESDAY)


def desk(*entries: Entry, numbers: Numbers = Numbers(), more: int = 0) -> Desk:  # noqa: B008
    since = WEDNESDAY - timedelta(days=7)
    return Desk("CLEO", ["C1"], entries, numbers, since, more, {"ANA": "Ana & Co", "CLEO": "Cleo", "BEN": "Ben"})


def read(said: views.Said) -> str:
    """Everything a person reads, buttons in brackets."""
    lines = []
    for block in said[1]:
        texts = [block["text"]["text"]] if "text" in block else []
        texts += [element["text"] for element in block.get("elements", ()) if block["type"] == "context"]
        pressed = [block["accessory"]] if "accessory" in block else []
        pressed += block.get("elements", ()) if block["type"] == "actions" else []
        for one in pressed:
            labels = (
                [option["text"]["text"] for option in one["options"]] if "options" in one else [one["text"]["text"]]
            )
            texts += [f"[{label}]" for label in labels]
        lines.append(" ".join(texts))
    return "\n".join(lines)


def test_the_whole_digest_as_it_is_read() -> None:
    entries = (
        Entry(Row(RowKind.CHECK, "i1"), item(ItemState.PUBLISHED), evidence=Evidence(used=3, helped=2, made_worse=1)),
        Entry(Row(RowKind.QUESTION, "q1"), question=question()),
        Entry(Row(RowKind.QUESTION, "q2"), question=question(), people=3),
        Entry(Row(RowKind.APPROVE, "i1"), item(ItemState.CANDIDATE, waits_for=BROKER)),
        Entry(Row(RowKind.APPROVE, "i1"), item(ItemState.CANDIDATE, waits_for=BROKER), answers=asked()),
        Entry(Row(RowKind.CAME_IN, "i1"), item(ItemState.PUBLISHED)),
        Entry(Row(RowKind.SAID, "i1"), item(ItemState.PUBLISHED), evidence=Evidence(used=1, failed=1)),
    )
    said = views.digest(desk(*entries, numbers=Numbers(4, 3, 2, 5, 1), more=2), WEDNESDAY)
    assert said[0] == "Your weekly look: 7 rows."
    assert read(said) == (
        "*Your weekly look* at <#C1>\n"
        "Check now\n"
        "*Importer &lt;stuck&gt;?*\n"
        "From Ana &amp; Co in <#C1> · 3 days ago · used by 3 (reported), worked for 2 of 3, made things worse for 1\n"
        "[Verify] [Ask the contributor] [Retire it]\n"
        "People waiting\n"
        "> how do I get &lt;!channel&gt; a badge?\n"
        "_asked for their eyes only, 2 days ago in_ <#C1> [Write the answer]\n"
        "> how do I get &lt;!channel&gt; a badge?\n"
        "_asked for their eyes only, 2 days ago by 3 people in_ <#C1> [Write the answer]\n"
        "*Importer &lt;stuck&gt;?*\n"
        "> Drain the queue first.\n"
        "From Ana &amp; Co in <#C1> · 3 days ago\n"
        "[Approve] [Leave it out]\n"
        "*Importer &lt;stuck&gt;?*\n"
        "> Drain the queue first.\n"
        "From Ana &amp; Co in <#C1> · 3 days ago\n"
        "_It may answer:_\n"
        "> how do I get &lt;!channel&gt; a badge?\n"
        "[Approve] [Approve as the answer] [Leave it out]\n"
        "Came in\n"
        "*Importer &lt;stuck&gt;?*\n"
        "From Ana &amp; Co in <#C1> · 3 days ago\n"
        "[Verify] [Send it on]\n"
        "What people said\n"
        "*Importer &lt;stuck&gt;?*\n"
        "From Ana &amp; Co in <#C1> · 3 days ago · used by 1 (reported), did not work for 1 [Retire it]\n"
        "2 more found no room; `/kb review` shows them as these are done.\n"
        "In the last 7 days: 4 came in · 3 questions, 2 answered · asked how it went: 5, told: 1."
    )


def test_what_is_done_is_a_receipt_without_buttons() -> None:
    seen = item(ItemState.PUBLISHED)
    entries = (
        Entry(Row(RowKind.APPROVE, "i1"), seen, done=Done(Became.APPROVED, "CLEO")),
        Entry(Row(RowKind.APPROVE, "i1"), seen, done=Done(Became.REJECTED, "BEN")),
        Entry(Row(RowKind.APPROVE, "i1"), seen, done=Done(Became.TAKEN_BACK)),
        Entry(Row(RowKind.QUESTION, "q1"), question=question(), done=Done(Became.ANSWERED)),
    )
    said = views.digest(desk(*entries), WEDNESDAY)
    assert said[0] == "Your weekly look: everything is done."
    assert read(said) == (
        "*Your weekly look* at <#C1>\n"
        "People waiting\n"
        "✓ Approved by you: *Importer &lt;stuck&gt;?*\n"
        "✓ Left out by Ben: *Importer &lt;stuck&gt;?*\n"
        "✓ Taken back meanwhile.\n"
        "✓ Answered: _how do I get &lt;!channel&gt; a badge?_"
    )


def test_what_hinders_people_waits_for_the_broker() -> None:
    asked = Shown(request(days=5), item(ItemState.PUBLISHED), {"BEN": "Ben"})
    entries = (
        Entry(Row(RowKind.HELP, "h1"), help=asked),
        Entry(Row(RowKind.HELP, "h2"), help=asked, done=Done(Became.SENT_ON)),
        Entry(Row(RowKind.UNCLEAR, "i1"), item(ItemState.PUBLISHED), people=3),
        Entry(Row(RowKind.BARRIER, "need_ok"), barrier=Barrier.NEED_OK, people=7),
    )
    assert read(views.digest(desk(*entries), WEDNESDAY)) == (
        "*Your weekly look* at <#C1>\n"
        "People waiting\n"
        "*Ben* would like help with *Importer &lt;stuck&gt;?*: it is not clear how.\n"
        "_since 5 days ago; nobody could be asked_\n"
        "[Answer now] [Route to ...]\n"
        "✓ Somebody is asked: help with *Importer &lt;stuck&gt;?*\n"
        "Tend\n"
        "*Importer &lt;stuck&gt;?*\n"
        "From Ana &amp; Co in <#C1> · 3 days ago · not clear to 3 people [Ask the contributor]\n"
        "Grow\n"
        "What is most in the way this month: *somebody's OK is missing*, say 5 or more people.\n"
        "_Who may say yes, and to what? Write that down, or ask them to._ [Write it down]"
    )


def test_nothing_to_review_is_said_so() -> None:
    assert read(views.review(desk(), WEDNESDAY)) == "Nothing waits for you."


def test_the_longest_digest_fits_into_a_message() -> None:
    long = item(ItemState.CANDIDATE, waits_for=BROKER)
    words = Lines("<&>" * 50, "<&>" * 900)
    waiting = Entry(Row(RowKind.APPROVE, "i1"), Item(**{**vars(long), "lines": words}), answers=asked())
    said = views.digest(desk(*[waiting] * digest.MOST_ROWS, numbers=Numbers(9, 9, 9, 9, 9), more=99), WEDNESDAY)
    assert len(said[1]) <= 50
    assert all(len(block["text"]["text"]) <= 3000 for block in said[1] if "text" in block)
    labels = [b["text"]["text"] for block in said[1] for b in block.get("elements", ()) if b.get("type") == "button"]
    assert labels
    assert all(len(label) <= 24 for label in labels)
