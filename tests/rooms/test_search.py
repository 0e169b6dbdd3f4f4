"""What is found: the same on both databases, by anybody's words, and only what the viewer may see."""

from collections.abc import Sequence

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from kbot.library import items
from kbot.library.facts import Item, ItemState, Lines
from kbot.library.search import rank
from kbot.library.tables import ItemRow, WordsRow
from kbot.meaning.stems import stems
from kbot.people.facts import Viewer
from tests.rooms.desk import ANA, BEN, DOV, ONCALL, PLATFORM, TEAM, act, meet, saved

often = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
PIECES = (
    "importer",
    "3d",
    "1e5",
    "C++",
    "naïve",
    "日本語",
    "x_y",
    "don't",
    "--resume",
    "a.b.c",
    "'",
    '"',
    "OR",
    "NOT",
    "*",
    "\x00",
    "\ud800",
    "AND",
    "(",
    ":",
    "the",
)
words = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), min_size=1, max_size=12).map(" ".join)


def viewer(*channels: str, person: str = BEN, team: str = TEAM) -> Viewer:
    return Viewer(team, person, frozenset(channels))


def found(session: Session, question: str, *channels: str) -> list[str]:
    return [hit.item for hit in rank.find(session, viewer(*(channels or (PLATFORM,))), question)]


def reworded(session: Session, item: Item, title: str, body: str = "x") -> None:
    items.revise(session, act(ANA), item.id, Lines(title, body))


def crowd(session: Session, titles: Sequence[str], channel: str) -> None:
    """Many items at once, published as they are."""
    begun = saved(session, "Unlike the others", by=ANA, channel=channel)
    item, words = session.get_one(ItemRow, (TEAM, begun.id)), session.scalars(select(WordsRow)).all()[-1]
    session.execute(insert(ItemRow), [_like(item, id=f"crowd{n}", version=0) for n, _ in enumerate(titles)])
    session.execute(
        insert(WordsRow),
        [_like(words, n=None, item_id=f"crowd{n}", title_stems=" ".join(stems(t))) for n, t in enumerate(titles)],
    )


def _like(row: ItemRow | WordsRow, **other: object) -> dict[str, object]:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns} | other
    return {name: value for name, value in values.items() if value is not None or name != "n"}


def test_it_is_found_by_other_forms_of_its_words(session: Session) -> None:
    item = saved(session, "How do we restart hanging importers?")
    for question in ("importer hangs, restarting it?", "IMPORTERS", "how to restart the importer"):
        assert found(session, question) == [item.id]
    for question in ("invoices in Norway", "", "???", "the and of"):
        assert found(session, question) == []


@often
@given(text=words)
@example(text="' OR 1=1 --")
@example(text='"')
@example(text="NEAR(a b) AND NOT c*")
def test_anybodys_words_can_be_asked_and_saved(session: Session, text: str) -> None:
    item = saved(session, "Importer stuck?")
    reworded(session, item, f"Zebra {text}", text)
    assert item.id in found(session, "zebra")
    for hit in rank.find(session, viewer(PLATFORM), text):
        assert 0 < hit.score < 1.5
    rank.channels_with_hits(session, TEAM, text)
    items.take_away(session, act(ANA), item.id, ItemState.RETIRED)


def test_what_everybody_says_counts_less_than_what_is_rare(session: Session) -> None:
    for n in range(8):
        saved(session, f"Importer note number {n}")
    rare = saved(session, "Importer and the zebra lock")
    assert found(session, "importer zebra")[0] == rare.id


def test_only_what_the_viewer_may_see_is_found(session: Session) -> None:
    public, private = saved(session, "Importer stuck?"), saved(session, "Importer password", by=ANA, channel=ONCALL)
    assert set(found(session, "importer", PLATFORM, ONCALL)) == {public.id, private.id}
    assert found(session, "importer", PLATFORM) == [public.id]
    assert rank.find(session, viewer(), "importer") == []
    assert rank.find(session, viewer(PLATFORM, team="T2"), "importer") == []
    assert rank.channels_with_hits(session, TEAM, "importer") == {PLATFORM, ONCALL}
    assert rank.channels_with_hits(session, "T2", "importer") == set()


def test_what_others_know_changes_nothing_in_my_answer(session: Session) -> None:
    mine = saved(session, "Importer stuck after the deploy?")
    before = rank.find(session, viewer(PLATFORM), "importer deploy")
    for n in range(20):
        saved(session, f"Importer deploy secret {n}", by=ANA, channel=ONCALL)
    assert rank.find(session, viewer(PLATFORM), "importer deploy") == before
    assert [hit.item for hit in before] == [mine.id]


def test_a_crowd_of_others_items_pushes_nobody_out(session: Session) -> None:
    mine = saved(session, "Importer runbook, with many other words that have nothing to do with the question at all")
    crowd(session, [f"Importer {n}" for n in range(450)], ONCALL)
    assert found(session, "importer") == [mine.id]


def test_the_best_of_hundreds_is_found_though_it_came_last(session: Session) -> None:
    crowd(session, [f"Importer note {n}" for n in range(300)], PLATFORM)
    best = saved(session, "Importer zebra walrus")
    assert found(session, "importer zebra walrus")[0] == best.id


def test_old_words_find_nothing_any_more(session: Session) -> None:
    item = saved(session, "Importer stuck?")
    reworded(session, item, "Zebra stuck?")
    assert found(session, "importer") == []
    assert found(session, "zebra") == [item.id]


def test_what_is_taken_away_is_gone_at_once_and_comes_back_when_it_is_published(session: Session) -> None:
    meet(session, ANA, BEN, DOV)
    item = saved(session, "Importer stuck?")
    items.take_away(session, act(ANA), item.id, ItemState.WITHDRAWN)
    assert found(session, "importer") == []
    items.publish(session, act(ANA), item.id)
    assert found(session, "importer") == [item.id]
