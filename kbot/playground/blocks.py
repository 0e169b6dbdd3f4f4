"""Strict Block Kit: which block may stand where, with which fields and limits, and how much in all."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kbot.playground.elements import (
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    URL,
    context_item,
    element,
)
from kbot.playground.rules import (
    Checker,
    Field,
    Fields,
    Problem,
    anything,
    boolean,
    items,
    may,
    need,
    plain,
    string,
    text,
    typed,
    word,
)
from kbot.playground.words import walk
from kbot.playground.world import Json


class Surface(StrEnum):
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


MOST_BLOCKS = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
MESSAGE_CHARACTERS = 13_200
MARKDOWN_CHARACTERS = 12_000
TABLE_CHARACTERS = 10_000

_RICH_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")


def _block(**known: Field) -> Fields:
    return {"type": need(string(50)), "block_id": may(string(255)), **known}


def _rich_part(checker: Checker, value: object, at: str) -> None:
    if not isinstance(value, dict) or value.get("type") not in _RICH_PARTS:
        checker.fail(f"{at}/type", "unsupported element of rich_text")
    elif not isinstance(value.get("elements"), list):
        checker.fail(at, "missing required field: elements")
    elif value["type"] == "rich_text_list":
        word("bullet", "ordered")(checker, value.get("style"), f"{at}/style")
        items(_rich_part, 1, 1000)(checker, value["elements"], f"{at}/elements")
    else:
        items(_rich_inline, 0, 1000)(checker, value["elements"], f"{at}/elements")


_INLINE: dict[str, Fields] = {
    "text": {"text": need(string(40_000))},
    "link": {"url": need(URL), "text": may(string(40_000)), "unsafe": may(boolean)},
    "user": {"user_id": need(string(30))},
    "channel": {"channel_id": need(string(30))},
    "usergroup": {"usergroup_id": need(string(30))},
    "emoji": {
        "name": need(string(100)),
        "unicode": may(string(50)),
        "skin_tone": may(anything),
        "url": may(URL),
    },
    "broadcast": {"range": need(word("here", "channel", "everyone"))},
    "color": {"value": need(string(20))},
    "date": {
        "timestamp": need(anything),
        "format": need(string(200)),
        "fallback": may(string(200)),
        "url": may(URL),
    },
}
_rich_inline = typed(
    {name: {"type": need(string(30)), "style": may(anything), **known} for name, known in _INLINE.items()}
)


def _cell(checker: Checker, value: object, at: str) -> None:
    if isinstance(value, dict) and value.get("type") == "rich_text":
        items(_rich_part, 1, 100)(checker, value.get("elements"), f"{at}/elements")
    elif not isinstance(value, dict) or value.get("type") != "raw_text":
        checker.fail(f"{at}/type", "a cell must be raw_text or rich_text")
    else:
        string(TABLE_CHARACTERS)(checker, value.get("text"), f"{at}/text")


BLOCKS: dict[str, Fields] = {
    "section": _block(
        text=may(text(3000)),
        fields=may(items(text(2000), 1, 10)),
        accessory=may(element(IN_SECTION)),
        expand=may(boolean),
    ),
    "divider": _block(),
    "header": _block(text=need(plain(150)), level=may(anything)),
    "image": _block(alt_text=need(string(2000)), title=may(plain(2000)), image_url=may(URL), slack_file=may(anything)),
    "context": _block(elements=need(items(context_item, 1, 10))),
    "actions": _block(elements=need(items(element(IN_ACTIONS), 1, 25))),
    "context_actions": _block(elements=need(items(element(IN_CONTEXT_ACTIONS), 1, 5))),
    "input": _block(
        label=need(plain(2000)),
        hint=may(plain(2000)),
        element=need(element(IN_INPUT)),
        optional=may(boolean),
        dispatch_action=may(boolean),
    ),
    "markdown": _block(text=need(string(MARKDOWN_CHARACTERS))),
    "rich_text": _block(elements=need(items(_rich_part, 1, 1000))),
    "table": _block(rows=need(items(items(_cell, 1, 20), 1, 100)), column_settings=may(items(anything, 0, 20))),
    "alert": _block(text=need(text(3000)), level=may(word("default", "info", "warning", "error", "success"))),
    "video": _block(
        title=need(plain(200)),
        alt_text=need(string(2000)),
        video_url=need(URL),
        thumbnail_url=need(URL),
        title_url=may(URL),
        description=may(plain(200)),
        provider_name=may(string(50)),
        provider_icon_url=may(URL),
        author_name=may(string(50)),
    ),
    "plan": _block(title=need(string(150)), tasks=may(items(anything, 1, 50))),
    "task_card": _block(
        task_id=need(string(255)),
        title=need(string(150)),
        details=may(anything),
        output=may(anything),
        sources=may(anything),
        status=may(word("pending", "in_progress", "complete", "error")),
    ),
}

_EVERYWHERE = frozenset({"section", "divider", "header", "image", "context", "actions", "input", "rich_text", "video"})
ALLOWED = {
    Surface.MESSAGE: _EVERYWHERE | {"context_actions", "markdown", "table", "plan", "task_card"},
    Surface.MODAL: _EVERYWHERE | {"alert"},
    Surface.HOME: _EVERYWHERE,
}


@dataclass(frozen=True)
class Result:
    problems: list[Problem]
    error: str = "invalid_blocks"


def check_blocks(blocks: object, surface: Surface) -> Result:
    """Every problem of a list of blocks; `error` is the code under which Slack refuses them."""
    checker = Checker()
    if not isinstance(blocks, list):
        checker.fail("/blocks", "must be an array")
        return Result(checker.problems, "invalid_blocks_format")
    least = 0 if surface is Surface.MESSAGE else 1
    one_block = typed(BLOCKS, ALLOWED[surface])
    items(one_block, least, MOST_BLOCKS[surface])(checker, blocks, "/blocks")
    for number, block in enumerate(blocks):
        if isinstance(block, dict):
            _agrees(checker, block, f"/blocks/{number}")
    if not checker.problems:
        _together(checker, blocks)
    if checker.problems or surface is not Surface.MESSAGE:
        return Result(checker.problems)
    total = sum(_characters(block) for block in blocks)
    if total > MESSAGE_CHARACTERS:
        checker.fail("/blocks", f"{total} characters in all blocks, about {MESSAGE_CHARACTERS} are allowed")
        return Result(checker.problems, "msg_blocks_too_long")
    return Result([])


def with_ids(blocks: list[Json], number: Callable[[], int]) -> list[Json]:
    """A copy in which every block and every element has an id, as Slack stores it."""
    stored = []
    for block in blocks:
        block = dict(block)
        if block["type"] == "markdown":
            block.pop("block_id", None)  # Slack does not keep it
        block.setdefault("block_id", f"b{number()}")
        for key in ("element", "accessory"):
            if key in block:
                block[key] = _with_action_id(block[key], number)
        if block["type"] in ("actions", "context_actions"):
            block["elements"] = [_with_action_id(each, number) for each in block["elements"]]
        stored.append(block)
    return stored


def _with_action_id(it: Json, number: Callable[[], int]) -> Json:
    return it if it["type"] == "image" or it.get("action_id") else it | {"action_id": f"a{number()}"}


def _agrees(checker: Checker, block: Json, at: str) -> None:
    kind = block.get("type")
    if kind == "section" and not block.get("text") and not block.get("fields"):
        checker.fail(at, "a section needs text or fields")
    if kind == "image" and ("image_url" in block) == ("slack_file" in block):
        checker.fail(at, "give either image_url or slack_file")
    elements = block.get("elements")
    if kind in ("actions", "context_actions") and isinstance(elements, list):
        ids = [it.get("action_id") for it in elements if isinstance(it, dict) and it.get("action_id")]
        if len(ids) != len(set(ids)):
            checker.fail(f"{at}/elements", "action_id must be unique within a block")


def _together(checker: Checker, blocks: list[Json]) -> None:
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    for number, block in enumerate(blocks):
        if block.get("block_id") and ids.count(block["block_id"]) > 1:
            checker.fail(f"/blocks/{number}/block_id", "block_id must be unique")
    if sum(1 for node in walk(blocks) if node.get("focus_on_load")) > 1:
        checker.fail("/blocks", "only one element may have focus_on_load")
    if sum(len(b["text"]) for b in blocks if b["type"] == "markdown") > MARKDOWN_CHARACTERS:
        checker.fail("/blocks", f"no more than {MARKDOWN_CHARACTERS} characters of markdown in all")
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        checker.fail("/blocks", "only one table is allowed in a message")
    if any(_characters(table) > TABLE_CHARACTERS for table in tables):
        checker.fail("/blocks", f"no more than {TABLE_CHARACTERS} characters in a table")


def _characters(block: Json) -> int:
    """Characters that people read; ids and values do not count."""
    return sum(len(node["text"]) for node in walk(block) if isinstance(node.get("text"), str))
