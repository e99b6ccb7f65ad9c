"""Any day at all, for properties: some queues, agents with shifts and pauses, backup staff, a policy, and callers."""

from __future__ import annotations

from datetime import time, timedelta
from math import inf
from types import MappingProxyType

from hypothesis import strategies as st

from ivrctl.acd.service_level import Rule
from ivrctl.simulation.day import Arrival, Day, Pause, QueueModel, Shift, SimulatedAgent, Strategy
from ivrctl.staffing.policy import Bring, Floor, Measure, Person, Policy, Tier, Timing, Trigger

from .days import NINE

NAMES = ("sales", "support", "vip")
LASTS = 600.0
"""Ten minutes: much happens in them."""
REASONS = ("break", "lunch", "post")
SCALES = {
    Measure.LONGEST_WAIT: 60.0,
    Measure.WAITING_PER_AVAILABLE: 2.0,
    Measure.EXPECTED_WAIT: 60.0,
    Measure.ABANDON_SHARE: 0.5,
    Measure.FORECAST_SHORTFALL: 4.0,
    Measure.PROMISE_USED: 1.0,
}

seconds = st.integers(0, int(LASTS)).map(float)
"""Whole seconds meet ticks and each other."""
odd_seconds = st.floats(0.0, LASTS, allow_nan=False)
moments = seconds | odd_seconds
spans = st.sampled_from([1.0, 5.0, 20.0, 60.0, 200.0]) | st.floats(0.0, 300.0, allow_nan=False)


def queue_models(strategies: st.SearchStrategy[Strategy]) -> st.SearchStrategy[tuple[QueueModel, ...]]:
    def model(name: str) -> st.SearchStrategy[QueueModel]:
        return st.builds(
            QueueModel,
            name=st.just(name),
            strategy=strategies,
            ring_for=st.sampled_from([5.0, 15.0]),
            retry=st.sampled_from([0.5, 1.0, 5.0]),
            wrap_up=st.sampled_from([0.0, 10.0, 7.3]),
            limit=st.sampled_from([0, 0, 2]),
            weight=st.sampled_from([0, 0, 5]),
            longest_wait=st.sampled_from([inf, 120.0]),
            join_empty=st.booleans(),
            leave_when_empty=st.booleans(),
            looks_every=st.sampled_from([0.0, 1.0]),
        )

    return st.integers(1, len(NAMES)).flatmap(lambda count: st.tuples(*(model(name) for name in NAMES[:count])))


@st.composite
def shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    """One or two, with pauses in them; most last all the time."""
    edges = draw(st.sampled_from([(0.0, 2 * LASTS), (0.0, 2 * LASTS), (60.0, 450.0), (0.0, 200.0, 200.5, 500.0)]))
    found = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        inside = st.floats(begin, min(end, LASTS), allow_nan=False)
        marks = sorted(draw(st.lists(inside, max_size=4, unique=True)))
        pauses = [
            Pause(at, to, draw(st.sampled_from(REASONS))) for at, to in zip(marks[::2], marks[1::2], strict=False)
        ]
        found.append(Shift(begin, end, tuple(pauses)))
    return tuple(found)


@st.composite
def agents(draw: st.DrawFn, queues: tuple[QueueModel, ...]) -> tuple[SimulatedAgent, ...]:
    """Some with daily work, some who can be called in, some of whom both is true."""
    names = [queue.name for queue in queues]
    found = []
    for number in range(draw(st.integers(2, 9))):
        own = draw(st.dictionaries(st.sampled_from(names), st.sampled_from([0, 0, 1, 5])))
        lasting = (Shift(0.0, 2 * LASTS),)
        found.append(
            SimulatedAgent(
                str(number),
                f"PJSIP/{number}",
                MappingProxyType(own),
                draw(shifts()) if own else (),
                draw(st.sampled_from([(), lasting, lasting, (Shift(100.0, 300.0),)])),
                answers=draw(st.sampled_from([0.0, 0.5, 1.0, 1.0])),
                answers_after=draw(st.sampled_from([0.0, 3.0, 7.0])),
                comes_when_asked=draw(st.sampled_from([0.0, 0.5, 1.0])),
                comes_after=draw(st.sampled_from([0.0, 12.0])),
            )
        )
    return tuple(found)


