"""Block elements with Slack's limits: buttons, menus, inputs."""

from kbot.playground.rules import (
    Check,
    Checker,
    Field,
    Fields,
    anything,
    boolean,
    fields,
    items,
    may,
    need,
    obj,
    plain,
    string,
    text,
    typed,
    whole,
    word,
)
from kbot.playground.world import Json

ACTION_ID = may(string(255))
URL = string(3000, pattern=r"(?s)\S+")
CONFIRM = may(
    obj(
        {
            "title": need(plain(100)),
            "text": need(text(300)),
            "confirm": need(plain(30)),
            "deny": need(plain(30)),
            "style": may(word("primary", "danger")),
        }
    )
)
PLACEHOLDER = may(plain(150))
FOCUS = may(boolean)
STYLE = may(word("primary", "danger"))


def option(mrkdwn: bool = False, url: bool = False) -> Check:
    known: dict[str, Field] = {
        "text": need(text(75, mrkdwn=mrkdwn)),
        "value": need(string(150)),
        "description": may(text(75, mrkdwn=mrkdwn)),
    }
    return obj(known | ({"url": may(URL)} if url else {}))


_OPTION = option()
_RICH_OPTION = option(mrkdwn=True)
_GROUP = obj({"label": need(plain(75)), "options": need(items(_OPTION, 1, 100))})


def _menu(extra: Fields) -> Fields:
    common: dict[str, Field] = {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "placeholder": PLACEHOLDER,
        "confirm": CONFIRM,
        "focus_on_load": FOCUS,
    }
    return common | dict(extra)


def _input(extra: Fields) -> Fields:
    return {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "placeholder": PLACEHOLDER,
        "focus_on_load": FOCUS,
        "dispatch_action_config": may(
            obj({"trigger_actions_on": may(items(word("on_enter_pressed", "on_character_entered"), 1, 2))})
        ),
    } | dict(extra)


_FEEDBACK = obj({"text": need(plain(75)), "value": need(string(2000)), "accessibility_label": may(string(75))})
_FILTER = may(
    obj(
        {
            "include": may(items(word("im", "mpim", "private", "public"), 1, 4)),
            "exclude_external_shared_channels": may(boolean),
            "exclude_bot_users": may(boolean),
        }
    )
)
_MAX = may(whole(1, 100))
_OPTIONS: Fields = {"options": may(items(_OPTION, 1, 100)), "option_groups": may(items(_GROUP, 1, 100))}
_DATE = r"\d{4}-\d\d-\d\d"

ELEMENTS: dict[str, Fields] = {
    "button": {
        "type": need(string(50)),
        "text": need(plain(75)),
        "action_id": ACTION_ID,
        "url": may(URL),
        "value": may(string(2000)),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": may(string(75)),
    },
    "static_select": _menu({**_OPTIONS, "initial_option": may(_OPTION)}),
    "multi_static_select": _menu(
        {**_OPTIONS, "initial_options": may(items(_OPTION, 1, 100)), "max_selected_items": _MAX}
    ),
    "external_select": _menu({"initial_option": may(_OPTION), "min_query_length": may(whole(0, 100))}),
    "multi_external_select": _menu(
        {
            "initial_options": may(items(_OPTION, 1, 100)),
            "min_query_length": may(whole(0, 100)),
            "max_selected_items": _MAX,
        }
    ),
    "users_select": _menu({"initial_user": may(string(30))}),
    "multi_users_select": _menu({"initial_users": may(items(string(30), 1, 100)), "max_selected_items": _MAX}),
    "channels_select": _menu({"initial_channel": may(string(30)), "response_url_enabled": may(boolean)}),
    "multi_channels_select": _menu({"initial_channels": may(items(string(30), 1, 100)), "max_selected_items": _MAX}),
    "conversations_select": _menu(
        {
            "initial_conversation": may(string(30)),
            "default_to_current_conversation": may(boolean),
            "response_url_enabled": may(boolean),
            "filter": _FILTER,
        }
    ),
    "multi_conversations_select": _menu(
        {
            "initial_conversations": may(items(string(30), 1, 100)),
            "default_to_current_conversation": may(boolean),
            "max_selected_items": _MAX,
            "filter": _FILTER,
        }
    ),
    "overflow": {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "options": need(items(option(url=True), 1, 5)),
        "confirm": CONFIRM,
    },
    "checkboxes": {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "options": need(items(_RICH_OPTION, 1, 10)),
        "initial_options": may(items(_RICH_OPTION, 1, 10)),
        "confirm": CONFIRM,
        "focus_on_load": FOCUS,
    },
    "radio_buttons": {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "options": need(items(_RICH_OPTION, 1, 10)),
        "initial_option": may(_RICH_OPTION),
        "confirm": CONFIRM,
        "focus_on_load": FOCUS,
    },
    "datepicker": _menu({"initial_date": may(string(10, pattern=_DATE))}),
    "timepicker": _menu({"initial_time": may(string(5, pattern=r"\d\d:\d\d")), "timezone": may(string(50))}),
    "datetimepicker": {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "initial_date_time": may(whole(1_000_000_000, 9_999_999_999)),
        "confirm": CONFIRM,
        "focus_on_load": FOCUS,
    },
    "plain_text_input": _input(
        {
            "initial_value": may(string(3000, least=0)),
            "multiline": may(boolean),
            "min_length": may(whole(0, 3000)),
            "max_length": may(whole(1, 3000)),
        }
    ),
    "email_text_input": _input({"initial_value": may(string(3000))}),
    "url_text_input": _input({"initial_value": may(string(3000))}),
    "number_input": _input(
        {
            "is_decimal_allowed": need(boolean),
            "initial_value": may(string(100)),
            "min_value": may(string(100)),
            "max_value": may(string(100)),
        }
    ),
    "rich_text_input": _input({"initial_value": may(anything)}),
    "file_input": {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "filetypes": may(items(string(20), 1, 50)),
        "max_files": may(whole(1, 10)),
    },
    "feedback_buttons": {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "positive_button": need(_FEEDBACK),
        "negative_button": need(_FEEDBACK),
    },
    "icon_button": {
        "type": need(string(50)),
        "action_id": ACTION_ID,
        "icon": need(word("trash")),
        "text": need(plain(75)),
        "value": may(string(2000)),
        "confirm": CONFIRM,
        "accessibility_label": may(string(75)),
        "visible_to_user_ids": may(items(string(30), 1, 100)),
    },
    "image": {
        "type": need(string(50)),
        "alt_text": need(string(2000)),
        "image_url": may(URL),
        "slack_file": may(anything),
    },
}

