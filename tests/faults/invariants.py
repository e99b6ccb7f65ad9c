"""What must hold after every run. Each looks at what its reader has found, and knows of no fault."""

from __future__ import annotations

from collections import Counter

from .matrix import Evidence, Invariant, Terminal

ENDINGS = {
    Terminal.SERVED: {"served", "unserved"},
    Terminal.PERSON: {"fallback", "served", "unserved", "abandoned"},
}
"""Which endings of a record agree with what Asterisk saw. Who has talked to a person already is not asked again."""


def _one_terminal_state(found: Evidence) -> list[str] | None:
    wrong = [
        f"seed {call.seed}: {call.uniqueid} is lost\n{call.story}"
        for call in found.calls
        if call.terminal is Terminal.LOST
    ]
    if found.records is None:
        return wrong
    records = {record["leg"]: record for record in found.records}
    for call in found.calls:
        wrong += [
            f"seed {call.seed}: {leg}, which ended {call.terminal}, has no record\n{call.story}"
            for leg in call.legs
            if leg not in records and (found.taken is None or leg in found.taken)
        ]
        last = records.get(call.legs[-1]) if call.legs else None
        agree = ENDINGS.get(call.terminal)
        if last is not None and agree is not None and last["ending"] not in agree:
            wrong.append(f"seed {call.seed}: {last['leg']} ended {call.terminal}, its record says {last['ending']}")
    return wrong


def _recorded_once(found: Evidence) -> list[str] | None:
    if found.tickets is None:
        return None
    kept = Counter(found.tickets)
    wrong = [f"{number} was handed over {times} times" for number, times in kept.items() if times > 1]
    wrong += [
        f"seed {call.seed}: {call.keyed} was acknowledged and is not there"
        for call in found.calls
        if found.noted in call.heard and not kept[call.keyed]
    ]
    return wrong


def _served_once(found: Evidence) -> list[str] | None:
    queued = [call for call in found.calls if call.queued]
    return [
        f"seed {call.seed}: {call.uniqueid} entered {queue} {times} times\n{call.story}"
        for call in queued
        for queue, times in Counter(call.queued).items()
        if times > 1
    ]


def _right_reply(found: Evidence) -> list[str] | None:
    if found.records is None or not any(call.keyed for call in found.calls):
        return None
    of = {leg: call for call in found.calls for leg in call.legs}
    wrong = []
    for record in found.records:
        call, number = of.get(record["leg"]), record["fields"].get("number")
        if call is not None and number not in {None, call.keyed}:
            told = f"seed {call.seed}: {call.keyed} was keyed, and {number} stands in the record"
            wrong.append(f"{told}\n{call.story}\n    {record}")
    numbers = {call.keyed for call in found.calls}
    wrong += [
        f"{number}, which nobody keyed, was handed over" for number in found.tickets or () if number not in numbers
    ]
    wrong += [
        f"seed {call.seed}: {call.uniqueid} pressed 2, and entered {call.queued[0]}"
        for call in found.calls
        if call.wanted_person is False and call.queued and call.terminal is Terminal.SERVED
    ]
    return wrong


def _as_desired(found: Evidence) -> list[str] | None:
    if found.members is None:
        return None
    wanted, there, pending = found.members
    wrong = [f"{one} is to be a member, is none, and is not said to be on his way" for one in wanted - there - pending]
    return wrong + [f"{one} is a member, and is not to be one" for one in there - wanted - pending]


def _no_secret(found: Evidence) -> list[str] | None:
    return found.swept


def _baseline(found: Evidence) -> list[str] | None:
    if found.vitals is None:
        return None
    before, after = found.vitals
    return after.too_much(before)


def _notice_heard(found: Evidence) -> list[str] | None:
    if found.notices is None:
        return None
    return [
        f"seed {call.seed}: {text!r} was acknowledged, and {call.uniqueid} did not hear it\n{call.story}"
        for text, call in found.notices
        if call.terminal is not Terminal.LEFT and not any(text in heard for heard in call.heard)
    ]


def _orderly(found: Evidence) -> list[str] | None:
    if found.exits is None:
        return None
    return [
        f"a controller that was told to leave ended with {code}" for code in found.exits if code not in {0, -15, -2}
    ]


def _nothing_else(found: Evidence) -> list[str] | None:
    return found.faults


INVARIANTS = (
    Invariant(
        "terminal",
        "every call that reached Asterisk has exactly one terminal state, and each of its legs one record that agrees",
        "the peer's account of each call, `sqlite3`",
        _one_terminal_state,
        "nobody calls",
    ),
    Invariant("once", "nobody enters a queue a second time", "the peer's account", _served_once, "nobody calls"),
    Invariant(
        "members",
        "each membership is as desired or visibly pending",
        "the queue's own members, AMI",
        _as_desired,
        "nobody is to be in a queue",
    ),
    Invariant(
        "recorded",
        "every change that was acknowledged is recorded, and once",
        "the receiver's table, `sqlite3`",
        _recorded_once,
        "nothing is handed over",
    ),
    Invariant(
        "replies",
        "no reply reached the wrong command: what each caller keyed stands in his record and nowhere else",
        "the peer's account, `sqlite3`",
        _right_reply,
        "nobody keys a number",
    ),
    Invariant(
        "secrets",
        "no secret stands in anything that is left",
        "every byte of every file",
        _no_secret,
        "nobody has a secret",
    ),
    Invariant(
        "baseline",
        "descriptors, tasks and memory are back where they were",
        "`/proc/PID`",
        _baseline,
        "another controller serves at the end than before",
    ),
    Invariant(
        "notices",
        "a notice that was acknowledged is heard",
        "the peer's account",
        _notice_heard,
        "nobody makes a notice",
    ),
    Invariant(
        "leaves", "who is told to leave ends in order", "the kernel: `waitpid`", _orderly, "nobody is told to leave"
    ),
    Invariant(
        "else",
        "nothing else that the row itself looks at is wrong",
        "see the row",
        _nothing_else,
        "the row looks at nothing else",
    ),
)
