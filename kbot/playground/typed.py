"""What a person enters into inputs: it becomes the `state` that Slack sends, or Slack refuses it."""

import re
from collections.abc import Iterator, Sequence

from kbot.playground.elements import STATEFUL, choices
from kbot.playground.words import plain
from kbot.playground.world import Channel, Json, Person, World

State = dict[str, dict[str, Json]]
Entered = str | Sequence[str] | None

REQUIRED = "Please complete this required field."
_TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
_KEYS = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}


class NoSuchChoice(ValueError):
    def __init__(self, wanted: str, choices: Sequence[str]) -> None:
        super().__init__(f"There is no choice {wanted!r}; there are: {', '.join(choices) or 'none'}.")


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block."""
    for block in blocks:
        for key in ("element", "accessory"):
            if isinstance(block.get(key), dict) and block[key].get("action_id"):
                yield block, block[key]
        if block["type"] in ("actions", "context_actions"):
            for each in block["elements"]:
                yield block, each


def first_state(blocks: list[Json]) -> State:
    """The state of untouched inputs: their initial values."""
    state: State = {}
    for block, it in elements(blocks):
        if it["type"] in STATEFUL:
            state.setdefault(block["block_id"], {})[it["action_id"]] = _initial(it)
    return state


def keep_typed(typed: State, blocks: list[Json]) -> State:
    """After an update: what was entered stays where block_id, action_id and type stay."""
    state = first_state(blocks)
    for block_id, actions in state.items():
        for action_id, fresh in actions.items():
            before = typed.get(block_id, {}).get(action_id)
            if before is not None and before["type"] == fresh["type"]:
                actions[action_id] = before
    return state


def entered(world: World, it: Json, value: Entered) -> Json:
    """The state after a person entered `value` (text, a choice's label or value, a name or an id).

    Raises NoSuchChoice.
    """
    kind = it["type"]
    if kind in _TEXTS:
        return {"type": kind, "value": value or None}
    key = _KEYS[kind]
    if kind.startswith("multi_") or kind == "checkboxes":
        several = [value] if isinstance(value, str) else list(value or [])
        return {"type": kind, key: [_chosen(world, it, each) for each in several if each]}
    one = value if isinstance(value, str) or value is None else next(iter(value), None)
    return {"type": kind, key: _chosen(world, it, one) if one else None}


def refusals(blocks: list[Json], state: State) -> dict[str, str]:
    """What Slack itself says before it sends a form: block_id -> sentence."""
    found = {}
    for block, it in elements(blocks):
        if block["type"] != "input":
            continue
        sentence = _refusal(block, it, state.get(block["block_id"], {}).get(it["action_id"], {}))
        if sentence:
            found[block["block_id"]] = sentence
    return found


def value_in(state: Json) -> object:
    return next((value for key, value in state.items() if key != "type"), None)


def _initial(it: Json) -> Json:
    kind = it["type"]
    if kind in _TEXTS:
        return {"type": kind, "value": it.get("initial_value") or None}
    key = _KEYS[kind]
    empty: list[str] | None = [] if kind.startswith("multi_") or kind in ("checkboxes", "file_input") else None
    return {"type": kind, key: it.get(key.replace("selected", "initial")) or empty}


def _chosen(world: World, it: Json, wanted: str) -> object:
    kind = it["type"]
    if "users" in kind:
        return _named(wanted, list(world.people.values()))
    if "channels" in kind or "conversations" in kind:
        return _named(wanted.lstrip("#"), list(world.channels.values()))
    if kind == "datetimepicker":
        return int(wanted)
    if kind in ("datepicker", "timepicker"):
        return wanted
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": wanted}]}
        return {"type": "rich_text", "elements": [section]}
    options = choices(it)
    for option in options:
        if wanted in (option["value"], option["text"]["text"], plain(world, option["text"]["text"])):
            return option
    raise NoSuchChoice(wanted, [option["text"]["text"] for option in options])


def _named(wanted: str, among: Sequence[Person | Channel]) -> str:
    for each in among:
        if wanted in (each.id, each.name, getattr(each, "real_name", None)):
            return each.id
    raise NoSuchChoice(wanted, [each.name for each in among])


def _refusal(block: Json, it: Json, state: Json) -> str | None:
    value = value_in(state)
    if not value:
        return None if block.get("optional") else REQUIRED
    if not isinstance(value, str):
        return None
    if isinstance(it.get("min_length"), int) and len(value) < it["min_length"]:
        return f"Please enter at least {it['min_length']} characters."
    longest = it.get("max_length", 3000) if it["type"] == "plain_text_input" else 3000
    if len(value) > longest:
        return f"Please enter no more than {longest} characters."
    if it["type"] == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Please enter a valid email address."
    if it["type"] == "url_text_input" and not re.match(r"https?://\S+$", value):
        return "Please enter a valid URL."
    if it["type"] == "number_input":
        pattern = r"-?\d+(\.\d+)?" if it.get("is_decimal_allowed") else r"-?\d+"
        if not re.fullmatch(pattern, value):
            return "Please enter a valid number."
    return None
