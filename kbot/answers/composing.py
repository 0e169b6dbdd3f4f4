"""An answer in words composed from the items that it cites. They may say nothing else; in doubt there are none."""

import asyncio
import logging
from collections.abc import Collection, Sequence

from kbot.library.facts import Item
from kbot.library.search.passages import whole
from kbot.meaning.composer import Composer, Statement

log = logging.getLogger(__name__)

SECONDS = 2.0
"""So long an answer waits for its words at most: who asks by `/kb ask` sees nothing until then."""

MOST = 4
LONGEST = 300
"""Characters of one statement."""


async def composed(
    composer: Composer | None, question: str, items: Sequence[Item], *, seconds: float = SECONDS
) -> tuple[Statement, ...]:
    """What a composer says to a question, from these items alone; () where there is none, or any doubt."""
    if composer is None or not items:
        return ()
    texts = {item.id: whole(item.lines) for item in items}
    working = asyncio.ensure_future(composer.compose(question, texts))
    await asyncio.wait({working}, timeout=seconds)
    if not working.done():
        working.cancel()  # nobody waits until it obeys
        log.warning("an answer is shown as without a composer: it was slow")
        return ()
    try:
        said = tuple(working.result())
        if is_founded(said, texts):
            return said
        log.warning("an answer is shown as without a composer: it said what nobody can check")
    except Exception as error:
        log.warning("an answer is shown as without a composer: %s", type(error).__name__)
    return ()


def is_founded(said: Sequence[Statement], given: Collection[str]) -> bool:
    """Whether everything said is short and comes from what was given, and from something at all."""
    return 0 < len(said) <= MOST and all(
        len(one.text.strip()) > 0 and len(one.text) <= LONGEST and one.cites and set(one.cites) <= set(given)
        for one in said
    )
