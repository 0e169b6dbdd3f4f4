"""How many examples a property is tried on: few in `make test`, KBOT_TEST_EXAMPLES times as many in `make faults`."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("KBOT_TEST_EXAMPLES", "1"))
FEW = 25


def examples(few: int = FEW) -> int:
    """`few` in `make test`; enough of them that a mistake in a common case is found each time."""
    return few * TIMES


settings.register_profile("kbot", max_examples=examples(), deadline=None)
settings.load_profile("kbot")
