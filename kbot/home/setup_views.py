"""The set-up modal, and the same in words. Pure: facts in, Block Kit out."""

from collections.abc import Mapping, Sequence

from kbot.cards import Block, context, form, header, section
from kbot.home.setup import (
    ANSWER_FROM,
    ASKS,
    BROKERS,
    COMMUNITY,
    COMMUNITY_LIMIT,
    DAY,
    EMOJIS,
    HOUR,
    MODE,
    MOST_BROKERS,
    MOST_FOLLOWED,
    PUBLICATION,
    SURE_FROM,
)
from kbot.library.facts import Topic
from kbot.library.naming import FIELD, NAME_LIMIT
from kbot.library.search.thresholds import CITED, FEWEST_THUMBS, Tuning
from kbot.people.facts import Mode, Policy, Publication
from kbot.slack.mrkdwn import cut, escaped
from kbot.slack.words import SlackChannel

SETUP_MODAL = "home.setup_modal"
INTERESTS_MODAL = "home.interests_modal"
NEXT_DOOR = "next_door"

MODES = {
    Mode.OFF: "Off: save and answer nothing",
    Mode.CAPTURE: "Save flagged messages",
    Mode.CAPTURE_AND_ASK: "Save flagged messages, answer questions",
    Mode.SUGGEST: "Save, answer, and suggest answers to who asks others",
}
PUBLICATIONS = {
    Publication.NOTIFY: "At once; the author is told and can change it",
    Publication.OPT_OUT: "After 24 hours, unless the author declines",
    Publication.OPT_IN: "When the author says yes",
    Publication.REVIEW: "When a broker approves",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PRIVATE = "This channel is private: the author is always asked first, and only its members find what is saved here."


def modal(
    channel: SlackChannel, policy: Policy, tuning: Tuning | None = None, follows: Sequence[Topic] = ()
) -> dict[str, object]:
    """The set-up of a channel, as it is now; with a workspace's `tuning`, for Slack's admins, that too. `follows` are
    the topics that it follows, as far as who sets it up may know of them."""
    follows = follows[:MOST_FOLLOWED]
    if channel.is_private:
        publication = {**context(PRIVATE), "block_id": "private"}
    else:
        publication = _select(
            PUBLICATION,
            "When is a flagged message published?",
            [(p.value, words) for p, words in PUBLICATIONS.items()],
            policy.publication.value,
        )
    return form(
        SETUP_MODAL,
        {"channel": channel.id, "follows": [topic.id for topic in follows]},
        cut(f"#{channel.name}", 24),
        [
            _select(MODE, "What do I do here?", [(m.value, words) for m, words in MODES.items()], policy.mode.value),
            _emojis(policy),
            publication,
            _topics(follows),
            _brokers(policy),
            _select(DAY, "Digest day", [(str(n), day) for n, day in enumerate(DAYS)], str(policy.digest_day)),
            _select(
                HOUR,
                "Digest hour",
                [(str(n), f"{n:02d}:00") for n in range(24)],
                str(policy.digest_hour),
                hint="Each broker's own time. Several channels make one digest, at the earliest of their times.",
            ),
            _community(policy),
            _asks(policy),
            *(_workspace(tuning) if tuning else []),
        ],
    )


def _workspace(tuning: Tuning) -> list[Block]:
    return [
        header("In all channels"),
        _threshold(
            ANSWER_FROM,
            "Answer from which score on?",
            tuning.chosen_answer,
            f"Higher: fewer answers, fewer wrong ones. {_usual(tuning, tuning.usual.answer, CITED.answer)}",
        ),
        _threshold(
            SURE_FROM,
            "From which chance on am I sure?",
            tuning.chosen_sure,
            f'Below it I say "I am not sure". {_usual(tuning, tuning.usual.sure, CITED.sure)}',
        ),
    ]


def _usual(tuning: Tuning, usual: float, prior: float) -> str:
    if tuning.fitted is None:
        return f"Empty: {prior:.2f}, until {FEWEST_THUMBS} thumbs under answers say more; there are {tuning.thumbs}."
    return f"Empty: {usual:.2f}, which suits the {tuning.thumbs} thumbs under answers; I look again every week."


def _threshold(block: str, label: str, chosen: float | None, hint: str) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": block, "max_length": 20}
    if chosen is not None:
        element["initial_value"] = f"{chosen:.2f}"
    return {**_input(block, label, element, hint=hint), "optional": True}


def _select(block: str, label: str, choices: Sequence[tuple[str, str]], chosen: str, *, hint: str = "") -> Block:
    options = [{"text": {"type": "plain_text", "text": words}, "value": value} for value, words in choices]
    initial = next(option for option in options if option["value"] == chosen)
    element = {"type": "static_select", "action_id": block, "options": options, "initial_option": initial}
    return _input(block, label, element, hint=hint)


def _emojis(policy: Policy) -> Block:
    element = {
        "type": "plain_text_input",
        "action_id": EMOJIS,
        "initial_value": flags_in_words(policy),
        "max_length": 600,  # five of the longest names
    }
    return _input(EMOJIS, "Flag emojis", element, hint="By name, such as :bulb: :memo: (up to 5, also your own ones).")


def _topics(follows: Sequence[Topic]) -> Block:
    most = MOST_FOLLOWED * (NAME_LIMIT + 2)
    element: Block = {"type": "plain_text_input", "action_id": FIELD, "max_length": most}
    if follows:
        element["initial_value"] = ", ".join(topic.name for topic in follows)
    hint = "With commas between them. What is saved about one is posted here, once a day at most."
    return {**_input(FIELD, "Topics that this channel follows", element, hint=hint), "optional": True}


def interests_modal(does: Sequence[Topic], *, next_door: bool) -> dict[str, object]:
    """What a person does, and whether they want something from beyond it."""
    named: Block = {"type": "plain_text_input", "action_id": FIELD, "max_length": MOST_FOLLOWED * (NAME_LIMIT + 2)}
    if does:
        named["initial_value"] = ", ".join(topic.name for topic in does[:MOST_FOLLOWED])
    wanted = {"text": {"type": "plain_text", "text": "Something from next door, once a month"}, "value": NEXT_DOOR}
    box: Block = {"type": "checkboxes", "action_id": NEXT_DOOR, "options": [wanted]}
    if next_door:
        box["initial_options"] = [wanted]
    hint = "Topics, with commas between them. What is new of them lies in your Home tab; no message comes."
    near = "Of topics near those that you follow, from people you do not work with."
    return {
        "type": "modal",
        "callback_id": INTERESTS_MODAL,
        "title": {"type": "plain_text", "text": "What you do"},
        "submit": {"type": "plain_text", "text": "Save"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            {**_input(FIELD, "What do you do?", named, hint=hint), "optional": True},
            {**_input(NEXT_DOOR, "And from elsewhere", box, hint=near), "optional": True},
        ],
    }


def _brokers(policy: Policy) -> Block:
    element: Block = {"type": "multi_users_select", "action_id": BROKERS, "max_selected_items": MOST_BROKERS}
    if policy.brokers:
        element["initial_users"] = list(policy.brokers)
    hint = "They see what waits and get one digest a week."
    return {**_input(BROKERS, "Brokers", element, hint=hint), "optional": True}


def _community(policy: Policy) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": COMMUNITY, "max_length": COMMUNITY_LIMIT}
    if policy.community:
        element["initial_value"] = policy.community
    hint = "Channels of the same community belong together, such as Platform. Empty: this channel is one by itself."
    return {**_input(COMMUNITY, "Community", element, hint=hint), "optional": True}


def _asks(policy: Policy) -> Block:
    wanted = {"text": {"type": "plain_text", "text": "Ask here whether anyone used it"}, "value": ASKS}
    box: Block = {"type": "checkboxes", "action_id": ASKS, "options": [wanted]}
    if policy.asks:
        box["initial_options"] = [wanted]
    hint = "One message, two weeks after I posted something, once a week at most. Only counts of five and more show."
    return {**_input(ASKS, "What I posted here", box, hint=hint), "optional": True}


def _input(block: str, label: str, element: Mapping[str, object], *, hint: str = "") -> Block:
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": label},
        "element": dict(element),
    }
    if hint:
        made["hint"] = {"type": "plain_text", "text": hint}
    return made


