"""`/kb WORD ...`: finds the word's listener; says what there is when it cannot."""

import difflib
from collections.abc import Awaitable, Callable, Mapping

from kbot.house import House
from kbot.people.viewers import member_of
from kbot.slack.incoming import Answer, Command, Reply
from kbot.slack.mrkdwn import cut, escape, one_line

WORD_SHOWN = 30

HELP = {
    "ask": "`/kb ask how do we restart the importer?` answers you alone",
    "add": "`/kb add Drain the queue first` saves what you know",
    "lineage": "`/kb lineage restart the importer` shows what it builds on, and what was built on it",
    "need": '`/kb need "moving billing to X" by 2 Dec` brings you what helps with it until then',
    "follow": "`/kb follow deploys` brings you what is saved about a topic",
    "unfollow": "`/kb unfollow deploys` ends that",
    "topics": "`/kb topics` lists the topics that there are",
    "mobilize": "`/kb mobilize restart the importer` sends on what you shared or curate",
    "used": "`/kb used restart the importer` tells that you used something",
    "learned": "`/kb learned` shows your log",
    "pause": "`/kb pause 2 weeks` keeps me quiet",
    "resume": "`/kb resume` ends that",
    "limits": "`/kb limits 2` lowers how often I write unasked in a week, `/kb limits 11-15` says when",
    "review": "`/kb review` shows a broker what waits",
    "stats": "`/kb stats` shows brokers and admins the numbers, `/kb stats csv` as a table",
    "setup": "`/kb setup` changes how I behave in this channel, `/kb setup show` tells it",
    "capture": "`/kb capture me` lets others save what you write again",
}
"""What each word does, by example. A test holds it against the words that there are."""


class Commands:
    """Answers `/kb`. `words` are the listeners of every room, by their word; guests and strangers reach none."""

    def __init__(self, house: House, words: Mapping[str, Callable[[House, Command], Awaitable[Answer]]]) -> None:
        self._house = house
        self._words = words

    async def __call__(self, command: Command) -> Answer:
        await member_of(self._house, command.team, command.person)
        listener = self._words.get(command.word)
        if listener is not None:
            return await listener(self._house, command)
        if command.word in ("", "help", "?"):
            return Reply(help_text(self._words))
        return Reply(unknown(command.word, self._words))


def help_text(words: Mapping[str, object]) -> str:
    """What can be done, by example, in mrkdwn."""
    lines = [f"• {line}" for word, line in HELP.items() if word in words]
    return "\n".join(
        [
            "Flag a message with :bulb: and others find it. Mention me with a question and I answer in the thread.",
            *lines,
        ]
    )


def unknown(word: str, words: Mapping[str, object]) -> str:
    """One sentence for a word that there is none of, with the nearest one that there is."""
    shown = escape(cut(one_line(word), WORD_SHOWN).replace("`", "'"))
    near = difflib.get_close_matches(word[:WORD_SHOWN], [*words, "help"], n=1)
    perhaps = f" did you mean `/kb {near[0]}`?" if near and near[0] != "help" else ""
    return f"I do not know `/kb {shown}`{';' if perhaps else '.'}{perhaps} `/kb help` shows what I can do."
