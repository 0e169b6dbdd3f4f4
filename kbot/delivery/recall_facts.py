"""Recalls as facts: of what, why, and how a person came by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kbot.library.facts import Item, ItemState

RECALL = "delivery.recall"


class Reason(StrEnum):
    """Why an item is recalled."""

    SUPERSEDED = "superseded"
    CONTRADICTED = "contradicted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Recall:
    """What one letter recalls. `other`: what took its place, or says the opposite."""

    item: str
    reason: Reason
    other: str | None = None

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> "Recall":
        return cls(about["item"], Reason(about["reason"]), about.get("other"))


@dataclass(frozen=True)
class Contact:
    """How a person came by an item, last: `used` it, or else had it. `words` are what they had asked."""

    at: datetime
    used: bool = False
    words: str = ""


def still_holds(one: Recall, item: Item) -> bool:
    """Whether what was to be told is still so: the item may have come back."""
    match one.reason:
        case Reason.SUPERSEDED:
            return item.state is ItemState.SUPERSEDED
        case Reason.CONTRADICTED:
            return item.is_findable and item.is_contested
        case Reason.WITHDRAWN:
            return not item.is_findable
