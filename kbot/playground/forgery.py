"""Requests that Slack did not send: what an app in HTTP mode must refuse with 401."""

import json
import secrets
import time
from enum import StrEnum

from slack_sdk.signature import SignatureVerifier

from kbot.playground.server import Playground
from kbot.playground.world import APP_ID, BOT_USER, TEAM_ID


class Forgery(StrEnum):
    UNSIGNED = "unsigned"
    WRONG_SECRET = "wrong_secret"  # noqa: S105
    STALE = "stale"  # well signed, six minutes ago
    TAMPERED = "tampered"  # the body was changed after signing
    NO_TIMESTAMP = "no_timestamp"
    GARBAGE = "garbage"  # a signature that is none


STALE_SECONDS = 6 * 60


async def forge(playground: Playground, kind: Forgery) -> int:
    """Posts a forged reaction to the app and returns the status of its answer.

    Raises ValueError in Socket Mode, where there is nothing to forge.
    """
    http = playground.http
    if http is None:
        raise ValueError("only an app in HTTP mode can be sent forged requests")
    raw = _event()
    headers = http.signed_headers(raw, time.time() - STALE_SECONDS if kind is Forgery.STALE else None)
    match kind:
        case Forgery.UNSIGNED:
            headers = {}
        case Forgery.WRONG_SECRET:
            stamp = headers["X-Slack-Request-Timestamp"]
            signature = SignatureVerifier("another").generate_signature(timestamp=stamp, body=raw)
            headers["X-Slack-Signature"] = signature or ""
        case Forgery.TAMPERED:
            raw = raw.replace(b"U0BEN", b"U0DOV")
        case Forgery.NO_TIMESTAMP:
            del headers["X-Slack-Request-Timestamp"]
        case Forgery.GARBAGE:
            headers["X-Slack-Signature"] = "v0=00"
        case Forgery.STALE:
            pass
    status, _ = await http.post(raw, headers | {"Content-Type": "application/json"})
    playground.journal.note("forged", kind.value, f"answered {status}")
    return status


def _event() -> bytes:
    """A flag by Ben that never was."""
    event = {
        "type": "reaction_added",
        "user": "U0BEN",
        "reaction": "bulb",
        "item_user": "U0ANA",
        "item": {"type": "message", "channel": "C0PLATFORM", "ts": "1760000000.000001"},
        "event_ts": "1760000000.000002",
    }
    body = {
        "token": "playground",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": f"EvFORGED{secrets.token_hex(4).upper()}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True}],
    }
    return json.dumps(body).encode()
