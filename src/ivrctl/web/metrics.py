"""What Prometheus reads of a controller: names by its conventions, figures of this moment, and none that is not known.

Labels are names of the site and of Asterisk: queues, interfaces, states. No caller's number and no agent stands in one.
A queue has figures only while it is seen: a graph has a gap there, and not a line that nobody vouches for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from ivrctl.adapters.interfaces.breaker import State
from ivrctl.service.controller import Controller
from ivrctl.service.queues import views
from ivrctl.web.metric import Metric, Sample
from ivrctl.web.staffing_metrics import STAFFING, staffing_figures

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""The form that every release of Prometheus reads."""


_IN_QUEUE = ("queue",)
METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("ivrctl_start_time_seconds", "When this controller process began, since the epoch."),
        Metric("ivrctl_calls_in_flow", "Calls that are in a flow now."),
        Metric("ivrctl_open_legs", "Calls in a flow, and those that wait in a queue or talk."),
        Metric("ivrctl_agi_connections", "Connections of Asterisk."),
        Metric("ivrctl_calls_refused_total", "Calls that were refused and reached a person."),
        Metric("ivrctl_call_records_waiting", "Records of calls that wait for the database."),
        Metric("ivrctl_call_records_lost_total", "Records of calls that were lost."),
        Metric("ivrctl_queues_known", "1 while the queues are seen as they are, else 0."),
        Metric("ivrctl_queues_age_seconds", "Since the last event or reading; absent before the first."),
        Metric("ivrctl_queue_callers_waiting", "Callers who wait.", _IN_QUEUE),
        Metric("ivrctl_queue_longest_wait_seconds", "How long the one waits who waits longest.", _IN_QUEUE),
        Metric(
            "ivrctl_queue_expected_wait_seconds",
            "What somebody is to expect who came now: 0.5 for half of such callers, 0.8 for four fifths; absent where "
            "nobody can say.",
            ("queue", "quantile"),
        ),
        Metric(
            "ivrctl_queue_expected_wait_error_seconds",
            "The mean difference between such an expectation and the wait that came of it, lately.",
            _IN_QUEUE,
        ),
        Metric("ivrctl_queue_staff", "Members who are signed on, whatever they do.", _IN_QUEUE),
        Metric("ivrctl_queue_members_available", "Members whom a caller could reach now.", _IN_QUEUE),
        Metric("ivrctl_queue_members_paused", "Members who pause.", _IN_QUEUE),
        Metric("ivrctl_queue_callers_talking", "Callers of the queue who talk to a member.", _IN_QUEUE),
        Metric("ivrctl_queue_events_total", "Events of AMI that were read."),
        Metric("ivrctl_queue_events_unreadable_total", "Events of AMI that could not be understood."),
        Metric("ivrctl_queue_readings_total", "Full readings of all queues."),
        Metric("ivrctl_queue_readings_failed_total", "Readings that failed."),
        Metric(
            "ivrctl_queue_sights_total", "How often the queues came into sight; beyond the first, it had been lost."
        ),
        Metric("ivrctl_books_entries_waiting", "Entries of the books that wait for the database."),
        Metric("ivrctl_books_entries_dropped_total", "Entries of the books that never reached it."),
        Metric(
            "ivrctl_interface_breaker_state",
            "1 for the state that an interface's breaker is in, 0 for the others: closed, open, trial.",
            ("interface", "state"),
        ),
        Metric("ivrctl_interface_consecutive_faults", "Faults of an interface in a row.", ("interface",)),
        Metric(
            "ivrctl_outbox_entries", "What was submitted and not delivered: waiting, refused, given_up.", ("state",)
        ),
        Metric("ivrctl_outbox_oldest_age_seconds", "Since when the oldest submission waits; 0 while none does."),
        *STAFFING,
    )
}
"""Every metric, in its order."""

