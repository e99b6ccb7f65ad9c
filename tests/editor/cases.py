"""What is typed, and what an editor is to offer, to show, to tell.

In a text ``¦`` is the cursor. The text is the whole file, but for the steps of a flow, where it is what stands below
``steps: welcome:``.
"""

from __future__ import annotations

from dataclasses import dataclass

CURSOR = "¦"

FLOW = "main.ivr.yaml"
SITE = "ivrctl.yaml"
SCENARIO = "calls.scenario.yaml"
STAFFING = "hotline.staffing.yaml"


@dataclass(frozen=True)
class Offer:
    """Words that are offered at the cursor."""

    name: str
    text: str
    words: str
    """By spaces: they are offered, among others."""
    never: str = ""
    """They are not."""
    file: str = FLOW


@dataclass(frozen=True)
class Hover:
    """What is shown of the word before the cursor."""

    name: str
    text: str
    shown: str
    """A part of it."""
    file: str = FLOW


@dataclass(frozen=True)
class Findings:
    """All that is told of a text: where, as ``line:column`` from 1, and what."""

    name: str
    text: str
    told: tuple[tuple[str, str], ...]
    file: str = FLOW


KINDS = "play menu collect language lookup set goto gosub return queue dial voicemail hangup"
STEPS = "welcome advisor"
NEVER = "true false"

OFFERS = (
    Offer("a flow begins", "¦", "steps lines params outcomes returns title", "queues", file="new.ivr.yaml"),
    Offer("an action begins", "- ¦", f"{KINDS} when save then", "steps"),
    Offer("a kind is half typed", "- loo¦", "lookup"),
    Offer("beside a kind", "- lookup: {query: order, timeout: 3s}\n  ¦", "then save when"),
    Offer(
        "keys of a kind",
        "- collect:\n    ¦",
        "prompt digits first_digit between attempts check confirm",
        "play lookup then",
    ),
    Offer("steps behind goto", "- goto: ¦", STEPS, NEVER),
    Offer("steps behind an outcome", "- queue: {name: sales}\n  then: {answered: ¦}", STEPS, NEVER),
    Offer(
        "endings of a target",
        "- queue: {name: sales}\n  then: {answered: {h¦}}",
        "hangup return goto",
        "play lookup then",
    ),
    Offer(
        "outcomes of a lookup",
        "- lookup: {query: order, timeout: 3s}\n  then:\n    ¦",
        "missing failed otherwise",
        "answered no_input nobody",
    ),
    Offer(
        "outcomes of a queue, half typed",
        "- queue: {name: sales}\n  then:\n    tim¦",
        "answered timed_out left empty full failed otherwise",
        "missing",
    ),
    Offer("outcomes of a sub-flow", "- gosub: {flow: desk}\n  then:\n    ¦", "nobody otherwise", "missing"),
    Offer("flows behind gosub", "- gosub: {flow: ¦}", "main desk", NEVER),
    Offer("parameters of a sub-flow", "- gosub:\n    flow: desk\n    with:\n      ¦", "queue", "number"),
    Offer("queries behind lookup", "- lookup:\n    query: ¦", "order branches", NEVER),
    Offer(
        "parameters of a query", "- lookup:\n    query: order\n    timeout: 3s\n    with:\n      ¦", "number", "queue"
    ),
    Offer("queues", "- queue:\n    name: ¦", "sales repairs", NEVER),
    Offer("queues in a file that is new", "- queue:\n    name: ¦", "sales repairs", NEVER, file="new.ivr.yaml"),
    Offer("boxes", "- voicemail: {box: ¦}", "office", NEVER),
    Offer("extensions, and no patterns", "- dial: {to: ¦}", '"8100"', "_81XX"),
    Offer("languages of a text", "- play:\n    ¦", "en zh text barge_in"),
    Offer(
        "texts that the site says already",
        "- play:\n    en: ¦",
        "We$heard$nothing. Your$order,$please.",
        "没有收到您的按键。",
    ),
    Offer("languages behind a key", '- language: {keys: {"1": ¦}, ask: {en: A, zh: B}}', "en zh", NEVER),
    Offer("keys of a choice", '- menu:\n    choices:\n      "1":\n        ¦', "say when value goto return hangup"),
    Offer("steps as the short form of a choice", '- menu: {choices: {"1": ¦}}', STEPS, NEVER),
    Offer("call fields to set", "- set: {call¦}", "call.subject"),
    Offer("call fields to save", "- lookup: {query: order, timeout: 3s}\n  save: ¦", "call.subject", NEVER),
    Offer("how a call ends", "- hangup: ¦", "served unserved", "refused"),
    Offer("how a call ends, at length", "- hangup: {as: ¦}", "served unserved refused"),
    Offer("yes or no", "- queue: {name: sales, keep_wait: ¦}", "true false"),
    Offer("steps behind a line", 'lines: {"7000": ¦}', STEPS, NEVER, file="main.ivr.yaml"),
    Offer("outcomes that a flow returns", "- return: ¦", "done nobody", NEVER, file="desk.ivr.yaml"),
    Offer("keys of the site file", "¦", "site time_zone languages lookups queues hours settings", "steps", file=SITE),
    Offer("databases", "lookups:\n  order:\n    database: ¦", "orders", NEVER, file=SITE),
    Offer("types", "call_fields:\n  due: ¦", "date date? money queue", file=SITE),
    Offer("days", "hours:\n  desk:\n    weekly:\n      ¦", "mon-fri sat sun", file=SITE),
    Offer(
        "lines of a script",
        "script:\n  - ¦",
        "hears presses waits does enters transfers ends who within",
        file=SCENARIO,
    ),
    Offer("numbers to dial", "calls:\n  caller:\n    dials: ¦", '"7000"', "_70XX", file=SCENARIO),
    Offer("queries to be given", "given:\n  lookups:\n    ¦", "order branches", file=SCENARIO),
    Offer("answers of a query", "given:\n  lookups:\n    order: ¦", "failed missing", file=SCENARIO),
    Offer("fields of a row", "given:\n  lookups:\n    order:\n      ¦", "state due after", file=SCENARIO),
    Offer("queues to be entered", "script:\n  - enters: {queue: ¦}", "sales repairs", file=SCENARIO),
    Offer("steps of a path", "expect:\n  path: [¦]", "welcome main/welcome desk/start", file=SCENARIO),
    Offer("actions with outcomes", "expect:\n  outcomes:\n    ¦", "welcome.lookup desk/start.queue", file=SCENARIO),
    Offer("who ended a call", "script:\n  - ends: {by: ¦}", "flow caller agent fallback", file=SCENARIO),
    Offer("keys of a policy", "¦", "queues tiers triggers timing calendar warn heads_up mode", "steps", file=STAFFING),
    Offer("queues to be watched", "queues: [¦]", "sales repairs", NEVER, file=STAFFING),
    Offer("groups of a tier", "tiers:\n  - people: {group: ¦}", "leaders", NEVER, file=STAFFING),
    Offer("reasons for which somebody is asked", "tiers:\n  - people: {paused_for: [¦]}", "break", file=STAFFING),
    Offer("how people come in", "tiers:\n  - bring: ¦", "add ask", NEVER, file=STAFFING),
    Offer("figures that are watched", "triggers:\n  ¦", "longest_wait service_level promise_used", file=STAFFING),
    Offer("tiers that a calendar holds in", "calendar:\n  - tiers: [¦]", "leaders", file=STAFFING),
    Offer("who is warned", "warn:\n  to: ¦", '"8103"', NEVER, file=STAFFING),
)

