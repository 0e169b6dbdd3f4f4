"""A workspace's thresholds on both databases: thumbs move them once a week, an admin comes first, an answer obeys."""

import pytest
from sqlalchemy.orm import Session

from kbot.answers import questions, ratings
from kbot.answers.facts import Asked, Question
from kbot.answers.jobs import refit_thresholds
from kbot.clock import Clock
from kbot.house import House
from kbot.library.facts import Item
from kbot.library.looking import Found
from kbot.library.search import tuning
from kbot.library.search.thresholds import CITED, FEWEST_THUMBS, Threshold, Thumb, Tuning
from kbot.meaning.hashed import HashEmbedder
from kbot.settings import Settings
from kbot.slack.reader import SlackReader
from kbot.storage.units import Units
from tests.rooms.desk import BEN, CLEO, FRIDAY, REAL, TEAM, act, days, saved

PEOPLE = [f"U0P{n}" for n in range(6)]


def answered(
    session: Session, score: float | None = 0.5, chance: float | None = 0.4, by: Item | None = None
) -> Question:
    """Ben asked, and was answered with this score."""
    doing = act(BEN)
    item = by or saved(session)
    put = Asked(f"C:{doing.key}", "C0PLATFORM", "importer?", "1.1")
    return questions.record(session, doing, put, Found((item.id,), True, score, chance), late_after=60, real=REAL)


def rated(session: Session, n: int = FEWEST_THUMBS) -> None:
    """So many people in turns say of an answer each that it did not help, but for every third."""
    item = saved(session)
    for i in range(n):
        ratings.rate(session, act(PEOPLE[i % len(PEOPLE)]), answered(session, by=item), is_helpful=i % 3 == 0)


def test_what_an_answer_scored_is_kept_for_its_thumbs_and_the_last_word_counts(session: Session) -> None:
    one, by_a_person = answered(session, 0.61, 0.5), answered(session, None, None)
    ratings.rate(session, act(BEN), one, is_helpful=True)
    ratings.rate(session, act(CLEO, FRIDAY + days(1)), one, is_helpful=True)
    ratings.rate(session, act(BEN, FRIDAY + days(2)), one, is_helpful=False)
    ratings.rate(session, act(BEN), by_a_person, is_helpful=False)
    assert ratings.thumbs(session, TEAM, FRIDAY) == [
        Thumb(CLEO, 0.61, 0.5, is_helpful=True),
        Thumb(BEN, 0.61, 0.5, is_helpful=False),
    ]
    assert ratings.thumbs(session, "T2", FRIDAY) == []


def test_a_week_after_the_first_thumb_they_are_looked_at_and_then_every_week(session: Session) -> None:
    assert tuning.due(session, FRIDAY + days(30)) == []
    rated(session)
    assert tuning.due(session, FRIDAY + days(6.9)) == []
    assert tuning.due(session, FRIDAY + days(7)) == [TEAM]
    ratings.refit(session, TEAM, FRIDAY + days(7))
    found = tuning.tuning(session, TEAM)
    assert found.thumbs == FEWEST_THUMBS
    assert found.fitted is not None
    assert found.fitted.answer > CITED.answer, "they help seldom"
    assert tuning.threshold(session, TEAM) == found.fitted
    assert tuning.due(session, FRIDAY + days(13.9)) == []
    assert tuning.due(session, FRIDAY + days(14)) == [TEAM]
    assert tuning.threshold(session, "T2") == CITED, "another workspace has its own"


def test_too_few_thumbs_change_nothing_and_are_counted(session: Session) -> None:
    rated(session, FEWEST_THUMBS - 1)
    ratings.refit(session, TEAM, FRIDAY + days(7))
    assert tuning.tuning(session, TEAM) == Tuning(thumbs=FEWEST_THUMBS - 1)


def test_what_was_said_long_ago_counts_no_more(session: Session) -> None:
    rated(session)
    ratings.refit(session, TEAM, FRIDAY + days(7))
    ratings.refit(session, TEAM, FRIDAY + days(366))
    assert tuning.threshold(session, TEAM) == CITED


def test_what_an_admin_chose_holds_until_they_take_it_back(session: Session) -> None:
    tuning.choose(session, act(CLEO), 0.5, None)
    rated(session)
    ratings.refit(session, TEAM, FRIDAY + days(7))
    fitted = tuning.tuning(session, TEAM).fitted
    assert fitted is not None
    assert tuning.threshold(session, TEAM) == Threshold(0.5, fitted.sure)
    assert tuning.threshold(session, TEAM, lower_by=0.1).answer == pytest.approx(0.4)
    tuning.choose(session, act(CLEO), None, None)
    assert tuning.threshold(session, TEAM) == fitted


async def test_the_tick_fits_whatever_is_due(units: Units) -> None:
    slack = SlackReader("xoxb-1", "http://127.0.0.1:9/")
    house = House(units, Clock(), slack, Settings(), "U0KBOT", HashEmbedder())
    await units(tuning.begin, TEAM, house.now() - days(7))
    await refit_thresholds(house)
    assert await units.read(tuning.due, house.now() + days(6.9)) == []
