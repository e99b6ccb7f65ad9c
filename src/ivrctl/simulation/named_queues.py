"""The queues that a day and its policies name are queues of the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivrctl.errors import ConfigurationError
from ivrctl.simulation.day import Day
from ivrctl.staffing.policy import Policy


def check_queues(day: Day, policies: Mapping[str, Policy]) -> None:
    """Nobody calls, works or is called in elsewhere.

    Raises:
        ConfigurationError: somebody does; at Asterisk a policy would wait for its queues to come.
    """
    known = {queue.name for queue in day.queues}
    for who, queue in _named(day, policies):
        if queue not in known:
            raise ConfigurationError(f"{day.name}: {who} names the queue {queue}, which the day does not have")


def _named(day: Day, policies: Mapping[str, Policy]) -> Iterator[tuple[str, str]]:
    for queue in dict.fromkeys(arrival.queue for arrival in day.arrivals):
        yield "a caller", queue
    for agent in day.agents:
        for queue in agent.penalties:
            yield f"agent {agent.number}", queue
    for name, policy in policies.items():
        for queue in (*policy.queues, *(queue for tier in policy.tiers for queue in tier.queues)):
            yield f"the policy {name}", queue
