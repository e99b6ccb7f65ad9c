"""A flow file: its keys, its lines, its targets."""

from __future__ import annotations

from ivrctl.flow.flow_file import Flow, Line
from ivrctl.flow.targets import GoTo, HangUp, Next, Return

from .examples import file_block
from .markdown import from_docstring, section, sentence, table
from .markdown import page as page_of
from .repository import ROOT
from .schema import keys

_ABOVE = """
A flow is one file `<name>.ivr.yaml` in a site's folder; the file's name is the flow's name. Its steps are lists of
[actions](actions.md). A flow is entered by a caller who dials one of its `lines`, or by another flow's
[`gosub`](actions.md#gosub), which begins at the step `start`.
"""

_FORMS = (
    ("a step's name", GoTo),
    ("`next`", Next),
    ("`{return: OUTCOME}`", Return),
    ("`{hangup: HOW}`", HangUp),
)

_NAMES = """
`next` names no step, and `done` and `otherwise` no outcome of a flow. Steps that no call can reach are a finding, and
so is a step that falls off its end.
"""


def page() -> str:
    """The page."""
    forms = table(("written", "meaning"), [(form, sentence(target.__doc__)) for form, target in _FORMS])
    return page_of(
        "Flow files",
        _ABOVE,
        keys(Flow),
        section("line", from_docstring(Line.__doc__), keys(Line)),
        section("Targets", "Where an outcome, a menu's key or a queue's exit key leads:", forms, _NAMES),
        section("Keys and prompts", _KEYS),
        section(
            "An example", "A flow of the demo site that others walk:", file_block(ROOT / "flows" / "desk.ivr.yaml")
        ),
    )


_KEYS = """
A key cuts a prompt only where an input can still follow before the call leaves the flow, and is then its first key.
Keys that are pressed before anybody asks wait for the next input; they are forgotten after a wrong key, by a `play`
with `barge_in: false`, and at a queue or a dial.
"""
