"""What every door is handed: units of work, the clock, Slack's reader, the embedder, the settings, kbot's own name."""

from dataclasses import dataclass
from datetime import datetime

from kbot.act import Act
from kbot.clock import Clock
from kbot.meaning.composer import Composer
from kbot.meaning.embedder import Embedder
from kbot.settings import Settings
from kbot.slack.reader import SlackReader
from kbot.storage.units import Units


@dataclass(frozen=True)
class House:
    """`me` is kbot's own user id. Without a composer answers show the items themselves."""

    unit: Units
    clock: Clock
    slack: SlackReader
    settings: Settings
    me: str
    embedder: Embedder
    composer: Composer | None = None

    def now(self) -> datetime:
        """People's time, UTC."""
        return self.clock.now()

    def act(self, team: str, person: str, place: str, key: str) -> Act:
        """An act of now."""
        return Act(team, person, place, self.clock.now(), key)
