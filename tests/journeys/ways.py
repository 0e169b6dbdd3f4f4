"""In which ways a journey is run: Socket Mode on SQLite, unless it says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest


@dataclass(frozen=True)
class How:
    """`settings` are added to kbot's environment. `by_command`: started as an operator does, not forked, and with the
    real language model; elsewhere texts are compared by the words they share, unless `with_model`."""

    http: bool = False
    postgresql: bool = False
    by_command: bool = False
    with_model: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        way = f"{'http' if self.http else 'socket'}-{'postgresql' if self.postgresql else 'sqlite'}"
        return "-".join([way, *self.settings.values()])


def run(*hows: How) -> pytest.MarkDecorator:
    """Run the test in each of these ways."""
    return pytest.mark.parametrize("how", hows, indirect=True, ids=str)


SOCKET, HTTP, POSTGRESQL = How(), How(http=True), How(postgresql=True)
in_both_modes = run(SOCKET, HTTP)
on_both_databases = run(SOCKET, POSTGRESQL)
in_every_way = run(How(by_command=True), How(http=True, by_command=True), How(postgresql=True, by_command=True))
by_command = run(How(by_command=True))
with_model = run(How(with_model=True))
everywhere = run(SOCKET, HTTP, POSTGRESQL)
by_http = run(HTTP)
on_postgresql = run(POSTGRESQL)


def with_settings(**settings: str) -> pytest.MarkDecorator:
    """Run the test with these in kbot's environment."""
    return run(How(settings=settings))