HOVERS = (
    Hover(
        "a figure of a policy",
        "triggers:\n  longest_w¦ait: {engage: [20s], release: 10s}",
        "How long the first caller",
        file=STAFFING,
    ),
    Hover("a time of a policy", "timing:\n  rest_at_l¦east: 10m", "not called again before", file=STAFFING),
    Hover("a kind", "- look¦up: {query: order, timeout: 3s}", "Ask a lookup of the site, and save its row"),
    Hover("a kind that is one word", "- got¦o: advisor", "Go on at the start of a step of the same flow."),
    Hover("a key of a kind", "- lookup: {query: order, time¦out: 3s}", "How long the answer may take."),
    Hover("a default", '- dial: {to: "8100", rin¦g: 20s}', "Without it: `20s`."),
    Hover("an outcome", "- lookup: {query: order, timeout: 3s}\n  then: {miss¦ing: advisor}", "no such row, not one"),
    Hover(
        "an outcome of a sub-flow",
        "- gosub: {flow: desk}\n  then: {nob¦ody: advisor}",
        "those that the sub-flow declares",
    ),
    Hover("a choice", '- menu: {choices: {"1": {sa¦y: A}}}', "What is said of the key"),
    Hover("what stands beside a kind", "- play: A\n  whe¦n: a == b", "A guard: where it does not hold"),
    Hover("a key of the site file", "time_zo¦ne: Europe/Berlin", "such as `Europe/Berlin`", file=SITE),
    Hover("a key inside the site file", "keying: {atte¦mpts: 3}", "from 1 to 10", file=SITE),
    Hover("a line of a script", "script:\n  - hea¦rs: Hello", "The caller hears a prompt to its end", file=SCENARIO),
    Hover("a key of a scenario", "expect: {longest_sil¦ence: 4s}", "no silence is longer", file=SCENARIO),
)

