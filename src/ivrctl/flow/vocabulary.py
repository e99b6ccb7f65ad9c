"""What the files of a site name: queues, lookups, steps, lines; what editors offer where a name is due.

Read from the trees of the files, not from a program: a site is edited while something in it is wrong, and then names
are wanted most. A file that is no YAML at the moment names nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import PurePath

from ivrctl.flow.action import KINDS
from ivrctl.flow.flow_file import SUFFIX
from ivrctl.flow.program import SITE_FILE
from ivrctl.flow.targets import Return
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.lang.marks import Names
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode
from ivrctl.site.file_names import POLICY_SUFFIX
from ivrctl.site.identity import CALLER_NUMBER
from ivrctl.site.submissions import NOTICE, NOTICE_PARAMS

MOST_TEXTS = 200
"""Texts of one language that are offered: a list that nobody reads to its end is of no help."""

_Parts = Mapping[str, tuple[str, ...]]


def read_names(files: Mapping[str, bytes]) -> Names:
    """The names of a site, by kind.

    Args:
        files: path to content, as for a program; what is no site file, flow or policy is passed over.
    """
    site = next((_tree(files[path], path) for path in files if PurePath(path).name == SITE_FILE), None)
    flows = {_flow_name(path): _tree(files[path], path) for path in sorted(files) if path.endswith(SUFFIX)}
    return {
        **_of_site(site),
        "languages": _languages(site, [site, *flows.values()]),
        "flows": {name: _of_flow(flow) for name, flow in flows.items()},
        "lines": _alone(line for flow in flows.values() for line in _numbers(flow, "lines")),
        "places": _alone(_places(flows)),
        "actions": _alone(_actions(flows)),
        "backup_tiers": _alone(dict.fromkeys(_backup_tiers(files))),
    }


def names_in_flow(names: Names, flow: str) -> Names:
    """The same for the file of one flow: with its steps, and the outcomes that it can return."""
    own = names["flows"].get(flow, {})
    outcomes = (Return.GOOD, *own.get("outcomes", ()))
    return {**names, "steps": _alone(own.get("steps", ())), "outcomes": _alone(outcomes)}


def _alone(names: Iterable[str]) -> Mapping[str, _Parts]:
    """Names to which no words belong."""
    return {name: {} for name in names}


def _of_site(site: Node | None) -> dict[str, Mapping[str, _Parts]]:
    fields = tuple(f"call.{name}" for name in _keys(site, "call_fields"))
    keys = ("queues", "databases", "http", "regions", "agents", "profiles", "groups", "pause_reasons")
    plain = {key: key for key in keys} | {"boxes": "voicemail"}
    found: dict[str, Mapping[str, _Parts]] = {kind: _alone(_keys(site, key)) for kind, key in plain.items()}
    found["extensions"] = _alone(_numbers(site, "extensions"))
    found["fields"] = _alone(fields)
    found["call_fields"] = _alone(_keys(site, "call_fields"))
    submissions = {name: {"params": _keys(each, "params")} for name, each in _entries(_at(site, "submissions"))}
    found["submissions"] = {**submissions, NOTICE: {"params": tuple(NOTICE_PARAMS)}}
    found["warned"] = _alone((*submissions, *_keys(site, "agents")))
    found["methods"] = _alone((CALLER_NUMBER, *_keys(site, "identity")))
    found["lookups"] = {name: _of_lookup(lookup) for name, lookup in _entries(_at(site, "lookups"))}
    return found


def _of_lookup(lookup: Node) -> _Parts:
    is_list = _at(lookup, "rows") is not None
    return {
        "params": _keys(lookup, "params"),
        "returns": _keys(lookup, "returns"),
        "rows": ("rows",) if is_list else (),
    }


def _of_flow(flow: Node | None) -> _Parts:
    return {
        "steps": _keys(flow, "steps"),
        "params": _keys(flow, "params"),
        "outcomes": _words(_at(flow, "outcomes")),
        "returns": _keys(flow, "returns"),
    }


def _languages(site: Node | None, trees: Iterable[Node | None]) -> Mapping[str, _Parts]:
    """The languages, each with the texts that the site says in it already."""
    languages = _words(_at(site, "languages"))
    texts: dict[str, dict[str, None]] = {name: {} for name in languages}
    for tree in trees:
        for language, text in _texts(tree, texts):
            texts[language].setdefault(text)
    return {name: {"texts": tuple(islice(said, MOST_TEXTS))} for name, said in texts.items()}


def _texts(node: Node | None, languages: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every text that stands behind a language, anywhere in a tree."""
    for key, value in _entries(node):
        if isinstance(value, ScalarNode) and key in languages and not value.is_null:
            yield key, value.text
        yield from _texts(value, languages)
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _texts(item, languages)


def _places(flows: Mapping[str, Node | None]) -> Iterator[str]:
    """Steps as the path of a call names them: of the flow that was dialled alone, of others with their flow."""
    for name, flow in flows.items():
        for step in _keys(flow, "steps"):
            yield step
            yield f"{name}/{step}"


def _actions(flows: Mapping[str, Node | None]) -> Iterator[str]:
    """Actions as expected outcomes name them: step and kind."""
    for name, flow in flows.items():
        for step, actions in _entries(_at(flow, "steps")):
            for action in actions.items if isinstance(actions, SequenceNode) else ():
                for kind, _ in _entries(action):
                    if kind in KINDS:
                        yield f"{step}.{kind}"
                        yield f"{name}/{step}.{kind}"


def _backup_tiers(files: Mapping[str, bytes]) -> Iterator[str]:
    """The tiers of all policies of backup staff."""
    for path in sorted(files):
        tiers = _at(_tree(files[path], path), "tiers") if path.endswith(POLICY_SUFFIX) else None
        for tier in tiers.items if isinstance(tiers, SequenceNode) else ():
            yield from _words_of(_at(tier, "tier"))


def _words_of(node: Node | None) -> tuple[str, ...]:
    return (node.text,) if isinstance(node, ScalarNode) and not node.is_null else ()


def _tree(content: bytes, path: str) -> Node | None:
    return next(iter(load(content, path, Findings())), None)


def _at(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, MappingNode) else None


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        yield from ((key.text, value) for key, value in node.entries)


def _keys(node: Node | None, key: str) -> tuple[str, ...]:
    return tuple(name for name, _ in _entries(_at(node, key)))


def _numbers(node: Node | None, key: str) -> Iterator[str]:
    """Of numbers and patterns the numbers, since nobody dials a pattern."""
    return (name for name in _keys(node, key) if not name.startswith("_"))


def _words(node: Node | None) -> tuple[str, ...]:
    items = node.items if isinstance(node, SequenceNode) else ()
    return tuple(item.text for item in items if isinstance(item, ScalarNode) and not item.is_null)


def _flow_name(path: str) -> str:
    return PurePath(path).name.removesuffix(SUFFIX)
