"""What was acknowledged against what there is to see in Slack: nothing lost, nothing twice."""

import math
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.follow_up import cases
from kbot.follow_up.facts import BUNDLE
from kbot.follow_up.tables import CaseRow
from kbot.library import items
from kbot.playground.driver import Driver
from kbot.playground.journal import Delivery
from kbot.playground.world import BOT_USER, Message
from kbot.post.gate import Go, Proactive
from kbot.post.looking_inside import What
from kbot.post.outbox import Letter
from kbot.post.passing import ask_gate
from tests.journeys.bot import Bot
from tests.journeys.steps import SAVED_MARK

SETTLE_SECONDS = 960
"""Within this, less must be left, until nothing is: after many kills a letter in doubt is looked for again after a
quarter of an hour at the latest (workers.back_off)."""

WORD = re.compile(r"gadget\d{6}")
UNSETTLED = {"pending", "sending", "unknown"}


@dataclass(frozen=True)
class Account:
    """What came of a run; `wrong` are sentences, none of which should be there."""

    flags: int
    questions: int
    asks: int
    posts: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    wrong: tuple[str, ...]

    def line(self) -> str:
        return (
            f"{self.flags} flags, {self.questions} questions, {self.asks} follow-ups, {self.posts} posts: "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled"
        )

    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


def let_it_settle(slack: Driver, bot: Bot) -> None:
    """Wait until every retry of Slack's has been, every event is done and every letter has an end."""
    slack.wait(lambda: not slack.playground.courier.outstanding, 30, "Slack's last retry")
    fewest, until = (math.inf, math.inf), 0.0
    while any(left := _unfinished(slack, bot)):
        events, rest = left
        if (len(events), len(rest)) < fewest:  # events first, because of each come letters
            fewest, until = (len(events), len(rest)), time.monotonic() + SETTLE_SECONDS
        assert time.monotonic() < until, f"kbot does not finish: {left}"
        time.sleep(0.2)


def _unfinished(slack: Driver, bot: Bot) -> tuple[list[str], list[str]]:
    """The events that are not done, and what is to be written or asked still."""
    events = [f"{row['kind']} {row['event']}" for row in bot.rows(What.INBOX) if row["status"] == "new"]
    letters = [f"{row['key']} {row['error']}" for row in bot.rows(What.OUTBOX) if row["status"] in UNSETTLED]
    return events, [*letters, *_to_be_asked(slack, bot)]


def _to_be_asked(slack: Driver, bot: Bot) -> list[str]:
    """Whose due cases could be asked about at this moment, and are not."""
    now = slack.playground.slack.clock.now()
    with bot.looked_into() as session:
        return [
            f"a follow-up for {person}"
            for team, person in cases.due_people(session, now)
            if _may(session, team, person, now)
        ]


def _may(session: Session, team: str, person: str, now: datetime) -> bool:
    return isinstance(ask_gate(session, Letter(team, "", BUNDLE, person, proactive=Proactive.BUNDLE), now), Go)


def account(slack: Driver, bot: Bot) -> Account:
    """Look into Slack, after it has settled."""
    posts = _posts(slack)
    flags = _flagged(slack)
    questions = _asked(slack)
    lost: list[str] = []
    doubled = [f"{key} was posted {n} times" for key, n in _keys(posts).items() if n > 1]
    wrong = [f"a post without a key: {post.text}" for post in posts if _key(post) is None]
    wrong += [f"{row['kind']} {row['error']}" for row in bot.rows(What.DEAD)]
    for message in flags:
        word = _word(message)
        notices = [
            post for post in posts if _is(post, "notice:") and post.channel == _dm(message.user) and _says(post, word)
        ]
        if BOT_USER not in message.reactions.get(SAVED_MARK, []):
            lost.append(f"the mark on {word}")
        if not notices:
            lost.append(f"the notice about {word}")
        if len(notices) > 1:
            doubled.append(f"the notice about {word}")
    for message in questions:
        answers = [post for post in posts if post.channel == message.channel and post.thread_ts == message.ts]
        if not answers:
            lost.append(f"the answer to {message.text!r} at {message.ts}")
        if len(answers) > 1:
            doubled.append(f"the answer to {message.text!r} at {message.ts}")
    with bot.looked_into() as session:
        asked = set(session.scalars(select(CaseRow.letter).where(CaseRow.letter.is_not(None))))
    seen = _keys(posts)
    lost += [f"the follow-up {key}" for key in asked if key is not None and key not in seen]
    lost += [f"the case of {person} about {word}" for person, word in _helped(questions, posts) - _cases(bot)]
    asks = sum(_is(post, "ask:") for post in posts)
    return Account(len(flags), len(questions), asks, len(posts), tuple(lost), tuple(doubled), tuple(wrong))


def _helped(questions: Iterable[Message], posts: Sequence[Message]) -> set[tuple[str, str]]:
    """Who got which words of somebody else as an answer."""
    helped = set()
    for question in questions:
        word = _word(question)
        answers = (post for post in posts if post.channel == question.channel and post.thread_ts == question.ts)
        if any(_says(answer, f"When {word} stalls") for answer in answers):
            helped.add((str(question.user), word))
    return helped


def _cases(bot: Bot) -> set[tuple[str, str]]:
    """Who is, or was, to be asked about what."""
    with bot.looked_into() as session:
        rows = session.execute(select(CaseRow.person, CaseRow.team_id, CaseRow.item_id)).all()
        return {(person, _word_of(items.get(session, team, item).lines.body)) for person, team, item in rows}


def _word(message: Message) -> str:
    return _word_of(message.text)


def _word_of(text: str) -> str:
    """The made-up word that tells one message from all others."""
    found = WORD.search(text)
    return found[0] if found else ""


def _posts(slack: Driver) -> list[Message]:
    """All that kbot wrote, without what only one person sees."""
    messages = slack.playground.call(
        lambda: [m for them in slack.playground.slack.world.messages.values() for m in them.values()]
    )
    return [message for message in messages if message.user == BOT_USER and message.subtype is None]


def _acknowledged(slack: Driver, kind: str) -> list[Delivery]:
    return [delivery for delivery in slack.deliveries(kind) if delivery.acked]


def _flagged(slack: Driver) -> list[Message]:
    found = []
    for delivery in _acknowledged(slack, "reaction_added"):
        event = delivery.body["event"]
        message = slack.playground.slack.world.find(event["item"]["channel"], event["item"]["ts"])
        if event["user"] != BOT_USER and message is not None:
            found.append(message)
    return found


def _asked(slack: Driver) -> list[Message]:
    events = [delivery.body["event"] for delivery in _acknowledged(slack, "app_mention")]
    for delivery in _acknowledged(slack, "message"):
        event = delivery.body["event"]
        if event.get("channel_type") == "im" and event.get("user") != BOT_USER and "subtype" not in event:
            events.append(event)
    found = [slack.playground.slack.world.find(event["channel"], event["ts"]) for event in events]
    return [message for message in found if message is not None]


def _keys(posts: Iterable[Message]) -> Counter[str]:
    return Counter(key for post in posts if (key := _key(post)) is not None)


def _key(post: Message) -> str | None:
    payload = (post.metadata or {}).get("event_payload") or {}
    key = payload.get("k")
    return str(key) if key else None


def _is(post: Message, beginning: str) -> bool:
    return (_key(post) or "").startswith(beginning)


def _says(post: Message, word: str) -> bool:
    return word in post.text or word in str(post.blocks)


def _dm(person: str | None) -> str:
    return "D" + str(person)[1:]
