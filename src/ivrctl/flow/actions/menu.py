"""``menu``: one key chooses, or a few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

from ivrctl.flow import keys
from ivrctl.flow.action import Came, Done, Kind, Leave, Outcome, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.choices import ROW, Choice, Offer, RowChoices
from ivrctl.flow.entries import KEYS, fault_of, is_hidden
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.flow.targets import Target
from ivrctl.lang.source import Word
from ivrctl.lang.types import DIGITS, TEXT, Enumeration, Type, accepts
from ivrctl.model.utterance import Utterance, in_one_breath
from ivrctl.site.lookups import MAX_ROWS
from ivrctl.site.site_file import KEY_WAIT
from ivrctl.site.text import Text

if TYPE_CHECKING:
    from ivrctl.flow.provenance import Provenance

MAX_GUARDED = 4
"""Guarded choices of which every combination is made beforehand; what more of them say is made when first heard."""


@register
@dataclass(frozen=True, slots=True)
class Menu(Kind):
    """Say the prompt and the choices in one breath, and take what is keyed.

    After silence or a wrong key the site's words for it are said, and everything again.

    Outcomes: ``no_input`` and ``no_match``, after ``attempts`` tries; which of them, the last try decides. With
    ``from`` also ``empty``: no row can be offered, and nothing has been said.
    """

    name: ClassVar[str] = "menu"
    is_input: ClassVar[bool] = True
    choices: Mapping[Word, Choice] = field(default_factory=dict)
    """What each key does; a key is one of ``0-9 * #``, in quotes. Several keys (``"8100"``) and patterns of them as in
    the dialplan (``_81XX``) can stand here too: then after a key that begins a longer one the time ``between`` is
    waited, and ``#`` ends the wait. An exact one wins over a pattern, a narrow pattern over a wide one."""
    from_: RowChoices | None = None
    """One choice for each row of a list."""
    prompt: Text | None = None
    """What is said before the choices."""
    attempts: int | None = None
    """Tries before the outcome; the site's ``keying.attempts`` where it is not written."""
    first_digit: timedelta | None = None
    """How long the caller has for his key; the site's ``keying.first_digit`` where it is not written."""
    between: timedelta | None = None
    """How long for each further key of a longer choice; the site's ``keying.between`` where it is not written."""
    _always: dict[str, tuple[Mapping[str, Offer], Utterance]] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )
    """What it offers and says, by language, where that is the same for every caller."""

    def run(self, call: Call) -> Running:
        """Offer, listen, and say again after silence or a wrong key."""
        offers, said = self._always.get(call.language) or self._offered(call)
        if self.from_ is not None and all(offer.exit != ROW for offer in offers.values()):
            return Came("empty")
        site = call.site
        outcome = "no_input"
        before: tuple[Utterance, ...] = ()
        for _ in range(self.attempts or site.keying.attempts):
            key = yield from keys.first_key(call, self.first_digit or site.keying.first_digit, *before, said)
            if key is not None:
                between = self.between or site.keying.between
                keyed, entry = yield from keys.rest_of_entry(call, key, offers, between)
                if entry is not None:
                    return _chosen(keyed, offers[entry])
            outcome = "no_input" if key is None else "no_match"
            call.typed = ""
            before = (call.say(site.prompts.no_input if key is None else site.prompts.no_match),)
        return Came(outcome)

    def _offered(self, call: Call) -> tuple[Mapping[str, Offer], Utterance]:
        """What this caller can choose, by what is keyed for it, and what he is told."""
        rows = () if self.from_ is None else self.from_.offers(call)
        offers = _by_entry((*self._written_offers(call), *rows))
        offered = offers, self._utterance(call, offers.values())
        if self._is_always_the_same:
            self._always[call.language] = offered
        return offered

    @property
    def _is_always_the_same(self) -> bool:
        """Whether nothing in it depends on the call but its language."""
        is_guarded = any(choice.when is not None for choice in self.choices.values())
        return self.from_ is None and not is_guarded and all(text.is_static for text in self.texts())

    def _written_offers(self, call: Call) -> Iterator[Offer]:
        for entry, choice in self.choices.items():
            offer = choice.offer(str(entry), call)
            if offer is not None:
                yield offer

    def _utterance(self, call: Call, offers: Iterable[Offer]) -> Utterance:
        """The prompt and what is said of each choice: the rows first, since they are what is asked for."""
        prompt = () if self.prompt is None else self.prompt.parts(call.language, call)
        return in_one_breath(call.language, prompt, *(offer.said for offer in self._rows_first(offers)))

    def _rows_first(self, offers: Iterable[Offer]) -> Iterable[Offer]:
        return sorted(offers, key=lambda offer: offer.entry in self.choices) if self.from_ is not None else offers

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """Silence, wrong keys, and no row to choose from."""
        return frozenset({"no_input", "no_match"} | ({"empty"} if self.from_ is not None else set()))

    def never(self, provenance: Provenance) -> frozenset[str]:
        """Of rows that a lookup has brought, and that are all numbered, there is always one to choose from."""
        is_filled = self.from_ is not None and self.from_.are_all_offered and bool(provenance.types_of(self.from_.rows))
        return frozenset({"empty"}) if is_filled else frozenset()

    def exits(self) -> Mapping[str, Target | None]:
        """Where the choices lead, by what is keyed for them; all rows of ``from`` are one."""
        exits = {f"key_{entry}": choice.target for entry, choice in self.choices.items()}
        return exits if self.from_ is None else {**exits, ROW: self.from_.target}

    def _all(self) -> Iterator[Choice | RowChoices]:
        yield from self.choices.values()
        if self.from_ is not None:
            yield self.from_

    def result(self, check: FlowCheck) -> Type:
        """What all choices have in common: an enumeration of their values, the keys as digits; else text."""
        words = tuple(dict.fromkeys(str(choice.value) for choice in self.choices.values() if choice.value is not None))
        kinds: list[Type] = [Enumeration(words)] if words else []
        if any(choice.value is None for choice in self.choices.values()):
            kinds.append(DIGITS)
        if self.from_ is not None:
            kinds.append(self.from_.kept(check))
        return next((kind for kind in kinds if all(accepts(kind, other) for other in kinds)), TEXT)

    def check(self, check: FlowCheck) -> None:
        """Report keys that no telephone has or nobody can reach, an empty menu, wrong texts and guards."""
        if not self.choices and self.from_ is None:
            check.error("IVR120", "a menu has at least one choice", 'such as choices: {"1": step}')
        check.attempts(self.attempts)
        check.duration("first_digit", self.first_digit, KEY_WAIT)
        check.duration("between", self.between, KEY_WAIT)
        if self.prompt is not None:
            check.text(self.prompt)
        for entry, choice in self.choices.items():
            self._check_entry(entry, check)
            choice.check(check)
        if self.from_ is not None:
            self.from_.check(check)

    def _check_entry(self, entry: Word, check: FlowCheck) -> None:
        fault = fault_of(entry)
        if fault is not None:
            advice = 'one of 0-9 * #, several such as "8100", or a pattern of one length such as _81XX'
            check.findings.error("IVR121", entry.span, f'"{entry}" {fault}', advice)
            return
        always = [str(other) for other, choice in self.choices.items() if choice.when is None and not fault_of(other)]
        if is_hidden(entry, always):
            message = f'nobody can choose "{entry}": everything that is keyed for it is another choice'
            check.findings.error("IVR125", entry.span, message, "remove it, or make the others narrower")
        elif self.from_ is not None and self.from_.key is None and _is_number_of_row(entry):
            message = f'"{entry}" is also the number of a row, which would never be chosen'
            advice = 'take 0, * or #, or say what is keyed for a row: key: "{it.key}"'
            check.findings.error("IVR125", entry.span, message, advice)

    def texts(self) -> tuple[Text, ...]:
        """The prompt and what is said of the choices."""
        return self._texts(self._all())

    def said_together(self) -> Iterable[tuple[Text, ...]]:
        """The whole menu; with guarded choices also each set of them that can be offered, while these are few.

        What is said of rows holds their values, and is made of what there is for those.
        """
        if self.from_ is not None:
            yield from ((text,) for text in self.texts())
            return
        guarded = [choice for choice in self.choices.values() if choice.when is not None][:MAX_GUARDED]
        for count in range(len(guarded) + 1):
            for hidden in combinations(guarded, count):
                yield self._texts(choice for choice in self.choices.values() if choice not in hidden)

    def _texts(self, choices: Iterable[Choice | RowChoices]) -> tuple[Text, ...]:
        texts = (self.prompt, *(choice.say for choice in choices))
        return tuple(text for text in texts if text is not None)


def _by_entry(offers: Iterable[Offer]) -> Mapping[str, Offer]:
    """What is offered by what is keyed for it; of two with the same keys the first."""
    by_entry: dict[str, Offer] = {}
    for offer in offers:
        by_entry.setdefault(offer.entry, offer)
    return by_entry


def _is_number_of_row(entry: str) -> bool:
    return KEYS.match(entry) is not None and entry.isdecimal() and 1 <= int(entry) <= MAX_ROWS and entry[0] != "0"


def _chosen(keyed: str, offer: Offer) -> Outcome:
    value = keyed if offer.value is None else offer.value
    if offer.target is None:
        return Done(value, offer.exit)
    return Leave(offer.target, value, exit=offer.exit)
