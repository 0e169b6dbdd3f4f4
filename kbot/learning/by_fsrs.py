"""When to ask again, by the library `fsrs`, which models how fast a person forgets an item. Pure.

Its traps (domain.md 3.6, of fsrs 6.3): a moment must carry exactly `datetime.UTC`; fuzz draws from the global `random`;
a card without an id of its own waits and reads the machine's clock; with learning steps "forgotten" means minutes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from fsrs import Card, Rating, Scheduler

from kbot.learning.facts import Recall

SCHEDULER = Scheduler(
    desired_retention=0.85, learning_steps=(), relearning_steps=(), maximum_interval=180, enable_fuzzing=False
)
RATING = {
    Recall.FORGOTTEN: Rating.Again,
    Recall.WITH_EFFORT: Rating.Hard,
    Recall.RECALLED: Rating.Good,
    Recall.EASILY: Rating.Easy,
}


def after(memory: Mapping[str, Any], recall: Recall, at: datetime) -> tuple[dict[str, Any], int]:
    """What is known of a check after this answer at `at` (people's time, UTC), and in how many days to ask again."""
    now = at.astimezone(UTC)
    card = Card.from_dict(cast("Any", memory)) if "stability" in memory else Card(card_id=1, due=now)
    card, _ = SCHEDULER.review_card(card, RATING[recall], now)
    return dict(card.to_dict()), (card.due - now).days
