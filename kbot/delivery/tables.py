"""Tables of delivery: what is to be given to whom and why, and what people need."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey, kept, whose


class SpreadRow(Table):
    """How far an item has been given on. `wave` 0: its recipients are still to be chosen; 1 to 3: the waves that may go
    out. `since` is the machine's time."""

    __tablename__ = "spread"
    people = whose()
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    since: Mapped[datetime]
    wave: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        Index("spread_new", "since", postgresql_where=text("wave = 0"), sqlite_where=text("wave = 0")),
    )


class DeliveryRow(Table):
    """An item for a person or a channel: once, by its key, with the rule and what the reason is made of.

    `by` and `note` belong to what somebody sends on; `not_before` is when the person's pace allows the next letter.
    Moments are people's time.
    """

    __tablename__ = "delivery"
    people = whose(
        recipient=kept("so that nothing comes twice", said=None, intention=None),
        by=kept("who sent it on told the recipient so"),
        letter=kept("the key of a letter: what was sent, and when, is what the budget counts"),
    )
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    recipient: Mapped[Key]
    is_channel: Mapped[bool]
    rule: Mapped[str]
    topic_id: Mapped[str | None]
    need_id: Mapped[str | None]
    by: Mapped[str | None]
    note: Mapped[PeoplesWords]
    points: Mapped[int]
    wave: Mapped[int]
    state: Mapped[str]
    chosen_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    letter: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    said: Mapped[str | None]
    intention: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('held', 'offered', 'waiting', 'planned', 'sent', 'dropped')", name="delivery_state"),
        Index(
            "delivery_sent",
            "team_id",
            "recipient",
            "sent_at",
            postgresql_where=text("sent_at IS NOT NULL"),
            sqlite_where=text("sent_at IS NOT NULL"),
        ),
        Index(
            "delivery_letter",
            "team_id",
            "letter",
            postgresql_where=text("letter IS NOT NULL"),
            sqlite_where=text("letter IS NOT NULL"),
        ),
        Index(
            "delivery_offered",
            "team_id",
            "recipient",
            postgresql_where=text("state = 'offered'"),
            sqlite_where=text("state = 'offered'"),
        ),
        Index(
            "delivery_open",
            "state",
            "team_id",
            "recipient",
            postgresql_where=text("state IN ('waiting', 'planned')"),
            sqlite_where=text("state IN ('waiting', 'planned')"),
        ),
    )


class MutedRow(Table):
    """A person wants less of what one rule brings of one topic ("" where it has none), until then."""

    __tablename__ = "muted"
    people = whose(
        person=kept("a wish of the person, who can change it"),
    )
    team_id: Mapped[TeamKey]
    person: Mapped[Key]
    rule: Mapped[Key]
    topic_id: Mapped[Key]
    until: Mapped[datetime]


class NeedRow(Table):
    """What somebody needs, until the end of a day. `channel_id` is where they said so, None in a direct message."""

    __tablename__ = "need"
    people = whose(
        person=kept("a request, which ends on its day"),
        said_as=kept("the key of the need"),
    )
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    said_as: Mapped[str]
    person: Mapped[str]
    words: Mapped[PeoplesWords]
    channel_id: Mapped[str | None]
    said_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str]
    vector: Mapped[bytes | None]
    __table_args__ = (
        UniqueConstraint("team_id", "said_as", name="need_once"),
        CheckConstraint("state IN ('open', 'asked', 'helped', 'partly', 'unmet', 'dropped')", name="need_state"),
        Index("need_open", "until", postgresql_where=text("state = 'open'"), sqlite_where=text("state = 'open'")),
        Index("need_person", "team_id", "person"),
    )


class NeedMatchRow(Table):
    """An item that may help with a need."""

    __tablename__ = "need_match"
    people = whose()
    team_id: Mapped[TeamKey]
    need_id: Mapped[Key]
    item_id: Mapped[Key]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "need_id"], ["need.team_id", "need.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
    )
