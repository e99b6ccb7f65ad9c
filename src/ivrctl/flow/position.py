"""Where a call stands: all that lives longer than one action, and its form in the journal.

A ``Position`` is written at every action boundary. From it alone a call goes on, in another process too, as if it had
never been cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ivrctl.model.call import Ending, Wait, wait_from_json, wait_to_json
from ivrctl.model.promise import MAX_WAITS
from ivrctl.model.values import Value, from_json, to_json

MAX_PATH = 500
"""Steps kept of a call's path: a caller who circles in menus for an hour must not grow the journal without bound."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One flow that is being walked: the caller's own, or a sub-flow entered by gosub."""

    flow: str
    step: str
    index: int = 0
    names: Mapping[str, Value] = field(default_factory=dict)
    """Flow names: what ``save``, ``set`` and params gave a value."""

    @property
    def place(self) -> str:
        """``flow/step[index]``, as traces and findings show it."""
        return f"{self.flow}/{self.step}[{self.index}]"


@dataclass(frozen=True)
class Position:
    """Where a call stands between two actions.

    Without slots, unlike its neighbours: a call makes a new one or two for every action, and fields that lie in a
    dict are copied in a sixth of the time (``_but``).
    """

    version: str
    """The content hash of the site that this call runs on, to its end."""
    caller: str
    """The calling number in E.164, or as it came where it is no such number; empty when withheld."""
    line: str
    """The dialled number."""
    began_at: datetime
    language: str
    frames: tuple[Frame, ...]
    """Innermost last."""
    typed: str = ""
    """Type-ahead: keys pressed before anybody asked."""
    fields: Mapping[str, Value] = field(default_factory=dict)
    """Call fields, ``call.x``."""
    visits: Mapping[str, int] = field(default_factory=dict)
    """How often this call has entered each step, by ``flow/step``."""
    path: tuple[str, ...] = ()
    handoffs: int = 0
    """How many hand-offs this call has had: their ids are numbered by it."""
    awaited: str | None = None
    """The id of the hand-off whose outcome is awaited, such as ``queue-3``."""
    is_answered: bool = False
    """True once a person has spoken with the caller."""
    messages: tuple[str, ...] = ()
    """The messages that the caller has left, by the ids of their hand-offs."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Queue to the place at which the caller left it unanswered, counted from 1."""
    is_turned_away: bool = False
    """True for a caller from outside on a line that is for agents: he is told so, and nothing else happens."""
    regions: frozenset[str] = frozenset()
    """Those that his number belongs to, as the site declares them, and those of the customer who was verified;
    ``caller.regions``."""
    customer: Mapping[str, Value] = field(default_factory=dict)
    """What a ``verify`` has found: ``tier``, ``brand``, ``language``, ``name``; empty until one has."""
    is_language_known: bool = False
    """True once the line, the caller or his record has said which language he speaks."""
    is_welcomed: bool = False
    """True once the notices at the entry of his line have been heard."""
    heard: tuple[str, ...] = ()
    """The notices that he has heard, by their ids: each is heard once a call."""
    waits: tuple[Wait, ...] = ()
    """His stays in queues, in their order; the last one is open while he is in it."""

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    @property
    def ending_of_leaving(self) -> Ending:
        """How the call has ended for a caller who leaves it here; a message that he left is no answer, and no loss."""
        if self.is_answered:
            return Ending.SERVED
        return Ending.UNSERVED if self.messages else Ending.ABANDONED

    def at(self, step: str, index: int) -> Position:
        """The same call at another place of its innermost flow."""
        frame = self.frame
        return self._but(frames=(*self.frames[:-1], Frame(frame.flow, step, index, frame.names)))

    def entering(self, step: str) -> Position:
        """The same call at the start of a step: the visit is counted and the path grows."""
        frame = self.frame
        return self._in_frames((*self.frames[:-1], Frame(frame.flow, step, 0, frame.names)))

    def pushing(self, flow: str, step: str, params: Mapping[str, Value]) -> Position:
        """The same call at a step of a sub-flow, where it begins."""
        return self._in_frames((*self.frames, Frame(flow, step, 0, params)))

    def _in_frames(self, frames: tuple[Frame, ...]) -> Position:
        name = f"{frames[-1].flow}/{frames[-1].step}"
        visits = {**self.visits, name: self.visits.get(name, 0) + 1}
        return self._but(frames=frames, visits=visits, path=(*self.path, name)[-MAX_PATH:])

    def popping(self) -> Position:
        """The same call back in the flow that entered the innermost one."""
        return self._but(frames=self.frames[:-1])

    def with_name(self, name: str, value: Value) -> Position:
        """The same call with a name set: ``call.x`` is a call field, any other a name of the innermost flow."""
        if name.startswith("call."):
            return self._but(fields={**self.fields, name.removeprefix("call."): value})
        frame = self.frame
        named = Frame(frame.flow, frame.step, frame.index, {**frame.names, name: value})
        return self._but(frames=(*self.frames[:-1], named))

    def welcomed(self, heard: tuple[str, ...]) -> Position:
        """The same call when the notices at the entry of its line have been heard.

        Args:
            heard: all that he has heard by now, by their ids.
        """
        return self._but(is_welcomed=True, heard=heard)

    def into_queue(self, queue: str, priority: int, now: datetime) -> Position:
        """The same call when a flow hands it to a queue: the wait has begun."""
        return self._but(waits=(*self.waits, Wait(queue, priority, now))[-MAX_WAITS:])

    def out_of_queue(self, outcome: str, now: datetime | None, held: float | None) -> Position:
        """The same call when the wait that was open is over; itself, where none was.

        Args:
            outcome: in the language's words, or ``abandoned``.
            now: aware; None when nobody knows how long ago he left it.
            held: how many seconds he waited until he was answered; None when he was not, or nobody knows.
        """
        if not self.is_waiting:
            return self
        return self._but(waits=(*self.waits[:-1], self.waits[-1].over(outcome, now, held)))

    def never_in_queue(self) -> Position:
        """The same call without the wait that was open: the hand-off was lost with its controller."""
        return self._but(waits=self.waits[:-1]) if self.is_waiting else self

    @property
    def is_waiting(self) -> bool:
        """True from a hand-off to a queue until somebody has said how it ended."""
        return bool(self.waits) and not self.waits[-1].outcome

    def after_action(self, **kept: Any) -> Position:
        """The same call when an action has ended: nothing is awaited any more. Itself, where nothing is another.

        Args:
            kept: fields that the action may have changed, with their values.
        """
        before = vars(self)
        kept["awaited"] = None
        changed = {name: value for name, value in kept.items() if before[name] != value}
        return self._but(**changed) if changed else self

    def _but(self, **changes: Any) -> Position:
        """The same call with some fields another: ``dataclasses.replace`` without its check of their names."""
        changed = object.__new__(Position)
        object.__setattr__(changed, "__dict__", vars(self) | changes)
        return changed


