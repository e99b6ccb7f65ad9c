"""How far a person is away: the keys that a caller presses at most cleverly to reach one.

Shortest ways over all flows of a site together: a menu costs what is keyed for the choice, a number its fewest digits.
A caller who is silent or keys wrongly is led on after some tries, which count as keys: it takes him as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TypeAlias

from ivrctl.flow.action import Action
from ivrctl.flow.actions.collect import Collect
from ivrctl.flow.actions.gosub import Gosub
from ivrctl.flow.actions.language import Language
from ivrctl.flow.actions.menu import Menu
from ivrctl.flow.actions.verify import Verify
from ivrctl.flow.flow_file import START, Flow
from ivrctl.flow.graph import outcomes_of
from ivrctl.flow.scope import Signature
from ivrctl.flow.targets import GoTo, Next, Return, Target
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Word
from ivrctl.site.site_file import Site

PERSONS = frozenset({"queue", "dial"})
"""Kinds behind which a person answers."""

Spot: TypeAlias = tuple[str, str, int]
"""Flow, step, index."""


def check_reach(site: Site, flows: Mapping[str, Flow], findings: Findings) -> None:
    """Report lines that ask for keys, and from which a person takes more of them than the site's limit, or any number.

    A site without a person, and a line without a question, are meant to be so.
    """
    if not any(action.kind.name in PERSONS for flow in flows.values() for _, action in flow.places()):
        return
    keys = _Keys(site, flows)
    keys.settle()
    for name, flow in flows.items():
        for number, line in flow.lines.items():
            spot = (name, str(line.step), 0)
            needed = keys.to_person.get(spot, inf)
            if needed <= site.limits.keys_to_person or not keys.asks(spot):
                continue
            how = "no keys lead to a person" if needed == inf else f"a person is {needed:g} keys away"
            advice = f"offer one sooner, such as with 0; the limit is {site.limits.keys_to_person} keys"
            findings.warning("IVR133", number.span, f"from the line {number} {how}", advice)


@dataclass(slots=True)
class _Keys:
    """The fewest keys from every spot to a person, and to every outcome of its flow."""

    site: Site
    flows: Mapping[str, Flow]
    to_person: dict[Spot, float] = field(default_factory=dict)
    to_return: dict[tuple[Spot, str], float] = field(default_factory=dict)
    signatures: Mapping[str, Signature] = field(init=False)
    actions: Mapping[Spot, Action] = field(init=False)

    def __post_init__(self) -> None:
        self.signatures = {name: flow.signature for name, flow in self.flows.items()}
        self.actions = {(name, *place): action for name, flow in self.flows.items() for place, action in flow.places()}

    def settle(self) -> None:
        """Shorten ways until none becomes shorter."""
        # From the end: what is known of a spot is known from those behind it.
        backwards = list(self.actions.items())[::-1]
        changed = True
        while changed:
            changed = False
            for spot, action in backwards:
                changed |= self._shorten(spot, action)

    def asks(self, spot: Spot) -> bool:
        """True when a call that begins at a spot can come to a question."""
        seen: set[Spot] = set()
        ahead = [spot]
        while ahead:
            here = ahead.pop()
            action = self.actions.get(here)
            if action is None or here in seen:
                continue
            seen.add(here)
            if action.kind.asks():
                return True
            if isinstance(action.kind, Gosub):
                ahead.append((str(action.kind.flow), START, 0))
            ahead += [to for _, to in self._ways(here, action) if isinstance(to, tuple)]
        return False

    def _shorten(self, spot: Spot, action: Action) -> bool:
        changed = False
        if action.kind.name in PERSONS:
            changed |= self._person(spot, 0)
        if isinstance(action.kind, Gosub):
            changed |= self._person(spot, self.to_person.get((str(action.kind.flow), START, 0), inf))
        for cost, to in self._ways(spot, action):
            if isinstance(to, str):
                changed |= self._return(spot, to, cost)
                continue
            changed |= self._person(spot, cost + self.to_person.get(to, inf))
            for outcome in (Return.GOOD, *self.signatures[spot[0]].outcomes):
                changed |= self._return(spot, str(outcome), cost + self.to_return.get((to, str(outcome)), inf))
        return changed

    def _person(self, spot: Spot, keys: float) -> bool:
        is_shorter = keys < self.to_person.get(spot, inf)
        if is_shorter:
            self.to_person[spot] = keys
        return is_shorter

    def _return(self, spot: Spot, outcome: str, keys: float) -> bool:
        is_shorter = keys < self.to_return.get((spot, outcome), inf)
        if is_shorter:
            self.to_return[spot, outcome] = keys
        return is_shorter

    # where an action leads, and what it takes

    def _ways(self, spot: Spot, action: Action) -> Iterator[tuple[float, Spot | str]]:
        """Keys and the next spot, or the outcome with which the flow returns."""
        flow, step, index = spot
        following = (flow, step, index + 1)
        if action.when is not None:
            yield 0, following
        for cost, target in self._targets(action):
            match target:
                case None | Next():
                    yield cost, following
                case GoTo(step=name):
                    yield cost, (flow, str(name), 0)
                case Return(outcome=outcome):
                    yield cost, str(outcome)
                case _:
                    pass

    def _targets(self, action: Action) -> Iterator[tuple[float, Target | None]]:
        kind = action.kind
        if isinstance(kind, Menu):
            yield from _of_menu(kind)
        else:
            good = self._within(kind, Return.GOOD)
            if kind.goes_on():
                yield _fewest(kind, self.site) + good, None
            yield from ((good, target) for target in kind.targets())
        for outcome in outcomes_of(action, self.signatures):
            cost = self._tries(kind) if kind.asks() else self._within(kind, outcome)
            target = action.target_of(outcome)
            if target is not None:
                yield cost, target

    def _within(self, kind: object, outcome: str) -> float:
        """What it takes to come back from a sub-flow with an outcome; nothing for any other kind."""
        if not isinstance(kind, Gosub):
            return 0
        return self.to_return.get(((str(kind.flow), START, 0), outcome), inf)

    def _tries(self, kind: object) -> int:
        attempts = getattr(kind, "attempts", None)
        return attempts if isinstance(attempts, int) else self.site.keying.attempts


def _of_menu(menu: Menu) -> Iterator[tuple[float, Target | None]]:
    for entry, choice in menu.choices.items():
        yield _length(entry), choice.target
    if menu.from_ is not None:
        yield 1, menu.from_.target


def _length(entry: Word) -> int:
    """What is keyed for a choice: a class in brackets is one key."""
    depth = keys = 0
    for character in entry.removeprefix("_"):
        depth += (character == "[") - (character == "]")
        keys += depth == 0
    return keys


def _fewest(kind: object, site: Site) -> int:
    match kind:
        case Verify(by=by) if by in site.identity:
            method = site.identity[by]
            return method.account.digits.least + (0 if method.pin is None else method.pin.digits.least)
        case Collect(digits=digits):
            return digits.least
        case Language():
            return 1
        case _:
            return 0
