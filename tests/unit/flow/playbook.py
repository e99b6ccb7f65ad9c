"""Scripts of calls, in the manner of mitmproxy's playbooks.

``<<`` is what the engine commands, ``>>`` is what it is told::

    assert (
        call('start: [{menu: {choices: {"1": {say: Press 1., goto: sales}}}, then: {otherwise: sales}}]', …)
        << asks("Press 1.")
        >> KeyPressed("1")
        << queues("sales")
    )

The truth of a playbook is that the engine gave exactly this script; when it did not, the difference of the two scripts
is the message.
"""

from __future__ import annotations

import difflib
import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self, TypeAlias

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    Identify,
    LookUp,
    Question,
    Reply,
    Say,
    Submit,
)
from ivrctl.flow.engine import Run
from ivrctl.flow.position import Position, position_from_json, position_to_json
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text
from ivrctl.model.notice import Notice
from ivrctl.model.utterance import Utterance, write
from ivrctl.model.values import Value

NOW = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Saturday in Shanghai."""
CALLER = "+8613800138000"

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts:
  no_input: We heard no key.
  no_match: That is no choice.
  one_moment: One moment please.
  fallback: Please hold the line.
databases:
  shop: {url: "sqlite:shop.sqlite"}
lookups:
  balance:
    sql: select amount, overdue, due from balances where number = :number
    database: shop
    params: {number: phone}
    returns: {amount: money, overdue: boolean, due: date?}
  best:
    sql: select name from customers where spent > :least and since < :before
    database: shop
    params: {least: number, before: date}
    returns: {name: text}
  branches:
    sql: select name, extension, state from branches where city = :city
    database: shop
    params: {city: digits}
    returns: {name: text, extension: digits, state: [open, closed]}
    rows: 9
queues:
  sales: {keys: ["1", "2"]}
  support: {}
voicemail:
  office: {}
  night: {shortest: 5s}
extensions:
  _81XX: PJSIP/{extension}
submissions:
  ticket:
    database: shop
    sql: insert into tickets (key, number, text, count) values (:key, :number, :text, :count) on conflict do nothing
    params: {number: phone, text: text, count: number?}
  note:
    database: shop
    sql: insert into notes (key, text) values (:key, :text) on conflict do nothing
    params: {text: text}
call_fields:
  subject: [orders, faults]
  order: digits
  count: number
  due: date
  desk: queue
"""

TWO_LANGUAGES = (
    SITE.replace("languages: [en]", "languages: [zh, en]")
    .replace("We heard no key.", "{zh: 没有收到按键。, en: We heard no key.}")
    .replace("That is no choice.", "{zh: 输入有误。, en: That is no choice.}")
    .replace("One moment please.", "{zh: 请稍候。, en: One moment please.}")
    .replace("Please hold the line.", "{zh: 请不要挂机。, en: Please hold the line.}")
)


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up; what follows is how the call ended."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The controller is lost; another one goes on from the journaled position."""


@dataclass(frozen=True, slots=True)
class BackElsewhere:
    """The dialplan brings the outcome of a hand-off to another controller."""

    outcome: str
    place: int | None = None
    """Where the caller stood in the queue that he comes back from."""


Event: TypeAlias = Reply | HangUp | Lost | BackElsewhere


def says(*texts: str, keys_cut: bool = False) -> str:
    """Prompts are played; a text in another language than English stands behind its code, as ``zh:您好``."""
    return f"says {_quoted(texts)}" + (" which keys cut" if keys_cut else "")


def asks(*texts: str, seconds: float = 5) -> str:
    """Prompts are played and a first key is awaited."""
    return f"asks {_quoted(texts)} and waits {seconds:g}s"


def awaits_key(seconds: float = 3) -> str:
    """One more key is awaited."""
    return f"waits {seconds:g}s for a key"


def looks_up(lookup: str, seconds: float = 3, **params: str) -> str:
    """A lookup is asked."""
    return f"looks up {lookup} with {_listed(params)} within {seconds:g}s"


def submits(submission: str, key: str, seconds: float = 3, **params: str) -> str:
    """Something is handed over."""
    return f"submits {submission} as {key} with {_listed(params)} within {seconds:g}s"


def verifies(method: str, account: str | None = None, pin: str | None = None, *, seconds: float = 3) -> str:
    """It is asked who the caller is."""
    keyed = "" if account is None else f" as {account}"
    secret = "" if pin is None else f" with the PIN {pin}"
    return f"verifies by {method}{keyed}{secret} within {seconds:g}s"


