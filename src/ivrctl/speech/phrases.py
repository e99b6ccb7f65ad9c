"""From an utterance to pieces and pauses, and the list of all pieces that values can need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType

from ivrctl.model.utterance import Part, Said, Sound, Utterance, masked_end, write
from ivrctl.model.values import Scalar
from ivrctl.speech.digits import spell
from ivrctl.speech.languages import find_tongue, tongue_for_money, tongue_of
from ivrctl.speech.phone import grouped
from ivrctl.speech.piece import DIGIT_PAUSE, WORD_PAUSE, Item, Pause, Piece, Spelling, punctuation_pause
from ivrctl.speech.tongue import Tongue

MAX_FREE_TEXT = 500
"""Characters of a free text that are spoken; the rest is cut: a minute and a half of listening, and of synthesis."""
MAX_MAGNITUDE = 20
"""Powers of ten: a number beyond is no quantity, and writing it out could take all memory."""
SMALL_UNIT_DIGITS: Mapping[str, int] = MappingProxyType({"JPY": 0})
"""Digits of a currency's smallest unit (ISO 4217), where they are not two."""
FRACTION_DIGITS = 6
"""Digits after the point that are said; further ones are rounded."""


def pieces(utterance: Utterance, currency: str, country: str = "") -> tuple[Item, ...]:
    """Split an utterance into what is synthesised once and joined.

    Fixed words stay whole: an utterance without values is one piece. Punctuation beside a value becomes a pause.

    Args:
        utterance: what is said.
        currency: of amounts.
        country: whose telephone numbers are said as they are dialled inside it; empty says them with their country.

    Raises:
        ConfigurationError: values cannot be spoken in this language, or not in this currency.
        ValueError: a value that its format cannot say, such as a text as ``money``; the checker excludes it. Or a
            recording, which is a prompt of its own.
    """
    items: list[Item] = []
    speaker = _Speaker(utterance.language, currency, country)
    for part in _merged(utterance.parts):
        if isinstance(part, Sound):
            raise ValueError(f"the recording {part.file} is played, not spoken")  # noqa: TRY004 - as for other values
        _append(items, _words(speaker.language, part) if isinstance(part, str) else tuple(_value(speaker, part)))
    return tuple(items)


def fixed_words(utterance: Utterance) -> tuple[Piece, ...]:
    """The author's words in an utterance, whatever its values: what can be made before any call."""
    words = (part for part in _merged(utterance.parts) if isinstance(part, str))
    return tuple(item for text in words for item in _words(utterance.language, text) if isinstance(item, Piece))


def vocabulary(language: str, currency: str) -> tuple[Piece, ...]:
    """Every piece that values of a language can need, free text excepted, so that all are made before any call.

    None in a language without spoken values; without units of money for a currency that the language does not know.
    """
    tongue = find_tongue(language)
    return () if tongue is None else tuple(Piece(language, text) for text in tongue.vocabulary(currency))


def _merged(parts: Iterable[Part]) -> Iterator[Part]:
    """Join neighbouring words, so that a voice gets whole sentences."""
    for is_words, run in groupby(parts, lambda part: isinstance(part, str)):
        if is_words:
            yield "".join(part for part in run if isinstance(part, str))
        else:
            yield from run


def _append(items: list[Item], said: Sequence[Item]) -> None:
    """Add what is said next, with the breath between words and a value."""
    if items and said and isinstance(items[-1], Piece) and isinstance(said[0], Piece):
        items.append(WORD_PAUSE)
    items.extend(said)


_WORDS = re.compile(r"(?P<before>[\W_]*)(?P<core>.*\w)?(?P<after>[\W_]*)", re.DOTALL)


@lru_cache(maxsize=4096)
def _words(language: str, text: str) -> tuple[Item, ...]:
    """Words keep the punctuation that ends them, since it makes the voice's melody, and get its pause.

    They are the author's, and the same for all callers: kept.
    """
    match = _WORDS.fullmatch(text)
    before, core, after = (match["before"], match["core"], match["after"]) if match else ("", text, "")
    opening = punctuation_pause(before)
    if core is None:
        return (opening,) if opening else ()
    words = Piece(language, " ".join((core + after).split()))
    return tuple(item for item in (opening, words, punctuation_pause(after)) if item)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """In which language and currency a value is said, and whose telephone numbers are said without their country."""

    language: str
    currency: str
    country: str = ""

    @property
    def tongue(self) -> Tongue:
        return tongue_of(self.language)

    def say(self, spelling: Spelling) -> Iterator[Item]:
        return (item if isinstance(item, Pause) else Piece(self.language, item) for item in spelling)


