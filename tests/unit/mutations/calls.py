"""Callers who do anything at all, on a simulated call: keys, silence, hanging up; databases and queues that do, too.

Every call is played on the engine ``sim`` alone. It ends by itself or is hung up after some turns; an exception on the
way is a fault of ours, whatever the flow says.
"""

from __future__ import annotations

import math
import random
from collections.abc import Coroutine, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from ivrctl.flow.commands import (
    Answer,
    Ask,
    AwaitKey,
    Finish,
    HandOffToDial,
    HandOffToQueue,
    Identified,
    Identify,
    IdentityLocked,
    IdentityUnavailable,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    NotIdentified,
    Question,
    Say,
    Submit,
    SubmitFailed,
    Submitted,
)
from ivrctl.flow.position import position_from_json, position_to_json
from ivrctl.flow.program import Program
from ivrctl.lang.types import ListOf, Maybe, Record, Type
from ivrctl.lang.types.kinds import Enumeration, Simple
from ivrctl.model.dial_pattern import DialPattern
from ivrctl.model.utterance import apart
from ivrctl.model.values import Value
from ivrctl.service.answering import Asker
from ivrctl.speech import pieces
from ivrctl.testkit.engines import run as play
from ivrctl.testkit.engines.given_answers import Answered
from ivrctl.testkit.engines.sim import SimCall, SimEngine
from ivrctl.testkit.scenario import Scenario

