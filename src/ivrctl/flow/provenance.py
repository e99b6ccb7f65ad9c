"""Provenance: which values of a flow only lookups can have brought.

What a lookup brings has been held against the site file: a queue or an extension is one of the site's, and a list has
a row. Of a name that something else gives a value too (a param, ``set``, another action's ``save``) nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivrctl.flow.action import Action
from ivrctl.flow.actions.lookup import Lookup
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.uses import names_given
from ivrctl.lang.names import Path
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Record, Type, without_none
from ivrctl.site.site_file import Site


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the lookups of one flow bring."""

    answers: Mapping[str, frozenset[Type]]
    """Name to what it can hold: the types that the site file declares of every lookup that is saved under it."""

    @classmethod
    def of(cls, flow: Flow, site: Site) -> Provenance:
        """Find the names of a flow that nothing but lookups gives a value."""
        found: dict[str, frozenset[Type]] = {}
        others = {str(param) for param in flow.params}
        for _place, action in flow.places():
            for name in names_given(action):
                answer = _answer(action, site)
                if answer is None:
                    others.add(str(name))
                else:
                    found[str(name)] = found.get(str(name), frozenset()) | {answer}
        return cls({name: types for name, types in found.items() if name not in others})

    def types_of(self, template: Template) -> frozenset[Type]:
        """The types that a value has which a lookup has brought, and which is handed on unchanged; else none at all."""
        path = template.lone_name
        return frozenset() if path is None else frozenset(self._types_at(path))

    def _types_at(self, path: Path) -> Iterator[Type]:
        name, *fields = path
        for answer in self.answers.get(name, ()):
            kind: Type = answer
            for field in fields:
                if not isinstance(kind, Record) or field not in kind.fields:
                    return
                kind = without_none(kind.fields[field])
            yield kind


def _answer(action: Action, site: Site) -> Type | None:
    return site.lookups[action.kind.query].answer if isinstance(action.kind, Lookup) else None
