"""The schemas for editors: they take what the checks take, refuse what is wrong anywhere, and explain every key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from ivrctl.adapters.attribute_docstrings import attribute_docstrings
from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.editor import FILE_KINDS, schema_of, schemas_of
from ivrctl.flow.vocabulary import names_in_flow, read_names
from ivrctl.lang.binder import Binder, Percentage, Unbound
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.lang.schema import Schemas
from ivrctl.lang.types import Type
from ivrctl.service.compiling import compile_spoken
from ivrctl.site.digit_count import DigitCount
from ivrctl.site.opening import DayPlan, DayRule
from ivrctl.site.site_file import DialString

from .good_files import ROOT, good_files
from .reading import as_editors_read, general, told

GOOD = list(good_files())
DEMO = ROOT / "flows"


def _place(case: object) -> str:
    return case[0] if isinstance(case, tuple) else str(case)


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_schema_is_draft_07(kind: str) -> None:
    """What is written for editors is itself a schema of the draft that it names."""
    Draft7Validator.check_schema(schema_of(kind))


@pytest.mark.parametrize("good", GOOD, ids=_place)
def test_what_is_right_is_taken(good: tuple[str, str, str]) -> None:
    """A file that ``ivrctl check`` has nothing against, an editor has nothing against."""
    _, kind, text = good
    assert told(general(kind), text) == []


@pytest.mark.thorough
def test_names_of_another_site_are_taken() -> None:
    """Names are offered, never demanded: one that was added a minute ago is not underlined."""
    made = schemas_of(read_site(ROOT / "tests" / "sites" / "hours"))
    by_kind = {kind: Draft7Validator(made.schemas[f"{kind}.json"]) for kind in FILE_KINDS}
    of_flow = Draft7Validator(made.schemas["flow-desk.json"])
    for place, kind, text in GOOD:
        assert told(by_kind[kind], text) == [], place
        assert kind != "flow" or told(of_flow, text) == [], place


def test_regions_of_a_site_are_offered_where_a_region_holds_others() -> None:
    """An editor lists them by name."""
    made = schemas_of(read_site(ROOT / "tests" / "sites" / "hosted"))
    holds = made.schemas["site.json"]["definitions"]["regions.Region"]["properties"]["holds"]
    assert {"enum": ["shanghai", "guangdong", "south"]} in holds["items"]["anyOf"]


POLICY = (
    "queues: [a]\ntriggers: {longest_wait: {engage: [20s, never], release: 10s}}\ntiming: {engage_after: 1m, "
    "release_after: 1m, stay_at_least: 1m, rest_at_least: 1m, changes_per_hour: 9}\n"
)
"""A policy without its tiers."""

SLIPS = [
    ("flow", "stepps: {}", ["", ": lacks steps", ": unknown stepps"]),
    ("flow", "steps: {a: [{playy: Hello}]}", ["steps/a/0: unknown playy"]),
    ("flow", "steps: {a: {play: Hello}}", ["steps/a: type"]),
    ("flow", "steps: {a: [{play: }]}", ["steps/a/0/play: type"]),
    ("flow", "steps: {a: [{play: {text: Hello, barge: false}}]}", ["steps/a/0/play: unknown barge"]),
    ("flow", "steps: {a: [{play: Hello, then: {failed: b}}]}", ["steps/a/0: not allowed"]),
    ("flow", "steps: {a: [{play: Hello, save: b}]}", ["steps/a/0: not allowed"]),
    ("flow", "steps: {a: [{lookup: {query: q}}]}", ["steps/a/0/lookup: lacks timeout"]),
    ("flow", "steps: {a: [{lookup: {query: q, timeout: 3}}]}", ["steps/a/0/lookup/timeout: type"]),
    ("flow", "steps: {a: [{lookup: {query: q, timeout: 3sec}}]}", ["steps/a/0/lookup/timeout: pattern"]),
    (
        "flow",
        "steps: {a: [{lookup: {query: q, timeout: 3s}, then: {mising: b}}]}",
        ["steps/a/0/then: unknown mising"],
    ),
    ("flow", "steps: {a: [{queue: {name: q}}]}", ["steps/a/0: lacks then"]),
    ("flow", "steps: {a: [{queue: {name: q}, then: {otherwise: b}}]}", ["steps/a/0/then: lacks answered"]),
    (
        "flow",
        "steps: {a: [{dial: {to: 81}, then: {answered: {hangupp: served}}}]}",
        [
            "steps/a/0/then/answered: unknown hangupp",
        ],
    ),
    ("flow", "steps: {a: [{hangup: severed}]}", ["steps/a/0/hangup: enum"]),
    ("flow", "steps: {a: [{hangup: {as: refused}}]}", ["steps/a/0/hangup: lacks reason"]),
    (
        "flow",
        'steps: {a: [{menu: {choices: {"1": {say: A, got: b}}}}]}',
        [
            "steps/a/0/menu/choices/1: unknown got",
        ],
    ),
    ("flow", 'steps: {a: [{menu: {choices: {"1": [b]}}}]}', ["steps/a/0/menu/choices/1: type"]),
    ("flow", "steps: {a: [{collect: {prompt: A, digits: many}}]}", ["steps/a/0/collect/digits: pattern"]),
    ("flow", "steps: {a: [{collect: {prompt: A, digits: 1.5}}]}", ["steps/a/0/collect/digits: type"]),
    ("flow", "steps: {a: [{goto: [b]}]}", ["steps/a/0/goto: type"]),
    ("flow", "params: {a: mony}\nsteps: {}", ["params/a: enum"]),
    ("flow", 'lines: {"100": {step: a, from: agent}}\nsteps: {}', ["lines/100/from: enum"]),
    ("flow", 'lines: {"100": {step: a, answer: no}}\nsteps: {}', ["lines/100/answer: pattern"]),
    (
        "staffing",
        "queue: [a]",
        [": lacks queues", ": lacks tiers", ": lacks timing", ": lacks triggers", ": unknown queue"],
    ),
    ("staffing", POLICY + "tiers: [{tier: a, people: {grup: b}, bring: add}]", ["tiers/0/people: unknown grup"]),
    ("staffing", POLICY + "tiers: [{tier: a, people: {group: b}, bring: call}]", ["tiers/0/bring: enum"]),
    (
        "staffing",
        POLICY + "tiers: [{tier: a, people: {group: b}, bring: add, keep_back: few}]",
        ["tiers/0/keep_back: pattern"],
    ),
    (
        "staffing",
        POLICY + "tiers: []\ncalendar: [{days: [28-32], weekdays: [monday], tiers: [a]}]",
        ["calendar/0/days/0: pattern", "calendar/0/weekdays/0: pattern"],
    ),
    ("staffing", POLICY + "tiers: []\nwindow: 5", ["window: type"]),
    ("staffing", POLICY + "tiers: []\nwarn: {at: 0.8, to: a}", ["warn/at: type"]),
    (
        "staffing",
        POLICY.replace("20s", "often").replace("10s", "never") + "tiers: []",
        ["triggers/longest_wait/engage/0: pattern", "triggers/longest_wait/release: pattern"],
    ),
    ("scenario", "title: A\nat: tomorrow\ncalls: {}\nscript: []", ["at: pattern"]),
    (
        "scenario",
        "title: A\nat: 2026-11-20 10:00\ncalls: {caller: {dial: 1}}\nscript: []",
        [
            "calls/caller: lacks dials",
            "calls/caller: unknown dial",
        ],
    ),
    ("scenario", "title: A\nat: 2026-11-20 10:00\ncalls: {}\nscript: [{hear: A}]", ["script/0: unknown hear"]),
    ("scenario", "title: A\nat: 2026-11-20 10:00\ncalls: {}\nscript: [{does: jump}]", ["script/0/does: enum"]),
    (
        "scenario",
        "title: A\nat: 2026-11-20 10:00\ncalls: {}\nscript: [{ends: {by: nobody}}]",
        [
            "script/0/ends/by: enum",
        ],
    ),
    (
        "scenario",
        "title: A\nat: 2026-11-20 10:00\ncalls: {}\nscript: []\ngiven: {lookups: {a: faild}}",
        [
            "given/lookups/a: enum",
        ],
    ),
]
"""A kind of file, a slip in one, and all that is told of it: place and what is wrong there."""


@pytest.mark.parametrize(("kind", "text", "due"), SLIPS)
def test_slip_is_told_where_it_stands(kind: str, text: str, due: list[str]) -> None:
    """A typical slip is told at its place, and nothing besides."""
    assert told(general(kind), text) == sorted(filter(None, due))


SITE_SLIPS = [
    ("timezone: Europe/Berlin", ": unknown timezone"),
    ("keying: {attempts: three}", "keying/attempts: pattern"),
    ("hours: {desk: {weekly: {monday: closed}}}", "hours/desk/weekly: pattern"),
    ("hours: {desk: {weekly: {mon: 8-12}}}", "hours/desk/weekly/mon: pattern"),
    ("hours: {desk: {weekly: {mon: closed}, exceptions: {24.12.2026: closed}}}", "hours/desk/exceptions: pattern"),
    ("extensions: {_81XX: 'PJSIP {extension}'}", "extensions/_81XX: pattern"),
    ("lookups: {a: {sql: x, database: d}}", "lookups/a: lacks returns"),
    ("settings: {most: {value: 3}}", "settings/most: lacks type"),
]


@pytest.mark.parametrize(("part", "due"), SITE_SLIPS)
def test_slip_in_the_site_file_is_told_where_it_stands(part: str, due: str) -> None:
    """The same for the site file, beside the keys that it needs."""
    needed = "site: a\ntime_zone: UTC\nlanguages: [en]\ncurrency: EUR\nnumbers: {country: DE}\n"
    prompts = "prompts: {no_input: A, no_match: A, one_moment: A, fallback: A}\n"
    assert told(general("site"), needed + prompts + part) == [due]


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_every_key_is_explained(kind: str) -> None:
    """Whatever key an editor offers, its hover says what the key means."""
    assert [place for place, schema in _keys(schema_of(kind)) if "description" not in schema] == []


def _keys(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The keys of the mappings that are defined once."""
    for name, definition in {"": schema, **schema["definitions"]}.items():
        for key, value in definition.get("properties", {}).items():
            is_told = schema["definitions"].get(str(value.get("$ref", "")).rpartition("/")[2], {})
            yield f"{name}.{key}", {**is_told, **value}


