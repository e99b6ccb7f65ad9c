"""Mutations of what a file says: keys and values of the parsed YAML lost, renamed, moved, and of other types.

A file is read with PyYAML itself, so that nothing of the loader under test has a part in it; scalars stay as written.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml

from . import expressions

Tree: TypeAlias = Any
"""Lists, dicts and texts."""

Spot: TypeAlias = tuple[Any, Any]
"""A collection, and the key or index in it."""

VALUES = (
    "",
    "~",
    "true",
    "false",
    "no",
    "0",
    "-1",
    "1",
    "11",
    "99999999999999999999",
    "1.5",
    "3s",
    "0s",
    "-3s",
    "99999999999h",
    "85%",
    "2026-02-30",
    "2026-02-14",
    "09:00-12:00",
    "25:00-26:00",
    "_8XXX",
    "_X.",
    "_[5-1]",
    "*",
    "#",
    "next",
    "start",
    "served",
    "done",
    "otherwise",
    "missing",
    "failed",
    "{call.subject}",
    "{it}",
    "a, b",
    "a" * 300,
    "字" * 300,
    "Hello: there",
    "money",
    "date?",
    "secret",
    "mon-sun",
    "closed",
    "as mon",
    "CN",
    "en",
    "zh",
    "agents",
    "select 1 as a",
    "select :a; drop table b",
    "sqlite:x",
    "postgresql://a:b@c/d",
    "PJSIP/{extension}",
)
KEYS = (
    "play",
    "menu",
    "collect",
    "language",
    "lookup",
    "set",
    "goto",
    "gosub",
    "return",
    "queue",
    "dial",
    "voicemail",
    "hangup",
    "when",
    "save",
    "then",
    "otherwise",
    "choices",
    "from",
    "say",
    "value",
    "text",
    "barge_in",
    "with",
    "digits",
    "confirm",
    "check",
    "secret",
    "steps",
    "lines",
    "params",
    "returns",
    "outcomes",
    "1",
    "*",
    "#",
    "_X",
    "en",
    "zh",
    "call.subject",
    "rows",
    "wait",
    "attempts",
    "weekly",
    "holidays",
    "exceptions",
    "script",
    "given",
    "expect",
    "after",
)
MAX_SPOTS = 2_000


def mutated(source: bytes, donor: bytes, chance: random.Random) -> bytes:
    """The file after one to three mutations, most often one, of what it says; unchanged where it cannot be read.

    Args:
        source: the file.
        donor: another one, parts of which are put into it.
        chance: decides.
    """
    documents, given = parsed(source), parsed(donor)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        spots = _spots(documents)
        if not spots:
            break
        chance.choice(MUTATIONS)(chance.choice(spots), _spots(given) or spots, chance)
    return written(documents, chance)


def parsed(source: bytes) -> list[Tree]:
    """The documents of a file; none where it cannot be read."""
    try:
        return [_plain(node) for node in yaml.compose_all(source, Loader=yaml.CSafeLoader) if node is not None]
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return []


def _plain(node: Any) -> Tree:
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node.value


def written(documents: list[Tree], chance: random.Random) -> bytes:
    """Documents as YAML, in one of its styles."""
    how = {"default_flow_style": chance.choice([None, None, False, True]), "width": chance.choice([40, 100, 10_000])}
    text = yaml.dump_all(documents, Dumper=_Dumper, allow_unicode=True, sort_keys=False, **how)
    return str(text).encode(errors="surrogatepass")


class _Dumper(yaml.SafeDumper):
    """Writes texts as they stand where that is possible, so that ``3s`` and ``_8XXX`` and ``no`` stay plain."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


_Dumper.yaml_implicit_resolvers = {}
_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text))


def _spots(documents: list[Tree]) -> list[Spot]:
    """Every place of some documents."""
    found: list[Spot] = [(documents, index) for index in range(len(documents))]
    for collection, key in found:
        value = collection[key]
        if isinstance(value, dict):
            found += [(value, inner) for inner in value]
        elif isinstance(value, list):
            found += [(value, index) for index in range(len(value))]
        if len(found) > MAX_SPOTS:
            break
    return found


Mutation = Callable[[Spot, list[Spot], random.Random], None]


def _lose(spot: Spot, _given: list[Spot], _chance: random.Random) -> None:
    collection, key = spot
    del collection[key]


def _rename(spot: Spot, given: list[Spot], chance: random.Random) -> None:
    """Another key holds the value; the order stays."""
    collection, key = spot
    if not isinstance(collection, dict):
        return
    taken = [str(other) for _, other in given if isinstance(other, str)]
    new = chance.choice([chance.choice(KEYS), chance.choice(taken or ["x"]), str(key) + "x", str(key)[:-1]])
    entries = [(new if name == key else name, value) for name, value in collection.items()]
    collection.clear()
    collection.update(entries)


def _other_value(spot: Spot, _given: list[Spot], chance: random.Random) -> None:
    collection, key = spot
    collection[key] = chance.choice(VALUES)


def _other_shape(spot: Spot, _given: list[Spot], chance: random.Random) -> None:
    collection, key = spot
    value = collection[key]
    inside = [[value], [value, value], {"en": value}, {chance.choice(KEYS): value}]
    collection[key] = chance.choice([*inside, [], {}, str(value)[:200]])


def _from_elsewhere(spot: Spot, given: list[Spot], chance: random.Random) -> None:
    collection, key = spot
    other, there = chance.choice(given)
    collection[key] = _copy(other[there])


def _beside(spot: Spot, given: list[Spot], chance: random.Random) -> None:
    """Something more stands beside."""
    collection, key = spot
    other, there = chance.choice(given)
    if isinstance(collection, dict):
        collection[str(there) if isinstance(there, str) else chance.choice(KEYS)] = _copy(other[there])
    else:
        collection.insert(key, _copy(other[there]))


def _swap(spot: Spot, _given: list[Spot], chance: random.Random) -> None:
    collection, key = spot
    other = chance.choice(list(collection) if isinstance(collection, dict) else range(len(collection)))
    collection[key], collection[other] = collection[other], collection[key]


def _guard(spot: Spot, _given: list[Spot], chance: random.Random) -> None:
    """A guard, or a text, of the grammar."""
    collection, key = spot
    if isinstance(collection, dict) and chance.random() < 0.5:
        collection["when"] = expressions.expression(chance)
    elif isinstance(collection[key], dict):
        collection[key][chance.choice(["when", "check"])] = expressions.expression(chance)
    else:
        collection[key] = expressions.template(chance) if chance.random() < 0.7 else expressions.expression(chance)


def _action(spot: Spot, _given: list[Spot], chance: random.Random) -> None:
    """An action with a guard before this place, where actions stand."""
    collection, key = spot
    if isinstance(collection, list):
        text = expressions.template(chance)
        kinds = [{"play": text}, {"set": {"name": text}}, {"set": {"call.subject": text}}, {"goto": "start"}]
        kind = chance.choice(kinds)
        collection.insert(key, {**kind, "when": expressions.expression(chance)})


def _copy(tree: Tree) -> Tree:
    if isinstance(tree, dict):
        return {key: _copy(value) for key, value in tree.items()}
    return [_copy(item) for item in tree] if isinstance(tree, list) else tree


MUTATIONS: tuple[Mutation, ...] = (
    *[_lose, _rename, _other_value, _from_elsewhere, _beside, _swap, _guard, _guard, _action] * 2,
    _other_shape,
)
