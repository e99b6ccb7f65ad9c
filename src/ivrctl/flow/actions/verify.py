"""``verify``: find out who is calling."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from ivrctl.flow import keys
from ivrctl.flow.action import Came, Done, Kind, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.commands import (
    Command,
    Identified,
    Identify,
    IdentityLocked,
    IdentityUnavailable,
    NotIdentified,
    Reply,
)
from ivrctl.flow.it import ItNames
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Word
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import Secret
from ivrctl.site.digit_count import DigitCount
from ivrctl.site.identity import CALLER_NUMBER, VERIFY_WITHIN, Method, known_of, regions_of
from ivrctl.site.site_file import Site
from ivrctl.site.text import Text

CANCEL = "*"
"""The key that gives up: the outcome ``cancelled`` where that is named, else a wrong key."""

YES, AGAIN = "1", "2"
"""What a caller presses when his account is read back."""


@register
@dataclass(frozen=True, slots=True)
class Verify(Kind):
    """Find out who is calling, by a method of the site.

    Then ``caller.tier``, ``caller.brand``, ``caller.language`` and ``caller.name`` are known, as far as the customer
    has them; ``caller.regions`` holds the customer's region, too, where the site's own directory has one of him.
    ``caller-number`` asks nobody: the directory knows the calling number, or does not. Every other method
    asks for an account, and for the PIN where it has one; nothing that is keyed here stands in a trace, log or journal,
    and keys typed before it do not count. After an account that nobody has and after a wrong PIN the caller hears the
    same, and is asked for both again. Where the line does not fix a language and the caller has not chosen one, the
    call goes on in the customer's, if the site speaks it.

    Outcomes: ``failed`` (not known, after the method's ``attempts``), ``locked`` (too many wrong guesses, for this
    account, from this number or at this site: nothing was compared), ``unavailable`` (nobody could say in time), and
    ``cancelled`` for ``*`` when named. ``caller-number`` has only ``failed`` and ``unavailable``.
    """

    name: ClassVar[str] = "verify"
    is_input: ClassVar[bool] = True
    changes_call: ClassVar[bool] = True
    knows_caller: ClassVar[bool] = True
    may_name: ClassVar[frozenset[str]] = frozenset({"cancelled"})
    by: Annotated[Word, NameOf("methods")]
    """``caller-number``, or a name of the site's ``identity``."""

    def run(self, call: Call) -> Running:
        """Ask whoever knows; before that the caller, where the method asks him."""
        if not self.asks():
            return (yield from self._by_number(call))
        method = call.site.identity[self.by]
        call.typed = ""
        before: tuple[Utterance, ...] = ()
        for _ in range(method.attempts or call.site.keying.attempts):
            entered = yield from _Questions(method, call).asked(*before)
            if entered.is_cancelled:
                return Came("cancelled")
            if entered.account is None:
                before = () if entered.complaint is None else (call.say(entered.complaint),)
                continue
            reply = yield Identify(str(self.by), entered.account, entered.pin, method.timeout, _one_moment(call))
            if not isinstance(reply, NotIdentified):
                return _told(reply, call)
            before = _said(call.site.prompts.not_verified, call)
        return Came("failed")

    def _by_number(self, call: Call) -> Running:
        """Nobody who withholds his number is asked for: he is not known."""
        if not call.position.caller:
            return Came("failed")
        reply = yield Identify(CALLER_NUMBER, None, None, VERIFY_WITHIN, _one_moment(call))
        if call.barges and isinstance(reply, Identified | NotIdentified | IdentityUnavailable):
            keys.type_ahead(call, reply.keys)
        return _told(reply, call)

    def timeout(self, site: Site) -> timedelta:
        """How long an answer may take."""
        return site.identity[self.by].timeout if self.by in site.identity else VERIFY_WITHIN

    def asks(self) -> bool:
        """By every method but the calling number."""
        return self.by != CALLER_NUMBER

    def takes_keys_ahead(self) -> bool:
        """Never: they would be kept with the call until the question comes."""
        return False

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """Not known, locked out, and no answer; where somebody is asked, the star."""
        silent = frozenset({"failed", "unavailable"})
        return silent | {"locked", "cancelled"} if self.asks() else silent

    def check(self, check: FlowCheck) -> None:
        """Report an unknown method."""
        known = (CALLER_NUMBER, *check.site.identity)
        if self.by not in known:
            message = f'the identity method "{self.by}" does not exist'
            advice = did_you_mean(self.by, known) or "declare it under identity in ivrctl.yaml"
            check.findings.error("IVR129", self.by.span, message, advice)


