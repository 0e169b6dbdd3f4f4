"""A story as it was typed in: what fits is taken whole, what does not is said in its field. Pure."""

import re
from dataclasses import dataclass

from kbot.act import BadInput
from kbot.slack.incoming import Submission
from kbot.slack.mrkdwn import one_line
from kbot.trail.proof import Readers

PLACE, HAPPENED, WHY, ADVICE, LINK, WITNESS, READERS, NAME = (
    "place",
    "happened",
    "why",
    "advice",
    "link",
    "witness",
    "readers",
    "name",
)
"""The fields of the form, which are its block ids too."""

WITH_NAME, WITHOUT_NAME = "with", "without"

PLACE_LIMIT, WORDS_LIMIT, LINK_LIMIT = 100, 2000, 500
"""Characters; Slack's own form lets nobody type more."""

_LINK = re.compile(r"https?://[^\s<>|\"]+")


@dataclass(frozen=True)
class Draft:
    """What somebody wants to tell of a use. `witness` is a colleague who may have seen it."""

    place: str
    happened: str
    why: str
    advice: str
    link: str
    witness: str | None
    readers: Readers
    with_name: bool


def draft(submission: Submission) -> Draft:
    """Raises BadInput at the field that is missing, too long, or no link; nothing is cut off."""
    place = one_line(_typed(submission, PLACE, PLACE_LIMIT, "Please say in a few words where it was."))
    link = _typed(submission, LINK, LINK_LIMIT)
    if link and not _LINK.fullmatch(link):
        raise BadInput("Please paste a whole link, such as https://..., or leave it empty.", LINK)
    try:
        readers = Readers(submission.text(READERS))
    except ValueError:
        raise BadInput("Please choose one.", READERS) from None
    return Draft(
        place=place,
        happened=_typed(submission, HAPPENED, WORDS_LIMIT, "Please say what you did, and what happened."),
        why=_typed(submission, WHY, WORDS_LIMIT),
        advice=_typed(submission, ADVICE, WORDS_LIMIT),
        link=link,
        witness=submission.text(WITNESS) or None,
        readers=readers,
        with_name=submission.text(NAME) == WITH_NAME,
    )


def _typed(submission: Submission, field: str, limit: int, missing: str = "") -> str:
    words = submission.text(field)
    if missing and not words:
        raise BadInput(missing, field)
    if len(words) > limit:
        raise BadInput(f"At most {limit:,} characters fit here; these are {len(words):,}. Nothing is lost.", field)
    return words