MOST_TURNS = 60
"""Of one call: then the caller hangs up."""
MOMENTS = (
    datetime(2026, 2, 14, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 1, 4, 0, tzinfo=UTC),
    datetime(2027, 12, 31, 15, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
)
CALLERS = ("13800138000", "+8613800138000", "02151688000", "", "anonymous", "+491701234567")
OUTCOMES = {
    HandOffToQueue: ("answered", "timed_out", "left", "empty", "full", "failed", "key_1", "key_2", "key_*"),
    HandOffToDial: ("answered", "busy", "no_answer", "unavailable", "refused", "unknown"),
}
VALUES: Mapping[str, tuple[Value, ...]] = {
    "text": ("", "Ann", "a {b} c", "字", "x" * 500, "orders", "sales", "8101"),
    "number": (Decimal(0), Decimal(-1), Decimal("3.5"), Decimal(10) ** 15),
    "money": (Decimal("120.50"), Decimal(0), Decimal("-0.01"), Decimal("1E+9")),
    "date": (date(2026, 2, 14), date(1970, 1, 1), date(9999, 12, 31), date(1, 1, 1)),
    "datetime": (MOMENTS[0], MOMENTS[2]),
    "duration": (timedelta(0), timedelta(seconds=90), timedelta(days=400), timedelta(milliseconds=1)),
    "boolean": (True, False),
    "digits": ("", "1", "0042", "9" * 32),
    "phone": ("+8613800138000", "13800138000"),
    "secret": ("4711",),
    "queue": ("sales", "vip", "nosuch"),
    "extension": ("8101", "9999"),
}

Result = TypeVar("Result")


def at_once(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine that waits for nothing comes to; the simulation never waits."""
    try:
        work.send(None)
    except StopIteration as ended:
        result: Result = ended.value
        return result
    work.close()
    raise AssertionError("the simulation waited for something")


def play_calls(program: Program, chance: random.Random, calls: int) -> int:
    """Some calls to lines of a program; how many there were."""
    lines = sorted(program.lines)
    played = 0
    for line in chance.sample(lines, min(len(lines), calls)):
        number = number_for(line, chance)
        if program.begin(CALLERS[0], number, MOMENTS[0]) is None:
            continue
        for _ in range(2):
            _Call(program, number, chance).play()
            played += 1
    return played


def play_scenarios(program: Program, scenarios: tuple[Scenario, ...]) -> int:
    """The scenarios of a site, which may pass or fail; how many there were."""
    for scenario in scenarios:
        at_once(_played(program, scenario))
    return len(scenarios)


async def _played(program: Program, scenario: Scenario) -> None:
    async with SimEngine(program) as engine:
        await play(scenario, engine)


def number_for(line: str, chance: random.Random) -> str:
    """A number that reaches a line."""
    pattern = DialPattern.parse(line)
    number = "".join(chance.choice(sorted(place)) for place in pattern.places if place)
    return number + "1" if line[-1:] in ".!" else number


class AnyAnswers:
    """A database that answers anything of the declared types, nothing, or too late."""

    def __init__(self, program: Program, chance: random.Random) -> None:
        self._program = program
        self._chance = chance

    async def answer(self, command: Question, _asker: Asker) -> Answered:
        """One of the answers that the lookup can have."""
        chance = self._chance
        if isinstance(command, Submit):
            return Answered(chance.choice([Submitted(), SubmitFailed("full")]), chance.choice([0.0, 1.5]))
        if isinstance(command, Identify):
            return Answered(self._caller(), chance.choice([0.0, 1.5]))
        assert isinstance(command, LookUp)
        seconds = chance.choice([0.0, 0.2, 1.5, command.timeout.total_seconds()])
        match chance.randrange(4):
            case 0:
                return Answered(LookupMissing(), seconds)
            case 1:
                return Answered(LookupFailed("away"), seconds)
            case _:
                row = any_value(self._program.site.lookups[_word(command.lookup)].answer, chance)
                return Answered(LookupFound(row), seconds)  # type: ignore[arg-type]

    def _caller(self) -> Answer:
        """Somebody of any tier and language, as far as it is known, or nobody."""
        chance, site = self._chance, self._program.site
        known: dict[str, Value] = {
            "tier": chance.choice([None, *map(str, site.tiers)]),
            "brand": chance.choice([None, *map(str, site.brands)]),
            "language": chance.choice([None, *map(str, site.languages)]),
            "name": chance.choice([None, *VALUES["text"]]),
        }
        others = (NotIdentified(), IdentityLocked(MOMENTS[2]), IdentityUnavailable("away"))
        return chance.choice([Identified(known), Identified(known), *others])


def _word(name: str) -> Any:
    return name


def any_value(kind: Type, chance: random.Random) -> Value:
    """A value of a type, also one at its bounds."""
    match kind:
        case Maybe(of=inner):
            return None if chance.random() < 0.3 else any_value(inner, chance)
        case Enumeration(words=words):
            return chance.choice(words)
        case Record(fields=fields):
            return {str(name): any_value(inner, chance) for name, inner in fields.items()}
        case ListOf(item=item):
            return tuple(any_value(item, chance) for _ in range(chance.randint(1, 4)))
        case Simple(name=name):
            return chance.choice(VALUES[name])
        case _:
            raise AssertionError(f"a lookup returns {kind}")


class _Call:
    """One call, and everybody around it."""

    def __init__(self, program: Program, number: str, chance: random.Random) -> None:
        answers = AnyAnswers(program, chance)
        self._call = SimCall(program, number, chance.choice(CALLERS), answers, chance.choice(MOMENTS))
        self._program = program
        self._chance = chance

    def play(self) -> None:
        """Play it to its end."""
        at_once(self._call.advance())
        for _ in range(MOST_TURNS):
            if self._is_over:
                break
            self._turn()
        if not self._is_over:
            self._call.hang_up()
        kept = position_to_json(self._call.position)
        assert position_to_json(position_from_json(kept)) == kept
        self._say_all()

    @property
    def _is_over(self) -> bool:
        return self._call.doing is not None and isinstance(self._call.doing.command, Finish)

    def _turn(self) -> None:
        doing, chance = self._call.doing, self._chance
        assert doing is not None
        match doing.command:
            case _ if chance.random() < 0.02:
                self._call.hang_up()
            case Say() | Ask() | AwaitKey() | LookUp() if chance.random() < 0.6:
                at_once(self._call.press(chance.choice("01234567890*#1111")))
                if isinstance(doing.command, LookUp) or self._call.doing is doing:
                    at_once(self._call.advance())
            case HandOffToQueue() | HandOffToDial() if chance.random() < 0.8 or math.isinf(doing.due):
                at_once(self._call.hand_back(chance.choice(OUTCOMES[type(doing.command)])))
            case _:
                at_once(self._call.advance())

    def _say_all(self) -> None:
        """Everything that was said can be spoken."""
        for heard in self._call.log.heard:
            for spoken in apart(heard.utterance):
                if not spoken.has_recording:
                    pieces(spoken, str(self._program.site.currency))
