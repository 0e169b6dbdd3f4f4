"""What delivery says: the card with its reason, the question when, topics. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kbot.cards import (
    PLAN,
    Block,
    acts,
    button,
    buttons,
    card,
    choice,
    context,
    contributor_of,
    form,
    menu,
    section,
    title_of,
)
from kbot.delivery.facts import Delivery, Rule, Said, Why
from kbot.library.facts import Cadence, Item, Listed, Topic
from kbot.library.naming import FIELD, NAME_LIMIT
from kbot.slack.mrkdwn import escaped, one_line, quoted
from kbot.trail.facts import Plan
from kbot.trail.proof import Evidence

PAUSE = "follow_up.pause"
"""The one Pause that there is, answered by follow-up."""

STOP = "delivery.stop"
FOLLOW = "delivery.follow"
UNFOLLOW = "delivery.unfollow"
TOPIC_MENU = "delivery.topic_menu"
PLAN_MODAL = "delivery.plan_modal"
CHANGE_MODAL = "delivery.rename_modal"
MERGE_MODAL = "delivery.merge_modal"

BODY_SHOWN = 700
NOTE_SHOWN = 300
PLAN_LIMIT = 200

Text = tuple[str, list[Block]]

PLANS = (
    (Plan.THIS_WEEK, "This week"),
    (Plan.THIS_MONTH, "This month"),
    (Plan.WHEN_IT_COMES_UP, "When it comes up"),
    (Plan.OWN_WORDS, "In my own words"),
)
PLANNED = {
    Plan.THIS_WEEK: "this week",
    Plan.THIS_MONTH: "this month",
    Plan.WHEN_IT_COMES_UP: "when it comes up",
    Plan.OWN_WORDS: "when you said",
}
WHEN = "When might you try it? You need not say."


@dataclass(frozen=True)
class Shown:
    """A delivery as its reader may be shown it now. `by`: the name of who sent it on."""

    delivery: Delivery
    item: Item
    names: Mapping[str, str]
    evidence: Evidence
    by: str = ""


def delivered(shown: Sequence[Shown], now: datetime) -> Text:
    """What is new for somebody: each item with the reason why they get it."""
    blocks: list[Block] = []
    for one in shown:
        blocks += _one(one, now)
    key = shown[0].item.id
    blocks.append(buttons(button("Pause", PAUSE, key), button("Stop", STOP, key)))
    return _notification(shown), blocks


def to_channel(shown: Sequence[Shown], now: datetime) -> Text:
    """The same for a channel: everybody there may use it; what they say of it only they see."""
    blocks: list[Block] = []
    for one in shown:
        blocks += [*_reason(one), *card(one.item, one.names, one.evidence, now, body=BODY_SHOWN), acts(one.item)]
    return _notification(shown), blocks


def _notification(shown: Sequence[Shown]) -> str:
    if len(shown) > 1:
        return f"{len(shown)} things that colleagues saved."
    return f"From a colleague: {title_of(shown[0].item)}"


def _one(one: Shown, now: datetime) -> list[Block]:
    said = one.delivery.said
    if said is Said.NOT_FOR_ME:
        return [section(f"*{title_of(one.item)}*\n{not_for_me(one.delivery.why)}")]
    blocks = [*_reason(one), *card(one.item, one.names, one.evidence, now, body=BODY_SHOWN)]
    if said is None:
        return [*blocks, acts(one.item, delivered=True)]
    if said is Said.GOOD:
        return [*blocks, context("You said: good to know. I ask nothing about it.")]
    if one.delivery.intention is None:
        return [*blocks, section(f"Noted: you mean to use it. {WHEN}"), _plans(one.item)]
    return [*blocks, context(will_ask(one.delivery.intention))]


def _reason(one: Shown) -> list[Block]:
    blocks = [context(why(one.delivery, one.by, contributor_of(one.item, one.names)))]
    if one.delivery.why.note:
        blocks.append(section(quoted(one.delivery.why.note, NOTE_SHOWN)))
    return blocks


def why(delivery: Delivery, by: str, contributor: str) -> str:
    """Why you, or this channel, get it."""
    reason = delivery.why
    topic = f"*{escaped(reason.topic.name, NAME_LIMIT)}*" if reason.topic else "one of its topics"
    sender = escaped(by, 60) or "A colleague"
    if delivery.is_channel:
        return (
            f"This channel follows {topic}." if reason.rule is Rule.FOLLOWS else f"{sender} sends this to all of you."
        )
    match reason.rule:
        case Rule.FOLLOWS:
            return f"You get this because you follow {topic}."
        case Rule.ASKED:
            return f"You get this because you asked about {topic} lately."
        case Rule.USED_PARENT:
            return "You get this because you used what it builds on."
        case Rule.CLARIFIED:
            return "You get this because it was hard to follow for you; it says it in other words now."
        case Rule.RELAY:
            return "You get this because a colleague passed it on to you."
        case Rule.DOES:
            return f"You get this because you said that you do {topic}."
        case Rule.NEXT_DOOR:
            return f"You get this because you follow {topic}, next door to it, and asked for one a month."
        case Rule.NEED:
            return f"You get this because you need: _{escaped(one_line(reason.need), 200)}_"
        case Rule.NAMED:
            return f"You get this because {sender}, who shared it, thought of you."
        case Rule.BROKER:
            return f"You get this because {sender}, a broker, thought of you."


def _plans(item: Item) -> Block:
    return buttons(*(button(label, f"{PLAN}.{plan.value}", f"{plan.value}:{item.id}") for plan, label in PLANS))


def will_use(item: Item, *, is_new: bool) -> Text:
    """After "I'll use this", to who pressed it alone."""
    if not is_new:
        return "Noted.", [section(f"You told me already: *{title_of(item)}*. {WHEN}"), _plans(item)]
    text = f"Noted: *{title_of(item)}*. I may ask later how it went; only you see what you say. {WHEN}"
    return "Noted.", [section(text), _plans(item)]


def will_ask(plan: Plan) -> str:
    """After the person said when."""
    if plan is Plan.WHEN_IT_COMES_UP:
        return "Noted: when it comes up. I ask in a month how it went; `/kb used` tells me before that."
    return f"Noted: you mean to use it {PLANNED[plan]}. I ask once, after that, how it went."


def not_for_me(reason: Why) -> str:
    """After "Not for me"."""
    if reason.rule.is_asked_for:
        return "Noted: not for you. Nobody is told."
    return "Noted: not for you. Nobody is told, and for 90 days you get less like this."


def less(reason: Why) -> str:
    """After "Less like this", and how to undo it."""
    if reason.topic is None:
        return "Noted: less like this for 90 days."
    name = escaped(reason.topic.name, NAME_LIMIT)
    return f"Noted: nothing about *{name}* by that reason for 90 days. `/kb follow {name}` undoes it."


STOPPED = "I deliver nothing to you from now on. You find everything by asking me; your Home tab changes it."
DOUBTED = "Thank you. Whoever curates it is told that somebody finds it outdated or wrong, not who."


def ask_contributor(item: Item, names: Mapping[str, str]) -> str:
    """Where to ask who shared it."""
    who = contributor_of(item, names)
    place = f"<{item.source.permalink}|where it was said>" if item.source and item.source.permalink else ""
    if item.contributor is None:
        return f"It was said by an app; the people who know it read along {place or 'there'}."
    if not item.is_named:
        return (
            f"Who shared it goes unnamed. Ask {place}: they read it there."
            if place
            else ("Who shared it goes unnamed, and it has no message any more. A broker of its channel may know.")
        )
    return f"{who} shared it. Ask in the thread {place}, or write to them." if place else f"{who} shared it."


def plan_modal(item: str) -> dict[str, object]:
    """When, in a line in own words."""
    element = {"type": "plain_text_input", "action_id": "words", "max_length": PLAN_LIMIT}
    return form(
        PLAN_MODAL,
        {"item": item},
        "When?",
        [
            {
                "type": "input",
                "block_id": "words",
                "label": {"type": "plain_text", "text": "When do you mean to use it? Only you see it"},
                "hint": {"type": "plain_text", "text": "Such as: after the release, by 2 Dec. By the day I ask."},
                "element": element,
            }
        ],
    )


# -- topics

NO_TOPICS = "There are no topics yet. They come with what people save: name one in the form, or by `/kb add`."


MOST_LISTED = 24
"""Topics: two blocks each, of the 50 that a message may have."""


def topics(listed: Sequence[Listed], *, may_curate: bool) -> Text:
    """The topics that the reader may know of, with a button each; a broker's menu merges and renames."""
    if not listed:
        return NO_TOPICS, [section(NO_TOPICS)]
    blocks = [section("*Topics.* What you follow comes to you, within your limits.")]
    for one in listed[:MOST_LISTED]:
        label, action = ("Unfollow", UNFOLLOW) if one.follows else ("Follow", FOLLOW)
        count = "1 item" if one.items == 1 else f"{one.items} items"
        follows = " · you follow it" if one.follows else ""
        text = f"*{escaped(one.topic.name, NAME_LIMIT)}* · {count}{follows}"
        press = button(label, action, one.topic.id)
        if may_curate:
            entries = [("Change", f"change:{one.topic.id}"), ("Merge into another", f"merge:{one.topic.id}")]
            blocks += [section(text), buttons(press, menu(TOPIC_MENU, entries))]
        else:
            blocks.append(section(text, accessory=press))
    if len(listed) > MOST_LISTED:
        blocks.append(context(f"And {len(listed) - MOST_LISTED} more. `/kb follow deploys` finds one by its name."))
    return "Topics.", blocks


