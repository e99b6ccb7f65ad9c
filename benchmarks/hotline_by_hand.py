"""Three calls of the demo site without flows: the peers of ``simulated_calls.py``.

``BY_HAND`` are plain generators, as a programmer would write these calls: no interpreter can be quicker than the code
that it stands for, so they are the floor. ``WITH_TRANSITIONS`` is the same on ``transitions``, the state machine
library that is installed most: what people build call flows on who write no interpreter of their own.

Both ask for the very commands that the engine asks for, which is compared before anything is timed. They do less for
it: they know the ways that these calls take and no others, and have no type-ahead, no trace, no position from which a
call could be resumed, and no bound on loops.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from typing import Any

from transitions import Machine

from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandedBack,
    HandOffToQueue,
    KeyPressed,
    LookUp,
    LookupFound,
    Reply,
    Say,
)
from ivrctl.model.call import Ending
from ivrctl.model.utterance import Said, Utterance

Talk = Generator[Command, Reply, None]
"""One call: its commands, told the replies."""
Words = Mapping[str, Utterance]
"""What is said, by language."""


def words(zh: str, en: str, *choices: tuple[str, str]) -> Words:
    """A text in both languages; the choices of a menu are parts of their own, with a space between English ones."""
    spoken_en = [part for one in (en, *(choice[1] for choice in choices)) if one for part in (" ", one)][1:]
    spoken_zh = [one for one in (zh, *(choice[0] for choice in choices)) if one]
    return {"zh": Utterance("zh", tuple(spoken_zh)), "en": Utterance("en", tuple(spoken_en))}


FIRST, BETWEEN, TIMEOUT, WAIT = (timedelta(seconds=seconds) for seconds in (5, 3, 3, 600))
ONE_MOMENT = words("正在为您查询请稍候。", "One moment please.")
LANGUAGES = (Utterance("zh", ("中文请按1。",)), Utterance("en", ("For English press 2.",)))
WELCOME = words("欢迎致电客户热线。", "Welcome to the customer hotline.")
ADVISOR = ("人工请按0。", "For an advisor press 0.")
BACK = ("返回请按星号键。", "To go back press star.")
MAIN = words(
    "",
    "",
    ("话费请按1。", "For charges press 1."),
    ("宽带请按2。", "For broadband press 2."),
    ("流量请按3。", "For mobile data press 3."),
    ADVISOR,
)
BROADBAND = words(
    "",
    "",
    ("装机移机修障进度请按1。", "For the progress of an installation, a move or a repair press 1."),
    ADVISOR,
    BACK,
)
NUMBER = words("请输入工单号或线路号,按井号键结束。", "Enter the order or line number, then press hash.")
OVERDUE = words("您的账户已欠费,请尽快充值。", "Your account is overdue. Please top up soon.")
RATE = words(
    "请对本次服务评价。非常满意请按1,满意请按2,不满意请按3。",
    "Please rate us. Very satisfied press 1, satisfied press 2, not satisfied press 3.",
)
THANKS = words("感谢您的评价,再见。", "Thank you. Goodbye.")
SERVED = Finish(Ending.SERVED)


def balance_said(language: str, row: Mapping[str, Any]) -> Utterance:
    """The balance."""
    before, after = {"zh": ("您的余额是", "。"), "en": ("Your balance is ", ".")}[language]
    return Utterance(language, (before, Said("money", row["amount"]), after))


def building_said(language: str, row: Mapping[str, Any]) -> Utterance:
    """The state of an order on which work is under way."""
    before, after = {
        "zh": ("您的工单正在施工,承诺", "前完成。"),
        "en": ("Work is under way. It is promised by ", "."),
    }[language]
    return Utterance(language, (before, Said("date", row["promised_on"]), after))


def key_of(reply: Reply) -> str:
    """The key that was pressed; these callers are never silent."""
    return reply.key if isinstance(reply, KeyPressed) else ""


# by hand


def balance(caller: str, language: str = "zh") -> Talk:
    """The balance line."""
    reply = yield LookUp("balance", {"number": caller}, TIMEOUT, ONE_MOMENT[language])
    row = reply.row if isinstance(reply, LookupFound) else {}
    yield Say((balance_said(language, row),), is_cut_by_keys=False)
    if row["overdue"]:
        yield Say((OVERDUE[language],), is_cut_by_keys=False)
    yield SERVED


def greeted() -> Generator[Command, Reply, tuple[str, str]]:
    """The language, the welcome, the main menu: the language and the key."""
    language = {"1": "zh", "2": "en"}[key_of((yield Ask(LANGUAGES, FIRST)))]
    yield Say((WELCOME[language],), is_cut_by_keys=True)
    return language, key_of((yield Ask((MAIN[language],), FIRST)))


def desk(queue: str, language: str) -> Talk:
    """A person, and one question after the talk."""
    reply = yield HandOffToQueue(queue, WAIT, 0)
    if reply == HandedBack("answered"):
        reply = yield Ask((RATE[language],), FIRST)
        if key_of(reply) in {"1", "2", "3"}:
            yield Say((THANKS[language],), is_cut_by_keys=False)
    yield SERVED


def advisor(_caller: str) -> Talk:
    """From the main menu to a person."""
    language, key = yield from greeted()
    if key == "0":
        yield from desk("full-service", language)


def order_status(_caller: str) -> Talk:
    """From the main menu to an order, and from there to a person."""
    language, key = yield from greeted()
    while key == "2":
        key = key_of((yield Ask((BROADBAND[language],), FIRST)))
        if key == "1":
            number, key = "", key_of((yield Ask((NUMBER[language],), FIRST)))
            while key != "#":
                number, key = number + key, key_of((yield AwaitKey(BETWEEN)))
            reply = yield LookUp("order", {"number": number}, TIMEOUT, ONE_MOMENT[language])
            row = reply.row if isinstance(reply, LookupFound) else {}
            if row["state"] == "building":
                yield Say((building_said(language, row),), is_cut_by_keys=False)
            key = "2"
        elif key == "0":
            yield from desk("broadband", language)


BY_HAND: Mapping[str, Callable[[str], Talk]] = {"balance": balance, "advisor": advisor, "order": order_status}
"""By the name of the kind of call."""


# with transitions


class Caller:
    """The model: what one call remembers. ``state`` is the library's."""

    state: str

    def __init__(self, number: str) -> None:
        self.number = number
        self.language, self.entered, self.queue = "zh", "", "full-service"
        self.row: Mapping[str, Any] = {}
        self.command: Command = SERVED

    def ask(self, _reply: Reply) -> None:
        """Ask for what the state that was entered needs."""
        self.command = COMMANDS[self.state](self)

    def is_overdue(self, _reply: Reply) -> bool:
        """Of the balance."""
        return bool(self.row["overdue"])

    def is_building(self, _reply: Reply) -> bool:
        """Of the order."""
        return bool(self.row["state"] == "building")

    def keep_language(self, reply: Reply) -> None:
        """Take the language that was chosen."""
        self.language = {"1": "zh", "2": "en"}[key_of(reply)]

    def keep_row(self, reply: Reply) -> None:
        """Take what was looked up."""
        self.row = reply.row if isinstance(reply, LookupFound) else {}

    def keep_key(self, reply: Reply) -> None:
        """Take one more digit."""
        self.entered += key_of(reply)

    def want_broadband(self, _reply: Reply) -> None:
        """Go to that queue."""
        self.queue = "broadband"


