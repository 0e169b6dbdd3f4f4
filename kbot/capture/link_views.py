"""What linking items says: the form of "Build on this", the form that links two, `/kb lineage`. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from kbot.act import BadInput
from kbot.capture.views import save_modal
from kbot.cards import (
    BUILD_ON,
    Block,
    age,
    button,
    buttons,
    card,
    context,
    contributor_of,
    form,
    linked_title,
    section,
    title_of,
)
from kbot.library.facts import BODY_LIMIT, Item, ItemKind, ItemState, Lines, Link, LinkKind
from kbot.slack.mrkdwn import cut, escaped, one_line
from kbot.trail.proof import Evidence

BUILD_MODAL = "capture.build_modal"
LINK_MODAL = "capture.link_modal"
LINK = "capture.link"
UNLINK = "capture.unlink"
KIND, OTHER = "link_kind", "link_other"
"""As library/lineage.py names the fields where bad input is said."""

OPTION_SHOWN = 75
MOST_SHOWN = 20

SAYS = {
    LinkKind.ADAPTS: "Adapts it to another case",
    LinkKind.BUILDS_ON: "Builds on it",
    LinkKind.CONFIRMS: "Confirms it: the same experience",
    LinkKind.ALTERNATIVE_TO: "Is another way to the same end",
    LinkKind.ANSWERS: "Answers what it leaves open",
    LinkKind.SUPERSEDES: "Takes its place",
    LinkKind.CONTRADICTS: "Says the opposite",
    LinkKind.DUPLICATES: "Says the same",
}
"""What an item does to the other one."""

FROM = {
    LinkKind.ADAPTS: "Adapts",
    LinkKind.BUILDS_ON: "Builds on",
    LinkKind.CONFIRMS: "Confirms",
    LinkKind.ANSWERS: "Answers",
    LinkKind.SUPERSEDES: "Takes the place of",
}
TO = {
    LinkKind.ADAPTS: "Adapted by",
    LinkKind.BUILDS_ON: "Built on by",
    LinkKind.CONFIRMS: "Confirmed by",
    LinkKind.ANSWERS: "Answered by",
    LinkKind.SUPERSEDES: "Replaced by",
}
MUTUAL = {
    LinkKind.CONTRADICTS: "Says the opposite of",
    LinkKind.DUPLICATES: "Says the same as",
    LinkKind.ALTERNATIVE_TO: "Another way",
}

GONE = "That is not there any more, or not for you to see."
NO_ITEM = "That message is not saved, so there is nothing to build on. Flag it first, or save it by the message menu."
LINKED = "Noted. `/kb lineage` and the first words of either show it."
WORDS_PLEASE = "Say a few words of what you mean: `/kb lineage restart the importer`"

Said = tuple[str, list[Block]]


def kinds(*, may_decide: bool) -> list[LinkKind]:
    """What somebody may say of an item of theirs and another one."""
    return [kind for kind in SAYS if may_decide or not kind.is_decided]


def build_modal(on: Item, kind: LinkKind | None = None, *, may_decide: bool) -> dict[str, Any]:
    """The usual form of own words, with what they are to the item they build on.

    What adapts it begins with its words.
    """
    lines = on.lines if kind is LinkKind.ADAPTS else Lines(title=on.lines.title, body="")
    view = save_modal({"on": on.id, "channel": on.channel}, lines, ItemKind(on.kind), more=True)
    first = [
        context(f"You build on {linked_title(on)}", "Both stay credited."),
        _kind(kinds(may_decide=may_decide), kind),
    ]
    title = {"type": "plain_text", "text": "Build on this"}
    return {**view, "callback_id": BUILD_MODAL, "title": title, "blocks": [*first, *view["blocks"]]}


def link_modal(item: Item, others: Sequence[Item]) -> dict[str, Any]:
    """Say what an item is to another one that is saved already."""
    options = [_option(one_line(other.lines.title), other.id) for other in others[:MOST_SHOWN]]
    element = {"type": "static_select", "action_id": OTHER, "options": options}
    return form(
        LINK_MODAL,
        {"item": item.id},
        "Link to another",
        [
            section(f"{linked_title(item)} ..."),
            _kind(list(SAYS)),
            {
                "type": "input",
                "block_id": OTHER,
                "label": {"type": "plain_text", "text": "Which other one?"},
                "element": element,
            },
        ],
    )


def _kind(of: Sequence[LinkKind], chosen: LinkKind | None = None) -> Block:
    options = [_option(SAYS[kind], kind.value) for kind in of]
    element: dict[str, Any] = {"type": "static_select", "action_id": KIND, "options": options}
    if chosen in of:
        element["initial_option"] = options[of.index(chosen)]
    return {
        "type": "input",
        "block_id": KIND,
        "label": {"type": "plain_text", "text": "What is this to the other one?"},
        "element": element,
    }


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": cut(label, OPTION_SHOWN) or "-"}, "value": value}


def lineage(
    item: Item,
    links: Sequence[Link],
    shown: Mapping[str, Item],
    origins: Sequence[str],
    names: Mapping[str, str],
    evidence: Evidence,
    now: datetime,
    *,
    mine: Collection[Link] = (),
) -> Said:
    """An item, what it comes from and what came of it: only what this reader may see (`shown`). `mine` are the links
    that they may take back."""
    lines = [(line, one) for one in links if (line := _line(item, one, shown, names, now))]
    far = [shown[one] for one in origins if one in shown and one not in _next_to(item, links)]
    blocks = card(item, names, evidence, now, body=BODY_LIMIT // 10)
    if item.state is ItemState.SUPERSEDED:
        blocks.append(context("It is not current any more, so no answer shows it."))
    for line, one in lines[:MOST_SHOWN]:
        undo = button("Take it back", UNLINK, f"{item.id}:{one.item}:{one.kind.value}:{one.other}")
        blocks.append(section(line, accessory=undo if one in mine else None))
    if far:
        further = ", ".join(f"{title_of(one, 80)} by {contributor_of(one, names)}" for one in far[:5])
        blocks.append(section(f"_Further back:_ {further}"))
    if not lines and not far:
        blocks.append(section("Nothing is linked to it yet."))
    row = [button("Build on this", BUILD_ON, item.id)] if item.is_findable else []
    blocks.append(buttons(*row, button("Link to another", LINK, item.id)))
    return f"Where it comes from: {title_of(item, 80)}", blocks


def parse_unlink(value: str) -> tuple[str, str, LinkKind, str]:
    """Whose lineage was shown, and the link to take back, from the button's value. Raises BadInput for another one."""
    try:
        shown_of, item, kind, other = value.split(":")
        return shown_of, item, LinkKind(kind), other
    except ValueError:
        raise BadInput(GONE) from None


def _next_to(item: Item, links: Sequence[Link]) -> Collection[str]:
    return {one.other if one.item == item.id else one.item for one in links}


def _line(item: Item, one: Link, shown: Mapping[str, Item], names: Mapping[str, str], now: datetime) -> str:
    other = shown.get(one.other if one.item == item.id else one.item)
    if other is None or not other.is_public_word:
        return ""
    what = MUTUAL[one.kind] if one.kind.is_mutual else (FROM if one.item == item.id else TO)[one.kind]
    by = escaped(names.get(one.person, ""), 60)
    said = f", said by {by}" if by else ""
    return f"_{what}:_ {linked_title(other, 80)} by {contributor_of(other, names)} ({age(one.at, now)}{said})"
