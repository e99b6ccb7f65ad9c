"""What the parent process does about its children: a pure state machine.

``decide(situation, event, now, …)`` gives the next situation and the actions that lead there. The caller carries them
out, tells what happened as further events, and comes back with ``TimePassed`` at ``wake_at``. Times are seconds of one
monotonic clock.

A child goes one way::

    STARTING -- ready ------------------> SERVING
    STARTING -- misconfigured, or stop -> DRAINING
    SERVING --- replaced, or stop ------> DRAINING
    any ------- overdue, or no beat ----> KILLED
    any ------- exit -------------------> (gone)

A killed child is given up at the moment of the kill, not when the kernel has done away with it: a process stuck in the
kernel must not keep its successor from starting.
"""

from __future__ import annotations

import math
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

from ivrctl.service.parent.situation import (
    Action,
    Child,
    ChildAccepting,
    ChildBeat,
    ChildExited,
    ChildMisconfigured,
    ChildReady,
    Event,
    Kill,
    Periods,
    Phase,
    ReloadAsked,
    Say,
    Situation,
    Start,
    StartFailed,
    StopAsked,
    Terminate,
    TimePassed,
    TurnAway,
)

MISCONFIGURED = 2
"""The exit code for a configuration that no child can start with."""
ORDERLY = (0, MISCONFIGURED, -int(signal.SIGTERM), -int(signal.SIGINT))
"""How a child ends that was told to leave: the last two before it has learnt to handle the signal."""
OVERSLEPT = 1.0
"""Seconds after ``wake_at`` from which the parent itself (or the whole host) was asleep, and silence proves nothing."""
MOST_DRAINING = 4
"""With so many old children still draining a reload waits: each of them is a whole controller in memory."""
MOST_DOUBLINGS = 16
"""Beyond it every pause is the longest one."""


def decide(
    situation: Situation, event: Event, now: float, *, chance: float, periods: Periods
) -> tuple[Situation, tuple[Action, ...]]:
    """Take in an event.

    Args:
        situation: as the last decision left it.
        event: what happened.
        now: monotonic seconds, never less than in the last decision.
        chance: a random number in [0, 1), for the jitter of a pause.
        periods: how long to wait for what.

    Returns:
        The new situation, with ``wake_at``; the actions in the order in which they are to be carried out.
    """
    turn = _Turn(situation, now, chance, periods)
    turn.excuse_silence()
    turn.take(event)
    turn.kill_overdue()
    turn.start_due()
    turn.turn_away()
    return replace(turn.situation, wake_at=_wake_at(turn.situation, periods)), tuple(turn.actions)


