"""The sentence that an answer quotes, read beside the event loop."""

import asyncio

from kbot.answers.facts import Question
from kbot.answers.support import best_sentence
from kbot.house import House
from kbot.library.looking import Shown


async def quote_for(house: House, question: Question, shown: Shown) -> str:
    """The sentence of the first item shown that is nearest to the question; "" where none is needed."""
    if not shown.items:
        return ""
    return await asyncio.to_thread(best_sentence, house.embedder, question.text, shown.items[0].lines.body)
