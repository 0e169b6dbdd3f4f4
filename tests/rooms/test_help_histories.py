"""Random histories of help on both databases: never twice, never too often, one at a time, and each one ends."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kbot.act import BadInput
from kbot.helping import requests, states
from kbot.helping.facts import Request, RequestState, Role, TurnState
from kbot.helping.routing import MOST_HELPERS
from kbot.helping.tables import RequestRow
from kbot.library.facts import Item
from kbot.people.asking import MOST_A_WEEK, MOST_OPEN, WEEK
from kbot.people.tables import FavourRow
from kbot.trail import log
from kbot.trail.facts import Helped, Helper, HelpOffered, HelpWanted, Outcome, Status
from kbot.trail.log import remember
from tests.examples import examples
from tests.rooms.desk import ANA, BEN, CLEO, DOV, FRIDAY, REAL, TEAM, act, follow, meet, said, saved, set_up

PEOPLE = (ANA, BEN, CLEO, DOV)
HOUR = timedelta(hours=1)


class History:
    """People want help, say yes and no, answer and judge at random, while time passes."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.lot, self.now = session, random.Random(seed), FRIDAY
        meet(session, *PEOPLE)
        set_up(session, CLEO)
        self.items: list[Item] = [saved(session, f"Item {n}?", contributor=ANA) for n in range(4)]
        for item in self.items:
            for person in self.lot.sample((BEN, CLEO, DOV), 2):
                said(session, item, person, Status.APPLIED_AS_IS, Outcome.HELPED)
                remember(session, HelpOffered(TEAM, f"{item.id}{person}", FRIDAY, person, item.id))

    def requests(self) -> list[Request]:
        ids = self.session.scalars(select(RequestRow.id).order_by(RequestRow.id)).all()
        return [states.get(self.session, TEAM, one) for one in ids]

    def step(self) -> None:
        self.now += HOUR * self.lot.randint(1, 30)
        does: Callable[[], None] = self.lot.choice(
            (self.wants, self.wants, self.says, self.says, self.judges, self.rest)
        )
        does()
        self.works()

    def works(self) -> None:
        """What the worker and the tick do."""
        for request, helper in requests.late(self.session, self.now):
            requests.lapse(self.session, TEAM, request.id, helper)
        for request in requests.to_route(self.session):
            able = {person for person in PEOPLE if self.lot.random() < 0.9}
            requests.ask_next(self.session, TEAM, request.id, able, self.now, REAL)

    def wants(self) -> None:
        item, who = self.lot.choice(self.items), self.lot.choice(PEOPLE)
        key = f"{item.id}{who}{self.now.isoformat()}"
        remember(self.session, HelpWanted(TEAM, key, self.now, who, item.id, self.lot.choice(list(Helper)), "case"))
        follow(self.session)

    def says(self) -> None:
        mine = [(one, turn) for one in self.requests() for turn in one.turns if not turn.was_answered]
        if not mine:
            return
        request, turn = self.lot.choice(mine)
        doing = act(turn.helper, self.now)
        try:
            if self.lot.random() < 0.4:
                requests.answer(self.session, doing, request.id, "Words.", REAL)
            else:
                said_no = self.lot.choice((TurnState.ACCEPTED, TurnState.NOT_NOW, TurnState.NOT_ME))
                requests.say(self.session, doing, request.id, said_no)
        except BadInput:
            assert states.get(self.session, TEAM, request.id).state.is_over

    def judges(self) -> None:
        open_ones = [one for one in self.requests() if not one.state.is_over]
        if not open_ones:
            return
        request = self.lot.choice(open_ones)
        doing = act(request.asker, self.now)
        if request.answers:
            helper = self.lot.choice(request.answers).helper
            requests.judge(self.session, doing, request.id, helper, did_it=self.lot.random() < 0.5)
        elif self.lot.random() < 0.2:
            requests.withdraw(self.session, doing, request.id)

    def rest(self) -> None:
        self.now += timedelta(days=self.lot.randint(0, 4))


def holds(history: History) -> None:
    """What holds at every moment."""
    asked: dict[str, list[datetime]] = {person: [] for person in PEOPLE}
    still: Counter[str] = Counter()
    for row in history.session.scalars(select(FavourRow)):
        asked[row.person].append(row.asked_at)
        still[row.person] += row.is_open and row.asked_at > history.now - WEEK
    for person, moments in asked.items():
        assert still[person] <= MOST_OPEN
        assert all(sum(at <= other < at + WEEK for other in moments) <= MOST_A_WEEK for at in moments)
    for request in history.requests():
        helpers = [turn.helper for turn in request.turns]
        assert len(set(helpers)) == len(helpers) <= MOST_HELPERS
        assert request.asker not in helpers
        assert sum(turn.is_running for turn in request.turns) == (request.state is RequestState.ASKED)
        assert request.answers_wait or request.state is not RequestState.ANSWERED
        assert all(turn.role in (Role.CONTRIBUTOR, Role.USER) for turn in request.turns)


@pytest.mark.parametrize("seed", range(examples(2)))
def test_whatever_people_say_it_holds_and_ends(session: Session, seed: int) -> None:
    history = History(session, seed)
    for _ in range(40):
        history.step()
        holds(history)
    for _ in range(MOST_HELPERS + 1):  # nobody says anything any more
        history.now += timedelta(days=8)
        history.works()
    ends = {RequestState.BROKER, RequestState.ANSWERED}
    assert all(one.state.is_over or one.state in ends for one in history.requests())
    helped = log.about_item(session, Helped, TEAM, [item.id for item in history.items])
    resolved = [one for one in history.requests() if one.state is RequestState.RESOLVED]
    assert sorted(fact.key for fact in helped) == sorted(one.id for one in resolved)
