"""Words composed from what an answer cites: they say nothing else, and in doubt the answer is as without them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from kbot.answers import views
from kbot.answers.composing import LONGEST, MOST, composed
from kbot.answers.facts import Question
from kbot.library.facts import Consent, Item, ItemKind, ItemState, Lines, Source, WaitsFor
from kbot.meaning.composer import Statement
from kbot.trail.proof import Evidence

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FIRST, SECOND = "a" * 32, "b" * 32
FOUNDED = (Statement("Drain the queue <!here> first.", (FIRST,)), Statement("Then *restart* it.", (SECOND, FIRST)))


def item(key: str, title: str) -> Item:
    return Item(
        team="T1",
        id=key,
        kind=ItemKind.HOW_TO,
        state=ItemState.PUBLISHED,
        waits_for=WaitsFor.NOTHING,
        consent=Consent.GIVEN,
        channel="C0PLATFORM",
        contributor="U0ANA",
        is_named=False,
        flagger="U0BEN",
        version=1,
        lines=Lines(title, f"{title} in detail"),
        source=Source("C0PLATFORM", "1.1", "U0ANA", None, f"https://harbor.slack.com/{key}", None),
        created_at=NOW,
        published_at=NOW,
        until=None,
        verified_by=None,
        verified_at=None,
    )


ITEMS = [item(FIRST, "Drain the queue"), item(SECOND, "Restart the importer")]


class Says:
    """A composer that does one thing."""

    def __init__(self, act: Callable[[], Awaitable[Any]]) -> None:
        self.act = act
        self.given: Mapping[str, str] = {}

    async def compose(self, question: str, texts: Mapping[str, str]) -> Sequence[Statement]:
        self.given = texts
        found: Sequence[Statement] = await self.act()
        return found


def saying(*statements: Any) -> Says:
    return Says(lambda: asyncio.sleep(0, list(statements)))


async def test_what_it_says_from_what_it_was_given_is_said() -> None:
    composer = saying(*FOUNDED)
    assert await composed(composer, "importer stuck?", ITEMS) == FOUNDED
    assert set(composer.given) == {FIRST, SECOND}
    assert "Drain the queue in detail" in composer.given[FIRST]
    assert "U0ANA" not in str(composer.given), "it is told no names"


async def test_without_one_or_without_items_nothing_is_composed() -> None:
    assert await composed(None, "importer stuck?", ITEMS) == ()
    assert await composed(saying(*FOUNDED), "importer stuck?", []) == ()


@pytest.mark.parametrize(
    "said",
    [
        [],
        [Statement("I know it from elsewhere.", ("c" * 32,))],
        [Statement("So it is.", ())],
        [*FOUNDED, Statement("And one more thing.", (FIRST, "c" * 32))],
        [Statement(" ", (FIRST,))],
        [Statement("x" * (LONGEST + 1), (FIRST,))],
        [FOUNDED[0]] * (MOST + 1),
        ["not a statement"],
        [None],
    ],
)
async def test_what_nobody_can_check_is_not_said(said: list[Any]) -> None:
    assert await composed(saying(*said), "importer stuck?", ITEMS) == ()


async def test_one_that_fails_changes_nothing() -> None:
    async def fails() -> None:
        raise ConnectionError("no model")

    assert await composed(Says(fails), "importer stuck?", ITEMS) == ()


async def test_one_that_is_slow_or_does_not_obey_is_not_waited_for() -> None:
    release = asyncio.Event()

    async def stubborn() -> Sequence[Statement]:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return FOUNDED

    assert await composed(Says(stubborn), "importer stuck?", ITEMS, seconds=0.01) == ()
    release.set()


@pytest.mark.parametrize("channel", ["C0PLATFORM", "D0BEN"])
def test_it_stands_above_the_items_it_cites_and_its_words_stay_words(channel: str) -> None:
    question = Question(
        "T1", "q" * 32, "U0BEN", channel, "1.1", "importer stuck?", NOW, False, False, (FIRST, SECOND), True, 0
    )
    evidence = {FIRST: Evidence(), SECOND: Evidence()}
    plain = views.answer(question, ITEMS, {}, evidence, NOW)
    text, blocks = views.answer(question, ITEMS, {}, evidence, NOW, composed=FOUNDED)
    first, second = (block["text"]["text"] for block in blocks[:2])
    assert first == f"Drain the queue &lt;!here&gt; first. [<https://harbor.slack.com/{FIRST}|1>]"
    assert second.endswith(f"[<https://harbor.slack.com/{SECOND}|2>, <https://harbor.slack.com/{FIRST}|1>]")
    assert blocks[3:] == plain[1], "what it comes from stands below as ever"
    assert text == plain[0]