@dataclass(slots=True)
class _Turn:
    """One decision in the making."""

    situation: Situation
    now: float
    chance: float
    periods: Periods
    actions: list[Action] = field(default_factory=list)

    def excuse_silence(self) -> None:
        """After an oversleep of our own, beats may be missing because nobody was awake to send or to read them."""
        if self.now > self.situation.wake_at + OVERSLEPT:
            self._change_all(lambda child: replace(child, beat_at=self.now))

    def take(self, event: Event) -> None:
        match event:
            case ChildAccepting(number):
                self._change(number, lambda child: replace(child, is_accepting=True))
            case ChildReady(number):
                self._ready(number)
            case ChildBeat(number):
                self._change(number, lambda child: replace(child, beat_at=self.now))
            case ChildMisconfigured(number, text):
                self._misconfigured(number, text)
            case ChildExited(number, status):
                self._exited(number, status)
            case StartFailed(number, reason):
                self._gone(number, f"could not be started: {reason}")
            case ReloadAsked():
                self._reload()
            case StopAsked(exit_code):
                self._stop(exit_code)
            case TimePassed():
                pass
            case _:
                assert_never(event)

    def kill_overdue(self) -> None:
        for child in self.situation.children:
            fault = _overdue(child, self.now, self.periods)
            if fault is not None:
                self._enter(child, Phase.KILLED)
                self.actions.append(Kill(child.number))
                self._lost(child, f"{fault} and was killed")

    def start_due(self) -> None:
        situation = self.situation
        if situation.exit_code is not None or situation.in_phase(Phase.STARTING):
            return
        if situation.in_phase(Phase.SERVING):
            is_due = situation.is_reload_wanted and len(situation.in_phase(Phase.DRAINING)) < MOST_DRAINING
        else:
            is_due = situation.start_at is not None and situation.start_at <= self.now
        if is_due:
            self._start()

    def turn_away(self) -> None:
        situation = self.situation
        if situation.is_over:
            return
        # The last child speaks to those who come while it leaves: a caller has somebody, as with a serving one.
        is_answered = (
            bool(situation.in_phase(Phase.SERVING))
            or any(child.is_accepting for child in situation.in_phase(Phase.STARTING))
            or any(child.is_last for child in situation.in_phase(Phase.DRAINING))
        )
        if is_answered:
            self._set(unserved_since=None)
        elif situation.unserved_since is None:
            self._set(unserved_since=self.now)
        since = self.situation.unserved_since
        has_lasted = since is not None and self.now >= since + self.periods.turn_away_after
        is_wanted = has_lasted or (situation.exit_code is not None and not is_answered)
        if is_wanted != situation.is_turning_away:
            self._set(is_turning_away=is_wanted)
            # First of all: a connection that comes after this turn must find the new child alone at the socket.
            self.actions.insert(0, TurnAway(is_on=is_wanted))

    def _start(self) -> None:
        situation = self.situation
        number = situation.started + 1
        is_restart = situation.started > 0 and not situation.in_phase(Phase.SERVING)
        self._set(
            children=(*situation.children, Child(number, Phase.STARTING, self.now, self.now)),
            started=number,
            restarts=situation.restarts + is_restart,
            start_at=None,
            is_reload_wanted=False,
        )
        self.actions.append(Start(number))

    def _ready(self, number: int) -> None:
        child = self._find(number)
        if child is None or child.phase is not Phase.STARTING:
            return
        replaced = self.situation.in_phase(Phase.SERVING)
        self._dismiss(*replaced)
        self._enter(child, Phase.SERVING)
        if replaced:
            self.actions.append(Say("the new controller serves; the old one leaves when its sessions have ended"))

    def _misconfigured(self, number: int, text: str) -> None:
        child = self._find(number)
        if child is None or child.phase is not Phase.STARTING:
            return
        self.actions.append(Say(text))
        self._dismiss(child)
        if self.situation.in_phase(Phase.SERVING):
            self.actions.append(Say("the configuration was not taken over: the old one goes on serving"))
        else:
            self._stop(MISCONFIGURED)

    def _exited(self, number: int, status: int) -> None:
        child = self._find(number)
        if child is not None and child.phase is Phase.DRAINING and status in ORDERLY:
            self._remove(number)
        else:
            self._gone(number, _how(status))

    def _gone(self, number: int, how: str) -> None:
        child = self._find(number)
        if child is not None:
            self._remove(number)
            self._lost(child, how)

    def _remove(self, number: int) -> None:
        self._set(children=tuple(child for child in self.situation.children if child.number != number))

    def _reload(self) -> None:
        if self.situation.exit_code is None:
            # Somebody has changed something: whatever failed before may work now.
            start_at = self.situation.start_at
            self._set(is_reload_wanted=True, deaths=0, start_at=None if start_at is None else self.now)

    def _stop(self, exit_code: int) -> None:
        if self.situation.exit_code is not None:
            self.actions.extend(Kill(child.number) for child in self.situation.children)
            self._change_all(lambda child: replace(child, phase=Phase.KILLED))
            return
        self._set(exit_code=exit_code, start_at=None, is_reload_wanted=False)
        self._dismiss(*self.situation.in_phase(Phase.STARTING))
        self._dismiss(*self.situation.in_phase(Phase.SERVING), is_last=True)

    def _dismiss(self, *children: Child, is_last: bool = False) -> None:
        for child in children:
            self._enter(child, Phase.DRAINING)
            self._change(child.number, lambda known: replace(known, is_last=is_last))
            self.actions.append(Terminate(child.number, is_last))

    def _lost(self, child: Child, how: str) -> None:
        """A child has gone, or is given up; what follows depends on what it was doing."""
        if child.phase is Phase.KILLED:
            return
        what = {Phase.STARTING: "new controller", Phase.SERVING: "controller", Phase.DRAINING: "leaving controller"}
        self.actions.append(Say(f"the {what[child.phase]} {how}"))
        if self.situation.in_phase(Phase.SERVING):
            if child.phase is Phase.STARTING:
                self.actions.append(Say("the old controller goes on serving"))
        elif child.phase is not Phase.DRAINING:
            self._plan_restart(child)

    def _plan_restart(self, lost: Child) -> None:
        if self.situation.exit_code is not None:
            return
        was_healthy = lost.phase is Phase.SERVING and self.now >= lost.since + self.periods.healthy_after
        deaths = 1 if was_healthy else self.situation.deaths + 1
        self._set(deaths=deaths)
        if not self.situation.in_phase(Phase.STARTING):
            self._set(start_at=self.now + _pause(deaths, self.chance, self.periods))

    def _enter(self, child: Child, phase: Phase) -> None:
        self._change(child.number, lambda known: replace(known, phase=phase, since=self.now, beat_at=self.now))

    def _find(self, number: int) -> Child | None:
        return next((child for child in self.situation.children if child.number == number), None)

    def _change(self, number: int, change: Callable[[Child], Child]) -> None:
        self._change_all(lambda child: change(child) if child.number == number else child)

    def _change_all(self, change: Callable[[Child], Child]) -> None:
        self._set(children=tuple(change(child) for child in self.situation.children))

    def _set(self, **changes: object) -> None:
        self.situation = replace(self.situation, **changes)  # type: ignore[arg-type]


