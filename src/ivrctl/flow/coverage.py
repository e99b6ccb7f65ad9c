"""Coverage: which steps, actions and outcomes of a site's flows some calls have walked, and which they never did.

Counted from what the engine tells an observer, so that "walked" means the same in every engine. An action has one
outcome for every way in which it can end: its guard does not hold, each key of a menu or a queue, the good outcome,
and every other one that the flow leads somewhere, by its name or by ``otherwise`` (``graph.ends_of``). One that the
site's own declarations rule out is not counted: it could never come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from ivrctl.flow.action import Action
from ivrctl.flow.choices import ROW
from ivrctl.flow.engine import BEGUN
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import PASSED_OVER, ends_of
from ivrctl.flow.position import Frame
from ivrctl.flow.program import Program
from ivrctl.flow.provenance import Provenance
from ivrctl.lang.source import Span, Word

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""


class Walked(NamedTuple):
    """One thing that an observer was told: an action, and that it began or how it ended."""

    flow: str
    step: str
    at: int
    """Index of the action in its step."""
    end: str


class Walk:
    """An observer that keeps what it is told."""

    __slots__ = ("walked",)

    def __init__(self) -> None:
        """Begin with nothing."""
        self.walked: set[Walked] = set()

    def __call__(self, frame: Frame, end: str) -> None:
        """Keep it."""
        self.walked.add(Walked(frame.flow, frame.step, frame.index, end))


@dataclass(frozen=True, slots=True)
class Count:
    """How many of some things were walked."""

    walked: int = 0
    all: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.walked + other.walked, self.all + other.all)

    @property
    def percent(self) -> float:
        """From 0 to 100; of nothing, all was walked."""
        return 100.0 if not self.all else 100.0 * self.walked / self.all

    def to_json(self) -> dict[str, Any]:
        """The count as a JSON object; the percentage is rounded down, so that 100 means all."""
        return {"walked": self.walked, "all": self.all, "percent": int(self.percent * 10) / 10}


Sort: TypeAlias = Literal["step", "action", "outcome"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was never walked; what lies within it is not told again."""

    span: Span
    sort: Sort
    says: str
    """``step "sorry" was never entered``, ``queue: outcome "full" never came``."""

    def __str__(self) -> str:
        return f"{self.span.path}:{self.span.line}: {self.says}"


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """What was walked of one flow, or of all flows together."""

    steps: Count = Count()
    actions: Count = Count()
    outcomes: Count = Count()
    gaps: tuple[Gap, ...] = ()
    """In the order of the file."""

    def __add__(self, other: FlowCoverage) -> FlowCoverage:
        return FlowCoverage(
            self.steps + other.steps,
            self.actions + other.actions,
            self.outcomes + other.outcomes,
            self.gaps + other.gaps,
        )

    @property
    def least_percent(self) -> float:
        """The lowest of the three shares."""
        return min(self.steps.percent, self.actions.percent, self.outcomes.percent)

    def to_json(self) -> dict[str, Any]:
        """The counts as a JSON object, without the gaps."""
        return {
            "steps": self.steps.to_json(),
            "actions": self.actions.to_json(),
            "outcomes": self.outcomes.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was walked of a site."""

    flows: dict[str, FlowCoverage]
    """By name, in their order."""

    @property
    def in_all(self) -> FlowCoverage:
        """Of all flows together."""
        return sum(self.flows.values(), FlowCoverage())

    def to_json(self) -> dict[str, Any]:
        """The coverage as a JSON object."""
        return {
            "format_version": FORMAT_VERSION,
            **self.in_all.to_json(),
            "flows": {name: flow.to_json() for name, flow in self.flows.items()},
            "never": [_plain(gap) for gap in self.in_all.gaps],
        }


Ends: TypeAlias = Callable[[Action], tuple[str, ...]]
"""The ends of an action that some call can come to."""


def ends_within(flow: Flow, program: Program) -> Ends:
    """How the actions of a flow can end: as ``graph.ends_of`` says, less what the site's declarations rule out."""
    provenance = Provenance.of(flow, program.site)

    def ends(action: Action) -> tuple[str, ...]:
        never = action.kind.never(provenance)
        return tuple(end for end in ends_of(action, program.signatures) if end not in never)

    return ends


def coverage_of(program: Program, walked: AbstractSet[Walked]) -> Coverage:
    """Compare what was walked with what there is."""
    return Coverage({name: _of_flow(program, name, flow, walked) for name, flow in program.flows.items()})


def _of_flow(program: Program, name: str, flow: Flow, walked: AbstractSet[Walked]) -> FlowCoverage:
    ends = ends_within(flow, program)
    steps = (_of_step(ends, (name, step), actions, walked) for step, actions in flow.steps.items())
    return sum(steps, FlowCoverage())


def _of_step(
    ends: Ends, place: tuple[str, Word], actions: tuple[Action, ...], walked: AbstractSet[Walked]
) -> FlowCoverage:
    flow, step = place
    parts = [_of_action(ends(action), (flow, str(step), index), action, walked) for index, action in enumerate(actions)]
    found = sum(parts, FlowCoverage())
    is_entered = any(Walked(flow, str(step), 0, end) in walked for end in (BEGUN, PASSED_OVER))
    gaps = found.gaps if is_entered else (Gap(step.span, "step", f'step "{step}" was never entered'),)
    return FlowCoverage(Count(int(is_entered), 1), found.actions, found.outcomes, gaps)


def _of_action(
    ends: tuple[str, ...], place: tuple[str, str, int], action: Action, walked: AbstractSet[Walked]
) -> FlowCoverage:
    came = {end for end in ends if Walked(*place, end) in walked}
    is_begun = Walked(*place, BEGUN) in walked
    if is_begun:
        gaps = tuple(_outcome_gap(end, action) for end in ends if end not in came)
    else:
        reason = "its guard never held" if PASSED_OVER in came else "no call came to it"
        gaps = (Gap(action.span, "action", f"{action.kind.name}: {reason}"),)
    return FlowCoverage(Count(), Count(int(is_begun), 1), Count(len(came), len(ends)), gaps)


def _outcome_gap(end: str, action: Action) -> Gap:
    return Gap(_span_of(end, action), "outcome", f"{action.kind.name}: {_never(end, action)}")


def _never(end: str, action: Action) -> str:
    key = end.removeprefix("key_")
    if end == PASSED_OVER:
        return "its guard always held"
    if end == ROW:
        return "no row was chosen"
    if key != end:
        return f'nobody left it with "{key}"' if action.kind.leaves_flow else f'nobody pressed "{key}"'
    return f'outcome "{end}" never came'


def _span_of(end: str, action: Action) -> Span:
    """Where the flow writes an end; the action itself where it does not."""
    written = (*_words(action.then), *_words(getattr(action.kind, "choices", None)))
    return next((word.span for word in written if word in {end, end.removeprefix("key_")}), action.span)


def _words(mapping: object) -> Iterator[Word]:
    if isinstance(mapping, Mapping):
        yield from (key for key in mapping if isinstance(key, Word))


def _plain(gap: Gap) -> dict[str, Any]:
    span = gap.span
    return {"path": span.path, "line": span.line, "column": span.column, "sort": gap.sort, "says": gap.says}