_SELECTS = frozenset({"static_select", "external_select", "users_select", "channels_select", "conversations_select"})
_MULTI = frozenset(f"multi_{name}" for name in _SELECTS)
_PICKERS = frozenset({"datepicker", "timepicker"})
_BOXES = frozenset({"checkboxes", "radio_buttons"})

IN_ACTIONS = _SELECTS | _PICKERS | _BOXES | {"button", "overflow", "datetimepicker"}
IN_SECTION = _SELECTS | _MULTI | _PICKERS | _BOXES | {"button", "overflow", "image"}
IN_INPUT = (
    _SELECTS
    | _MULTI
    | _PICKERS
    | _BOXES
    | {
        "datetimepicker",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "file_input",
    }
)
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
INTERACTIVE = IN_ACTIONS | IN_INPUT | IN_CONTEXT_ACTIONS
STATEFUL = INTERACTIVE - {"button", "overflow", "feedback_buttons", "icon_button"}
"""Elements whose choice is part of a view's or a message's `state`."""


def element(allowed: frozenset[str]) -> Check:
    """An element of these types, with what must agree within it."""
    by_type = typed(ELEMENTS, allowed)

    def check(checker: Checker, value: object, at: str) -> None:
        before = len(checker.problems)
        by_type(checker, value, at)
        if isinstance(value, dict) and len(checker.problems) == before:
            _agrees(checker, value, at)

    return check


def context_item(checker: Checker, value: object, at: str) -> None:
    """Text or a small image."""
    if isinstance(value, dict) and value.get("type") == "image":
        fields(checker, value, at, ELEMENTS["image"])
    else:
        text(3000)(checker, value, at)


def _agrees(checker: Checker, value: Json, at: str) -> None:
    kind = str(value["type"])
    static = kind in ("static_select", "multi_static_select")
    if static and ("options" in value) == ("option_groups" in value):
        checker.fail(at, "give either options or option_groups")
        return
    options = choices(value)
    values = [option.get("value") for option in options]
    if len(values) != len(set(map(str, values))):
        checker.fail(f"{at}/options", "values of options must be unique")
    if options:
        initial = value.get("initial_options") or [value.get("initial_option")]
        if isinstance(initial, list):
            for chosen in initial:
                if chosen is not None and chosen not in options:
                    checker.fail(f"{at}/initial_option", "must be exactly one of the options")
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        checker.fail(f"{at}/min_length", "must not be more than max_length")
    initial_value = value.get("initial_value")
    if isinstance(initial_value, str) and isinstance(most, int) and len(initial_value) > most:
        checker.fail(f"{at}/initial_value", f"no more than {most} characters allowed")
    if kind == "image" and ("image_url" in value) == ("slack_file" in value):
        checker.fail(at, "give either image_url or slack_file")


def choices(it: Json) -> list[Json]:
    """The options of a menu, also those in groups."""
    found = list(it.get("options") or [])
    for group in it.get("option_groups") or []:
        found += group["options"]
    return found
