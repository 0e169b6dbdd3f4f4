"""How many examples a property is tried on: few in `make test`, KBOT_TEST_EXAMPLES times as many in `make faults`.

In `make test` they are the same ones each time, so that a change is judged by itself and not by luck; `make faults`
looks for new ones.
"""

import os

from hypothesis import settings

TIMES = int(os.environ.get("KBOT_TEST_EXAMPLES", "1"))
FEW = 25


def examples(few: int = FEW) -> int:
    """`few` in `make test`; enough of them that a mistake in a common case is found each time."""
    return few * TIMES


settings.register_profile("kbot", max_examples=examples(), deadline=None, derandomize=TIMES == 1)
settings.load_profile("kbot")