TEXT_OR_MAPPING = "a text or a mapping is due here"

FINDINGS = (
    Findings("nothing is wrong", "- play: {en: A, zh: B}\n- hangup: served", ()),
    Findings("names that nobody knows yet", "- queue: {name: new}\n  then: {answered: b, otherwise: c}", ()),
    Findings(
        "numbers and words as they come",
        '- collect: {prompt: 1, digits: 11, attempts: "3", between: 500ms}\n  save: no\n  then: {otherwise: 2}',
        (),
    ),
    Findings("a kind is misspelt", "- playy: Hello", (("3:7", "Property playy is not allowed."),)),
    Findings(
        "a key is misspelt",
        "- lookup: {query: a, timeuot: 3s, timeout: 3s}",
        (("3:26", "Property timeuot is not allowed."),),
    ),
    Findings("a key is missing", "- lookup: {query: a}", (("3:7", 'Missing property "timeout".'),)),
    Findings(
        "a duration without its unit",
        "- lookup: {query: a, timeout: 3}",
        (("3:35", "a duration with its unit, such as 500ms, 3s, 10m, 2h or 1d, is due here"),),
    ),
    Findings(
        "an outcome is misspelt",
        "- lookup: {query: a, timeout: 3s}\n  then: {mising: b}",
        (("4:14", "Property mising is not allowed."),),
    ),
    Findings("a kind without outcomes", "- play: A\n  then: {failed: b}", (("4:7", "Property then is not allowed."),)),
    Findings("a kind with nothing to save", "- goto: b\n  save: c", (("4:7", "Property save is not allowed."),)),
    Findings("a queue without its outcomes", "- queue: {name: a}", (("3:7", 'Missing property "then".'),)),
    Findings(
        "a queue without its good outcome",
        "- queue: {name: a}\n  then: {otherwise: b}",
        (("4:7", 'Missing property "answered".'),),
    ),
    Findings(
        "a target is misspelt",
        "- queue: {name: a}\n  then: {answered: {hangp: served}}",
        (("4:25", "Property hangp is not allowed."),),
    ),
    Findings(
        "an ending that a flow has not",
        "- hangup: severed",
        (("3:15", 'Value is not accepted. Valid values: "served", "unserved".'),),
    ),
    Findings("a refusal without its reason", "- hangup: {as: refused}", (("3:7", 'Missing property "reason".'),)),
    Findings("a list where a text is due", "- goto: [a]", (("3:13", "a text is due here"),)),
    Findings("a list where a choice is due", '- menu: {choices: {"1": [a]}}', (("3:29", TEXT_OR_MAPPING),)),
    Findings("an empty field", "- play:", (("3:12", TEXT_OR_MAPPING),)),
    Findings("an empty field among others", "- collect: {prompt: , digits: 3}", (("3:25", TEXT_OR_MAPPING),)),
    Findings("half an action", "- play: A\n- ", (("4:7", 'Incorrect type. Expected "action".'),)),
    Findings(
        "yes for true",
        "- queue: {name: a, keep_wait: yes}\n  then: {answered: b}",
        (("3:35", "true or false is due here"),),
    ),
    Findings(
        "a key of the site file is misspelt",
        "langages: [en]",
        (("1:1", "Property langages is not allowed."),),
        file=SITE,
    ),
    Findings("a type is misspelt", "call_fields: {due: daet}", (("1:20", "Value is not accepted"),), file=SITE),
    Findings(
        "hours that are none",
        "hours: {desk: {weekly: {mon: 8-12}}}",
        (("1:30", "closed, or spans such as"),),
        file=SITE,
    ),
    Findings(
        "a line of a script is misspelt",
        "script: [{heres: A}]",
        (("1:11", "Property heres is not allowed."),),
        file=SCENARIO,
    ),
    Findings(
        "a wait without a unit",
        "triggers: {longest_wait: {engage: [20, 40s, never], release: 10s}}",
        (("1:36", "a duration with its unit, such as 500ms, 3s, 10m, 2h or 1d, or never is due here"),),
        file=STAFFING,
    ),
    Findings(
        "a day that no month has",
        "calendar: [{days: [28-32], tiers: [leaders]}]",
        (("1:20", "a day of the month, or a range such as 28-31, is due here"),),
        file=STAFFING,
    ),
    Findings(
        "a day without a time",
        "at: 2026-11-20",
        (("1:5", "a date and time such as 2026-11-20 10:00 is due here"),),
        file=SCENARIO,
    ),
)
"""Of files other than flows, only what is told of the keys that stand there: others are missing on purpose."""