def followed(topic: Topic, *, is_new: bool, channel: str | None = None) -> str:
    """After `/kb follow`."""
    name = f"*{escaped(topic.name, NAME_LIMIT)}*"
    if channel is not None:
        return f"<#{channel}> follows {name} from now on: what is saved about it is posted here, once a day at most."
    if not is_new:
        return f"You follow {name} already."
    return f"You follow {name}. What is saved about it comes to you, once a day at most; your Home tab changes that."


def unfollowed(topic: Topic, *, was: bool, channel: str | None = None) -> str:
    """After `/kb unfollow`."""
    name = f"*{escaped(topic.name, NAME_LIMIT)}*"
    who = f"<#{channel}>" if channel else "You"
    if not was:
        return f"{who} did not follow {name}." if channel else f"You did not follow {name}."
    return f"{who} no longer follows {name}." if channel else f"You no longer follow {name}."


def my_topics(mine: Sequence[Topic]) -> str:
    """`/kb follow` and `/kb unfollow` without a name."""
    if not mine:
        return "You follow no topic yet. `/kb follow deploys` follows one, `/kb topics` lists them."
    names = ", ".join(f"*{escaped(topic.name, NAME_LIMIT)}*" for topic in mine)
    return f"You follow {names}. `/kb unfollow` and a name ends that."


