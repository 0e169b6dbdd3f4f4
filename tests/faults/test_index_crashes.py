"""Whoever writes items is killed again and again: the index says what they say, and who follows it misses nothing."""

import random
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kbot.library.facts import ItemState
from kbot.library.search.passages import passages_of, whole
from kbot.library.search.shelf import Shelf
from kbot.library.search.vectors import packed
from kbot.library.tables import ItemRow, VersionRow, WordsRow
from kbot.meaning.hashed import HashEmbedder
from kbot.meaning.stems import stems
from kbot.storage import schema
from kbot.storage.address import Address
from tests.faults.index_worker import CHANNELS, PIECES, TEAM
from tests.rooms.asking import asked, assert_same_hits

KILLS, MANY_KILLS = 2, 100
SHORTEST_LIFE, LONGEST_LIFE = 0.2, 1.5


def _killed(address: Address, kills: int, seed: int) -> int:
    """Returns how many changes there were."""
    chance, followed = random.Random(seed), Shelf(TEAM)
    plain = address.url.set(drivername=address.url.get_backend_name()).render_as_string(hide_password=False)
    print(f"seed {seed}", flush=True)
    for kill in range(kills):
        worker = subprocess.Popen([sys.executable, "-m", "tests.faults.index_worker", plain, str(seed + kill)])
        before, until = _changes(address), time.monotonic() + 60
        while _changes(address) == before and time.monotonic() < until:
            time.sleep(0.05)  # it has come to work
        time.sleep(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE))
        worker.kill()
        worker.wait()
        with schema.session_of(address) as session:
            followed.catch_up(session)
            _says_what_the_items_say(session)
            for _ in range(5):
                question = " ".join(chance.choices(PIECES, k=4))
                fresh = asked(session, Shelf(TEAM), question, *CHANNELS)
                assert_same_hits(asked(session, followed, question, *CHANNELS), fresh)
    return _changes(address)


def _changes(address: Address) -> int:
    with schema.session_of(address) as session:
        return int(session.scalar(select(func.coalesce(func.max(WordsRow.change), 0))) or 0)


def _says_what_the_items_say(session: Session) -> None:
    rows = {row.item_id: row for row in session.scalars(select(WordsRow))}
    newest = (VersionRow.item_id == ItemRow.id) & (VersionRow.n == ItemRow.version)
    for item, version in session.execute(select(ItemRow, VersionRow).join(VersionRow, newest)):
        row = rows.pop(item.id, None)
        if item.state != ItemState.PUBLISHED:
            assert row is None or (row.is_gone and not row.stems and row.vector is None)
            continue
        assert row is not None
        assert (row.version, row.channel_id, row.is_gone) == (item.version, item.channel_id, False)
        assert row.title_stems == " ".join(stems(version.title))
        assert row.stems.split() == stems(version.body)
        if row.vector is not None:
            embed = HashEmbedder().embed
            assert row.vector == packed([embed(whole(version.lines))])
            passages = passages_of(version.lines)
            assert row.passages == (packed([embed(passage) for passage in passages]) if passages else None)
    assert not rows


@pytest.mark.timeout(300)
def test_a_few_kills(address: Address) -> None:
    assert _killed(address, KILLS, seed=20261121) > KILLS


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_kills(address: Address) -> None:
    changes = _killed(address, MANY_KILLS, seed=random.SystemRandom().randrange(10**6))
    print(f"{changes} changes")