COMMANDS: Mapping[str, Callable[[Caller], Command]] = {
    "balance": lambda caller: LookUp("balance", {"number": caller.number}, TIMEOUT, ONE_MOMENT[caller.language]),
    "balance_said": lambda caller: Say((balance_said(caller.language, caller.row),), is_cut_by_keys=False),
    "overdue": lambda caller: Say((OVERDUE[caller.language],), is_cut_by_keys=False),
    "language": lambda _caller: Ask(LANGUAGES, FIRST),
    "welcome": lambda caller: Say((WELCOME[caller.language],), is_cut_by_keys=True),
    "main": lambda caller: Ask((MAIN[caller.language],), FIRST),
    "broadband": lambda caller: Ask((BROADBAND[caller.language],), FIRST),
    "number": lambda caller: Ask((NUMBER[caller.language],), FIRST),
    "digits": lambda _caller: AwaitKey(BETWEEN),
    "order": lambda caller: LookUp("order", {"number": caller.entered}, TIMEOUT, ONE_MOMENT[caller.language]),
    "building": lambda caller: Say((building_said(caller.language, caller.row),), is_cut_by_keys=False),
    "desk": lambda caller: HandOffToQueue(caller.queue, WAIT, 0),
    "rate": lambda caller: Ask((RATE[caller.language],), FIRST),
    "thanks": lambda caller: Say((THANKS[caller.language],), is_cut_by_keys=False),
    "finished": lambda _caller: SERVED,
}
"""What each state asks for."""

