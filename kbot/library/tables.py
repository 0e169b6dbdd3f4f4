"""Tables of what we know."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kbot.library.facts import Lines
from kbot.storage.tables import REMOVED, Key, PeoplesWords, Table, TeamKey, kept, whose

CREDIT = "what was shared with others is credited; taking an item back takes it away"


class ItemRow(Table):
    """One item; its words are in the newest row of `version`."""

    __tablename__ = "item"
    people = whose(
        contributor=kept(CREDIT),
        flagger=kept(CREDIT),
        verified_by=kept(CREDIT),
    )
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
            "state IN ('candidate', 'published', 'rejected', 'lapsed', 'withdrawn', 'retired', 'superseded')",
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
    people = whose(
        edited_by=kept(CREDIT),
    )
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

    @property
    def lines(self) -> Lines:
        return Lines(self.title, self.body, self.when, self.because, self.limits, self.question)


class SourceRow(Table):
    """A message of Slack: the source of an item, or one that was deleted before it could become one.

    A message is the source of one item at most. `deleted` without an item is a tombstone: it keeps a deletion that
    overtook its flag.
    """

    __tablename__ = "source"
    people = whose(
        author=kept(CREDIT),
    )
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


class LineageRow(Table):
    """A link: `item_id` adapts, builds on, supersedes ... `other_id`. `person` said so.

    Of a link that holds both ways there is one row, from the smaller id to the larger.
    """

    __tablename__ = "lineage"
    people = whose(
        person=kept(CREDIT),
    )
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    kind: Mapped[Key]
    other_id: Mapped[Key]
    person: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["team_id", "other_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint(
            "kind IN ('adapts', 'builds_on', 'supersedes', 'contradicts', 'confirms', 'duplicates', 'alternative_to', "
            "'answers')",
            name="lineage_kind",
        ),
        Index("lineage_other", "team_id", "other_id"),
    )


class LineageTurnRow(Table):
    """Whose turn it is to change the links of a workspace: locked until that unit has ended."""

    __tablename__ = "lineage_turn"
    people = whose()
    team_id: Mapped[TeamKey]
    taken_at: Mapped[datetime]


class WordsRow(Table):
    """What the search knows of an item that is or was published: its words as stems, and vectors of their meaning.

    `vector` and `passages` are as search/vectors.py packs them; None: not read yet, or nothing to read. `is_gone`:
    nobody finds it. `change` numbers the changes of a workspace's rows, `version` is the item's.
    """

    __tablename__ = "words"
    people = whose()
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    channel_id: Mapped[str]
    version: Mapped[int]
    title_stems: Mapped[str]
    stems: Mapped[str]
    vector: Mapped[bytes | None]
    passages: Mapped[bytes | None]
    is_gone: Mapped[bool]
    change: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        Index("words_change", "team_id", "change"),
        Index(
            "words_unread",
            "change",
            postgresql_where=text("vector IS NULL AND NOT is_gone"),
            sqlite_where=text("vector IS NULL AND NOT is_gone"),
        ),
    )


class WordsClockRow(Table):
    """The number of the newest change of a workspace's words."""

    __tablename__ = "words_clock"
    people = whose()
    team_id: Mapped[TeamKey]
    change: Mapped[int] = mapped_column(BigInteger)


class ThresholdRow(Table):
    """A workspace's thresholds: what an admin chose and what its `thumbs` were fitted to, where there is any of it.
    `looked_at`: when (people's time) thumbs were last looked at."""

    __tablename__ = "threshold"
    people = whose()
    team_id: Mapped[TeamKey]
    chosen_answer: Mapped[float | None]
    chosen_sure: Mapped[float | None]
    fitted_answer: Mapped[float | None]
    fitted_sure: Mapped[float | None]
    thumbs: Mapped[int]
    looked_at: Mapped[datetime]


class TopicRow(Table):
    """What items are about. Its names, with those that it had before or took over, are in `topic_name`."""

    __tablename__ = "topic"
    people = whose(
        made_by=kept(CREDIT),
    )
    team_id: Mapped[TeamKey]
    id: Mapped[Key]
    name: Mapped[PeoplesWords]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    cadence: Mapped[str] = mapped_column(server_default="normal")
    __table_args__ = (CheckConstraint("cadence IN ('normal', 'fast', 'slow')", name="topic_cadence"),)


class TopicNameRow(Table):
    """A name, as topics.slug() writes it, and the one topic that it means."""

    __tablename__ = "topic_name"
    people = whose()
    team_id: Mapped[TeamKey]
    slug: Mapped[Key]
    topic_id: Mapped[str]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),
        Index("topic_name_topic", "team_id", "topic_id"),
    )


class ItemTopicRow(Table):
    """An item is about a topic."""

    __tablename__ = "item_topic"
    people = whose()
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    topic_id: Mapped[Key]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),
        Index("item_topic_topic", "team_id", "topic_id"),
    )


class FollowRow(Table):
    """A person or a channel (`is_channel`) follows a topic."""

    __tablename__ = "follow"
    people = whose(
        follower=kept("a wish of the person, who can change it"),
        by=kept("a wish of the person, who can change it"),
    )
    team_id: Mapped[TeamKey]
    topic_id: Mapped[Key]
    follower: Mapped[Key]
    is_channel: Mapped[bool]
    by: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),
        Index("follow_follower", "team_id", "follower"),
    )


class InterestRow(Table):
    """A person has said that a topic is what they do."""

    __tablename__ = "interest"
    people = whose(
        person=kept("a wish of the person, who can change it"),
    )
    team_id: Mapped[TeamKey]
    topic_id: Mapped[Key]
    person: Mapped[Key]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),
        Index("interest_person", "team_id", "person"),
    )


class AskedRow(Table):
    """When a person was last given an answer about a topic (people's time)."""

    __tablename__ = "asked_about"
    people = whose(
        person=REMOVED,
    )
    team_id: Mapped[TeamKey]
    topic_id: Mapped[Key]
    person: Mapped[Key]
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "topic_id"], ["topic.team_id", "topic.id"], ondelete="CASCADE"),
        Index("asked_about_lately", "team_id", "topic_id", "at"),
    )


class WideningRow(Table):
    """An item may be shown to whoever sees another channel, once its contributor and a broker have said yes.

    `contributor` and `broker` are the people who did so far.
    """

    __tablename__ = "widening"
    people = whose(
        asked_by=kept(CREDIT),
        contributor=kept("a permission, which they take back where they gave it"),
        broker=kept("a permission, which they take back where they gave it"),
    )
    team_id: Mapped[TeamKey]
    item_id: Mapped[Key]
    channel_id: Mapped[Key]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    note: Mapped[PeoplesWords]
    contributor: Mapped[str | None]
    broker: Mapped[str | None]
    state: Mapped[str]
    __table_args__ = (
        ForeignKeyConstraint(["team_id", "item_id"], ["item.team_id", "item.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('asked', 'open', 'refused', 'ended')", name="widening_state"),
    )
