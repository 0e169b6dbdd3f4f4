"""The numbers in words and as a table, the same on the command line and in Slack. Pure: a report in, text out.

What asking costs comes first, before anything that it brings. Rules: product.md 6, domain.md 3.10.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from kbot.cards import Block, context, section
from kbot.review.facts import Report
from kbot.slack.mrkdwn import escape
from kbot.trail.measures import (
    Burden,
    Counts,
    adaptation_share,
    application_interval,
    application_rate,
    bounds,
    bounds_over_eligible,
    conceptual_rate,
    failure_share,
    mini_sample_rate,
    relevant_rate,
    response_rate,
    weighted_rate,
)
from kbot.trail.small_numbers import (
    FEWEST_ANSWERS,
    TOO_FEW,
    borders_in_words,
    bounds_in_words,
    eligible_in_words,
    first_use_in_words,
    half_life_in_words,
    percent,
    rate_in_words,
    used_in_words,
)
from kbot.trail.travel import contact_rate, crossing_interval, crossing_rate, crossing_ratio

NO_PERFORMANCE = "These are reports by people who chose to answer; they do not measure performance."
NOT_YET = "There are no numbers yet: they are made on Mondays, from the first questions about a use on."
NOT_FOR_YOU = (
    "`/kb stats` is for brokers and admins. What became of what you shared comes to you in a note, "
    "as far as people allow it."
)
ALL, MINDS = "all", "of decisions, insights and cautions"
CODE_LIMIT = 2900


def lines(report: Report) -> list[str]:
    """The whole report, a sentence a line."""
    last = report.until - timedelta(days=1)
    said = [
        burden(report.burden),
        f"What kbot brought from {report.since:%-d %B} to {last:%-d %B %Y}, as told by {report.as_of:%-d %B}:",
    ]
    for name, counts in parts(report):
        said += [f"{name}:", *(f"  {line}" for line in (of(counts) if counts else [TOO_FEW]))]
    return [*said, *beside(report), NO_PERFORMANCE]


def beside(report: Report) -> Iterator[str]:
    """What is said of the total alone, as far as it may be shown."""
    total = report.table.total
    if total is not None and report.again is not None:
        rate = percent(mini_sample_rate(total, report.again) or 0.0)
        yield f"with those who were asked once more because they never answered: {rate} used it"
    if report.unasked:
        yield f"told unasked, in no number above: {report.unasked}"
    if report.borders is not None and report.borders.contacts:
        yield borders_in_words(report.borders)
    if report.first_use is not None:
        yield first_use_in_words(report.first_use)
    if report.half_life is not None:
        yield half_life_in_words(report.half_life)


def parts(report: Report) -> Iterator[tuple[str, Counts | None]]:
    """The total and its parts, and apart from them what changes minds."""
    yield ALL, report.table.total
    yield from report.table.parts.items()
    if report.minds is not None and report.minds.asked:
        yield MINDS, report.minds


def of(counts: Counts) -> list[str]:
    """A set of cases in sentences; kinds of use are never added up."""
    relevant = counts.replied - counts.not_for_them
    said = [
        f"answered: {rate_in_words(counts.replied, counts.asked, 'asked')}",
        used_in_words(counts),
        bounds_in_words(counts),
        eligible_in_words(counts),
    ]
    if counts.not_for_them:
        rate = rate_in_words(counts.used, relevant, "for whom it was used it")
        said.append(f"{rate}; not for {counts.not_for_them}")
    if counts.thinking:
        said.append(f"changed how they think: {rate_in_words(counts.thinking, counts.replied, 'who answered')}")
    if counts.adapted:
        said.append(f"changed it to fit: {rate_in_words(counts.adapted, counts.used, 'who used it')}")
    if counts.tried:
        said.append(f"did not work: {rate_in_words(counts.tried, counts.used + counts.tried, 'who tried')}")
    if counts.closed.not_sampled:
        said.append(f"not drawn, so not asked: {counts.closed.not_sampled}")
    return [line for line in said if line]


def burden(cost: Burden | None) -> str:
    """What asking cost people."""
    if cost is None:
        return f"What asking cost: {TOO_FEW}."
    if not cost.messages:
        return "What asking cost: nobody was asked."
    said = [
        f"{cost.a_week or 0:.1f} messages with questions a person and week",
        f"{rate_in_words(cost.silent, cost.messages, 'of them unanswered')}",
        f"{cost.opt_outs_per_hundred or 0:.1f} opt-outs per 100",
    ]
    if cost.replied:
        said.append(f"{rate_in_words(cost.not_for_me, cost.replied, 'answers: not for me')}")
    return f"What asking cost: {', '.join(said)}."


def blocks(report: Report) -> list[Block]:
    """The same in Slack."""
    first, *middle, last = [escape(line) for line in lines(report)]
    shown = [f"*{line}*" if not line.startswith(" ") and line.endswith(":") else line for line in middle]
    return [section(first), section("\n".join(shown)), context(last)]


def code(report: Report) -> list[Block]:
    """The table in Slack: to be copied; for what is longer there is `kbot report --csv`."""
    return [section(f"```{escape(table(report))[:CODE_LIMIT]}```"), context(NO_PERFORMANCE)]


# -- as a table for other programs

COLUMNS = (
    *("part", "from", "to", "people", "eligible", "asked", "answered", "silent", "used", "used_as_is", "adapted"),
    *("did_not_work", "changed_thinking", "not_for_them", "not_yet", "told_unasked", "not_sampled", "undelivered"),
    *("response_rate", "used_of_answered", "low", "high", "bound_low", "bound_high"),
    *("eligible_low", "eligible_high", "weighted", "of_relevant", "thinking", "adapted_of_used", "failed_of_tried"),
    *("used_known_home", "used_across", "across_of_used", "across_low", "across_high", "contacts_known_home"),
    *(
        "contacts_across",
        "across_of_contacts",
        "across_ratio",
        "weeks_to_first_use",
        "items",
        "items_ended",
        "half_life_days",
    ),
)


def table(report: Report) -> str:
    """As CSV: a line for each part, rates from 0 to 1. What may not be shown is empty, as is a rate of under ten."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, counts in parts(report):
        row: dict[str, object] = {"part": name, "from": f"{report.since:%Y-%m-%d}", "to": f"{report.until:%Y-%m-%d}"}
        row |= _numbers(counts) | _rates(counts) if counts is not None else {}
        writer.writerow(row | (_beside(report) if name == ALL else {}))
    return out.getvalue()


