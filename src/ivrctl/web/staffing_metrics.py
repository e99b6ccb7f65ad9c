"""What Prometheus reads about backup staff: tiers, figures, changes that wait, and promises to callers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ivrctl.service.staffing.staffing import Staffing
from ivrctl.staffing.decision import PersonMemory
from ivrctl.staffing.rounds import Round
from ivrctl.staffing.view import Presence
from ivrctl.web.metric import Metric, Sample

_OF_TIER = ("policy", "tier")
STAFFING = (
    Metric("ivrctl_staffing_acting", "1 while this controller decides about backup staff, else 0."),
    Metric("ivrctl_staffing_decides", "1 while a policy is decided about, 0 while it holds.", ("policy",)),
    Metric("ivrctl_staffing_tier_in", "1 while a tier is in, else 0.", _OF_TIER),
    Metric("ivrctl_staffing_people_wanted", "People of a tier who are to be in.", _OF_TIER),
    Metric("ivrctl_staffing_people_ready", "People of a tier who are available, and whose phones are there.", _OF_TIER),
    Metric("ivrctl_staffing_figure", "What a policy measures, in its own unit.", ("policy", "measure")),
    Metric("ivrctl_forecast_calls", "Calls expected in the interval that needs most people now and soon.", ("policy",)),
    Metric("ivrctl_forecast_people", "People needed in it.", ("policy",)),
    Metric("ivrctl_forecast_error", "How wrong such forecasts were: differences / calls, from 0 upwards.", ("policy",)),
    Metric("ivrctl_forecast_age_seconds", "Since the last forecast; absent before the first."),
    Metric("ivrctl_staffing_changes_pending", "Changes that were begun and are not seen yet.", ("policy",)),
    Metric("ivrctl_staffing_oldest_pending_seconds", "Since when the oldest of them waits; 0 while none does."),
    Metric("ivrctl_staffing_changes_held", "Changes that wait, by what they wait for.", ("policy", "because")),
    Metric("ivrctl_staffing_changes_last_hour", "Changes in the last hour that the ceiling counts.", ("policy",)),
    Metric("ivrctl_staffing_orders", "Orders by hand that are in force.", ("policy", "kind")),
    Metric("ivrctl_staffing_faults", "What has failed of it and is not well yet."),
    Metric(
        "ivrctl_promise_alarms_total",
        "Waiting callers whose promise was about to break (near), or broke (broken).",
        ("tier", "state"),
    ),
)
"""In their order. ``tier`` is one of backup staff, and of the last metric one of customers."""


def staffing_figures(staffing: Staffing) -> Iterator[tuple[str, Iterable[Sample]]]:
    """Each of them with its samples; a controller that does not act has none of policies."""
    loop, pending = staffing.loop, staffing.pending
    rounds = loop.rounds if loop.is_acting else {}
    yield "ivrctl_staffing_acting", [((), float(loop.is_acting))]
    yield "ivrctl_staffing_decides", [((name,), float(not done.decision.hold)) for name, done in rounds.items()]
    yield from _of_tiers(rounds.values())
    yield "ivrctl_staffing_figure", [sample for done in rounds.values() for sample in _measured(done)]
    yield from _forecast(staffing, rounds)
    of = Counter(each.policy for each in pending)
    yield "ivrctl_staffing_changes_pending", [((name,), float(of[name])) for name in rounds]
    ages = [(staffing.now() - each.since).total_seconds() for each in pending]
    yield "ivrctl_staffing_oldest_pending_seconds", [((), max([0.0, *ages]))]
    yield "ivrctl_staffing_changes_held", [sample for done in rounds.values() for sample in _held(done)]
    counted = {name: len(done.decision.memory.changes) for name, done in rounds.items()}
    yield "ivrctl_staffing_changes_last_hour", [((name,), float(count)) for name, count in counted.items()]
    orders = Counter((given.policy, str(given.order.kind)) for given in loop.orders)
    yield "ivrctl_staffing_orders", [(labels, float(count)) for labels, count in sorted(orders.items())]
    yield "ivrctl_staffing_faults", [((), float(len(staffing.faults)))]
    alarms = sorted(staffing.promises.counts.items())
    yield "ivrctl_promise_alarms_total", [(labels, float(count)) for labels, count in alarms]


def _of_tiers(rounds: Iterable[Round]) -> Iterator[tuple[str, Iterable[Sample]]]:
    is_in: list[Sample] = []
    wanted: list[Sample] = []
    ready: list[Sample] = []
    for done in rounds:
        people, presence = done.decision.memory.people, done.view.presence
        for tier, reason in zip(done.policy.tiers, done.decision.reasons, strict=True):
            labels = done.policy.name, tier.name
            known = [people.get(person.interface, PersonMemory()) for person in tier.people]
            there = [presence.get(person.interface) is Presence.READY for person in tier.people]
            is_in.append((labels, float(reason.is_in)))
            wanted.append((labels, float(sum(person.is_in for person in known))))
            ready.append((labels, float(sum(there))))
    yield "ivrctl_staffing_tier_in", is_in
    yield "ivrctl_staffing_people_wanted", wanted
    yield "ivrctl_staffing_people_ready", ready


def _measured(done: Round) -> Iterator[Sample]:
    for measure, reading in done.view.readings.items():
        if reading.value is not None:
            yield (done.policy.name, str(measure)), reading.value


def _forecast(staffing: Staffing, rounds: Mapping[str, Round]) -> Iterator[tuple[str, Iterable[Sample]]]:
    forecaster, now = staffing.forecaster, staffing.now()
    policies = {name: done.policy for name, done in rounds.items()}
    calls = {name: forecaster.calls_ahead(policy, now) for name, policy in policies.items()}
    needed = {name: forecaster.ahead(policy, now) for name, policy in policies.items()}
    errors = {name: forecaster.error(policy) for name, policy in policies.items()}
    made = forecaster.made
    yield "ivrctl_forecast_calls", [((name,), calls) for name, calls in calls.items() if calls is not None]
    yield "ivrctl_forecast_people", [((name,), float(one.people)) for name, one in needed.items() if one is not None]
    yield "ivrctl_forecast_error", [((name,), error) for name, error in errors.items() if error is not None]
    yield "ivrctl_forecast_age_seconds", [] if made is None else [((), (now - made.at).total_seconds())]


def _held(done: Round) -> Iterator[Sample]:
    for because, count in sorted(Counter(held.because for held in done.plan.held).items()):
        yield (done.policy.name, str(because)), float(count)
