"""What a topic may be called, and which names mean the same. Pure."""

import difflib
import re
from collections.abc import Iterable, Sequence

from kbot.act import BadInput
from kbot.meaning.stems import distinct
from kbot.slack.mrkdwn import cut, one_line

NAME_LIMIT = 60
MOST_TOPICS = 5
FIELD = "topics"
"""The field of every modal in which topics are named."""

BETWEEN = ",;\n"
"""Any of these ends one name of several."""

_APART = re.compile(r"[\W_]+")


def slug(name: str) -> str:
    """What two names have in common that mean the same: "#Deploys!" and "deploys"."""
    return _APART.sub("-", name.casefold()).strip("-")


def named(typed: str, field: str | None = None) -> str:
    """The name of a topic as it is shown. Raises BadInput for what can be none."""
    name = one_line(typed).lstrip("#").strip()
    if not slug(name):
        raise BadInput("A topic has a name with letters or digits, such as `deploys`.", field)
    if set(name) & set(BETWEEN):
        raise BadInput("One topic, please: a name has no comma in it.", field)
    if len(name) > NAME_LIMIT:
        raise BadInput(f"A topic has at most {NAME_LIMIT} characters; this one has {len(name)}.", field)
    return name


def several(typed: str, most: int = MOST_TOPICS) -> tuple[str, ...]:
    """The names in text such as "deploys, importer", each once. Raises BadInput at the field."""
    names = {slug(part): named(part, FIELD) for part in re.split(f"[{BETWEEN}]", typed) if part.strip()}
    if len(names) > most:
        raise BadInput(f"Up to {most} topics, please; these are {len(names)}.", FIELD)
    return tuple(names.values())


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names that this one may have meant, the likeliest first."""
    by_slug = {slug(each): each for each in known}
    wanted = slug(name)
    inside = sorted(key for key in by_slug if wanted and (wanted in key or key in wanted))
    alike = difflib.get_close_matches(wanted[:NAME_LIMIT], by_slug, n=most, cutoff=0.5)
    return [by_slug[key] for key in dict.fromkeys([*inside, *alike])][:most]


def occurring(text: str, names: Sequence[str]) -> list[str]:
    """Those of the names all of whose words occur in a text, whatever their endings."""
    inside = set(distinct(text))
    return [name for name in names if (stems := distinct(name)) and inside.issuperset(stems)]


def unknown(name: str, near: Sequence[str]) -> str:
    """One sentence for a topic that there is none of, with those that may have been meant."""
    shown = cut(one_line(name), 40).replace("`", "'")
    if not near:
        return (
            f'There is no topic "{shown}" that you can see. Topics come from what people save; /kb topics lists them.'
        )
    perhaps = " or ".join(f'"{each}"' for each in near)
    return f'There is no topic "{shown}". Did you mean {perhaps}? /kb topics lists them all.'
