"""What comes of a round besides its changes: a line in the log, entries in queue_log, and people who are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ivrctl.service.staffing.errands import Errands
from ivrctl.service.staffing.heads_up import HeadsUp, News
from ivrctl.staffing.decision import Reason
from ivrctl.staffing.plan import ChangeKind
from ivrctl.staffing.policy import Mode, Tier
from ivrctl.staffing.rounds import Round
from ivrctl.staffing.sentences import sentence, warning_sentence

TIER_IN, TIER_OUT = "IVRCTLTIERIN", "IVRCTLTIEROUT"
"""Entries in queue_log, one for each queue of a tier: data1 its name, data2 the policy, data3 the cause, data4 the id
of the decision, data5 why."""
LONGEST_WHY = 200
"""Characters of a sentence in queue_log."""

Entry = Callable[[str, str, Sequence[str]], Awaitable[None]]
"""Writes an entry to queue_log: the queue, the event, data1 to data5."""


@dataclass(frozen=True, slots=True)
class RoundsTold:
    """Tells of each round."""

    log: Any
    """structlog's."""
    errands: Errands
    heads_up: HeadsUp
    entry: Entry

    def __call__(self, done: Round, *, is_applied: bool) -> None:
        """A round was made, and what of it may be done is under way.

        Args:
            done: it.
            is_applied: a person had it carried out.
        """
        for tier, reason in _changed(done):
            said = sentence(reason, done.decision)
            self.log.info("staffing", policy=done.policy.name, happened=said, decision=done.id)
            data = (tier.name, done.policy.name, str(reason.cause), done.id, _plain(said))
            for queue in tier.queues:
                self.errands.add(
                    "an entry in queue_log", partial(self.entry, queue, TIER_IN if reason.is_in else TIER_OUT, data)
                )
        for name, asked in done.asking.items():
            said = f"{name} asks to end a pause: {', '.join(asked)}"
            self.log.info("staffing", policy=done.policy.name, happened=said, decision=done.id)
        if done.policy.mode is Mode.ACT or is_applied:
            self._tell_people(done, is_applied=is_applied)
        self._warn(done)

    def _tell_people(self, done: Round, *, is_applied: bool) -> None:
        decision, by = done.decision, done.policy.heads_up
        called = set(decision.called_in)
        if is_applied:
            called |= {change.interface for change in done.plan.changes if change.kind is ChangeKind.ADD}
        for tier in done.policy.tiers:
            why = done.said.get(tier.name, "")
            mine = tuple(person.interface for person in tier.people if person.interface in called)
            if mine:
                text = f"You are called in to {', '.join(tier.queues)}: {why}."
                self._tell(done, mine, by, self._news(done, tier, text))
        for tier, reason in zip(done.policy.tiers, decision.reasons, strict=True):
            if asked := done.asking.get(tier.name):
                why = sentence(reason, decision)
                text = f"Please end your pause, callers wait in {', '.join(tier.queues)}: {why}."
                self._tell(done, asked, by, self._news(done, tier, text))

    def _tell(self, done: Round, interfaces: tuple[str, ...], by: str, news: News) -> None:
        self.errands.add(f"a heads-up of {done.policy.name}", partial(self.heads_up.to_people, interfaces, by, news))

    def _warn(self, done: Round) -> None:
        warn, text = done.policy.warn, warning_sentence(done.decision)
        if warn is None or not text:
            return
        self.log.warning("staffing", policy=done.policy.name, near=text)
        news = News(
            f"{done.policy.name}/{done.decision.at:%Y%m%dT%H%M%S%f}",
            done.policy.name,
            done.decision.warned_tier,
            f"{text}.",
            done.decision.at,
        )
        self.errands.add("a warning", partial(self.heads_up.to_target, warn.to, news))

    @staticmethod
    def _news(done: Round, tier: Tier, text: str) -> News:
        at = done.decision.at
        key = f"{done.policy.name}/{tier.name}/{at:%Y%m%dT%H%M%S%f}"
        return News(key, done.policy.name, tier.name, text, at, tier.queues)


def _changed(done: Round) -> Iterator[tuple[Tier, Reason]]:
    """The tiers that came or went."""
    for tier, reason in zip(done.policy.tiers, done.decision.reasons, strict=True):
        if reason.is_change:
            yield tier, reason


def _plain(said: str) -> str:
    """As a field of queue_log takes it."""
    text = "".join(mark if mark.isprintable() and mark != "|" else " " for mark in said)
    return text if len(text) <= LONGEST_WHY else f"{text[: LONGEST_WHY - 1]}…"
