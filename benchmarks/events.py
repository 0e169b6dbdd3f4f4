"""The events that the benchmarks send: signed beforehand, each with an event id of its own.

They are reactions with an emoji that is no flag: what Slack sends most once a channel's chatter has been dropped.
kbot must store each of them (only the database knows which emoji is a flag where), while handling one is a single
look at the channel's policy and no call to Slack. So the figures say what acknowledging costs, with the worker at
work beside it.
"""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator

SECRET = "the-benchmark-signs-with-this"


def requests(count: int, path: str = "/slack/events", host: str = "127.0.0.1") -> Iterator[bytes]:
    """Whole HTTP/1.1 requests as Slack sends them, ready to be written to a socket."""
    run = uuid.uuid4().hex[:8].upper()
    stamp = str(int(time.time()))
    event = {
        "type": "reaction_added",
        "user": "U0BEN",
        "reaction": "tada",
        "item_user": "U0ANA",
        "item": {"type": "message", "channel": "C0PLATFORM", "ts": "1760000000.000001"},
        "event_ts": "1760000000.000002",
    }
    body = {
        "token": "not-used-any-more",
        "team_id": "T0HARBOR",
        "context_team_id": "T0HARBOR",
        "context_enterprise_id": None,
        "api_app_id": "A0KBOT",
        "event": event,
        "type": "event_callback",
        "event_id": "@",
        "event_time": 1760000000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "T0HARBOR",
                "user_id": "U0KBOT",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-" + "eyJldCI6InJlYWN0aW9uX2FkZGVkIiwidGlkIjoiVDBIQVJCT1IifQ" * 2,
    }
    before, after = json.dumps(body).encode().split(b"@")
    for number in range(count):
        raw = b"%bEv%b%08d%b" % (before, run.encode(), number, after)
        digest = hmac.new(SECRET.encode(), b"v0:%b:%b" % (stamp.encode(), raw), hashlib.sha256).hexdigest()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
            f"Accept-Encoding: gzip,deflate\r\nAccept: */*\r\nContent-Type: application/json\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={digest}\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n"
        )
        yield head.encode() + raw
