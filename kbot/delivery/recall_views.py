"""What a recall notice says (domain.md 3.3 K). Pure: facts in, Block Kit out."""

from collections.abc import Mapping
from datetime import datetime

from kbot.cards import Block, age, button, buttons, card, context, contributor_of, linked_title, section, title_of
from kbot.delivery.recall_facts import Contact, Reason
from kbot.library.facts import Item
from kbot.slack.mrkdwn import escaped, one_line
from kbot.trail.proof import Evidence

SHOW_NEW = "delivery.show_new"
GOT_IT = "delivery.got_it"
STOP = "follow_up.stop"
"""The one Stop that there is, answered by follow-up."""

WORDS_SHOWN = 200

Said = tuple[str, list[Block]]


def recall(
    reason: Reason,
    item: Item | None,
    other: Item | None,
    contact: Contact,
    names: Mapping[str, str],
    key: str,
    now: datetime,
    *,
    is_read: bool = False,
) -> Said:
    """The notice. `item` and `other` are None where the person may not see them, or nobody any more."""
    text = f"{_lead(reason, item, contact, now)}\n{_what_now(reason, other, names)}"
    blocks = [section(text)]
    if is_read:
        return NOTIFICATION, [*blocks, context("You have read this.")]
    row = [button("See the new one" if reason is Reason.SUPERSEDED else "See what it says", SHOW_NEW, key)]
    blocks.append(buttons(*(row if other else []), button("Got it", GOT_IT, key), button("Stop", STOP, "recall")))
    blocks.append(context("_You get this because you asked for it or used it. It is said once._"))
    return NOTIFICATION, blocks


NOTIFICATION = "Something you had from me is not current any more."


def _lead(reason: Reason, item: Item | None, contact: Contact, now: datetime) -> str:
    how = f"You {'used' if contact.used else 'had'} it {age(contact.at, now)}."
    if item is not None:
        head = "Contested" if reason is Reason.CONTRADICTED else "Not current any more"
        return f"*{head}: {title_of(item)}*\n{how}"
    words = escaped(one_line(contact.words), WORDS_SHOWN)
    about = f"You asked: _{words}_. What I found for you then" if words else "Something you had from me"
    return f"*{about} is not current any more.*\n{how}"


def _what_now(reason: Reason, other: Item | None, names: Mapping[str, str]) -> str:
    if other is None:
        return {
            Reason.SUPERSEDED: "It was replaced. Please do not rely on it.",
            Reason.CONTRADICTED: "Somebody says the opposite. Please check before you rely on it.",
            Reason.WITHDRAWN: "It was taken back. Please do not rely on it.",
        }[reason]
    who = contributor_of(other, names)
    if reason is Reason.CONTRADICTED:
        return f"{linked_title(other)} from {who} says the opposite. Please check before you rely on either."
    return f"{linked_title(other)} from {who} takes its place."


def shown(other: Item, names: Mapping[str, str], evidence: Evidence, now: datetime) -> Said:
    """The other item, to who asks for it."""
    return title_of(other), card(other, names, evidence, now)


def current_again(item: Item) -> Said:
    """In the place of a notice whose reason was taken back."""
    text = f"*Current again: {title_of(item)}*\nI had told you otherwise; that was taken back."
    return "It is current again.", [section(text)]


GONE = "That is not there any more, or not for you to see."
