"""The quiet time that is forecast while a scenario's call goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from ivrctl.model.off_peak import OffPeak
from ivrctl.testkit.scenario.local_time import LocalTimeShape


@dataclass(frozen=True, slots=True)
class GivenOffPeak:
    """When few calls are expected next."""

    begins: Annotated[datetime, LocalTimeShape]
    """In the site's time: ``2026-11-20 14:00``."""
    ends: Annotated[datetime, LocalTimeShape]
    """Later than ``begins``."""

    def __post_init__(self) -> None:
        """Refuse a time that is none.

        Raises:
            ValueError: it ends before it begins.
        """
        if self.ends <= self.begins:
            raise ValueError("a quiet time ends after it begins")

    @property
    def forecast(self) -> OffPeak:
        """As flows are told of it."""
        return OffPeak(self.begins, self.ends)
