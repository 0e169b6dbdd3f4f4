"""Modals open at once, because a trigger lives 3 seconds and works once, and are filled when their content is known."""

import logging
from collections.abc import Awaitable, Callable

from kbot.act import BadInput
from kbot.slack.outgoing import View, sentence_view
from kbot.slack.reader import SlackAway, SlackReader

log = logging.getLogger(__name__)

LOADING = sentence_view("One moment ...")
TROUBLE = sentence_view("That did not work; it is not your fault. Please try again.")


async def show_modal(slack: SlackReader, trigger_id: str, content: Callable[[], Awaitable[View]]) -> None:
    """Open a modal, then show what `content` makes, or the sentence of what stands against it."""
    view_id = await slack.open_view(trigger_id, LOADING)
    try:
        view = await content()
    except (BadInput, SlackAway) as reason:
        view = sentence_view(reason.sentence)
    except Exception:
        log.exception("a modal could not be filled")
        view = TROUBLE
    await slack.update_view(view_id, view)
