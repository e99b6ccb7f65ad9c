"""The rules that findings about flows name."""

from __future__ import annotations

from ivrctl.lang.findings import Severity
from ivrctl.lang.rule import Rule, Shown, table

_WAYS = (
    Rule(
        "IVR101",
        "a step does not exist",
        "A call that is led there would have nowhere to go.",
        "- goto: strt\n  when: visits < 3\n- hangup: unserved\n",
        "- goto: start\n  when: visits < 3\n- hangup: unserved\n",
    ),
    Rule(
        "IVR102",
        "a flow does not exist, or has no start",
        "gosub enters a flow of the site at its step start.",
        "- gosub: {flow: subb, with: {what: orders}}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        "- gosub: {flow: sub, with: {what: orders}}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
    ),
    Rule(
        "IVR103",
        "an outcome is returned that the flow does not declare",
        "Flows that enter this one say where each of its outcomes leads: they can only name what it declares.",
        "steps:\n  start:\n    - return: failed\n",
        "outcomes: [failed]\nsteps:\n  start:\n    - return: failed\n",
        Shown.FLOW,
    ),
    Rule(
        "IVR104",
        "a query does not exist",
        "A flow names a lookup of the site file, and sees neither its SQL nor where its database is.",
        "- lookup: {query: balanc, timeout: 3s}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        '- lookup: {query: balance, timeout: 3s, with: {number: "{caller.number}"}}\n'
        "  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
    ),
    Rule(
        "IVR105",
        "a queue does not exist",
        "Asterisk would send the caller back at once, and nobody would know why. The site file names the queues "
        "that flows "
        "may use.",
        "- queue: {name: sails}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
        "- queue: {name: sales}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
    ),
    Rule(
        "IVR106",
        "a call field does not exist",
        "Call fields go into the call's record and to the agent's screen; the site file declares them with "
        "their types.",
        "- set: {call.subjct: orders}\n- hangup: served\n",
        "- set: {call.subject: orders}\n- hangup: served\n",
    ),
    Rule(
        "IVR107",
        "an extension does not exist",
        "Only extensions of the site are dialled, whatever a flow or a caller says.",
        '- dial: {to: "8201"}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n',
        '- dial: {to: "8101"}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n',
    ),
    Rule(
        "IVR108",
        "an argument is missing, or is not taken",
        "A lookup and a sub-flow take what they declare, each by its name.",
        "- gosub: {flow: sub}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        "- gosub: {flow: sub, with: {what: orders}}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
    ),
    Rule(
        "IVR109",
        "an action has no such outcome",
        "A misspelt outcome would leave the real one without a target. The good outcome goes on to the next "
        "action and is "
        "not written, save for queue and dial.",
        "- queue: {name: sales}\n  then: {answered: {hangup: served}, otherwise: {hangup: served}, ful: start}\n",
        "- queue: {name: sales}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
    ),
    Rule(
        "IVR110",
        "an action has one kind, and the kind exists",
        "What an action does is its one kind; beside it stand only when, save and then.",
        "- plai: Hello.\n- hangup: served\n",
        "- play: Hello.\n- hangup: served\n",
    ),
    Rule(
        "IVR111",
        "a name cannot be given",
        "Names of the call and of the site, such as today, belong to ivrctl; a step named next could not be "
        "told from the "
        "target.",
        '- set: {today: "{caller.number}"}\n- hangup: served\n',
        '- set: {number: "{caller.number}"}\n- play: You call from {number}.\n- hangup: served\n',
    ),
    Rule(
        "IVR112",
        "a target is malformed",
        "A target is a step, next, or one ending: {return: x} or {hangup: x}.",
        "- queue: {name: sales}\n  then: {answered: {return: done, hangup: served}, otherwise: start}\n",
        "- queue: {name: sales}\n  then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
    ),
    Rule(
        "IVR113",
        "an ending is malformed",
        "How a call ended is counted: the share of callers who were served, and every refusal with its reason.",
        "- hangup: servd\n",
        "- hangup: served\n",
    ),
    Rule(
        "IVR114",
        "an outcome leads nowhere",
        "A lookup that fails is no exception, it is Tuesday. Every outcome other than the good one says where "
        "it leads, or "
        "is covered by otherwise.",
        '- lookup: {query: balance, timeout: 3s, with: {number: "{caller.number}"}}\n- hangup: served\n',
        '- lookup: {query: balance, timeout: 3s, with: {number: "{caller.number}"}}\n'
        "  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
    ),
    Rule(
        "IVR115",
        "a step falls off its end",
        "Nothing says where the call goes then. The last action of a step leaves it, without a guard.",
        "- play: Hello.\n",
        "- play: Hello.\n- hangup: served\n",
    ),
    Rule(
        "IVR116",
        "no call can reach this",
        "What nobody reaches is most often a target that was misspelt, or a guard that was forgotten on the "
        "action before.",
        "- hangup: served\n- play: Goodbye.\n- hangup: served\n",
        "- play: Goodbye.\n- hangup: served\n",
        severity=Severity.WARNING,
    ),
)