@st.composite
def days(draw: st.DrawFn, strategies: st.SearchStrategy[Strategy] | None = None) -> Day:
    """See the module."""
    queues = draw(queue_models(st.sampled_from(Strategy) if strategies is None else strategies))
    callers = st.builds(
        Arrival,
        at=st.integers(0, 400).map(float) | odd_seconds,
        queue=st.sampled_from([queue.name for queue in queues]),
        patience=st.just(900.0) | spans,
        talk=spans,
        priority=st.sampled_from([0, 0, 0, 3]),
        tier=st.sampled_from(["", "gold"]),
    )
    arrivals = sorted(draw(st.lists(callers, min_size=15, max_size=60)), key=lambda one: one.at)
    forecasts = draw(st.lists(moments, max_size=3, unique=True))
    return Day(
        "any day",
        NINE,
        timedelta(seconds=LASTS),
        queues,
        draw(agents(queues)),
        tuple(arrivals),
        Rule(timedelta(seconds=20), timedelta(seconds=5)),
        draw(st.sampled_from([{}, {"gold": timedelta(seconds=40)}])),
        tuple((at, draw(st.sampled_from([0.0, 2.0, 5.0]))) for at in sorted(forecasts)),
    )


@st.composite
def triggers(draw: st.DrawFn, tiers: int) -> tuple[Trigger, ...]:
    """Each row's release is on the calm side of its engage values, and these grow."""
    found = []
    for measure in draw(st.lists(st.sampled_from(Measure), min_size=1, max_size=4, unique=True)):
        steps = sorted(draw(st.lists(st.sampled_from([0.2, 0.4, 0.6, 0.8, 1.0]), min_size=tiers, max_size=tiers)))
        if measure.is_low_bad:
            found.append(Trigger(measure, tuple(1.0 - 0.7 * step for step in steps), 0.95))
        else:
            found.append(Trigger(measure, tuple(SCALES[measure] * step for step in steps), SCALES[measure] * 0.1))
    return tuple(found)


@st.composite
def policies(draw: st.DrawFn, day: Day, name: str = "desk", part: int = 0, parts: int = 1) -> Policy:
    """Of a share of the agents, so that several policies have nobody in common."""
    names = [queue.name for queue in day.queues]
    queues = tuple(draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
    people = [
        Person(one.number, one.number, one.interface, "", tuple(one.penalties)) for one in day.agents[part::parts]
    ]
    middle = draw(st.integers(0, len(people)))
    tiers = [
        Tier(
            "asked", Bring.ASK, paused_for=frozenset({"break", "lunch"}), queues=queues, patience=timedelta(seconds=30)
        ),
        *(
            Tier(
                tier,
                Bring.ADD,
                tuple(group),
                queues=tuple(draw(st.lists(st.sampled_from(names), min_size=1, unique=True))),
                penalty=draw(st.sampled_from([0, 3])),
                keep_back=draw(st.sampled_from([0, 0, 1])),
            )
            for tier, group in (("first", people[:middle]), ("second", people[middle:]))
        ),
    ]
    kept = tuple(tiers if draw(st.booleans()) else tiers[1:])
    lasting = st.sampled_from([0, 5, 20, 45]).map(lambda count: timedelta(seconds=count))
    timing = Timing(draw(lasting), draw(lasting), draw(lasting), draw(lasting), draw(st.sampled_from([1, 3, 40])))
    floors = draw(st.sampled_from([(), (Floor(1, time(9, 2), time(9, 6)),)]))
    return Policy(name, queues, timedelta(minutes=1), kept, draw(triggers(len(kept))), timing, floors)


@st.composite
def days_with_policies(draw: st.DrawFn) -> tuple[Day, dict[str, Policy]]:
    """One policy, or two that share nobody."""
    day, count = draw(days()), draw(st.integers(1, 2))
    return day, {f"policy-{part}": draw(policies(day, f"policy-{part}", part, count)) for part in range(count)}
