"""The rules of agents, groups and codes."""

from __future__ import annotations

from ivrctl.lang.findings import Severity
from ivrctl.lang.rule import Rule, Shown

AGENT_RULES = (
    Rule(
        "IVR260",
        "an agent's name cannot be the name of a member",
        "Asterisk keeps members between ; | and , without a quote: after a restart a name with one of them is a member "
        "that nobody knows. Quotes, braces and $ mean something in the dialplan, and a queue keeps no more than 79 "
        "bytes, which are 26 Chinese characters.",
        'agents: {"8101": {name: "Li, Na"}}\n',
        'agents: {"8101": {name: Li Na}}\n',
        Shown.SITE,
    ),
    Rule(
        "IVR261",
        "a penalty is out of range",
        "A queue rings those with the lowest penalty first. app_queue takes a penalty that is no such number for 0: "
        "the last in the list would be the first to be rung.",
        'agents: {"8101": {name: Li Na, queues: {sales: -1}}}\n',
        'agents: {"8101": {name: Li Na, queues: {sales: 1}}}\n',
        Shown.SITE,
    ),
    Rule(
        "IVR262",
        "nobody knows whether an agent is on the phone",
        "A Local channel has no state: its agent counts as free while he talks, is rung all the same, and counts as "
        "there when his phone is not. A state interface tells; for FreePBX's from-queue it is known without being "
        "written.",
        'agents: {"8101": {name: Li Na, interface: Local/8101@desk/n}}\n',
        'agents: {"8101": {name: Li Na, interface: Local/8101@desk/n, state_interface: PJSIP/8101}}\n',
        Shown.SITE,
        Severity.WARNING,
    ),
    Rule(
        "IVR263",
        "two agents have one phone",
        "Who dials a code is known by his phone: nobody could tell which of the two signs on. Whoever changes his seat "
        "takes the phone's account with him.",
        'agents: {"8101": {name: Li Na}, "8102": {name: Wang Wei, interface: PJSIP/8101}}\n',
        'agents: {"8101": {name: Li Na}, "8102": {name: Wang Wei}}\n',
        Shown.SITE,
    ),
    Rule(
        "IVR264",
        "two agents have one name",
        "The queue log and every report made of it know agents by their names: two people would be one, who talks "
        "twice as long as a day has hours.",
        'agents: {"8101": {name: Wang Wei}, "8102": {name: Wang Wei}}\n',
        'agents: {"8101": {name: Wang Wei}, "8102": {name: Wang Wei 2}}\n',
        Shown.SITE,
        Severity.WARNING,
    ),
    Rule(
        "IVR265",
        "a group has nobody, or somebody twice",
        "A tier of backup staff made of it would bring nobody, or fewer people than it counts.",
        'agents: {"8101": {name: Li Na}}\ngroups: {team-leaders: []}\n',
        'agents: {"8101": {name: Li Na}}\ngroups: {team-leaders: ["8101"]}\n',
        Shown.SITE,
        Severity.WARNING,
    ),
    Rule(
        "IVR266",
        "a code would do two things",
        "Agents dial codes without looking: one that two things have would do whichever Asterisk finds first.",
        'pause_reasons: {break: "1", lunch: "1"}\n',
        'pause_reasons: {break: "1", lunch: "2"}\n',
        Shown.SITE,
    ),
)
"""In the order of the ids."""
