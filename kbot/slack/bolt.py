"""What needs an answer within 3 seconds goes through Bolt: commands, buttons, modals, shortcuts.

A press or a submission is acknowledged when its listener has committed: until then Slack, and the person, know that
it may be lost. Listeners of commands and shortcuts, which mostly look things up, are acknowledged after 2 seconds at
the latest and answer later then. Every listener ends in a visible answer.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from kbot.act import BadInput
from kbot.slack.incoming import (
    Answer,
    Command,
    Malformed,
    Press,
    Reply,
    Shortcut,
    Show,
    Submission,
    interaction,
)
from kbot.slack.outgoing import sentence_view
from kbot.slack.reader import SlackAway

log = logging.getLogger(__name__)

ACK_AFTER_SECONDS = 2.0
ANYTHING = re.compile(".*", re.DOTALL)
STALE = "That button is from an older version of kbot and does nothing any more. Try `/kb help`."
UNREADABLE = "This is not a command or an interaction as Slack sends it."
DID = "kbot.did"
"""Under this name Bolt carries what the person did to the listener, parsed."""

LOOKING = "Still looking. I will answer here in a moment."
OPENED = "It is open in front of you now."
"""What ends "Still looking" where the answer is a modal: Slack lets nobody take back a command's first answer."""


@dataclass(frozen=True)
class Doors:
    """The listeners, by what Slack calls the thing they listen to.

    An entry of a menu may have one of its own, as `<the menu's action id>:<what its value begins with>`: so a room adds
    to a menu that another one answers.
    """

    presses: Mapping[str, Callable[[Press], Awaitable[Answer]]]
    submissions: Mapping[str, Callable[[Submission], Awaitable[Answer]]]
    shortcuts: Mapping[str, Callable[[Shortcut], Awaitable[Answer]]]
    command: Callable[[Command], Awaitable[Answer]]

    def listener(self, press: Press) -> Callable[[Press], Awaitable[Answer]] | None:
        """Who listens to this press."""
        entry = f"{press.action}:{press.value.partition(':')[0]}"
        return self.presses.get(entry) or self.presses.get(press.action)


def build(client: AsyncWebClient, doors: Doors) -> AsyncApp:
    """The Bolt app. It verifies nothing: what comes by HTTP has been verified by its door, and a socket is Slack's."""
    app = AsyncApp(
        name="kbot",  # else Bolt looks through the sources of everything imported for one: a tenth of a second
        client=client,
        signing_secret=secrets.token_hex(),
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,  # no event comes this way
        authorize=partial(_authorized, client),
    )

    @app.command(ANYTHING)
    async def on_command(ack: AsyncAck, context: AsyncBoltContext, respond: AsyncRespond) -> None:
        command: Command = context[DID]
        task = asyncio.create_task(_sentence(doors.command(command), "command"))
        answer = await _within(task, ACK_AFTER_SECONDS)
        if task.done():
            if isinstance(answer, Reply) and not answer.to_channel:
                await ack(text=answer.text, blocks=_blocks(answer), response_type="ephemeral")
                return
            await ack()
        else:
            await ack(text=LOOKING, response_type="ephemeral")
            answer = await task or Reply(OPENED)
        await _respond(respond, answer)

    @app.shortcut(ANYTHING)
    async def on_shortcut(ack: AsyncAck, context: AsyncBoltContext, respond: AsyncRespond) -> None:
        shortcut: Shortcut = context[DID]
        listener = doors.shortcuts.get(shortcut.callback)
        if listener is None:
            await ack()
            await _say(app.client, shortcut.trigger_id, respond, Reply(STALE), has_url=bool(shortcut.response_url))
            return
        task = asyncio.create_task(_sentence(listener(shortcut), "shortcut"))
        await _within(task, ACK_AFTER_SECONDS)
        await ack()
        await _say(app.client, shortcut.trigger_id, respond, await task, has_url=bool(shortcut.response_url))

    @app.action(ANYTHING)
    async def on_press(ack: AsyncAck, context: AsyncBoltContext, respond: AsyncRespond) -> None:
        press: Press = context[DID]
        listener = doors.listener(press)
        answer = await _sentence(listener(press), "press") if listener else Reply(STALE)
        await ack()
        thread_ts = press.place.thread_ts
        await _say(app.client, press.trigger_id, respond, answer, has_url=bool(press.response_url), thread_ts=thread_ts)

    @app.view(ANYTHING)
    async def on_submission(ack: AsyncAck, context: AsyncBoltContext) -> None:
        submission: Submission = context[DID]
        listener = doors.submissions.get(submission.callback)
        try:
            answer = await listener(submission) if listener else Reply(STALE)
        except BadInput as bad:
            field = bad.field or next(iter(submission.values), None)
            if field is not None and field in submission.values:
                await ack(response_action="errors", errors={field: bad.sentence})
                return
            answer = Reply(bad.sentence)
        except SlackAway as away:
            log.warning("a submission could not be taken: %s", away)
            answer = Reply(away.sentence)
        except Exception as error:
            answer = Reply(_trouble("submission", error))
        if isinstance(answer, Show):
            await ack(response_action="update", view=dict(answer.view))
        elif isinstance(answer, Reply):
            await ack(response_action="update", view=sentence_view(answer.text))
        else:
            await ack()

    @app.view_closed(ANYTHING)
    async def on_closed(ack: AsyncAck) -> None:
        await ack()

    return app


