"""The desks, set-up and the log with the worst that people write: Slack accepts them, and nothing is a command."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, product
from typing import Any

import pytest

from kbot import cards
from kbot.answers import experts, offers, open_views
from kbot.answers.facts import Expert, HelpState, OpenQuestion, Question
from kbot.capture import views as capture
from kbot.delivery.facts import Delivery, Need, NeedState, Rule, State, Why
from kbot.delivery.views import Shown
from kbot.follow_up.facts import Case, CaseState, Form, Telling
from kbot.follow_up.rhythm import Rhythm
from kbot.follow_up.views import Asked
from kbot.helping import views as helping
from kbot.helping.facts import WORDS_LIMIT, Request, RequestState, Role, Turn, TurnState
from kbot.helping.facts import Shown as ShownRequest
from kbot.home import log_views, setup_views
from kbot.home import views as home
from kbot.home.question_views import Questions, Wider
from kbot.learning.facts import Check, CheckState
from kbot.library.facts import (
    BODY_LIMIT,
    LINE_LIMIT,
    Consent,
    Item,
    ItemKind,
    ItemState,
    Lines,
    Source,
    Topic,
    WaitsFor,
)
from kbot.library.search.thresholds import Tuning
from kbot.people.facts import Person, Policy, Publication
from kbot.playground.blocks import Surface, check_blocks
from kbot.playground.view_rules import check_view
from kbot.review import digest
from kbot.review import views as review
from kbot.review.facts import Became, Desk, Done, Entry, Numbers, Row, RowKind
from kbot.slack.outgoing import sentence_view
from kbot.slack.words import SlackChannel
from kbot.trail.facts import Barrier, Helper, Intended, Plan, Responded, Status
from kbot.trail.proof import Evidence

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PERMALINK = "https://harbor.slack.test/archives/C0PLATFORM/p1763600000000100?thread_ts=1763600000.000100&cid=C0PLATFORM"
ANA, BEN = "U0ANA", "U0BEN"
BEN_HIMSELF = Person("T1", BEN, "Ben", "America/Argentina/ComodRivadavia")

WORST = {
    "nothing": "",
    "a blank": " ",
    "a word": "word",
    "long": "x" * 40_000,
    "words": "some words " * 4_000,
    "commands": "<!channel> <@U1> <https://evil.test|click here> <!subteam^S1> " * 700,
    "ampersands": "&" * 40_000,
    "brackets": "><" * 20_000,
    "entities": "&lt;!here&gt; " * 3_000,
    "lines": "a\n" * 20_000,
    "blank lines": "a" + "\n" * 39_000 + "b",
    "marks": "*_~`|> " * 6_000,
    "emoji": "👩🏽‍🚒" * 8_000,
    "other ways": "ש\u202eلا\u2028\u2029\x0b\x1a" * 5_000,
    "unprintable": "\x00\ud800" * 20_000,
}

Seen = tuple[str, list[dict[str, Any]]]


def an_item(words: str, **other: Any) -> Item:
    first = capture.title_from(words)
    lines = Lines(first, words[:BODY_LIMIT], words[:LINE_LIMIT], words[:LINE_LIMIT], words[:LINE_LIMIT], words)
    source = Source("C0PLATFORM", "1763600000.000100", ANA, None, PERMALINK, None, (words[:255], words[:255]))
    item = Item(
        team="T1",
        id="a" * 32,
        kind=ItemKind.HOW_TO,
        state=ItemState.PUBLISHED,
        waits_for=WaitsFor.NOTHING,
        consent=Consent.ASKED,
        channel="C0PLATFORM",
        contributor=ANA,
        is_named=True,
        flagger=BEN,
        version=1,
        lines=lines,
        source=source,
        created_at=NOW,
        published_at=NOW,
        until=None,
        verified_by=BEN,
        verified_at=NOW,
    )
    return replace(item, **other)


def a_question(words: str, **other: Any) -> Question:
    question = Question("T1", "q" * 32, BEN, "C0PLATFORM", "1.1", words, NOW, False, True, ("a" * 32,), True, 300)
    return replace(question, **other)


def a_case(words: str, n: int = 0, **other: Any) -> Case:
    case = Case(
        team="T1",
        id=f"{n:032d}",
        person=BEN,
        item=f"{n:032d}",
        version=1,
        question="q",
        words=words,
        form=Form.QUESTION,
        state=CaseState.ASKED,
        due_at=NOW,
        asks_made=2,
        letter="ask:1",
        opened_at=NOW,
        asked_at=NOW,
        status=None,
        outcome=None,
        telling=Telling.UNASKED,
        missing=words,
        responded_at=None,
        lineage=f"{n:032d}",
        rhythm=Rhythm.PULL,
        window_end=NOW,
    )
    return replace(case, **other)


def a_request(state: RequestState = RequestState.ASKED, *turns: Turn, **other: Any) -> Request:
    first, barrier = Helper.CONTRIBUTOR, Barrier.MISSING_SKILL
    return replace(
        Request("T1", "r" * 32, BEN, "a" * 32, "c" * 32, first, barrier, state, NOW, False, False, turns), **other
    )


def a_response() -> Responded:
    return Responded("T1", "k", NOW, BEN, "a" * 32, Status.TRIED_NOT_WORKED)


SAID = Evidence(used=120, helped=100, failed=20, made_worse=3)


def names(words: str) -> Mapping[str, str]:
    return {ANA: words[:200] or "Ana", BEN: words[:200] or "Ben"}


# What is shown as a message or an ephemeral one


def _log(words: str) -> Iterator[Seen]:
    items = [None, *(an_item(words, state=state) for state in ItemState)]
    for item in items:
        case = a_case(words, status=Status.CHANGED_THINKING)
        came = ((NOW, log_views.Came.ASKED, words),)
        plan = Intended("T1", "k", NOW, BEN, "i", Plan.OWN_WORDS, words, words)
        check = Check("T1", BEN, "i", CheckState.WAITING, 3, 3, NOW, NOW)
        entry = log_views.Entry("0" * 32, item, came, (case,), plan, NOW, check)
        for n in range(3):
            yield log_views.page(log_views.Log(BEN_HIMSELF, [entry] * 3 * log_views.PAGE), log_views.Page(n=n), NOW)
    yield log_views.page(log_views.Log(BEN_HIMSELF, []), log_views.Page(), NOW)


def _review(words: str) -> Iterator[Seen]:
    item, question = an_item(words), a_question(words)
    for kind in RowKind:
        about: dict[str, Any] = {"question": question} if kind is RowKind.QUESTION else {"item": item}
        if kind is RowKind.NEED:
            about = {"need": Need("T1", "n" * 32, BEN, words or "x", "C0PLATFORM", NOW, NOW, NeedState.OPEN)}
        if kind is RowKind.HELP:
            about = {"help": ShownRequest(a_request(), item, names(words), a_response())}
        if kind is RowKind.BARRIER:
            about = {"barrier": Barrier.MISSING_ACCESS, "people": 999}
        entries = [Entry(Row(kind, f"{n:032d}"), evidence=SAID, **about) for n in range(digest.MOST_ROWS)]
        done = [
            replace(entry, done=Done(became, by))
            for became, by, entry in zip([*Became, *Became], [None, ANA, BEN] * 5, entries, strict=False)
        ]
        for shown in (entries, done, []):
            channels = [f"C{n:010d}" for n in range(40)]
            desk = Desk(BEN, channels, shown, Numbers(999, 999, 999, 999, 999), NOW, 99, names(words))
            yield review.digest(desk, NOW)
            yield review.review(desk, NOW, receipt=done[0])
    yield review.nothing_left()


def _setup(words: str) -> Iterator[Seen]:
    for publication in Publication:
        for is_private in (True, False):
            channel, policy = _channel(words, is_private=is_private), _policy(publication)
            yield setup_views.in_words(channel, policy, dict.fromkeys(policy.brokers, words), Tuning())


def _open_questions(words: str) -> Iterator[Seen]:
    item, question, name = an_item(words), a_question(words), words or "Ben"
    group = OpenQuestion("q" * 32, question, frozenset(f"U{n}" for n in range(99)), NOW)
    yield open_views.offer(item, [group] * offers.MOST, NOW)
    for is_told in (True, False):
        text = open_views.saved_answer(item, 98, is_told=is_told)
        yield text, [cards.section(text)]
    for found in ([], [Expert(person, item) for person in (ANA, BEN, ANA)]):
        yield open_views.may_know(question.id, found, {ANA: name, BEN: name})
    text = open_views.asked([name] * experts.MOST)
    yield text, [cards.section(text)]
    for state in HelpState:
        for shown, about in ((question, item), (question, None), (None, None)):
            yield open_views.help_wanted(group.id, shown, name, about, state, PERMALINK, is_theirs=False)


def _helping(words: str) -> Iterator[Seen]:
    answer = words[:WORDS_LIMIT]
    roles, items = cycle(Role), cycle((an_item(words), an_item(words, is_named=False), None))
    for turn_state, state in product(TurnState, RequestState):
        role = next(roles)
        turn = Turn(ANA, role, turn_state, NOW, NOW, answer, made_clearer=role is Role.USER)
        request = a_request(state, turn, in_channel=role is Role.VOLUNTEER)
        shown = ShownRequest(request, next(items), names(words), a_response(), has_broker=role is Role.USER)
        yield helping.receipt(shown)
        yield helping.wanted(shown, turn)
        yield helping.answer(shown, turn)
        yield helping.in_channel(shown)
    yield helping.clearer(an_item(words), ANA, names(words), SAID, NOW)
    yield helping.clearer(an_item(words), None, names(words), SAID, NOW)
    yield helping.for_others(an_item(words), SAID, NOW)


def _receipts(words: str) -> Iterator[Seen]:
    for state in ItemState:
        text, blocks = capture.seen(an_item(words, state=state), BEN, an_item(words))
        yield text, blocks


def _channel(words: str, *, is_private: bool = False) -> SlackChannel:
    return SlackChannel("C1", words[:80], None, is_private, False, False, False, True)


def _policy(publication: Publication = Publication.NOTIFY) -> Policy:
    brokers = tuple(f"U{n:010d}" for n in range(10))
    return Policy("C1", publication=publication, emojis=tuple(c * 100 for c in "abcde"), brokers=brokers)


MESSAGES: Sequence[Callable[[str], Iterator[Seen]]] = (_log, _review, _setup, _open_questions, _helping, _receipts)


@pytest.mark.parametrize("words", WORST.values(), ids=WORST)
@pytest.mark.parametrize("seen", MESSAGES, ids=lambda seen: seen.__name__.strip("_"))
def test_every_message_fits_and_is_harmless(seen: Callable[[str], Iterator[Seen]], words: str) -> None:
    for text, blocks in seen(words):
        assert 0 < len(text) <= 3000
        assert_harmless(text)
        assert [str(problem) for problem in check_blocks(blocks, Surface.MESSAGE).problems] == []
        for shown in mrkdwn_in(blocks):
            assert_harmless(shown)


@pytest.mark.parametrize("words", WORST.values(), ids=WORST)
def test_every_modal_fits(words: str) -> None:
    views: list[dict[str, Any]] = []
    views.append(review.answer_modal(a_question(words)))
    views.append(sentence_view(words or "A sentence."))
    follows = [Topic(str(n) * 32, words[:60]) for n in range(30)]
    views += [setup_views.interests_modal(follows, next_door=near) for near in (True, False)]
    for private in (True, False):
        views.append(setup_views.modal(_channel(words, is_private=private), _policy(), Tuning(), follows))
    asked = ShownRequest(a_request(), an_item(words), names(words), a_response())
    views += [helping.answer_modal(asked), review.route_modal(asked)]
    views += [review.barrier_modal(barrier) for barrier in digest.FOR_A_BROKER]
    views += [setup_views.modal(_channel(words, is_private=private), _policy(), Tuning()) for private in (True, False)]
    for view in views:
        assert [str(problem) for problem in check_view(view, "modal")] == []
        for block in view["blocks"]:
            element = block.get("element", {})
            assert len(element.get("initial_value", "")) <= element.get("max_length", 3000)


def a_need(words: str, n: int) -> Need:
    return Need("T1", str(n), BEN, words, None, NOW, NOW, NeedState.OPEN)


@pytest.mark.parametrize("words", WORST.values(), ids=WORST)
def test_every_home_tab_fits_and_is_harmless(words: str) -> None:
    items = [an_item(words, id=f"{n:032d}") for n in range(40)]
    shown = {item.id: item for item in items[:35]}
    waiting = [a_case(words, n, form=Form.USE, state=CaseState.WAITING) for n in range(40)]
    told = [a_case(words, n, state=CaseState.CLOSED, status=Status.CHANGED_THINKING) for n in range(40)]
    names = {ANA: words, BEN: words}
    went_wrong = [a_case(words, n, state=CaseState.CLOSED, status=Status.TRIED_NOT_WORKED) for n in range(40, 80)]
    asking = Questions(
        cases=[Asked(case, items[0], names) for case in went_wrong],
        needs=[replace(a_need(words, n), state=NeedState.ASKED, matches=("0" * 32,)) for n in range(5)],
        found=shown,
        wider=[Wider(item, "C2", words, words, is_mine=False) for item in items[:5]],
        notices=[replace(item, state=ItemState.CANDIDATE, waits_for=WaitsFor.CONTRIBUTOR) for item in items[:5]],
        names=names,
    )
    why = Why(Rule.NAMED, by=ANA, note=words)
    came = Delivery("T1", items[0].id, BEN, False, why, State.SENT, "l", NOW, NOW, None, None)
    desks = [
        home.Desk(
            person,
            cases,
            shown,
            items[: len(cases)],
            {item.id: SAID for item in items},
            follows=[Topic(str(n), words[:60]) for n in range(len(cases))],
            needs=[a_need(words, n) for n in range(len(cases))],
            asked=asking if cases else Questions(),
            does=[Topic(str(n), words[:60]) for n in range(len(cases))],
            new=[Shown(came, item, names, SAID, words) for item in items[: len(cases)]],
        )
        for person, cases in (
            (BEN_HIMSELF, []),
            (BEN_HIMSELF, waiting + told),
            (replace(BEN_HIMSELF, stopped=True, never_capture=True), told),
        )
    ]
    for desk in desks:
        blocks = home.home(desk, NOW)
        assert len(blocks) <= 100
        assert [str(problem) for problem in check_view({"type": "home", "blocks": blocks}, "home")] == []
        for text in mrkdwn_in(blocks):
            assert_harmless(text)


def test_what_harms_would_be_noticed() -> None:
    for harm in ("<!channel>", "<@U1>", "<https://evil.test|click>", "a & b", "&am", "x <#C1", "&lt;b>"):
        with pytest.raises(AssertionError):
            assert_harmless(harm)
    assert check_blocks([cards.section(""), cards.header("x" * 200)], Surface.MESSAGE).problems


OURS = re.compile(r"<#[CDG]\w+>|<" + re.escape(PERMALINK) + r"(\|[^<>|]*)?>|&(?:amp|lt|gt);|^> ", re.MULTILINE)


def assert_harmless(text: str) -> None:
    """In this mrkdwn are only the references that kbot itself makes; all else is literal."""
    assert not set("<>&") & set(OURS.sub("", text)), text[:500]


def mrkdwn_in(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from mrkdwn_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from mrkdwn_in(value)
