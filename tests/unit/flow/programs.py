"""Programs and callers for property tests: small flows that are right by construction, and who calls them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TypeAlias

from hypothesis import strategies as st

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    RECORDED,
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandedBack,
    HandOff,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    PromptEnded,
    Reply,
    Say,
)
from ivrctl.flow.engine import Run
from ivrctl.flow.position import Position, position_from_json, position_to_json
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text
from ivrctl.model.notice import Notice, Scope
from ivrctl.model.values import RowOrRows

from .playbook import CALLER, NOW, TWO_LANGUAGES

STEPS = ("a", "b", "c")
SUB_FLOWS = ("one", "two")
ENDINGS = ("{return: done}", "{hangup: served}", "{hangup: {as: unserved, reason: why}}")
TARGETS = (*STEPS, *STEPS, "start", "next", *ENDINGS)
OUTCOMES = {
    HandOffToQueue: ("answered", "timed_out", "left", "empty", "full", "failed", "key_1", "key_2", "teleported"),
    HandOffToDial: ("answered", "busy", "no_answer", "unavailable", "refused", "unknown", "teleported"),
    HandOffToVoicemail: (RECORDED, RECORDED, "too_short", "failed", "teleported"),
}

HOURS = """
hours:
  desk: {weekly: {mon-fri: "08:00-20:00", sat-sun: closed}, holidays: CN, on_holidays: closed, on_make_up_days: as mon}
  night: {weekly: {mon-sun: "20:00-06:00"}}
