"""A flow as boxes and arrows.

The actions of a step are cut where one leaves the call to a sub-flow, a queue, an extension or a voicemail: each of
these is a box, and so is what is asked or looked up between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from ivrctl.flow.action import GOOD, OTHERWISE, Action
from ivrctl.flow.actions.dial import Dial
from ivrctl.flow.actions.gosub import Gosub
from ivrctl.flow.actions.lookup import Lookup
from ivrctl.flow.actions.queue import Queue
from ivrctl.flow.actions.submit import Submit
from ivrctl.flow.actions.voicemail import Voicemail
from ivrctl.flow.choices import ROW
from ivrctl.flow.coverage import Walked, ends_within
from ivrctl.flow.engine import BEGUN
from ivrctl.flow.flow_file import START, Flow, Line
from ivrctl.flow.graph import PASSED_OVER, ends_of
from ivrctl.flow.program import Program
from ivrctl.flow.targets import GoTo, HangUp, Next, Return, Target
from ivrctl.lang.findings import shortened
from ivrctl.lang.source import Word

PASSING = frozenset({"play", "set", "goto", "return", "hangup"})
"""Kinds that are no box where nothing decides between them."""

Spot = tuple[str, str, int]
"""Flow, step, index."""


class Shape(StrEnum):
    """What a box is."""

    LINE = "line"
    STEP = "step"
    INPUT = "input"
    """A step that asks for keys."""
    GOSUB = "gosub"
    QUEUE = "queue"
    DIAL = "dial"
    VOICEMAIL = "voicemail"
    HANGUP = "hangup"
    RETURN = "return"


class Share(StrEnum):
    """How much of a box or an arrow was walked."""

    ALL = "walked"
    SOME = "partly"
    NONE = "never"


@dataclass(slots=True)
class Box:
    """One box."""

    name: str
    """Unlike any other's of the picture: letters, digits, underscores."""
    shape: Shape
    says: tuple[str, ...]
    """Its lines of text."""
    spots: list[Spot] = field(default_factory=list)
    """The actions that it stands for."""
    share: Share | None = None
    """None where nobody counted, and for what is no action."""


@dataclass(slots=True)
class Arrow:
    """One way from a box to another, by one or several outcomes."""

    origin: Box
    target: Box
    labels: list[str] = field(default_factory=list)
    ends: list[Walked] = field(default_factory=list)
    share: Share | None = None
    is_entry: bool = False
    """True from a gosub to the flow that it enters."""

    @property
    def label(self) -> str:
        """What is written beside it; empty where there is nothing to tell."""
        return ", ".join(dict.fromkeys(filter(None, self.labels)))


@dataclass(slots=True)
class Picture:
    """Boxes by flow, and arrows."""

    flows: dict[str, list[Box]] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        """True where it shows what was walked."""
        return any(box.share is not None for boxes in self.flows.values() for box in boxes)


def picture_of(program: Program, flows: Mapping[str, Flow], walked: AbstractSet[Walked] | None = None) -> Picture:
    """Draw some flows of a site.

    Args:
        program: the site.
        flows: which, by name.
        walked: what calls have walked; None draws no shares.
    """
    picture = Picture()
    drawn = {name: _Drawing(program, name, flow, picture) for name, flow in flows.items()}
    for drawing in drawn.values():
        drawing.draw()
    for drawing in drawn.values():
        picture.arrows += drawing.entries_into(drawn)
    if walked is not None:
        _count(picture, walked)
    return picture


def _count(picture: Picture, walked: AbstractSet[Walked]) -> None:
    for boxes in picture.flows.values():
        for box in boxes:
            box.share = _share(Walked(*spot, BEGUN) in walked for spot in box.spots)
    for arrow in picture.arrows:
        arrow.share = _share(end in walked for end in arrow.ends)


def _share(walked: Iterable[bool]) -> Share | None:
    """How much was walked of some things; None of nothing."""
    each = list(walked)
    if not each:
        return None
    return Share.ALL if all(each) else Share.SOME if any(each) else Share.NONE


