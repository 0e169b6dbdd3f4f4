"""Whose yes a new item needs. Pure. Rule: product.md 1."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kbot.library.facts import Consent, WaitsFor
from kbot.people.facts import Policy, Publication

OPT_OUT_AFTER = timedelta(hours=24)
LAPSES_AFTER = timedelta(days=14)
UNDO_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Terms:
    """On which terms an item begins. It is published at once when it waits for nothing."""

    waits_for: WaitsFor
    consent: Consent
    until: datetime | None = None


def terms(policy: Policy, contributor: str | None, flagger: str, now: datetime) -> Terms:
    """What a new item waits for. `contributor` is None for a message of an app; `now` is people's time, UTC.

    An author's own flag is consent. A message without a human author waits for the broker, as everything does in a
    channel whose policy is review.
    """
    consent = Consent.GIVEN if contributor in (None, flagger) else Consent.ASKED
    if contributor is None or policy.publication is Publication.REVIEW:
        return Terms(WaitsFor.BROKER, consent)
    if contributor == flagger or policy.publication is Publication.NOTIFY:
        return Terms(WaitsFor.NOTHING, consent)
    if policy.publication is Publication.OPT_OUT:
        return Terms(WaitsFor.TIME, consent, now + OPT_OUT_AFTER)
    return Terms(WaitsFor.CONTRIBUTOR, consent, now + LAPSES_AFTER)
