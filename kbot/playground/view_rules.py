"""Strict rules of modals and the Home tab as a whole."""

import json

from kbot.playground.blocks import Surface, check_blocks
from kbot.playground.rules import (
    Checker,
    Fields,
    Problem,
    anything,
    boolean,
    fields,
    may,
    need,
    plain,
    string,
    word,
)

VIEW_BYTES = 250_000

_COMMON: Fields = {
    "blocks": need(anything),
    "private_metadata": may(string(3000, least=0)),
    "callback_id": may(string(255, least=0)),
    "external_id": may(string(255, least=0)),
}
_VIEWS: dict[str, Fields] = {
    "modal": {
        "type": need(word("modal")),
        "title": need(plain(24)),
        "submit": may(plain(24)),
        "close": may(plain(24)),
        "clear_on_close": may(boolean),
        "notify_on_close": may(boolean),
        "submit_disabled": may(boolean),
        **_COMMON,
    },
    "home": {"type": need(word("home")), **_COMMON},
}


def check_view(view: object, kind: str) -> list[Problem]:
    """Every problem of a view of this kind (`modal` or `home`)."""
    checker = Checker()
    known = _VIEWS.get(kind)
    if known is None:
        checker.fail("/view/type", "must be modal or home")
        return checker.problems
    if not fields(checker, view, "/view", known) or not isinstance(view, dict):
        return checker.problems
    blocks = view.get("blocks")
    checker.problems += check_blocks(blocks, Surface(kind)).problems
    if isinstance(blocks, list):
        inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
        if kind == "modal" and inputs and not view.get("submit"):
            checker.fail("/view", "missing required field: submit (there are inputs)")
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        checker.fail("/view", "the view is larger than 250 KB")
    return checker.problems
