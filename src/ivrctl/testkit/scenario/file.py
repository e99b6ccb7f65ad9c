"""A scenario as frozen dataclasses: what one document of ``<name>.scenario.yaml`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Self, TypeAlias

from ivrctl.lang.binder import Binder
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.testkit.scenario.expect import Expectations
from ivrctl.testkit.scenario.given import Given
from ivrctl.testkit.scenario.local_time import LocalTimeShape
from ivrctl.testkit.scenario.script import CALLER, Line


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, from where, and which number."""

    dials: Annotated[Word, NameOf("lines")]
    """The number of a line."""
    span: Span
    from_: Word | None = None
    """The calling number; left out when it is withheld."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A phone of the site, which queues and dials can ring."""

    extension: Annotated[Word, NameOf("extensions")]
    """One that the site's ``extensions`` match; the development PBX has 8101 to 8106."""
    span: Span


Phone: TypeAlias = Caller | Agent


class _PhoneShape:
    """The YAML shape of a phone: ``{from, dials}`` or ``{extension}``."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Phone:
        if not isinstance(node, MappingNode):
            advice = 'write {from: "13900139000", dials: "10010"} or {extension: "8101"}'
            binder.refuse("IVR012", node.span, "a phone is a mapping", advice)
        return binder.fields(Caller, node) if node.get("extension") is None else binder.fields(Agent, node)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """An agent when it has an ``extension``, else a caller."""
        agent, caller = schemas.fields(Agent), schemas.fields(Caller)
        is_agent = {"type": "object", "required": ["extension"]}
        either = {**caller["properties"], **agent["properties"]}
        return {"type": "object", "properties": either, "if": is_agent, "then": agent, "else": caller}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One call from its first ring to its end."""

    title: Word
    """What it shows, as one sentence."""
    at: Annotated[datetime, LocalTimeShape]
    """When the call begins, in the site's time: ``2026-11-20 10:00``."""
    calls: Mapping[Annotated[Word, NameOf("people")], Annotated[Phone, _PhoneShape]]
    """Who takes part; ``caller`` is the one who calls, every other is an agent."""
    script: tuple[Line, ...]
    """What happens, line by line."""
    span: Span
    given: Given = field(default_factory=Given)
    """What the world is like when the call begins."""
    expect: Expectations = field(default_factory=Expectations)
    """What the call is compared with when it is over."""

    @property
    def caller(self) -> Caller:
        """Who calls; the checks saw to it that there is exactly one."""
        phone = self.calls[Word(CALLER)]
        if not isinstance(phone, Caller):
            raise TypeError(f"{self.span}: nobody calls")
        return phone

    @property
    def agents(self) -> Mapping[str, Agent]:
        """Everybody else, by name."""
        return {str(name): phone for name, phone in self.calls.items() if isinstance(phone, Agent)}

    def agent_of(self, line: Line) -> str:
        """The agent that a line is about: the one it names, or the only one there is."""
        return next(iter(self.agents)) if line.who is None else str(line.who)

    def members_of(self, queue: str) -> tuple[str, ...]:
        """The names of the agents logged in to a queue."""
        given = self.given.queues.get(Word(queue))
        return () if given is None else tuple(str(name) for name in given.members)

    def refusal_of(self, queue: str) -> str:
        """The outcome of a queue that takes nobody in."""
        given = self.given.queues.get(Word(queue))
        return "empty" if given is None or given.refusal is None else str(given.refusal)

    @classmethod
    def bound(cls, node: Node, binder: Binder) -> Self:
        """Read one document.

        Raises:
            Unbound: it is no scenario; the reasons have been recorded.
        """
        scenario: Self = binder.bind(cls, node)
        return scenario
