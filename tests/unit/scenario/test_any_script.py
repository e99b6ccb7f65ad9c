"""Properties of the interpreter and of the engines, over scripts that nobody would write."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.testkit.engines import Engine, run
from ivrctl.testkit.engines.agi import AgiEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.verdict import Verdict

from .demo import program, scenario

pytestmark = pytest.mark.thorough

SLOW = """\
given:
  lookups:
    balance: {after: 2s, amount: "120.50", overdue: true}
    bill: missing
    usage: failed
    order: {state: building, promised_on: 2026-11-19}
  queues: {full-service: [agent, other], broadband: [other]}
"""
PROMPT = SLOW.replace("after: 2s, ", "")
"""Without the runner's waiting for a database, which begins with 50 ms of real time."""
LINES = ("10010", "1001011", "1001012", "1001013", "1001021", "1001099")

keys = st.text("0123456789*#", min_size=1, max_size=3).map(lambda pressed: f'presses: "{pressed}"')
waits = st.integers(1, 9_999).map(lambda wait: f"waits: {wait}.{wait * 7919 % 1000:03}ms")
"""Odd times: a key in the very moment in which a prompt ends is either's."""
acts = st.sampled_from(
    [
        "does: hangs_up",
        "does: answers\n    who: agent\n    within: 3s",
        "does: refuses\n    who: other\n    within: 3s",
        "does: hangs_up\n    who: agent",
        'transfers: "1001099"\n    who: agent',
        "talks: 1s",
        "enters: {queue: full-service}\n    within: 3s",
        "hears: 。\n    within: 4s",
        "hears: nothing like it\n    within: 1s",
    ]
)


def verdict(engine: Engine, world: str, lines: list[str], line: str) -> Verdict:
    script = "script:\n" + "".join(f"  - {each}\n" for each in lines)

    async def played() -> Verdict:
        async with engine:
            return await run(scenario(world + script, line=line), engine)

    return asyncio.run(played())


# LIVENESS: every script comes to a verdict, and within the time that its lines allow.
@settings(max_examples=80, deadline=None)
@given(st.lists(keys | waits | acts, min_size=1, max_size=12), st.sampled_from(LINES))
def test_any_script_comes_to_a_verdict(lines: list[str], line: str) -> None:
    """A simulated run ends, however mad its script is, after no more time than its lines may take."""
    longest = sum(30.0 if "hears" in text else 20.0 for text in lines) + 1.0
    assert verdict(SimEngine(program()), SLOW, lines, line).seconds <= longest


# SAFETY: what the simulation says of a caller who presses and waits is what the real runner does.
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(waits, keys), min_size=1, max_size=6), st.sampled_from(LINES))
def test_any_keys_lead_where_they_lead_through_the_real_runner(pairs: list[tuple[str, str]], line: str) -> None:
    """Keys at any time take the same path, past the same prompts, to the same ending, in sim and in agi."""
    lines = [each for pair in pairs for each in pair]
    sim, agi = [verdict(engine, PROMPT, lines, line).course for engine in (SimEngine(program()), AgiEngine(program()))]
    assert (sim.path, sim.heard, sim.ending, sim.fields) == (agi.path, agi.heard, agi.ending, agi.fields)
