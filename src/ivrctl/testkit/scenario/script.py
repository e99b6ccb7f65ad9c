"""The lines of a script: what the caller and the agents do, and what they notice.

A line has exactly one kind, and beside it who it is about and how long it may take. Each kind is a frozen dataclass;
how it is played is ``engines.script``'s part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Self, TypeAlias

from ivrctl.lang.binder import Binder
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, in_prose
from ivrctl.lang.source import MappingNode, Node, ScalarNode, Span, Word
from ivrctl.model.call import Ending
from ivrctl.model.values import Value
from ivrctl.testkit.scenario.settings import SetShape

WITHIN = timedelta(seconds=10)
"""How long a line may take where it does not say: longer than any silence that a caller puts up with."""

CALLER = "caller"
"""Who a line is about where it does not say."""


class Act(StrEnum):
    """What somebody does with his phone."""

    ANSWERS = "answers"
    HANGS_UP = "hangs_up"
    REFUSES = "refuses"
    SIGNS_OFF = "signs_off"
    """Leaves the queues that he is logged in to; who waits in one that has nobody left comes back from it."""


class By(StrEnum):
    """Who ended a call."""

    FLOW = "flow"
    """The flow hung up."""
    CALLER = "caller"
    """The caller hung up."""
    AGENT = "agent"
    """An agent hung up, and the flow ended the call without another word."""
    FALLBACK = "fallback"
    """The dialplan took over, because the controller gave up."""


@dataclass(frozen=True, slots=True)
class Hears:
    """The caller hears a prompt to its end that holds this text; prompts before it are passed over.

    Values stand in their written form: ``18.50``, ``2026-02-24``.
    """

    text: str
    """Part of what is written."""


@dataclass(frozen=True, slots=True)
class Presses:
    """The caller presses keys, one after the other, also while a prompt plays.

    Nobody presses before he hears something: the first key waits until the first prompt of the call begins.
    """

    keys: Word


@dataclass(frozen=True, slots=True)
class Waits:
    """Time passes."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Does:
    """An agent ``answers``, ``refuses``, ``hangs_up`` or ``signs_off``; without ``who``, ``hangs_up`` is the caller.

    An extension that is dialled and ``refuses`` is ``busy``; one that does nothing is ``no_answer`` after the time
    ``ring``; one that ``calls`` does not name is ``unavailable``.
    """

    act: Act


@dataclass(frozen=True, slots=True)
class Enters:
    """The caller is in a queue."""

    queue: Annotated[Word, NameOf("queues")]
    """Its name."""
    priority: int | None = None
    """With which he waits; not looked at where it is not written."""


@dataclass(frozen=True, slots=True)
class Transfers:
    """The agent transfers the caller blindly to a line of the site."""

    to: Word


@dataclass(frozen=True, slots=True)
class Talks:
    """Caller and agent hear each other for so long; live, tones are sent both ways and looked for."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Speaks:
    """The caller leaves a message: he speaks for so long; live, the file that was recorded must hold the sound."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Sets:
    """A setting of the site gets another value, as when the site file is changed: ``{settings.is_storm: true}``.

    A leg ends on the version of the site that it began with: the one that a transfer begins has the new value.
    """

    values: Mapping[str, Value]
    """Name, without ``settings.``, to value."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The call is over."""

    by: By | None = None
    """Who ended it."""
    as_: Ending | None = None
    """How it ended, as its record says."""


Kind: TypeAlias = Hears | Presses | Waits | Does | Enters | Transfers | Talks | Speaks | Sets | Ends


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script."""

    kind: Kind
    written: str
    """The line in one line, as verdicts show it."""
    who: Word | None
    """None is the caller, or for what only agents do the only agent."""
    within: timedelta
    span: Span
    """Of the kind's key."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a line: exactly one kind, and at most ``who`` and ``within`` beside it."""
        if not isinstance(node, MappingNode):
            binder.refuse("IVR301", node.span, "a line is a mapping with one kind", 'such as - hears: "…"')
        chosen = [(key, value) for key, value in node.entries if key.text not in _BESIDE]
        if len(chosen) != 1 or chosen[0][0].text not in _KINDS:
            _refuse_kinds([key for key, _ in chosen], node, binder)
        beside = binder.fields(_Beside, node, also=frozenset({chosen[0][0].text}))
        key, value = chosen[0]
        form = _KINDS[key.text]
        kind = form.make(binder.bind(form.shape, value))
        return cls(kind, _written(node), beside.who, beside.within, key.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """All kinds as keys, and what stands beside them."""
        beside = schemas.fields(_Beside)
        kinds = {name: {**schemas.of(form.shape), **in_prose(form.kind.__doc__)} for name, form in _KINDS.items()}
        return {**beside, "properties": {**kinds, **beside["properties"]}}


@dataclass(frozen=True, slots=True)
class _Beside:
    who: Word | None = None
    """The agent that the line is about, by his name in ``calls``; needed where there are several."""
    within: timedelta = WITHIN
    """How long it may take until the line is met."""


_BESIDE = frozenset({"who", "within"})


def _refuse_kinds(chosen: list[ScalarNode], node: MappingNode, binder: Binder) -> None:
    for key in chosen:
        if key.text not in _KINDS:
            message = f'"{key.text}" is no line of a script'
            binder.refuse("IVR301", key.span, message, did_you_mean(key.text, _KINDS))
    if not chosen:
        binder.refuse("IVR301", node.span, "the line says nothing", "one of " + ", ".join(_KINDS))
    names = " and ".join(f'"{key.text}"' for key in chosen)
    binder.refuse("IVR301", chosen[1].span, f"one line says two things, {names}", "write each as a line of its own")


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of line is written."""

    kind: type[Any]
    """What it becomes; its docstring says what it means."""
    shape: Any
    """What stands behind its key."""
    make: Callable[[Any], Kind]


def _seconds(kind: Callable[[float], Kind]) -> Callable[[timedelta], Kind]:
    return lambda length: kind(length.total_seconds())


def _itself(line: Kind) -> Kind:
    return line


_KINDS: Mapping[str, _Form] = {
    "hears": _Form(Hears, Word, lambda text: Hears(str(text))),
    "presses": _Form(Presses, Word, Presses),
    "waits": _Form(Waits, timedelta, _seconds(Waits)),
    "does": _Form(Does, Act, Does),
    "enters": _Form(Enters, Enters, _itself),
    "transfers": _Form(Transfers, Annotated[Word, NameOf("lines")], Transfers),
    "talks": _Form(Talks, timedelta, _seconds(Talks)),
    "speaks": _Form(Speaks, timedelta, _seconds(Speaks)),
    "sets": _Form(Sets, Annotated[Mapping[str, Any], SetShape], Sets),
    "ends": _Form(Ends, Ends, _itself),
}


def _written(node: Node) -> str:
    """A node as YAML would have it on one line."""
    match node:
        case MappingNode(entries=entries):
            return ", ".join(f"{key.text}: {_inside(value)}" for key, value in entries)
        case _:
            return _inside(node)


def _inside(node: Node) -> str:
    match node:
        case ScalarNode(text=text):
            return text
        case MappingNode():
            return "{" + _written(node) + "}"
        case _:
            return "[" + ", ".join(_inside(item) for item in node.items) + "]"