def _beside(report: Report) -> dict[str, object]:
    """Of the total alone."""
    row: dict[str, object] = {"told_unasked": report.unasked}
    if (borders := report.borders) is not None:
        around = crossing_interval(borders)
        row |= {
            "used_known_home": borders.used,
            "used_across": borders.across,
            "contacts_known_home": borders.contacts,
            "contacts_across": borders.contacts_across,
        }
        rates = [("across_of_used", crossing_rate(borders)), ("across_low", around.low), ("across_high", around.high)]
        row |= _of_enough((name, rate, borders.used) for name, rate in rates)
        row |= _of_enough([("across_of_contacts", contact_rate(borders), borders.contacts)])
        row |= _of_enough([("across_ratio", crossing_ratio(borders), borders.used)])
    if report.first_use is not None:
        row |= {"weeks_to_first_use": report.first_use.weeks}
    if (life := report.half_life) is not None:
        row |= {"items": life.items, "items_ended": life.ended, "half_life_days": life.days}
    return row


def _of_enough(rates: Iterable[tuple[str, float | None, int]]) -> dict[str, object]:
    return {name: f"{rate:.4f}" for name, rate, whole in rates if rate is not None and whole >= FEWEST_ANSWERS}


def _numbers(counts: Counts) -> dict[str, object]:
    return {
        "people": counts.people,
        "eligible": counts.sample.eligible,
        "asked": counts.asked,
        "answered": counts.replied,
        "silent": counts.silent,
        "used": counts.used,
        "used_as_is": counts.as_is,
        "adapted": counts.adapted,
        "did_not_work": counts.tried,
        "changed_thinking": counts.thinking,
        "not_for_them": counts.not_for_them,
        "not_yet": counts.not_yet,
        "not_sampled": counts.closed.not_sampled,
        "undelivered": counts.closed.undelivered,
    }


def _rates(counts: Counts) -> dict[str, object]:
    wilson, asked, eligible = application_interval(counts), bounds(counts), bounds_over_eligible(counts)
    of_answers: Sequence[tuple[str, float | None]] = (
        ("used_of_answered", application_rate(counts)),
        ("low", wilson.low),
        ("high", wilson.high),
        ("bound_low", asked.low),
        ("bound_high", asked.high),
        ("eligible_low", eligible.low),
        ("eligible_high", eligible.high),
        ("weighted", weighted_rate(counts)),
        ("thinking", conceptual_rate(counts)),
    )
    rates = [(name, rate, counts.replied) for name, rate in of_answers]
    rates.append(("response_rate", response_rate(counts), counts.asked))
    rates.append(("of_relevant", relevant_rate(counts), counts.replied - counts.not_for_them))
    rates.append(("adapted_of_used", adaptation_share(counts), counts.used))
    rates.append(("failed_of_tried", failure_share(counts), counts.used + counts.tried))
    return _of_enough(rates)