def position_to_json(position: Position) -> dict[str, Any]:
    """The journal's form of a position; ``position_from_json`` is its inverse.

    It is written at every action: what most calls have nothing of stands there only where there is some.
    """
    form: dict[str, Any] = {
        "version": position.version,
        "caller": position.caller,
        "line": position.line,
        "began_at": position.began_at.isoformat(),
        "language": position.language,
        "frames": [[frame.flow, frame.step, frame.index, to_json(frame.names)] for frame in position.frames],
        "typed": position.typed,
        "fields": to_json(position.fields),
        "visits": dict(position.visits),
        "path": list(position.path),
        "handoffs": position.handoffs,
        "awaited": position.awaited,
        "is_answered": position.is_answered,
        "is_welcomed": position.is_welcomed,
    }
    if position.messages:
        form["messages"] = list(position.messages)
    if position.places:
        form["places"] = dict(position.places)
    if position.is_turned_away:
        form["is_turned_away"] = True
    if position.regions:
        form["regions"] = sorted(position.regions)
    if position.customer:
        form["customer"] = to_json(position.customer)
    if position.is_language_known:
        form["is_language_known"] = True
    if position.heard:
        form["heard"] = list(position.heard)
    if position.waits:
        form["waits"] = [wait_to_json(wait) for wait in position.waits]
    return form


def position_from_json(data: Mapping[str, Any]) -> Position:
    """Read what ``position_to_json`` wrote.

    Raises:
        KeyError, ValueError, TypeError: the data is no position of this release.
    """
    if not data["frames"]:
        raise ValueError("a position without a frame")
    return Position(
        version=data["version"],
        caller=data["caller"],
        line=data["line"],
        began_at=datetime.fromisoformat(data["began_at"]),
        language=data["language"],
        frames=tuple(Frame(flow, step, index, _names(names)) for flow, step, index, names in data["frames"]),
        typed=data["typed"],
        fields=_names(data["fields"]),
        visits=data["visits"],
        path=tuple(data["path"]),
        handoffs=data["handoffs"],
        awaited=data["awaited"],
        is_answered=data["is_answered"],
        # What is left out is nothing; a call of a release that knew of no welcome is past its entry.
        messages=tuple(data.get("messages", ())),
        places=data.get("places", {}),
        is_turned_away=data.get("is_turned_away", False),
        regions=frozenset(data.get("regions", ())),
        customer=_names(data.get("customer", {"row": {}})),
        is_language_known=data.get("is_language_known", False),
        is_welcomed=data.get("is_welcomed", True),
        heard=tuple(data.get("heard", ())),
        waits=tuple(wait_from_json(wait) for wait in data.get("waits", ())),
    )


def _names(data: Any) -> Mapping[str, Value]:
    names = from_json(data)
    if not isinstance(names, Mapping):
        raise TypeError(f"not a mapping of names: {data!r}")
    return names