def _value(speaker: _Speaker, said: Said) -> Iterator[Item]:
    say = FORMATS.get(said.format)
    if say is None:
        raise ValueError(f'no format "{said.format}"; there are {", ".join(FORMATS)}')
    return say(speaker, said.value)


def _money(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    tongue = tongue_for_money(speaker.language, speaker.currency)
    amount = _rounded(value, SMALL_UNIT_DIGITS.get(speaker.currency, 2))
    return speaker.say(tongue.money(amount, speaker.currency))


def _number(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    return speaker.say(speaker.tongue.number(_rounded(value, FRACTION_DIGITS)))


def _digits(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    """Character by character; a character without a name is spoken as it is, and only for this call."""
    symbols = speaker.tongue.symbols
    named = frozenset(symbols.values())
    for item in spell(_one_line(write(value)), symbols):
        if isinstance(item, Pause):
            yield item
        elif item in named or any(character.isalnum() for character in item):
            yield Piece(speaker.language, item, is_free=item not in named)


def _date(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    return speaker.say(speaker.tongue.date(_day(value)))


def _month(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    return speaker.say(speaker.tongue.month(_day(value)))


def _text(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    """Free text; nothing when there is nothing to say."""
    line = _one_line(write(value))
    if any(character.isalnum() for character in line):
        yield Piece(speaker.language, line, is_free=True)


def _time(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    moment = _moment(value)
    return speaker.say(speaker.tongue.time(moment.hour, moment.minute))


def _datetime(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    return speaker.say(speaker.tongue.moment(_moment(value)))


def _duration(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    if not isinstance(value, timedelta):
        raise ValueError(f"{str(value)[:40]!r} cannot be said as a duration")  # noqa: TRY004 - the one exception
    seconds = Decimal(value // timedelta(microseconds=1)).scaleb(-6)
    return speaker.say(speaker.tongue.duration(int(seconds.quantize(Decimal(1), ROUND_HALF_UP))))


def _ordinal(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    return speaker.say(speaker.tongue.ordinal(int(_rounded(value, 0))))


def _percent(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    return speaker.say(speaker.tongue.percent(_rounded(value, FRACTION_DIGITS)))


def _phone(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    return _digits(speaker, grouped(_one_line(write(value)), speaker.country))


def _masked(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    """The end alone, and the word that says so; nothing of a text that is too short to hide the rest of it."""
    end = masked_end(_one_line(write(value)))
    if end:
        yield Piece(speaker.language, speaker.tongue.ending_in)
        yield WORD_PAUSE
        yield from _digits(speaker, end)


def _spell(speaker: _Speaker, value: Scalar) -> Iterator[Item]:
    """Every character by its name, marks too, without groups."""
    symbols = {**speaker.tongue.symbols, **speaker.tongue.marks}
    is_first = True
    for character in _one_line(write(value)).upper():
        if character not in symbols and not character.isalnum():
            continue
        if not is_first:
            yield DIGIT_PAUSE
        is_first = False
        yield Piece(speaker.language, symbols.get(character, character), is_free=character not in symbols)


def _recording(_speaker: _Speaker, _value: Scalar) -> Iterator[Item]:
    raise ValueError("a recording is played, not spoken")


FORMATS: Mapping[str, Callable[[_Speaker, Scalar], Iterator[Item]]] = MappingProxyType(
    {
        "money": _money,
        "number": _number,
        "ordinal": _ordinal,
        "digits": _digits,
        "date": _date,
        "time": _time,
        "datetime": _datetime,
        "month": _month,
        "duration": _duration,
        "percent": _percent,
        "phone": _phone,
        "masked": _masked,
        "spell": _spell,
        "text": _text,
        "recording": _recording,
    }
)
"""The formats in which a value can be said: ``{balance.amount:money}``."""


def _rounded(value: Scalar, places: int) -> Decimal:
    if not isinstance(value, Decimal) or not value.is_finite() or value.adjusted() > MAX_MAGNITUDE:
        raise ValueError(f"{str(value)[:40]!r} cannot be said as a number")
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _day(value: Scalar) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise ValueError(f"{str(value)[:40]!r} cannot be said as a date")


def _moment(value: Scalar) -> datetime:
    if isinstance(value, datetime):
        return value
    raise ValueError(f"{str(value)[:40]!r} cannot be said as a time")


def _one_line(text: str) -> str:
    """Cut to what anybody would listen to, and without control characters, which no voice can say."""
    visible = "".join(character if character.isprintable() else " " for character in text[: 2 * MAX_FREE_TEXT])
    return " ".join(visible.split())[:MAX_FREE_TEXT]