_NAMES = (
    Rule(
        "IVR117",
        "a name has no value on some way to its use",
        "On that way the caller would hear a gap. Set the name on every way, or ask only where it was saved.",
        "- set: {name: Ann}\n  when: visits == 1\n- play: Hello {name}.\n- hangup: served\n",
        "- set: {name: Ann}\n- play: Hello {name}.\n- hangup: served\n",
    ),
    Rule(
        "IVR118",
        "a line is malformed, or is claimed twice",
        "A number leads to one step of one flow.",
        'lines: {"10-10": start}\nsteps:\n  start:\n    - hangup: served\n',
        'lines: {"1010": start}\nsteps:\n  start:\n    - hangup: served\n',
        Shown.FLOW,
    ),
    Rule(
        "IVR119",
        "a name has two types",
        "What a comparison or a format means would depend on the way the call has come.",
        '- set: {found: "{caller.number}"}\n  when: visits == 1\n- set: {found: "{today}"}\n- play: It is {found}.\n'
        "- hangup: served\n",
        '- set: {day: "{today}"}\n- play: It is {day}.\n- hangup: served\n',
    ),
    Rule(
        "IVR120",
        "a flow, step or menu is empty",
        "There is nothing to do, and nowhere to go.",
        "- menu: {choices: {}}\n  then: {otherwise: {hangup: unserved}}\n",
        '- menu: {choices: {"1": {say: For sales press 1., hangup: served}}}\n  then: {otherwise: {hangup: '
        "unserved}}\n",
    ),
    Rule(
        "IVR121",
        "a key does not exist",
        "A telephone has 0-9, * and #.",
        '- menu: {choices: {"A": {say: For sales press A., hangup: served}}}\n  then: {otherwise: {hangup: '
        "unserved}}\n",
        '- menu: {choices: {"1": {say: For sales press 1., hangup: served}}}\n  then: {otherwise: {hangup: '
        "unserved}}\n",
    ),
    Rule(
        "IVR122",
        "a number is out of range",
        "The bounds are those of patience: nobody listens to a menu twenty times.",
        '- menu: {attempts: 20, choices: {"1": {say: For sales press 1., hangup: served}}}\n'
        "  then: {otherwise: {hangup: unserved}}\n",
        '- menu: {attempts: 3, choices: {"1": {say: For sales press 1., hangup: served}}}\n'
        "  then: {otherwise: {hangup: unserved}}\n",
    ),
)

_CALLERS = (
    Rule(
        "IVR123",
        "a refusal is not announced",
        "A caller who is turned away in silence calls again, and again. The action right before a refusal tells him "
        "why, and until when. One that a guard may pass over tells nobody on the way past it; a sub-flow tells him "
        "when it speaks on every way to its outcome.",
        "- hangup: {as: refused, reason: too many calls}\n",
        "- play: You have called ten times today. Please call again tomorrow.\n"
        "- hangup: {as: refused, reason: too many calls}\n",
    ),
    Rule(
        "IVR124",
        "a flow goes round without end",
        "Without a key, a hand-off or a bound on the way, a call that gets there never leaves: the controller "
        "ends it by "
        "force, and the caller has heard nothing but the same words.",
        "- play: Hello.\n- goto: start\n",
        "- hangup: unserved\n  when: visits > 3\n- play: Hello.\n- goto: start\n",
        severity=Severity.WARNING,
    ),
    Rule(
        "IVR125",
        "nobody can choose this",
        "Whatever a caller keys for it is another choice: an exact entry wins over a pattern, a narrow pattern "
        "over a wide "
        "one.",
        '- menu: {choices: {"_8XXX": {say: Key in the extension., hangup: served}, "_8[0-4]XX": {hangup: served}, '
        '"_8[5-9]XX": {hangup: served}}}\n  then: {otherwise: {hangup: unserved}}\n',
        '- menu: {choices: {"_8XXX": {say: Key in the extension., hangup: served}, "_8[0-4]XX": {hangup: served}}}\n'
        "  then: {otherwise: {hangup: unserved}}\n",
    ),
    Rule(
        "IVR126",
        "the site lacks words that a flow says",
        "Words that every flow says alike stand in the site file. A flow that needs them can also bring its own.",
        "- collect: {prompt: Enter your number., digits: 6, confirm: true}\n  save: number\n"
        "  then: {otherwise: {hangup: unserved}}\n- play: Thank you for {number}.\n- hangup: served\n",
        '- collect: {prompt: Enter your number., digits: 6, confirm: "{it:digits}. If that is right press 1."}\n'
        "  save: number\n  then: {otherwise: {hangup: unserved}}\n- play: Thank you for {number}.\n- hangup: "
        "served\n",
    ),
    Rule(
        "IVR127",
        "a voicemail box does not exist",
        "Messages are recorded for boxes that somebody empties: the site file names them.",
        "- voicemail: {box: ofice, longest: 2m}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        "- voicemail: {box: office, longest: 2m}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
    ),
    Rule(
        "IVR128",
        "a secret is kept or read back",
        "A PIN is known to the caller and to the question that checks it: it goes from collect to a parameter declared "
        "secret, and nowhere else. Under another name it would be there longer than it is needed, and whoever stands "
        "beside the caller hears what is read back.",
        "- collect: {prompt: Enter your PIN., digits: 4, secret: true, confirm: true}\n"
        "  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        "- collect: {prompt: Enter your PIN., digits: 4, secret: true}\n  save: pin\n"
        "  then: {otherwise: {hangup: unserved}}\n"
        '- lookup: {query: customer, timeout: 3s, with: {number: "{caller.number}", pin: "{pin}"}}\n'
        "  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
    ),
)

