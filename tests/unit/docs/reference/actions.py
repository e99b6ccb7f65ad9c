"""The kinds of action: each with its keys, its outcomes, a flow that uses it well and one that does not."""

from __future__ import annotations

import inspect

from ivrctl.flow.action import KINDS, Action, Kind, OnResume, _Beside
from ivrctl.flow.choices import Choice, RowChoices
from ivrctl.flow.program import compile_site
from ivrctl.flow.scope import SpoiltError

from .examples import file_block, files_of_kind
from .markdown import code, fenced, from_docstring, outcomes_apart, section, sentence, table
from .markdown import page as page_of
from .repository import GOLDEN, ROOT
from .schema import attribute_docstrings, keys

FLOW = GOLDEN / "flow"

_ABOVE = """
A step is a list of actions that run in order. An action is one kind, and what it needs stands behind the kind's name:
`- play: Welcome.` Beside the kind stand only `when`, `save` and `then`.

The good outcome of an action goes on to the next one and is not written. Every other outcome of its kind is named in
`then`, or covered by `otherwise`. What is named in bold below is always named, and `otherwise` does not cover it. The
last action of a step leaves the step and has no `when`.
"""


def page() -> str:
    """The page of all kinds, in the order in which findings list them."""
    beside = section("Beside every kind", keys(_Beside))
    index = " · ".join(f"[{name}](#{name})" for name in KINDS)
    return page_of("Kinds of action", _ABOVE, index, beside, *(_kind(kind) for kind in KINDS.values()))


def _kind(kind: type[Kind]) -> str:
    about, outcomes = outcomes_apart(from_docstring(kind.__doc__))
    parts = [about]
    if _has_keys(kind):
        parts.append(keys(kind))
    if kind.name == "menu":
        parts.append(section("choice", from_docstring(Choice.__doc__), keys_of_choice(), level=3))
        parts.append(section("choices of rows", from_docstring(RowChoices.__doc__), keys_of_row_choices(), level=3))
    parts.append(_facts(kind, outcomes))
    good, bad, told = (FLOW / f"{kind.name}-{half}" for half in ("good.yaml", "bad.yaml", "bad.txt"))
    parts += [file_block(good), "A mistake, and what is told of it:", file_block(bad)]
    parts.append(fenced(f"text from={told.relative_to(ROOT)}", told.read_text(encoding="utf-8")))
    return section(kind.name, *parts)


def keys_of_choice() -> str:
    """The keys of a menu's choice; its target is one of three keys."""
    said = attribute_docstrings(Choice)
    rows = [
        ("`say`", _TEXT, sentence(said["say"])),
        ("`when`", _EXPRESSION, sentence(said["when"])),
        ("`value`", "word", sentence(said["value"])),
        (_TARGETS, _TARGET, "Where the key leads."),
    ]
    return table(("key", "takes", "meaning"), rows)


def keys_of_row_choices() -> str:
    """The keys of ``from``; the target is one of three keys."""
    said = attribute_docstrings(RowChoices)
    takes = {"rows": _VALUE, "say": _TEXT, "key": _VALUE, "when": _EXPRESSION, "value": _VALUE}
    rows = [(code(name), takes[name], sentence(said[name])) for name in takes]
    return table(("key", "takes", "meaning"), [*rows, (_TARGETS, _TARGET, "Where every row leads.")])


_TEXT, _VALUE = "[text](values.md#texts)", "[value](values.md#what-keys-take)"
_EXPRESSION, _TARGET = "[expression](values.md#expressions)", "[target](flow-files.md#targets)"
_TARGETS = "`goto`, `return` or `hangup`"


def _has_keys(kind: type[Kind]) -> bool:
    """False for a kind that is written as one value: its documentation shows the form."""
    own = vars(kind).get("bind_node")
    return own is None or "binder.fields(cls" in inspect.getsource(kind.bind_node)


def _facts(kind: type[Kind], outcomes: str) -> str:
    """What becomes of it, line by line."""
    lines = [f"- Outcomes in `then`: {_explained(kind, outcomes)}"] if outcomes else []
    if vars(kind).get("result") is not None:
        lines.append(f"- `save` keeps: {sentence(kind.result.__doc__)}")
    if kind.leaves_flow:
        lines.append("- Keys that were typed before count no more.")
    lost = {
        OnResume.AGAIN: "it starts again",
        OnResume.OUTCOME: "the dialplan goes on with it and brings its outcome",
        OnResume.ONCE: "it starts again, and what was handed over before is not handed over twice",
    }
    lines.append(f"- When the controller is lost meanwhile, {lost[kind.on_resume]}.")
    return "\n".join(" ".join(line.split()) for line in lines)


def _explained(kind: type[Kind], outcomes: str) -> str:
    """The sentence about outcomes, with those in bold that must be named.

    Raises:
        ValueError: it leaves one out.
    """
    text = outcomes.removeprefix("Outcomes: ")
    missing = [name for name in _outcomes(_example(kind)) if code(name) not in text]
    if missing:
        raise ValueError(f"the docstring of {kind.__name__} does not explain {', '.join(missing)}")
    for name in kind.must_name:
        text = text.replace(code(name), f"**{code(name)}**")
    return text


def _outcomes(example: Action) -> frozenset[str]:
    try:
        return example.kind.outcomes({})
    except SpoiltError:
        return frozenset()  # those of another flow, which no docstring can name


def _example(kind: type[Kind]) -> Action:
    """The action of the kind in its good example."""
    program, findings = compile_site(files_of_kind(kind.name))
    if program is None:
        raise ValueError(f"the good example of {kind.name}: {findings.sorted()}")
    flow = program.flows[f"{kind.name}-good"]
    return next(action for _, action in flow.places() if isinstance(action.kind, kind))