settings: {patience: 90s, first_day: 2026-02-24}
"""
KNOWN = "within {settings.patience} from {settings.first_day}"

Pick: TypeAlias = Callable[[tuple[str, ...]], str]


def _text(text: str) -> str:
    return f'{{zh: "字{text}", en: "{text}"}}'


def _play(pick: Pick, number: int) -> str:
    said = ("hello", "so {name}", "visit {visits}", "on {call.line}", "back {hours.desk.next_opening}", KNOWN)
    text = _text(pick(said) + f" {number}")
    return pick((f"play: {text}", f"play: {{text: {text}, barge_in: false}}"))


def _menu(pick: Pick, number: int) -> str:
    guard = pick(("", ", when: visits > 1", ', when: name == "x"'))
    one = f'"1": {{say: {_text("one")}{guard}, goto: {pick(STEPS)}}}'
    longer = pick(("", ', "_1XX": {value: three}'))
    choices = f'{{{one}, "2": {{value: two}}, "*": {pick(STEPS)}{longer}}}'
    attempts = pick(("", ", attempts: 1"))
    return (
        f"menu: {{choices: {choices}{attempts}}}\n      save: key{number}\n      then: {{otherwise: {pick(TARGETS)}}}"
    )


def _rows(pick: Pick, number: int) -> str:
    rows, guard = f"rows{number}", pick(("", ', when: it.state == "open"'))
    from_ = f'{{rows: "{{{rows}}}", say: {_text("{it.name}")}{guard}, value: "{{it.name}}"}}'
    lines = (
        'lookup: {query: branches, with: {city: "21"}, timeout: 3s}',
        f"  save: {rows}",
        f"  then: {{otherwise: {pick(STEPS)}}}",
        f'- menu: {{from: {from_}, choices: {{"0": {pick(STEPS)}}}}}',
        f"  save: kept{number}",
        f"  then: {{empty: {pick(STEPS)}, otherwise: {pick(STEPS)}}}",
        f"- play: {_text(f'chose {{kept{number}}}')}",
    )
    return "\n    ".join(lines)


def _collect(pick: Pick, number: int) -> str:
    cancelled = pick(("", f"cancelled: {pick(TARGETS)}, "))
    digits = pick(("1", "2-4"))
    more = pick(("", ", check: 'it != \"11\"'", f", confirm: {_text('keyed {it:digits}')}"))
    then = f"{{{cancelled}otherwise: {pick(TARGETS)}}}"
    return (
        f"collect: {{prompt: {_text('keys')}, digits: {digits}{more}}}\n      save: keyed{number}\n      then: {then}"
    )


def _language(_pick: Pick, _number: int) -> str:
    return f'language: {{keys: {{"1": zh, "2": en}}, ask: {_text("which")}}}'


def _lookup(pick: Pick, number: int) -> str:
    then = f"{{missing: {pick(TARGETS)}, failed: {pick(TARGETS)}}}"
    # Behind the target next the row may have no value: then nothing is said of it.
    heard = f"\n    - play: {_text(f'you owe {{row{number}.amount}}')}\n      when: row{number}.overdue"
    question = 'lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}'
    return f"{question}\n      save: row{number}\n      then: {then}" + ("" if "next" in then else heard)


def _set(pick: Pick, _number: int) -> str:
    values = ("name: x", 'name: y, call.count: "{visits}"', "call.subject: faults", 'call.due: "{settings.first_day}"')
    return f"set: {{{pick(values)}}}"


def _goto(pick: Pick, _number: int) -> str:
    guards = (
        "visits > 2",
        'name == "x"',
        'call.subject == "faults"',
        "today == 2026-02-14 and visits < 3",
        "not hours.desk.is_open",
        "hours.night.is_open or settings.patience > 60s",
    )
    return f"goto: {pick(STEPS)}\n      when: {pick(guards)}"


def _gosub(pick: Pick, _number: int) -> str:
    return f'gosub: {{flow: {pick(SUB_FLOWS)}, with: {{least: "3"}}}}\n      then: {{odd: {pick(TARGETS)}}}'


def _queue(pick: Pick, _number: int) -> str:
    exits = pick(("", f', choices: {{"1": {pick(TARGETS)}}}')) + pick(("", ", keep_wait: true"))
    return f"queue: {{name: sales{exits}}}\n      then: {{answered: {pick(TARGETS)}, otherwise: {pick(TARGETS)}}}"


def _dial(pick: Pick, _number: int) -> str:
    return f'dial: {{to: "8101"}}\n      then: {{answered: {pick(TARGETS)}, otherwise: {pick(TARGETS)}}}'


def _notices(pick: Pick, _number: int) -> str:
    return f"notices: {pick(('news', 'faults'))}"


def _voicemail(pick: Pick, _number: int) -> str:
    return f"voicemail: {{box: {pick(('office', 'night'))}}}\n      then: {{otherwise: {pick(TARGETS)}}}"


ACTIONS = (
    _play,
    _play,
    _menu,
    _menu,
    _rows,
    _collect,
    _language,
    _lookup,
    _set,
    _goto,
    _gosub,
    _queue,
    _dial,
    _voicemail,
    _notices,
)


@st.composite
def _flow(draw: st.DrawFn, head: str, ends: tuple[str, ...]) -> str:
    """A whole flow: its start gives every name a value, its steps are any actions and leave at their end."""

    def pick(words: tuple[str, ...]) -> str:
        return draw(st.sampled_from(words))

    lines = [head, "steps:", "  start:", "    - set: {name: Ann}", "    - goto: a"]
    for step in STEPS:
        actions = draw(st.lists(st.sampled_from(ACTIONS), max_size=3))
        lines.append(f"  {step}:")
        lines += [f"    - {action(pick, number)}" for number, action in enumerate(actions)]
        lines.append(f"    - {pick((*(f'goto: {other}' for other in STEPS), *ends))}")
    return "\n".join(lines) + "\n"


def _notice(id_: str, scope: Scope) -> Notice:
    texts = {"zh": f"公告{id_}", "en": f"notice {id_}"}
    return Notice(id_, texts, NOW - timedelta(hours=1), NOW + timedelta(hours=1), scope)


NOTICES = (
    _notice("everybody", Scope()),
    _notice("line", Scope(lines=frozenset({"100"}))),
    _notice("point", Scope(points=frozenset({"news"}))),
    _notice("queue", Scope(queues=frozenset({"sales"}))),
    _notice("nobody", Scope(tiers=frozenset({"gold"}))),
)
"""Those that stand while generated programs are played."""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A site of two languages with a flow on line 100 and two sub-flows, which may enter each other."""
    sub = "params: {least: number}\noutcomes: [odd]"
    files = {
        "ivrctl.yaml": TWO_LANGUAGES + HOURS,
        "main.ivr.yaml": draw(_flow('lines: {"100": start}', ("hangup: served", "return: done"))),
        **{f"{name}.ivr.yaml": draw(_flow(sub, ("return: done", "return: odd"))) for name in SUB_FLOWS},
    }
    program, findings = compile_site({path: text.encode() for path, text in files.items()})
    assert program is not None, render_text(findings, files)
    return program


