"""What capture says: the flagger's receipt, the contributor's notice, the modals. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence
from typing import Any

from kbot.cards import EDIT_ITEM, Block, button, buttons, context, form, linked_title, menu, section, title_of
from kbot.library.facts import (
    BODY_LIMIT,
    LINE_LIMIT,
    TITLE_LIMIT,
    Consent,
    Item,
    ItemKind,
    ItemState,
    Lines,
    WaitsFor,
)
from kbot.library.naming import FIELD, MOST_TOPICS, NAME_LIMIT
from kbot.slack.mrkdwn import cut, escaped, one_line, quoted
from kbot.slack.outgoing import Post

UNDO = "capture.undo"
ADD_EVIDENCE = "capture.add_evidence"
BUILDS_ON = "capture.builds_on"
"""Of the button under a receipt, and of the choice in a form."""
KEEP_APART = "capture.keep_apart"
FINE = "capture.fine"
YES = "capture.yes"
EDIT = EDIT_ITEM
UNNAMED = "capture.unnamed"
NAMED = "capture.named"
REFUSE = "capture.refuse"
MENU = "capture.menu"
TAKE_OVER = "capture.take_over"
KEEP_OLD = "capture.keep_old"
KEEP_WORDS = "capture.keep_words"
LET_GO = "capture.let_go"
MORE_LINES = "capture.more_lines"

IT_BUILDS_ON = "It builds on that one"
SAVE_MODAL = "capture.save_modal"
EDIT_MODAL = "capture.edit_modal"

NEVER = "never"
TWIN = "twin"
"""What a form keeps of the item that says much the same."""
TOPICS_LIMIT = MOST_TOPICS * (NAME_LIMIT + 2)

TITLE, BODY, KIND, WHEN, BECAUSE, LIMITS, CHANNEL, TOPICS = (
    "title",
    "body",
    "kind",
    "when",
    "because",
    "limits",
    "channel",
    FIELD,
)


def seen(item: Item, by: str, twin: Item | None = None) -> tuple[str, list[Block]]:
    """What the flagger reads: what became of the flag, and Undo. `twin` says nearly the same already."""
    title = title_of(item)
    if item.state is ItemState.PUBLISHED:
        mine = item.contributor == by
        told = "" if mine or item.contributor is None else f" {_author(item)} is told, and can edit it or take it back."
        text = f"Saved, so that others can find it: *{title}*.{told}"
    elif item.state is ItemState.REJECTED and item.consent is not Consent.REFUSED:
        text = f"A broker left *{title_of(item)}* out before, so your flag changes nothing."
    elif item.state is ItemState.REJECTED:
        text = "The one who wrote this does not want it saved, so I leave it alone. Thank you all the same."
    elif item.state in (ItemState.WITHDRAWN, ItemState.RETIRED, ItemState.LAPSED, ItemState.SUPERSEDED):
        text = f"*{title}* was saved before and is not shown any more, so your flag changes nothing."
    else:
        text = f"Noted: *{title}*. {WAITING[item.waits_for]}"
    blocks = [section(text)]
    if item.flagger == by and item.state in (ItemState.PUBLISHED, ItemState.CANDIDATE):
        blocks.append(buttons(button("Undo", UNDO, item.id)))
        blocks.append(context("Undo works for 10 minutes; taking your reaction off does the same."))
        if twin is not None:
            both = f"{item.id}:{twin.id}"
            blocks.append(section(f"This looks like: {linked_title(twin)}"))
            evidence, builds_on = button("Add as evidence", ADD_EVIDENCE, both), button(IT_BUILDS_ON, BUILDS_ON, both)
            blocks.append(buttons(evidence, builds_on, button("Keep apart", KEEP_APART, item.id)))
            blocks.append(context("As evidence your flag counts for that one, and this one is not kept beside it."))
    return text, blocks


def added(twin: Item) -> str:
    """After "Add as evidence"."""
    return f"Your flag counts for *{title_of(twin)}* now; this message is not saved beside it."


def built_on(item: Item, by: str, other: Item) -> tuple[str, list[Block]]:
    """After "It builds on that one": the receipt, with what it builds on."""
    text, blocks = seen(item, by)
    return text, [*blocks, context(f"It builds on {linked_title(other)}: `/kb lineage` shows both.")]


def undone(item: Item) -> str:
    """After Undo; what others flagged too stays."""
    if item.state in (ItemState.PUBLISHED, ItemState.CANDIDATE):
        return "Your flag is taken back. It stays saved, because others flagged it too."
    return f"Undone: {title_of(item)} is not saved."


WAITING = {
    WaitsFor.NOTHING: "",
    WaitsFor.CONTRIBUTOR: "The one who wrote it is asked first; others find it when they say yes.",
    WaitsFor.TIME: "The one who wrote it is told; others find it in 24 hours, unless they decline.",
    WaitsFor.BROKER: "A broker looks at it first; others find it when it is approved.",
}


def _author(item: Item) -> str:
    return "The one who wrote it"


def notice(item: Item, flagger: str) -> tuple[str, list[Block]]:
    """What the contributor reads: what was saved, and what they can do about it. `flagger` is a name."""
    who = escaped(flagger, 60)
    quote = quoted(item.lines.body, 600)
    permalink = item.source.permalink if item.source else None
    where = f"In <#{item.channel}>" + (f" · <{permalink}|your message>" if permalink else "")
    if item.state is ItemState.REJECTED and item.consent is not Consent.REFUSED:
        return "A broker left it out.", [section(f"A broker left *{title_of(item)}* out: nobody finds it.")]
    if item.consent is Consent.REFUSED:
        return "It is taken back.", [
            section(f"Taken back: *{title_of(item)}*. Nobody can find it, and I will not save it again.")
        ]
    if item.state is ItemState.WITHDRAWN:
        return not_saved(item)
    if item.state is ItemState.RETIRED:
        return "A broker retired it.", [
            section(f"A broker retired *{title_of(item)}*: it is not shown in answers any more.")
        ]
    if item.state is ItemState.SUPERSEDED:
        return "Something newer has taken its place.", [
            section(
                f"Something newer has taken the place of *{title_of(item)}*: answers show that one. Thank you for it."
            )
        ]
    if item.state is ItemState.LAPSED:
        text = f"I asked whether others may find this and heard nothing, so it stays unpublished:\n{quote}"
        return "It stays unpublished.", [section(text), buttons(button("Share it after all", YES, item.id))]
    if item.consent is Consent.GIVEN:
        named = "with your name" if item.is_named else "without your name"
        state = "others can find it" if item.is_findable else WAITING[item.waits_for].lower()
        toggle = (
            button("Leave my name out", UNNAMED, item.id) if item.is_named else button("Show my name", NAMED, item.id)
        )
        return "Thank you.", [
            section(f"*{title_of(item)}*, {named}: {state}"),
            buttons(button("Edit", EDIT, item.id), toggle, button("Take it back", REFUSE, item.id), _never(item)),
            context(where),
        ]
    if item.waits_for is WaitsFor.CONTRIBUTOR:
        text = f"{who} would like others to find this. May others find this?\n{quote}"
        row = buttons(
            button("Yes, share it", YES, item.id, primary=True),
            button("Edit first", EDIT, item.id),
            button("Share without my name", UNNAMED, item.id),
            button("No", REFUSE, item.id),
            _never(item),
        )
        return "May others find something you wrote?", [section(text), row, context(where)]
    text = f"{who} saved this so that others can find it:\n{quote}"
    row = buttons(
        button("Fine", FINE, item.id),
        button("Edit", EDIT, item.id),
        button("Leave my name out", UNNAMED, item.id),
        button("Take it back", REFUSE, item.id),
        _never(item),
    )
    later = f"{WAITING[item.waits_for]} " if item.waits_for is not WaitsFor.NOTHING else ""
    return f"{who} saved something you wrote.", [section(text), row, context(f"{later}{where}")]


def not_saved(item: Item) -> tuple[str, list[Block]]:
    """What a notice says when its item was taken back by who had saved it, or with its message."""
    why = "who flagged it took the flag back, or the message was deleted"
    return "It is not saved any more.", [section(f"*{title_of(item)}* is not saved any more: {why}.")]


def _never(item: Item) -> Any:
    return menu(MENU, [("Never capture me", f"{NEVER}:{item.id}")])


def never_again(item: Item) -> str:
    """After "Never capture me"."""
    return (
        f"Taken back: {title_of(item)}. From now on nothing you write is saved; whoever tries is told so politely. "
        "`/kb capture me` changes that."
    )


def edited(item: Item, new_text: str) -> tuple[str, list[Block]]:
    """The source was edited: shall the item say the new words?"""
    text = (
        f"You edited the message behind {linked_title(item)}. Shall others find the new words?\n{quoted(new_text, 600)}"
    )
    return "Shall others find your new words?", [
        section(text),
        buttons(
            button("Take the new words", TAKE_OVER, item.id, primary=True),
            button("Keep it as it was", KEEP_OLD, item.id),
        ),
    ]


def edit_settled(item: Item) -> tuple[str, list[Block]]:
    """What that question says when its contributor has decided, or there is nothing to decide any more."""
    if item.state not in (ItemState.CANDIDATE, ItemState.PUBLISHED):
        return "It is not saved any more.", [section(f"*{title_of(item)}* is not saved any more.")]
    text = f"You edited the message behind {linked_title(item)}. Settled: this is what is saved of it.\n"
    return "Settled.", [section(text + quoted(item.lines.body, 600)), buttons(button("Edit", EDIT, item.id))]


def orphaned(item: Item) -> tuple[str, list[Block]]:
    """The source was deleted: keep as own words, or delete."""
    title = title_of(item)
    if item.consent is Consent.REFUSED:
        return "Deleted.", [section(f"Deleted: *{title}*. Nobody can find it.")]
    if item.is_findable:
        return "Kept.", [
            section(f"Kept as your own words: *{title}*. Others can find it."),
            buttons(button("Edit", EDIT, item.id), button("Take it back", REFUSE, item.id)),
        ]
    if item.state is ItemState.CANDIDATE:
        return "Kept.", [
            section(f"Kept as your own words: *{title}*. {WAITING[item.waits_for]}"),
            buttons(button("Edit", EDIT, item.id), button("Take it back", REFUSE, item.id)),
        ]
    text = f"The message behind *{title}* was deleted, so I hid it at once. Shall it stay away?"
    return "A message of yours that was saved is deleted.", [
        section(f"{text}\n{quoted(item.lines.body, 400)}"),
        buttons(button("Keep as my own words", KEEP_WORDS, item.id), button("Delete it", LET_GO, item.id)),
    ]


def joined(*, is_private: bool, is_shared: bool) -> str:
    """Three lines when kbot joins a channel: what, who sees it, who can change it."""
    if is_shared:
        return "Hello, I am kbot. Another organization shares this channel, so I save and answer nothing here for now."
    first = "Flag a message with :bulb: and I save it so that others can find it; the one who wrote it"
    first += " is asked first." if is_private else " is told, and can change it or take it back."
    who = (
        "Only members of this channel find what is saved here."
        if is_private
        else "Everybody in this workspace can find it."
    )
    return (
        f"{first}\n{who} Ask me by `@kbot` and your question.\n"
        "`/kb setup` changes that or switches it off (admins, the channel's creator, its brokers)."
    )


def title_from(text: str) -> str:
    """A first title: the first line or sentence of what was asked, or else said."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return cut(one_line(first), TITLE_LIMIT)


