"""The rules of setting a channel up. Pure: what was typed and who typed it in, a policy or a sentence out."""

import re
from collections.abc import Sequence
from typing import TypeVar

from kbot.act import BadInput
from kbot.people.facts import Mode, Person, Policy, Publication
from kbot.slack.mrkdwn import cut, one_line
from kbot.slack.words import SlackChannel, emoji_name

MODE, EMOJIS, PUBLICATION, BROKERS, DAY, HOUR = "mode", "emojis", "publication", "brokers", "day", "hour"
"""The fields of the modal, which are its block ids too."""

COMMUNITY = "community"
ASKS = "asks"
COMMUNITY_LIMIT = 60

ANSWER_FROM, SURE_FROM = "answer_from", "sure_from"
"""Those about the whole workspace, which Slack's admins alone have."""

Choice = TypeVar("Choice", Mode, Publication)

MOST_FOLLOWED = 20
MOST_EMOJIS = 5
MOST_BROKERS = 10

LEAST, MOST = 0.05, 0.95
_PART = re.compile(r"(\d{1,3}(?:[.,]\d{1,9})?|[.,]\d{1,9}) ?(%)?")
_NAME = re.compile(r"[\w+'-]{1,100}")

NOT_YOURS = (
    "Only Slack's admins, this channel's creator and its brokers can set me up here. "
    "Everybody can read how I am set up: /kb setup show"
)


def may_set_up(person: Person, channel: SlackChannel, policy: Policy) -> bool:
    """Who decides how kbot behaves in a channel: Slack's admins and owners, its creator, its brokers."""
    return person.is_admin or person.id == channel.creator or person.id in policy.brokers


def emojis(typed: str) -> tuple[str, ...]:
    """The names in text such as ":bulb: :memo:", each once; a skin tone is left out. Raises BadInput at the field."""
    shown = re.findall(r":[^\s:]+(?:::skin-tone-\d)?:|[^\s,:]+", typed.lower())
    names = tuple(dict.fromkeys(emoji_name(word.strip(":")) for word in shown))
    for name in names:
        if not _NAME.fullmatch(name):
            sentence = f"Please write emojis by their names, such as :bulb: or :memo:; this is none: {cut(name, 40)}"
            raise BadInput(sentence, EMOJIS)
    if not names:
        raise BadInput("Please name at least one emoji, such as :bulb:", EMOJIS)
    if len(names) > MOST_EMOJIS:
        raise BadInput(f"Up to {MOST_EMOJIS} emojis, please; these are {len(names)}.", EMOJIS)
    return names


def check_brokers(brokers: Sequence[Person], publication: Publication, members: frozenset[str] | None) -> None:
    """Whether these people can be the brokers. `members` are who is in a private channel, None for a public one.

    Raises BadInput at the field.
    """
    for person in brokers:
        if not person.is_member:
            raise BadInput(f"{person.name} is a guest, a bot or has left; a broker is a full member here.", BROKERS)
        if members is not None and person.id not in members:
            raise BadInput(
                f"{person.name} is not in this private channel, so they could not see what is saved.", BROKERS
            )
    if len(brokers) > MOST_BROKERS:
        raise BadInput(f"Up to {MOST_BROKERS} brokers, please.", BROKERS)
    if publication is Publication.REVIEW and not brokers:
        raise BadInput("Where a broker approves, there must be a broker: please choose one.", BROKERS)


def policy(
    channel: SlackChannel,
    *,
    mode: str,
    typed_emojis: str,
    publication: str,
    brokers: Sequence[str],
    day: str,
    hour: str,
    community: str = "",
    asks: bool = False,
) -> Policy:
    """What the modal says. A private channel is always `opt_in`. Raises BadInput at the field that is wrong."""
    return Policy(
        channel=channel.id,
        mode=_one_of(Mode, mode, MODE),
        publication=Publication.OPT_IN if channel.is_private else _one_of(Publication, publication, PUBLICATION),
        emojis=emojis(typed_emojis),
        brokers=tuple(dict.fromkeys(brokers)),
        digest_day=_number(day, 6, DAY),
        digest_hour=_number(hour, 23, HOUR),
        is_set_up=True,
        community=_community(community),
        asks=asks,
    )


def _community(typed: str) -> str:
    name = one_line(typed).lstrip("#").strip()
    if len(name) > COMMUNITY_LIMIT:
        sentence = f"A community's name has at most {COMMUNITY_LIMIT} characters; this one has {len(name)}."
        raise BadInput(sentence, COMMUNITY)
    return name


def part(typed: str, field: str) -> float | None:
    """A threshold as an admin types it, "0.35", "0,35" or "35 %"; None for nothing. Raises BadInput at the field."""
    if not typed:
        return None
    found = _PART.fullmatch(typed)
    value = float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else None
    if value is None or not LEAST <= value <= MOST:
        raise BadInput(f"Please write a number from {LEAST:.2f} to {MOST:.2f}, such as 0.35, or nothing at all.", field)
    return round(value, 2)


def _one_of(kind: type[Choice], value: str, field: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise BadInput("Please choose one.", field) from None


def _number(value: str, most: int, field: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value[:3]) > most:
        raise BadInput("Please choose one.", field)
    return int(value)
