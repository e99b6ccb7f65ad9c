"""Whether a policy whose numbers were changed is one that the checker lets through, as it did before.

``check`` says of a file what is wrong with it, and where; here the same is asked of a policy that is in no file yet:

- a row's release value is on the calm side of every engage value (IVR513), and each tier's is at least the tier's
  before (IVR512), within what the figure can be (IVR511);
- times are in their ranges (IVR505), and a tier does not go home quicker than it came (IVR530);
- the first tier comes before every promise is broken (IVR514);
- what the load alone can change within an hour (``bound``) is no more than it was, or below the ceiling.

A policy that has a warning keeps it: only what was right must stay right.
"""

from __future__ import annotations

import itertools
from datetime import timedelta

from ivrctl.staffing.bound import bound_of
from ivrctl.staffing.policy import Measure, Policy, Timing, Trigger
from ivrctl.staffing.policy_files.check_table import RANGES, WAITS
from ivrctl.staffing.policy_files.check_timing import DAY, ENGAGE


def is_provable(policy: Policy, before: Policy, longest_promise: timedelta | None = None) -> bool:
    """True when a policy has no error, and no warning that another does not have.

    Args:
        policy: the one with changed numbers.
        before: the one that was checked.
        longest_promise: within what all customers are promised an answer; None where nobody is.
    """
    return (
        all(map(_is_ordered, policy.triggers))
        and _is_timed(policy.timing, before.timing)
        and not _flaps_anew(policy.timing, before.timing)
        and not _comes_late_anew(policy, before, longest_promise)
        and _is_bounded(policy, before)
    )


def _is_ordered(trigger: Trigger) -> bool:
    """Release, and then each tier, none before the one before it; all of them values that the figure can have."""
    sign = -1 if trigger.measure.is_low_bad else 1
    least, most, _ = RANGES[trigger.measure]
    known = [value for value in trigger.engage if value is not None]
    severities = [sign * value for value in known]
    return (
        all(least <= value <= most for value in (trigger.release, *known))
        and all(one <= beyond for one, beyond in itertools.pairwise(severities))
        and (not severities or sign * trigger.release < severities[0])
    )


def _is_timed(timing: Timing, before: Timing) -> bool:
    """Every time that is another than before is in its range."""
    times = (
        (timing.engage_after, before.engage_after, ENGAGE),
        (timing.release_after, before.release_after, DAY),
        (timing.stay_at_least, before.stay_at_least, DAY),
    )
    return all(new == old or least <= new <= most for new, old, (least, most) in times)


def _flaps_anew(timing: Timing, before: Timing) -> bool:
    return timing.release_after < timing.engage_after and not before.release_after < before.engage_after


def _comes_late_anew(policy: Policy, before: Policy, longest: timedelta | None) -> bool:
    if longest is None:
        return False
    late = {trigger.measure for trigger in before.triggers if _is_late(trigger, longest)}
    return any(_is_late(trigger, longest) for trigger in policy.triggers if trigger.measure not in late)


def _is_late(trigger: Trigger, longest: timedelta) -> bool:
    first = trigger.engage[0] if trigger.engage else None
    if first is None:
        return False
    if trigger.measure in WAITS:
        return first >= longest.total_seconds()
    return trigger.measure is Measure.PROMISE_USED and first >= 1


def _is_bounded(policy: Policy, before: Policy) -> bool:
    new, old = bound_of(policy), bound_of(before)
    if new.by_tiers is None:
        return old.by_tiers is None
    return new.by_tiers <= max(new.ceiling, old.by_tiers or new.by_tiers)