def _how(status: int) -> str:
    """How a child ended, in words."""
    if status >= 0:
        return f"exited with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _overdue(child: Child, now: float, periods: Periods) -> str | None:
    """Why a child must be killed now, in words; None when it need not."""
    if now < _deadline(child, periods):
        return None
    if child.phase is Phase.STARTING:
        return f"was not ready within {periods.ready_within:g} s"
    if now >= child.beat_at + periods.beat_within:
        return f"has stalled: no heartbeat for {now - child.beat_at:.1f} s"
    return f"still held sessions {periods.drain:g} s after it was told to leave"


def _deadline(child: Child, periods: Periods) -> float:
    """When a child is killed if nothing is heard of it until then."""
    match child.phase:
        case Phase.STARTING:
            return child.since + periods.ready_within
        case Phase.SERVING:
            return child.beat_at + periods.beat_within
        case Phase.DRAINING:
            return min(child.beat_at + periods.beat_within, child.since + periods.drain)
        case Phase.KILLED:
            return math.inf


def _pause(deaths: int, chance: float, periods: Periods) -> float:
    """Seconds before a restart: none after a first death, then doubling, with full jitter above the first pause."""
    if deaths <= 1:
        return 0.0
    most = min(periods.longest_pause, periods.first_pause * 2.0 ** min(deaths - 2, MOST_DOUBLINGS))
    return periods.first_pause + chance * max(0.0, most - periods.first_pause)


def _wake_at(situation: Situation, periods: Periods) -> float:
    times = [_deadline(child, periods) for child in situation.children]
    if situation.start_at is not None:
        times.append(situation.start_at)
    if situation.unserved_since is not None and not situation.is_turning_away:
        times.append(situation.unserved_since + periods.turn_away_after)
    return min(times, default=math.inf)
