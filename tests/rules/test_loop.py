"""The table of the loop, held against the manifest and the doors."""

from kbot import loop
from kbot.slack.manifest import BOT_EVENTS, manifest


def test_every_event_of_the_manifest_has_a_listener_and_the_reverse() -> None:
    subscribed = {name.partition(".")[0] for name in BOT_EVENTS}
    assert subscribed == set(loop.EVENTS)


def test_the_manifest_names_what_slack_shall_reach_over_http() -> None:
    made = manifest("https://kbot.example.com")
    address = "https://kbot.example.com/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["socket_mode_enabled"] is False
    assert manifest()["settings"]["socket_mode_enabled"] is True
    assert "url" not in manifest()["features"]["slash_commands"][0]


def test_the_manifest_stays_within_slacks_limits() -> None:
    made = manifest()
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    assert len(made["features"]["agent_view"]["suggested_prompts"]) <= 4
    for shortcut in made["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
