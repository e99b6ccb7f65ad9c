"""Scenario files: what a scenario says, line by line."""

from __future__ import annotations

import dataclasses

from ivrctl.model.call import Ending
from ivrctl.testkit.scenario import expect, file, given, script
from ivrctl.testkit.scenario.notices import GivenNotice
from ivrctl.testkit.scenario.submissions import ExpectedSubmission

from .markdown import code, fenced, from_docstring, section, sentence, table
from .markdown import page as page_of
from .repository import ROOT
from .schema import attribute_docstrings, keys, written_duration, written_shape

_ABOVE = """
A scenario is one call, from its first ring to its end. A file `<name>.scenario.yaml` in a site's folder holds one in
each YAML document. The same file runs simulated, over a fake Asterisk's socket, and with softphones on a real one:
[`ivrctl test`](command-line.md#ivrctl-test).
"""

_FORMS = {
    "hears": "TEXT",
    "presses": '"KEYS"',
    "waits": "DURATION",
    "does": " or ".join(script.Act),
    "enters": "{queue: NAME, priority: NUMBER}",
    "transfers": '"NUMBER"',
    "talks": "DURATION",
    "speaks": "DURATION",
    "sets": "{settings.NAME: VALUE}",
    "ends": "{by: WHO, as: HOW}",
}
"""How each line is written."""

_KINDS = {
    "hears": script.Hears,
    "presses": script.Presses,
    "waits": script.Waits,
    "does": script.Does,
    "enters": script.Enters,
    "transfers": script.Transfers,
    "talks": script.Talks,
    "speaks": script.Speaks,
    "sets": script.Sets,
    "ends": script.Ends,
}


def page() -> str:
    """The page."""
    if set(_FORMS) != set(script._KINDS):
        raise ValueError(f"lines of a script without a form in the reference: {set(script._KINDS) ^ set(_FORMS)}")
    phones = [
        section("The caller", from_docstring(file.Caller.__doc__), keys(file.Caller), level=3),
        section("An agent", from_docstring(file.Agent.__doc__), keys(file.Agent), level=3),
    ]
    return page_of(
        "Scenario files",
        _ABOVE,
        keys(file.Scenario),
        section("phones", "Each entry of `calls` is a phone: `caller` calls, every other name is an agent.", *phones),
        section("given", from_docstring(given.Given.__doc__), keys(given.Given)),
        section("script", _script()),
        section("expect", from_docstring(expect.Expectations.__doc__), keys(expect.Expectations)),
        section("A notice", from_docstring(GivenNotice.__doc__), keys(GivenNotice)),
        section("A submission", from_docstring(ExpectedSubmission.__doc__), keys(ExpectedSubmission)),
        section("An example", _example()),
    )


def _script() -> str:
    lines = [(code(f"{name}: {_FORMS[name]}"), sentence(kind.__doc__)) for name, kind in _KINDS.items()]
    hints = {"who": written_shape(str), "within": written_shape(type(script.WITHIN))}
    said = attribute_docstrings(script._Beside)
    defaults = {"who": "the caller, or the only agent", "within": code(written_duration(script.WITHIN))}
    beside = [(code(name), hints[name], defaults[name], sentence(said[name])) for name in hints]
    ends = [(code(str(by)), sentence(attribute_docstrings(script.By).get(by.name))) for by in script.By]
    how = [(code(str(end)), sentence(attribute_docstrings(Ending).get(end.name))) for end in Ending]
    if [field.name for field in dataclasses.fields(script._Beside)] != list(hints):
        raise ValueError("a key beside a script's line is missing in the reference")
    return "\n\n".join(
        [
            "A line is one of these:",
            table(("line", "meaning"), lines),
            "Beside it may stand:",
            table(("key", "takes", "without it", "meaning"), beside),
            "`ends` names who ended the call and how it ended; either may be left out:",
            table(("by", "meaning"), ends),
            table(("as", "meaning"), how),
        ]
    )


def _example() -> str:
    name = "flows/speed-dial.scenario.yaml"
    return fenced(f"yaml from={name}", (ROOT / name).read_text(encoding="utf-8"))