def save_modal(
    metadata: Mapping[str, str], lines: Lines, kind: ItemKind, *, choose_channel: bool = False, is_edit: bool = False,
    more: bool = False, twin: Item | None = None, topics: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """The modal of "Save as knowledge", "Add knowledge" and Edit. `metadata` holds ids; `twin` says much the same;
    `topics` are names, chosen before or proposed."""
    ids = {**metadata, TWIN: twin.id} if twin else dict(metadata)
    blocks: list[Block] = [
        *(_looks_like(twin) if twin else ()),
        _input(TITLE, "The question it answers", lines.title, TITLE_LIMIT, hint="As somebody would ask it."),
        _input(BODY, "What to do or know", lines.body, BODY_LIMIT, multiline=True),
        _input(WHEN, "When does it apply?", lines.when, LINE_LIMIT, optional=True),
        _kinds(kind),
        _input(
            TOPICS,
            "Topics",
            ", ".join(topics),
            TOPICS_LIMIT,
            optional=True,
            hint=f"Up to {MOST_TOPICS}, with commas between them. Who follows one hears of it.",
        ),
    ]
    if choose_channel:
        element = {"type": "channels_select", "action_id": CHANNEL}
        label = {"type": "plain_text", "text": "Whose knowledge is it? The channel decides who finds it."}
        blocks.append({"type": "input", "block_id": CHANNEL, "label": label, "element": element})
    if more or lines.because or lines.limits:
        blocks.append(_input(BECAUSE, "Because ...", lines.because, LINE_LIMIT, optional=True))
        blocks.append(_input(LIMITS, "Where does it not apply?", lines.limits, LINE_LIMIT, optional=True))
    else:
        blocks.append(buttons(button("More: reasons and limits", MORE_LINES, "more")))
    return form(EDIT_MODAL if is_edit else SAVE_MODAL, ids, "Edit" if is_edit else "Save as knowledge", blocks)


def _looks_like(twin: Item) -> list[Block]:
    option = {"text": {"type": "plain_text", "text": "Both stay, and are linked"}, "value": twin.id}
    return [
        context(f"This looks like: {linked_title(twin)}, which is saved already."),
        {
            "type": "input",
            "block_id": BUILDS_ON,
            "optional": True,
            "label": {"type": "plain_text", "text": IT_BUILDS_ON},
            "element": {"type": "checkboxes", "action_id": BUILDS_ON, "options": [option]},
        },
    ]


def edit_modal(item: Item) -> dict[str, Any]:
    """The words of an item, to be said otherwise."""
    topics = [topic.name for topic in item.topics]
    return save_modal({"item": item.id}, item.lines, item.kind, is_edit=True, more=True, topics=topics)


def _input(
    block: str,
    label: str,
    value: str,
    limit: int,
    *,
    optional: bool = False,
    multiline: bool = False,
    hint: str = "",
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": block,
        "multiline": multiline,
        "max_length": limit,
    }
    if value:
        element["initial_value"] = cut(value, limit)
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        "optional": optional,
    }
    if hint:
        made["hint"] = {"type": "plain_text", "text": hint}
    return made


def _kinds(kind: ItemKind) -> Block:
    options = [{"text": {"type": "plain_text", "text": k.in_words}, "value": k.value} for k in ItemKind]
    chosen = next(option for option in options if option["value"] == kind.value)
    element = {"type": "static_select", "action_id": KIND, "options": options, "initial_option": chosen}
    return {
        "type": "input",
        "block_id": KIND,
        "label": {"type": "plain_text", "text": "Kind"},
        "element": element,
    }


def post(to: str, said: tuple[str, list[Block]]) -> Post:
    """A message of (notification text, blocks)."""
    return Post(to, said[0], said[1])
