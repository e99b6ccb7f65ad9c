"""What a policy costs: who came when and for how long, how often people were interrupted, which tiers were in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from ivrctl.simulation.outcome import SeatChange, TierFigures, TierMove
from ivrctl.simulation.people import DeskAgent, DeskMember
from ivrctl.staffing.policy import Policy

TierKey: TypeAlias = tuple[str, str]
"""Policy and tier."""
MINUTE = 60.0


@dataclass(slots=True)
class _Count:
    """``TierFigures`` that grow; seconds."""

    came_at: float | None = None
    """Since when the tier is in."""
    engaged: int = 0
    was_in: float = 0.0
    reserve: float = 0.0
    talked: float = 0.0
    changes: int = 0
    interruptions: Counter[str] = field(default_factory=Counter)
    seats: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By number of who is in: in how many queues, and since when."""

    def figures(self) -> TierFigures:
        """As they are."""
        return TierFigures(
            self.engaged,
            self.was_in / MINUTE,
            self.reserve / MINUTE,
            self.talked / MINUTE,
            self.changes,
            MappingProxyType(dict(sorted(self.interruptions.items()))),
        )


class Reserve:
    """See the module."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        """Nobody is in.

        Args:
            policies: with their tiers.
        """
        self._counts = {(policy.name, tier.name): _Count() for policy in policies for tier in policy.tiers}
        self._asked: dict[str, tuple[TierKey, float]] = {}
        """By number of who came because he was asked: for whom, and when his pause would have been over."""
        self.moves: list[TierMove] = []
        self.changes: list[SeatChange] = []

    def moved(self, tier: TierKey, now: float, why: str, *, is_in: bool) -> None:
        """A tier came or went."""
        count = self._counts[tier]
        if is_in:
            count.engaged += 1
            count.came_at = now
        elif count.came_at is not None:
            count.was_in += now - count.came_at
            count.came_at = None
        self.moves.append(TierMove(now, *tier, is_in, why))

    def interrupted(self, tier: TierKey, number: str) -> None:
        """Somebody is called in, or asked."""
        self._counts[tier].interruptions[number] += 1

    def seated(self, tier: TierKey, agent: DeskAgent, queue: str, now: float, why: str) -> None:
        """He is in a queue."""
        self._counts[tier].changes += 1
        self._begins(tier, agent.model.number, now)
        self.changes.append(SeatChange(now, *tier, agent.model.number, queue, is_in=True, why=why))

    def unseated(self, tier: TierKey, agent: DeskAgent, queue: str, now: float, why: str) -> None:
        """He is in it no more."""
        self._counts[tier].changes += 1
        self._ends(tier, agent.model.number, now)
        self.changes.append(SeatChange(now, *tier, agent.model.number, queue, is_in=False, why=why))

    def came(self, tier: TierKey, agent: DeskAgent, now: float, until: float) -> None:
        """He has ended his pause because he was asked; it would have lasted until then."""
        number = agent.model.number
        self._asked[number] = tier, until
        self._begins(tier, number, now)
        self.changes.append(SeatChange(now, *tier, number, "", is_in=True, why="he was asked to end his pause"))

    def would_be_back(self, agent: DeskAgent, now: float) -> None:
        """Who came because he was asked would be back from his pause by now."""
        number = agent.model.number
        tier, _ = self._asked.pop(number)
        self._ends(tier, number, now)
        why = "his pause would have been over by now"
        self.changes.append(SeatChange(now, *tier, number, "", is_in=False, why=why))

    def answered(self, by: DeskMember, talk: float, now: float) -> None:
        """Somebody talks; it counts for the tier that has brought him."""
        if by.tier is not None:
            self._counts[by.tier].talked += talk
        elif (asked := self._asked.get(by.agent.model.number)) is not None:
            tier, until = asked
            self._counts[tier].talked += min(talk, until - now)

    def tiers(self, now: float) -> Mapping[TierKey, TierFigures]:
        """The figures; who is in is so until now."""
        for count in self._counts.values():
            count.reserve += sum(now - since for _, since in count.seats.values())
            count.was_in += now - count.came_at if count.came_at is not None else 0.0
        return {tier: count.figures() for tier, count in self._counts.items()}

    def _begins(self, tier: TierKey, number: str, now: float) -> None:
        seats = self._counts[tier].seats
        count, since = seats.get(number, (0, now))
        seats[number] = count + 1, since

    def _ends(self, tier: TierKey, number: str, now: float) -> None:
        of = self._counts[tier]
        count, since = of.seats.pop(number)
        if count > 1:
            of.seats[number] = count - 1, since
        else:
            of.reserve += now - since