CADENCE = "cadence"
CADENCES = (
    ("Every day or week: I ask after one week", Cadence.FAST.value),
    ("Now and then: I ask after two weeks", Cadence.NORMAL.value),
    ("A few times a year: I ask after a month", Cadence.SLOW.value),
)


def change_modal(topic: Topic, cadence: Cadence) -> dict[str, object]:
    """A broker gives a topic another name, and says how often there is an occasion to use what is about it."""
    blocks = [
        _named("Its name", topic.name),
        {
            "type": "input",
            "block_id": CADENCE,
            "label": {"type": "plain_text", "text": "How often is there a chance to use it?"},
            "element": choice(CADENCE, CADENCES, cadence.value).to_dict(),
        },
        context(f"*{escaped(topic.name, NAME_LIMIT)}* keeps its followers; its name goes on meaning the same."),
    ]
    return form(CHANGE_MODAL, {"topic": topic.id}, "Change a topic", blocks)


def merge_modal(topic: Topic) -> dict[str, object]:
    """A broker makes a topic a part of another one."""
    blocks = [
        _named("The topic that it becomes part of"),
        context(f"*{escaped(topic.name, NAME_LIMIT)}* keeps its followers; its name goes on meaning the same."),
    ]
    return form(MERGE_MODAL, {"topic": topic.id}, "Merge a topic", blocks)


def _named(label: str, name: str = "") -> Block:
    element: Block = {"type": "plain_text_input", "action_id": FIELD, "max_length": NAME_LIMIT}
    if name:
        element["initial_value"] = name
    return {"type": "input", "block_id": FIELD, "label": {"type": "plain_text", "text": label}, "element": element}