def queues(
    queue: str, *, wait: float | None = None, priority: int = 0, handoff: int = 1, place: int | None = None
) -> str:
    """The call is handed off to a queue."""
    limit = ("" if place is None else f" at place {place}") + ("" if wait is None else f" for {wait:g}s")
    return f"hands off to queue {queue}{limit} with priority {priority} as queue-{handoff}"


def dials(extension: str, dial_string: str, *, ring: float = 20, handoff: int = 1) -> str:
    """The call is handed off to an extension."""
    return f"hands off to {extension} at {dial_string} for {ring:g}s as dial-{handoff}"


def records(box: str, *, longest: float = 120, shortest: float = 2, handoff: int = 1) -> str:
    """The call is handed off to have a message recorded."""
    return f"hands off to voicemail {box} of {shortest:g}s to {longest:g}s as voicemail-{handoff}"


def ends(ending: str, reason: str = "") -> str:
    """The call ends."""
    return f"ends {ending}" + (f": {reason}" if reason else "")


class Playbook:
    """A script, and the run of a program that it is compared with."""

    def __init__(
        self,
        program: Program,
        position: Position,
        now: datetime = NOW,
        handed_back: str | None = None,
        notices: Sequence[Notice] = (),
    ) -> None:
        self.program = program
        self.world = World(now, notices)
        self._begun = position
        self._handed_back = handed_back
        self._script: list[tuple[str, str | Event]] = []
        self._played: Run | None = None

    def __lshift__(self, command: str) -> Self:
        """The engine gives this command, as one of the words of this module writes it."""
        self._script.append(("<<", command))
        return self

    def __rshift__(self, event: Event) -> Self:
        """The engine is told this."""
        self._script.append((">>", event))
        return self

    def __bool__(self) -> bool:
        """Play the script; a difference is an AssertionError that shows both."""
        expected = [f"{side} {item}" for side, item in self._script]
        seen = _Playing(self).lines()
        if seen != expected:
            raise AssertionError("the script went otherwise\n" + "\n".join(difflib.ndiff(expected, seen)))
        return True

    @property
    def position(self) -> Position:
        """Where the call stood when the script ended."""
        assert self._played is not None, "play the script first"
        return self._played.position

    @property
    def trace(self) -> list[tuple[str, str, str]]:
        """Place, event and detail of what happened since the last controller took over."""
        assert self._played is not None, "play the script first"
        return [(step.place, step.event, step.detail) for step in self._played.take_trace()]

    def hearing(self, *notices: Notice) -> Playbook:
        """The same call while notices stand."""
        return Playbook(self.program, self._begun, self.world.now, self._handed_back, notices)

    def begin(self) -> Run:
        """The run of a new call."""
        self._played = Run(self.program, self._begun, handed_back=self._handed_back)
        return self._played

    def later(self, now: datetime, outcome: str | None = None) -> Playbook:
        """The same call at another time, in another controller; with the outcome of a hand-off, or after a loss."""
        return Playbook(self.program, _journaled(self.position), now, outcome)

    def take_over(self, run: Run, outcome: str | None = None, place: int | None = None) -> Run:
        """The run of another controller, which knows nothing but the journaled position."""
        self._played = Run(self.program, _journaled(run.position), handed_back=outcome, place=place)
        return self._played


def _journaled(position: Position) -> Position:
    """A position as the journal gives it back."""
    return position_from_json(json.loads(json.dumps(position_to_json(position))))


@dataclass(slots=True)
class _Playing:
    """One playing of a script."""

    playbook: Playbook
    run: Run = field(init=False)
    seen: list[str] = field(default_factory=list)
    due: Command | None = None
    """A command that the script has not taken note of."""

    def lines(self) -> list[str]:
        """The script as the engine has it."""
        self.run = self.playbook.begin()
        self.due = self.run.resume(None, self.playbook.world)
        for side, event in self.playbook._script:
            if side == "<<":
                self._note()
            elif not isinstance(event, str):
                self._tell(event)
        if self.due is not None:
            self._note()
        return self.seen

    def _note(self) -> None:
        self.seen.append("<< nothing" if self.due is None else f"<< {written(self.due, self.run)}")
        self.due = None

    def _tell(self, event: Event) -> None:
        if self.due is not None:
            self._note()
        self.seen.append(f">> {event}")
        world = self.playbook.world
        match event:
            case HangUp():
                self.due = self.run.hang_up()
            case Lost() | BackElsewhere():
                self.run = self.playbook.take_over(
                    self.run, getattr(event, "outcome", None), getattr(event, "place", None)
                )
                self.due = self.run.resume(None, world)
            case _:
                self.due = self.run.resume(event, world)


