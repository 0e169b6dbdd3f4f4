"""Recall notices, lineage and its forms with the worst that people write: Slack accepts them, nothing is a command."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kbot.act import BadInput
from kbot.capture import link_views
from kbot.delivery import recall_views
from kbot.delivery.recall_facts import Contact, Reason
from kbot.follow_up import views as follow_up
from kbot.home import views as home
from kbot.library.facts import Consent, Item, ItemKind, ItemState, Lines, Link, LinkKind, WaitsFor
from kbot.people.facts import Person
from kbot.playground.blocks import Surface, check_blocks
from kbot.playground.view_rules import check_view
from kbot.post.facts import Unasked
from kbot.post.gate import Held, Proactive
from kbot.trail.proof import Evidence
from tests.rules.test_desks_fit import WORST

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
THEN = NOW - timedelta(days=9)
NAMES = {"U0ANA": "Ana", "U0CLEO": "Cleo"}


def item(words: str = "Importer stuck?", item_id: str = "i1", **other: Any) -> Item:
    made = Item(
        "T1", item_id, ItemKind.HOW_TO, ItemState.PUBLISHED, WaitsFor.NOTHING, Consent.GIVEN, "C1", "U0ANA", True,
        "U0BEN", 1, Lines(words[:150], words[:2900]), None, THEN, THEN, None, None, None,
    )  # fmt: skip
    return replace(made, **other)


def fits(blocks: Any) -> None:
    assert [str(problem) for problem in check_blocks(blocks, Surface.MESSAGE).problems] == []


def fits_a_modal(view: Any) -> None:
    assert [str(problem) for problem in check_view(view, "modal")] == []


def text_of(blocks: Any) -> str:
    return "\n".join(block["text"]["text"] for block in blocks if block["type"] == "section")


@pytest.mark.parametrize("words", WORST.values(), ids=WORST.keys())
def test_slack_accepts_all_of_it(words: str) -> None:
    one, two = item(words), item(words, "i2")
    contact = Contact(THEN, words=words)
    for reason in Reason:
        for mine in (one, None):
            for other in (two, None):
                said = recall_views.recall(reason, mine, other, contact, {"U0ANA": words}, "recall:i1", NOW)
                fits(said[1])
    links = [Link("i1", kind, "i2", "U0CLEO", THEN) for kind in LinkKind] * 4
    shown = {"i1": one, "i2": two}
    names = {"U0ANA": words, "U0CLEO": words}
    fits(link_views.lineage(one, links, shown, ["i2"] * 9, names, Evidence(), NOW)[1])
    fits_a_modal(link_views.build_modal(one, may_decide=True))
    fits_a_modal(link_views.link_modal(one, [item(words, f"i{n}") for n in range(40)]))


def test_what_replaced_it_is_named_to_who_may_see_it() -> None:
    seen = recall_views.recall(Reason.SUPERSEDED, item(), item("New way?", "i2"), Contact(THEN), NAMES, "k", NOW)
    assert text_of(seen[1]) == (
        "*Not current any more: Importer stuck?*\nYou had it 9 days ago.\n*New way?* from Ana takes its place."
    )


def test_who_may_not_see_it_hears_only_that_it_is_not_current() -> None:
    said = recall_views.recall(Reason.SUPERSEDED, item(), None, Contact(THEN, used=True), NAMES, "k", NOW)
    assert text_of(said[1]) == (
        "*Not current any more: Importer stuck?*\nYou used it 9 days ago.\nIt was replaced. Please do not rely on it."
    )


def test_what_was_taken_back_is_not_repeated() -> None:
    asked = Contact(THEN, words="importer hangs?")
    said = recall_views.recall(Reason.WITHDRAWN, None, None, asked, NAMES, "k", NOW)
    assert text_of(said[1]) == (
        "*You asked: _importer hangs?_. What I found for you then is not current any more.*\nYou had it 9 days ago.\n"
        "It was taken back. Please do not rely on it."
    )


def test_what_a_reader_may_not_see_stands_in_no_lineage() -> None:
    links = [Link("i1", LinkKind.ADAPTS, "i2", "U0CLEO", THEN), Link("i3", LinkKind.SUPERSEDES, "i1", "U0CLEO", THEN)]
    shown = {"i1": item(), "i2": item("Root?", "i2"), "i3": item("Gone?", "i3", state=ItemState.WITHDRAWN)}
    told = text_of(link_views.lineage(shown["i1"], links, shown, ["i2"], NAMES, Evidence(), NOW)[1])
    assert "_Adapts:_ *Root?* by Ana (9 days ago, said by Cleo)" in told
    assert "Gone" not in told
    alone = text_of(link_views.lineage(shown["i1"], links, {"i1": item()}, ["i2"], NAMES, Evidence(), NOW)[1])
    assert "Nothing is linked to it yet." in alone


def test_who_may_take_a_link_back_has_a_button_for_it() -> None:
    links = [Link("i1", LinkKind.ADAPTS, "i2", "U0CLEO", THEN), Link("i3", LinkKind.SUPERSEDES, "i1", "U0CLEO", THEN)]
    shown = {"i1": item(), "i2": item("Root?", "i2"), "i3": item("Newer?", "i3")}
    _, blocks = link_views.lineage(shown["i1"], links, shown, [], NAMES, Evidence(), NOW, mine=links[:1])
    (value,) = [block["accessory"]["value"] for block in blocks if "accessory" in block]
    assert link_views.parse_unlink(value) == ("i1", "i1", LinkKind.ADAPTS, "i2")
    for wrong in ("", "i1", "i1:i1:nothing:i2", "a:b:c:d:e"):
        with pytest.raises(BadInput):
            link_views.parse_unlink(wrong)


def test_what_is_current_again_says_so() -> None:
    said = recall_views.current_again(item())
    assert text_of(said[1]) == "*Current again: Importer stuck?*\nI had told you otherwise; that was taken back."


def test_only_who_answers_for_it_is_offered_to_decide() -> None:
    assert len(link_views.kinds(may_decide=True)) == len(LinkKind)
    assert not any(kind.is_decided for kind in link_views.kinds(may_decide=False))


def test_limits_tell_what_came_and_what_waits_and_why() -> None:
    told = [
        Unasked(Proactive.BUNDLE, NOW - timedelta(days=2), None, None),
        Unasked(Proactive.DELIVERY, None, Held.BUDGET, NOW),
    ]
    _, blocks = home.limits(Person("T1", "U1", "Ben", "America/New_York"), told, NOW)
    fits(blocks)
    assert text_of(blocks).splitlines() == [
        "I write to you unasked 3 times a week at most, on working days from 10:00 to 16:00 your time "
        "(America/New_York).",
        "*In the last seven days:*",
        "• how it went with what you found (2 days ago)",
        "*Waiting:*",
        "• something for you: the week's budget is used up",
    ]


def test_the_last_note_says_how_to_begin_again() -> None:
    _, blocks = follow_up.last_note("rest:1", starts_again=False)
    fits(blocks)
    assert text_of(blocks) == "I've stopped asking. Everything you saved stays in my Home tab."
    assert text_of(follow_up.last_note("rest:1", starts_again=True)[1]).startswith("Fine, I ask again")
