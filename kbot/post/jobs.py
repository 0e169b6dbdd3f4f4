"""The letters of the post itself."""

from kbot.house import House
from kbot.post.apologies import SORRY, SORRY_IN_DM, sentence
from kbot.post.outbox import Letter
from kbot.post.workers import Drop, Hold
from kbot.slack.mrkdwn import escape
from kbot.slack.outgoing import Outgoing, Post, Whisper


async def sorry(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """That a question or a flag in a channel could not be followed, to who did it alone."""
    about = letter.about
    return Whisper(about["channel"], letter.to, escape(sentence(about["reference"])), [], about["thread_ts"])


async def sorry_in_dm(house: House, letter: Letter) -> Outgoing | Drop | Hold:
    """The same under a question in kbot's Messages tab."""
    said = escape(sentence(letter.about["reference"]))
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": said}}]
    return Post(letter.to, said, blocks, letter.about["thread_ts"])


LETTERS = {SORRY: sorry, SORRY_IN_DM: sorry_in_dm}
