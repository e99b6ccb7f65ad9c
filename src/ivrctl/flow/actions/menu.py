"""``menu``: one key chooses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import ClassVar, Self

from ivrctl.flow import keys
from ivrctl.flow.action import Came, Done, Kind, Leave, Outcome, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.flow.targets import TARGET_KEYS, Target, bind_ending, bind_step
from ivrctl.lang.binder import Binder
from ivrctl.lang.expressions import Expression
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.lang.types import TEXT, Enumeration, Type
from ivrctl.model.utterance import Utterance, in_one_breath
from ivrctl.site.site_file import KEY, KEY_WAIT
from ivrctl.site.text import Text

MAX_GUARDED = 4
"""Guarded choices of which every combination is made beforehand; what more of them say is made when first heard."""


@dataclass(frozen=True, slots=True)
class _Said:
    say: Text | None = None
    when: Expression | None = None
    value: Word | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What one key does: what is said of it, when it is offered, what it saves, where it leads.

    In YAML ``{say: …, goto: step}``; ``return`` or ``hangup`` may stand in the place of ``goto``, and without any of
    them the call goes on to the next action. The short form is a step alone.
    """

    target: Target | None
    """None goes on to the next action."""
    span: Span
    say: Text | None = None
    """What is said of the key; a key without it works and is not spoken of."""
    when: Expression | None = None
    """A guard: where it does not hold, the key is neither spoken of nor taken."""
    value: Word | None = None
    """What ``save`` keeps when this key is chosen; the key itself where it is not written."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``{say: …, goto: …}``, or the short form: a step."""
        if not isinstance(node, MappingNode):
            return cls(bind_step(node, binder), node.span)
        said: _Said = binder.fields(_Said, node, also=TARGET_KEYS)
        return cls(bind_ending(node, binder), node.span, said.say, said.when, said.value)


@register
@dataclass(frozen=True, slots=True)
class Menu(Kind):
    """Say the prompt and the choices in one breath, and take one key.

    After silence or a wrong key the site's words for it are said, and everything again.

    Outcomes: ``no_input`` and ``no_match``, after ``attempts`` tries; which of them, the last try decides.
    """

    name: ClassVar[str] = "menu"
    is_input: ClassVar[bool] = True
    choices: Mapping[Word, Choice]
    """What each key does; a key is one of ``0-9 * #``, in quotes."""
    prompt: Text | None = None
    """What is said before the choices."""
    attempts: int | None = None
    """Tries before the outcome; the site's ``keying.attempts`` where it is not written."""
    first_digit: timedelta | None = None
    """How long the caller has for his key; the site's ``keying.first_digit`` where it is not written."""

    def run(self, call: Call) -> Running:
        """Offer, listen, and say again after silence or a wrong key."""
        site = call.site
        offered = {key: choice for key, choice in self.choices.items() if _is_offered(choice, call)}
        said = self._utterance(call, offered)
        wait = self.first_digit or site.keying.first_digit
        outcome = "no_input"
        before: tuple[Utterance, ...] = ()
        for _ in range(self.attempts or site.keying.attempts):
            key = yield from keys.first_key(call, wait, *before, said)
            if key is not None and key in offered:
                return _chosen(key, offered[Word(key)])
            outcome = "no_input" if key is None else "no_match"
            call.typed = ""
            before = (call.say(site.prompts.no_input if key is None else site.prompts.no_match),)
        return Came(outcome)

    def _utterance(self, call: Call, offered: Mapping[Word, Choice]) -> Utterance:
        texts = self._texts(offered.values())
        return in_one_breath(call.language, *(call.say(text).parts for text in texts))

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """Silence, and wrong keys."""
        return frozenset({"no_input", "no_match"})

    def goes_on(self) -> bool:
        """True when a choice has no target of its own."""
        return any(choice.target is None for choice in self.choices.values())

    def targets(self) -> tuple[Target, ...]:
        """The targets of the choices."""
        return tuple(choice.target for choice in self.choices.values() if choice.target is not None)

    def result(self, _check: FlowCheck) -> Type:
        """An enumeration of the values, where every choice has one; else text: the key itself."""
        values = [str(choice.value) for choice in self.choices.values() if choice.value is not None]
        return Enumeration(tuple(values)) if len(values) == len(self.choices) else TEXT

    def check(self, check: FlowCheck) -> None:
        """Report keys that no telephone has, an empty menu, wrong texts and guards."""
        if not self.choices:
            check.error("IVR120", "a menu has at least one choice", 'such as choices: {"1": step}')
        check.attempts(self.attempts)
        check.duration("first_digit", self.first_digit, KEY_WAIT)
        if self.prompt is not None:
            check.text(self.prompt)
        for key, choice in self.choices.items():
            if not KEY.match(key):
                check.findings.error("IVR121", key.span, f'"{key}" is no key of a telephone', "one of 0-9 * #")
            if choice.when is not None:
                check.guard(choice.when)
            if choice.say is not None:
                check.narrowed(choice.when).text(choice.say)

    def texts(self) -> tuple[Text, ...]:
        """The prompt and what is said of the choices."""
        return self._texts(self.choices.values())

    def said_together(self) -> Iterable[tuple[Text, ...]]:
        """The whole menu; with guarded choices also each set of them that can be offered, while these are few."""
        guarded = [choice for choice in self.choices.values() if choice.when is not None][:MAX_GUARDED]
        for count in range(len(guarded) + 1):
            for hidden in combinations(guarded, count):
                yield self._texts(choice for choice in self.choices.values() if choice not in hidden)

    def _texts(self, choices: Iterable[Choice]) -> tuple[Text, ...]:
        texts = (self.prompt, *(choice.say for choice in choices))
        return tuple(text for text in texts if text is not None)


def _is_offered(choice: Choice, call: Call) -> bool:
    return choice.when is None or choice.when.evaluate(call) is True


def _chosen(key: str, choice: Choice) -> Outcome:
    value = key if choice.value is None else str(choice.value)
    return Done(value) if choice.target is None else Leave(choice.target, value)
