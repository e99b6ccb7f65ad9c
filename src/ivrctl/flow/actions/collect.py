"""``collect``: take a number from the caller's keys."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

from ivrctl.flow import keys
from ivrctl.flow.action import Came, Done, Kind, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.commands import Command, Reply
from ivrctl.flow.it import ItNames, speaking_of
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.lang.binder import Binder
from ivrctl.lang.expressions import Expression
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import Node, ScalarNode, Span
from ivrctl.lang.types import DIGITS, SECRET, Type
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import Secret
from ivrctl.site.digit_count import DigitCount
from ivrctl.site.site_file import KEY_WAIT, Site
from ivrctl.site.text import Text

CANCEL = "*"
"""The key that gives up: the outcome ``cancelled`` where that is named, else a wrong key."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How a number is read back: ``true`` for the site's ``prompts.confirm``, or a text of its own."""

    text: Text | None
    """None says the site's."""
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``true``, or a text."""
        if isinstance(node, ScalarNode) and node.text == "false":
            binder.refuse("IVR012", node.span, "a number is read back where confirm stands", "remove confirm")
        if isinstance(node, ScalarNode) and node.text == "true":
            return cls(None, node.span)
        return cls(binder.bind(Text, node), node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """``true``, or a text."""
        return {**Text.json_schema(schemas), "anyOf": [{"const": True}, {}]}

    def of(self, site: Site) -> Text | None:
        """The text; None where the site has none."""
        return self.text or site.prompts.confirm

    def check(self, check: FlowCheck) -> None:
        """Report a text that says what there is not, and a site without one."""
        if self.text is not None:
            speaking_of(check, DIGITS).text(self.text)
        elif check.site.prompts.confirm is None:
            message = "the site has no words for reading back a number"
            advice = "add confirm to prompts in ivrctl.yaml, or write a text here: {it:digits} is the number"
            check.findings.error("IVR126", self.span, message, advice)


YES, AGAIN = "1", "2"
"""What a caller presses when his number is read back."""


@register
@dataclass(frozen=True, slots=True)
class Collect(Kind):
    """Ask for a number; ``#`` ends it before its greatest length, at which it ends by itself.

    Outcomes: ``no_input``, ``no_match`` (too short, refused by ``check``, or not confirmed) after ``attempts`` tries,
    and ``cancelled`` for ``*`` when named; where it is not named, ``*`` is a wrong key.
    """

    name: ClassVar[str] = "collect"
    is_input: ClassVar[bool] = True
    may_name: ClassVar[frozenset[str]] = frozenset({"cancelled"})
    prompt: Text
    """What is asked, and asked again after silence or too few digits."""
    digits: DigitCount
    """How many, at most 32."""
    first_digit: timedelta | None = None
    """How long the caller has for the first key; the site's ``keying.first_digit`` where it is not written."""
    between: timedelta | None = None
    """How long for each further key, after which the number has ended; else the site's ``keying.between``."""
    attempts: int | None = None
    """Tries before the outcome; the site's ``keying.attempts`` where it is not written."""
    check_: Expression | None = None
    """What must hold of the number, which is ``it``: ``length(it) == 11``. Where it does not, the entry is wrong."""
    secret: bool = False
    """True for a PIN or a card number: it can only be handed to a parameter declared ``secret``, and stands in no
    record, log or journal. Keys typed before the question neither cut what is said there nor count for it. After a
    hand-off or the loss of a controller it is no longer known: a lookup that needs it then has ``failed``."""
    confirm: Confirmation | None = None
    """The number is read back: 1 takes it, 2 is one more try. ``true``, or a text in which ``it`` is the number."""

    def run(self, call: Call) -> Running:
        """Ask, take the keys, and ask again after silence or too few of them."""
        keying, prompts = call.site.keying, call.site.prompts
        said = call.say(self.prompt)
        outcome = "no_input"
        if self.secret:
            call.typed = ""
        before: tuple[Utterance, ...] = ()
        for _ in range(self.attempts or keying.attempts):
            number = yield from self._number(call, *before, said)
            if number == CANCEL and "cancelled" in call.named:
                return Came("cancelled")
            if number is not None and self._is_sound(number, call):
                confirmed = yield from self._confirmed(number, call)
                if confirmed:
                    return Done(Secret(number) if self.secret else number)
                # He said himself that it is wrong, or nothing: no need to tell him so.
                outcome, before = "no_match", ()
                continue
            outcome = "no_input" if number is None else "no_match"
            call.typed = ""
            before = (call.say(prompts.no_input if number is None else prompts.no_match),)
        return Came(outcome)

    def _is_sound(self, number: str, call: Call) -> bool:
        """Whether it is a number of the right length that the check lets through."""
        if number == CANCEL or len(number) < self.digits.least:
            return False
        return self.check_ is None or self.check_.evaluate(ItNames(call, number)) is True

    def _confirmed(self, number: str, call: Call) -> Generator[Command, Reply, bool]:
        """Read the number back, and again after silence or a wrong key; False when the caller wants another try."""
        text = None if self.confirm is None else self.confirm.of(call.site)
        if text is None:
            return True
        keying, prompts = call.site.keying, call.site.prompts
        said = text.say(call.language, ItNames(call, number))
        before: tuple[Utterance, ...] = ()
        for _ in range(self.attempts or keying.attempts):
            key = yield from keys.first_key(call, self.first_digit or keying.first_digit, *before, said)
            if key in {YES, AGAIN}:
                return key == YES
            call.typed = ""
            before = (call.say(prompts.no_input if key is None else prompts.no_match),)
        return False

    def _number(self, call: Call, *said: Utterance) -> Generator[Command, Reply, str | None]:
        """The digits keyed in one try; ``*`` alone when that was pressed, None when nothing was."""
        keying = call.site.keying
        key = yield from keys.first_key(call, self.first_digit or keying.first_digit, *said, is_secret=self.secret)
        if key is None:
            return None
        number = ""
        while key is not None and key != "#":
            if key == CANCEL:
                return CANCEL
            number += key
            if len(number) == self.digits.most:
                break
            key = yield from keys.next_key(call, self.between or keying.between, is_secret=self.secret)
        return number

    def takes_keys_ahead(self) -> bool:
        """Not a secret: its digits would be kept with the call until the question comes."""
        return not self.secret

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """Silence, too few digits, and the star."""
        return frozenset({"no_input", "no_match", "cancelled"})

    def result(self, _check: FlowCheck) -> Type:
        """The digits, or a secret."""
        return SECRET if self.secret else DIGITS

    def check(self, check: FlowCheck) -> None:
        """Report a wrong prompt, and numbers out of range."""
        check.text(self.prompt)
        check.attempts(self.attempts)
        check.duration("first_digit", self.first_digit, KEY_WAIT)
        check.duration("between", self.between, KEY_WAIT)
        if self.check_ is not None:
            speaking_of(check, SECRET if self.secret else DIGITS).guard(self.check_)
        if self.confirm is not None and self.secret:
            message = "a secret is not read back: others may hear it"
            check.findings.error("IVR128", self.confirm.span, message, "remove confirm")
        elif self.confirm is not None:
            self.confirm.check(check)

    def texts(self) -> tuple[Text, ...]:
        """The prompt, and a text of its own that reads the number back."""
        own = None if self.confirm is None else self.confirm.text
        return (self.prompt,) if own is None else (self.prompt, own)
