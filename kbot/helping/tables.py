"""Tables of help requests: what somebody wants help with, and who was asked."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.helping.facts import NEXT, TURNS
from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey, kept, whose

_STATES = ", ".join(f"'{state}'" for state in NEXT)
_TURNS = ", ".join(f"'{state}'" for state in TURNS)
_OPEN = "state IN ('open', 'asked', 'answered', 'broker')"


class RequestRow(Table):
    """Somebody wants help with an item; one at a time per person and item, by a unique index."""

    __tablename__ = "item_help"
    people = whose(
        asker=kept("who answered keeps what they gave, and is not told any more to whom", asker="", barrier=None),
    )
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    asker: Mapped[str]
    item_id: Mapped[str]
    case_id: Mapped[str]
    first: Mapped[str]
    barrier: Mapped[str | None]
    state: Mapped[str]
    opened_at: Mapped[datetime]
    in_channel: Mapped[bool]
    with_broker: Mapped[bool]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint(f"state IN ({_STATES})", name="item_help_state"),
        Index(
            "item_help_once",
            "team_id",
            "asker",
            "item_id",
            unique=True,
            postgresql_where=text(_OPEN),
            sqlite_where=text(_OPEN),
        ),
        Index("item_help_item", "team_id", "item_id"),
        Index(
            "item_help_open",
            "state",
            postgresql_where=text(_OPEN),
            sqlite_where=text(_OPEN),
        ),
    )


class HelperRow(Table):
    """One helper's turn at a request: each is asked once. `words` are their answer."""

    __tablename__ = "item_help_turn"
    people = whose(helper=kept("help that was given to somebody else"))
    team_id: Mapped[TeamKey]
    request_id: Mapped[Key]
    helper: Mapped[Key]
    n: Mapped[int]
    role: Mapped[str]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    words: Mapped[PeoplesWords] = mapped_column(default="")
    made_clearer: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "request_id"], ["item_help.team_id", "item_help.id"], ondelete="CASCADE"),
        CheckConstraint(f"state IN ({_TURNS})", name="item_help_turn_state"),
    )
