"""The only source of "now". People's time can be moved; the machine's time cannot.

People's time decides when a follow-up is due, what "this week" is and whether somebody is at work. The machine's
time decides signatures, leases, back-off and timeouts. Neither is ever compared with a Slack `ts`.
"""

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

log = logging.getLogger(__name__)

REREAD_SECONDS = 0.1


class Clock:
    """Tells people's time and the machine's time.

    `file` (KBOT_CLOCK_FILE) holds how many seconds people's time is ahead, as text; it is re-read ten times a
    second, so that a playground or a test can move the days on. A file that cannot be read moves nothing.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._ahead = timedelta()
        self._read_at = float("-inf")
        if file is not None:
            log.warning("people's time is moved by the file %s: never use this with real people", file)

    @property
    def can_be_moved(self) -> bool:
        """Whether there is a file that moves people's time."""
        return self._file is not None

    def now(self) -> datetime:
        """People's time, UTC."""
        return self.real() + self.ahead()

    def real(self) -> datetime:
        """The machine's time, UTC: for leases, back-off and timeouts."""
        return datetime.now(UTC)

    def ahead(self) -> timedelta:
        """How far people's time is ahead of the machine's."""
        if self._file is not None and time.monotonic() - self._read_at >= REREAD_SECONDS:
            self._read_at = time.monotonic()
            self._ahead = self._read(self._file)
        return self._ahead

    def _read(self, file: Path) -> timedelta:
        try:
            text = file.read_text().strip()
            return timedelta(seconds=float(text)) if text else timedelta()
        except FileNotFoundError:
            return timedelta()
        except (OSError, ValueError, OverflowError) as error:
            log.warning("the clock file %s cannot be used (%s): people's time stays as it was", file, error)
            return self._ahead
