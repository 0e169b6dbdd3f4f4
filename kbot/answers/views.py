"""What an answer looks like. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kbot.answers.facts import Question
from kbot.cards import Block, button, buttons, card, context, section
from kbot.library.facts import Item
from kbot.slack.mrkdwn import escaped, one_line
from kbot.trail.facts import Evidence

USE = "answers.use"
SHARE = "answers.share"

NOTHING = "I have nothing on this."
NOTED = "I noted it as an open question. When a broker of this channel answers it, I tell you."
NOTED_PRIVATELY = (
    "I noted it as an open question: a broker of this channel may see its words, not who asked. When they answer it, I "
    "tell you."
)
NOTED_IN_A_DM = "I noted it as an open question. Asked in a channel, its broker sees it too."
ONLY_HERE = (
    "Guests may read along here, so I looked only at what was saved in this channel. `/kb ask` answers you alone."
)
ASK_ME = "Ask me something, for example: *@kbot how do we restart the importer?*"
UNSURE = "I am not sure that this answers it. The nearest that a colleague saved:"
UNSURE_OF_MANY = "I am not sure that one of these answers it. The nearest that colleagues saved:"
BODY_OF_FIRST = 1500
BODY_OF_REST = 400

Said = tuple[str, list[Block]]


def answer(
    question: Question,
    items: Sequence[Item],
    names: Mapping[str, str],
    evidence: Mapping[str, Evidence],
    now: datetime,
    *,
    among_outsiders: bool = False,
) -> Said:
    """An answer in a thread or to the asker alone: each cited item as a card, or that there is nothing."""
    if not question.text:
        return "Ask me something.", [section(ASK_ME)]
    blocks: list[Block] = []
    if question.late:
        blocks.append(context(f"This answer is late, sorry: your question waited {_minutes(question.late)} for me."))
    if not items:
        is_dm = question.channel.startswith("D")
        noted = NOTED_IN_A_DM if is_dm else NOTED_PRIVATELY if question.is_private else NOTED
        blocks.append(section(f"{NOTHING} {noted}" if question.is_open else NOTHING))
        if among_outsiders:
            blocks.append(context(ONLY_HERE))
        return NOTHING, blocks
    blocks.append(section(_lead(question, many=len(items) > 1)))
    for n, item in enumerate(items):
        blocks += card(item, names, evidence[item.id], now, body=BODY_OF_REST if n else BODY_OF_FIRST)
        blocks.append(buttons(button("I'll use this", USE, item.id)))
    return "I found something that colleagues saved.", blocks


def _lead(question: Question, *, many: bool) -> str:
    if not question.is_sure:
        return UNSURE_OF_MANY if many else UNSURE
    return "This is what colleagues saved about it:" if many else "A colleague saved this:"


def private(said: Said, question: Question, *, can_share: bool) -> Said:
    """The same for the asker's eyes only, with "Share with everyone" where there is somebody to share with."""
    text, blocks = said
    asked = context(f"You asked: _{escaped(one_line(question.text), 200)}_ · only you see this")
    share = [buttons(button("Share with everyone", SHARE, question.id))] if can_share and question.cited else []
    return text, [asked, *blocks, *share]


def shared(said: Said, question: Question, asker: str) -> Said:
    """A private answer that its asker shares with the channel."""
    text, blocks = said
    return text, [context(f"{escaped(asker, 60)} asked: _{escaped(one_line(question.text), 200)}_"), *blocks]


def told(
    question: Question,
    items: Sequence[Item],
    names: Mapping[str, str],
    evidence: Mapping[str, Evidence],
    now: datetime,
) -> Said:
    """To the asker of an open question that has an answer now."""
    blocks = [section(f"You asked: _{escaped(one_line(question.text), 200)}_. There is an answer now:")]
    for item in items:
        blocks += card(item, names, evidence[item.id], now)
        blocks.append(buttons(button("I'll use this", USE, item.id)))
    return "Your question has an answer.", blocks


def will_use(item: Item, *, is_new: bool) -> str:
    """After "I'll use this"."""
    title = escaped(one_line(item.lines.title), 140)
    return (
        f"Noted: *{title}*. I may ask later how it went; only you see what you say."
        if is_new
        else f"You told me already: *{title}*."
    )


def _minutes(seconds: int) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds} seconds"
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
