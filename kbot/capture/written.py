"""What a modal of capture says, read once for every door that shows it."""

from kbot.act import BadInput
from kbot.capture import views
from kbot.library.facts import BODY_LIMIT, LINE_LIMIT, TITLE_LIMIT, ItemKind, Lines
from kbot.library.naming import several
from kbot.slack.incoming import Submission

MOST = {
    views.TITLE: TITLE_LIMIT,
    views.BODY: BODY_LIMIT,
    views.WHEN: LINE_LIMIT,
    views.BECAUSE: LINE_LIMIT,
    views.LIMITS: LINE_LIMIT,
}


def written(submission: Submission, *, question: str = "") -> tuple[Lines, ItemKind]:
    """The lines and the kind. `question` is the root of the thread that the item came from.

    Raises BadInput at the field that is empty or too long.
    """
    for field, most in MOST.items():
        length = len(submission.text(field))
        if length > most:
            raise BadInput(f"This has at most {most} characters; yours has {length}.", field)
    if not submission.text(views.TITLE):
        raise BadInput("Please give it a title: the question it answers.", views.TITLE)
    if not submission.text(views.BODY):
        raise BadInput("Please say what to do or know.", views.BODY)
    lines = Lines(**{field: submission.text(field) for field in MOST}, question=question)
    return lines, kind_of(submission)


def topics_of(submission: Submission) -> tuple[str, ...]:
    """The names of the topics. Raises BadInput at the field for what can be none."""
    return several(submission.text(views.TOPICS))


def kind_of(submission: Submission) -> ItemKind:
    """The kind that is chosen, else "how to"."""
    return ItemKind(submission.text(views.KIND) or ItemKind.HOW_TO)
