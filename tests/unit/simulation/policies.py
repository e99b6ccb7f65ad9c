"""A small policy: people who pause are asked, then a leader is called in, and later two inspectors."""

from __future__ import annotations

from datetime import timedelta

from ivrctl.simulation.day import Shift, SimulatedAgent
from ivrctl.staffing.policy import Bring, Measure, Person, Policy, Tier, Timing, Trigger

from .days import HOUR, agent

MINUTE = timedelta(minutes=1)
ALL_DAY = (Shift(0.0, 10 * HOUR),)


def person(number: str, *own_queues: str) -> Person:
    return Person(number, f"Agent {number}", f"PJSIP/{number}", "", own_queues)


def backup(number: str, **changes: object) -> SimulatedAgent:
    """Somebody who is available for backup all day, and has no daily work."""
    return agent(number, {}, on_call=ALL_DAY, **changes)


BREAK = Tier("break", Bring.ASK, paused_for=frozenset({"break"}), queues=("sales",), patience=2 * MINUTE)
LEADERS = Tier("leaders", Bring.ADD, (person("81"),), queues=("sales",), penalty=5)
QUALITY = Tier("quality", Bring.ADD, (person("91"), person("92")), queues=("sales",), penalty=5)
TIMING = Timing(
    engage_after=MINUTE,
    release_after=5 * MINUTE,
    stay_at_least=10 * MINUTE,
    rest_at_least=5 * MINUTE,
    changes_per_hour=40,
)
POLICY = Policy(
    name="desk",
    queues=("sales",),
    window=5 * MINUTE,
    tiers=(LEADERS, QUALITY),
    triggers=(Trigger(Measure.LONGEST_WAIT, (30.0, 60.0), 10.0),),
    timing=TIMING,
)
STAFF = (backup("81"), backup("91"), backup("92"))
