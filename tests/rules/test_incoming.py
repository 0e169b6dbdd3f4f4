"""What a press carries, as Slack sends it."""

import pytest

from kbot.slack.incoming import Press


@pytest.mark.parametrize(
    "chosen",
    [
        {"type": "button", "value": "C1"},
        {"type": "static_select", "selected_option": {"value": "C1"}},
        {"type": "users_select", "selected_user": "C1"},
        {"type": "conversations_select", "selected_conversation": "C1"},
    ],
)
def test_what_was_chosen_is_the_value_whatever_the_element(chosen: dict[str, object]) -> None:
    body = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U0BEN"},
        "view": {"id": "V1", "type": "home"},
        "actions": [{"action_id": "home.community", **chosen}],
    }
    assert Press.parse(body).value == "C1"
