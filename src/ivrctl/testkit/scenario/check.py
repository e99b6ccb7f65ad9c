"""What is wrong with a scenario: names that the site or the scenario itself does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivrctl.flow.program import Program
from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Word
from ivrctl.lang.types import Type
from ivrctl.model.dial_pattern import best_match
from ivrctl.site.submissions import NOTICE, params_of
from ivrctl.testkit.scenario.expect import Expectations
from ivrctl.testkit.scenario.file import Agent, Caller, Scenario
from ivrctl.testkit.scenario.script import CALLER, Act, Does, Ends, Enters, Line, Presses, Talks, Transfers
from ivrctl.testkit.scenario.submissions import ExpectedSubmission

_KEYS = re.compile(r"[0-9*#]+\Z")
GOOD = "done"
"""The good outcome of an action, where a scenario wants to name it; that of a gosub leaves no trace of its own."""
QUEUE_OUTCOMES = frozenset({"answered", "timed_out", "left", "empty", "full", "failed", "abandoned"})
"""How a stay in a queue can end; besides these ``key_<k>``."""


def check_scenario(scenario: Scenario, program: Program, findings: Findings) -> None:
    """Report everything that is wrong with one scenario."""
    checks = _Checks(scenario, program, findings)
    checks.calls()
    checks.given()
    checks.script()
    checks.expectations(scenario.expect)


def full_path(program: Program, dialled: str, steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps as ``flow/step``: one without a flow belongs to the flow of the dialled line."""
    own = own_flow(program, dialled)
    return tuple(step if "/" in step else f"{own}/{step}" for step in steps)


def own_flow(program: Program, dialled: str) -> str | None:
    """The flow that has the dialled line."""
    line = best_match(dict(program.patterns), dialled)
    return None if line is None else program.lines[line][0]