def flags_in_words(policy: Policy) -> str:
    """The flag emojis as a person types them."""
    return " ".join(f":{name}:" for name in policy.emojis)


def in_words(
    channel: SlackChannel, policy: Policy, names: Mapping[str, str], tuning: Tuning, follows: Sequence[Topic] = ()
) -> tuple[str, list[Block]]:
    """What is set in a channel, and in the workspace, for everybody to read; of what it `follows`, what the reader may
    know of."""
    brokers = ", ".join(escaped(names.get(broker, broker), 60) for broker in policy.brokers)
    lines = [f"*<#{channel.id}>*: {_lower(MODES[policy.mode])}."]
    if policy.mode is not Mode.OFF:
        lines.append(f"*Flag with* {flags_in_words(policy)}")
        lines.append(f"*Published* {_lower(PUBLICATIONS[policy.publication])}.")
    if follows:
        lines.append(f"*Follows* {', '.join(escaped(topic.name, NAME_LIMIT) for topic in follows)}.")
    lines.append(f"*Brokers* {brokers or 'nobody yet'}.")
    if policy.brokers:
        lines.append(f"*Digest* on {DAYS[policy.digest_day]}s at {policy.digest_hour:02d}:00, each broker's own time.")
    if policy.community:
        lines.append(f"*Community* {escaped(policy.community, COMMUNITY_LIMIT)}.")
    if policy.asks and policy.mode is not Mode.OFF:
        lines.append("*Asks*, two weeks after I posted something, whether anyone used it; once a week at most.")
    if policy.mode.answers:
        lines.append(_answers(tuning))
    blocks = [section("\n".join(lines))]
    if channel.is_private:
        blocks.append(context(PRIVATE))
    if not policy.is_set_up:
        blocks.append(context("Nobody has set me up here yet; this is how I begin everywhere."))
    blocks.append(context("`/kb setup` changes it: for Slack's admins, the channel's creator and its brokers."))
    return f"How I work in #{escaped(channel.name, 80)}.", blocks


def _answers(tuning: Tuning) -> str:
    now = tuning.threshold
    why = "as I begin everywhere"
    if tuning.chosen_answer is not None or tuning.chosen_sure is not None:
        why = "an admin chose so"
    elif tuning.fitted is not None:
        why = f"fitted to {tuning.thumbs} thumbs under answers"
    return (
        f"*Answers*, in all channels, from a score of {now.answer:.2f} on, and without a doubt from a chance of "
        f"{now.sure:.2f} on: {why}."
    )


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]


def kept(channel: SlackChannel, policy: Policy, names: Mapping[str, str]) -> str:
    """The confirmation, in plain text."""
    brokers = ", ".join(names.get(broker, broker) for broker in policy.brokers) or "nobody"
    together = f" Community: {policy.community}." if policy.community else ""
    when = f" Digest: {DAYS[policy.digest_day]}s at {policy.digest_hour:02d}:00." if policy.brokers else ""
    return (
        f"Kept for #{channel.name}. {MODES[policy.mode]}. Flags: {flags_in_words(policy)}. "
        f"Published: {_lower(PUBLICATIONS[policy.publication])}. Brokers: {brokers}.{when}{together}"
    )