_VALUES = (
    Rule(
        "IVR129",
        "an identity method does not exist",
        "A flow names a way in which callers say who they are; what is asked, and how often, stands in the site file.",
        "- verify: {by: membre}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        "- verify: {by: member}\n  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
    ),
    Rule(
        "IVR130",
        "a guard is always true, or never",
        "What is behind it happens to everybody or to nobody: another value was meant, or a guard before it has "
        "settled "
        "the question.",
        '- menu: {choices: {"1": {say: For sales press 1., value: sales}}}\n  save: wish\n'
        "  then: {otherwise: {hangup: unserved}}\n"
        '- hangup: served\n  when: wish == "sales"\n- hangup: unserved\n',
        '- menu: {choices: {"1": {say: For sales press 1., value: sales}, "2": {say: For faults press 2., '
        "value: faults}}}\n"
        "  save: wish\n  then: {otherwise: {hangup: unserved}}\n"
        '- hangup: served\n  when: wish == "sales"\n- hangup: unserved\n',
        severity=Severity.WARNING,
    ),
    Rule(
        "IVR131",
        "a name, parameter or setting is never read",
        "What nobody asks for was most often meant to be said, compared or handed on. Remove it, or use it.",
        '- set: {number: "{caller.number}"}\n- hangup: served\n',
        '- set: {number: "{caller.number}"}\n- play: You call from {number}.\n- hangup: served\n',
        severity=Severity.WARNING,
    ),
    Rule(
        "IVR132",
        "a call field is read that no flow sets",
        "It is none in every call, and what is said or decided by it never happens.",
        "- play: It is due on {call.due}.\n  when: call.due != none\n- hangup: served\n",
        "- set: {call.due: 2026-03-01}\n- play: It is due on {call.due}.\n- hangup: served\n",
        severity=Severity.WARNING,
    ),
    Rule(
        "IVR133",
        "a person is out of reach",
        "Callers who cannot help themselves press what there is, and hang up. From every line that asks for "
        "keys a person "
        "is a few of them away: as many as the site allows under limits.",
        'lines: {"100": start, "200": desk}\nsteps:\n  start:\n'
        '    - menu: {choices: {"1": {say: To hear it again press 1., goto: start}}}\n'
        "      then: {otherwise: {hangup: unserved}}\n"
        "  desk:\n    - queue: {name: sales}\n"
        "      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
        'lines: {"100": start, "200": desk}\nsteps:\n  start:\n'
        '    - menu: {choices: {"1": {say: To hear it again press 1., goto: start}, "0": desk}}\n'
        "      then: {otherwise: {hangup: unserved}}\n"
        "  desk:\n    - queue: {name: sales}\n"
        "      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n",
        Shown.FLOW,
        severity=Severity.WARNING,
    ),
    Rule(
        "IVR134",
        "a caller may hear nothing for too long",
        "After some seconds of silence a caller believes that the line is dead. Behind the words that an answer "
        "takes a "
        "moment, and while keys are waited for, the site's limit holds.",
        '- lookup: {query: balance, timeout: 30s, with: {number: "{caller.number}"}}\n'
        "  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        '- lookup: {query: balance, timeout: 3s, with: {number: "{caller.number}"}}\n'
        "  then: {otherwise: {hangup: unserved}}\n- hangup: served\n",
        severity=Severity.WARNING,
    ),
)

_HANDED_OVER = (
    Rule(
        "IVR145",
        "a submission does not exist",
        "A flow names a submission of the site file, and sees neither a statement nor an address.",
        '- submit: {to: tickett, with: {number: "{caller.number}", text: No dialling tone.}}\n'
        "  then: {failed: next}\n- hangup: served\n",
        '- submit: {to: ticket, with: {number: "{caller.number}", text: No dialling tone.}}\n'
        "  then: {failed: next}\n- hangup: served\n",
    ),
)

RULES = table(*_WAYS, *_NAMES, *_CALLERS, *_VALUES, *_HANDED_OVER)
"""By id."""
