"""Whether the measures tell the truth: many small organisations of known behaviour, through kbot's own code.

Each seed is an organisation of 16 people in 2 channels and 8 time zones over 9 weeks (`kbot simulate` lives through
one of 200 people and 26 weeks; 200 of those would take hours). Truth: about 3 in 10 used what they had contact with;
who did answers in 60 % of cases, others in 35 %. The bounds, with the sampling margin, must contain the share of the
eligible receipts that were used in 95 % of the seeds, and no seed may break what is promised of messages and trail.
"""

import multiprocessing
import os
import statistics
import time

from kbot.simulation.outcome import Outcome, simulated
from kbot.simulation.running import Size
from kbot.trail.measures import application_interval, bounds_over_eligible

SIZE = Size(people=16, channels=2, weeks=9)
SEEDS = 200
AT_LEAST = 0.95


def _one(seed: int) -> tuple[int, Outcome, float]:
    started = time.process_time()
    return seed, simulated(seed, SIZE), time.process_time() - started


def measure(seeds: int) -> bool:
    """Let so many organisations live, print what their numbers say. True when they keep their word."""
    found = []
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for seed, one, seconds in pool.imap_unordered(_one, range(1, seeds + 1)):
            found.append((one, seconds))
            if not (one.holds_the_truth and one.keeps_its_word):
                print(f"seed {seed}", *one.lines, sep="\n  ")
    outcomes = [one for one, _ in found]
    held = sum(one.holds_the_truth for one in outcomes)
    naive = sum(application_interval(one.counts).contains(one.truth) for one in outcomes)
    wide = statistics.median(wide.high - wide.low for wide in (bounds_over_eligible(one.counts) for one in outcomes))
    kept = sum(one.keeps_its_word for one in outcomes)
    good = held >= AT_LEAST * seeds and kept == seeds
    print(
        f"simulate    truth inside the bounds {held} of {seeds}, median width {100 * wide:.0f} points "
        f"(the plain interval held it in {naive}); promises kept {kept} of {seeds}; "
        f"median {statistics.median(seconds for _, seconds in found):.1f} s CPU a seed  "
        f"target >= {AT_LEAST:.0%} and all  {'met' if good else 'MISSED'}"
    )
    return good