def begun(program: Program) -> Position:
    """A new call to line 100."""
    position = program.begin(CALLER, "100", NOW)
    assert position is not None
    return position


def journaled(position: Position) -> Position:
    """A position as the journal gives it back."""
    return position_from_json(json.loads(json.dumps(position_to_json(position))))


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller, and the databases and agents around him, who always do the same at the same place of a call."""

    seed: int

    def reply(self, command: Command, position: Position, turn: int) -> Reply:
        """What happens at a command.

        Args:
            command: what the engine asks.
            position: where the action began: how often a controller was lost in it makes no difference.
            turn: which command of the action this is.
        """
        frames = [(frame.place, sorted(frame.names.items())) for frame in position.frames]
        return answer(command, random.Random(f"{self.seed} {frames} {sorted(position.visits.items())} {turn}"))


def answer(command: Command, chance: random.Random) -> Reply:
    """One of the replies that a command can have."""
    match command:
        case Say(is_cut_by_keys=is_cut):
            return KeyPressed(chance.choice("12*")) if is_cut and chance.random() < 0.3 else PromptEnded()
        case Ask() | AwaitKey():
            return KeyPressed(chance.choice("111222*#0")) if chance.random() < 0.7 else KeysTimedOut()
        case LookUp(lookup=lookup):
            keys = chance.choice(["", "", "1", "21"])
            row: RowOrRows = {"amount": Decimal("1.50"), "overdue": chance.random() < 0.5, "due": None}
            if lookup == "branches":
                row = tuple(
                    {"name": f"n{one}", "extension": "8101", "state": chance.choice(["open", "closed"])}
                    for one in range(chance.randint(1, 3))
                )
            return chance.choice([LookupFound(row, keys), LookupMissing(keys), LookupFailed("away", keys)])
        case _:
            return HandedBack(chance.choice(OUTCOMES[type(command)]))


@dataclass(frozen=True, slots=True)
class Told:
    """How a call was left."""

    end: Finish | None
    """None when the call was still going on after ``most_steps``."""
    position: Position


def commands_of(
    program: Program, caller: Caller, *, lose_at: int | None = None, most_steps: int = 12
) -> Iterator[Told]:
    """Drive a call; each command that a caller answers yields, and the last value is how the call was left.

    Args:
        program: what the call runs on.
        caller: who calls.
        lose_at: the command before whose reply the controller is lost, by its number.
        most_steps: the call is left at the first command after so many steps.
    """
    position = begun(program)
    run, outcome = Run(program, position), None
    world = World(NOW, NOTICES)
    command = run.resume(None, world)
    began, turn = run.position, 0
    for number in count():
        if isinstance(command, Finish) or len(run.position.path) > most_steps:
            yield Told(command if isinstance(command, Finish) else None, _plain(run.position))
            return
        yield Told(None, _plain(run.position))
        if _plain(run.position) != _plain(began):
            began, turn = run.position, 0
        reply = caller.reply(command, _plain(began), turn)
        if number == lose_at:
            run, turn = Run(program, journaled(run.position)), 0
            command = run.resume(None, world)
            continue
        turn += 1
        if isinstance(command, HandOff) and isinstance(reply, HandedBack):
            outcome = reply.outcome
            run = Run(program, journaled(run.position), handed_back=outcome)
            command = run.resume(None, world)
        else:
            command = run.resume(reply, world)


def _plain(position: Position) -> Position:
    """A position without the numbers of hand-offs: one that is asked again has another number."""
    return replace(position, handoffs=0, awaited=None, messages=("message",) * len(position.messages))
