"""What a channel is asked, and what one of them reads after a tap. Wording: domain.md 3.2. Pure."""

from collections.abc import Mapping, Sequence

from kbot.cards import Block, button, buttons, context, linked_title, section
from kbot.follow_up.channel_facts import ChannelAnswer, ChannelAsk
from kbot.library.facts import Item
from kbot.trail.small_numbers import FEWEST_PEOPLE

ANSWER = "follow_up.channel"
"""Each button is `follow_up.channel.<answer>`: action ids are unique within their block."""

TAKE_BACK = "follow_up.channel_back"

BUTTONS = (
    (ChannelAnswer.USED, "I used it"),
    (ChannelAnswer.TRIED, "Tried, didn't work"),
    (ChannelAnswer.NOT_FOR_ME, "Not for me"),
)
COUNTED = {
    ChannelAnswer.USED: "used it",
    ChannelAnswer.TRIED: "tried, it didn't work",
    ChannelAnswer.NOT_FOR_ME: "not for them",
}
SMALL = f"Nobody sees who said what. How many did shows from {FEWEST_PEOPLE} people on."
GONE = "This was taken back, so there is nothing to answer."
TAKEN_BACK = "Taken back; it counts no more."


def asks(about: Sequence[ChannelAsk], found: Mapping[str, Item]) -> tuple[str, list[Block]]:
    """To everybody in a channel: did anyone use what was posted there two weeks ago?"""
    these = "these" if len(about) > 1 else "this"
    blocks: list[Block] = [
        section(f"I posted {these} here two weeks ago or so. Did anyone use it? A tap, if you like.")
    ]
    for one in about:
        item = found.get(one.item)
        if item is None:
            blocks.append(section(GONE))
            continue
        told = f"\n{counts(one)}" if one.shown else ""
        row = [button(label, f"{ANSWER}.{answer}", one.item) for answer, label in BUTTONS]
        blocks += [section(f"{linked_title(item)}{told}"), buttons(*row)]
    return "Did anyone use it?", [*blocks, context(SMALL)]


def counts(one: ChannelAsk) -> str:
    """How many said what, by their own word."""
    said = ", ".join(f"{one.shown[answer]} {words}" for answer, words in COUNTED.items() if one.shown.get(answer))
    return f"_{sum(one.shown.values())} told me: {said}._"


def noted(item: str, answer: ChannelAnswer) -> list[Block]:
    """To who tapped, alone."""
    said = dict(BUTTONS)[answer]
    text = f"Noted: {said}. It is only counted. `/kb used` keeps it in your own log, too."
    return [section(text), buttons(button("Take it back", TAKE_BACK, item))]
