"""The rules that this layer checks: how a file is written, what its values and names are.

Flow, site and scenario keep tables of their own in the same form; whoever shows rules merges them.
"""

from __future__ import annotations

from ivrctl.lang.rule import Rule, Shown, table

RULES = table(
    Rule(
        "IVR001",
        "The file cannot be read as text",
        "Files are UTF-8. In another encoding Chinese prompts turn into other words without anybody noticing, and a "
        "control character makes a prompt that no voice can say. Save the file as UTF-8.",
        "- play: Hello\0there.\n- hangup: served\n",
        "- play: Hello there.\n- hangup: served\n",
    ),
    Rule(
        "IVR002",
        "The file is not well-formed YAML",
        "A file that cannot be read as a whole is not read in part: nobody could say which half of a flow would run. "
        "Most often a text with a colon or a comma wants quotes.",
        "- play: Our hours: nine to five.\n- hangup: served\n",
        '- play: "Our hours: nine to five."\n- hangup: served\n',
    ),
    Rule(
        "IVR003",
        "A key stands twice in one mapping",
        "YAML readers silently keep the last of two, so a caller would press 1 and hear what the other line says.",
        '- menu:\n    choices:\n      "1": {say: For sales press 1., return: done}\n      "1": {return: done}\n'
        "  then: {otherwise: {hangup: unserved}}\n",
        '- menu:\n    choices:\n      "1": {say: For sales press 1., return: done}\n      "2": {return: done}\n'
        "  then: {otherwise: {hangup: unserved}}\n",
    ),
    Rule(
        "IVR004",
        "Anchors, aliases, tags and merge keys are not part of the language",
        "They make a text mean something that stands elsewhere, and a few of them can fill all memory. What several "
        "steps share is a step of its own, or a flow that gosub enters.",
        "- play: &hello Hello.\n- play: *hello\n- hangup: served\n",
        "- play: Hello.\n- play: Hello.\n- hangup: served\n",
    ),
    Rule(
        "IVR005",
        "The file is too large or nested too deeply",
        "A flow is read by people. The bounds are far beyond any that can be read, and keep a broken file from "
        "stopping the controller.",
        "- play: " + "[" * 100 + "]" * 100 + "\n- hangup: served\n",
        "- play: Hello.\n- hangup: served\n",
    ),
    Rule(
        "IVR006",
        "A field is empty",
        "An empty field is nearly always a text that YAML has cut: in {en: Hello, please hold} the text ends at the "
        "comma, and the rest is a key without a value. Write texts with a comma one language per line.",
        "- play: {text: {en: Hello, please hold}}\n- hangup: served\n",
        "- play:\n    text:\n      en: Hello, please hold\n- hangup: served\n",
    ),
    Rule(
        "IVR010",
        "A key is unknown",
        "A misspelt key would be passed over, and what it says would not happen.",
        "- queue: {name: sales, wiat: 5m}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
        "- queue: {name: sales, wait: 5m}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
    ),
    Rule(
        "IVR011",
        "A required key is missing",
        "Without it there is nothing to do, and no default that would be right everywhere.",
        "- dial: {ring: 20s}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
        '- dial: {to: "8101"}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n',
    ),
    Rule(
        "IVR012",
        "A value has the wrong shape",
        "A text, a list or a mapping stands where another of them is due. A field is always a list or never.",
        'languages: "en"\n',
        "languages: [en]\n",
        Shown.SITE,
    ),
    Rule(
        "IVR013",
        "A scalar cannot be read as what is due here",
        "Durations and shares carry their unit, since 30 seconds and 30 minutes look alike; true and false are "
        "the only "
        "words for yes and no, since others mean different things to different readers of YAML.",
        "keying: {first_digit: 5}\n",
        "keying: {first_digit: 5s}\n",
        Shown.SITE,
    ),
    Rule(
        "IVR020",
        "An expression cannot be read",
        "Expressions compare; they do not compute. What must be computed belongs in the query.",
        "- hangup: unserved\n  when: visits + 1 > 3\n- hangup: served\n",
        "- hangup: unserved\n  when: visits > 2\n- hangup: served\n",
    ),
    Rule(
        "IVR021",
        "A name is unknown",
        "A name that does not exist has no value. What another flow has saved is not seen here: it comes as a "
        "parameter, "
        "or as a call field.",
        "- play: Hello {nmae}.\n- hangup: served\n",
        "- set: {name: Ann}\n- play: Hello {name}.\n- hangup: served\n",
    ),
    Rule(
        "IVR022",
        "Types do not fit",
        "A comparison between a duration and a number, or with a word that is none of an enumeration, never "
        "holds: the "
        "branch behind it would be dead.",
        '- hangup: unserved\n  when: call.subject == "order"\n- hangup: served\n',
        '- set: {call.subject: orders}\n  when: call.line == "100"\n'
        '- hangup: unserved\n  when: call.subject == "orders"\n- hangup: served\n',
    ),
    Rule(
        "IVR023",
        "A value that may be none is used as if it were always there",
        "A date that is not set yet cannot be said, nor compared with today. Guard the action with a comparison with "
        "none, leave the step before it where it is none, or set it on every way: then it is known to be there.",
        '- set: {call.due: 2026-03-01}\n  when: call.line == "100"\n- play: It is due on {call.due}.\n'
        "- hangup: served\n",
        '- set: {call.due: 2026-03-01}\n  when: call.line == "100"\n- play: It is due on {call.due}.\n'
        "  when: call.due != none\n- hangup: served\n",
    ),
    Rule(
        "IVR024",
        "A format does not exist, does not fit, or is missing",
        "How a value is said depends on its type: an amount has a currency, a date has a month. A value of a "
        "type that "
        "nobody can say, such as true, is not said but decided on.",
        "- play: You call from {caller.number:money}.\n- hangup: served\n",
        "- play: You call from {caller.number:phone}.\n- hangup: served\n",
    ),
    Rule(
        "IVR025",
        "The braces of a text cannot be read",
        "In a text braces hold one name and perhaps a format. Write two for a brace that is to be heard.",
        "- play: Hello {caller.number.\n- hangup: served\n",
        "- play: Hello {caller.number}.\n- hangup: served\n",
    ),
)
"""By id."""
