"""A kbot that is killed again and again, also before it has come up."""

import signal
import time
from collections.abc import Mapping
from pathlib import Path

from kbot.playground.driver import Driver
from kbot.storage.address import Address
from tests.journeys.bot import STOP_SECONDS, Bot, Run


class Mortal(Bot):
    """A kbot that nobody waits for."""

    def __init__(self, folder: Path, environment: Mapping[str, str], slack: Driver, address: Address, run: Run) -> None:
        super().__init__(folder, environment, slack, address, run)

    def launch(self) -> None:
        """Start it, without waiting."""
        self._process = self._run(self._environment, self._log)

    def live_for(self, seconds: float) -> None:
        """Start it and kill it so many seconds later, wherever it is then."""
        self.launch()
        time.sleep(seconds)
        assert self.is_running(), f"kbot has ended by itself:\n{self.log[-5000:]}"
        self.kill()

    def live_at_work_for(self, seconds: float) -> None:
        """Start it, wait until it is connected, and kill it so many seconds after that."""
        self.start()
        time.sleep(seconds)
        self.kill()

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """The exit code; fails when it does not end in time."""
        assert self._process is not None
        return self._process.wait(STOP_SECONDS)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None
