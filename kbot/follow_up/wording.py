"""The words of follow-up: each question, its answers and their order. Source: domain.md 3.3. Pure.

Wording is part of the measurement, so each has a name, which is kept with every question that was shown. Whoever
changes a word changes the name.
"""

from collections.abc import Mapping, Sequence

from kbot.follow_up.facts import Answer, Case, Form, Step
from kbot.follow_up.steps import ONE_QUESTION
from kbot.trail.facts import Complaint, Outcome, Status

VARIANTS = {
    Form.QUESTION: "C1",
    Form.USE: "D1",
    Form.THOUGHT: "E1",
    Form.SUSTAIN: "H1",
    Form.SILENT: "L1",
    Form.SELF: "S1",
}
AGAIN, LAST = "G1", "G2"

STILL_OPEN = "Still open from before: "
LAST_TIME = "Last time I ask about this: "

Options = Sequence[tuple[Answer, str]]

QUESTION_BUTTONS: Options = (
    (Answer.SOLVED, "Solved it"),
    (Answer.PARTLY, "Partly"),
    (Answer.NOT_WORKED, "Didn't work"),
    (Answer.NOT_TRIED, "Haven't tried yet"),
    (Answer.OFF_THE_POINT, "Wasn't the point"),
)
USE_BUTTONS: Options = (
    (Answer.NOT_YET, "Not yet"),
    (Answer.USED, "Used it"),
    (Answer.ADAPTED, "Used it, changed it"),
    (Answer.TRIED, "Tried, didn't work"),
    (Answer.NOT_FOR_ME, "Not for me"),
)
USE_MENU: Options = (
    (Answer.THINKING, "It changed how I think"),
    (Answer.ALREADY, "I already did this"),
    (Answer.AGAINST, "Decided against it"),
    (Answer.PASSED_ON, "Passed it on"),
    (Answer.DONT_ASK, "Don't ask about this"),
)
THOUGHT_BUTTONS: Options = (
    (Answer.NO_CHANGE, "Not really"),
    (Answer.THINKING, "Changed how I think"),
    (Answer.USED_TO_DECIDE, "Used it to decide"),
    (Answer.NOT_FOR_ME, "Not for me"),
)
THOUGHT_MENU: Options = (
    (Answer.NOT_YET, "Not yet"),
    (Answer.TRIED, "Tried, didn't work"),
    (Answer.AGAINST, "Decided against it"),
    (Answer.PASSED_ON, "Passed it on"),
    (Answer.DONT_ASK, "Don't ask about this"),
)

QUESTIONS: Mapping[Step, str] = {
    Step.WHICH: "Which one helped?",
    Step.OUTCOME: "Good. How did it go?",
    Step.TELLING: "May I tell {contributor}?",
    Step.COME_BACK: "Shall I come back to it?",
    Step.CHANGED: "What did you change?",
    Step.VARIANT: "Could others with your case use your version?",
    Step.HELP: "Want help?",
    Step.STORY: "Two lines for the next person? Only if you like.",
    Step.REASON: "Got it, I won't ask again. What was off, if you care to say?",
    Step.CONFIRM: "Then it's confirmed by you. OK to say so on the item?",
    Step.SHARE: "Want to share yours?",
    Step.TO_WHOM: "To whom? Only if you like.",
    Step.SUSTAIN: "You used this about three months ago. Today?",
    Step.SILENCE: "One question, one tap, then quiet: you never answered about this - no problem. Which is closest?",
}
BARRIER_QUESTIONS = {
    Status.NOT_YET: "Fine. What's in the way, if anything?",
    Status.TRIED_NOT_WORKED: "Thanks - that is worth as much as a success. What happened?",
    Status.DECIDED_AGAINST: "What tipped it?",
}
LABELS: Mapping[Answer, str] = {
    Answer.FIRST: "The first",
    Answer.SECOND: "The second",
    Answer.THIRD: "The third",
    Answer.CANT_SAY: "Can't say",
    Answer.HELPED: "It helped",
    Answer.NO_DIFFERENCE: "Made no difference",
    Answer.MADE_WORSE: "Made it worse",
    Answer.TOO_EARLY: "Too early to say",
    Answer.TELL_NAMED: "Yes, with my name",
    Answer.TELL_UNNAMED: "Yes, without my name",
    Answer.TELL_NOT: "No",
    Answer.NO_OCCASION: "It hasn't come up",
    Answer.NO_TIME: "No time",
    Answer.UNCLEAR: "Not clear how",
    Answer.MISSING_SKILL: "Need to learn first",
    Answer.MISSING_ACCESS: "No access or tool",
    Answer.NEED_OK: "Need someone's OK",
    Answer.NOT_CONVINCED: "Not convinced",
    Answer.BETTER_WAY: "I have a better way",
    Answer.CONFLICTS: "Clashes with our setup",
    Answer.OUTDATED: "It's outdated",
    Answer.WRONG: "It's wrong",
    Answer.FORGOT: "I forgot",
    Answer.WORKED_PARTLY: "Worked only partly",
    Answer.OTHER: "Something else",
    Answer.IN_TWO_WEEKS: "In 2 weeks",
    Answer.IN_A_MONTH: "In a month",
    Answer.IN_THREE_MONTHS: "In 3 months",
    Answer.COMES_UP: "When it comes up",
    Answer.NO_MORE: "No",
    Answer.FITTED: "To fit our case",
    Answer.CORRECTED: "It had a mistake",
    Answer.SIMPLER: "Made it simpler",
    Answer.SKIP_CHANGE: "Skip",
    Answer.VARIANT: "Save as a variant",
    Answer.JUST_TELL: "Just tell {contributor}",
    Answer.KEEP: "Keep to myself",
    Answer.HELP_CONTRIBUTOR: "Ask {contributor}",
    Answer.HELP_USER: "Ask someone who used it",
    Answer.NO_HELP: "No, thanks",
    Answer.STORY: "Write two lines",
    Answer.MAY_ASK_ME: "Others may ask me",
    Answer.NO_STORY: "Not now",
    Answer.WRONG_TOPIC: "Wrong topic",
    Answer.KNOWN: "Already know it",
    Answer.WRONG_ROLE: "Wrong role",
    Answer.CONFIRM_NAMED: "Yes",
    Answer.CONFIRM_UNNAMED: "Without my name",
    Answer.CONFIRM_NOT: "No",
    Answer.SHARE: "Share mine",
    Answer.SHARE_NOT: "Not now",
    Answer.TO_WHOM: "Say to whom",
    Answer.TO_NOBODY: "Rather not",
    Answer.REGULARLY: "Use it regularly",
    Answer.IMPROVED: "Improved it",
    Answer.WITH_OTHERS: "Others here use it too",
    Answer.STOPPED: "Not any more",
    Answer.NO_OCCASION_SINCE: "No occasion since",
    Answer.UNSEEN: "Didn't see it",
    Answer.TOO_BUSY: "No time to answer",
    Answer.USED_SILENTLY: "Used it, didn't say",
    Answer.NOT_USED: "Didn't use it",
    Answer.LEAVE_ME_OUT: "Leave me out",
}
"""Of the answers that are the same wherever they are asked."""