@dataclass(slots=True)
class _Checks:
    scenario: Scenario
    program: Program
    findings: Findings

    # who takes part

    def calls(self) -> None:
        callers = [name for name, phone in self.scenario.calls.items() if isinstance(phone, Caller)]
        if CALLER not in callers:
            advice = 'add caller: {from: "13900139000", dials: "10010"}'
            self.findings.error("IVR302", self.scenario.span, "nobody calls", advice)
        for name in callers:
            if name != CALLER:
                message = f'"{name}" calls too; a scenario is about one call'
                self.findings.error("IVR302", name.span, message, f'its caller is named "{CALLER}"')
        held: dict[str, Word] = {}
        for name, phone in self.scenario.calls.items():
            if isinstance(phone, Caller):
                self._line(phone.dials)
                self._number(phone)
            else:
                self._extension(name, phone, held)

    def _line(self, number: Word) -> None:
        if own_flow(self.program, number) is None:
            message = f"no line of the site has the number {number}"
            self.findings.error("IVR303", number.span, message, did_you_mean(number, self.program.lines))

    def _number(self, phone: Caller) -> None:
        if phone.from_ is not None and not re.fullmatch(r"\+?[0-9]{1,20}", phone.from_):
            advice = "digits, with or without +; leave it out for a withheld number"
            self.findings.error("IVR303", phone.from_.span, f'"{phone.from_}" is no calling number', advice)

    def _extension(self, name: Word, phone: Agent, held: dict[str, Word]) -> None:
        if self.program.site.dial_string(phone.extension) is None:
            message = f'the site has no extension "{phone.extension}"'
            self.findings.error("IVR306", phone.extension.span, message, "see extensions in ivrctl.yaml")
        if str(phone.extension) in held:
            message = f'"{name}" has the extension of "{held[str(phone.extension)]}"'
            self.findings.error("IVR306", phone.extension.span, message, "give each phone its own")
        held.setdefault(str(phone.extension), name)

    # what holds

    def given(self) -> None:
        for queue, given in self.scenario.given.queues.items():
            self._queue(queue)
            for member in given.members:
                self._agent(member)
        for submission in self.scenario.given.submissions:
            self._submission(submission)
        for notice in self.scenario.given.notices:
            notice.check(self.program, self.findings)

    def _queue(self, queue: Word) -> None:
        if queue not in self.program.site.queues:
            message = f'the queue "{queue}" does not exist'
            self.findings.error("IVR305", queue.span, message, did_you_mean(queue, self.program.site.queues))

    def _submission(self, name: Word) -> Mapping[str, Type] | None:
        """What a submission takes; None, and a finding, where the site has none of this name."""
        known = self.program.site.submissions
        params = params_of(name, known)
        if params is None:
            message = f'the submission "{name}" does not exist'
            self.findings.error("IVR315", name.span, message, did_you_mean(name, [*known, NOTICE]))
        return params

    def _agent(self, name: Word) -> None:
        if name == CALLER:
            self.findings.error("IVR310", name.span, "the caller is no agent", "name a phone with an extension")
        elif name not in self.scenario.agents:
            message = f'nobody is named "{name}" in calls'
            self.findings.error("IVR302", name.span, message, did_you_mean(name, self.scenario.agents))

    # the script

    def script(self) -> None:
        if not self.scenario.script:
            self.findings.error("IVR301", self.scenario.span, "the script is empty", "write at least one line")
        over: Line | None = None
        for line in self.scenario.script:
            if over is not None:
                message = "the call is over before this line"
                self.findings.error("IVR312", line.span, message, f"move it before line {over.span.line}, or leave it")
                break
            self._person(line)
            self._kind(line)
            over = line if isinstance(line.kind, Ends) else None

    def _person(self, line: Line) -> None:
        if line.who is not None and line.who not in self.scenario.calls:
            message = f'nobody is named "{line.who}" in calls'
            self.findings.error("IVR302", line.who.span, message, did_you_mean(line.who, self.scenario.calls))
            return
        is_caller = line.who is None or line.who == CALLER
        is_no_agent = line.who == CALLER or (line.who is None and len(self.scenario.agents) != 1)
        match line.kind:
            case Does(act=Act.HANGS_UP) | Talks():
                pass
            case Does(act=act) if is_no_agent:
                self._needs_agent(line, f"only an agent {act}")
            case Transfers() if is_no_agent:
                self._needs_agent(line, "only an agent transfers")
            case Does() | Transfers():
                pass
            case _ if not is_caller and line.who is not None:
                self.findings.error("IVR310", line.who.span, "an agent has no such line", "leave out who")
            case _:
                pass

    def _needs_agent(self, line: Line, message: str) -> None:
        span = line.span if line.who is None else line.who.span
        known = " or ".join(f"who: {name}" for name in self.scenario.agents)
        advice = f"write {known}" if known else 'add an agent to calls: {extension: "8101"}'
        self.findings.error("IVR310", span, message, advice)

    def _kind(self, line: Line) -> None:
        match line.kind:
            case Presses(keys=keys) if not _KEYS.match(keys):
                self.findings.error("IVR307", keys.span, f'"{keys}" are no keys of a telephone', "any of 0-9 * #")
            case Enters(queue=queue):
                self._queue(queue)
            case Transfers(to=number):
                self._line(number)
            case _:
                pass

    # what is expected

    def expectations(self, expect: Expectations) -> None:
        for step in expect.path or ():
            self._step(step, step)
        for action, outcome in expect.outcomes.items():
            self._outcome(action, outcome)
        for name in expect.fields:
            if name not in self.program.site.call_fields:
                message = f'the call field "{name}" does not exist'
                self.findings.error("IVR309", name.span, message, did_you_mean(name, self.program.site.call_fields))
        for submission in expect.submissions or ():
            self._submitted(submission)
        for queue, outcome in expect.queue.items():
            self._queue(queue)
            if outcome not in QUEUE_OUTCOMES and not re.fullmatch(r"key_[0-9*#]", outcome):
                message = f'a stay in a queue never ends as "{outcome}"'
                self.findings.error("IVR309", outcome.span, message, did_you_mean(outcome, QUEUE_OUTCOMES))
        self._promise(expect)

    def _submitted(self, expected: ExpectedSubmission) -> None:
        params = self._submission(expected.to)
        for name in expected.with_:
            if params is not None and name not in params:
                message = f'the submission "{expected.to}" takes no "{name}"'
                advice = did_you_mean(name, params) or "it takes nothing: remove it"
                self.findings.error("IVR316", name.span, message, advice)

    def _promise(self, expect: Expectations) -> None:
        if expect.promise is not None and not any(tier.answer for tier in self.program.site.tiers.values()):
            message = "no tier of the site promises an answer"
            advice = "write one in ivrctl.yaml, such as tiers: {vip: {answer: 15s}}, or leave promise out"
            self.findings.error("IVR309", beginning(expect.span), message, advice)

    def _step(self, written: str, at: Word) -> tuple[str, Word] | None:
        """The flow and the step that a name stands for; None after a finding."""
        dialled = self.scenario.calls.get(Word(CALLER))
        if not isinstance(dialled, Caller) or own_flow(self.program, dialled.dials) is None:
            return None
        [name] = full_path(self.program, dialled.dials, (written,))
        flow, _, step = name.partition("/")
        if flow not in self.program.flows:
            advice = did_you_mean(flow, self.program.flows)
            self.findings.error("IVR308", at.span, f'the flow "{flow}" does not exist', advice)
            return None
        steps = self.program.flows[flow].steps
        if step not in steps:
            message = f'step "{step}" does not exist in flow {flow}'
            self.findings.error("IVR308", at.span, message, did_you_mean(step, steps))
            return None
        return flow, Word(step)

    def _outcome(self, action: Word, outcome: Word) -> None:
        written, dot, kind = action.rpartition(".")
        if not dot:
            advice = "write flow/step.kind, such as account/balance.lookup"
            self.findings.error("IVR309", action.span, f'"{action}" names no action', advice)
            return
        found = self._step(written, action)
        if found is None:
            return
        flow, step = found
        kinds = {each.kind.name: each for each in self.program.flows[flow].steps[step]}
        if kind not in kinds:
            message = f'step "{step}" has no action "{kind}"'
            self.findings.error("IVR309", action.span, message, did_you_mean(kind, kinds))
            return
        signatures = {name: flow.signature for name, flow in self.program.flows.items()}
        possible = kinds[kind].kind.outcomes(signatures) | (frozenset() if kind == "gosub" else {GOOD})
        if outcome not in possible and not outcome.startswith("key_"):
            message = f'"{kind}" has no outcome "{outcome}"'
            self.findings.error("IVR309", outcome.span, message, did_you_mean(outcome, possible))
