"""What is found: the same on both databases, by anybody's words, and only what the viewer may see."""

from collections.abc import Sequence

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.orm import Session

from kbot.library import items
from kbot.library.facts import Item, ItemState, Lines
from kbot.library.looking import best_for
from kbot.library.search import index, rank
from kbot.library.search.passages import read
from kbot.library.search.rank import Ranking, Wanted
from kbot.library.search.thresholds import Threshold
from kbot.library.tables import ItemRow, WordsRow
from kbot.meaning.hashed import HashEmbedder
from kbot.meaning.stems import stems
from kbot.people.facts import Viewer
from tests.examples import examples
from tests.rooms.desk import ANA, BEN, DOV, ONCALL, PLATFORM, TEAM, act, meet, saved

often = settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
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


def wanted(question: str) -> Wanted:
    return Wanted.of(question, HashEmbedder().embed(question))


def ranked(session: Session, question: str, *channels: str) -> Ranking:
    return rank.find(session, viewer(*(channels or (PLATFORM,))), wanted(question))


def found(session: Session, question: str, *channels: str) -> list[str]:
    """What is cited."""
    return list(best_for(session, viewer(*(channels or (PLATFORM,))), wanted(question), Threshold()).items)


def reworded(session: Session, item: Item, title: str, body: str = "x") -> None:
    items.revise(session, act(ANA), item.id, Lines(title, body))


def crowd(session: Session, titles: Sequence[str], channel: str) -> None:
    """Many items at once, published as they are."""
    begun = saved(session, "Unlike the others", by=ANA, channel=channel)
    item, words = session.get_one(ItemRow, (TEAM, begun.id)), session.get_one(WordsRow, (TEAM, begun.id))
    session.execute(insert(ItemRow), [_like(item, id=f"crowd{n}", version=0) for n, _ in enumerate(titles)])
    change = index.next_change(session, TEAM)
    rows = [
        _like(words, item_id=f"crowd{n}", title_stems=" ".join(stems(title)), stems="", change=change)
        for n, title in enumerate(titles)
    ]
    session.execute(insert(WordsRow), rows)


def _like(row: ItemRow | WordsRow, **other: object) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns} | other


def read_all(session: Session) -> None:
    """What the job does: every item's words get their vector."""
    index.set_vectors(session, read(HashEmbedder(), index.unread(session, 1000)))


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
    read_all(session)
    for hit in ranked(session, text).hits:
        assert -1 <= hit.score <= 1
    rank.channels_with_hits(session, TEAM, wanted(text), 0.4)
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
    assert rank.find(session, viewer(), wanted("importer")) == Ranking()
    assert rank.find(session, viewer(PLATFORM, team="T2"), wanted("importer")) == Ranking()
    assert rank.channels_with_hits(session, TEAM, wanted("importer"), 0.4) == {PLATFORM, ONCALL}
    assert rank.channels_with_hits(session, "T2", wanted("importer"), 0.4) == set()


def test_what_others_know_changes_nothing_in_my_answer(session: Session) -> None:
    mine = saved(session, "Importer stuck after the deploy?")
    before = ranked(session, "importer deploy")
    for n in range(20):
        saved(session, f"Importer deploy secret {n}", by=ANA, channel=ONCALL)
    assert ranked(session, "importer deploy") == before
    assert [hit.item for hit in before.hits] == [mine.id]


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