SAID = {
    Status.NOT_YET: "Not yet",
    Status.APPLIED_AS_IS: "Used it",
    Status.APPLIED_ADAPTED: "Used it, changed it",
    Status.TRIED_NOT_WORKED: "Tried, didn't work",
    Status.NOT_APPLICABLE: "Not for me",
    Status.CHANGED_THINKING: "It changed how I think",
    Status.ALREADY_DID: "I already did this",
    Status.DECIDED_AGAINST: "Decided against it",
    Status.PASSED_ON: "Passed it on",
    Status.DECLINED: "Don't ask about this",
    Status.NO_CHANGE: "It changed nothing for me",
    Status.OFF_THE_POINT: "The answer wasn't the point",
}
WENT = {
    Outcome.HELPED: "it helped",
    Outcome.PARTLY: "it helped partly",
    Outcome.NO_DIFFERENCE: "it made no difference",
    Outcome.MADE_WORSE: "it made things worse",
    Outcome.TOO_EARLY: "too early to say",
}
AFTER_OUTCOME = {
    Outcome.HELPED: "Good to hear.",
    Outcome.NO_DIFFERENCE: "Useful to know.",
    Outcome.MADE_WORSE: "Sorry to hear that. The broker learns that it did harm, not from whom.",
}
THANKS = {
    Status.NOT_YET: "Fine, nobody is late.",
    Status.TRIED_NOT_WORKED: "Thanks - that is worth as much as a success.",
    Status.NOT_APPLICABLE: "Got it, I won't ask again.",
    Status.DECLINED: "Got it, I won't ask about this again.",
    Status.OFF_THE_POINT: "Thanks, that helps me to answer better.",
}
DOUBTED = {Complaint.OUTDATED: "it is outdated", Complaint.WRONG: "it is wrong"}

AFTER_TAP: Mapping[Answer, str] = {
    Answer.NO_TIME: "Nothing more on that, then.",
    Answer.NEED_OK: "If five or more say so, the broker hears it, without names.",
    Answer.MISSING_ACCESS: "If five or more say so, the broker hears it, without names.",
    Answer.CONFLICTS: "Noted.",
    Answer.HELP_CONTRIBUTOR: "I ask {contributor}, and say that it is you. After three working days without a word I "
    "ask the next who may know.",
    Answer.HELP_USER: "I ask somebody who used it and offered to help, and say that it is you.",
    Answer.MAY_ASK_ME: "Good: whoever gets stuck with it may be sent to you, twice at a time at most.",
    Answer.CONFIRM_NAMED: "The item says that you confirm it.",
    Answer.CONFIRM_UNNAMED: "The item says that somebody confirms it.",
    Answer.VARIANT: "Your variant is saved; both of you are credited.",
    Answer.SHARE: "Yours is saved beside it.",
    Answer.TO_WHOM: "It lies in their Home tab, if they may see it; no message goes to them, and your name stays out.",
    Answer.WRONG_TOPIC: "I weigh that when I choose what to send you.",
    Answer.KNOWN: "I weigh that when I choose what to send you.",
    Answer.WRONG_ROLE: "I weigh that when I choose what to send you.",
    Answer.LEAVE_ME_OUT: "Fine, I leave you out of that.",
    Answer.COMES_UP: "I'll ask after the next time you bring it up - or in a month.",
}
"""What comes of an optional tap, said in the receipt."""


def variant(case: Case) -> str:
    """The name of the words in which this case is asked the next time."""
    if case.form in ONE_QUESTION or case.asks_made == 0:
        return VARIANTS[case.form]
    return f"{VARIANTS[case.form]}-{AGAIN if case.asks_made == 1 else LAST}"


def lead(case: Case) -> str:
    """How the question begins that is asked for the first, the second and the last time."""
    return {0: "", 1: "", 2: STILL_OPEN}.get(case.asks_made, LAST_TIME)
