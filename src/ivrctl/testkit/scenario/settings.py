"""Settings of the site that have another value in a scenario: from the beginning, or from a line of its script on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivrctl.flow.program import Program
from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.schema import Schema, Schemas, text
from ivrctl.lang.source import Node, ScalarNode, Word
from ivrctl.lang.types import Type, conform
from ivrctl.model.values import Value

PREFIX = "settings."
"""Before the name in a script, as flows write it."""


class SettingsShape:
    """The YAML shape of ``given.settings``: names to values, each of the type that the site file gives it."""

    prefix = ""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Mapping[str, Value]:
        """Read a mapping of names to values, bound with the program at hand."""
        program = binder.context
        if not isinstance(program, Program):
            raise TypeError("scenarios are bound with a program as context")
        values: dict[str, Value] = {}
        is_sound = True
        for key, value in binder.entries(node):
            try:
                name = cls._name(key, program, binder)
                values[name] = _value(key.text, value, program.site.settings[Word(name)].type, binder)
            except Unbound:
                is_sound = False
        if not is_sound:
            raise Unbound
        return values

    @classmethod
    def _name(cls, name: ScalarNode, program: Program, binder: Binder) -> str:
        known = [f"{cls.prefix}{setting}" for setting in program.site.settings]
        if name.text not in known:
            message = f'the setting "{name.text}" does not exist'
            advice = did_you_mean(name.text, known) or "see settings in ivrctl.yaml"
            binder.refuse("IVR313", name.span, message, advice)
        return name.text.removeprefix(cls.prefix)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A value for each setting."""
        known = {f"{cls.prefix}{name}": text() for name in schemas.names("settings")}
        return {"type": "object", "properties": known, "additionalProperties": text()}


class SetShape(SettingsShape):
    """The YAML shape of a line ``sets``: the same, each name behind ``settings.``."""

    prefix = PREFIX


def _value(name: str, node: Node, kind: Type, binder: Binder) -> Value:
    written: Word = binder.bind(Word, node)
    try:
        return conform(str(written), kind)
    except ValueError as error:
        binder.refuse("IVR313", node.span, f'"{written}" is no value of the setting "{name}": {error}')


def with_settings(program: Program, values: Mapping[str, Value], version: str) -> Program:
    """The site with other values of some settings, as another version; the same one where there are none."""
    if not values:
        return program
    known = program.site.settings
    changed = {name: replace(known[Word(name)], value=value) for name, value in values.items()}
    return replace(program, version=version, site=replace(program.site, settings={**known, **changed}))


def next_version(program: Program) -> str:
    """A name for the version that follows one in a scenario."""
    return f"{program.version}+"
