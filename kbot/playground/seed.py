"""The invented team and what it had written before anybody came to look. Ids and order never change."""

from datetime import UTC, datetime, time, timedelta

from kbot.playground.rich_text import rich_text
from kbot.playground.world import APP_ID, BOT_ID, BOT_USER, OTHER_TEAM, Channel, Kind, Message, Person, World

ANA, BEN, CLEO, DOV = "U0ANA", "U0BEN", "U0CLEO", "U0DOV"
GUEST, STRANGER, OTHER_BOT = "U0GUEST", "U0STRANGE", "U0OTHERBOT"
FULL = [ANA, BEN, CLEO, DOV]

PEOPLE = [
    Person(ANA, "ana", "Ana Costa", "Platform engineer", "Europe/Lisbon"),
    Person(BEN, "ben", "Ben Okafor", "Support engineer", "America/New_York"),
    Person(CLEO, "cleo", "Cleo Winter", "Knowledge broker", "Europe/Berlin", is_admin=True),
    Person(DOV, "dov", "Dov Levin", "Sales", "Asia/Tokyo"),
    Person(GUEST, "gus", "Gus Guest", "Contractor", "Europe/London", is_restricted=True, is_ultra_restricted=True),
    Person(
        STRANGER,
        "sam",
        "Sam Stranger",
        "At a partner",
        "America/Chicago",
        team_id=OTHER_TEAM,
        is_stranger=True,
    ),
    Person(BOT_USER, "kbot", "kbot", "", "UTC", is_bot=True, bot_id=BOT_ID, app_id=APP_ID),
    Person(OTHER_BOT, "deploybot", "deploybot", "", "UTC", is_bot=True, bot_id="B0OTHER", app_id="A0OTHER"),
]

IMPORTER_QUESTION = "The importer hangs after a deploy, what do you do?"
IMPORTER_ANSWER = "Drain the queue first, then restart it with --resume. Without draining you lose the jobs in flight."

# (channel, who, working days ago, UTC, text, whether it answers the one before it); oldest first
SAID: list[tuple[str, str, int, str, str, bool]] = [
    ("C0GENERAL", CLEO, 4, "09:02", "Welcome to Harbor. Ask anything here, somebody will know.", False),
    ("C0GENERAL", DOV, 3, "06:15", "The pricing page moved, it is at <https://harbor.example/pricing> now.", False),
    ("C0PLATFORM", BEN, 3, "14:05", IMPORTER_QUESTION, False),
    ("C0PLATFORM", ANA, 3, "14:31", IMPORTER_ANSWER, True),
    (
        "C0PLATFORM",
        ANA,
        2,
        "15:20",
        "To see what holds a lock:\n```select pid, query from pg_stat_activity\nwhere wait_event_type = 'Lock';```",
        False,
    ),
    (
        "C0SUPPORT",
        BEN,
        2,
        "16:48",
        "A customer on the EU tenant could not log in for two hours. What happened: the certificate of the "
        "single sign-on provider had been renewed, but our copy of it had not. What helped: fetch the new "
        "metadata in Settings, Sign-on, Refresh, then ask the customer to try in a private window. What did "
        "not help: resetting the password, clearing cookies, or waiting. I wrote it down because this comes "
        "back every spring, and every spring we look in the wrong place first.",
        False,
    ),
    (
        "G0ONCALL",
        ANA,
        1,
        "09:40",
        "The pager is quiet. The failover password is in the vault, not in the wiki.",
        False,
    ),
    ("C0SHARED", STRANGER, 1, "15:12", "Hello from the partner side. Where do we report a failed export?", False),
    ("C0GENERAL", CLEO, 1, "15:55", "Friday's demo is at 15:00, bring one thing that worked this week.", False),
]


def harbor() -> World:
    """A fresh copy of the team's workspace; kbot is in every channel but #support."""
    people = {person.id: Person(**vars(person)) for person in PEOPLE}
    channels = [
        Channel("C0GENERAL", "general", Kind.PUBLIC, CLEO, [*FULL, GUEST, BOT_USER, OTHER_BOT], topic="Everybody"),
        Channel("C0PLATFORM", "platform", Kind.PUBLIC, ANA, [ANA, BEN, CLEO, BOT_USER, OTHER_BOT]),
        Channel("C0SUPPORT", "support", Kind.PUBLIC, BEN, [BEN, CLEO, DOV]),
        Channel("G0ONCALL", "oncall", Kind.PRIVATE, ANA, [ANA, BEN, BOT_USER]),
        Channel("C0SHARED", "partner-harbor", Kind.PUBLIC, ANA, [ANA, STRANGER, BOT_USER], is_shared=True),
    ]
    world = World("Harbor", people, {channel.id: channel for channel in channels})
    before: Message | None = None
    for number, (channel, user, days, hour, text, answers) in enumerate(SAID):
        ts = f"{_when(days, hour)}.{number:06d}"
        message = Message(channel, ts, user, text, blocks=rich_text(text, f"s{number}"))
        if answers and before is not None:
            before.thread_ts = message.thread_ts = before.ts
        before = world.add(message)
    return world


def _when(working_days_ago: int, hour: str) -> int:
    """Unix seconds. Nobody wrote at the weekend."""
    day = datetime.now(UTC).date()
    while working_days_ago:
        day -= timedelta(days=1)
        working_days_ago -= day.weekday() < 5
    return int(datetime.combine(day, time.fromisoformat(hour), UTC).timestamp())
