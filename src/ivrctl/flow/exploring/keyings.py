"""What callers may key at an input: each choice, a number of each sort, a wrong key, and nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ivrctl.flow.action import Kind
from ivrctl.flow.actions.collect import AGAIN, CANCEL, YES, Collect
from ivrctl.flow.actions.language import Language
from ivrctl.flow.actions.menu import Menu
from ivrctl.flow.actions.verify import Verify
from ivrctl.flow.call import Call, World
from ivrctl.flow.entries import END, KEYS, looked_up
from ivrctl.flow.exploring.answers import Answers
from ivrctl.flow.exploring.choice import SILENCE, Answered, Keyed
from ivrctl.flow.exploring.relevance import Relevance
from ivrctl.flow.exploring.walk import Stop
from ivrctl.flow.it import ItNames
from ivrctl.model.dial_pattern import DialPattern
from ivrctl.site.digit_count import DigitCount
from ivrctl.site.identity import Method

ALL_KEYS = "9876543210#*"
"""Of a telephone, those first that menus have last."""

MAX_NUMBERS = 8
"""Numbers of one input that are tried where something depends on which it is."""

MAX_LENGTHS = 8
_FILL = "1234567890" * 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that is asked for keys."""

    site: Relevance
    stop: Stop
    world: World

    @property
    def kind(self) -> Kind:
        """Of the action that asks."""
        return self.site.program.action(self.stop.position.frame).kind

    @property
    def call(self) -> Call:
        """What the action sees."""
        program = self.site.program
        return Call(program.site, self.stop.position, self.world, False, (), program.signatures)


def keyings(asked: Sequence[Asked], answers: Answers) -> tuple[Keyed, ...]:
    """Everything that can be keyed and makes a difference, silence last.

    Args:
        asked: one call; or two that are compared: then what either of them takes.
        answers: to what is asked of what he has keyed.
    """
    found: list[Keyed] = [keyed for each in asked for keyed in _taken(each, answers)]
    found += [Keyed((key,)) for key in _wrong(asked)]
    # Rows have no hash: what is answered is told apart by how it is written.
    return tuple({(each.groups, repr(each.then)): each for each in [*found, Keyed((SILENCE,))]}.values())


def _taken(asked: Asked, answers: Answers) -> Iterator[Keyed]:
    match asked.kind:
        case Menu() as menu:
            yield from (Keyed((entry,)) for entry in _entries(menu, asked))
        case Language(keys=keys):
            yield from (Keyed((str(key),)) for key in keys)
        case Collect() as collect:
            yield from _numbers(collect, asked)
        case Verify(by=by):
            yield from _accounts(asked.site.program.site.identity[by], answers.of_identity(asked.world.now))
        case _:
            yield from (Keyed((key,)) for key in sorted(ALL_KEYS))


def _wrong(asked: Sequence[Asked]) -> Iterator[str]:
    """A key that nobody of them takes.

    Of a choice of languages there is none: what is no language counts for the input behind it.
    """
    kinds = [each.kind for each in asked]
    if any(isinstance(kind, Collect | Verify) for kind in kinds):
        yield END
    elif any(isinstance(kind, Menu) for kind in kinds):
        entries = [str(entry) for each in asked for entry in _written(each)]
        taken = (looked_up(entries, key) for key in ALL_KEYS)
        free = (key for key, found in zip(ALL_KEYS, taken, strict=True) if found.entry is None and not found.can_grow)
        yield from list(free)[:1]


def _written(asked: Asked) -> Iterator[str]:
    if isinstance(asked.kind, Menu):
        yield from map(str, asked.kind.choices)
        if asked.kind.from_ is not None:
            yield from (offer.entry for offer in asked.kind.from_.offers(asked.call))


# menus


def _entries(menu: Menu, asked: Asked) -> Iterator[str]:
    """What is keyed for each choice: of a pattern several numbers, where it matters which it is."""
    for entry in _written(asked):
        if KEYS.match(entry):
            yield entry
        else:
            yield from _of_pattern(entry, menu, asked)