def test_every_outcome_of_an_action_is_known_by_its_kind() -> None:
    """Outcomes that an editor offers for a kind are all that an action of it can have."""
    program, _ = compile_spoken(read_site(DEMO))
    assert program is not None
    kinds = set()
    for flow in program.flows.values():
        for _, action in flow.places():
            known = action.kind.every_outcome()
            outcomes = action.kind.outcomes(program.signatures)
            assert known is None or outcomes <= known
            kinds.add(action.kind.name)
    assert {"menu", "collect", "queue", "dial", "voicemail", "lookup", "gosub"} <= kinds


SCALARS: list[Any] = [bool, int, Decimal, timedelta, Percentage, date, DigitCount, DayPlan, DayRule, DialString, Type]
WRITTEN = st.one_of(
    st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,3})?(ms|s|m|h|d|%)?", fullmatch=True),
    st.from_regex(
        r"(closed|as sun|as mon-fri|[0-2][0-9]:[0-5]0-[0-2][0-9]:[0-5]0)(, *2[0-3]:00-24:00)?", fullmatch=True
    ),
    st.from_regex(r"(PJSIP|Local)/[a-z{}0-9@/.]{1,12}", fullmatch=True),
    st.sampled_from(
        ["true", "false", "yes", "money", "date?", "[a, b]", "11", "6-12", "2026-02-14", "PJSIP/{extension}"]
    ),
    st.text("0123456789:.-+%aeostx,/ ", min_size=1, max_size=12),
)


