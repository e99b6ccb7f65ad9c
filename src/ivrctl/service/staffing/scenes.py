"""What is seen now, as policies look at it: the picture, the stays of the last while, and who could come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ivrctl.acd.picture import DeviceState, Picture
from ivrctl.acd.service_level import Rule
from ivrctl.service.queues import QueueWatch
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.scene import Scene


class Scenes:
    """Makes one for each round."""

    def __init__(self, watch: QueueWatch) -> None:
        """See by this watch."""
        self._watch = watch
        self._policies: Mapping[str, Policy] | None = None
        self._states: Mapping[str, str] = {}

    def now(self, site: Site, policies: Mapping[str, Policy]) -> Scene:
        """This moment.

        Args:
            site: whose promises and thresholds count.
            policies: whose people may come.
        """
        picture, recent = self._watch.picture, self._watch.books.recent
        recent.rule = Rule(site.kpi.answer_in, site.kpi.short_abandon)
        return Scene(
            picture,
            recent,
            self._watch.books.expected,
            picture.sight,
            self._watch.now(),
            promises_of(site),
            picture.backup,
            self._phones(picture, policies),
        )

    def _phones(self, picture: Picture, policies: Mapping[str, Policy]) -> Mapping[str, DeviceState]:
        """The phones of people who are in no queue, by the interface whose state is theirs."""
        if policies is not self._policies:
            people = [person for policy in policies.values() for tier in policy.tiers for person in tier.people]
            self._policies = policies
            self._states = {person.interface: person.state_interface or person.interface for person in people}
        return {self._states.get(interface, interface): state for interface, state in picture.devices.items()}


def promises_of(site: Site) -> dict[str, timedelta]:
    """By tier of customers, within what a caller is to be answered; tiers that are promised nothing are not in it."""
    return {str(name): tier.answer for name, tier in site.tiers.items() if tier.answer is not None}
