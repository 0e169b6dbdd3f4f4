"""What people do again and again in the journeys, each with what they see of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kbot.playground.driver import Driver
from kbot.playground.hands import Person, Post
from kbot.playground.seen import Modal, Seen

T = TypeVar("T")

QUESTION = "The importer hangs after a deploy, what do you do?"
TIP = "Drain the queue first, then restart it with --resume."
ASKED = "importer hangs after deploy, what now?"
NOTHING = "I have nothing on this."
CITED = "saved"


def after(slack: Driver, act: Callable[[], object], look: Callable[[], Sequence[T]], what: str) -> T:
    """Do something and return the first new thing there is to see afterwards."""
    before = len(look())
    act()
    return slack.wait(lambda: look()[before:], what=what)[0]


def flags(slack: Driver, person: Person, post: Post | Seen, emoji: str = "bulb") -> Seen:
    """The flag's receipt, which only the flagger sees."""
    return after(
        slack, lambda: person.reacts(post, emoji), lambda: person.ephemerals(post.channel), f"{person.name}'s receipt"
    )


@dataclass(frozen=True)
class Tip:
    """A question with a reply that Ben has flagged; the receipt is Ben's, the notice Ana's."""

    root: Post
    reply: Post
    receipt: Seen
    notice: Seen


def tip_saved(
    slack: Driver, channel: str = "platform", *, question: str = QUESTION, tip: str = TIP, by: Person | None = None
) -> Tip:
    """Somebody asks, Ana replies, Ben (or `by`) flags the reply, Ana is told."""
    flagger = by or slack.ben
    root = flagger.says(question, channel)
    reply = slack.ana.replies(root, tip)
    told: list[Seen] = []
    before = len(slack.ana.inbox)
    receipt = flags(slack, flagger, reply)
    told = slack.wait(lambda: slack.ana.inbox[before:], what="Ana's notice")
    return Tip(root, reply, receipt, told[0])


def elsewhere(slack: Driver) -> str:
    """Another channel, where full members alone read along (in #general there is a guest): kbot is invited to it."""
    slack.invite("kbot", "support")
    return "support"


def asks(slack: Driver, person: Person, question: str = ASKED, channel: str = "platform") -> Seen:
    """A mention, answered in its thread."""
    post = person.mentions(question, channel)
    return slack.wait(lambda: person.thread(post), what=f"an answer to {question!r}")[0]


def asks_in_dm(slack: Driver, person: Person, question: str = ASKED) -> Seen:
    """A question in kbot's Messages tab, answered under it."""
    post = person.dms(question)
    return slack.wait(lambda: person.thread(post), what=f"an answer to {question!r}")[0]


def commands(slack: Driver, person: Person, line: str, channel: str = "platform") -> Seen:
    """`/kb ...`, answered for this person alone."""
    return after(
        slack, lambda: person.command(line, channel), lambda: person.ephemerals(channel), f"an answer to {line!r}"
    )


def is_told(slack: Driver, person: Person, words: str, channel: str = "platform", seconds: float = 20) -> Seen:
    """Wait until the last thing that kbot says to this person alone says that; there may be nothing at all yet."""
    return slack.wait(lambda: [s for s in person.ephemerals(channel)[-1:] if words in s.text], seconds, repr(words))[0]


def told(slack: Driver, person: Person, line: str, words: str, channel: str = "platform") -> Seen:
    """`/kb ...`, answered with these words, however long that takes."""
    before = len(person.ephemerals(channel))
    person.command(line, channel)

    def found() -> list[Seen]:
        return [seen for seen in person.ephemerals(channel)[before:] if words in seen.text]

    return slack.wait(found, what=f"{words!r} after {line!r}")[0]


def opens(slack: Driver, person: Person, act: Callable[[], object]) -> Modal:
    """Do something that opens a form, and wait until it is filled in."""
    act()
    return slack.wait(lambda: person.modal if person.modal and person.modal.fields else None, what="the form")


def set_up(slack: Driver, who: Person, **choices: str | Sequence[str]) -> dict[str, str]:
    """Send #platform's set-up off with these choices; returns what stands beside its fields when it is refused."""
    modal = opens(slack, who, lambda: who.command("/kb setup", "platform"))
    for label, chosen in choices.items():
        modal.select(label, chosen)
    errors = modal.submit()
    if not errors and who.modal:
        who.modal.close()
    return errors


def becomes(slack: Driver, seen: Seen, words: str) -> None:
    """Wait until this message says that."""
    try:
        slack.wait(lambda: words in seen.text, what=f"{words!r}")
    except AssertionError as error:
        raise AssertionError(f"{error}\n--- it says:\n{seen.text}") from None


def reactions(person: Person, post: Post) -> dict[str, list[str]]:
    """Who reacted how to a message."""
    seen = person.look(post)
    return seen.reactions if seen else {}


KBOT = "U0KBOT"
SAVED_MARK = "bookmark"


def is_marked(person: Person, post: Post) -> bool:
    """Whether kbot's own reaction, the durable sign that it is saved, is on a message."""
    return KBOT in reactions(person, post).get(SAVED_MARK, [])


def asks_privately(slack: Driver, person: Person, question: str = ASKED, channel: str = "platform") -> Seen:
    """`/kb ask`, which only the asker sees."""
    return commands(slack, person, f"/kb ask {question}", channel)


THINGS_KNOWN = (
    "Out of office: put your holidays into the team calendar two weeks ahead.",
    "The team calendar shows who is on call this week.",
    "Meeting rooms are booked in the room calendar, not in the team calendar.",
    "The staging database is reset every night at 2, so keep nothing there.",
    "New laptops are ordered with the form on the intranet; Cleo approves them.",
)


def things_are_known(slack: Driver) -> None:
    """A handful of items, some of them near to each other; their meaning has been read."""
    tip = (
        "We have had this twice since May. First drain the queue, then restart the importer with --resume. "
        "Tell #support when it is done. The dashboard turns green after about ten minutes."
    )
    tip_saved(slack, tip=tip)
    for words in THINGS_KNOWN:
        flags(slack, slack.cleo, slack.ana.says(words, "platform"))
    slack.settle()