def _one_moment(call: Call) -> Utterance:
    return call.say(call.site.prompts.one_moment)


def _said(text: Text | None, call: Call) -> tuple[Utterance, ...]:
    return () if text is None else (call.say(text),)


def _told(reply: Reply, call: Call) -> Done | Came:
    """What becomes of the call by what it is told."""
    match reply:
        case Identified(customer=customer):
            known = call.customer = known_of(customer, call.site)
            call.regions |= regions_of(customer, call.site)
            language = known["language"]
            if isinstance(language, str) and not call.is_language_known:
                call.language, call.is_language_known = language, True
            return Done()
        case NotIdentified():
            return Came("failed")
        case IdentityLocked():
            return Came("locked")
        case _:
            return Came("unavailable")


@dataclass(frozen=True, slots=True)
class _Entered:
    """What a caller has keyed in one try."""

    account: str | None = None
    """None where it was not keyed well."""
    pin: Secret | None = None
    complaint: Text | None = None
    """What is said before he is asked again; None where he knows himself that it was wrong."""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Questions:
    """The questions of a method, in one try."""

    method: Method
    call: Call

    def asked(self, *before: Utterance) -> Generator[Command, Reply, _Entered]:
        """Ask for the account, read its end back, and ask for the PIN."""
        question = self.method.account
        account = yield from self._keyed(question.digits, question.star, *before, self.call.say(question.ask))
        unsound = self._unsound(account, question.digits)
        if unsound is not None:
            return unsound
        if self.method.confirm and not (yield from self._confirmed(account or "")):
            return _Entered()
        if self.method.pin is None:
            return _Entered(account)
        pin = yield from self._keyed(self.method.pin.digits, None, self.call.say(self.method.pin.ask))
        return self._unsound(pin, self.method.pin.digits) or _Entered(account, Secret(pin))

    def _unsound(self, keyed: str | None, digits: DigitCount) -> _Entered | None:
        """What is wrong with what was keyed; None where nothing is."""
        prompts = self.call.site.prompts
        if keyed is None:
            return _Entered(complaint=prompts.no_input)
        if keyed == CANCEL and "cancelled" in self.call.named:
            return _Entered(is_cancelled=True)
        return _Entered(complaint=prompts.no_match) if keyed == CANCEL or len(keyed) < digits.least else None

    def _keyed(self, digits: DigitCount, star: str | None, *said: Utterance) -> Generator[Command, Reply, str | None]:
        """What is keyed at one question; ``*`` alone when that gives up, None when nothing was keyed."""
        keying = self.call.site.keying
        key = yield from keys.first_key(self.call, keying.first_digit, *said, is_secret=True)
        if key is None or key == CANCEL:
            return key
        keyed = ""
        while key is not None and key != "#":
            if key == CANCEL and star is None:
                return CANCEL
            keyed += star if key == CANCEL and star is not None else key
            if len(keyed) == digits.most:
                break
            key = yield from keys.next_key(self.call, keying.between, is_secret=True)
        return keyed

    def _confirmed(self, account: str) -> Generator[Command, Reply, bool]:
        """Read the end of the account back, and again after silence or a wrong key; False for another try."""
        text = self.call.site.prompts.confirm_account
        if text is None:
            return True
        keying, prompts = self.call.site.keying, self.call.site.prompts
        said = text.say(self.call.language, ItNames(self.call, account))
        before: tuple[Utterance, ...] = ()
        for _ in range(keying.attempts):
            key = yield from keys.first_key(self.call, keying.first_digit, *before, said)
            if key in {YES, AGAIN}:
                return key == YES
            before = (self.call.say(prompts.no_input if key is None else prompts.no_match),)
        return False