DIGITS = tuple(f"key_{digit}" for digit in "0123456789")
WAYS: list[dict[str, Any]] = [
    {"trigger": "dials_balance", "source": "new", "dest": "balance"},
    {"trigger": "found", "source": "balance", "dest": "balance_said", "before": "keep_row"},
    {"trigger": "ended", "source": "balance_said", "dest": "overdue", "conditions": "is_overdue"},
    {"trigger": "ended", "source": "balance_said", "dest": "finished"},
    {"trigger": "ended", "source": "overdue", "dest": "finished"},
    {"trigger": "dials_advisor", "source": "new", "dest": "language"},
    {"trigger": "dials_order", "source": "new", "dest": "language"},
    *({"trigger": key, "source": "language", "dest": "welcome", "before": "keep_language"} for key in DIGITS[1:3]),
    {"trigger": "ended", "source": "welcome", "dest": "main"},
    {"trigger": "key_0", "source": "main", "dest": "desk"},
    {"trigger": "key_2", "source": "main", "dest": "broadband"},
    {"trigger": "key_1", "source": "broadband", "dest": "number"},
    {"trigger": "key_0", "source": "broadband", "dest": "desk", "before": "want_broadband"},
    *({"trigger": key, "source": ["number", "digits"], "dest": "digits", "before": "keep_key"} for key in DIGITS),
    {"trigger": "key_#", "source": "digits", "dest": "order"},
    {"trigger": "found", "source": "order", "dest": "building", "before": "keep_row"},
    {"trigger": "ended", "source": "building", "dest": "broadband", "conditions": "is_building"},
    {"trigger": "answered", "source": "desk", "dest": "rate"},
    *({"trigger": key, "source": "rate", "dest": "thanks"} for key in DIGITS[1:4]),
    {"trigger": "ended", "source": "thanks", "dest": "finished"},
]
MACHINE = Machine(
    model=None,
    states=["new", *COMMANDS],
    transitions=WAYS,
    initial="new",
    auto_transitions=False,
    after_state_change="ask",
)
"""One for all calls: a model of its own for each call is how the library is meant to be used."""


def trigger_of(reply: Reply) -> str:
    """What the state machine calls a reply."""
    match reply:
        case KeyPressed(key=key):
            return f"key_{key}"
        case LookupFound():
            return "found"
        case HandedBack(outcome=outcome):
            return outcome
        case _:
            return "ended"


def with_transitions(name: str, caller: str) -> Talk:
    """One call on the state machine."""
    model = Caller(caller)
    MACHINE.add_model(model)
    try:
        model.trigger(f"dials_{name}", None)
        while True:
            reply = yield model.command
            model.trigger(trigger_of(reply), reply)
    finally:
        MACHINE.remove_model(model)
