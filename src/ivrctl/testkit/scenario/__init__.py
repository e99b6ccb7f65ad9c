"""Scenarios: what a caller and the agents do, and what is to come of it; one file for three engines.

``<name>.scenario.yaml`` holds one scenario per YAML document: when it plays, who calls, what the databases answer and
who is logged in, a script, and what is expected of the call beyond the script. ::

    file      the file as frozen dataclasses
    given     what the world is like: answers of lookups, agents in queues
    settings  settings that have another value than in the site file
    script    the lines of a script
    expect    what the call is compared with when it is over
    check     what is wrong with a scenario, given the program that it is about
    verify    who the caller is found to be
    submissions  what becomes of what is submitted, and what is expected to be
    load      from bytes to scenarios or findings

Knows nothing of how a scenario is played: that is ``testkit.engines``.
"""

from ivrctl.testkit.scenario.expect import Expectations
from ivrctl.testkit.scenario.file import Agent, Caller, Scenario
from ivrctl.testkit.scenario.given import Fails, Given, Misses, Row
from ivrctl.testkit.scenario.load import SUFFIX, load_scenarios, read_scenarios
from ivrctl.testkit.scenario.local_time import local_time
from ivrctl.testkit.scenario.rules import RULES
from ivrctl.testkit.scenario.script import CALLER

__all__ = [
    "CALLER",
    "RULES",
    "SUFFIX",
    "Agent",
    "Caller",
    "Expectations",
    "Fails",
    "Given",
    "Misses",
    "Row",
    "Scenario",
    "load_scenarios",
    "local_time",
    "read_scenarios",
]
