"""What is said of sending something on. Pure: facts in, Block Kit out."""

from collections.abc import Sequence

from kbot.cards import Block, button, buttons, context, form, section, title_of
from kbot.library.facts import Item
from kbot.slack.mrkdwn import escaped, quoted

MOBILIZE = "delivery.mobilize"
WIDEN_YES, WIDEN_NO = "delivery.widen_yes", "delivery.widen_no"
MODAL = "delivery.mobilize_modal"
PEOPLE, CHANNEL, NOTE = "people", "channel", "note"
NOTE_LIMIT = 300
MOST_PEOPLE = 15
"""As many as a first wave has (domain.md 4.3): a wrong tip shall hurt few."""

Text = tuple[str, list[Block]]


def which(items: Sequence[Item]) -> Text:
    """After `/kb mobilize words`: which one?"""
    blocks = [section("Which one?")]
    blocks += [section(f"*{title_of(item)}*", accessory=button("Send it on", MOBILIZE, item.id)) for item in items]
    return "Which one?", blocks


def modal(item: Item) -> dict[str, object]:
    """To whom, and why."""
    fields: list[Block] = [
        section(f"*{title_of(item)}*"),
        _input(CHANNEL, "To a channel", {"type": "conversations_select"}, "One that I am in."),
        _input(PEOPLE, "To people", {"type": "multi_users_select", "max_selected_items": MOST_PEOPLE}),
        _input(NOTE, "A note to them", {"type": "plain_text_input", "multiline": True, "max_length": NOTE_LIMIT}),
    ]
    return form(MODAL, {"item": item.id}, "Send it on", fields, submit="Send")


def _input(block: str, label: str, element: Block, hint: str = "") -> Block:
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": label},
        "element": {**element, "action_id": block},
        "optional": True,
    }
    if hint:
        made["hint"] = {"type": "plain_text", "text": hint}
    return made


def sent_on(new: int, known: int, channel: bool | None, *, waits: bool) -> str:
    """What became of it, in plain text."""
    parts = []
    if new:
        parts.append(f"{new} {'person gets' if new == 1 else 'people get'} it, within their own hours and limits.")
    if known:
        parts.append(f"{known} {'has' if known == 1 else 'have'} it already.")
    if channel is not None:
        parts.append("The channel gets it." if channel else "The channel has it already.")
    if waits:
        parts.append("Not everybody in that channel may see it yet; I asked the other one who decides that.")
    return " ".join(parts)


def widen(item: Item, channel: str, by: str, note: str, state: str, *, is_private: bool, is_mine: bool) -> Text:
    """To the other one of the two who decide: may a channel see it? `by` is a name; afterwards it is a receipt."""
    who = f"the members of <#{channel}>" if is_private else f"<#{channel}>, and so everybody in this workspace"
    title = f"*{title_of(item)}*"
    value = f"{item.id}:{channel}"
    if state == "open":
        text = f"{title} may be shown to {who}. You can take that back at any time."
        return "It may be shown.", [section(text), buttons(button("Take it back", WIDEN_NO, value))]
    if state in ("refused", "ended"):
        return "It stays as it was.", [section(f"{title} is not shown to {who}.")]
    blocks = [section(f"{escaped(by, 60)} would like to show {title} to {who}. It is for <#{item.channel}> so far.")]
    if note:
        blocks.append(section(quoted(note, NOTE_LIMIT)))
    small = "You shared it" if is_mine else "You are a broker there"
    return "May others see it?", [
        *blocks,
        buttons(button("Yes, show it there", WIDEN_YES, value), button("No", WIDEN_NO, value)),
        context(f"{small}: without your yes nothing changes, and you can take a yes back."),
    ]