def _of_pattern(entry: str, menu: Menu, asked: Asked) -> Iterator[str]:
    """The first number that the pattern alone takes; and one for each extension or number that it shares."""
    written = [str(other) for other in menu.choices]
    places = DialPattern.parse(entry).places
    others = [DialPattern.parse(text).places for text in asked.site.program.site.extensions]
    others += [tuple(frozenset(key) for key in text) for text in _digits(asked.site)]
    shared = [_shared(places, other) for other in others]
    keyed = ["".join(max(place) for place in places), *(each for each in shared if each)]
    own = [keys for keys in dict.fromkeys(keyed) if looked_up(written, keys).entry == entry]
    yield from own[:MAX_NUMBERS]


def _shared(places: tuple[frozenset[str], ...], others: tuple[frozenset[str], ...]) -> str:
    """The first number that both let through; empty for none."""
    if len(places) != len(others):
        return ""
    both = [place & other for place, other in zip(places, others, strict=True)]
    return "".join(min(place) for place in both) if all(both) else ""


# numbers


def _numbers(collect: Collect, asked: Asked) -> Iterator[Keyed]:
    """Numbers that are taken, with everything that may be said when they are read back; and the star."""
    sound = [number for number in _tried(collect, asked.site) if _is_sound(collect, number, asked.call)]
    saved = asked.site.saves(_spot(asked))
    save = asked.site.program.action(asked.stop.position.frame).save
    matters = any(_is_of(fact, str(save)) for fact in saved)
    for number in sound[: MAX_NUMBERS if matters else 1]:
        keyed = number if len(number) == collect.digits.most else number + END
        yield Keyed((keyed,) if collect.confirm is None else (keyed, YES))
        if collect.confirm is not None and number == sound[0]:
            yield from (Keyed((keyed, again)) for again in (AGAIN, SILENCE))
    yield Keyed((CANCEL,))


def _accounts(method: Method, answers: Iterable[Answered]) -> Iterator[Keyed]:
    """An account and a PIN, with everything that may be answered of them; one that is not confirmed, and the star."""
    account = _whole(method.account.digits)
    confirmed = (account, YES) if method.confirm else (account,)
    groups = confirmed if method.pin is None else (*confirmed, _whole(method.pin.digits))
    yield from (Keyed(groups, answer) for answer in answers)
    if method.confirm:
        yield from (Keyed((account, again)) for again in (AGAIN, SILENCE))
    if method.pin is not None:
        yield Keyed((*confirmed, SILENCE))
    yield Keyed((CANCEL,))


def _whole(digits: DigitCount) -> str:
    """A number that is long enough, and its end."""
    number = _FILL[: digits.least]
    return number if digits.least == digits.most else number + END


def _spot(asked: Asked) -> tuple[str, str, int]:
    frame = asked.stop.position.frame
    return frame.flow, frame.step, frame.index


def _is_of(fact: tuple[str, ...], name: str) -> bool:
    return fact[0] == name or ".".join(fact[:2]) == name


def _is_sound(collect: Collect, number: str, call: Call) -> bool:
    return collect.check_ is None or collect.check_.evaluate(ItNames(call, number)) is True


def _tried(collect: Collect, site: Relevance) -> Iterator[str]:
    """Numbers of every length that may make a difference, also those that begin or end as something that is named."""
    least, most = collect.digits.least, collect.digits.most
    named = {int(value) for value in site.literals if isinstance(value, Decimal) and _is_count(value)}
    lengths = sorted({least, most, *(length for length in named if least <= length <= most)})[:MAX_LENGTHS]
    parts = _digits(site)
    for length in lengths:
        yield _FILL[:length]
    for part in parts:
        for length in lengths:
            yield from dict.fromkeys(_made(part, length))
        if least <= len(part) <= most:
            yield part


def _made(part: str, length: int) -> Iterable[str]:
    if len(part) > length:
        return ()
    filled = _FILL[: length - len(part)]
    return part + filled, filled + part


def _is_count(value: Decimal) -> bool:
    return value == value.to_integral_value() and 0 < value < len(_FILL)


def _digits(site: Relevance) -> list[str]:
    """Numbers that expressions name."""
    return sorted(value for value in site.literals if isinstance(value, str) and value.isascii() and value.isdecimal())
