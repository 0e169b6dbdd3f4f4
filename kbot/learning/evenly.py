"""When to ask again without `fsrs`: a month apart; what was forgotten, in four days. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kbot.learning.facts import Recall

SOON, MONTH, RETIRED = 4, 30, 180
ENOUGH = 6
"""Recalled so often in a row, a month apart, it is known by heart."""


def after(memory: Mapping[str, Any], recall: Recall, at: datetime) -> tuple[dict[str, Any], int]:
    """What is known of a check after this answer at `at` (people's time, UTC), and in how many days to ask again."""
    in_a_row = 0 if recall is Recall.FORGOTTEN else int(memory.get("in_a_row", 0)) + 1
    days = RETIRED if in_a_row >= ENOUGH else MONTH if in_a_row > 1 else SOON
    return {"in_a_row": in_a_row}, days