_OF_QUEUE = {
    "ivrctl_queue_callers_waiting": "waiting",
    "ivrctl_queue_longest_wait_seconds": "longest_wait",
    "ivrctl_queue_expected_wait_error_seconds": "expected_wait_error",
    "ivrctl_queue_staff": "staff",
    "ivrctl_queue_members_available": "available",
    "ivrctl_queue_members_paused": "paused",
    "ivrctl_queue_callers_talking": "talking",
}
"""What the API calls them."""
_OF_STATUS = {
    "ivrctl_calls_in_flow": "calls_in_flow",
    "ivrctl_open_legs": "open_legs",
    "ivrctl_agi_connections": "connections",
    "ivrctl_calls_refused_total": "refused",
    "ivrctl_call_records_waiting": "records_waiting",
    "ivrctl_call_records_lost_total": "records_lost",
}
_OF_WATCH = {
    "ivrctl_queue_events_total": "events",
    "ivrctl_queue_events_unreadable_total": "unreadable",
    "ivrctl_queue_readings_total": "readings",
    "ivrctl_queue_readings_failed_total": "failed_readings",
    "ivrctl_queue_sights_total": "sights",
    "ivrctl_books_entries_waiting": "entries_waiting",
    "ivrctl_books_entries_dropped_total": "entries_dropped",
}


def exposition(controller: Controller) -> bytes:
    """All metrics of a controller now, in Prometheus' text form."""
    return generate_latest(_Figures(controller))


def figures(controller: Controller) -> Iterator[tuple[str, Iterable[Sample]]]:
    """Each metric with its samples; one of which nothing is known has none."""
    status = controller.status()
    yield "ivrctl_start_time_seconds", [((), controller.began_at.timestamp())]
    yield from _named(_OF_STATUS, status)
    yield from _sight(controller)
    yield from _queues(controller)
    yield from _named(_OF_WATCH, status["queues"])
    yield from _interfaces(status["interfaces"])
    yield from _outbox(status["submissions"])
    yield from staffing_figures(controller.staffing)


class _Figures(Collector):
    """Read anew at each scrape."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Each metric as the library writes it."""
        for name, samples in figures(self._controller):
            metric = METRICS[name]
            kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            family = kind(name, metric.meaning, labels=metric.labels)
            for labels, value in samples:
                family.add_metric(labels, value)
            yield family


def _named(names: Mapping[str, str], of: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[Sample]]]:
    """Figures without labels; what is not told yet has no sample."""
    for name, key in names.items():
        yield name, [((), float(of[key]))] if key in of else []


def _sight(controller: Controller) -> Iterator[tuple[str, Iterable[Sample]]]:
    watch = controller.queues
    yield "ivrctl_queues_known", [((), float(watch.picture.is_known))]
    seen_at = watch.picture.seen_at
    age = None if seen_at is None else max(watch.now() - seen_at, timedelta(0)).total_seconds()
    yield "ivrctl_queues_age_seconds", [] if age is None else [((), age)]


def _queues(controller: Controller) -> Iterator[tuple[str, Iterable[Sample]]]:
    watch = controller.queues
    queues = views.queues(watch) if watch.picture.is_known else []
    for name, key in _OF_QUEUE.items():
        yield name, [((queue["name"],), float(queue[key])) for queue in queues if queue[key] is not None]
    yield (
        "ivrctl_queue_expected_wait_seconds",
        [
            ((queue["name"], quantile), float(queue[key]))
            for queue in queues
            for quantile, key in (("0.5", "expected_wait"), ("0.8", "expected_wait_80"))
            if queue[key] is not None
        ],
    )


def _interfaces(interfaces: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Iterable[Sample]]]:
    states = [
        ((name, str(state)), float(told["state"] == str(state))) for name, told in interfaces.items() for state in State
    ]
    yield "ivrctl_interface_breaker_state", states
    yield "ivrctl_interface_consecutive_faults", [((name,), float(told["faults"])) for name, told in interfaces.items()]


def _outbox(standing: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[Sample]]]:
    yield "ivrctl_outbox_entries", [((state,), float(standing[state])) for state in ("waiting", "refused", "given_up")]
    oldest = standing["oldest"]
    age = 0.0 if oldest is None else (datetime.now(UTC) - datetime.fromisoformat(oldest)).total_seconds()
    yield "ivrctl_outbox_oldest_age_seconds", [((), max(age, 0.0))]
