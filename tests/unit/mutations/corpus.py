"""What is mutated: sites that are right and sites with one mistake, each a mapping of file name to content.

The demo site, the sites of ``tests/sites``, the good examples of the kinds of actions, the golden pairs of mistakes in
flows, site files, policies and synthetic days, and the two examples of every rule that has some.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.rules import every_rule
from ivrctl.lang.rule import Rule, Shown

from ..simulation.day_examples import shown_day  # noqa: TID252 - test folders are no packages to import from
from ..simulation.day_golden import cases as day_cases  # noqa: TID252 - the same
from ..simulation.day_golden import files_of as day_files  # noqa: TID252 - the same
from ..staffing.examples import shown_files  # noqa: TID252 - the same
from ..staffing.golden import cases as policy_cases  # noqa: TID252 - the same
from ..staffing.golden import files_of as policy_files  # noqa: TID252 - the same

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"
SHARED = {name: (GOLDEN / "flow" / name).read_bytes() for name in ("ivrctl.yaml", "sub.ivr.yaml")}
"""The site of every example that brings none of its own, and the flow that such examples enter."""

SCENARIO = b"""\
title: A call
at: 2026-11-20 10:00
calls:
  caller: {from: "13800138000", dials: "100"}
  agent: {extension: "8101"}
given:
  lookups: {balance: {after: 2s, amount: 12.05, overdue: true}}
  queues: {sales: [agent]}
script:
  - hears: Hello.
  - presses: "1"
  - enters: {queue: sales}
    within: 5s
  - {does: answers, who: agent}
  - talks: 3s
  - {does: hangs_up, who: agent}
  - ends: {by: flow, as: served}
expect: {path: [start], longest_silence: 10s}
"""

ONE_STEP = 'lines: {"100": start}\nsteps:\n  start:\n'
PLAIN_FLOW = ONE_STEP + "    - play: Hello.\n    - hangup: served\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One site to mutate."""

    name: str
    files: Mapping[str, bytes]
    weight: int = 1
    """How often it is chosen beside the others: larger sites hold more to mutate, and take longer."""


@cache
def corpus() -> tuple[Case, ...]:
    """All cases."""
    return (*_sites(), *_kinds(), *_golden(), *_rules())


def chosen(chance: random.Random) -> Case:
    """One of the cases."""
    cases = corpus()
    return chance.choices(cases, [case.weight for case in cases])[0]


def _sites() -> Iterator[Case]:
    yield Case("flows", _named(read_site(ROOT / "flows")), weight=15)
    for folder in sorted((ROOT / "tests" / "sites").iterdir()):
        if (folder / "ivrctl.yaml").is_file():
            yield Case(f"sites/{folder.name}", _named(read_site(folder)), weight=8)


def _named(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {Path(path).name: content for path, content in files.items()}


def _kinds() -> Iterator[Case]:
    for path in sorted((GOLDEN / "flow").glob("*-good.yaml")):
        files = {**SHARED, f"{path.stem}.ivr.yaml": path.read_bytes(), "one.scenario.yaml": SCENARIO}
        yield Case(f"flow/{path.stem}", files, weight=20)


def _golden() -> Iterator[Case]:
    for package in ("flow", "site"):
        for folder in sorted(path for path in (GOLDEN / package).iterdir() if path.is_dir()):
            own = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
            yield Case(f"{package}/{folder.name}", {**({} if package == "site" else SHARED), **own})
    for folder in policy_cases():
        yield Case(f"staffing/{folder.name}", policy_files(folder))
    yield Case("staffing/right", shown_files(""), weight=20)
    for folder in day_cases():
        yield Case(f"day/{folder.name}", day_files(folder))
    yield Case("day/right", shown_day(""), weight=10)


def _rules() -> Iterator[Case]:
    for rule in every_rule().values():
        if rule.shown not in {Shown.PBX, Shown.FOLDER, Shown.RECORDINGS}:
            for word, example in (("bad", rule.bad), ("good", rule.good)):
                yield Case(f"{rule.id}/{word}", _example(rule, example), weight=1 if word == "bad" else 3)


def _example(rule: Rule, example: str) -> Mapping[str, bytes]:
    files = {**SHARED, "main.ivr.yaml": PLAIN_FLOW.encode(), "one.scenario.yaml": SCENARIO}
    match rule.shown:
        case Shown.STEPS:
            files["main.ivr.yaml"] = (ONE_STEP + re.sub(r"^", "    ", example, flags=re.MULTILINE).rstrip(" ")).encode()
        case Shown.FLOW:
            files["main.ivr.yaml"] = example.encode()
        case Shown.STAFFING:
            return shown_files(example)
        case Shown.DAY:
            return shown_day(example)
        case Shown.SITE:
            files["ivrctl.yaml"] = _site(example)
        case _:
            at = "" if "\nat:" in example else "at: 2026-11-20 10:00\n"
            files["one.scenario.yaml"] = f"title: A call\n{at}{example}".encode()
    return files


def _site(keys: str) -> bytes:
    """The shared site file, with some of its keys replaced."""
    text = SHARED["ivrctl.yaml"].decode()
    for key in re.findall(r"^(\w+):", keys, re.MULTILINE):
        text = re.sub(rf"^{key}:.*\n(?:[ #].*\n)*", "", text, flags=re.MULTILINE)
    return (text + keys).encode()
