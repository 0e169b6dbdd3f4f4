"""What a case asks next. Pure: a case in, a step out. Wording and order: domain.md 3.3 F.

The status comes first and alone is a complete answer; "May I tell Ana?" comes after how it went, so that the pleasure
of thanking does not inflate what is said.
"""

from collections.abc import Sequence

from kbot.follow_up.facts import OUTCOME, SILENCE, SUSTAIN, TELLING, WHICH, Answer, Case, CaseState, Form, Step, Telling
from kbot.trail.facts import Barrier, Outcome, Status

MOST_ASKS = 3
NOT_YET_BARRIERS = (Answer.NO_OCCASION, Answer.NO_TIME, Answer.UNCLEAR, Answer.NEED_OK, Answer.FORGOT)
TRIED_BARRIERS = (
    Answer.UNCLEAR,
    Answer.MISSING_ACCESS,
    Answer.CONFLICTS,
    Answer.OUTDATED,
    Answer.WORKED_PARTLY,
)
AGAINST_BARRIERS = (Answer.BETTER_WAY, Answer.NOT_CONVINCED, Answer.CONFLICTS, Answer.NO_TIME, Answer.OUTDATED)
MORE_BARRIERS = (Answer.WRONG, Answer.MISSING_SKILL, Answer.OTHER)
"""In the menu, so that five stand in the open."""

OF_STEP: dict[Step, Sequence[Answer]] = {
    Step.WHICH: (*WHICH, Answer.CANT_SAY),
    Step.OUTCOME: tuple(OUTCOME),
    Step.TELLING: tuple(TELLING),
    Step.COME_BACK: (
        Answer.IN_TWO_WEEKS,
        Answer.IN_A_MONTH,
        Answer.IN_THREE_MONTHS,
        Answer.COMES_UP,
        Answer.NO_MORE,
    ),
    Step.CHANGED: (Answer.FITTED, Answer.CORRECTED, Answer.SIMPLER, Answer.SKIP_CHANGE),
    Step.VARIANT: (Answer.VARIANT, Answer.JUST_TELL, Answer.KEEP),
    Step.HELP: (Answer.HELP_CONTRIBUTOR, Answer.HELP_USER, Answer.NO_HELP),
    Step.STORY: (Answer.STORY, Answer.MAY_ASK_ME, Answer.NO_STORY),
    Step.REASON: (Answer.WRONG_TOPIC, Answer.KNOWN, Answer.WRONG_ROLE),
    Step.CONFIRM: (Answer.CONFIRM_NAMED, Answer.CONFIRM_UNNAMED, Answer.CONFIRM_NOT),
    Step.SHARE: (Answer.SHARE, Answer.SHARE_NOT),
    Step.TO_WHOM: (Answer.TO_WHOM, Answer.TO_NOBODY),
    Step.SUSTAIN: tuple(SUSTAIN),
    Step.SILENCE: SILENCE,
}
"""The answers of the steps after the status; those of BARRIER depend on it."""

ONE_QUESTION = {Form.SUSTAIN: Step.SUSTAIN, Form.SILENT: Step.SILENCE}
"""Forms whose one question has answers of its own."""

HELPABLE = (Barrier.UNCLEAR, Barrier.MISSING_SKILL, Barrier.MISSING_ACCESS)
"""What stands in the way before a first try, and somebody could help with."""


def barriers(status: Status | None) -> Sequence[Answer]:
    """What may have been in the way, for each kind of answer."""
    match status:
        case Status.NOT_YET:
            return (*NOT_YET_BARRIERS, Answer.MISSING_SKILL, Answer.OTHER)
        case Status.TRIED_NOT_WORKED:
            return (*TRIED_BARRIERS, *MORE_BARRIERS)
        case Status.DECIDED_AGAINST:
            return (*AGAINST_BARRIERS, *MORE_BARRIERS)
        case _:
            return ()


def step_of(case: Case, answer: Answer) -> Step | None:
    """To which optional step of this case an answer belongs; None: to none that it has."""
    for step in path(case):
        if answer in (barriers(case.status) if step is Step.BARRIER else OF_STEP.get(step, ())):
            return step
    return None


def path(case: Case) -> Sequence[Step]:
    """The steps after the status, in their order."""
    if case.form in ONE_QUESTION:
        return (ONE_QUESTION[case.form],)
    match case.status:
        case Status.NOT_YET:
            return (Step.BARRIER, *_help_before_a_try(case), Step.COME_BACK)
        case Status.APPLIED_AS_IS if case.outcome is Outcome.MADE_WORSE:
            return (Step.OUTCOME, Step.HELP, Step.TELLING)
        case Status.APPLIED_AS_IS if case.outcome is Outcome.HELPED:
            return (*_which(case), Step.OUTCOME, Step.TELLING, Step.STORY)
        case Status.APPLIED_AS_IS:
            return (*_which(case), Step.OUTCOME, Step.TELLING)
        case Status.APPLIED_ADAPTED:
            return (Step.CHANGED, Step.OUTCOME, Step.VARIANT, Step.TELLING)
        case Status.TRIED_NOT_WORKED:
            return (Step.BARRIER, Step.HELP, Step.TELLING, Step.STORY)
        case Status.NOT_APPLICABLE:
            return (Step.REASON,)
        case Status.DECIDED_AGAINST:
            return (Step.BARRIER, *_offer_to_share(case))
        case Status.ALREADY_DID:
            return (Step.CONFIRM,)
        case Status.CHANGED_THINKING:
            return (Step.TELLING,)
        case Status.PASSED_ON:
            return (Step.TO_WHOM,)
        case _:
            return ()


def _which(case: Case) -> Sequence[Step]:
    """Of several that answered, one helped; what is said then is said of that one alone."""
    return (Step.WHICH,) if len(case.cited) > 1 else ()


def _help_before_a_try(case: Case) -> Sequence[Step]:
    said = case.taps.get(Step.BARRIER)
    return (Step.HELP,) if said is not None and said.value in HELPABLE else ()


def _offer_to_share(case: Case) -> Sequence[Step]:
    return (Step.SHARE,) if case.taps.get(Step.BARRIER) is Answer.BETTER_WAY else ()


def next_step(case: Case, contributor: str | None) -> Step:
    """What is asked next. Nobody is asked to tell an app, or themselves, what they did."""
    only = ONE_QUESTION.get(case.form)
    if only is not None:
        return only if only not in case.taps else Step.DONE
    if case.status is None or case.state is CaseState.ASKED:  # asked once more: "not yet" is no answer to that
        return Step.STATUS
    for step in path(case):
        match step:
            case Step.OUTCOME if case.outcome is not None:
                continue
            case Step.TELLING if case.telling is not Telling.UNASKED or contributor in (None, case.person):
                continue
            case Step.COME_BACK if not may_be_asked_again(case):
                continue
            case Step.HELP if contributor == case.person:
                continue
            case _ if step in case.taps:
                continue
            case _:
                return step
    return Step.DONE


def may_be_asked_again(case: Case) -> bool:
    """Three asks in all, and none about what was told unasked (domain.md 2.9-5)."""
    return case.form is not Form.SELF and case.asks_made < MOST_ASKS
