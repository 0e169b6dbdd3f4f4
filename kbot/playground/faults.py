"""Trouble on demand. Each fault waits for its target, strikes `times` times, and is gone (-1: stays)."""

import time
from dataclasses import dataclass
from enum import StrEnum

ON_ITS_WAY_SECONDS = 0.1
"""A call that comes so soon after a limit was told was made before the app could know of it."""


class Trouble(StrEnum):
    # for Web API methods
    DROP_BEFORE = "drop_before"  # the connection is cut, nothing was done
    DROP_AFTER = "drop_after"  # done, but the connection is cut before the answer
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    RATE_LIMITED = "429"
    HANG = "hang"  # nothing is done and no answer comes for `seconds`, then the connection is cut
    REFUSED = "refused"  # Slack answers `error`, nothing was done
    # for both
    DELAY = "delay"  # `seconds` late
    # for what is sent to the app: event:<type>, interaction:<type>, command:<name>
    MISS = "miss"  # this attempt never arrives; the retries do
    LOST = "lost"  # no attempt arrives
    DUPLICATE = "duplicate"  # arrives twice, with the same event_id
    REORDER = "reorder"  # waits `seconds` (default 0.5) so that later ones overtake it


@dataclass
class Fault:
    target: str
    """A method, or `event:reaction_added`; `*` at the end stands for anything."""
    trouble: Trouble
    times: int = 1
    seconds: float | None = None
    retry_after: int = 1
    error: str = "internal_error"

    def strikes(self, name: str) -> bool:
        if self.times == 0:
            return False
        if self.target.endswith("*"):
            return name.startswith(self.target[:-1])
        return name == self.target


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._limited_until: dict[str, float] = {}
        self._told: dict[str, float] = {}
        self.page_cap: int | None = None
        """When set, no page of any paginated method holds more."""

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()
        self._limited_until.clear()
        self.page_cap = None

    def take(self, name: str) -> Fault | None:
        """The fault that strikes now, counted down."""
        for fault in self._waiting:
            if fault.strikes(name):
                if fault.times > 0:
                    fault.times -= 1
                self._waiting = [f for f in self._waiting if f.times != 0]
                return fault
        return None

    def limit(self, method: str, seconds: int) -> None:
        self._told[method] = time.monotonic()
        self._limited_until[method] = self._told[method] + seconds

    def was_known(self, method: str) -> bool:
        """Whether the app can know by now that it may not call this method."""
        return time.monotonic() - self._told[method] > ON_ITS_WAY_SECONDS

    def still_limited(self, method: str) -> float:
        """Seconds for which the app was told not to call this method; 0 when it may."""
        return max(0.0, self._limited_until.get(method, 0.0) - time.monotonic())
