"""What people do with the app: press, choose, submit, close, command; and what its answer leads to."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from kbot.playground import payloads
from kbot.playground.calls import Args, Refused
from kbot.playground.delivery import Answer
from kbot.playground.elements import STATEFUL
from kbot.playground.local import LocalSlack, ResponseUrl
from kbot.playground.methods.chat import content
from kbot.playground.methods.views import checked, push_view, update_view
from kbot.playground.people import NotPossible, People
from kbot.playground.typed import Entered, NoSuchChoice, elements, entered, first_state, refusals
from kbot.playground.world import BOT_ID, BOT_USER, Ephemeral, Json, Message, Person, View

Values = Mapping[str, Mapping[str, Entered]]


@dataclass(frozen=True)
class Place:
    """Where an element was pressed: a message, an ephemeral (key), the Home tab or a modal (view_id)."""

    channel: str | None = None
    ts: str | None = None
    key: str | None = None
    home: bool = False
    view_id: str | None = None


@dataclass(frozen=True)
class Outcome:
    """`ok`: the app acknowledged. `errors`: what stands beside the fields of a refused form, by block_id."""

    ok: bool
    errors: dict[str, str] = field(default_factory=dict)


class Interactions:
    def __init__(self, slack: LocalSlack, people: People) -> None:
        self._slack = slack
        self._world = slack.world
        self._people = people

    async def command(self, person: Person, channel_id: str, line: str) -> Outcome:
        """A line such as `/kb ask how`. Raises NotPossible when no app knows the command."""
        name, _, text = line.strip().partition(" ")
        channel = self._people.channel(person, channel_id)
        known = self._slack.manifest.command(name)
        if known is None or person.is_stranger or "commands" not in self._slack.manifest.scopes:
            raise NotPossible(f"{name} is not a valid command.")
        url = self._slack.new_response_url(ResponseUrl(person.id, channel.id, time.monotonic()))
        body = payloads.command(
            self._world,
            person,
            channel,
            name,
            text.strip(),
            known.should_escape,
            self._slack.new_trigger(person.id),
            url,
        )
        answer = await self._slack.courier.ask(f"command:{name}", body)
        if answer.result != "acked":
            error = "operation_timeout" if answer.result == "http_timeout" else "dispatch_failed"
            self._slack.tell(person.id, f"{name} failed with the error “{error}”.")
            return Outcome(False)
        if answer.body:
            self._said(person, channel.id, answer)
        return Outcome(True)

    async def message_shortcut(self, person: Person, callback_id: str, channel_id: str, ts: str) -> Outcome:
        message = self._people.message(person, channel_id, ts)
        self._known_shortcut(person, callback_id, is_message=True)
        url = self._slack.new_response_url(ResponseUrl(person.id, channel_id, time.monotonic(), source_ts=ts))
        trigger = self._slack.new_trigger(person.id)
        body = payloads.message_shortcut(self._world, person, message, callback_id, trigger, url)
        return self._told(person, await self._slack.courier.ask("interaction:message_action", body))

    async def global_shortcut(self, person: Person, callback_id: str) -> Outcome:
        self._known_shortcut(person, callback_id, is_message=False)
        body = payloads.global_shortcut(person, callback_id, self._slack.new_trigger(person.id))
        return self._told(person, await self._slack.courier.ask("interaction:shortcut", body))

    async def click(
        self,
        person: Person,
        place: Place,
        block_id: str,
        action_id: str,
        value: Entered = None,
        values: Values | None = None,
        on_screen: list[Json] | None = None,
    ) -> Outcome:
        """Presses a button or chooses in a menu.

        `values`: what stands in the other fields of the view. `on_screen`: the blocks that the person still
        saw, when they have changed since. Raises NotPossible.
        """
        if not self._slack.manifest.interactive:
            raise NotPossible("This app is not configured to handle interactive responses.")
        if place.home or place.view_id:
            return await self._click_in_view(person, place, block_id, action_id, value, values)
        source, blocks = self._source(person, place)
        block, it = _element(on_screen or blocks, block_id, action_id)
        state = first_state(on_screen or blocks)
        pressed = self._pressed(block, it, value, state)
        trigger = self._slack.new_trigger(person.id)
        if isinstance(source, Ephemeral):
            url = ResponseUrl(person.id, source.channel, time.monotonic(), ephemeral=source.key)
            body = payloads.on_ephemeral(
                self._world, person, source, [pressed], state, trigger, self._slack.new_response_url(url)
            )
        else:
            url = ResponseUrl(person.id, source.channel, time.monotonic(), source_ts=source.ts)
            body = payloads.on_message(
                self._world, person, source, [pressed], state, trigger, self._slack.new_response_url(url)
            )
        return self._told(person, await self._slack.courier.ask("interaction:block_actions", body))

    async def submit(self, person: Person, view_id: str, values: Values) -> Outcome:
        view = self._modal(person, view_id)
        self._enter(view, values)
        view.errors = refusals(view.content["blocks"], view.typed)
        if view.errors:
            self._slack.changed()
            return Outcome(False, dict(view.errors))
        trigger = self._slack.new_trigger(person.id, view.id)
        body = payloads.submission(person, view, trigger)
        answer = await self._slack.courier.ask("interaction:view_submission", body)
        if answer.result != "acked":
            self._slack.tell(person.id, "We had some trouble connecting. Try again?")
            return Outcome(False)
        try:
            return self._submitted(person, view, answer.body)
        except Refused as refusal:
            self._slack.journal.violation(refusal.noted_as, "view_submission", refusal.detail or refusal.error)
            self._slack.tell(person.id, "We had some trouble connecting. Try again?")
            return Outcome(False)

    async def close(self, person: Person, view_id: str) -> Outcome:
        view = self._modal(person, view_id)
        stack = self._world.modals[person.id]
        cleared = bool(view.content.get("clear_on_close"))
        gone = list(stack) if cleared else stack[stack.index(view) :]
        for each in gone:
            stack.remove(each)
        self._slack.changed()
        for each in reversed(gone):
            if each.content.get("notify_on_close"):
                body = payloads.closed(person, each, cleared)
                await self._slack.courier.ask("interaction:view_closed", body)
        return Outcome(True)

    # -- inside --

    async def _click_in_view(
        self,
        person: Person,
        place: Place,
        block_id: str,
        action_id: str,
        value: Entered,
        values: Values | None,
    ) -> Outcome:
        view = self._world.homes.get(person.id) if place.home else self._modal(person, place.view_id or "")
        if view is None:
            raise NotPossible("There is no Home tab yet.")
        self._enter(view, values or {})
        block, it = _element(view.content["blocks"], block_id, action_id)
        pressed = self._pressed(block, it, value, view.typed)
        trigger = self._slack.new_trigger(person.id, None if place.home else view.id)
        body = payloads.on_view(person, view, [pressed], trigger)
        self._slack.changed()
        return self._told(person, await self._slack.courier.ask("interaction:block_actions", body))

    def _pressed(self, block: Json, it: Json, value: Entered, state: dict[str, dict[str, Json]]) -> Json:
        """The action; a menu's choice is also put into `state`."""
        held: Json | None = None
        try:
            if it["type"] in STATEFUL:
                held = entered(self._world, it, value)
                state.setdefault(block["block_id"], {})[it["action_id"]] = held
            return payloads.action(block, it, value if isinstance(value, str) else None, held)
        except NoSuchChoice as none:
            raise NotPossible(str(none)) from none

    def _enter(self, view: View, values: Values) -> None:
        for block_id, actions in values.items():
            for action_id, value in actions.items():
                _, it = _element(view.content["blocks"], block_id, action_id)
                try:
                    held = entered(self._world, it, value)
                except NoSuchChoice as none:
                    raise NotPossible(str(none)) from none
                view.typed.setdefault(block_id, {})[action_id] = held

    def _submitted(self, person: Person, view: View, body: Json | str | None) -> Outcome:
        """Does what the app answered to a form. Raises Refused for an answer that Slack does not accept."""
        stack = self._world.modals.setdefault(person.id, [])
        answer = body if isinstance(body, dict) else {}
        match answer.get("response_action"):
            case "errors":
                errors = answer.get("errors")
                inputs = {b["block_id"] for b in view.content["blocks"] if b["type"] == "input"}
                if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                    raise Refused("bad_errors_key", f"{errors!r}; the input blocks are {sorted(inputs)}")
                view.errors = {str(key): str(text) for key, text in errors.items()}
                self._slack.changed()
                return Outcome(False, dict(view.errors))
            case "clear":
                stack.clear()
            case "update":
                update_view(self._slack, view, checked(self._slack, Args(answer), "modal"))
            case "push":
                push_view(self._slack, person.id, checked(self._slack, Args(answer), "modal"))
            case None if not body:
                if view in stack:
                    stack.remove(view)
            case other:
                raise Refused("bad_response_action", f"{other!r}")
        self._slack.changed()
        return Outcome(True)

    def _said(self, person: Person, channel_id: str, answer: Answer) -> None:
        """A command answered in the acknowledgement itself."""
        args = Args(answer.body if isinstance(answer.body, dict) else {"text": answer.body})
        try:
            text, blocks = content(self._slack, args, "command response")
        except Refused as refusal:
            self._slack.journal.violation(refusal.noted_as, "command response", refusal.detail or refusal.error)
            return
        if args.text("response_type", "ephemeral") == "in_channel":
            ts = self._world.new_ts()
            self._slack.post(Message(channel_id, ts, BOT_USER, text, blocks, bot_id=BOT_ID))
        else:
            self._slack.show_only_to(person.id, channel_id, text, blocks)

    def _told(self, person: Person, answer: Answer) -> Outcome:
        if answer.result == "acked":
            return Outcome(True)
        self._slack.tell(person.id, f"{self._world.people[BOT_USER].name} did not answer. Try again?")
        return Outcome(False)

    def _modal(self, person: Person, view_id: str) -> View:
        for view in self._world.modals.get(person.id, []):
            if view.id == view_id:
                return view
        raise NotPossible("This dialog is closed.")

    def _source(self, person: Person, place: Place) -> tuple[Message | Ephemeral, list[Json]]:
        if place.key is not None and place.key in self._world.ephemerals:
            shown = self._world.ephemerals[place.key]
            if shown.person != person.id:
                raise NotPossible("Only the person it was shown to can use it.")
            return shown, shown.blocks
        channel, ts = place.channel, place.ts
        if place.key is not None:
            channel, _, ts = place.key.partition(":")
        if not channel or not ts:
            raise NotPossible("This message is not there any more.")
        message = self._people.message(person, channel, ts)
        return message, message.blocks

    def _known_shortcut(self, person: Person, callback_id: str, is_message: bool) -> None:
        shortcuts = self._slack.manifest.shortcuts
        known = {(s.callback_id, s.is_message) for s in shortcuts}
        if (callback_id, is_message) not in known or person.is_stranger:
            raise NotPossible("There is no such shortcut.")


def _element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    for block, it in elements(blocks):
        if block["block_id"] == block_id and it["action_id"] == action_id:
            return block, it
    raise NotPossible("This button is not there any more.")