class _Drawing:
    """One flow on its way into a picture."""

    def __init__(self, program: Program, name: str, flow: Flow, picture: Picture) -> None:
        self._program = program
        self._name = name
        self._flow = flow
        self._picture = picture
        self._boxes: dict[str, Box] = {}
        self._at: dict[tuple[str, int], Box] = {}
        """The box of each action; of one that is no box, the one before it in its step."""
        self._passing: dict[tuple[str, int], tuple[str, int]] = {}
        """An action that only leads on, to the last one in its row."""
        self._arrows: dict[tuple[str, str], Arrow] = {}
        self._ends = ends_within(flow, program)

    def draw(self) -> None:
        """Boxes first, so that they stand in the order of the file; then the arrows."""
        for number, line in self._flow.lines.items():
            self._box(f"line {number}", Shape.LINE, _said_of(number, line))
        if START in self._flow.steps and not any(line.step == START for line in self._flow.lines.values()):
            self._box("gosub", Shape.LINE, ("gosub",))
        for name, actions in self._flow.steps.items():
            self._cut(str(name), actions)
        for number, line in self._flow.lines.items():
            self._connect(self._boxes[f"line {number}"], self.at(str(line.step)), "", None)
        if "gosub" in self._boxes:
            self._connect(self._boxes["gosub"], self.at(START), "", None)
        for (step, index), action in self._flow.places():
            if (step, index) in self._at:
                self._leave(step, index, action)
        self._picture.flows[self._name] = list(self._boxes.values())
        self._picture.arrows += self._arrows.values()

    def entries_into(self, drawn: Mapping[str, _Drawing]) -> Iterator[Arrow]:
        """Arrows from each gosub to the flow that it enters, where that is drawn too."""
        for (step, index), action in self._flow.places():
            entered = drawn.get(str(action.kind.flow)) if isinstance(action.kind, Gosub) else None
            if entered is not None:
                yield Arrow(self._at[step, index], entered.at(START), is_entry=True)

    def at(self, step: str) -> Box:
        """The box at which a call comes that enters a step."""
        return self._landing(step, 0)

    # boxes

    def _box(self, key: str, shape: Shape, says: tuple[str, ...]) -> Box:
        if key not in self._boxes:
            name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in f"{self._name} {key}")
            taken = {box.name for box in self._boxes.values()}
            while name in taken:
                name += "_"
            self._boxes[key] = Box(name, shape, says)
        return self._boxes[key]

    def _cut(self, step: str, actions: tuple[Action, ...]) -> None:
        """Make the boxes of one step."""
        parts = list(_parts(actions))
        if len(parts) > 1 and all(_passes(actions[index]) for index in parts[0]):
            # What is said before a sub-flow or a queue belongs to its box.
            parts[:2] = [[*parts[0], *parts[1]]]
        self._own(step, parts[0], actions, step, (step,))
        for part in parts[1:]:
            if _passes(actions[part[0]]) and _passing_from(actions, part) == part[0]:
                self._pass(self._at[step, part[0] - 1], step, part, part[0])
            else:
                self._own(step, part, actions, f"{step} {part[0]}", ())

    def _own(self, step: str, part: list[int], actions: tuple[Action, ...], key: str, says: tuple[str, ...]) -> None:
        """A box for some actions in a row, and for what passes behind them."""
        told = tuple(filter(None, (_says(actions[index]) for index in part)))
        shapes = filter(None, (_shape_of(actions[index]) for index in part))
        box = self._box(key, next(shapes, Shape.STEP), (*says, *told) or (actions[part[0]].kind.name,))
        self._pass(box, step, part, max(part[0] + 1, _passing_from(actions, part)))

    def _pass(self, box: Box, step: str, part: list[int], begin: int) -> None:
        """Count actions with a box; from ``begin`` on they only lead to where the last of them does."""
        self._fill(box, step, part)
        self._passing.update({(step, index): (step, part[-1]) for index in part if index >= begin})

    def _fill(self, box: Box, step: str, part: list[int]) -> None:
        for index in part:
            self._at[step, index] = box
            box.spots.append((self._name, step, index))

    # arrows

    def _leave(self, step: str, index: int, action: Action) -> None:
        """Draw where an action leads out of its box."""
        box = self._at[step, index]
        if (step, index) in self._passing:
            return
        for end, target in ends_of(action, self._program.signatures).items():
            if isinstance(target, Next | None) and self._is_within(box, step, index + 1):
                continue
            landing = self._landing_of(target, step, index)
            if landing is not None:
                walked = Walked(self._name, step, index, end) if end in self._ends(action) else None
                self._connect(box, landing, _label(end, action), walked)

    def _is_within(self, box: Box, step: str, index: int) -> bool:
        """True for an action of a box; what is only counted with it lies behind it."""
        return self._at.get((step, index)) is box and (step, index) not in self._passing

    def _landing_of(self, target: Target | None, step: str, index: int) -> Box | None:
        match target:
            case None | Next():
                return self._landing(step, index + 1)
            case GoTo(step=name):
                return self._landing(str(name), 0)
            case HangUp(ending=ending, reason=reason):
                return self._box(f"hangup {ending} {reason}", Shape.HANGUP, (str(ending), *filter(None, [reason])))
            case Return(outcome=outcome):
                return self._box(f"return {outcome}", Shape.RETURN, (f"return {outcome}",))

    def _landing(self, step: str, index: int) -> Box:
        """The box at which a call comes that comes to a place."""
        if (step, index) not in self._passing:
            return self._at[step, index]
        _, last = self._passing[step, index]
        action = self._flow.steps[Word(step)][last]
        landing = self._landing_of(action.kind.exits()[GOOD], step, last)
        return landing or self._at[step, last]

    def _connect(self, origin: Box, target: Box, label: str, end: Walked | None) -> None:
        arrow = self._arrows.setdefault((origin.name, target.name), Arrow(origin, target))
        arrow.labels.append(label)
        if end is not None:
            arrow.ends.append(end)