async def _authorized(
    client: AsyncWebClient, enterprise_id: str | None, team_id: str | None, user_id: str | None
) -> AuthorizeResult:
    """kbot's own token for everything. Left to itself, Bolt asks Slack whose it is while the first person waits."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)


async def dispatch(app: AsyncApp, body: Mapping[str, Any]) -> BoltResponse:
    """Answer a command or an interaction; `body` is the command's fields or the interaction's payload."""
    if body.get("ssl_check") == "1":
        return BoltResponse(status=200)
    try:
        request = AsyncBoltRequest(mode="socket_mode", body=dict(body), context={DID: interaction(body)})
    except Exception as error:
        # Bolt looks for names in it at once, and stumbles in its own way over each thing that Slack never sends.
        reason = error if isinstance(error, Malformed) else type(error).__name__
        log.warning("what is no command and no interaction is refused: %s", reason)
        return BoltResponse(status=400, body=UNREADABLE)
    return await app.async_dispatch(request)


async def _within(task: "asyncio.Task[Answer]", seconds: float) -> Answer:
    await asyncio.wait({task}, timeout=seconds)
    return task.result() if task.done() else None


async def _sentence(work: Awaitable[Answer], what: str) -> Answer:
    """What the listener answers; whatever goes wrong in it becomes a sentence for the person."""
    try:
        return await work
    except BadInput as bad:
        return Reply(bad.sentence)
    except SlackAway as away:
        log.warning("a %s could not be answered: %s", what, away)
        return Reply(away.sentence)
    except Exception as error:
        return Reply(_trouble(what, error))


def _trouble(what: str, error: Exception) -> str:
    reference = secrets.token_hex(4)
    log.error("%s %s failed", what, reference, exc_info=error)
    return f"That did not work; it is not your fault. Please try again, and if it stays so, tell an admin: {reference}"


async def _say(
    client: AsyncWebClient,
    trigger_id: str,
    respond: AsyncRespond,
    answer: Answer,
    *,
    has_url: bool,
    thread_ts: str | None = None,
) -> None:
    """Show the answer where was pressed; the Home tab and modals have no message to answer in, so a modal opens."""
    if has_url:
        await _respond(respond, answer, thread_ts)
    elif isinstance(answer, Reply):
        try:
            await client.views_open(trigger_id=trigger_id, view=sentence_view(answer.text))
        except SlackClientError as error:
            log.warning("an answer could not be shown: %s", type(error).__name__)


async def _respond(respond: AsyncRespond, answer: Answer, thread_ts: str | None = None) -> None:
    if not isinstance(answer, Reply):
        return
    try:
        await respond(
            text=answer.text,
            blocks=_blocks(answer),
            response_type="in_channel" if answer.to_channel else "ephemeral",
            replace_original=answer.replace,
            thread_ts=None if answer.replace else thread_ts,
            unfurl_links=False,
            unfurl_media=False,
        )
    except (SlackClientError, OSError, TimeoutError) as error:
        log.warning("an answer could not be shown: %s", type(error).__name__)


def _blocks(reply: Reply) -> list[dict[str, Any] | Block] | None:
    """What takes the place of a message brings blocks of its own: without them Slack may keep the old ones."""
    if reply.replace and not reply.blocks:
        return [{"type": "section", "text": {"type": "mrkdwn", "text": reply.text[:3000]}}]
    return [dict(block) for block in reply.blocks] or None
