"""Properties of the schemas: whatever the checks let through, an editor lets through too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode, Span
from ivrctl.service.compiling import compile_whole

from ..flow.golden import FLOW, files_of_kind  # noqa: TID252 - test folders are no packages to import from
from ..staffing.examples import shown_files  # noqa: TID252 - the same
from .reading import files_by_kind, general, told

pytestmark = pytest.mark.thorough

POLICIES = [
    shown_files("title: Help\nmode: advise\nwarn: {at: 80%, to: alarm}\nheads_up: text-message\nwindow: 5m\n"),
    shown_files('calendar: [{days: [1-3], last: 3, weekdays: [mon-fri], hours: "09:00-12:00", tiers: [leaders]}]\n'),
    shown_files(
        "triggers:\n  service_level: {engage: [85%, never], release: 92%}\n  waiting_per_available: {engage: "
        "[1.5, 2], release: 1}\n"
    ),
]
"""With every kind of value that a policy can have."""
SITES = [*(files_of_kind(path.stem) for path in sorted(FLOW.glob("*-good.yaml"))), *POLICIES]

WRITTEN = [
    "true",
    "false",
    "yes",
    "no",
    "null",
    "~",
    "0",
    "1",
    "-1",
    "3",
    "007",
    "0x10",
    "0o7",
    "1e3",
    "1.5",
    ".5",
    "1_000",
    "3s",
    "500ms",
    "1d",
    "85%",
    "6-12",
    "2026-02-14",
    "08:00-12:00",
    "*",
    "#",
    "_8XXX",
    "served",
    "next",
    "start",
    "money",
    "date?",
    "{caller.number}",
    "[a]",
    "{}",
    "{a: b}",
    "[]",
    "{text: A}",
    "{return: done}",
    "{hangup: served}",
    '"1"',
    '"true"',
    '""',
    "'3s'",
    '"{caller.number}"',
    "never",
    "85%",
    "28-31",
    "mon-fri",
    "add",
    "advise",
    "{as: refused, reason: A}",
    "{as: served}",
    "{en: A, zh: B}",
    "{env: A}",
    "en",
    "zh",
]
"""What is written in the place of something else."""


def _places(node: Node, *, is_key: bool = False) -> Iterator[tuple[Span, bool]]:
    """Where scalars of one line stand, keys among them."""
    match node:
        case ScalarNode():
            if node.span.line == node.span.end_line:
                yield node.span, is_key
        case SequenceNode(items=items):
            for item in items:
                yield from _places(item)
        case MappingNode(entries=entries):
            for key, value in entries:
                yield from _places(key, is_key=True)
                yield from _places(value)


def _replaced(text: str, span: Span, written: str) -> str:
    lines = text.split("\n")
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + written + line[span.end_column - 1 :]
    return "\n".join(lines)


@settings(max_examples=150)
@given(data=st.data())
def test_safety_changed_file_that_compiles_is_taken(data: st.DataObject) -> None:
    """SAFETY: a word of a file is replaced; when the site still compiles, the schemas have nothing against it."""
    files = dict(data.draw(st.sampled_from(SITES)))
    path = data.draw(st.sampled_from(sorted(files)))
    text = files[path].decode()
    (tree,) = load(files[path], path, Findings())
    span, is_key = data.draw(st.sampled_from(list(_places(tree))))
    written = data.draw(st.sampled_from([word for word in WRITTEN if not is_key or word[0] not in "[{"]))
    files[path] = _replaced(text, span, written).encode()
    if compile_whole(files)[0] is None:
        return
    for _, kind, changed in files_by_kind(files):
        assert told(general(kind), changed) == [], changed
