"""Targets: where an action's outcome leads. A step, the next action, or one of two endings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeAlias

from ivrctl.lang.binder import Binder
from ivrctl.lang.findings import did_you_mean, shortened
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, text_or_mapping, when, words
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.model.call import Ending


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on at the start of a step of the same flow."""

    step: Word


@dataclass(frozen=True, slots=True)
class Next:
    """Go on at the next action of the same step."""

    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    """Leave the flow for the one that entered it, with an outcome."""

    outcome: Word
    GOOD: ClassVar[str] = "done"


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call, saying how it ended."""

    ending: Ending
    reason: str
    span: Span


Target: TypeAlias = GoTo | Next | Return | HangUp

_ENDINGS = {ending.value: ending for ending in (Ending.SERVED, Ending.UNSERVED, Ending.REFUSED)}
"""The endings that a flow may state; the others are what becomes of a call without the flow's will."""


class TargetShape:
    """The YAML shape of a target: ``step``, ``next``, ``{return: outcome}``, ``{hangup: how}``."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Target:
        """Read a target in its own place, such as after an outcome in ``then``."""
        if not isinstance(node, MappingNode):
            return bind_step(node, binder)
        target = bind_ending(node, binder)
        if target is None or len(node.entries) != 1:
            advice = "write a step, next, {return: outcome} or {hangup: how}"
            binder.refuse("IVR112", node.span, "this is no target", advice)
        return target

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A step, or one ending."""
        ending = {"properties": target_keys(schemas), "additionalProperties": False, "minProperties": 1}
        step = schemas.of(StepName)["anyOf"]
        return {
            "anyOf": step,
            "if": {"type": "object"},
            "then": {**ending, "maxProperties": 1},
            "else": text_or_mapping(),
        }


AnyTarget: TypeAlias = Annotated[Target, TargetShape]
"""A target where YAML states one: a field of this type is read by ``TargetShape``."""


NEXT = "next"
"""Written in the place of a step: the next action. No step can have this name."""


StepName: TypeAlias = Annotated[Word, NameOf("steps")]
OutcomeName: TypeAlias = Annotated[Word, NameOf("outcomes")]


def bind_step(node: Node, binder: Binder) -> GoTo | Next:
    """Read a step's name, or ``next``."""
    word: Word = binder.bind(Word, node)
    return Next(node.span) if word == NEXT else GoTo(word)


def bind_ending(node: MappingNode, binder: Binder) -> Target | None:
    """The target that a mapping's own ``goto``, ``return`` or ``hangup`` key states, or None without one."""
    stated = [(key, value) for key, value in node.entries if key.text in TARGET_KEYS]
    if len(stated) > 1:
        binder.refuse("IVR112", stated[1][0].span, "two targets in one place", "keep one of goto, return, hangup")
    for key, value in stated:
        if key.text == "goto":
            return bind_step(value, binder)
        if key.text == "return":
            return Return(binder.bind(Word, value))
        return bind_hangup(value, binder)
    return None


TARGET_KEYS = frozenset({"goto", "return", "hangup"})


def target_keys(schemas: Schemas) -> dict[str, Schema]:
    """What ``bind_ending`` reads, for the schemas of mappings that state a target among other keys."""
    outcome = {**schemas.of(OutcomeName), "description": "Leave the flow for the one that entered it."}
    ending = {**hangup_schema(schemas), "description": "End the call, saying how it ended."}
    step = {**schemas.of(StepName), "description": "Go on at the start of a step of the same flow."}
    return {"goto": step, "return": outcome, "hangup": ending}


def hangup_schema(schemas: Schemas) -> Schema:
    """What ``bind_hangup`` reads."""
    whole = schemas.fields(_StatedEnding, also={"as": {**words(_ENDINGS), "description": "How it ended."}})
    whole["allOf"] = [when({"as": {"const": Ending.REFUSED.value}}, {}, required=["reason"])]
    short = words(name for name in _ENDINGS if name != Ending.REFUSED.value)
    either = {"properties": whole["properties"], "anyOf": [short, {}]}
    return {**either, "if": {"type": "object"}, "then": whole, "else": short}


@dataclass(frozen=True, slots=True)
class _StatedEnding:
    as_: Word
    span: Span
    reason: str = ""
    """Why; a refusal always says it."""


def bind_hangup(node: Node, binder: Binder) -> HangUp:
    """Read ``served``, ``unserved`` or ``{as: refused, reason: …}``.

    A malformed ending is recorded and read as another: the flow cannot run, but its other faults are found too.
    """
    if isinstance(node, MappingNode):
        stated = binder.fields(_StatedEnding, node)
    else:
        stated = _StatedEnding(binder.bind(Word, node), node.span)
    ending = _ENDINGS.get(stated.as_)
    if ending is None:
        message = f'a flow cannot end a call as "{shortened(stated.as_)}"'
        binder.findings.error("IVR113", stated.as_.span, message, did_you_mean(stated.as_, _ENDINGS))
        return HangUp(Ending.UNSERVED, stated.reason, node.span)
    if ending is Ending.REFUSED and not stated.reason:
        binder.findings.error("IVR113", node.span, "a refusal says its reason", "write {as: refused, reason: …}")
    return HangUp(ending, stated.reason, node.span)