def written(command: Command, run: Run) -> str:
    """A command in the words of this module."""
    match command:
        case Say(utterances=utterances, is_cut_by_keys=is_cut):
            return says(*map(_text, utterances), keys_cut=is_cut)
        case Ask(utterances=utterances, first_digit=wait):
            return asks(*map(_text, utterances), seconds=wait.total_seconds())
        case AwaitKey(between=wait):
            return awaits_key(wait.total_seconds())
        case LookUp() | Submit() | Identify():
            return _asked(command)
        case HandOffToQueue(queue=queue, wait=limit, priority=priority, place=place):
            wait_seconds = None if limit is None else limit.total_seconds()
            return queues(queue, wait=wait_seconds, priority=priority, handoff=_number(run, "queue"), place=place)
        case HandOffToDial(extension=extension, dial_string=dial_string, ring=ring):
            return dials(extension, dial_string, ring=ring.total_seconds(), handoff=_number(run, "dial"))
        case HandOffToVoicemail(box=box, longest=longest, shortest=shortest):
            return records(
                box,
                longest=longest.total_seconds(),
                shortest=shortest.total_seconds(),
                handoff=_number(run, "voicemail"),
            )
        case Finish(ending=ending, reason=reason):
            return ends(str(ending), reason)


def _asked(question: Question) -> str:
    """A question in the words of this module."""
    match question:
        case LookUp(lookup=lookup, params=params, timeout=timeout):
            return looks_up(lookup, timeout.total_seconds(), **{name: _typed(value) for name, value in params.items()})
        case Submit(submission=submission, params=params, key=key, timeout=timeout):
            given = {name: _typed(value) for name, value in params.items()}
            return submits(submission, key, timeout.total_seconds(), **given)
        case Identify(method=method, account=account, pin=pin, timeout=timeout):
            known = None if pin is None else pin.text
            return verifies(method, account, known, seconds=timeout.total_seconds())


def _typed(value: Value) -> str:
    """A text as it is, anything else with its type: a number must not come as a text."""
    return value if isinstance(value, str) else f"{type(value).__name__}({write(value)})"


def _number(run: Run, kind: str) -> int:
    awaited, _, number = (run.position.awaited or "").partition("-")
    assert awaited == kind, f"a hand-off to a {kind} is under way as {run.position.awaited}"
    return int(number)


def _text(utterance: Utterance) -> str:
    return utterance.written if utterance.language == "en" else f"{utterance.language}:{utterance.written}"


def _quoted(texts: tuple[str, ...]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _listed(params: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(params.items())) or "nothing"


OF_NO_MATTER = {"IVR124", "IVR131", "IVR132"}


def compiled(flows: Mapping[str, str], site: str = SITE) -> Program:
    """The program of a site and its flows by name; a finding, a warning too, fails the test.

    But for what a flow of a test may do: go round without an end (that the engine gives it up is what some tests are
    about), set what nobody asks for, ask for what nobody sets.
    """
    texts = {"ivrctl.yaml": site, **{f"{name}.ivr.yaml": textwrap.dedent(text) for name, text in flows.items()}}
    program, findings = compile_site({path: text.encode() for path, text in texts.items()})
    assert program is not None, render_text(findings, texts)
    assert {finding.rule for finding in findings.items} <= OF_NO_MATTER, render_text(findings, texts)
    return program


def call(steps: str, *, site: str = SITE, now: datetime = NOW, caller: str = CALLER, **flows: str) -> Playbook:
    """A call to line 100, whose flow ``main`` has these steps and begins at ``start``.

    Args:
        steps: YAML, what stands under ``steps:``.
        site: YAML.
        now: the time, all through the call.
        caller: the calling number.
        flows: other flows by name, as whole files.
    """
    main = 'lines: {"100": start}\nsteps:\n' + textwrap.indent(textwrap.dedent(steps), "  ")
    program = compiled({"main": main, **flows}, site)
    position = program.begin(caller, "100", now)
    assert position is not None
    return Playbook(program, position, now)
