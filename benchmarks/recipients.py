"""How long choosing the recipients of one new item takes, beside the plain SQL count of its topics' followers.

A workspace of 10,000 members, 1,000 topics and 100,000 items of two topics each; every member follows five topics,
popular ones more often (Zipf, exponent 0.5), and 200,000 answers were given, a quarter of them in the last 30 days.
What is measured is the whole choice with its rows written; each is rolled back.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from benchmarks import servers
from kbot import app
from kbot.delivery import recipients
from kbot.library import items
from kbot.library.tables import AskedRow, FollowRow, ItemRow, ItemTopicRow, TopicRow, VersionRow
from kbot.people.tables import PersonRow
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.trail.tables import FactRow

assert app  # importing it imports every table

TEAM = "T1"
MEMBERS, TOPICS, ITEMS, FOLLOWS_EACH, ANSWERS = 10_000, 1_000, 100_000, 5, 200_000
CHOSEN = 200
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MOST_MS = 50.0
BATCH = 10_000


def _fill(session: Session, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            session.execute(insert(table), batch)
            batch = []
    if batch:
        session.execute(insert(table), batch)


def make(address: Address) -> None:
    """The workspace."""
    chance = np.random.default_rng(5)
    weights = 1 / np.arange(1, TOPICS + 1) ** 0.5
    weights /= weights.sum()
    with schema.session_of(address, to_write=True) as session:
        never = dict.fromkeys(("is_admin", "is_guest", "is_stranger", "is_bot", "deleted", "never_capture"), False)
        _fill(
            session,
            PersonRow,
            (
                {
                    "team_id": TEAM,
                    "user_id": f"U{n:05d}",
                    "name": f"P{n}",
                    "tz": "Europe/Berlin",
                    **never,
                    "fetched_at": NOW,
                    "stopped": False,
                    "pace": "daily",
                }
                for n in range(MEMBERS)
            ),
        )
        _fill(
            session,
            TopicRow,
            (
                {"team_id": TEAM, "id": f"t{n:04d}", "name": f"topic {n}", "made_by": "U00000", "made_at": NOW}
                for n in range(TOPICS)
            ),
        )
        follows = {
            (int(topic), member)
            for member in range(MEMBERS)
            for topic in chance.choice(TOPICS, FOLLOWS_EACH, replace=False, p=weights)
        }
        _fill(
            session,
            FollowRow,
            (
                {
                    "team_id": TEAM,
                    "topic_id": f"t{topic:04d}",
                    "follower": f"U{member:05d}",
                    "is_channel": False,
                    "by": f"U{member:05d}",
                    "at": NOW,
                }
                for topic, member in sorted(follows)
            ),
        )
        _fill(session, ItemRow, (_item(n) for n in range(ITEMS)))
        _fill(session, VersionRow, (_version(n) for n in range(ITEMS)))
        pairs = chance.choice(TOPICS, (ITEMS, 2), p=weights)
        about = {(n, int(topic)) for n in range(ITEMS) for topic in pairs[n]}
        _fill(
            session,
            ItemTopicRow,
            ({"team_id": TEAM, "item_id": f"i{n:06d}", "topic_id": f"t{topic:04d}"} for n, topic in sorted(about)),
        )
        asked, askers = chance.integers(0, ITEMS, ANSWERS), chance.integers(0, MEMBERS, ANSWERS)
        _fill(session, FactRow, (_fact(n, int(asked[n]), int(askers[n])) for n in range(ANSWERS)))
        days: dict[tuple[int, int], int] = {}
        for n in range(ANSWERS):
            for topic in pairs[asked[n]]:
                key = (int(topic), int(askers[n]))
                days[key] = min(n % 120, days.get(key, 120))
        _fill(
            session,
            AskedRow,
            (
                {"team_id": TEAM, "topic_id": f"t{t:04d}", "person": f"U{p:05d}", "at": NOW - timedelta(days=day)}
                for (t, p), day in sorted(days.items())
            ),
        )
        session.execute(text("ANALYZE"))
        session.commit()


def _item(n: int) -> dict[str, Any]:
    return {
        "team_id": TEAM,
        "id": f"i{n:06d}",
        "kind": "how_to",
        "state": "published",
        "waits_for": "nothing",
        "consent": "given",
        "channel_id": f"C{n % 40:02d}",
        "contributor": "U00001",
        "is_named": True,
        "flagger": "U00002",
        "version": 1,
        "created_at": NOW,
        "published_at": NOW,
    }


def _version(n: int) -> dict[str, Any]:
    empty = dict.fromkeys(("when", "because", "limits", "question"), "")
    words = {"title": f"How {n}?", "body": "So.", "edited_by": "U00001", "at": NOW}
    return {"team_id": TEAM, "item_id": f"i{n:06d}", "n": 1, **empty, **words}


def _fact(n: int, item: int, person: int) -> dict[str, Any]:
    return {
        "team_id": TEAM,
        "id": f"f{n:06d}",
        "kind": "Received",
        "key": f"k{n}",
        "at": NOW - timedelta(days=n % 120),
        "person": f"U{person:05d}",
        "item_id": f"i{item:06d}",
        "about": {"receipt": "asked_for"},
        "followed": True,
    }


def choosing(address: Address) -> tuple[Mapping[str, float], Mapping[str, float], int]:
    """p50 and p95 in milliseconds of the plain count and of the choice, by turns, and the most that were chosen."""
    chance = np.random.default_rng(6)
    counted, chosen, most = [], [], 0
    with schema.session_of(address, to_write=True) as session:
        for n in chance.integers(0, ITEMS, CHOSEN):
            item = items.get(session, TEAM, f"i{n:06d}")
            topics = [topic.id for topic in item.topics]
            started = time.perf_counter()
            session.execute(
                select(func.count()).where(FollowRow.team_id == TEAM, FollowRow.topic_id.in_(topics))
            ).scalar_one()
            counted.append((time.perf_counter() - started) * 1000)
            started = time.perf_counter()
            most = max(most, recipients.choose(session, item, NOW))
            chosen.append((time.perf_counter() - started) * 1000)
            session.rollback()
    return _told(counted), _told(chosen), most


def _told(times: list[float]) -> Mapping[str, float]:
    return {"p50": float(np.percentile(times, 50)), "p95": float(np.percentile(times, 95))}


@contextlib.contextmanager
def _database(name: str) -> Iterator[Address]:
    opened = servers.sqlite if name == "sqlite" else servers.postgresql
    with opened() as url:
        address = Address.parse(url)
        schema.upgrade(address)
        yield address


def measure() -> bool:
    """Both databases. True when the target is met."""
    met = True
    for name in ("sqlite", "postgresql"):
        with _database(name) as address:
            make(address)
            floor, ours, most = choosing(address)
        is_met = ours["p95"] <= MOST_MS
        word = "met" if is_met else "MISSED"
        print(
            f"{name:<11} recipients of an item: floor p95 {floor['p95']:.2f} ms, kbot p50 {ours['p50']:.1f} "
            f"p95 {ours['p95']:.1f} ms, up to {most} chosen  target <= {MOST_MS:.0f} ms  {word}"
        )
        met &= is_met
    return met
