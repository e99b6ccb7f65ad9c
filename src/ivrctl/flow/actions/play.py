"""``play``: say something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from ivrctl.flow import keys
from ivrctl.flow.action import Done, Kind, Running, register
from ivrctl.flow.call import Call
from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import MappingNode, Node
from ivrctl.site.text import Text


@register
@dataclass(frozen=True, slots=True)
class Play(Kind):
    """Say a text; keys cut it where an input can still follow.

    In YAML ``play: {zh: …, en: …}``, or ``play: {text: …, barge_in: false}`` for one that is heard out and clears
    what was typed.
    """

    name: ClassVar[str] = "play"
    text: Text
    """What is said."""
    barge_in: bool = True
    """False: no key cuts it, and what was keyed before counts no more."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read the long form when there is a ``text`` key, else the text itself."""
        if isinstance(node, MappingNode) and node.get("barge_in") and not node.get("text"):
            advice = "write play: {text: {…}, barge_in: false}"
            binder.refuse("IVR012", node.span, "beside barge_in the text stands under its own key", advice)
        if isinstance(node, MappingNode) and node.get("text"):
            bound: Self = binder.fields(cls, node)
            return bound
        return cls(binder.bind(Text, node))

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """The long form when there is a ``text`` key, else the text itself."""
        whole, short = schemas.fields(cls), Text.json_schema(schemas)
        both = {**short, "properties": {**whole["properties"], **short["properties"]}}
        has_text = {"type": "object", "required": ["text"]}
        return {**both, "additionalProperties": True, "if": has_text, "then": whole, "else": short}

    def run(self, call: Call) -> Running:
        """Say it, or pass over it when the caller has typed ahead."""
        if not self.barge_in:
            call.typed = ""
        yield from keys.say(call, call.say(self.text), is_cut_by_keys=call.barges and self.barge_in)
        return Done()

    def texts(self) -> tuple[Text, ...]:
        """The one text."""
        return (self.text,)
