"""views.*: modals and the Home tab."""

import secrets
import time

from kbot.playground import shapes
from kbot.playground.blocks import with_ids
from kbot.playground.calls import Args, Refused, method
from kbot.playground.local import TRIGGER_SECONDS, LocalSlack, Trigger
from kbot.playground.typed import first_state, keep_typed
from kbot.playground.view_rules import check_view
from kbot.playground.world import Json, View

STACK_LIMIT = 3


@method("views.open", json=True)
def open_(slack: LocalSlack, args: Args) -> Json:
    content = checked(slack, args, "modal")
    trigger = _use_trigger(slack, args)
    view = new_view(slack, trigger.person, content, None)
    slack.world.modals[trigger.person] = [view]
    slack.changed()
    return {"view": shapes.view(view)}


@method("views.push", json=True)
def push(slack: LocalSlack, args: Args) -> Json:
    content = checked(slack, args, "modal")
    trigger = _use_trigger(slack, args)
    stack = slack.world.modals.get(trigger.person, [])
    if trigger.view is None or not stack:
        raise Refused("no_view_to_push_to", "the trigger_id does not come from a modal")
    view = push_view(slack, trigger.person, content)
    return {"view": shapes.view(view)}


@method("views.update", json=True)
def update(slack: LocalSlack, args: Args) -> Json:
    view_id, external_id = args.maybe("view_id"), args.maybe("external_id")
    if (view_id is None) == (external_id is None):
        raise Refused("invalid_arguments", messages=["give either view_id or external_id"])
    content = checked(slack, args, "modal")
    view = slack.world.view(view_id) if view_id else _by_external_id(slack, external_id or "")
    if view is None or view.content["type"] != "modal":
        raise Refused("not_found")
    if args.maybe("hash") not in (None, view.hash):
        raise Refused("hash_conflict")
    update_view(slack, view, content)
    return {"view": shapes.view(view)}


@method("views.publish", json=True)
def publish(slack: LocalSlack, args: Args) -> Json:
    user = args.text("user_id")
    person = slack.world.people.get(user)
    if person is None or person.is_bot:
        raise Refused("invalid_arguments", messages=["user_id is nobody"])
    if not slack.manifest.home_tab:
        raise Refused("not_enabled")
    content = checked(slack, args, "home")
    home = slack.world.homes.get(user)
    if home is None:
        home = new_view(slack, user, content, None)
        slack.world.homes[user] = home
    else:
        if args.maybe("hash") not in (None, home.hash):
            raise Refused("hash_conflict")
        update_view(slack, home, content)
    slack.changed()
    return {"view": shapes.view(home)}


def checked(slack: LocalSlack, args: Args, kind: str) -> Json:
    """The view among the arguments, valid and with all ids. Raises Refused(invalid_arguments)."""
    view = args.json("view")
    problems = check_view(view, kind)
    if problems:
        raise Refused("invalid_arguments", messages=[str(p) for p in problems], noted_as="invalid_blocks")
    return dict(view) | {"blocks": with_ids(view["blocks"], slack.world.number)}


def new_view(slack: LocalSlack, person: str, content: Json, previous: View | None) -> View:
    external_id = content.get("external_id")
    if external_id and _by_external_id(slack, external_id):
        raise Refused("duplicate_external_id")
    view_id = f"V0{slack.world.number():06d}"
    root = previous.root if previous else view_id
    view = View(view_id, person, content, _new_hash(), root, previous.id if previous else None)
    view.typed = first_state(content["blocks"])
    return view


def push_view(slack: LocalSlack, person: str, content: Json) -> View:
    stack = slack.world.modals.setdefault(person, [])
    if len(stack) >= STACK_LIMIT:
        raise Refused("push_limit_reached")
    view = new_view(slack, person, content, stack[-1] if stack else None)
    stack.append(view)
    slack.changed()
    return view


def update_view(slack: LocalSlack, view: View, content: Json) -> None:
    """What the person typed stays where block_id and action_id stay."""
    view.typed = keep_typed(view.typed, content["blocks"])
    view.content = content
    view.hash = _new_hash()
    view.errors = {}
    slack.changed()


def _use_trigger(slack: LocalSlack, args: Args) -> Trigger:
    trigger = slack.triggers.get(args.text("trigger_id"))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if time.monotonic() - trigger.made > TRIGGER_SECONDS:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger


def _by_external_id(slack: LocalSlack, external_id: str) -> View | None:
    modals = [view for stack in slack.world.modals.values() for view in stack]
    everything = [*modals, *slack.world.homes.values()]
    return next((v for v in everything if v.content.get("external_id") == external_id), None)


def _new_hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"
