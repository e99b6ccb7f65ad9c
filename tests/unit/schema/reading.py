"""YAML as an editor reads it, and what the schemas say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from ivrctl.cli.editor import schema_of
from ivrctl.flow.flow_file import SUFFIX as FLOW
from ivrctl.flow.program import SITE_FILE
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode
from ivrctl.simulation.days.day_file import SUFFIX as DAY
from ivrctl.staffing.policy_files.policy_file import SUFFIX as STAFFING
from ivrctl.testkit.scenario import SUFFIX as SCENARIO

_SUFFIXES = {FLOW: "flow", SITE_FILE: "site", SCENARIO: "scenario", STAFFING: "staffing", DAY: "day"}


def as_editors_read(node: Node) -> Any:
    """A tree with its scalars resolved by the core schema of YAML 1.2, which editors use."""
    match node:
        case MappingNode(entries=entries):
            return {key.text: as_editors_read(value) for key, value in entries}
        case SequenceNode(items=items):
            return [as_editors_read(item) for item in items]
        case ScalarNode(text=text):
            return _resolved(text) if node.is_plain else text


def _resolved(text: str) -> Any:
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text.lower() in {"true", "false"} and text in {text.lower(), text.upper(), text.title()}:
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"0o[0-7]+|0x[0-9a-fA-F]+", text):
        return int(text, 0)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return text


@cache
def general(kind: str) -> Draft7Validator:
    """The schema of a kind of file that knows no site."""
    return Draft7Validator(schema_of(kind))


def documents(text: str) -> list[Any]:
    """The documents of a file."""
    return [as_editors_read(node) for node in load(text.encode(), "file", Findings())]


def told(validator: Draft7Validator, text: str) -> list[str]:
    """What a schema has against a file: the place of each fault and its keyword."""
    found = [error for document in documents(text) for error in validator.iter_errors(document)]
    return sorted({f"{'/'.join(map(str, error.absolute_path))}: {_word(error)}" for error in found})


def _word(error: Any) -> str:
    match error.validator:
        case "additionalProperties":
            return "unknown " + ", ".join(sorted(set(error.instance) - set(error.schema.get("properties", {}))))
        case "required":
            return "lacks " + error.message.split("'")[1]
        case None:
            return "not allowed"
        case keyword:
            return str(keyword)


def files_by_kind(files: Mapping[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """Path, kind and text of the files of a site that have a schema."""
    for path, content in files.items():
        for suffix, kind in _SUFFIXES.items():
            if path.endswith(suffix):
                yield path, kind, content.decode()
