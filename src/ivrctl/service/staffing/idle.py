"""CarriesNothing: plans are shown, and nobody carries them out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ivrctl.adapters.staffing_store import Inherited
from ivrctl.service.staffing.ports import Pending
from ivrctl.service.staffing.rounds import Round
from ivrctl.staffing.plan import Owned, SeatKey


class CarriesNothing:
    """See ``ports.Carrying``."""

    def __init__(self) -> None:
        self.owned: Mapping[SeatKey, Owned] = {}
        self.leaving: Collection[SeatKey] = ()
        self.pending: Collection[Pending] = ()

    def begin(self, inherited: Inherited) -> None:
        """What was begun before is ours."""
        self.owned = {(mine.queue, mine.interface): mine for mine in inherited.owned}

    def sent(self, _policy: str) -> tuple[()]:
        """Nothing ever."""
        return ()

    def carry_out(self, _done: Round) -> None:
        """Nothing is done."""
