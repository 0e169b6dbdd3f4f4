"""What several rooms begin with."""

import pytest
from sqlalchemy.orm import Session

from kbot.library.facts import Item
from tests.rooms.desk import ANA, BEN, CLEO, DOV, meet, saved, set_up


@pytest.fixture
def item(session: Session) -> Item:
    """An item of Ana's, in a channel whose broker is Cleo."""
    meet(session, ANA, BEN, CLEO, DOV)
    set_up(session, CLEO)
    return saved(session)
