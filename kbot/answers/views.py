"""What an answer looks like. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kbot.answers.facts import Question, Why
from kbot.answers.open_views import ASK_PEOPLE
from kbot.cards import (
    BUILD,
    CARD_MENU,
    MEMORIZE,
    USE,
    Block,
    acts,
    age,
    button,
    buttons,
    card,
    context,
    feedback,
    form,
    linked_title,
    menu,
    section,
    story_of,
    title_of,
)
from kbot.library.facts import Item
from kbot.meaning.composer import Statement
from kbot.slack.mrkdwn import cut, escaped, one_line
from kbot.trail.facts import Complaint
from kbot.trail.proof import Evidence

SHARE = "answers.share"
WHY = "answers.why"
RATE = "answers.rate"
SHOW = "answers.show"
NOT_NOW = "answers.not_now"
HELPFUL, NOT_HELPFUL = "helpful", "not_helpful"
COMPLAINT_MODAL = "answers.complaint"

NOTHING = "I have nothing on this."
NOTED = "I noted it as an open question. When there is an answer, I tell you."
NOTED_PRIVATELY = (
    "I noted it as an open question: a broker of this channel may see its words, not who asked. When there is an "
    "answer, I tell you."
)
NOTED_IN_A_DM = "I noted it as an open question. Asked in a channel, its broker sees it too."
ONLY_HERE = (
    "Guests may read along here, so I looked only at what was saved in this channel. `/kb ask` answers you alone."
)
ASK_ME = "Ask me something, for example: *@kbot how do we restart the importer?*"
UNSURE = "I am not sure that this answers it. The nearest that a colleague saved:"
UNSURE_OF_MANY = "I am not sure that one of these answers it. The nearest that colleagues saved:"
COMPOSED = "A machine worded this from what stands below, in that order. What stands below counts."
STATEMENT_SHOWN = 300
BODY_OF_FIRST = 1300
BODY_OF_REST = 400
COMPLAINT_WORDS = 1000
MOST_PROMPTS = 4
PROMPT_SHOWN = 60

Said = tuple[str, list[Block]]


def answer(
    question: Question,
    items: Sequence[Item],
    names: Mapping[str, str],
    evidence: Mapping[str, Evidence],
    now: datetime,
    *,
    among_outsiders: bool = False,
    quote: str = "",
    composed: Sequence[Statement] = (),
) -> Said:
    """An answer in a thread or to the asker alone: each cited item as a card, or that there is nothing. `quote` is the
    sentence of the first one that supports the answer, `composed` what was worded from them."""
    if not question.text:
        return "Ask me something.", [section(ASK_ME)]
    blocks: list[Block] = []
    if question.late:
        blocks.append(context(f"This answer is late, sorry: your question waited {_minutes(question.late)} for me."))
    is_dm = question.channel.startswith("D")
    if not items:
        noted = NOTED_IN_A_DM if is_dm else NOTED_PRIVATELY if question.is_private else NOTED
        blocks.append(section(f"{NOTHING} {noted}" if question.is_open else NOTHING))
        if question.is_open and question.thread_ts and not is_dm:
            blocks.append(buttons(button("Ask the people who may know", ASK_PEOPLE, question.id)))
        if among_outsiders:
            blocks.append(context(ONLY_HERE))
        return NOTHING, blocks
    if composed:
        blocks += [*(section(_statement(one, items)) for one in composed), context(COMPOSED)]
    blocks.append(section(_lead(question, many=len(items) > 1)))
    in_markdown = is_dm and not question.is_private
    for n, item in enumerate(items):
        body, quoted = (BODY_OF_REST, "") if n else (BODY_OF_FIRST, quote)
        blocks += card(item, names, evidence[item.id], now, body=body, quote=quoted, in_markdown=in_markdown)
        why = button("Why this answer?", WHY, f"{question.id}:{item.id}")
        entries = [("Build on this", f"{BUILD}:{item.id}"), ("Help me remember this", f"{MEMORIZE}:{item.id}")]
        more = menu(CARD_MENU, entries)
        blocks.append(buttons(button("I'll use this", USE, item.id), why, more))
    blocks.append(feedback(RATE, f"{HELPFUL}:{question.id}", f"{NOT_HELPFUL}:{question.id}"))
    return "I found something that colleagues saved.", blocks


def _statement(said: Statement, items: Sequence[Item]) -> str:
    """With the numbers of the items that it comes from."""
    numbers = {item.id: (n, item.source.permalink if item.source else None) for n, item in enumerate(items, 1)}
    cited = [numbers[one] for one in dict.fromkeys(said.cites)]
    links = ", ".join(f"<{link}|{n}>" if link else str(n) for n, link in cited)
    return f"{escaped(one_line(said.text), STATEMENT_SHOWN)} [{links}]"


def prompts(items: Sequence[Item]) -> dict[str, str]:
    """Questions to offer who begins to talk with kbot, by their short title: those that these items answer."""
    titles = dict.fromkeys(one_line(item.lines.title) for item in items)
    asked = sorted(titles, key=lambda title: not title.endswith("?"))[:MOST_PROMPTS]
    return {cut(title, PROMPT_SHOWN): title for title in asked}


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
    quote: str = "",
    together: Sequence[str] = (),
) -> Said:
    """To the asker of an open question that has an answer now; in its thread, to all of them `together`."""
    who = " ".join(f"<@{asker}>" for asker in together) or "You"
    blocks = [section(f"{who} asked: _{escaped(one_line(question.text), 200)}_. There is an answer now:")]
    for n, item in enumerate(items):
        quoted = "" if n else quote
        blocks += card(item, names, evidence[item.id], now, quote=quoted, in_markdown=not together)
        blocks.append(acts(item))
    return f"{who} asked something that has an answer now." if together else "Your question has an answer.", blocks


def suggestion(item: Item, channel: str, ts: str) -> Said:
    """To who asked others something in a channel: this may answer it."""
    message = f"{channel}:{ts}"
    blocks = [
        section(f"This may answer it: {linked_title(item)}"),
        buttons(button("Show", SHOW, message, primary=True), button("Not now", NOT_NOW, message)),
        context("I tell you so once a day at most. `/kb pause` keeps me quiet."),
    ]
    return "Something that colleagues saved may answer it.", blocks


NEARNESS = ((0.7, "almost the same as"), (0.5, "close to"), (0.3, "related to"), (-2.0, "far from"))
"""From which nearness in meaning on which word is said."""

RATED = "Thanks, noted. Only you see that it was you; pressing the other one changes it."
COMPLAINTS = {
    Complaint.WRONG: "It is wrong",
    Complaint.OUTDATED: "It is outdated",
    Complaint.NOT_WHAT_I_ASKED: "It is not what I asked",
    Complaint.HARD_TO_FOLLOW: "It is hard to follow",
}


def why(question: Question, item: Item, why: Why, names: Mapping[str, str], evidence: Evidence, now: datetime) -> Said:
    """ "Why this answer?", in words, to who asks that."""
    reasons = [_shared(why), _nearness(why), *_proof(item, names, evidence, why, now)]
    if why.score is not None:
        reasons.append(f"All in all it scores {why.score:.2f}; under {why.threshold.answer:.2f} I show nothing.")
    reasons.append(
        "I was sure enough to say so without a doubt."
        if question.is_sure
        else f"I was not sure: the chance that the best one is right seemed to be under {why.threshold.sure:.0%}."
    )
    text = "\n".join([f"*Why this answer?* {title_of(item)}", *(f"• {reason}" for reason in reasons)])
    return "Why this answer?", [section(text)]


def _shared(why: Why) -> str:
    if not why.shared:
        return "It shares no word with the question."
    return "It shares these words with the question: " + ", ".join(f"_{escaped(word, 40)}_" for word in why.shared)


def _nearness(why: Why) -> str:
    if why.meaning is None:
        return "By its meaning the question does not find it any more: one of the two has changed, or who may see what."
    return f"In meaning it is {next(word for least, word in NEARNESS if why.meaning >= least)} the question."


def _proof(item: Item, names: Mapping[str, str], evidence: Evidence, why: Why, now: datetime) -> list[str]:
    said = evidence.told(now)
    proof = [f"People say: {said}." if said else "Nobody has said yet whether it works."]
    proof += [story_of(story, names) for story in (*evidence.successes[:1], *evidence.failures[:1])]
    rated = ((why.ratings.helpful, "helpful to"), (why.ratings.not_helpful, "not helpful to"))
    if counted := ", ".join(f"{words} {people}" for people, words in rated if people):
        proof.append(f"Answers with it were {counted}.")
    if item.verified_by and item.verified_at:
        name = escaped(names.get(item.verified_by, "a broker"), 60)
        proof.append(f"{name} verified it {age(item.verified_at, now)}.")
    proof.append(f"It was saved {age(item.published_at or item.created_at, now)}.")
    return proof


def complaint_modal(question: str) -> dict[str, object]:
    """What was wrong with the answer; nothing of it has to be said."""
    reasons = [
        {"text": {"type": "plain_text", "text": label}, "value": complaint.value}
        for complaint, label in COMPLAINTS.items()
    ]
    return form(
        COMPLAINT_MODAL,
        {"question": question},
        "What was wrong?",
        [
            context("Noted. If you like, say why: it helps to make answers better. Nobody is told who said so."),
            {
                "type": "input",
                "block_id": "complaint",
                "optional": True,
                "label": {"type": "plain_text", "text": "The answer"},
                "element": {"type": "radio_buttons", "action_id": "complaint", "options": reasons},
            },
            {
                "type": "input",
                "block_id": "words",
                "optional": True,
                "label": {"type": "plain_text", "text": "In your own words"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": "words",
                    "multiline": True,
                    "max_length": COMPLAINT_WORDS,
                },
            },
        ],
        submit="Send",
        close="Skip",
    )


def _minutes(seconds: int) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds} seconds"
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