@given(shape=st.sampled_from(SCALARS), text=WRITTEN, is_quoted=st.booleans())
def test_safety_value_that_is_read_is_taken(shape: Any, text: str, is_quoted: bool) -> None:
    """SAFETY: whatever the binder reads as a value, in quotes or without, the schema takes in the same form."""
    source = f'"{text}"' if is_quoted else text
    nodes = load(f"- {source}\n".encode(), "file", Findings())
    items = getattr(nodes[0], "items", ()) if nodes else ()
    if not items:
        return
    try:
        Binder(Findings()).bind(shape, items[0])
    except Unbound:
        return
    schemas = Schemas(attribute_docstrings)
    document = {**schemas.of(shape), "definitions": schemas._definitions}
    assert list(Draft7Validator(document).iter_errors(as_editors_read(items[0]))) == []


def test_class_that_binds_itself_and_says_no_schema_is_a_mistake() -> None:
    """A new shape cannot be forgotten: the schema of a file that holds it cannot be made."""

    class Odd:
        @classmethod
        def bind_node(cls, *_: object) -> None: ...

    with pytest.raises(TypeError, match="Odd binds nodes itself"):
        Schemas(attribute_docstrings).of(Odd)


def test_names_come_from_files_that_are_half_written() -> None:
    """A site with mistakes lends its names, a file that is no YAML none."""
    files = {
        "ivrctl.yaml": b"languages: [en, zh]\nqueues: {sales: {nonsense: 1}}\ncall_fields: {subject: mony}\n",
        "main.ivr.yaml": b"lines: {'100': a, _1XX: a}\nsteps: {a: , b: [{play: {en: Hello}}]}\noutcomes: [x]\n",
        "torn.ivr.yaml": b"steps: [\n",
        "late.staffing.yaml": b"tiers: [{tier: leaders, people: 1}, {tier: }, {teir: others}]\n",
    }
    names = names_in_flow(read_names(files), "main")
    assert {kind: list(names[kind]) for kind in ("queues", "fields", "lines", "steps", "outcomes", "flows")} == {
        "queues": ["sales"],
        "fields": ["call.subject"],
        "lines": ["100"],
        "steps": ["a", "b"],
        "outcomes": ["done", "x"],
        "flows": ["main", "torn"],
    }
    assert list(names["backup_tiers"]) == ["leaders"]
    assert names["languages"]["en"]["texts"] == ("Hello",)
    assert "b.play" in names["actions"]
    assert "main/b" in names["places"]
