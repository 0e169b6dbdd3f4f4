"""An organisation of known behaviour, through kbot's own code in moved time: what the numbers say beside the truth."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.follow_up.tables import CaseRow
from kbot.simulation.outcome import Outcome, orphans, outcome, simulated
from kbot.simulation.running import Size, simulate
from kbot.storage import schema
from kbot.storage.address import Address
from kbot.trail.tables import FactRow

SMALL = Size(people=10, channels=1, weeks=8)
TINY = Size(people=4, channels=1, weeks=6)


@pytest.mark.timeout(600)
def test_the_numbers_of_an_organisation_are_honest_and_it_is_left_in_peace(tmp_path: Path) -> None:
    """One seed; `python -m benchmarks simulate` looks at 200. Then gaps are made in its trail, and each is found."""
    address = Address.parse(f"sqlite:///{tmp_path / 'kbot.db'}")
    simulation = asyncio.run(simulate(address, 1, SMALL))
    with schema.session_of(address, to_write=True) as session:
        is_honest(outcome(session, simulation))
        gaps_are_found(session)


def is_honest(found: Outcome) -> None:
    assert found.counts.sample.eligible > 10
    assert found.counts.replied > 5
    assert found.most_in_seven_days <= 3
    assert found.usually_a_week <= 1
    assert found.orphans == ()
    assert found.holds_the_truth
    assert found.keeps_its_word


def gaps_are_found(session: Session) -> None:
    session.execute(delete(FactRow).where(FactRow.kind.in_(("Received", "Intended", "Delivered"))))
    session.execute(update(CaseRow).values(telling="no", letter="no such letter"))
    found = " ".join(orphans(session))
    assert "without its receipt" in found
    assert "without its letter or fact" in found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_the_same_seed_gives_the_same_weeks_on_both_databases(empty: Address) -> None:
    there = empty.url.set(drivername="postgresql").render_as_string(hide_password=False)
    assert simulated(3, TINY, there).lines == simulated(3, TINY).lines


def test_a_simulation_needs_an_empty_database_and_enough_weeks(address: Address) -> None:
    with pytest.raises(BadInput, match="not empty"):
        asyncio.run(simulate(address, 1, TINY))
    with pytest.raises(BadInput, match="more than 5 weeks"):
        simulated(1, Size(weeks=5))
