"""Whatever people wrote, what kbot shows of it is accepted by Slack, notifies nobody and carries ids in its buttons.

The judge is the local Slack's own validation, which knows nothing of kbot.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbot.answers import views as answers
from kbot.answers.composing import LONGEST, MOST
from kbot.answers.facts import Question, Why
from kbot.capture import views as capture
from kbot.cards import section, story_of
from kbot.follow_up import lots, note_views, story_views
from kbot.follow_up import views as follow_up
from kbot.follow_up.drafts import PLACE_LIMIT, WORDS_LIMIT
from kbot.follow_up.facts import BARRIER, Became, Case, CaseState, Form, Puzzled, Step, Telling, Told
from kbot.follow_up.notes import MOST_TOLD
from kbot.follow_up.rhythm import Rhythm
from kbot.follow_up.steps import OF_STEP
from kbot.library.facts import (
    BODY_LIMIT,
    LINE_LIMIT,
    TITLE_LIMIT,
    Consent,
    Item,
    ItemKind,
    ItemState,
    Lines,
    Source,
    WaitsFor,
)
from kbot.meaning.composer import Statement
from kbot.playground.blocks import Surface, check_blocks
from kbot.playground.view_rules import check_view
from kbot.playground.words import broadcasts, walk
from kbot.trail.facts import Outcome, Status
from kbot.trail.proof import Evidence, Ratings, Readers, Story
from tests.examples import examples

BROKEN_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)(?!cid=)")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
often = settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])

PIECES = [
    "<!channel>",
    "<@U0BEN>",
    "<http://x|y>",
    "&",
    "<",
    ">",
    "|",
    "*",
    "`",
    "\n",
    "x",
    "a b ",
    "שלום ",
    "👩‍🚀",
    "\x00",
    "\ud800",
    "&amp;",
]


def words(limit: int) -> st.SearchStrategy[str]:
    """Hostile words up to a limit, often right at it; never nothing, for that is refused before it is kept."""
    repeated = st.builds(
        lambda piece, n: (piece * n)[:limit], st.sampled_from(PIECES), st.sampled_from([1, 7, 10**2, 10**4])
    )
    mixed = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map(lambda pieces: "".join(pieces)[:limit])
    return (repeated | mixed | st.text(min_size=1, max_size=min(limit, 200))).map(lambda text: text.strip() or "x")


names = words(80)
links = st.none() | st.just("https://harbor.slack.com/archives/C0PLATFORM/p1700000000000100?thread_ts=1.1&cid=C0")
lines = st.builds(
    Lines,
    title=words(TITLE_LIMIT),
    body=words(BODY_LIMIT),
    when=st.just("") | words(LINE_LIMIT),
    because=st.just("") | words(LINE_LIMIT),
    limits=st.just("") | words(LINE_LIMIT),
    question=st.just("") | words(BODY_LIMIT),
)
sources = st.none() | st.builds(
    Source,
    channel=st.just("C0PLATFORM"),
    ts=st.just("1700000000.000100"),
    author=st.just("U0ANA"),
    thread_ts=st.none(),
    permalink=links,
    edited_ts=st.none(),
    files=st.lists(words(255), max_size=10).map(tuple),
)
moments = st.timedeltas(timedelta(), timedelta(days=900)).map(lambda age: NOW - age)
items = st.builds(
    Item,
    team=st.just("T1"),
    id=st.uuids().map(lambda made: made.hex),
    kind=st.sampled_from(ItemKind),
    state=st.sampled_from(ItemState),
    waits_for=st.sampled_from(WaitsFor),
    consent=st.sampled_from(Consent),
    channel=st.just("C0PLATFORM"),
    contributor=st.sampled_from([None, "U0ANA"]),
    is_named=st.booleans(),
    flagger=st.just("U0BEN"),
    version=st.integers(1, 99),
    lines=lines,
    source=sources,
    created_at=moments,
    published_at=st.none() | moments,
    until=st.none(),
    verified_by=st.sampled_from([None, "U0CLEO"]),
    verified_at=st.none() | moments,
)
questions = st.builds(
    Question,
    team=st.just("T1"),
    id=st.uuids().map(lambda made: made.hex),
    asker=st.just("U0BEN"),
    channel=st.sampled_from(["C0PLATFORM", "D0BEN"]),
    thread_ts=st.just("1.1"),
    text=st.just("") | words(3000),
    asked_at=moments,
    is_private=st.booleans(),
    is_open=st.booleans(),
    cited=st.just(("a" * 32,)) | st.just(()),
    late=st.sampled_from([0, 5, 400, 90_000]),
)
cases = st.builds(
    Case,
    team=st.just("T1"),
    id=st.uuids().map(lambda made: made.hex),
    person=st.just("U0BEN"),
    item=st.just("a" * 32),
    version=st.just(1),
    question=st.none(),
    words=words(300),
    form=st.sampled_from(Form),
    state=st.sampled_from(CaseState),
    due_at=moments,
    asks_made=st.integers(0, 3),
    letter=st.just("ask:U0BEN:2026-W47"),
    opened_at=moments,
    asked_at=st.none() | moments,
    status=st.none() | st.sampled_from(Status),
    outcome=st.none() | st.sampled_from(Outcome),
    telling=st.sampled_from(Telling),
    missing=st.just("") | words(2000),
    responded_at=st.none() | moments,
    lineage=st.just("a" * 32),
    rhythm=st.sampled_from(Rhythm),
    window_end=moments,
    taps=st.fixed_dictionaries(
        {},
        optional={
            step: st.sampled_from(answers) for step, answers in (OF_STEP | {Step.BARRIER: list(BARRIER)}).items()
        },
    ),
)
counts = st.integers(0, 10**6)
stories = st.builds(
    Story,
    team=st.just("T1"),
    case=st.uuids().map(lambda made: made.hex),
    item=st.just("a" * 32),
    person=st.just("U0BEN"),
    place=words(PLACE_LIMIT),
    happened=words(WORDS_LIMIT),
    why=st.just("") | words(WORDS_LIMIT),
    advice=st.just("") | words(WORDS_LIMIT),
    readers=st.sampled_from(Readers),
    with_name=st.booleans(),
    link=st.sampled_from(["", "https://tickets.test/1?a=b&c=d"]),
    told_at=moments,
    witness=st.sampled_from([None, "U0CLEO"]),
    was_seen=st.sampled_from([None, True, False]),
)
told_of = st.lists(stories, max_size=2).map(tuple)
evidence = st.builds(
    Evidence, used=counts, helped=counts, failed=counts, made_worse=counts, successes=told_of, failures=told_of
)


def is_fine(blocks: Sequence[Any], text: str = "text") -> None:
    """Slack takes the message, it wakes nobody up, and its buttons carry ids only."""
    shown = [dict(block) for block in blocks]
    result = check_blocks(shown, Surface.MESSAGE)
    assert [str(problem) for problem in result.problems] == []
    assert broadcasts(text, shown) == []
    assert text.strip(), "the notification says something"
    assert len(text) <= 3000
    _quiet(shown)


def _quiet(shown: list[dict[str, Any]]) -> None:
    for node in walk(shown):
        if node.get("type") in ("mrkdwn", "markdown"):
            assert "<@" not in node["text"], "a mention of a person would notify them"
            assert "<http://x" not in node["text"]
            assert not BROKEN_ENTITY.search(node["text"])
        assert len(str(node.get("value", ""))) <= 100
        assert not any(piece in str(node.get("value", "")) for piece in "<>&*|\n")


def is_a_fine_form(view: dict[str, Any]) -> None:
    assert [str(problem) for problem in check_view(view, "modal")] == []
    assert len(view.get("private_metadata", "")) <= 200


def called(*people: str) -> dict[str, str]:
    return dict(zip(("U0ANA", "U0BEN", "U0CLEO"), people, strict=False))


@often
@given(items, names)
def test_the_receipt_and_the_notice(item: Item, name: str) -> None:
    for by in ("U0BEN", "U0ANA"):
        text, blocks = capture.seen(item, by)
        is_fine(blocks, text)
    text, blocks = capture.notice(item, name)
    is_fine(blocks, text)
    is_fine([], capture.undone(item))
    is_fine([], capture.never_again(item))


@often
@given(items, words(40_000))
def test_after_an_edit_and_a_deletion(item: Item, new_words: str) -> None:
    text, blocks = capture.edited(item, new_words)
    is_fine(blocks, text)
    text, blocks = capture.orphaned(item)
    is_fine(blocks, text)


@often
@given(lines, st.sampled_from(ItemKind), st.booleans(), st.booleans())
def test_the_forms(said: Lines, kind: ItemKind, flag: bool, more: bool) -> None:
    ids = {"channel": "C0PLATFORM", "ts": "1700000000.000100", "thread_ts": "1700000000.000100"}
    is_a_fine_form(capture.save_modal(ids, said, kind, choose_channel=flag, more=more))
    is_a_fine_form(capture.save_modal({"item": "a" * 32}, said, kind, is_edit=True, more=more))


@often
@given(words(40_000))
def test_a_form_prefilled_with_anything(text: str) -> None:
    is_a_fine_form(capture.save_modal({"channel": "C1"}, Lines(capture.title_from(text), text), ItemKind.HOW_TO))


@often
@given(questions, st.lists(items, max_size=3), names, names, evidence, st.booleans(), st.just("") | words(3000))
def test_answers(
    question: Question, cited: list[Item], ana: str, cleo: str, said: Evidence, can_share: bool, quote: str
) -> None:
    people, known = called(ana, "Ben", cleo), {item.id: said for item in cited}
    answer = answers.answer(question, cited, people, known, NOW, quote=quote)
    is_fine(answer[1], answer[0])
    worded = [Statement(quote[:LONGEST] or "So it is.", tuple(known))] * MOST
    is_fine(answers.answer(question, cited, people, known, NOW, quote=quote, composed=worded)[1])
    private = answers.private(answer, question, can_share=can_share)
    is_fine(private[1], private[0])
    shared = answers.shared(answer, question, ana)
    is_fine(shared[1], shared[0])
    told = answers.told(question, cited[:1], people, known, NOW, quote)
    is_fine(told[1], told[0])
    for item in cited:
        text, blocks = answers.suggestion(item, "C0PLATFORM", "1700000000.000100")
        is_fine(blocks, text)


part = st.none() | st.floats(-1, 1)
whys = st.builds(
    Why,
    shared=st.lists(words(3000), max_size=8).map(tuple),
    meaning=part,
    score=part,
    ratings=st.builds(Ratings, helpful=counts, not_helpful=counts),
)


@often
@given(questions, items, whys, names, evidence)
def test_why_and_what_was_wrong(question: Question, item: Item, why: Why, name: str, said: Evidence) -> None:
    text, blocks = answers.why(question, item, why, called("Ana", "Ben", name), said, NOW)
    is_fine(blocks, text)
    is_a_fine_form(dict(answers.complaint_modal(question.id)))


@often
@given(st.lists(st.tuples(cases, st.none() | items), min_size=1, max_size=lots.MOST), names)
def test_the_bundle(asked: list[tuple[Case, Item | None]], name: str) -> None:
    shown = [follow_up.Asked(case, item, called(name)) for case, item in asked]
    text, blocks = follow_up.bundle(shown, NOW)
    is_fine(blocks, text)
    is_fine([block for one in shown for block in follow_up.case_blocks(one, NOW)])
    is_fine([], follow_up.WHO_SEES_THIS.format(contributor="x"))


@often
@given(st.lists(st.tuples(cases, items, st.booleans(), st.none() | stories), min_size=1, max_size=4), names)
def test_the_note(told: list[tuple[Case, Item, bool, Story | None]], name: str) -> None:
    many = (told * MOST_TOLD)[:MOST_TOLD]
    rows = [Told(case, with_name, story) for case, _, with_name, story in many]
    found = [item for _, item, _, _ in many]
    variants = {case.id: item for case, item, _, _ in many}
    each = [Became(item, [one], True, 4, 2, 6, 11, variants) for item, one in zip(found, rows, strict=True)]
    unclear = [Became(item, [], puzzled=Puzzled(99)) for item in found]
    for became in (each, [Became(found[0], rows, True, 4, 2, 6, 11, variants)], unclear):
        text, blocks = note_views.note(became, called("Ana", name), NOW)
        is_fine(blocks, text)


@often
@given(cases, items, st.none() | stories, names, st.sampled_from([None, True, False]))
def test_two_lines_and_who_saw_it(
    case: Case, item: Item, story: Story | None, name: str, was_seen: bool | None
) -> None:
    asked = follow_up.Asked(case, item, called(name))
    is_a_fine_form(dict(story_views.modal(asked, item, story)))
    if story is not None:
        text, blocks = story_views.did_you_see(item, replace(story, was_seen=was_seen), Status.APPLIED_AS_IS, name)
        is_fine(blocks, text)
        is_fine([section(story_of(story, called(name)))])


@often
@given(st.lists(items, min_size=1, max_size=3), cases)
def test_which_one_was_used_and_what_was_missing(found: list[Item], case: Case) -> None:
    text, blocks = follow_up.which_used(found)
    is_fine(blocks, text)
    is_a_fine_form(dict(follow_up.missing_modal(case)))


@pytest.mark.parametrize("is_private", [True, False])
@pytest.mark.parametrize("is_shared", [True, False])
def test_the_three_lines(is_private: bool, is_shared: bool) -> None:
    text = capture.joined(is_private=is_private, is_shared=is_shared)
    assert len(text.splitlines()) == (1 if is_shared else 3)
    assert len(text) < 3000


@often
@given(items, names)
def test_an_unnamed_contributor_is_named_nowhere(item: Item, name: str) -> None:
    secret = "QQ-Ana-QQ"
    unnamed = Item(**{**vars(item), "is_named": False, "contributor": "U0ANA"})
    people = called(secret, name, "Cleo")
    question = Question("T1", "q", "U0BEN", "C1", "1.1", "how?", NOW, False, False, (item.id,), True, 0)
    shown = [answers.answer(question, [unnamed], people, {item.id: Evidence()}, NOW)]
    for status in Status:
        case = Case(
            team="T1",
            id="c",
            person="U0BEN",
            item=item.id,
            version=1,
            question=None,
            words="how?",
            form=Form.QUESTION,
            state=CaseState.CLOSED,
            due_at=NOW,
            asks_made=1,
            letter=None,
            opened_at=NOW,
            asked_at=NOW,
            status=status,
            outcome=Outcome.HELPED,
            telling=Telling.UNASKED,
            missing="",
            responded_at=NOW,
            lineage=item.id,
            rhythm=Rhythm.PULL,
            window_end=NOW,
        )
        for telling in Telling:
            asked = follow_up.Asked(Case(**{**vars(case), "telling": telling}), unnamed, people)
            shown.append(follow_up.bundle([asked], NOW))
    assert secret not in repr(shown)
    assert "U0ANA" not in repr(shown)
