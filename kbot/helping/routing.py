"""Who is asked for help next. Pure: facts in, a decision out. Rule: domain.md 2.3, 3.7, 3.9.

The contributor, then those for whom it worked and who offered to help; the broker has it when nobody is left. In kbot
the contributor is the steward of what they shared.
"""

from collections.abc import Collection, Iterable, Sequence

from kbot.helping.facts import Candidate, Role
from kbot.trail.facts import Fact, Helper, HelpOffered, Outcome, Responded

MOST_HELPERS = 3
"""The first, and two more at most: then a human decides."""


def candidates(first: Helper, contributor: str | None, users: Iterable[str]) -> tuple[Candidate, ...]:
    """Who may know, in the order in which they are asked: the asker says who comes first."""
    shared = [Candidate(contributor, Role.CONTRIBUTOR)] if contributor is not None else []
    used = [Candidate(person, Role.USER) for person in users if person != contributor]
    return tuple(used + shared if first is Helper.USER else shared + used)


def next_helper(
    found: Sequence[Candidate], asker: str, asked: Collection[str], able: Collection[str]
) -> Candidate | None:
    """Who is asked now; None: nobody is left. `asked` were asked before, `able` may see the item and be asked now."""
    if len(asked) >= MOST_HELPERS:
        return None
    wanted = (one for one in found if one.person != asker and one.person not in asked and one.person in able)
    return next(wanted, None)


def users_who_offered(said: Iterable[Fact]) -> list[str]:
    """For whom it worked and who offered to help, by their latest word; who offered last comes first.

    `said` are the `HelpOffered` and `Responded` facts about one item, oldest first.
    """
    offered: dict[str, bool] = {}
    worked: dict[str, bool] = {}
    for fact in said:
        if fact.person is None:
            continue
        if isinstance(fact, HelpOffered):
            offered.pop(fact.person, None)
            offered[fact.person] = fact.offered
        elif isinstance(fact, Responded):
            worked[fact.person] = fact.status.is_use and fact.outcome is Outcome.HELPED
    return [person for person, may_ask in reversed(offered.items()) if may_ask and worked.get(person)]
