"""Whatever happens, in whichever zone and year: the promises of the gate hold for every message that leaves."""

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from kbot.storage import schema
from kbot.storage.address import Address
from tests.rooms.histories import History

PEOPLE, WEEKS = 20, 5
SHORT = 1
FEW, SHORTLY = 8, 3
FULL = 100
"""So many histories are 10,000 people-weeks."""


async def lived(session: Session, seed: int, people: int = PEOPLE, weeks: int = WEEKS) -> Counter[str]:
    history = History(session, seed, people, weeks)
    await history.run()
    return history.ended_as()


@pytest.mark.parametrize("seed", range(SHORT))
async def test_nobody_is_bothered_whatever_happens(address: Address, seed: int) -> None:
    with schema.session_of(address, to_write=True) as session:
        ended = await lived(session, seed, FEW, SHORTLY)
    assert ended["sent"] > 10


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(SHORT, SHORT + FULL))
async def test_in_ten_thousand_weeks_of_people_nobody_is_bothered(address: Address, seed: int) -> None:
    with schema.session_of(address, to_write=True) as session:
        assert (await lived(session, seed))["sent"] > 50
