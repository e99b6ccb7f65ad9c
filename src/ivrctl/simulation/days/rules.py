"""The rules of synthetic days."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.findings import Severity
from ivrctl.lang.rule import Rule, Shown, table

RULES: Mapping[str, Rule] = table(
    Rule(
        "IVR601",
        "a day names what is not there",
        "What is tried on such a day would say nothing of this site.",
        "staff:\n  - {group: leader, queues: {sales: 0}}\n",
        "staff:\n  - {group: leaders, queues: {sales: 0}}\n",
        Shown.DAY,
    ),
    Rule(
        "IVR602",
        "a day has no queue, or nobody who works",
        "Nothing would happen on it, or everybody would wait in vain.",
        "staff: []\n",
        "staff:\n  - {count: 3, queues: {sales: 0}}\n",
        Shown.DAY,
    ),
    Rule(
        "IVR603",
        "somebody stands twice in a day",
        "Who works in two entries would answer two phones at once.",
        'staff:\n  - {agents: ["8101"]}\n  - {agents: ["8101"], queues: {sales: 5}}\n',
        'staff:\n  - {agents: ["8101"]}\n  - {agents: ["8103"], queues: {sales: 5}}\n',
        Shown.DAY,
    ),
    Rule(
        "IVR604",
        "a time, a number or a share of a day is out of range",
        "It is most likely in another unit than was meant.",
        'staff:\n  - {agents: ["8101"], answers: 900%}\n',
        'staff:\n  - {agents: ["8101"], answers: 90%}\n',
        Shown.DAY,
    ),
    Rule(
        "IVR605",
        "how many call is said in one way",
        "Of two numbers nobody knows which counts. Calls are per_hour or per_half_hour, by stretches of the day, or a "
        "total, which a shape can divide.",
        'queues:\n  sales: {calls: {total: 300, per_hour: {"09:00-12:00": 60}}}\n',
        'queues:\n  sales: {calls: {total: 300, shape: {"09:00-12:00": 2, "12:00-18:00": 1}}}\n',
        Shown.DAY,
    ),
    Rule(
        "IVR606",
        "a time of a day is malformed",
        "A day is from midnight to midnight, and a moment belongs to one stretch. Who works at night works at the "
        'beginning of the day and at its end: "00:00-06:00, 22:00-24:00".',
        'hours: "22:00-06:00"\n',
        'hours: "00:00-06:00, 22:00-24:00"\n',
        Shown.DAY,
    ),
    Rule(
        "IVR607",
        "an entry of staff does not say who is meant",
        "It is agents of the site file by their numbers, a group of them, or a count of others; of these the site file "
        "does not say which queues they serve.",
        "staff:\n  - {count: 3}\n",
        "staff:\n  - {count: 3, queues: {sales: 0}}\n",
        Shown.DAY,
    ),
    Rule(
        "IVR608",
        "somebody serves none of the day's queues",
        "He would sit there all day and be in no figure.",
        'staff:\n  - {agents: ["8101", "8102"]}\n',
        'staff:\n  - {agents: ["8101"]}\n  - {agents: ["8102"], queues: {sales: 5}}\n',
        Shown.DAY,
    ),
    Rule(
        "IVR609",
        "nobody serves a queue of a day",
        "Its callers wait until backup staff comes. That is most likely not what the site is like.",
        "queues:\n  sales: {calls: {total: 300}}\n  support: {calls: {total: 20}}\n",
        "queues:\n  sales: {calls: {total: 300}}\n",
        Shown.DAY,
        Severity.WARNING,
    ),
    Rule(
        "IVR610",
        "a break has no place",
        "Each person has it once between the two times, one after the other; so it must fit there, all of them must be "
        "at work then, and no two breaks may meet.",
        'staff:\n  - {agents: ["8101"], breaks: [{lasts: 45m, between: "12:00-12:30"}]}\n',
        'staff:\n  - {agents: ["8101"], breaks: [{lasts: 45m, between: "12:00-13:30"}]}\n',
        Shown.DAY,
    ),
)
