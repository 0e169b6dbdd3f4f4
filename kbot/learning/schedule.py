"""When to ask again: by `fsrs` where it is installed (the extra `learning`), else by a schedule of five lines. Pure.

That expanding intervals are better than even ones is not proven (domain.md 3.6); both keep what they know of a check in
one dictionary, and each reads the other's as a beginning.
"""

try:
    from kbot.learning.by_fsrs import after
except ImportError:
    from kbot.learning.evenly import after

__all__ = ["RETIRED_FROM", "after"]

RETIRED_FROM = 180
"""Days. Who need not be asked for so long knows it by heart."""
