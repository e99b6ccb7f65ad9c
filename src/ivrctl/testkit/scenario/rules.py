"""The rules that findings about scenarios name."""

from __future__ import annotations

from ivrctl.lang.rule import Rule, Shown, table

_CALLS = 'calls:\n  caller: {from: "13800138000", dials: "100"}\n  agent: {extension: "8101"}\n'


def _scenario(id_: str, title: str, why: str, bad: str, good: str, calls: str = _CALLS) -> Rule:
    return Rule(id_, title, why, calls + bad, calls + good, Shown.SCENARIO)


def _script(line: str) -> str:
    return f"script:\n  - {line}\n"


_HEARS = _script("hears: Hello.")

RULES = table(
    _scenario(
        "IVR301",
        "a script line says one thing, and one that a script can say",
        "A script is read from top to bottom as what happens; a line that nobody can play would pass for played.",
        _script("heers: Hello."),
        _HEARS,
    ),
    _scenario(
        "IVR302",
        "nobody of that name is in calls",
        "Who does something in a script is a phone that calls declares.",
        _script("{does: answers, who: agnt}"),
        _script("{does: answers, who: agent}"),
    ),
    Rule(
        "IVR303",
        "no line of the site has that number",
        "The call would reach nothing.",
        _CALLS.replace('"100"', '"999"') + _HEARS,
        _CALLS + _HEARS,
        Shown.SCENARIO,
    ),
    _scenario(
        "IVR304",
        "an answer is given for a query that does not exist, or one that it cannot give",
        "A scenario gives what the site's databases would: rows of the declared fields and types.",
        "given: {lookups: {balance: {amont: 12.05, overdue: false, amount: 12.05}}}\n" + _HEARS,
        "given: {lookups: {balance: {amount: 12.05, overdue: false}}}\n" + _HEARS,
    ),
    _scenario(
        "IVR305",
        "a queue does not exist",
        "Queues are those of the site file.",
        _script("enters: {queue: sails}"),
        _script("enters: {queue: sales}"),
    ),
    Rule(
        "IVR306",
        "an extension does not exist, or is held twice",
        "A phone of a scenario is one extension of the site.",
        _CALLS.replace("8101", "8201") + _HEARS,
        _CALLS + _HEARS,
        Shown.SCENARIO,
    ),
    _scenario(
        "IVR307",
        "a key does not exist",
        "A telephone has 0-9, * and #.",
        _script('presses: "A"'),
        _script('presses: "1"'),
    ),
    _scenario(
        "IVR308",
        "a step does not exist",
        "A path names steps of the flows that the call walks.",
        _HEARS + "expect: {path: [strat]}\n",
        _HEARS + "expect: {path: [start]}\n",
    ),
    _scenario(
        "IVR309",
        "an outcome, an action or a call field does not exist",
        "What is expected is something that the flows can do.",
        _HEARS + "expect: {fields: {subjct: orders}}\n",
        _HEARS + "expect: {fields: {subject: orders}}\n",
    ),
    _scenario(
        "IVR310",
        "a caller and an agent do different things",
        "A caller dials and presses keys; an agent answers and transfers.",
        _script('{presses: "1", who: agent}'),
        _script('presses: "1"'),
    ),
    Rule(
        "IVR311",
        "a date and time cannot be read",
        "A scenario happens at one moment, so that hours and dates come out the same each time.",
        _CALLS + "at: tomorrow\n" + _HEARS,
        _CALLS + "at: 2026-11-20 10:00\n" + _HEARS,
        Shown.SCENARIO,
    ),
    _scenario(
        "IVR312",
        "nothing follows the end of the call",
        "What stands behind the end can never happen.",
        _script("ends: {by: flow, as: served}") + "  - hears: Hello.\n",
        "script:\n  - hears: Hello.\n  - ends: {by: flow, as: served}\n",
    ),
    _scenario(
        "IVR313",
        "a setting does not exist, or cannot have that value",
        "A scenario changes what the site file has: a setting that nobody reads would change nothing.",
        "given: {settings: {patiance: 90s}}\n" + _HEARS,
        "given: {settings: {patience: 90s}}\n" + _HEARS,
    ),
    _scenario(
        "IVR315",
        "a submission does not exist",
        "What is given and expected is of submissions of the site file, or of notice.",
        _HEARS + "expect: {submissions: [{to: tickett}]}\n",
        _HEARS + "expect: {submissions: [{to: ticket}]}\n",
    ),
    _scenario(
        "IVR316",
        "a submission is expected with a parameter that it does not take",
        "Nobody could ever hand it over.",
        _HEARS + "expect: {submissions: [{to: ticket, with: {txt: No dialling tone.}}]}\n",
        _HEARS + "expect: {submissions: [{to: ticket, with: {text: No dialling tone.}}]}\n",
    ),
    _scenario(
        "IVR317",
        "a submission is given what cannot become of it",
        "It is taken, at once or after a while, or it has failed.",
        "given: {submissions: {ticket: missing}}\n" + _HEARS,
        "given: {submissions: {ticket: failed}}\n" + _HEARS,
    ),
    _scenario(
        "IVR319",
        "a caller is known as somebody that nobody can be",
        "Who a caller is found to be is what the site can know: its methods, tiers, brands and languages.",
        "given: {verify: {member: {teir: vip}}}\n" + _HEARS,
        "given: {verify: {member: {name: Ann}}}\n" + _HEARS,
    ),
    _scenario(
        "IVR320",
        "a notice is given for what the site has not",
        "What nobody can hear proves nothing: points, regions, brands, tiers and queues are the site's.",
        "given: {notices: [{text: We are sorry., queues: [sails]}]}\n" + _HEARS,
        "given: {notices: [{text: We are sorry., queues: [sales]}]}\n" + _HEARS,
    ),
)
"""By id."""
