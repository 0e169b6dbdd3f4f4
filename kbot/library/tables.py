"""Tables of what we know."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.storage.tables import Key, PeoplesWords, Table, TeamKey


class ItemRow(Table):
    """One item; its words are in the newest row of `version`."""

    __tablename__ = "item"
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    kind: Mapped[str]
    state: Mapped[str]
    waits_for: Mapped[str]
    consent: Mapped[str]
    channel_id: Mapped[str]
    contributor: Mapped[str | None]
    is_named: Mapped[bool]
    flagger: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    verified_by: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(
            "state IN ('candidate', 'published', 'rejected', 'lapsed', 'withdrawn', 'retired')",
            name="item_state",
        ),
        CheckConstraint("waits_for IN ('nothing', 'contributor', 'time', 'broker')", name="item_waits_for"),
        CheckConstraint("consent IN ('asked', 'given', 'refused')", name="item_consent"),
        Index("item_channel", "team_id", "channel_id", "state"),
        Index("item_contributor", "team_id", "contributor"),
        Index(
            "item_until",
            "until",
            postgresql_where=text("state = 'candidate'"),
            sqlite_where=text("state = 'candidate'"),
        ),
    )


class VersionRow(Table):
    """What an item said at a time; never changed. A use always points at a version."""

    __tablename__ = "version"
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    n: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[PeoplesWords]
    body: Mapped[PeoplesWords]
    when: Mapped[PeoplesWords]
    because: Mapped[PeoplesWords]
    limits: Mapped[PeoplesWords]
    question: Mapped[PeoplesWords]
    edited_by: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),)


class SourceRow(Table):
    """A message of Slack: the source of an item, or one that was deleted before it could become one.

    A message is the source of one item at most. `deleted` without an item is a tombstone: it keeps a deletion that
    overtook its flag.
    """

    __tablename__ = "source"
    team_id: Mapped[TeamKey]
    channel_id: Mapped[Key]
    ts: Mapped[Key]
    item_id: Mapped[str | None]
    author: Mapped[str | None]
    thread_ts: Mapped[str | None]
    permalink: Mapped[str | None]
    edited_ts: Mapped[str | None]
    files: Mapped[list[str]]
    deleted: Mapped[bool]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        Index("source_item", "team_id", "item_id"),
    )


class WordsRow(Table):
    """The searchable words of a published item, as stems. Both databases index this table, each in its own way."""

    __tablename__ = "words"
    n: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    team_id: Mapped[str]
    item_id: Mapped[str]
    channel_id: Mapped[str]
    stems: Mapped[str]
    title_stems: Mapped[str]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        Index("words_item", "team_id", "item_id", unique=True),
    )