def _said_of(number: Word, line: Line) -> tuple[str, ...]:
    beside = (line.language, "for agents" if line.from_ else None, None if line.answer else "not answered")
    return (str(number), *(str(word) for word in beside if word))


def _passing_from(actions: tuple[Action, ...], part: list[int]) -> int:
    """The index from which on all actions of a part pass."""
    begin = part[-1] + 1
    while begin > part[0] and _passes(actions[begin - 1]):
        begin -= 1
    return begin


def _parts(actions: tuple[Action, ...]) -> Iterator[list[int]]:
    """A step's actions, cut before and behind each that is a box of its own."""
    part: list[int] = []
    for index, action in enumerate(actions):
        if isinstance(action.kind, Gosub | Queue | Dial | Voicemail):
            if part:
                yield part
            yield [index]
            part = []
        else:
            part.append(index)
    if part:
        yield part


def _passes(action: Action) -> bool:
    """True where nothing is decided: said or set, or the one way on."""
    is_leaving = action.kind.name in {"goto", "return", "hangup"}
    return action.kind.name in PASSING and (action.when is None or not is_leaving)


_SHAPES: Mapping[str, Shape] = {
    "gosub": Shape.GOSUB,
    "queue": Shape.QUEUE,
    "dial": Shape.DIAL,
    "voicemail": Shape.VOICEMAIL,
}


def _shape_of(action: Action) -> Shape | None:
    return _SHAPES.get(action.kind.name) or (Shape.INPUT if action.kind.asks() else None)


def _says(action: Action) -> str:
    """What a box tells of an action; nothing of what passes."""
    match action.kind:
        case Gosub(flow=flow):
            return f"flow {flow}"
        case Queue(target=target):
            return f"queue {target.source}"
        case Dial(to=to):
            return f"dial {to.source}"
        case Voicemail(box=box):
            return f"voicemail {box}"
        case Lookup(query=query):
            return f"lookup {query}"
        case Submit(to=submission):
            return f"submission {submission}"
        case kind:
            return "" if kind.name in PASSING else kind.name


def _label(end: str, action: Action) -> str:
    """What is written beside an arrow."""
    if end == PASSED_OVER:
        return ""
    if end == ROW:
        return "each row"
    if end.startswith("key_"):
        return _key(end.removeprefix("key_"), action)
    if end in action.kind.exits():
        is_told = action.kind.name in _SHAPES
        return end if is_told else "" if action.when is None else f"if {shortened(action.when.source)}"
    return end if end in (action.then or {}) else OTHERWISE


def _key(key: str, action: Action) -> str:
    choice = getattr(action.kind, "choices", {}).get(Word(key)) if action.kind.asks() else None
    guard = getattr(choice, "when", None)
    return key if guard is None else f"{key} if {shortened(guard.source)}"
